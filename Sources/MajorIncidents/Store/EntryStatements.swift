import Desk
import Kernel
import Operations
import Postgres

/// An entry of the communication log.
struct InsertMajorEntry: Statement {
  let provider: TenantId
  let publicId: PublicId
  let major: Int64
  let seq: Int64
  let audience: MajorAudience
  let body: String
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into major_incidents.entry (tenant_id, public_id, major_id, seq, audience, body, actor_kind, actor_id, actor_via, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(major)
    parameters.append(seq)
    parameters.append(audience.rawValue)
    parameters.append(body)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.actor.via.rawValue)
    parameters.append(principal.name)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The entries of the log, in order.
struct EntriesOfMajor: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let audience: String
    let body: String
    let actorKind: String
    let actorName: String
    let at: Instant
    /// Whether some customers are still to be told.
    let isBeingTold: Bool
  }

  let provider: TenantId
  let major: Int64
  let audience: MajorAudience?
  let after: Int64
  let limit: Int64

  static let sql = """
    select e.id, e.public_id, e.audience, e.body, e.actor_kind, e.actor_name, e.recorded_at,
      exists (select from major_incidents.telling t where t.tenant_id = e.tenant_id and t.major_id = e.major_id and t.entry_id = e.id)
    from major_incidents.entry e
    where e.tenant_id = $1 and e.major_id = $2 and ($3::text is null or e.audience = $3) and e.id > $4 order by e.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(audience?.rawValue)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), audience: try row.next(), body: try row.next(), actorKind: try row.next(), actorName: try row.next(),
      at: try row.next(), isBeingTold: try row.next())
  }
}

/// What customers were last told, since it was last reopened: what was said before may not be true any more.
struct NewestEntryToCustomers: Statement {
  struct Found: Sendable {
    let id: Int64
    let seq: Int64
    let actor: Actor
    let actorName: String
  }

  let provider: TenantId
  let major: Int64
  let reopenedSeq: Int64

  static let sql = """
    select e.id, e.seq, e.actor_kind, e.actor_id, e.actor_via, e.actor_name from major_incidents.entry e
    where e.tenant_id = $1 and e.major_id = $2 and e.audience = 'customers' and e.seq > $3 order by e.id desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(major)
    parameters.append(reopenedSeq)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), seq: try row.next(), actor: try Actor(storedIn: &row), actorName: try row.next())
  }
}
