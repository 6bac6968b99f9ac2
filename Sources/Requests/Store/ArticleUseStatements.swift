import Desk
import Kernel
import Operations
import Postgres

/// Noted again, the last word counts.
struct KeepArticleOnRequest: Statement {
  let tenant: TenantId
  let request: Int64
  let article: Int64
  let use: ArticleUse
  let principal: Principal
  let now: Instant

  static let sql = """
    insert into requests.article_use (tenant_id, request_id, article_id, kind, actor_kind, actor_id, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    on conflict (tenant_id, request_id, article_id) do update set kind = excluded.kind, actor_kind = excluded.actor_kind, actor_id = excluded.actor_id,
      actor_name = excluded.actor_name, recorded_at = excluded.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(article)
    parameters.append(use.rawValue)
    parameters.append(principal.actor.kind.rawValue)
    parameters.append(principal.actor.id)
    parameters.append(principal.name)
    parameters.append(now)
  }
}

/// No row when it was not noted.
struct DropArticleOnRequest: Statement {
  let tenant: TenantId
  let request: Int64
  let article: Int64

  static let sql = "delete from requests.article_use where tenant_id = $1 and request_id = $2 and article_id = $3 returning article_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(article)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ArticlesOfRequest: Statement {
  struct Found: Sendable {
    let article: Int64
    let use: String
    let actorName: String
    let at: Instant
  }

  let tenant: TenantId
  let request: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select article_id, kind, actor_name, recorded_at from requests.article_use
    where tenant_id = $1 and request_id = $2 and article_id > $3 order by article_id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(article: try row.next(), use: try row.next(), actorName: try row.next(), at: try row.next())
  }
}
