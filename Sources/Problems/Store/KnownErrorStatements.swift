import Kernel
import Postgres

/// Says in the customer's own rows which article tells the known error behind incidents; of one that was told by another article, this one.
struct KeepKnownErrors: Statement {
  let tenant: TenantId
  let tickets: [Int64]
  let problem: Int64
  let article: Int64
  let now: Instant

  static let sql = """
    insert into problems.known_error (tenant_id, ticket_id, problem_id, article_id, recorded_at)
    select $1, n.ticket_id, $3, $4, $5 from unnest($2::bigint[]) n (ticket_id)
    on conflict (tenant_id, ticket_id, problem_id) do update set article_id = excluded.article_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(problem)
    parameters.append(article)
    parameters.append(now)
  }
}

struct DropKnownErrors: Statement {
  let tenant: TenantId
  let tickets: [Int64]
  let problem: Int64

  static let sql = "delete from problems.known_error where tenant_id = $1 and ticket_id = any ($2) and problem_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(problem)
  }
}

/// Of incidents that are held those that are still linked, and the article by which the problem is told now.
struct StillLinked: Statement {
  struct Found: Sendable {
    let ticket: Int64
    let article: Int64?
  }

  let provider: TenantId
  let problem: Int64
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    select l.ticket_id, p.article_id from problems.incident_link l
    join problems.problem p on p.tenant_id = l.tenant_id and p.id = l.problem_id
    where l.tenant_id = $1 and l.problem_id = $2 and l.other_tenant_id = $3 and l.ticket_id = any ($4) and l.ended_seq is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(problem)
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(ticket: try row.next(), article: try row.next()) }
}

/// The articles that tell the known errors behind an incident.
struct KnownErrorsOfTicket: Statement {
  let tenant: TenantId
  let ticket: Int64

  static let sql = "select distinct k.article_id from problems.known_error k where k.tenant_id = $1 and k.ticket_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
