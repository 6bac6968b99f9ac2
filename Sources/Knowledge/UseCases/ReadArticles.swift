import Kernel
import Operations
import Tenancy

/// A published article as its readers see it.
package struct PublishedArticle: OperationOutput {
  let id: PublicId
  let row: PublishedRow
  /// Nil: the figures are not for the reader.
  let figures: ArticleFigures.Found?
  let isForStaff: Bool

  init(_ row: PublishedRow, figures: ArticleFigures.Found? = nil, in context: OperationContext) {
    id = context.id(.article, row.publicId)
    self.row = row
    self.figures = figures
    isForStaff = context.principal.side == .staff
  }

  package static let fields: [OutputField<PublishedArticle>] = [
    OutputField("id", .id, "The article.", "文章。") { .id($0.id) },
    OutputField("number", .text, "Its number, for people.", "编号。") { .text(ArticleNumber.text($0.row.number)) },
    OutputField("kind", .text, "how_to, solution, known_error or policy.", "类型：how_to、solution、known_error 或 policy。") {
      .text($0.row.content.kind.rawValue)
    },
    OutputField("audience", .text, "internal or customers; for staff.", "读者：internal 或 customers（仅服务商人员可见）。") {
      $0.isForStaff ? .text($0.row.content.audience.rawValue) : .null
    },
    OutputField("onlyFor", .id, "The one customer that it is about; for staff.", "所涉及的唯一客户（仅服务商人员可见）。") { $0.isForStaff ? .id($0.row.onlyFor) : .null },
    OutputField("title", .document, "Its title by language.", "标题（按语言）。") { $0.row.content.title.value ?? .null },
    OutputField("body", .document, "Its text by language.", "正文（按语言）。") { $0.row.content.body?.value ?? .null },
    OutputField("symptom", .document, "What is noticed of a known error, by language.", "已知错误的症状（按语言）。") { $0.row.content.symptom?.value ?? .null },
    OutputField("cause", .document, "Why it happens, by language.", "原因（按语言）。") { $0.row.content.cause?.value ?? .null },
    OutputField("workaround", .document, "What helps meanwhile, by language.", "临时方案（按语言）。") { $0.row.content.workaround?.value ?? .null },
    OutputField("revision", .integer, "Its version.", "版次。") { .integer($0.row.seq) },
    OutputField("publishedAt", .instant, "When this version was published.", "该版次的发布时间。") { .instant($0.row.publishedAt) },
    OutputField("used", .integer, "On how many tickets it was used; for staff.", "被工单引用的次数（仅服务商人员可见）。") { .integer($0.figures?.used) },
    OutputField("solved", .integer, "How many tickets it solved; for staff.", "解决的工单数（仅服务商人员可见）。") { .integer($0.figures?.solved) },
    OutputField("helpful", .integer, "How many readers it helped; for staff.", "认为有帮助的读者数（仅服务商人员可见）。") { .integer($0.figures?.helpful) },
    OutputField("unhelpful", .integer, "How many readers it did not help; for staff.", "认为没有帮助的读者数（仅服务商人员可见）。") { .integer($0.figures?.unhelpful) },
  ]
}

