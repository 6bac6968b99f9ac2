import Desk
import Kernel
import Operations
import Requests

package struct RequestOfProblem: OperationInput {
  let id: PublicId
  /// What the request is to the problem.
  let kind: RequestLinkKind
  let request: PublicId

  private static let kind = Field.oneOf(
    "kind", RequestLinkKind.allCases.map(\.inverse),
    "What the problem is to the request: causes (it was ordered because of the problem), caused_by (what was done for it brought the problem about), resolved_by (what is done for it removes it) or relates_to.",
    "问题与请求的关系：causes 引起请求、caused_by 由请求的实施引起、resolved_by 由请求解决、relates_to 相关。")
  private static let request = Field.id("request", .request, "The request.", "请求。")
  package static let fields: [any InputField] = [ProblemFields.id, kind, request]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ProblemFields.id]
    kind = RequestLinkKind(inverse: try values[Self.kind]) ?? .relatesTo
    request = try values[Self.request]
  }
}

/// It needs no version: it stands beside both.
package enum LinkProblemRequest: Operation {
  package typealias Input = RequestOfProblem

  package static let declaration = Declaration(
    "problem.link_request", "Say what a problem is to a request: as a rule, that it was ordered because of the problem.",
    zh: "关联问题与请求（通常表示请求因该问题而提交）。", permission: ProblemRights.work, roles: ProblemRights.workers, reach: .oneAndProvider(by: "request"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    try work.requireOpen()
    try await work.link(input)
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

package enum UnlinkProblemRequest: Operation {
  package typealias Input = RequestOfProblem

  package static let declaration = Declaration(
    "problem.unlink_request", "End a link between a problem and a request; that it was there stays in the history of both.", zh: "解除问题与请求的关联；双方历史中仍保留记录。",
    permission: ProblemRights.work, roles: ProblemRights.workers, reach: .oneAndProvider(by: "request"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    try await work.unlink(input)
    work.save(countsVersion: false)
    return Done(id: input.id, version: work.row.version)
  }
}

/// A request that a problem is linked to.
package struct RequestLinkedToProblem: OperationOutput {
  let link: RequestLinksOfProblem.Found
  let request: RequestsOfPairs.Found

  package static let fields: [OutputField<RequestLinkedToProblem>] = [
    OutputField(
      "kind", .text, "What the problem is to it: causes, caused_by, resolved_by or relates_to.",
      "问题与请求的关系：causes 引起请求、caused_by 由请求的实施引起、resolved_by 由请求解决、relates_to 相关。"
    ) { .text($0.link.kind.inverse) },
    OutputField("request", .id, "The request.", "请求。") { .id($0.request.own(.request, $0.request.publicId)) },
    OutputField("number", .text, "Its number, for people.", "请求号。") { .text(RequestLine.number(of: $0.request.code, $0.request.number)) },
    OutputField("customer", .id, "Whose it is.", "所属客户。") { .id($0.request.own(.customer, $0.request.customerBits)) },
    OutputField("offeringCode", .text, "The code of what was ordered.", "所申请的服务项代码。") { .text($0.request.offeringCode) },
    OutputField("offeringName", .document, "What that was called when it was ordered, by language.", "申请时该服务项的名称（按语言）。") { $0.request.offeringName },
    OutputField("state", .text, "Its state.", "状态。") { .text($0.request.state) },
    OutputField("priority", .integer, "Its priority.", "优先级。") { .integer($0.request.priority) },
    OutputField("submittedAt", .instant, "When it was submitted.", "提交时间。") { .instant($0.request.submittedAt) },
    OutputField("linkedAt", .instant, "When they were linked.", "关联时间。") { .instant($0.link.at) },
  ]
}

package enum ListRequestsOfProblem: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.requests", "List the requests that a problem is linked to, of the customers that the caller serves.", zh: "列出与问题关联的请求（仅限所服务的客户）。",
    permission: ProblemRights.read, roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RequestLinkedToProblem> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let problem = try await context.problem(input.id)
    let links = try await context.transaction.query(
      RequestLinksOfProblem(
        provider: context.provider.id, problem: problem.id, customers: context.reachableCustomers, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let requests = try await context.requests(links.map { (tenant: $0.tenant, request: $0.request) })
    // Requests are never deleted, so each link has its request.
    let rows = links.compactMap { link in requests[link.request].map { RequestLinkedToProblem(link: link, request: $0) } }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.link.id)]) }, element: { $0 })
  }
}

