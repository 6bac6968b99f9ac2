import Desk
import Kernel
import Knowledge
import Operations

/// The permission to see what the knowledge base has for requests, and who holds it in a new installation: as for incidents.
enum ArticleRights {
  static let read = "request.knowledge"
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]

  fileprivate static let article = Field.id("article", .article, "The article, a published one.", "已发布的文章。")
}

/// Notes that an article was of use on a request; noted again, the last word counts. It needs no version: it stands beside the request.
package enum CiteArticleOnRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let article: PublicId
    let use: ArticleUse

    private static let use = Field.oneOf(
      "use", ArticleUse.allCases.map(\.rawValue), "used: it was of use; solved: the request was fulfilled by what it says.",
      "used：有参考作用；solved：按其内容完成了请求。")
    package static let fields: [any InputField] = [RequestReference.id, ArticleRights.article, use]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      article = try values[ArticleRights.article]
      use = ArticleUse(rawValue: try values[Self.use]) ?? .used
    }
  }

  package static let declaration = Declaration(
    "request.cite", "Note that an article of the knowledge base was of use on a request.", zh: "登记知识库文章在请求中的使用。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.request(input.id)
    context.subject(input.id)
    guard let article = try await ArticleShelf(context, for: context.tenant.id).published(input.article) else { throw context.unknownReference("article") }
    context.note(RequestNote.articleCited, .object(["article": .id(input.article), "use": .text(input.use.rawValue)]), on: request)
    context.transaction.enqueue(
      KeepArticleOnRequest(
        tenant: context.tenant.id, request: request.id, article: article.id, use: input.use, principal: context.principal, now: context.now))
    return Done(id: input.id)
  }
}

/// Takes such a note back.
package enum UnciteArticleOnRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let article: PublicId

    package static let fields: [any InputField] = [RequestReference.id, ArticleRights.article]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      article = try values[ArticleRights.article]
    }
  }

  package static let declaration = Declaration(
    "request.uncite", "Take back that an article was of use on a request.", zh: "撤销文章在请求中的使用登记。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.request(input.id)
    context.subject(input.id)
    guard let article = try await ArticleShelf(context, for: context.tenant.id).row(input.article) else { throw context.unknownReference("article") }
    context.note(RequestNote.articleUncited, .object(["article": .id(input.article)]), on: request)
    let dropped = try await context.transaction.first(DropArticleOnRequest(tenant: context.tenant.id, request: request.id, article: article))
    guard dropped != nil else { throw Failure(.conflict, RequestMessages.notCited) }
    return Done(id: input.id)
  }
}

extension OperationContext {
  /// Tells the history which article it was; first of all that is written, so that whoever has the request is waited for with nothing in hand.
  fileprivate func note(_ type: String, _ payload: Value, on request: RequestRow) {
    transaction.enqueue(RequestNote(type, payload, on: request.id, of: tenant.id, by: actor, at: now))
  }
}

/// The articles that were of use on a request.
package enum ListArticlesOfRequest: Operation {
  package typealias Input = ReadRequestHistory.Input

  package struct Entry: OperationOutput {
    let found: ArticlesOfRequest.Found
    let article: CitedArticle

    package static let fields: [OutputField<Entry>] = [
      OutputField("article", record: CitedArticle.self, "The article, also one that is not published any more.", "文章（包括已不再发布的文章）。") { $0.article },
      OutputField("use", .text, "used or solved.", "used（有参考作用）或 solved（据此完成）。") { .text($0.found.use) },
      OutputField("by", .text, "Who noted it.", "登记人。") { .text($0.found.actorName) },
      OutputField("at", .instant, "When it was noted.", "登记时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "request.articles", "List the articles that were of use on a request.", zh: "列出请求中使用过的文章。", permission: ArticleRights.read,
    roles: ArticleRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let request = try await context.request(input.id)
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let found = try await context.transaction.query(
      ArticlesOfRequest(tenant: context.tenant.id, request: request.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let articles = try await ArticleShelf(context, for: context.tenant.id).cited(found.map(\.article))
    let rows = found.compactMap { row in articles[row.article].map { Entry(found: row, article: $0) } }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.found.article)]) }, element: { $0 })
  }
}

/// The way back: the requests on which an article was of use.
package enum ListRequestsOfArticle: Operation {
  package typealias Input = UsesOfArticle

  package struct Entry: OperationOutput {
    let found: UsesOnRequests.Found

    private func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId? { PublicId(kind: kind.prefix, handle: found.customer, random: bits) }

    package static let fields: [OutputField<Entry>] = [
      OutputField("customer", .id, "The customer.", "客户。") { .id($0.own(.customer, $0.found.customerBits)) },
      OutputField("request", .id, "The request.", "请求。") { .id($0.own(.request, $0.found.request)) },
      OutputField("number", .text, "Its number, for people.", "请求号。") { .text(RequestLine.number(of: $0.found.code, $0.found.number)) },
      OutputField("name", .document, "What was ordered, by language.", "所申请的服务项（按语言）。") { $0.found.names },
      OutputField("state", .text, "Where it stands.", "状态。") { .text($0.found.state) },
      OutputField("use", .text, "used or solved.", "used（有参考作用）或 solved（据此完成）。") { .text($0.found.use) },
      OutputField("by", .text, "Who noted it.", "登记人。") { .text($0.found.actorName) },
      OutputField("at", .instant, "When it was noted.", "登记时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "article.requests", "List the requests on which an article was of use, of all customers or of one, the newest note first.",
    zh: "列出使用过某文章的请求（全部或某一客户），最新登记在前。", permission: ArticleRights.read, roles: ArticleRights.readers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let (find, limit) = try await context.uses(input)
    let places = try await context.transaction.query(FindUsesOnRequests(uses: find))
    guard !places.isEmpty else { return Listing(items: [], next: nil) }
    let found = try await context.bound(to: Set(places.map(\.tenant)).sorted()) {
      try await $0.last(UsesOnRequests(article: find.article, places: places))
    }
    let rows = places.compactMap { place in
      found.first { $0.tenant == place.tenant && $0.row == place.ticket }.map { (place: place, found: $0) }
    }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.place.cursor }, element: { Entry(found: $0.found) })
  }
}

/// Articles that may help to fulfil a request, by what the thing that was ordered is called.
package enum SuggestArticlesForRequest: Operation {
  package typealias Input = RequestReference

  package struct Suggestions: OperationOutput {
    let articles: [ArticleHit]

    package static let fields: [OutputField<Suggestions>] = [
      OutputField("articles", listOf: ArticleHit.self, "The most fitting ones, ten at the most.", "最匹配的文章，最多十篇。") { $0.articles }
    ]
  }

  private static let most: Int64 = 10

  package static let declaration = Declaration(
    "request.suggest", "Suggest articles of the knowledge base that may help to fulfil a request.", zh: "为请求推荐可能有帮助的知识库文章。",
    permission: ArticleRights.read, roles: ArticleRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Suggestions {
    let request = try await context.request(input.id)
    let text = (request.content["name"]?.members ?? []).compactMap(\.value.text).joined(separator: " ")
    return Suggestions(articles: try await ArticleShelf(context, for: context.tenant.id).suggestions(for: text, limit: most))
  }
}
