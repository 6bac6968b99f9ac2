import Kernel
import Operations
import Postgres

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

  /// What work on it needs.
  var permission: String {
    switch self {
    case .problem: "problem.work"
    case .change, .release: "change.work"
    case .majorIncident: "major_incident.work"
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

extension Parameters {
  /// $n the kind, $n+1 the row.
  fileprivate mutating func append(_ subject: OfferSubject) {
    append(subject.kind)
    append(subject.id)
  }
}

/// The offer that nobody has answered.
struct OpenOffer: Statement {
  let provider: TenantId
  let subject: OfferSubject

  static let sql = "\(HandoverRow.selectOffer) where h.tenant_id = $1 and h.subject_kind = $2 and h.subject_id = $3 and h.outcome is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject)
  }

  static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

/// All of one, in their order.
package struct OffersOf: Statement {
  let provider: TenantId
  let subject: OfferSubject
  let after: Int64
  let limit: Int64

  package init(provider: TenantId, subject: OfferSubject, after: Int64, limit: Int64) {
    self.provider = provider
    self.subject = subject
    self.after = after
    self.limit = limit
  }

  package static let sql = """
    \(HandoverRow.selectOffer) where h.tenant_id = $1 and h.subject_kind = $2 and h.subject_id = $3 and h.id > $4 order by h.id limit $5
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject)
    parameters.append(after)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> HandoverRow { try HandoverRow(&row) }
}

struct InsertOffer: Statement {
  let provider: TenantId
  let subject: OfferSubject
  let from: Ticket.Reference
  let to: Ticket.Reference?
  let team: Int64?
  let reason: String?
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into desk.offer (tenant_id, subject_kind, subject_id, from_id, from_public_id, to_id, to_public_id, to_team_id, reason, actor_kind, actor_id,
      actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject)
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
  }
}

/// Answers an offer. The row of what is offered is held, so nobody else does.
struct AnswerOffer: Statement {
  let provider: TenantId
  let id: Int64
  let outcome: HandoverRow.Outcome
  let reason: String?
  let answerer: Actor
  let answererName: String
  let now: Instant

  static let sql = """
    update desk.offer set outcome = $3, answer_reason = $4, answerer_kind = $5, answerer_id = $6, answerer_name = $7, answered_at = $8
    where tenant_id = $1 and id = $2 and outcome is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(id)
    parameters.append(outcome.rawValue)
    parameters.append(reason)
    parameters.append(answerer.kind.rawValue)
    parameters.append(answerer.id)
    parameters.append(answererName)
    parameters.append(now)
  }
}

/// Work on it is over: what was offered is withdrawn by that, and nobody accepts it when it is taken up again.
package struct EndOffers: Statement {
  let provider: TenantId
  let subject: OfferSubject
  let now: Instant

  package init(provider: TenantId, subject: OfferSubject, now: Instant) {
    self.provider = provider
    self.subject = subject
    self.now = now
  }

  package static let sql = """
    update desk.offer set outcome = 'withdrawn', answerer_kind = 'system', answerer_id = 0, answerer_name = 'Steward', answered_at = $4
    where tenant_id = $1 and subject_kind = $2 and subject_id = $3 and outcome is null
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject)
    parameters.append(now)
  }
}
