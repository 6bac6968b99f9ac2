import Assets
import Kernel
import Operations

/// What fails with the CIs that an incident names: the impact walk of the CMDB, upwards, from all of them.
package enum IncidentImpact: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let depth: Int64
    let most: Int64

    static let depth = Field.integer("depth", 1...50, "How many relations away at the most (default 10).", "最多经过多少层关系（默认 10）。").optional
    private static let most = Field.integer(
      "most", 1...2000, "How many CIs at the most besides those that are named (default 500).", "除所涉及的配置项外最多返回多少个（默认 500）。"
    )
    .optional

    package static let fields: [any InputField] = [IncidentFields.id, depth, most]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      depth = try values[Self.depth] ?? 10
      most = try values[Self.most] ?? 500
    }
  }

  package struct Output: OperationOutput {
    /// Of the customer's own, and of the provider's that it shares.
    let parts: [Impact]

    package static let fields: [OutputField<Output>] = [
      OutputField("named", listOf: WalkImpact.Reached.self, "The CIs that the incident names, from which the walk began.", "事件涉及的配置项（起点）。") {
        $0.parts.flatMap(\.starts)
      },
      OutputField("reached", listOf: WalkImpact.Reached.self, "The CIs that need them and fail with them, the nearest first.", "受其影响的配置项，由近及远。") {
        $0.parts.flatMap(\.reached)
      },
      OutputField("services", listOf: WalkImpact.AffectedService.self, "The catalogue's services that all of these belong to.", "涉及的目录服务。") {
        $0.parts.flatMap(\.services)
      },
      OutputField(
        "customers", listOf: WalkImpact.AffectedCustomer.self,
        "Of CIs that the provider shares: the customers that they affect, at most 1,000; for staff who serve all customers.",
        "服务商共享配置项所影响的客户，最多 1000 个（仅服务全部客户的人员可见）。"
      ) { $0.parts.flatMap(\.customers) },
      OutputField("customersCut", .boolean, "Whether there are more customers than these.", "是否还有更多受影响的客户。") {
        .bool($0.parts.contains(where: \.customersCut))
      },
      OutputField("isCut", .boolean, "Whether there was more to reach, in number or farther away, than was asked for.", "是否因数量或层数上限而截断。") {
        .bool($0.parts.contains(where: \.isCut))
      },
    ]
  }

  package static let declaration = Declaration(
    "incident.affected", "Walk from the configuration items of an incident to what fails with them: services, CIs and, for staff, customers.",
    zh: "从事件涉及的配置项出发，查找受影响的服务、配置项以及（对服务商人员）客户。",
    roles: [.administrator, .accountManager, .engineer, .customerManager], scopes: [.listed, .all, .tenant], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let ticket = try await context.ticket(input.id)
    let isStaff = context.principal.side == .staff
    let starts = try await context.startsOfWalk(ticket.id)
    let search = ImpactSearch(isUp: true, depth: input.depth, most: input.most)
    var parts: [Impact] = []
    if !starts.own.isEmpty {
      parts.append(try await search.impact(of: starts.own, tenant: context.tenant, tellsCustomers: isStaff, in: context.transaction))
    }
    if !starts.shared.isEmpty {
      let provider = context.provider
      parts.append(
        try await context.bound(to: [provider.id]) { try await search.impact(of: starts.shared, tenant: provider, tellsCustomers: true, in: $0) })
    }
    return Output(parts: parts)
  }
}

extension OperationContext {
  /// What rests on a shared CI at the provider's, and whom it serves, is for those who serve all customers.
  var seesSharedImpact: Bool { principal.access("ci.read", honouring: [.listed, .all], at: now)?.reaches(provider.id) ?? false }

  /// The CIs that a ticket names, from which a walk begins: the customer's own, and, for those who see what rests on them, those that the provider shares.
  func startsOfWalk(_ ticket: Int64) async throws -> (own: [Int64], shared: [Int64]) {
    let rows = try await transaction.query(
      PageOfTicketCis(tenant: tenant.id, ticket: ticket, withRemoved: false, scope: visibleCis, after: 0, limit: Int64(TicketCis.most)))
    return (rows.compactMap(\.ci), seesSharedImpact ? rows.compactMap(\.sharedCi) : [])
  }
}