/// An article that was found: enough to choose it by.
package struct ArticleHit: OperationOutput {
  let id: PublicId
  let row: PublishedRow

  package init(_ row: PublishedRow, in context: OperationContext) {
    id = context.id(.article, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<ArticleHit>] = [
    OutputField("id", .id, "The article.", "文章。") { .id($0.id) },
    OutputField("number", .text, "Its number, for people.", "编号。") { .text(ArticleNumber.text($0.row.number)) },
    OutputField("kind", .text, "how_to, solution, known_error or policy.", "类型：how_to、solution、known_error 或 policy。") {
      .text($0.row.content.kind.rawValue)
    },
    OutputField("title", .document, "Its title by language.", "标题（按语言）。") { $0.row.content.title.value ?? .null },
    OutputField("revision", .integer, "Its version.", "版次。") { .integer($0.row.seq) },
    OutputField("publishedAt", .instant, "When this version was published.", "该版次的发布时间。") { .instant($0.row.publishedAt) },
  ]
}

package enum ReadArticle: Operation {
  package typealias Input = ArticleReference

  package static let declaration = Declaration(
    "article.read", "Read a published article.", zh: "阅读已发布的文章。", permission: ArticleRights.read, roles: ArticleRights.everyone,
    scopes: ArticleRights.everyScope, reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> PublishedArticle {
    let row = try await context.published(input.id)
    guard context.principal.side == .staff else { return PublishedArticle(row, in: context) }
    return PublishedArticle(row, figures: try await context.transaction.first(ArticleFigures(articles: [row.id])), in: context)
  }
}

package enum SearchArticles: Operation {
  package struct Input: OperationInput {
    let text: String?
    let kind: String?
    let limit: Int64?
    let cursor: String?

    private static let text = Field.text(
      "text", 1...200, "Words that it must have, English or Chinese, or its number; left out: all articles, the newest first.",
      "须包含的词语（中文或英文）或编号；不填则列出全部，最新在前。"
    ).optional
    private static let kind = Field.oneOf("kind", ArticleKind.allCases.map(\.rawValue), "Only those of this kind.", "仅限此类型。").optional

    package static let fields: [any InputField] = [text, kind, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      text = try values[Self.text]
      kind = try values[Self.kind]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    /// What a cursor belongs to.
    var filterText: String { "\(kind ?? "")/\(text ?? "")" }
  }

  package static let declaration = Declaration(
    "article.search", "Find published articles by their words, the most fitting first.", zh: "按词语查找已发布的文章，最匹配的在前。", permission: ArticleRights.read,
    roles: ArticleRights.everyone, scopes: ArticleRights.everyScope, reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ArticleHit> {
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filterText)
    guard let text = input.text else {
      let rows = try await context.transaction.query(
        NewestPublished(
          readership: context.readership, kind: input.kind, before: try after.map { (at: try $0.instant(0), id: try $0.integer(1)) }, limit: limit + 1))
      return context.listing(rows, limit: limit, filter: input.filterText) {
        PageCursor([.integer($0.publishedAt.microseconds), .integer($0.id)])
      } element: {
        ArticleHit($0, in: context)
      }
    }
    // Whoever types a number means that one; what speaks of it comes after it.
    let named = try await context.published(numbered: text, kind: input.kind)
    let find = FindArticles(
      query: SearchQuery(text), isAnyWordEnough: false, readership: context.readership, kind: input.kind,
      after: try after.map { FindArticles.Found(id: try $0.integer(1), rank: try $0.integer(0)) }, limit: limit + (named == nil ? 1 : 2))
    var rows = try await context.articles(at: find, readership: context.readership)
    if let named {
      rows.removeAll { $0.row.id == named.id }
      if after == nil { rows.insert((place: .first, row: named), at: 0) }
    }
    return context.listing(rows, limit: limit, filter: input.filterText) {
      PageCursor([.integer($0.place.rank), .integer($0.place.id)])
    } element: {
      ArticleHit($0.row, in: context)
    }
  }
}

extension OperationContext {
  /// A published article that is there for the caller.
  func published(_ id: PublicId) async throws -> PublishedRow {
    subject(id)
    guard let row = try await transaction.first(PublishedByPublicId(readership: readership, publicId: id)) else { throw Failure.notFound }
    return row
  }

  /// The article whose number a text is, if it is there for the caller.
  fileprivate func published(numbered text: String, kind: String?) async throws -> PublishedRow? {
    guard let number = ThingNumber(text), number.kind == IdKind.article.prefix, let found = try await transaction.first(FindNumber(number: number)),
      let id = PublicId(kind: number.kind, handle: found.handle, random: found.random),
      let row = try await transaction.first(PublishedByPublicId(readership: readership, publicId: id)),
      kind.map({ $0 == row.content.kind.rawValue }) ?? true
    else { return nil }
    return row
  }

  /// What a search finds, read under row security in the order of the search.
  func articles(at find: FindArticles, readership: Readership) async throws -> [(place: FindArticles.Found, row: PublishedRow)] {
    guard !find.query.isEmpty else { return [] }
    let places = try await transaction.query(find)
    let rows = try await transaction.query(PublishedOfIds(readership: readership, ids: places.map(\.id)))
    let byId = Dictionary(rows.map { ($0.id, $0) }) { first, _ in first }
    return places.compactMap { place in byId[place.id].map { (place: place, row: $0) } }
  }
}
