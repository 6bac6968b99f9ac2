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
