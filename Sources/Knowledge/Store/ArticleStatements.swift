import Kernel
import Operations
import Postgres

/// An article with its first draft.
struct InsertArticle: Statement {
  let publicId: PublicId
  let number: Int64
  let content: ArticleContent
  let onlyTenant: TenantId?
  let reviewMonths: Int64
  let author: Writer
  let now: Instant

  static let sql = """
    with article as (
      insert into knowledge.article
        (public_id, number, kind, audience, only_tenant_id, title, draft_state, review_months, author_name, recorded_at)
      values ($1, $2, $3, $4, $5, $6, 'draft', $7, $8, $9) returning id)
    insert into knowledge.article_draft (article_id, content, writers, recorded_at) select id, $10, $11, $9 from article returning article_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(content.kind.rawValue)
    parameters.append(content.audience.rawValue)
    parameters.append(onlyTenant)
    parameters.append(json: content.title.value ?? .null)
    parameters.append(reviewMonths)
    parameters.append(author.name)
    parameters.append(now)
    parameters.append(json: content.value)
    parameters.append(json: .array([author.value]))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What acts change of an article; no row when another one came first.
struct UpdateArticle: Statement {
  let id: Int64
  let version: Int64
  let life: ArticleLife
  /// Of which kind, audience and title are those of the article; nil: they stay.
  var content: ArticleContent?
  var publishedSeq: Int64?
  var reviewMonths: Int64
  var reviewDueOn: CalendarDate?

  init(_ row: ArticleRow, _ life: ArticleLife) {
    id = row.id
    version = row.version
    self.life = life
    publishedSeq = row.publishedSeq
    reviewMonths = row.reviewMonths
    reviewDueOn = row.reviewDueOn
  }

  static let sql = """
    update knowledge.article set kind = coalesce($3, kind), audience = coalesce($4, audience), title = coalesce($5, title), state = $6,
      draft_state = $7, published_seq = $8, review_months = $9, review_due_on = $10, version = version + 1
    where id = $1 and version = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(id)
    parameters.append(version)
    parameters.append(content?.kind.rawValue)
    parameters.append(content?.audience.rawValue)
    parameters.append(json: content?.title.value)
    parameters.append(life.standing.rawValue)
    parameters.append(life.draft?.rawValue)
    parameters.append(publishedSeq)
    parameters.append(reviewMonths)
    parameters.append(reviewDueOn)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Writes a draft, be it there or not.
struct KeepDraft: Statement {
  let article: Int64
  let draft: ArticleRow.Draft
  let now: Instant

  static let sql = """
    insert into knowledge.article_draft (article_id, content, writers, remark, recorded_at) values ($1, $2, $3, $4, $5)
    on conflict (article_id) do update set content = excluded.content, writers = excluded.writers, remark = excluded.remark,
      recorded_at = excluded.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(json: draft.content.value)
    parameters.append(json: .array(draft.writers.map(\.value)))
    parameters.append(draft.remark)
    parameters.append(now)
  }
}

struct DropDraft: Statement {
  let article: Int64

  static let sql = "delete from knowledge.article_draft where article_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(article) }
}

struct InsertArticleVersion: Statement {
  let article: Int64
  let seq: Int64
  let draft: ArticleRow.Draft
  let reviewer: Writer
  let bypassReason: String?
  let now: Instant

  static let sql = """
    with version as (
      insert into knowledge.article_version (article_id, seq, content, reviewer_kind, reviewer_id, reviewer_name, bypass_reason, published_at)
      values ($1, $2, $3, $4, $5, $6, $7, $8) returning article_id, seq)
    insert into knowledge.contributor (article_id, seq, place, actor_kind, actor_id, actor_name, recorded_at)
    select v.article_id, v.seq, w.place, w.kind, w.id, w.name, $8
    from version v cross join unnest($9::text[], $10::bigint[], $11::text[]) with ordinality w (kind, id, name, place)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(seq)
    parameters.append(json: draft.content.value)
    parameters.append(reviewer.kind)
    parameters.append(reviewer.id)
    parameters.append(reviewer.name)
    parameters.append(bypassReason)
    parameters.append(now)
    parameters.append(draft.writers.map(\.kind))
    parameters.append(draft.writers.map(\.id))
    parameters.append(draft.writers.map(\.name))
  }
}

/// The newest version of an article that there was.
struct NewestContent: Statement {
  let article: Int64

  static let sql = "select content from knowledge.article_version where article_id = $1 order by seq desc limit 1"

  func bind(to parameters: inout Parameters) { parameters.append(article) }

  static func decode(_ row: inout RowReader) throws -> ArticleContent {
    let content: Value = try row.next()
    return ArticleContent(content)
  }
}

/// The versions of an article, the newest first.
struct VersionsOfArticle: Statement {
  struct Found: Sendable {
    let seq: Int64
    let content: Value
    let reviewerName: String
    let bypassReason: String?
    let publishedAt: Instant
    /// The author first.
    let writers: [String]
  }

  let article: Int64
  let before: Int64
  let limit: Int64

  static let sql = """
    select v.seq, v.content, v.reviewer_name, v.bypass_reason, v.published_at,
      (select array_agg(c.actor_name order by c.place) from knowledge.contributor c where c.article_id = v.article_id and c.seq = v.seq)
    from knowledge.article_version v where v.article_id = $1 and v.seq < $2 order by v.seq desc limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(article)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (seq, content, reviewer): (Int64, Value, String) = (try row.next(), try row.next(), try row.next())
    let (reason, at, writers): (String?, Instant, [String]?) = (try row.next(), try row.next(), try row.next())
    return Found(seq: seq, content: content, reviewerName: reviewer, bypassReason: reason, publishedAt: at, writers: writers ?? [])
  }
}
