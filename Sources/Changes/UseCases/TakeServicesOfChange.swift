import Kernel
import Operations
import Tenancy

/// A service that a change affects.
package struct ServiceOfChange: OperationOutput {
  let code: String
  let name: LocalText?
  let isShared: Bool
  let customers: [PublicId]

  package static let fields: [OutputField<ServiceOfChange>] = [
    OutputField("code", .text, "The service's code.", "服务代码。") { .text($0.code) },
    OutputField("name", .document, "Its name by language.", "服务名称（按语言）。") { $0.name?.value ?? .null },
    OutputField("customers", .list(.id), "The customers by whose configuration items it was found, of those whom one serves.", "由其配置项得出该服务的客户（限所服务的客户）。") {
      .array($0.customers.map { .id($0) })
    },
    OutputField("shared", .boolean, "Whether it was found by configuration items that the provider shares.", "是否由服务商共享的配置项得出。") { .bool($0.isShared) },
  ]

  /// Each service once.
  static func joined(_ found: [ServicesOfChange.Found]) -> [ServiceOfChange] {
    Dictionary(grouping: found, by: \.service.code).sorted { $0.key < $1.key }.map { code, found in
      ServiceOfChange(
        code: code, name: found.first?.name, isShared: found.contains { $0.customer == nil }, customers: found.compactMap(\.customer))
    }
  }

  static func list<Record>(_ of: @escaping @Sendable (Record) -> [ServiceOfChange]) -> OutputField<Record> {
    OutputField(
      "affectedServices", listOf: ServiceOfChange.self,
      "The services that it affects, as change.take_affected recorded them: found by the configuration items of the customers that one serves, and, for who serves all customers, by shared ones.",
      "change.take_affected 登记的受影响服务：由所服务客户的配置项得出；由共享配置项得出的仅服务全部客户的人员可见。", of)
  }
}

/// A change with the services that were taken over, and whether these are all.
package struct ChangeWithServices: OperationOutput {
  let record: ChangeRecord
  let services: [ServiceOfChange]
  let isCut: Bool

  package static let fields: [OutputField<ChangeWithServices>] =
    ChangeLine.facts { $0.record.line } + ChangeRecord.texts { $0.record.line.row } + [
      ClashSum.count { (change: ChangeWithServices) in change.record.clashes },
      ServiceOfChange.list { (change: ChangeWithServices) in change.services },
      OutputField(
        "isCut", .boolean,
        "Whether there was more to reach, in number or farther away, than was walked: services that are found only there were not recorded.",
        "是否因数量或层数上限而截断；截断时，仅由未到达的配置项得出的服务未予登记。"
      ) { (change: ChangeWithServices) in .bool(change.isCut) },
    ]
}

/// The services that the walk finds now are those that the change affects: they stay, whatever becomes of the relations.
package enum TakeServicesOfChange: Operation {
  package typealias Input = ProposeAffected.Input

  package static let declaration = Declaration(
    "change.take_affected",
    "Record the services that change.affected finds as those that a change affects, in place of what was recorded before; what rests on shared configuration items is added and taken off by those who serve all customers.",
    zh: "将 change.affected 得出的服务登记为变更影响的服务，并替换原有登记；由共享配置项得出的服务仅由服务全部客户的人员增减。", permission: ChangeRights.work, roles: ChangeRights.workers,
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeWithServices {
    var work = try await ChangeWork.begin(on: input.id, in: context)
    try await work.write(in: context)
    let (provider, change, served) = (context.provider.id, work.row.id, context.reachableCustomers)
    let recorded = ServicesOfChange(provider: provider, change: change, customers: served)
    let (before, found, concerned) = try await context.transaction.query(
      recorded, ServicesReached(change: change, customers: served, depth: input.depth),
      ConcernedCustomers(provider: provider, change: change, customers: served, limit: Int64.max))
    let taken = TakenServices(before: before.map(\.service), found: found.compactMap(\.service))
    guard !taken.parts.isEmpty else { throw Failure(.conflict, ChangeMessages.servicesTaken) }
    let customers = Dictionary(concerned.map { ($0.id, $0.publicId) }) { first, _ in first }
    for part in taken.parts {
      context.transaction.enqueue(DropServicesOfChange(provider: provider, change: change, owner: part.owner, services: part.removed.map(\.id)))
      context.transaction.enqueue(
        KeepServicesOfChange(provider: provider, change: change, owner: part.owner, services: part.added.map(\.id), now: context.now))
      let customer = customers[part.owner].map { [Value.Member("customer", .id($0))] } ?? []
      work.note("services_affected", customer + part.payload, of: part.owner)
    }
    try await work.save()
    let services = ServiceOfChange.joined(try await context.transaction.query(recorded))
    return ChangeWithServices(record: try await work.record(in: context), services: services, isCut: found.contains { $0.isCut })
  }
}
