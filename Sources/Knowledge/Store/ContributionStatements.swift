import Kernel
import Postgres

/// Who wrote what in a stretch of time, and how often what he began was of use in it; who contributed most comes first.
struct Contributions: Statement {
  struct Found: Sendable {
    let name: String
    /// The account's public id, of the provider's tenant; nil: it is no account, or none any more.
    let account: [UInt8]?
    let articles: Int64
    let versions: Int64
    let used: Int64
    let solved: Int64
  }

  let provider: TenantId
  let from: Instant
  let before: Instant
  let limit: Int64

  static let sql = """
    with written as (
      select c.actor_kind, c.actor_id, max(c.actor_name) as name, count(*) filter (where c.seq = 1 and c.place = 1) as articles, count(*) as versions
      from knowledge.contributor c where c.recorded_at >= $2 and c.recorded_at < $3 group by c.actor_kind, c.actor_id),
    reused as (
      select c.actor_kind, c.actor_id, max(c.actor_name) as name, sum(u.used)::bigint as used, sum(u.solved)::bigint as solved
      from finder.article_uses($2, $3) u join knowledge.contributor c on c.article_id = u.article_id and c.seq = 1 and c.place = 1
      group by c.actor_kind, c.actor_id)
    select coalesce(w.name, r.name), a.public_id, coalesce(w.articles, 0), coalesce(w.versions, 0), coalesce(r.used, 0), coalesce(r.solved, 0)
    from written w full join reused r on r.actor_kind = w.actor_kind and r.actor_id = w.actor_id
    left join tenancy.account a on a.tenant_id = $1 and a.id = coalesce(w.actor_id, r.actor_id)
      and coalesce(w.actor_kind, r.actor_kind) in ('staff', 'service')
    order by coalesce(w.articles, 0) desc, coalesce(r.solved, 0) desc, coalesce(w.versions, 0) desc, 1 limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(from)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      name: try row.next(), account: try row.next(), articles: try row.next(), versions: try row.next(), used: try row.next(), solved: try row.next())
  }
}
