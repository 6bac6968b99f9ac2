import Kernel
import Operations
import Postgres

/// An article as staff see it: its life, and what is being written.
struct ArticleRow: Sendable {
  struct Draft: Sendable {
    let content: ArticleContent
    /// The author first.
    let writers: [Writer]
    let remark: String?
  }

  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let kind: String
  let audience: String
  let onlyTenant: TenantId?
  let onlyFor: PublicId?
  let title: LocalText
  let life: ArticleLife
  let publishedSeq: Int64?
  let reviewMonths: Int64
  let reviewDueOn: CalendarDate?
  let authorName: String
  let recordedAt: Instant
  let version: Int64
  let draft: Draft?

  static let select = """
    select a.id, a.public_id, a.number, a.kind, a.audience, a.only_tenant_id, k.handle, k.public_id, a.title, a.state, a.draft_state, a.published_seq,
      a.review_months, a.review_due_on, a.author_name, a.recorded_at, a.version, d.content, d.writers, d.remark
    from knowledge.article a
    left join tenancy.tenant k on k.id = a.only_tenant_id
    left join knowledge.article_draft d on d.article_id = a.id
    """

  /// $1: the customers whose articles the reader may see; null: all of them.
  static let isVisible = "(a.only_tenant_id is null or $1::bigint[] is null or a.only_tenant_id = any ($1))"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    kind = try row.next()
    audience = try row.next()
    onlyTenant = try row.next()
    onlyFor = try PublicId.customer(&row)
    let title: Value = try row.next()
    self.title = LocalText(title)
    let (state, draftState): (String, String?) = (try row.next(), try row.next())
    life = ArticleLife(standing: ArticleLife.Standing(rawValue: state) ?? .retired, draft: draftState.flatMap(ArticleLife.Draft.init))
    publishedSeq = try row.next()
    reviewMonths = try row.next()
    reviewDueOn = try row.next()
    authorName = try row.next()
    recordedAt = try row.next()
    version = try row.next()
    let (content, writers, remark): (Value?, Value?, String?) = (try row.next(), try row.next(), try row.next())
    draft = content.map { Draft(content: ArticleContent($0), writers: (writers?.array ?? []).compactMap(Writer.init), remark: remark) }
  }
}

struct ArticleByPublicId: Statement {
  let customers: [Int64]?
  let publicId: PublicId

  static let sql = "\(ArticleRow.select) where \(ArticleRow.isVisible) and a.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ArticleRow { try ArticleRow(&row) }
}

/// The account of who wrote an article's first version first; no row: no member of the staff did.
struct AuthorOfArticle: Statement {
  let provider: TenantId
  let article: Int64

  static let sql = """
    select a.id, a.public_id from knowledge.contributor c join tenancy.account a on a.tenant_id = $1 and a.id = c.actor_id
    where c.article_id = $2 and c.seq = 1 and c.place = 1 and c.actor_kind = 'staff'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(article)
  }

  static func decode(_ row: inout RowReader) throws -> (account: Int64, publicId: [UInt8]) { (try row.next(), try row.next()) }
}

/// What articles are called, whatever became of them.
struct NamesOfArticles: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let number: Int64
  }

  let customers: [Int64]?
  let ids: [Int64]

  static let sql = "select a.id, a.public_id, a.number from knowledge.article a where \(ArticleRow.isVisible) and a.id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next(), number: try row.next()) }
}

/// What a listing of articles is narrowed to.
struct ArticleFilter: Sendable {
  var state: String?
  var draftState: String?
  var kind: String?
  var onlyTenant: TenantId?
}

/// Articles, the newest first.
struct ArticlesOfList: Statement {
  let customers: [Int64]?
  let filter: ArticleFilter
  let before: Int64
  let limit: Int64

  static let rest = """
    and \(ArticleRow.isVisible) and a.id < $2 and ($3::text is null or a.state = $3) and ($4::text is null or a.draft_state = $4)
      and ($5::text is null or a.kind = $5) and ($6::bigint is null or a.only_tenant_id = $6)
    order by a.id desc limit $7
    """
  static let sql = "\(ArticleRow.select) where true \(rest)"

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(before)
    parameters.append(filter.state)
    parameters.append(filter.draftState)
    parameters.append(filter.kind)
    parameters.append(filter.onlyTenant)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ArticleRow { try ArticleRow(&row) }
}

/// The same of drafts in one state: few of many articles, for which there is an index.
struct ArticlesInWork: Statement {
  let list: ArticlesOfList

  static let sql = "\(ArticleRow.select) where a.draft_state = $4 \(ArticlesOfList.rest)"

  func bind(to parameters: inout Parameters) { list.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> ArticleRow { try ArticleRow(&row) }
}

/// Published articles that somebody must look through by a day, the longest waiting first.
struct ArticlesDue: Statement {
  let customers: [Int64]?
  let until: CalendarDate
  let after: (day: CalendarDate, id: Int64)?
  let limit: Int64

  static let sql = """
    \(ArticleRow.select) where a.state = 'published' and \(ArticleRow.isVisible) and a.review_due_on <= $2
      and ($3::date is null or (a.review_due_on, a.id) > ($3, $4)) order by a.review_due_on, a.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(customers)
    parameters.append(until)
    parameters.append(after?.day)
    parameters.append(after?.id ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ArticleRow { try ArticleRow(&row) }
}
