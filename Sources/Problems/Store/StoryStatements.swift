import Kernel
import Operations
import Postgres

struct InsertProblemComment: Statement {
  let provider: TenantId
  let publicId: PublicId
  let problem: Int64
  let body: String
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into problems.comment (tenant_id, public_id, problem_id, body, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(problem)
    parameters.append(body)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }
}

/// What was said of a problem, in order.
struct ProblemComments: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let body: String
    let actorKind: String
    let actorName: String
    let at: Instant
  }

  let provider: TenantId
  let problem: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select id, public_id, body, actor_kind, actor_name, recorded_at from problems.comment
    where tenant_id = $1 and problem_id = $2 and id > $3 order by id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), body: try row.next(), actorKind: try row.next(), actorName: try row.next(), at: try row.next())
  }
}

/// The events of a problem in their order, without those that are the affair of a customer whom the reader does not serve.
struct ProblemEvents: Statement {
  struct Found: Sendable {
    let seq: Int64
    let type: String
    let payload: Value
    let actorKind: String
    let actorName: String?
    let via: String
    let occurredAt: Instant
    let recordedAt: Instant
  }

  let provider: TenantId
  let problem: Int64
  let customers: [Int64]?
  let after: Int64
  /// Nothing of the problem is older: spares the older partitions.
  let recordedFrom: Instant
  let limit: Int64

  static let sql = """
    select e.seq, e.type, e.payload - '\(ProblemEventPayload.customerKey)', e.actor_kind, a.name, e.via, e.occurred_at, e.recorded_at
    from operations.event e left join tenancy.account a on a.tenant_id = e.tenant_id and a.id = e.actor_id and e.actor_kind = 'staff'
    where e.tenant_id = $1 and e.subject_kind = 'problem' and e.subject_id = $2 and e.seq > $4 and e.recorded_at >= $5
      and ($3::bigint[] is null or e.payload ->> '\(ProblemEventPayload.customerKey)' is null or (e.payload ->> '\(ProblemEventPayload.customerKey)')::bigint = any ($3))
    order by e.seq limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(customers)
    parameters.append(after)
    parameters.append(recordedFrom)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      seq: try row.next(), type: try row.next(), payload: try row.next(), actorKind: try row.next(), actorName: try row.next(), via: try row.next(),
      occurredAt: try row.next(), recordedAt: try row.next())
  }
}
