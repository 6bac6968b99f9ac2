import Desk
import Kernel
import Knowledge
import Operations

/// The permission to see what the knowledge base has for requests, and who holds it in a new installation: as for incidents.
enum ArticleRights {
  static let read = "request.knowledge"
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer]
}

/// Requests, on which articles are of use.
package enum CitingRequests: CitingProcess {
  package typealias Note = RequestNote

  package static let uses = "requests.article_use"
  package static let column = "request_id"
  package static let candidates = "requests.knowledge_candidate"
  package static let id = RequestReference.id
  package static let use = Field.oneOf(
    "use", ArticleUse.allCases.map(\.rawValue), "used: it was of use; solved: the request was fulfilled by what it says.",
    "used：有参考作用；solved：按其内容完成了请求。")
  package static let told: [OutputField<CitedUse<CitingRequests>>] = CitedUse.told(solved: "据此完成")
  package static let cited = RequestNote.articleCited
  package static let uncited = RequestNote.articleUncited
  package static let notCited = RequestMessages.notCited
  package static let isCandidate = RequestMessages.isCandidate
  package static let noCandidate = RequestMessages.noCandidate
}

/// Notes that an article was of use on a request; noted again, the last word counts. It needs no version: it stands beside the request.
package enum CiteArticleOnRequest: Operation {
  package typealias Input = CiteInput<CitingRequests>

  package static let declaration = Declaration(
    "request.cite", "Note that an article of the knowledge base was of use on a request.", zh: "登记知识库文章在请求中的使用。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.request(input.id)
    return try await context.cite(input, on: request.id)
  }
}

/// Takes such a note back.
package enum UnciteArticleOnRequest: Operation {
  package typealias Input = UnciteInput<CitingRequests>

  package static let declaration = Declaration(
    "request.uncite", "Take back that an article was of use on a request.", zh: "撤销文章在请求中的使用登记。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .oneAndProvider(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.request(input.id)
    return try await context.uncite(input, on: request.id)
  }
}

/// The articles that were of use on a request.
package enum ListArticlesOfRequest: Operation {
  package typealias Input = ReadRequestHistory.Input

  package static let declaration = Declaration(
    "request.articles", "List the articles that were of use on a request.", zh: "列出请求中使用过的文章。", permission: ArticleRights.read,
    roles: ArticleRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CitedUse<CitingRequests>> {
    let request = try await context.request(input.id)
    return try await context.citedArticles(of: CitingRequests.self, input.id, on: request.id, input.limit, input.cursor)
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

  package static let declaration = Declaration(
    "request.suggest", "Suggest articles of the knowledge base that may help to fulfil a request.", zh: "为请求推荐可能有帮助的知识库文章。",
    permission: ArticleRights.read, roles: ArticleRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ArticleSuggestions {
    let request = try await context.request(input.id)
    let text = (request.content["name"]?.members ?? []).compactMap(\.value.text).joined(separator: " ")
    return try await ArticleShelf(context, for: context.tenant.id).suggestions(for: text)
  }
}
