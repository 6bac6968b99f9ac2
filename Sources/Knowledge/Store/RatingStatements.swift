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

/// Where a reader's word stands among all customers', as the finder tells.
struct RatingPlace: Sendable {
  let tenant: TenantId
  let kind: String
  let reader: Int64
  let at: Instant
}

/// Who says what of an article over all customers, the newest word first: keys only (schema-rules 23).
struct FindRatings: Statement {
  let article: Int64
  /// Nil: of every tenant.
  let tenants: [Int64]?
  let before: RatingPlace?
  let limit: Int64

  static let sql = "select tenant_id, actor_kind, actor_id, recorded_at from finder.ratings($1, $2, $3, $4, $5, $6, $7)"

  func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(tenants)
    parameters.append(before?.at)
    parameters.append(before?.tenant)
    parameters.append(before?.kind)
    parameters.append(before?.reader)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> RatingPlace {
    RatingPlace(tenant: try row.next(), kind: try row.next(), reader: try row.next(), at: try row.next())
  }
}

/// What readers say of an article at places that the finder gave, with whose people they are.
struct RatingsAt: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    /// Nil: the provider's own staff.
    let customer: PublicId?
    let reader: Writer
    let seq: Int64
    let isHelpful: Bool
    let remark: String?
    let at: Instant
  }

  let article: Int64
  let places: [RatingPlace]

  static let sql = """
    select g.tenant_id, case when n.kind = 'customer' then n.handle end, n.public_id, g.actor_kind, g.actor_id, g.actor_name, g.seq, g.is_helpful,
      g.remark, g.recorded_at
    from unnest($2::bigint[], $3::text[], $4::bigint[]) w (tenant_id, actor_kind, actor_id)
    join knowledge.rating g on g.tenant_id = w.tenant_id and g.article_id = $1 and g.actor_kind = w.actor_kind and g.actor_id = w.actor_id
    join tenancy.tenant n on n.id = g.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(places.map(\.tenant))
    parameters.append(places.map(\.kind))
    parameters.append(places.map(\.reader))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      tenant: try row.next(), customer: try PublicId.customer(&row),
      reader: Writer(kind: try row.next(), id: try row.next(), name: try row.next()), seq: try row.next(), isHelpful: try row.next(),
      remark: try row.next(), at: try row.next())
  }
}
