import Desk
import Kernel
import Operations

/// An incident that a problem is behind.
package struct LinkedIncident: OperationOutput {
  let link: LinksOfProblem.Found
  let incident: IncidentsOfPairs.Found

  package static let fields: [OutputField<LinkedIncident>] = [
    OutputField("incident", .id, "The incident.", "事件工单。") { .id($0.incident.own(.incident, $0.incident.publicId)) },
    OutputField("number", .text, "Its number, for people.", "工单号。") { .text(IncidentView.number(of: $0.incident.code, $0.incident.number)) },
    OutputField("customer", .id, "Whose it is.", "所属客户。") { .id($0.incident.own(.customer, $0.incident.customerBits)) },
    OutputField("title", .text, "What it is about, in a line.", "标题。") { .text($0.incident.title) },
    OutputField("state", .text, "Its state.", "状态。") { .text($0.incident.state) },
    OutputField("priority", .integer, "Its priority.", "优先级。") { .integer($0.incident.priority) },
    OutputField("openedAt", .instant, "When it was opened.", "创建时间。") { .instant($0.incident.openedAt) },
    OutputField("linkedBy", .text, "Who linked it.", "关联人员。") { .text($0.link.actorName) },
    OutputField("linkedAt", .instant, "When it was linked.", "关联时间。") { .instant($0.link.at) },
  ]
}

package enum ListProblemIncidents: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.incidents", "List the incidents that a problem is behind, of the customers that the caller serves.", zh: "列出问题引起的事件（仅限所服务的客户）。",
    permission: ProblemRights.read, roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LinkedIncident> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let problem = try await context.problem(input.id)
    let links = try await context.transaction.query(
      LinksOfProblem(
        provider: context.provider.id, problem: problem.id, customers: context.reachableCustomers, after: try after?.integer(0) ?? 0, limit: limit + 1))
    let incidents = try await context.incidents(links.map { (tenant: $0.tenant, ticket: $0.ticket) })
    // Tickets are never deleted, so each link has its incident.
    let rows = links.compactMap { link in incidents[link.ticket].map { LinkedIncident(link: link, incident: $0) } }
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.link.id)]) }, element: { $0 })
  }
}

/// A problem behind an incident.
package struct ProblemOfIncident: OperationOutput {
  let line: ProblemLine
  let at: Instant

  package static let fields: [OutputField<ProblemOfIncident>] =
    ProblemLine.facts { $0.line } + [
      OutputField("kind", .text, "What the incident is to it: caused_by.", "事件与问题的关系：caused_by（由其引起）。") { _ in "caused_by" },
      OutputField("linkedAt", .instant, "When they were linked.", "关联时间。") { .instant($0.at) },
    ]
}

package enum ListProblemsOfIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let limit: Int64?
    let cursor: String?

    static let incident = Field.id("id", .incident, "The incident.", "事件工单。")
    package static let fields: [any InputField] = [incident, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.incident]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "incident.problems", "List the problems that an incident is caused by.", zh: "列出引起事件的问题。", permission: ProblemRights.read,
    roles: ProblemRights.readers, reach: .oneAndProvider(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ProblemOfIncident> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      ProblemsOfIncident(
        provider: context.provider.id, customers: context.reachableCustomers, tenant: context.tenant.id, ticket: ticket.id,
        after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.link)]) }) { row in
      ProblemOfIncident(line: ProblemLine(row.row, in: context), at: row.at)
    }
  }
}

extension OperationContext {
  /// Incidents of several customers by their rows, whose ids no two customers share. Only for operations that read.
  func incidents(_ pairs: [(tenant: TenantId, ticket: Int64)]) async throws -> [Int64: IncidentsOfPairs.Found] {
    guard !pairs.isEmpty else { return [:] }
    let statement = IncidentsOfPairs(tenants: pairs.map { $0.tenant }, tickets: pairs.map { $0.ticket })
    let found = try await bound(to: Set(pairs.map { $0.tenant }).sorted()) { try await $0.query(statement) }
    return Dictionary(found.map { ($0.ticket, $0) }) { first, _ in first }
  }
}
