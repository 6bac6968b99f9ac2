import Kernel
import Knowledge
import Operations

private enum CandidateFields {
  static let remark = Field.longText("remark", 1...2000, "Why.", "原因。").optional
}

/// A record, with a remark.
package struct RemarkInput<Process: CitingProcess>: OperationInput {
  package let id: PublicId
  package let remark: String?

  package static var fields: [any InputField] { [Process.id, CandidateFields.remark] }

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Process.id]
    remark = try values[CandidateFields.remark]
  }
}

/// An article that was begun of a record.
package struct DraftedArticle: OperationOutput {
  let article: PublicId

  package init(_ article: PublicId) { self.article = article }

  package static let fields: [OutputField<DraftedArticle>] = [
    OutputField("article", .id, "The article that was begun.", "新建的文章。") { .id($0.article) }
  ]
}

package enum MarkKnowledgeCandidate: Operation {
  package typealias Input = RemarkInput<CitingIncidents>

  package static let declaration = Declaration(
    "knowledge_candidate.mark", "Mark a resolved or closed incident as one of which an article should be made.", zh: "将已解决或已关闭的事件标记为知识候选。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .one(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    context.subject(input.id)
    try ticket.requireOver()
    return try await context.markCandidate(input, ticket.id)
  }
}

package enum DeclineKnowledgeCandidate: Operation {
  package typealias Input = RemarkInput<CitingIncidents>

  package static let declaration = Declaration(
    "knowledge_candidate.decline", "Decide that no article is made of an incident.", zh: "决定不据此事件编写文章。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    context.subject(input.id)
    return try await context.declineCandidate(input, ticket.id)
  }
}

/// Begins an article of what was reported and what helped: internal, and about that customer only, for good.
package enum DraftOfCandidate: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "knowledge_candidate.draft", "Begin an internal article about the customer from an incident's title, description and resolution.",
    zh: "根据事件的标题、描述与解决方法新建内部文章（仅涉及该客户）。", permission: "article.write", roles: [.administrator, .accountManager, .engineer],
    reach: .oneAndProvider(by: "id"), effect: .create)

  private static let mostCharacters = 9000

  package static func run(_ input: Input, in context: OperationContext) async throws -> DraftedArticle {
    let ticket = try await context.ticket(input.id)
    context.subject(input.id)
    try ticket.requireOver()
    let parts = [ticket.description, ticket.resolution ?? ""].map { String(String.UnicodeScalarView($0.unicodeScalars.prefix(mostCharacters))) }
    let body = parts.filter { !$0.isEmpty }.joined(separator: "\n\n---\n\n")
    let begun = try await context.beginArticle(
      .solution(title: ticket.title, body: body.isEmpty ? ticket.title : body), onlyTenant: context.tenant.id)
    return try await context.draftedCandidate(of: CitingIncidents.self, ticket.id, begun)
  }
}

extension Ticket {
  /// What was opened again keeps its mark, and is no candidate while it is open: what is said of it did not help.
  fileprivate func requireOver() throws(Failure) {
    guard !state.isOpen else { throw Failure(.conflict, ArticleUseMessages.notResolved) }
  }
}

/// Which candidates are asked for.
package struct CandidatesAsked: OperationInput {
  let customer: PublicId?
  let state: CandidateState
  let limit: Int64?
  let cursor: String?

  private static let customer = Field.id(
    "customer", .customer, "Only this customer's; left out: those of all that the caller serves.", "仅限此客户；不填则为所服务的全部客户。"
  ).optional
  private static let state = Field.oneOf(
    "state", CandidateState.allCases.map(\.rawValue), "Those in this state (default open).", "此状态的候选（默认 open）：open 待处理、drafted 已起草、declined 已否决。"
  ).optional
  package static let fields: [any InputField] = [customer, state, Paging.limit, Paging.cursor]

  package init(_ values: InputValues) throws(FieldError) {
    customer = try values[Self.customer]
    state = try values[Self.state].flatMap(CandidateState.init) ?? .open
    limit = try values[Paging.limit]
    cursor = try values[Paging.cursor]
  }

  /// What a cursor belongs to.
  package var filterText: String { "\(customer?.description ?? "")/\(state.rawValue)" }
}

extension OperationContext {
  /// How they are looked for, of customers that the caller serves.
  package func candidates(_ input: CandidatesAsked) async throws -> (find: FindCandidates, limit: Int64) {
    let (limit, after) = try page(input.limit, input.cursor, filter: input.filterText)
    var tenants = access.tenants.map { $0.map(\.rawValue).sorted() }
    if let customer = input.customer {
      guard let entry = try await tenancy.tenant(customer.handle) else { throw unknownReference("customer") }
      tenants = [entry.id.rawValue]
    }
    let find = FindCandidates(state: input.state, tenants: tenants, before: try after.map(CandidatePlace.init), limit: limit + 1)
    return (find, limit)
  }
}

