import Kernel
import Operations
import Postgres

/// Who reads: which published articles are there for him. Row security keeps a customer to the same ones once more.
struct Readership: Sendable {
  let isStaff: Bool
  /// The customers whose own articles he may see; nil: all of them.
  let customers: [Int64]?
}

extension Parameters {
  /// $n whether it is staff, $n+1 the customers.
  mutating func append(_ readership: Readership) {
    append(readership.isStaff)
    append(readership.customers)
  }
}

/// An article as its readers see it.
package struct PublishedRow: Sendable {
  package let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let seq: Int64
  let onlyFor: PublicId?
  let content: ArticleContent
  let publishedAt: Instant

  static let select = """
    select p.article_id, p.public_id, p.number, p.seq, k.handle, k.public_id, p.content, p.published_at
    from knowledge.published p left join tenancy.tenant k on k.id = p.only_tenant_id
    """

  /// $1 and $2: a ``Readership``.
  static let isVisible = "($1 or p.audience = 'customers') and (p.only_tenant_id is null or $2::bigint[] is null or p.only_tenant_id = any ($2))"

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    seq = try row.next()
    onlyFor = try PublicId.customer(&row)
    let content: Value = try row.next()
    self.content = ArticleContent(content)
    publishedAt = try row.next()
  }
}

/// Puts what is published in the place of what was.
struct KeepPublished: Statement {
  let row: ArticleRow
  let seq: Int64
  let content: ArticleContent
  let now: Instant

  static let sql = """
    insert into knowledge.published
      (article_id, public_id, number, only_tenant_id, seq, kind, audience, content, published_at, search)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, knowledge.search_vector($10, $11))
    on conflict (article_id) do update set seq = excluded.seq, kind = excluded.kind, audience = excluded.audience, content = excluded.content,
      published_at = excluded.published_at, search = excluded.search
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(row.id)
    parameters.append(row.publicId)
    parameters.append(row.number)
    parameters.append(row.onlyTenant)
    parameters.append(seq)
    parameters.append(content.kind.rawValue)
    parameters.append(content.audience.rawValue)
    parameters.append(json: content.value)
    parameters.append(now)
    parameters.append(content.searchText)
  }
}

struct DropPublished: Statement {
  let article: Int64

  static let sql = "delete from knowledge.published where article_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(article) }
}

struct PublishedByPublicId: Statement {
  let readership: Readership
  let publicId: PublicId

  static let sql = "\(PublishedRow.select) where \(PublishedRow.isVisible) and p.public_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(readership)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> PublishedRow { try PublishedRow(&row) }
}

/// Those that were found, which are still to be read.
struct PublishedOfIds: Statement {
  let readership: Readership
  let ids: [Int64]

  static let sql = "\(PublishedRow.select) where \(PublishedRow.isVisible) and p.article_id = any ($3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(readership)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> PublishedRow { try PublishedRow(&row) }
}

/// Published articles, the newest first.
struct NewestPublished: Statement {
  let readership: Readership
  let kind: String?
  let before: (at: Instant, id: Int64)?
  let limit: Int64

  static let sql = """
    \(PublishedRow.select) where \(PublishedRow.isVisible) and ($3::text is null or p.kind = $3)
      and ($4::timestamptz is null or (p.published_at, p.article_id) < ($4, $5)) order by p.published_at desc, p.article_id desc limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(readership)
    parameters.append(kind)
    parameters.append(before?.at)
    parameters.append(before?.id ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> PublishedRow { try PublishedRow(&row) }
}

/// Where a search finds its words: ids and how well they fit, nothing else (schema-rules 23).
package struct FindArticles: Statement {
  package struct Found: Sendable {
    package let id: Int64
    /// Millionths; only for the order.
    package let rank: Int64
  }

  let query: SearchQuery
  let isAnyWordEnough: Bool
  let readership: Readership
  let kind: String?
  let after: Found?
  let limit: Int64

  package static let sql = "select article_id, rank from finder.search_articles($1, $2, $3, $4, $5, $6, $7, $8, $9)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(query)
    parameters.append(isAnyWordEnough)
    parameters.append(readership)
    parameters.append(kind)
    parameters.append(after?.rank)
    parameters.append(after?.id)
    parameters.append(limit)
  }

  package static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), rank: try row.next()) }
}

/// How often articles were of use, and what readers say of them, over all customers.
struct ArticleFigures: Statement {
  struct Found: Sendable {
    let id: Int64
    let used: Int64
    let solved: Int64
    let helpful: Int64
    let unhelpful: Int64
  }

  let articles: [Int64]

  static let sql = "select article_id, used, solved, helpful, unhelpful from finder.article_figures($1)"

  func bind(to parameters: inout Parameters) { parameters.append(articles) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), used: try row.next(), solved: try row.next(), helpful: try row.next(), unhelpful: try row.next())
  }
}
