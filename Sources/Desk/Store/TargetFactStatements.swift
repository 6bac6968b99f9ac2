import Kernel
import Postgres

/// A CI tier that is in use.
struct CiTierByCode: Statement {
  let code: String

  static let sql = "select code from contracts.pub_ci_tier where code = $1 and state = 'active'"

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Records that the targets of a ticket were locked or unlocked.
struct InsertTargetLock: Statement {
  let tenant: TenantId
  let ticket: Int64
  let seq: Int64
  let locks: Bool
  let reason: String
  let actor: Actor
  let actorName: String
  let now: Instant

  static let sql = """
    insert into desk.target_lock (tenant_id, ticket_id, seq, locks, reason, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(seq)
    parameters.append(locks)
    parameters.append(reason)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(actorName)
    parameters.append(now)
  }
}

/// The newest of them.
struct NewestTargetLock: Statement {
  struct Found: Sendable {
    let locks: Bool
    let reason: String
    let actorName: String
    let recordedAt: Instant
  }

  let tenant: TenantId
  let ticket: Int64

  static let sql = """
    select locks, reason, actor_name, recorded_at from desk.target_lock where tenant_id = $1 and ticket_id = $2 order by seq desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(locks: try row.next(), reason: try row.next(), actorName: try row.next(), recordedAt: try row.next())
  }
}
