import Catalog
import Desk
import Kernel
import Knowledge
import Operations

package enum MarkRequestAsCandidate: Operation {
  package typealias Input = RemarkInput<CitingRequests>

  package static let declaration = Declaration(
    "knowledge_candidate.mark_request", "Mark a request that was fulfilled, and on which no article is noted, as one of which an article should be made.",
    zh: "将已履行且未登记文章的请求标记为知识候选。", permission: RequestRights.work, roles: RequestRights.workers, reach: .one(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.request(input.id)
    context.subject(input.id)
    try await context.requireWorthAnArticle(request)
    return try await context.markCandidate(input, request.id)
  }
}

package enum DeclineCandidateRequest: Operation {
  package typealias Input = RemarkInput<CitingRequests>

  package static let declaration = Declaration(
    "knowledge_candidate.decline_request", "Decide that no article is made of a request.", zh: "决定不据此请求编写文章。", permission: RequestRights.work,
    roles: RequestRights.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let request = try await context.request(input.id)
    context.subject(input.id)
    return try await context.declineCandidate(input, request.id)
  }
}

/// Begins an article of what was ordered and what was done for it: internal, and about that customer only, for good.
package enum DraftOfRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "knowledge_candidate.draft_request", "Begin an internal article about the customer from what a request ordered and what was done for it.",
    zh: "根据请求的申请内容与履行结果新建内部文章（仅涉及该客户）。", permission: "article.write", roles: [.administrator, .accountManager, .engineer],
    reach: .oneAndProvider(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DraftedArticle {
    let request = try await context.request(input.id)
    context.subject(input.id)
    try await context.requireWorthAnArticle(request)
    let tasks = try await context.transaction.query(TasksShown(tenant: context.tenant.id, request: request.id))
    let account = FulfilmentAccount(
      code: request.offeringCode, content: request.content, answers: request.answers, tasks: tasks.map(\.task))
    let begun = try await context.beginArticle(.howTo(title: account.title, body: account.body), onlyTenant: context.tenant.id)
    return try await context.draftedCandidate(of: CitingRequests.self, request.id, begun)
  }
}

package enum ListCandidateRequests: Operation {
  package typealias Input = CandidatesAsked

  package struct Entry: OperationOutput {
    let found: RequestCandidatesAt.Found
    let offering: PublicId
    let article: PublicId?

    private func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId? { PublicId(kind: kind.prefix, handle: found.customer, random: bits) }

    package static let fields: [OutputField<Entry>] = [
      OutputField("customer", .id, "The customer.", "客户。") { .id($0.own(.customer, $0.found.customerBits)) },
      OutputField("request", .id, "The request.", "请求。") { .id($0.own(.request, $0.found.request)) },
      OutputField("number", .text, "Its number, for people.", "请求号。") { .text(RequestLine.number(of: $0.found.code, $0.found.number)) },
      OutputField("offering", .id, "What was ordered.", "所申请的服务项。") { .id($0.offering) },
      OutputField("offeringCode", .text, "The offering's code.", "服务项代码。") { .text($0.found.offeringCode) },
      OutputField("name", .document, "What it was called in that version, by language.", "该版本的名称（按语言）。") { $0.found.names },
      OutputField("state", .text, "open, drafted or declined.", "状态：open（待处理）、drafted（已起草）或 declined（已否决）。") { .text($0.found.state) },
      OutputField("remark", .text, "What was said of it.", "备注。") { .text($0.found.remark) },
      OutputField("article", .id, "The article that was begun.", "已新建的文章。") { .id($0.article) },
      OutputField("by", .text, "Who marked or settled it.", "标记或处理人。") { .text($0.found.actorName) },
      OutputField("at", .instant, "When that was.", "时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "knowledge_candidate.requests", "List requests of which articles should be made, of all customers or of one, the newest first.",
    zh: "列出全部或某一客户的知识候选请求，最新在前。", permission: ArticleRights.read, roles: ArticleRights.readers, reach: .many, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let (find, limit) = try await context.candidates(input)
    let places = try await context.transaction.query(FindRequestCandidates(candidates: find))
    guard !places.isEmpty else { return Listing(items: [], next: nil) }
    let found = try await context.bound(to: Set(places.map(\.tenant)).sorted()) { try await $0.last(RequestCandidatesAt(places: places)) }
    let rows = places.compactMap { place in
      found.first { $0.tenant == place.tenant && $0.row == place.ticket }.map { (place: place, found: $0) }
    }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.place.cursor }) { row in
      Entry(found: row.found, offering: context.id(.offering, row.found.offering), article: row.found.article.map { context.id(.article, $0) })
    }
  }
}

extension RequestRow {
  /// What an earlier version only recorded was closed without anything done for it.
  fileprivate var wasFulfilled: Bool { (state == .fulfilled || state == .closed) && facts.startedAt != nil }
}

extension OperationContext {
  /// What was opened again keeps its mark, and is no candidate until it is fulfilled again. Where an article is noted, what helped is written already.
  fileprivate func requireWorthAnArticle(_ request: RequestRow) async throws {
    guard request.wasFulfilled else { throw Failure(.conflict, RequestMessages.notFulfilled) }
    if try await hasCitedArticle(of: CitingRequests.self, on: request.id) { throw Failure(.conflict, RequestMessages.hasArticle) }
  }
}