package enum ListKnowledgeCandidates: Operation {
  package typealias Input = CandidatesAsked

  package struct Entry: OperationOutput {
    let found: CandidatesAt.Found
    let article: PublicId?

    private func own(_ kind: IdKind, _ bits: [UInt8]) -> PublicId? { PublicId(kind: kind.prefix, handle: found.customer, random: bits) }

    package static let fields: [OutputField<Entry>] = [
      OutputField("customer", .id, "The customer.", "客户。") { .id($0.own(.customer, $0.found.customerBits)) },
      OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.own(.incident, $0.found.ticket.publicId)) },
      OutputField("number", .text, "Its number, for people.", "工单号。") { .text(IncidentView.number(of: $0.found.code, $0.found.number)) },
      OutputField("title", .text, "What it is about, in a line.", "标题。") { .text($0.found.title) },
      OutputField("state", .text, "open, drafted or declined.", "状态：open（待处理）、drafted（已起草）或 declined（已否决）。") { .text($0.found.state) },
      OutputField("remark", .text, "What was said of it.", "备注。") { .text($0.found.remark) },
      OutputField("article", .id, "The article that was begun.", "已新建的文章。") { .id($0.article) },
      OutputField("by", .text, "Who marked or settled it.", "标记或处理人。") { .text($0.found.actorName) },
      OutputField("at", .instant, "When that was.", "时间。") { .instant($0.found.at) },
    ]
  }

  package static let declaration = Declaration(
    "knowledge_candidate.list", "List incidents of which articles should be made, of all customers or of one, the newest first.",
    zh: "列出全部或某一客户的知识候选事件，最新在前。", permission: "incident.knowledge", roles: [.administrator, .accountManager, .engineer], reach: .many,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let (find, limit) = try await context.candidates(input)
    let places = try await context.transaction.query(find)
    guard !places.isEmpty else { return Listing(items: [], next: nil) }
    let found = try await context.bound(to: Set(places.map(\.tenant)).sorted()) { try await $0.last(CandidatesAt(places: places)) }
    let rows = places.compactMap { place in
      found.first { $0.tenant == place.tenant && $0.ticket.id == place.ticket }.map { (place: place, found: $0) }
    }
    return context.listing(rows, limit: limit, filter: input.filterText, key: { $0.place.cursor }) { row in
      Entry(found: row.found, article: row.found.article.map { context.id(.article, $0) })
    }
  }
}

extension CandidatePlace {
  package var cursor: PageCursor { PageCursor([.integer(at.microseconds), .integer(tenant.rawValue), .integer(ticket)]) }

  fileprivate init(_ cursor: PageCursor) throws {
    self.init(tenant: TenantId(try cursor.integer(1)), ticket: try cursor.integer(2), at: try cursor.instant(0))
  }
}

extension OperationContext {
  package func markCandidate<Process: CitingProcess>(_ input: RemarkInput<Process>, _ record: Int64) async throws -> Done {
    let marked = try await transaction.first(
      MarkCandidate<Process>(tenant: tenant.id, record: record, remark: input.remark, principal: principal, now: now))
    guard marked != nil else { throw Failure(.conflict, Process.isCandidate) }
    return Done(id: input.id)
  }

  package func declineCandidate<Process: CitingProcess>(_ input: RemarkInput<Process>, _ record: Int64) async throws -> Done {
    try await settle(Process.self, record, .declined, remark: input.remark, article: nil)
    return Done(id: input.id)
  }

  package func draftedCandidate<Process: CitingProcess>(
    of process: Process.Type, _ record: Int64, _ article: (row: Int64, id: PublicId)
  ) async throws -> DraftedArticle {
    try await settle(process, record, .drafted, remark: nil, article: article)
    return DraftedArticle(article.id)
  }

  private func settle<Process: CitingProcess>(
    _ process: Process.Type, _ record: Int64, _ state: CandidateState, remark: String?, article: (row: Int64, id: PublicId)?
  ) async throws {
    let settled = try await transaction.first(
      SettleCandidate<Process>(tenant: tenant.id, record: record, state: state, remark: remark, article: article, principal: principal, now: now))
    guard settled != nil else { throw Failure(.conflict, Process.noCandidate) }
  }
}
