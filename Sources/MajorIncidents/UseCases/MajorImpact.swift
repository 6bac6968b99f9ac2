import Assets
import Kernel
import Operations
import Tenancy

/// What fails with the CIs that its incidents name: the impact walk of the CMDB from all of them, and which of the customers that are affected have
/// no incident that is part of it.
package enum MajorImpact: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let depth: Int64
    let most: Int64

    private static let depth = Field.integer("depth", 1...50, "How many relations away at the most (default 10).", "最多经过多少层关系（默认 10）。").optional
    private static let most = Field.integer(
      "most", 1...2000, "How many CIs of each customer at the most besides those that are named (default 200).", "每个客户除所涉及的配置项外最多返回多少个（默认 200）。"
    ).optional
    package static let fields: [any InputField] = [MajorFields.id, depth, most]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[MajorFields.id]
      depth = try values[Self.depth] ?? 10
      most = try values[Self.most] ?? 200
    }
  }

  package struct Output: OperationOutput {
    let parts: [Impact]
    let without: [PublicId]
    let isShortened: Bool

    package static let fields: [OutputField<Output>] = [
      OutputField("named", listOf: WalkImpact.Reached.self, "The CIs that its incidents name, from which the walk began.", "所属事件涉及的配置项（起点）。") {
        $0.parts.flatMap(\.starts)
      },
      OutputField("reached", listOf: WalkImpact.Reached.self, "The CIs that need them and fail with them.", "受其影响的配置项。") { $0.parts.flatMap(\.reached) },
      OutputField("services", listOf: WalkImpact.AffectedService.self, "The catalogue's services that all of these belong to.", "涉及的目录服务。") {
        $0.parts.flatMap(\.services)
      },
      OutputField(
        "customers", listOf: WalkImpact.AffectedCustomer.self,
        "Of CIs that the provider shares: the customers that they affect; for staff who serve all customers.", "服务商共享配置项所影响的客户（仅服务全部客户的人员可见）。"
      ) { $0.parts.flatMap(\.customers) },
      OutputField("withoutIncident", .list(.id), "Of these customers those that have no incident in it yet.", "上述客户中尚无所属事件者。") {
        .array($0.without.map { .id($0) })
      },
      OutputField("isCut", .boolean, "Whether there was more to reach than was asked for, or more incidents than are looked at.", "是否因数量或层数上限而截断。") {
        .bool($0.isShortened || $0.parts.contains { $0.isCut || $0.customersCut })
      },
    ]
  }

  package static let declaration = Declaration(
    "major_incident.affected",
    "Walk from the configuration items that the incidents of a major incident name to what fails with them: CIs, services, and customers who have no incident in it yet.",
    zh: "从重大事件所属事件涉及的配置项出发，查找受影响的配置项、服务，以及尚无所属事件的客户。", permission: MajorRights.read, roles: MajorRights.readers,
    reach: .provider, effect: .read)

  /// So many of its incidents are looked at: the first ones name what failed.
  private static let mostIncidents: Int64 = 200

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let provider = context.provider
    let major = try await context.major(input.id)
    let links = try await context.transaction.query(
      ChildrenOfMajor(
        provider: provider.id, major: major.id, customers: context.reachableCustomers, after: 0, limit: mostIncidents + 1))
    let linked = Set(try await context.transaction.query(CustomersOfMajor(provider: provider.id, major: major.id)))
    let known = try await context.incidents(links, of: major)
    let search = ImpactSearch(isUp: true, depth: input.depth, most: input.most)
    let mayRead = context.principal.access("ci.read", honouring: [.listed, .all], at: context.now)
    var (parts, shared): ([Impact], Set<Int64>) = ([], [])
    for (tenant, children) in Dictionary(grouping: links.prefix(Int(mostIncidents)), by: \.tenant).sorted(by: { $0.key < $1.key }) {
      guard mayRead?.reaches(tenant) ?? false, let handle = children.first.flatMap({ known[$0.ticket]?.customer }),
        let entry = try await context.tenancy.tenant(handle)
      else { continue }
      let tickets = CisOfTickets(tenant: tenant, tickets: children.map(\.ticket))
      let (part, others): (Impact?, [Int64]) = try await context.bound(to: [tenant]) { transaction in
        let named = try await transaction.query(tickets)
        let own = named.filter { !$0.isShared }.map { $0.ci }
        let part = own.isEmpty ? nil : try await search.impact(of: own, tenant: entry, tellsCustomers: false, in: transaction)
        return (part, named.filter { $0.isShared }.map { $0.ci })
      }
      if let part { parts.append(part) }
      shared.formUnion(others)
    }
    // What rests on a shared CI at the provider's, and whom it serves, is for those who serve all customers.
    if !shared.isEmpty, mayRead?.reaches(provider.id) ?? false {
      let starts = shared.sorted()
      parts.append(
        try await context.bound(to: [provider.id]) { try await search.impact(of: starts, tenant: provider, tellsCustomers: true, in: $0) })
    }
    var without: [PublicId] = []
    for customer in parts.flatMap(\.customers) {
      if let entry = try await context.tenancy.tenant(customer.id.handle), !linked.contains(entry.id) { without.append(customer.id) }
    }
    return Output(parts: parts, without: without, isShortened: links.count > Int(mostIncidents))
  }
}
