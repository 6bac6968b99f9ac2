import Kernel
import Operations
import Tenancy

/// Articles as the staff need them on the ticket of one customer: those about nobody in particular, and those about this one; or on tickets of all
/// customers that the caller serves.
package struct ArticleShelf: Sendable {
  private let context: OperationContext
  private let readership: Readership

  /// - Parameter customer: nil: only those that are about nobody in particular.
  package init(_ context: OperationContext, for customer: TenantId?) {
    self.context = context
    readership = Readership(isStaff: true, customers: customer.map { [$0.rawValue] } ?? [])
  }

  /// Those about nobody in particular, and those about customers that the caller serves.
  package init(_ context: OperationContext) {
    self.context = context
    readership = context.readership
  }

  /// A published article.
  package func published(_ id: PublicId) async throws -> PublishedRow? {
    try await context.transaction.first(PublishedByPublicId(readership: readership, publicId: id))
  }

  /// The row of a known error that is published.
  package func knownError(_ id: PublicId) async throws -> Int64? {
    guard let row = try await published(id), row.content.kind == .knownError else { return nil }
    return row.id
  }

  /// The row of an article, be it published or not any more.
  package func row(_ id: PublicId) async throws -> Int64? {
    try await context.transaction.first(ArticleByPublicId(customers: readership.customers, publicId: id))?.id
  }

  /// Who of the staff began a published article, and its number; nil: a programme did.
  package func author(of article: PublishedRow) async throws -> (account: Int64, staff: PublicId, number: String)? {
    guard let found = try await context.transaction.first(AuthorOfArticle(provider: context.provider.id, article: article.id)) else { return nil }
    return (found.account, context.id(.staff, found.publicId), ArticleNumber.text(article.number))
  }

  /// Articles by their rows, as they are cited: also those that nobody reads any more.
  package func cited(_ ids: [Int64]) async throws -> [Int64: CitedArticle] {
    let names = try await context.transaction.query(NamesOfArticles(customers: readership.customers, ids: ids))
    let rows = try await context.transaction.query(PublishedOfIds(readership: readership, ids: ids))
    let published = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    return Dictionary(names.map { ($0.id, CitedArticle($0, published[$0.id], in: context)) }) { first, _ in first }
  }

  /// What may help with a text: any of its words is enough, and the more of them the better.
  package func suggestions(for text: String) async throws -> ArticleSuggestions {
    let find = FindArticles(query: SearchQuery(text), isAnyWordEnough: true, readership: readership, kind: nil, after: nil, limit: ArticleSuggestions.most)
    return ArticleSuggestions(articles: try await context.articles(at: find, readership: readership).map { ArticleHit($0.row, in: context) })
  }
}

/// Articles that may help.
package struct ArticleSuggestions: OperationOutput {
  let articles: [ArticleHit]

  static let most: Int64 = 10

  package static let fields: [OutputField<ArticleSuggestions>] = [
    OutputField("articles", listOf: ArticleHit.self, "The most fitting ones, ten at the most.", "最匹配的文章，最多十篇。") { $0.articles }
  ]
}

/// An article that was of use: named always, and told of as far as it is published.
package struct CitedArticle: OperationOutput {
  let id: PublicId
  let number: Int64
  /// Nil: it is not published any more.
  let row: PublishedRow?

  init(_ name: NamesOfArticles.Found, _ row: PublishedRow?, in context: OperationContext) {
    id = context.id(.article, name.publicId)
    number = name.number
    self.row = row
  }

  package static let fields: [OutputField<CitedArticle>] = [
    OutputField("id", .id, "The article.", "文章。") { .id($0.id) },
    OutputField("number", .text, "Its number, for people.", "编号。") { .text(ArticleNumber.text($0.number)) },
    OutputField("kind", .text, "how_to, solution, known_error or policy; null when it is not published any more.", "类型；已不再发布则为 null。") {
      .text($0.row?.content.kind.rawValue)
    },
    OutputField("title", .document, "Its title by language; null when it is not published any more.", "标题（按语言）；已不再发布则为 null。") {
      $0.row?.content.title.value ?? .null
    },
    OutputField("revision", .integer, "Its version; null when it is not published any more.", "版次；已不再发布则为 null。") { .integer($0.row?.seq) },
    OutputField("publishedAt", .instant, "When this version was published.", "该版次的发布时间。") { .instant($0.row?.publishedAt) },
  ]
}
