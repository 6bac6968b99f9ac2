import Desk
import Kernel
import Operations

/// An incident, and why something is said of the problem behind it.
package struct MarkedInput: OperationInput {
  let id: PublicId
  let reason: String

  private static let incident = Field.id("id", .incident, "The incident.", "事件工单。")
  package static let fields: [any InputField] = [incident, ProblemFields.reason]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[Self.incident]
    reason = try values[ProblemFields.reason]
  }
}

/// Whoever ends an incident saw what only helped for now: he says so to those who look for problems.
package enum MarkProblemCandidate: Operation {
  package typealias Input = MarkedInput

  package static let declaration = Declaration(
    "problem_candidate.mark", "Say of a resolved or closed incident that the problem behind it should be looked at, and why.",
    zh: "将已解决或已关闭的事件标记为问题候选，并说明理由。", permission: "incident.work", roles: ProblemRights.workers, reach: .oneAndProvider(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    context.subject(input.id)
    guard !ticket.state.isOpen else { throw Failure(.conflict, ProblemMessages.markNotResolved) }
    // Whoever links a problem holds the incident as well.
    try await TicketNews.hold([ticket.id], of: context.tenant.id, in: context.transaction)
    let behind = try await context.transaction.first(ProblemBehind(provider: context.provider.id, tenant: context.tenant.id, ticket: ticket.id))
    guard behind == nil else { throw Failure(.conflict, ProblemMessages.hasProblem) }
    let marked = try await context.transaction.first(
      MarkIncident(tenant: context.tenant.id, ticket: ticket.id, reason: input.reason, principal: context.principal, now: context.now))
    guard marked != nil else { throw Failure(.conflict, ProblemMessages.markedAlready) }
    return Done(id: input.id)
  }
}

package enum DeclineProblemCandidate: Operation {
  package typealias Input = MarkedInput

  package static let declaration = Declaration(
    "problem_candidate.decline", "Decide, with the reason, that no problem is opened because of a marked incident.", zh: "决定不据此标记的事件新建问题，并说明理由。",
    permission: ProblemRights.work, roles: ProblemRights.workers, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let ticket = try await context.ticket(input.id)
    context.subject(input.id)
    let declined = try await context.transaction.first(
      DeclineMark(tenant: context.tenant.id, ticket: ticket.id, reason: input.reason, principal: context.principal, now: context.now))
    guard declined != nil else { throw Failure(.conflict, ProblemMessages.notMarked) }
    return Done(id: input.id)
  }
}

/// What was said of an incident that was marked, and what became of that: whoever marked it reads why no problem was opened.
package enum ReadProblemCandidate: Operation {
  package struct Input: OperationInput {
    let id: PublicId

    package static let fields: [any InputField] = [ListProblemsOfIncident.Input.incident]

    package init(_ values: InputValues) throws(FieldError) { id = try values[ListProblemsOfIncident.Input.incident] }
  }

  package struct Output: OperationOutput {
    let incident: PublicId
    let problem: PublicId?
    let mark: MarkOfTicket.Found

    package static let fields: [OutputField<Output>] = [
      OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.incident) },
      OutputField(
        "state", .text, "open: nobody has settled it; opened: a problem was linked; declined: no problem is opened because of it.",
        "状态：open（待处理）、opened（已关联问题）或 declined（已决定不新建问题）。"
      ) { .text($0.mark.state) },
      OutputField("reason", .text, "Why a problem should be looked at.", "标记理由。") { .text($0.mark.reason) },
      OutputField("by", .text, "Who says so.", "标记人员。") { .text($0.mark.actorName) },
      OutputField("at", .instant, "When he said it.", "标记时间。") { .instant($0.mark.at) },
      OutputField("decision", .text, "Why no problem is opened because of it.", "不新建问题的理由。") { .text($0.mark.decision) },
      OutputField("problem", .id, "The problem that was linked.", "已关联的问题。") { .id($0.problem) },
      OutputField("settledBy", .text, "Who settled it.", "处理人员。") { .text($0.mark.settledName) },
      OutputField("settledAt", .instant, "When that was.", "处理时间。") { .instant($0.mark.settledAt) },
    ]
  }

  package static let declaration = Declaration(
    "problem_candidate.read", "Read why an incident was marked, and what became of that.", zh: "查看事件的问题候选标记及其处理结果。",
    permission: ProblemRights.read, roles: ProblemRights.readers, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let ticket = try await context.ticket(input.id)
    guard let mark = try await context.transaction.first(MarkOfTicket(tenant: context.tenant.id, ticket: ticket.id)) else { throw Failure.notFound }
    return Output(incident: input.id, problem: mark.problem.map { context.id(.problem, $0) }, mark: mark)
  }
}

/// An incident of which somebody says that the problem behind it should be looked at.
package struct MarkedIncident: OperationOutput {
  let incident: IncidentsOfPairs.Found
  let mark: MarksAt.Found

  package static let fields: [OutputField<MarkedIncident>] = [
    OutputField("customer", .id, "Whose it is.", "所属客户。") { .id($0.incident.own(.customer, $0.incident.customerBits)) },
    OutputField("customerCode", .text, "His code.", "客户代码。") { .text($0.incident.code) },
    OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.incident.own(.incident, $0.incident.publicId)) },
    OutputField("number", .text, "Its number, for people.", "工单号。") { .text(IncidentView.number(of: $0.incident.code, $0.incident.number)) },
    OutputField("title", .text, "What it is about, in a line.", "标题。") { .text($0.incident.title) },
    OutputField("category", .text, "Its category.", "分类。") { .text($0.incident.category) },
    OutputField("reason", .text, "Why a problem should be looked at.", "标记理由。") { .text($0.mark.reason) },
    OutputField("by", .text, "Who says so.", "标记人员。") { .text($0.mark.actorName) },
    OutputField("at", .instant, "When he said it.", "标记时间。") { .instant($0.mark.at) },
  ]
}

extension OperationContext {
  /// What is marked and not settled, of the permitted tenants (nil: all), the newest first.
  func markedIncidents(of tenants: [Int64]?, limit: Int64) async throws -> [MarkedIncident] {
    let places = try await transaction.query(FindMarks(tenants: tenants, limit: limit))
    guard !places.isEmpty else { return [] }
    let found = try await incidents(places.map { (tenant: $0.tenant, ticket: $0.ticket) })
    let statement = MarksAt(places: places)
    let marks = try await bound(to: Set(places.map(\.tenant)).sorted()) { try await $0.query(statement) }
    return places.compactMap { place in
      guard let incident = found[place.ticket], let mark = marks.first(where: { $0.ticket == place.ticket }) else { return nil }
      return MarkedIncident(incident: incident, mark: mark)
    }
  }
}
