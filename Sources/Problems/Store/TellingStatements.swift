import Desk
import Kernel
import Operations
import Postgres

/// Leaves an event of a problem to be told to its incidents.
struct InsertTelling: Statement {
  let provider: TenantId
  let problem: Int64
  let seq: Int64
  let kind: ProblemNews.Kind
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into problems.telling (tenant_id, problem_id, seq, kind, actor_kind, actor_id, occurred_at) values ($1, $2, $3, $4, $5, $6, $7)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(seq)
    parameters.append(kind.stored)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
  }
}

extension ProblemNews.Kind {
  /// The name of the event without what all of them begin with: `workaround`.
  fileprivate var stored: String { String(rawValue.dropFirst("incident.problem_".count)) }

  fileprivate init?(stored: String) { self.init(rawValue: "incident.problem_" + stored) }
}

/// What is to be told, of each problem the oldest, and the place up to which it was.
struct OldestTellings: Statement {
  struct Found: Sendable {
    let problem: Int64
    let publicId: [UInt8]
    let number: Int64
    let seq: Int64
    let kind: ProblemNews.Kind?
    let actor: Actor
    let occurredAt: Instant
    let after: Place
  }

  /// The last incident that was told.
  struct Place: Sendable, Equatable {
    let tenant: TenantId
    let ticket: Int64
  }

  let provider: TenantId
  let after: Int64
  let limit: Int64

  static let sql = """
    select distinct on (t.problem_id) t.problem_id, p.public_id, p.number, t.seq, t.kind, t.actor_kind, t.actor_id, t.occurred_at, t.after_tenant_id,
      t.after_ticket_id
    from problems.telling t join problems.problem p on p.tenant_id = t.tenant_id and p.id = t.problem_id
    where t.tenant_id = $1 and t.problem_id > $2 order by t.problem_id, t.seq limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      problem: try row.next(), publicId: try row.next(), number: try row.next(), seq: try row.next(), kind: ProblemNews.Kind(stored: try row.next()),
      actor: Actor(kind: Actor.Kind(rawValue: try row.next()) ?? .system, id: try row.next(), via: .job), occurredAt: try row.next(),
      after: Place(tenant: try row.next(), ticket: try row.next()))
  }
}

/// The next incidents that were linked when the event happened, whatever became of the links since.
struct IncidentsToTell: Statement {
  let provider: TenantId
  let telling: OldestTellings.Found
  let limit: Int64

  static let sql = """
    select l.other_tenant_id, l.ticket_id from problems.incident_link l
    where l.tenant_id = $1 and l.problem_id = $2 and l.seq < $3 and (l.ended_seq is null or l.ended_seq > $3)
      and (l.other_tenant_id, l.ticket_id) > ($4, $5)
    order by l.other_tenant_id, l.ticket_id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.problem)
    parameters.append(telling.seq)
    parameters.append(telling.after.tenant)
    parameters.append(telling.after.ticket)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OldestTellings.Place {
    OldestTellings.Place(tenant: try row.next(), ticket: try row.next())
  }
}

/// Moves a telling on; no row when somebody else has moved it since it was read.
struct AdvanceTelling: Statement {
  let provider: TenantId
  let telling: OldestTellings.Found
  let to: OldestTellings.Place

  static let sql = """
    update problems.telling set after_tenant_id = $6, after_ticket_id = $7
    where tenant_id = $1 and problem_id = $2 and seq = $3 and after_tenant_id = $4 and after_ticket_id = $5 returning seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.problem)
    parameters.append(telling.seq)
    parameters.append(telling.after.tenant)
    parameters.append(telling.after.ticket)
    parameters.append(to.tenant)
    parameters.append(to.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DropTelling: Statement {
  let provider: TenantId
  let telling: OldestTellings.Found

  static let sql = "delete from problems.telling where tenant_id = $1 and problem_id = $2 and seq = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(telling.problem)
    parameters.append(telling.seq)
  }
}
