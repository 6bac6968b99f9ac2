import Assets
import Kernel
import Operations
import Tenancy

/// A customer that a change affects, by what it touches or by what rests on that.
package struct CustomerOfChange: OperationOutput {
  let affected: WalkImpact.AffectedCustomer
  let isConcerned: Bool

  package static let fields: [OutputField<CustomerOfChange>] =
    WalkImpact.AffectedCustomer.fields.map { field in field.of { (customer: CustomerOfChange) in customer.affected } } + [
      OutputField(
        "isConcerned", .boolean, "Whether the change concerns him already; else change.concern or change.concern_affected says so.",
        "变更是否已涉及该客户；否则可用 change.concern 或 change.concern_affected 登记。"
      ) { .bool($0.isConcerned) }
    ]
}

/// What a change affects besides what it names: a proposal, from the relations of the CMDB.
package enum ProposeAffected: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let depth: Int64

    static let depth = Field.integer("depth", 1...10, "How many relations away at the most (default 3).", "最多经过多少层关系（默认 3）。").optional
    package static let fields: [any InputField] = [ChangeFields.id, depth]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      depth = try values[Self.depth] ?? 3
    }
  }

  package struct Output: OperationOutput {
    let affected: [WalkImpact.Reached]
    let services: [WalkImpact.AffectedService]
    let customers: [CustomerOfChange]
    let customersCut: Bool
    let isCut: Bool

    package static let fields: [OutputField<Output>] = [
      OutputField(
        "affected", listOf: WalkImpact.Reached.self, "What needs the change's configuration items, and is affected with them.", "依赖变更所涉配置项、随之受影响的配置项。"
      ) {
        $0.affected
      },
      OutputField("services", listOf: WalkImpact.AffectedService.self, "The catalogue's services that all of these belong to.", "涉及的目录服务。") { $0.services },
      OutputField(
        "customers", listOf: CustomerOfChange.self,
        "Whom all of these affect, of the customers whom the caller serves, the nearest first: the owners of the configuration items, and whom those affect that the provider shares. The path over shared ones is for who serves all customers.",
        "受影响的客户（限调用者所服务的客户），由近及远：配置项所属客户，以及受共享配置项影响的客户。经过共享配置项的路径仅服务全部客户的人员可见。"
      ) { $0.customers },
      OutputField("customersCut", .boolean, "Whether there are more customers than these.", "是否还有更多受影响的客户。") { .bool($0.customersCut) },
      OutputField("isCut", .boolean, "Whether there was more to reach than is told.", "是否因上限而截断。") { .bool($0.isCut) },
    ]
  }

  package static let declaration = Declaration(
    "change.affected",
    "Propose what a change affects, from the relations of the configuration items that it touches: configuration items, services and customers; what rests on shared ones, for staff who serve all customers. Nothing is recorded for that: take_affected records the services, and concern_affected, concern or add_ci whom it concerns.",
    zh: "根据配置项关系，推荐变更可能影响的配置项、服务与客户；依赖共享配置项的对象仅服务全部客户的人员可见。结果不会自动登记：服务用 change.take_affected 登记，客户用 change.concern_affected、change.concern 或 change.add_ci 登记。",
    permission: ChangeRights.read, roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.change(input.id)
    let (provider, served) = (context.provider.id, context.reachableCustomers)
    let (named, concerned) = try await context.transaction.query(
      CiLinks(provider: provider, change: row.id, customers: served),
      ConcernedCustomers(provider: provider, change: row.id, customers: served, limit: Int64.max))
    var (told, customers): ([Impact], [WalkImpact.AffectedCustomer]) = ([], [])
    var (customersCut, isCut) = (false, false)
    for (tenant, cis) in named.byTenant {
      guard let impact = try await context.impact(of: cis, tenant, isUp: true, depth: input.depth, tellsCustomers: true) else { continue }
      // What rests on a shared CI at the provider's is for those who serve all customers; that it affects one of his, for whoever serves him.
      let isTold = tenant != provider || served == nil
      if isTold {
        told.append(impact)
        isCut = isCut || impact.isCut
      }
      customers += (impact.owner.map { [$0] } ?? []) + impact.customers.map { isTold ? $0 : $0.withoutPath }
      customersCut = customersCut || impact.customersCut
    }
    let known = Set(concerned.map(\.id))
    return Output(
      affected: told.flatMap(\.reached), services: told.flatMap(\.services),
      customers: WalkImpact.AffectedCustomer.joined(customers).map { CustomerOfChange(affected: $0, isConcerned: known.contains($0.tenant)) },
      customersCut: customersCut, isCut: isCut)
  }
}

/// Takes the customers of the proposal over; whoever does not belong there is taken off by ``UnconcernCustomer``.
package enum ConcernAffectedCustomers: Operation {
  package typealias Input = ProposeAffected.Input

  package static let declaration = Declaration(
    "change.concern_affected",
    "Say that a change concerns all customers that change.affected proposes, by what rests on the shared configuration items that it touches.",
    zh: "将 change.affected 推荐的全部客户登记为变更涉及的客户（由依赖其所涉共享配置项的对象得出）。", permission: ChangeRights.work, roles: ChangeRights.workers,
    scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try await work.write(in: context)
    let provider = context.provider
    // The owners of the others it concerns already, since they were named.
    let shared = try await context.transaction.query(CiLinks(provider: provider.id, change: work.row.id, customers: nil))
      .filter { $0.tenant == provider.id }.map(\.ci)
    let impact = try await OperationContext.search(isUp: true, depth: input.depth).impact(
      of: shared, tenant: provider, tellsCustomers: true, in: context.transaction)
    guard !impact.customersCut else {
      throw Failure(.conflict, ChangeMessages.affectsTooMany, ["most": String(impact.customers.count)])
    }
    let added = Set(
      try await context.transaction.query(
        ConcernCustomers(provider: provider.id, change: work.row.id, customers: impact.customers.map(\.tenant), now: context.now)))
    guard !added.isEmpty else { throw Failure(.conflict, ChangeMessages.affectsNobodyElse) }
    for customer in impact.customers where added.contains(customer.tenant) {
      work.note("customer_added", [Value.Member("customer", .id(customer.id))], of: customer.tenant)
    }
    try await work.save()
    return try await work.record(in: context)
  }
}

extension [CiLinks.Found] {
  /// Relations stay within a tenant: each is walked by itself.
  var byTenant: [(tenant: TenantId, cis: [Int64])] {
    Dictionary(grouping: self, by: \.tenant).sorted { $0.key < $1.key }.map { ($0.key, $0.value.map(\.ci)) }
  }
}

extension OperationContext {
  /// How many CIs a walk reaches from those of one tenant, in one direction.
  static let mostReached: Int64 = 500

  static func search(isUp: Bool, depth: Int64) -> ImpactSearch { ImpactSearch(isUp: isUp, depth: depth, most: mostReached) }

  /// Walks from CIs of a tenant. Only for operations that read.
  /// - Parameter tellsCustomers: whether it tells whom shared CIs affect, of those whom the caller serves.
  func impact(of cis: [Int64], _ tenant: TenantId, isUp: Bool, depth: Int64, tellsCustomers: Bool = false) async throws -> Impact? {
    let (search, served) = (Self.search(isUp: isUp, depth: depth), reachableCustomers)
    return try await bound(to: [tenant]) { transaction in
      guard let entry = try await transaction.first(TenantById(tenant: tenant)) else { return nil }
      return try await search.impact(of: cis, tenant: entry, tellsCustomers: tellsCustomers, among: served, in: transaction)
    }
  }
}
