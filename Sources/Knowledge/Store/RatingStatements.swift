import Kernel
import Operations
import Postgres

/// A reader's word on an article, in the place of what he said before. A row of his tenant.
struct KeepRating: Statement {
  let tenant: TenantId
  let article: PublishedRow
  let reader: Writer
  let isHelpful: Bool
  let remark: String?
  let now: Instant

  static let sql = """
    insert into knowledge.rating (tenant_id, article_id, actor_kind, actor_id, actor_name, seq, is_helpful, remark, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    on conflict (tenant_id, article_id, actor_kind, actor_id) do update set actor_name = excluded.actor_name, seq = excluded.seq,
      is_helpful = excluded.is_helpful, remark = excluded.remark, recorded_at = excluded.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(article.id)
    parameters.append(reader.kind)
    parameters.append(reader.id)
    parameters.append(reader.name)
    parameters.append(article.seq)
    parameters.append(isHelpful)
    parameters.append(remark)
    parameters.append(now)
  }
}

/// What readers of one tenant say of an article, by who they are.
struct RatingsOfArticle: Statement {
  struct Found: Sendable {
    let reader: Writer
    let seq: Int64
    let isHelpful: Bool
    let remark: String?
    let at: Instant
  }

  let tenant: TenantId
  let article: Int64
  let after: (kind: String, id: Int64)
  let limit: Int64

  static let sql = """
    select actor_kind, actor_id, actor_name, seq, is_helpful, remark, recorded_at from knowledge.rating
    where tenant_id = $1 and article_id = $2 and (actor_kind, actor_id) > ($3, $4) order by actor_kind, actor_id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(article)
    parameters.append(after.kind)
    parameters.append(after.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      reader: Writer(kind: try row.next(), id: try row.next(), name: try row.next()), seq: try row.next(), isHelpful: try row.next(),
      remark: try row.next(), at: try row.next())
  }
}