/// A problem that a request is linked to.
package struct ProblemOfRequest: OperationOutput {
  let line: ProblemLine
  let kind: RequestLinkKind
  let at: Instant

  package static let fields: [OutputField<ProblemOfRequest>] =
    ProblemLine.facts { $0.line } + [
      OutputField(
        "kind", .text, "What the request is to it: caused_by, causes, resolves or relates_to.",
        "请求与问题的关系：caused_by 由问题引起、causes 实施引起问题、resolves 用于解决问题、relates_to 相关。"
      ) { .text($0.kind.rawValue) },
      OutputField("linkedAt", .instant, "When they were linked.", "关联时间。") { .instant($0.at) },
    ]
}

package enum ListProblemsOfRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let limit: Int64?
    let cursor: String?

    private static let request = Field.id("id", .request, "The request.", "请求。")
    package static let fields: [any InputField] = [request, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.request]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "request.problems", "List the problems that a request is linked to, of those that the caller may see.", zh: "列出与请求关联且有权查看的问题。",
    permission: ProblemRights.read, roles: ProblemRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ProblemOfRequest> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    guard let request = try await context.transaction.first(RequestToLink(tenant: context.tenant.id, publicId: input.id)) else {
      throw Failure.notFound
    }
    let rows = try await context.transaction.query(
      ProblemsOfRequest(
        provider: context.provider.id, customers: context.reachableCustomers, tenant: context.tenant.id, request: request,
        after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.link)]) }) { row in
      ProblemOfRequest(line: ProblemLine(row.row, in: context), kind: row.kind, at: row.at)
    }
  }
}

extension ProblemWork {
  /// Whoever locks a problem and requests locks the problem first.
  fileprivate mutating func link(_ input: RequestOfProblem) async throws {
    let link = try await requestLink(input)
    guard try await context.transaction.first(InsertProblemOfRequest(link: link)) != nil else { throw Failure(.conflict, SpineMessages.linkedAlready) }
    note("request_linked", RequestNote.problemLinked, link, input)
  }

  fileprivate mutating func unlink(_ input: RequestOfProblem) async throws {
    let link = try await requestLink(input)
    guard try await context.transaction.first(EndProblemOfRequest(link: link)) != nil else { throw Failure(.conflict, SpineMessages.notLinked) }
    note("request_unlinked", RequestNote.problemUnlinked, link, input)
  }

  private func requestLink(_ input: RequestOfProblem) async throws -> ProblemOfRequestLink {
    let tenant = context.tenant.id
    // What is the provider's own is for those who serve all.
    guard context.access.reaches(tenant) else { throw context.unknownReference("request") }
    if let customer = row.customer, customer.id != tenant { throw Failure.invalid("request", ProblemMessages.ofAnother) }
    return ProblemOfRequestLink(
      provider: context.provider.id, problem: row.id, tenant: tenant, request: try await context.requestToLink(input.request), kind: input.kind,
      actor: context.actor, now: context.now)
  }

  /// In the history of both: the problem's tells it to who serves the request's customer, the request's to the staff.
  private mutating func note(_ what: String, _ type: String, _ link: ProblemOfRequestLink, _ input: RequestOfProblem) {
    note(what, .object(["kind": .text(link.kind.inverse), "request": .id(input.request)]), of: link.tenant)
    let told = Value.object(["kind": .text(link.kind.rawValue), "problem": .id(id), "number": .text(number)])
    context.transaction.enqueue(RequestNote(type, told, on: link.request, of: link.tenant, by: context.actor, at: context.now))
  }
}

extension OperationContext {
  /// Requests of several customers by their rows, whose ids no two customers share. Only for operations that read.
  fileprivate func requests(_ pairs: [(tenant: TenantId, request: Int64)]) async throws -> [Int64: RequestsOfPairs.Found] {
    guard !pairs.isEmpty else { return [:] }
    let statement = RequestsOfPairs(tenants: pairs.map { $0.tenant }, requests: pairs.map { $0.request })
    let found = try await bound(to: Set(pairs.map { $0.tenant }).sorted()) { try await $0.query(statement) }
    return Dictionary(found.map { ($0.request, $0) }) { first, _ in first }
  }
}
