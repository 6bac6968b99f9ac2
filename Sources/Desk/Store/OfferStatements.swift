import Kernel
import Operations
import Postgres

/// What is handed over by offer, and where its offers lie: in a table of the module whose it is.
package protocol OfferedSubject: Sendable {
  /// `schema.table`.
  static var table: String { get }
  /// The columns that say what is offered, in the order in which ``bind(to:)`` appends their values.
  static var columns: [String] { get }
  func bind(to parameters: inout Parameters)
}

extension OfferedSubject {
  static var selectOffers: String { "select \(HandoverRow.columns) from \(table) h left join desk.team m on m.id = h.to_team_id" }

  /// That an offer `h` is one of what is bound from $`first` on.
  static func isOffered(from first: Int) -> String {
    columns.enumerated().map { "h.\($0.element) = $\(first + $0.offset)" }.joined(separator: " and ")
  }
}

/// What of the provider's own is handed over by offer, as incidents are, and watched.
package enum OfferSubject: Sendable, Hashable {
  case problem(Int64)
  case change(Int64)
  case release(Int64)
  case majorIncident(Int64)

  package var kind: String {
    switch self {
    case .problem: "problem"
    case .change: "change"
    case .release: "release"
    case .majorIncident: "major_incident"
    }
  }

  package var id: Int64 {
    switch self {
    case .problem(let id), .change(let id), .release(let id), .majorIncident(let id): id
    }
  }
}

extension OfferSubject {
  /// By the kind of its events' subject; nil: another one.
  package init?(kind: String, id: Int64) {
    let all: [OfferSubject] = [.problem(id), .change(id), .release(id), .majorIncident(id)]
    guard let found = all.first(where: { $0.kind == kind }) else { return nil }
    self = found
  }
}

extension OfferSubject: OfferedSubject {
  package static let table = "desk.offer"
  package static let columns = ["subject_kind", "subject_id"]

  package func bind(to parameters: inout Parameters) {
    parameters.append(kind)
    parameters.append(id)
  }
}

/// An incident; its offers are its customer's rows.
struct OfferedTicket: OfferedSubject {
  let id: Int64

  static let table = "desk.handover"
  static let columns = ["ticket_id"]

  func bind(to parameters: inout Parameters) { parameters.append(id) }
}

/// The offer that nobody has answered.
struct OpenOffer<Subject: OfferedSubject>: Statement {
  let subject: Subject
  let tenant: TenantId

  static var sql: String { "\(Subject.selectOffers) where h.tenant_id = $1 and h.outcome is null and \(Subject.isOffered(from: 2))" }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    subject.bind(to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

/// All of one, in their order.
struct OffersOf<Subject: OfferedSubject>: Statement {
  let subject: Subject
  let tenant: TenantId
  let after: Int64
  let limit: Int64

  static var sql: String {
    "\(Subject.selectOffers) where h.tenant_id = $1 and h.id > $2 and \(Subject.isOffered(from: 4)) order by h.id limit $3"
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(after)
    parameters.append(limit)
    subject.bind(to: &parameters)
  }

  static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

struct InsertOffer<Subject: OfferedSubject>: Statement {
  let subject: Subject
  let tenant: TenantId
  let from: Ticket.Reference
  let to: Ticket.Reference?
  let team: Int64?
  let reason: String?
  let actor: Actor
  let actorName: String
  let now: Instant

  static var sql: String {
    """
    insert into \(Subject.table) (tenant_id, from_id, from_public_id, to_id, to_public_id, to_team_id, reason, actor_kind, actor_id, actor_name,
      recorded_at, \(Subject.columns.joined(separator: ", ")))
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, \(Subject.columns.indices.map { "$\($0 + 12)" }.joined(separator: ", ")))
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from.id)
    parameters.append(from.publicId)
    parameters.append(to?.id)
    parameters.append(to?.publicId)
    parameters.append(team)
    parameters.append(reason)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
    subject.bind(to: &parameters)
  }
}

/// Answers an offer. The row of what is offered is held, so nobody else does.
struct AnswerOffer<Subject: OfferedSubject>: Statement {
  let tenant: TenantId
  let id: Int64
  let outcome: HandoverRow.Outcome
  let reason: String?
  let answerer: Actor
  let answererName: String
  let now: Instant

  static var sql: String {
    """
    update \(Subject.table) set outcome = $3, answer_reason = $4, answerer_kind = $5, answerer_id = $6, answerer_name = $7, answered_at = $8
    where tenant_id = $1 and id = $2 and outcome is null
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(outcome.rawValue)
    parameters.append(reason)
    parameters.append(answerer.kind.rawValue)
    parameters.append(answerer.id)
    parameters.append(answererName)
    parameters.append(now)
  }
}

/// Work on it is over, or nobody answers for it any more: what was offered is withdrawn by that, and nobody accepts it when it is taken up again.
package struct EndOffers<Subject: OfferedSubject>: Statement {
  private let subject: Subject
  private let tenant: TenantId
  private let answerer: Actor
  private let answererName: String
  private let now: Instant

  /// - Parameter answerer: whose act ended it; nil: nobody's.
  package init(_ subject: Subject, of tenant: TenantId, by answerer: (actor: Actor, name: String)? = nil, at now: Instant) {
    self.subject = subject
    self.tenant = tenant
    self.answerer = answerer?.actor ?? Actor(kind: .system, id: 0, via: .job)
    answererName = answerer?.name ?? "Steward"
    self.now = now
  }

  package static var sql: String {
    """
    update \(Subject.table) h set outcome = 'withdrawn', answerer_kind = $3, answerer_id = $4, answerer_name = $5, answered_at = $2
    where h.tenant_id = $1 and h.outcome is null and \(Subject.isOffered(from: 6))
    """
  }

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
    parameters.append(answerer.kind.rawValue)
    parameters.append(answerer.id)
    parameters.append(answererName)
    subject.bind(to: &parameters)
  }
}

extension OfferedSubject {
  /// Notes that who leads a team is told of an offer to it that nobody has answered.
  /// - Returns: who leads it; none: it was answered or told of meanwhile, or nobody leads it any more.
  package static func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    try await transaction.query(RemindOfOffer<Self>(tenant: tenant, offer: offer, provider: provider, now: now))
  }
}

/// Notes that it is told that a team has not answered an offer, and says to whom: who leads it, as ``LeadsOfTeams`` tells them. No row, and nothing noted,
/// where somebody has answered, it was told, or nobody leads it.
struct RemindOfOffer<Subject: OfferedSubject>: Statement {
  let tenant: TenantId
  let offer: Int64
  let provider: TenantId
  let now: Instant

  static var sql: String {
    """
    with led as (
      select x.team_id, a.public_id from desk.team_member x
      join tenancy.account a on a.tenant_id = x.tenant_id and a.id = x.account_id and a.kind = 'staff' and a.state = 'active'
      where x.tenant_id = $4 and x.lead),
    noted as (
      update \(Subject.table) set reminded_at = $3
      where tenant_id = $1 and id = $2 and outcome is null and reminded_at is null and to_team_id in (select l.team_id from led l)
      returning to_team_id)
    select distinct l.public_id from noted n join led l on l.team_id = n.to_team_id order by l.public_id
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(offer)
    parameters.append(now)
    parameters.append(provider)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
