import Assets
import Kernel
import Operations
import Tenancy

/// A service that an incident affects.
package struct AffectedServiceRecord: OperationOutput {
  let service: AffectedServices.Found

  package static let fields: [OutputField<AffectedServiceRecord>] = [
    OutputField("code", .text, "The service's code.", "服务代码。") { .text($0.service.code) },
    OutputField("name", .document, "Its name by language.", "服务名称（按语言）。") { $0.service.name.value ?? .null },
  ]
}

/// An incident with the services that were taken over, and whether these are all.
package struct IncidentWithServices: OperationOutput {
  let record: IncidentRecord
  let isCut: Bool

  package static let fields: [OutputField<IncidentWithServices>] =
    IncidentRecord.fields.map { field in field.of { (incident: IncidentWithServices) in incident.record } } + [
      OutputField(
        "isCut", .boolean,
        "Whether there was more to reach, in number or farther away, than was walked: services that are found only there were not recorded.",
        "是否因数量或层数上限而截断；截断时，仅由未到达的配置项得出的服务未予登记。"
      ) { .bool($0.isCut) }
    ]
}

/// The services that the walk finds now are those that the incident affects: they stay, whatever becomes of the relations.
package enum TakeAffectedServices: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let depth: Int64

    package static let fields: [any InputField] = [IncidentFields.id, IncidentImpact.Input.depth]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      depth = try values[IncidentImpact.Input.depth] ?? 10
    }
  }

  package static let declaration = Declaration(
    "incident.take_affected",
    "Record the services that incident.affected finds as those that an incident affects, in place of what was recorded before; what rests on shared configuration items is added and taken off by those who serve all customers.",
    zh: "将 incident.affected 得出的服务登记为事件影响的服务，并替换原有登记；由共享配置项得出的服务仅由服务全部客户的人员增减。", permission: IncidentFields.work, roles: IncidentFields.workers,
    reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  /// How many CIs a walk reaches.
  private static let most: Int64 = 2000

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentWithServices {
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    let tenant = context.tenant.id
    let starts = try await context.startsOfWalk(work.ticket.id)
    let search = ImpactSearch(isUp: true, depth: input.depth, most: most)
    func walk(_ cis: [Int64], _ owner: TenantEntry) async throws -> (services: [String], isCut: Bool) {
      guard !cis.isEmpty else { return (services: [], isCut: false) }
      let impact = try await search.impact(of: cis, tenant: owner, tellsCustomers: false, in: context.transaction)
      return (services: impact.services.map(\.code), isCut: impact.isCut)
    }
    let own = try await walk(starts.own, context.tenant)
    let shared = try await walk(starts.shared, context.provider)
    let before = try await context.transaction.query(AffectedServices(tenant: tenant, ticket: input.id))
    let taken = ServicesTaken(before: before, own: own.services, shared: shared.services, seesShared: context.seesSharedImpact)
    guard !taken.isEmpty else { throw Failure(.conflict, TicketCiMessages.servicesTaken) }
    context.transaction.enqueue(DropAffectedServices(tenant: tenant, ticket: work.ticket.id, codes: taken.removed))
    context.transaction.enqueue(
      KeepAffectedServices(
        tenant: tenant, ticket: work.ticket.id, openedAt: work.ticket.openedAt, codes: taken.added, own: own.services, now: context.now))
    work.note(TicketEventType.servicesAffected, taken.payload)
    work.save()
    var record = work.record
    record.affectedServices = try await context.transaction.query(AffectedServices(tenant: tenant, ticket: input.id)).map { AffectedServiceRecord(service: $0) }
    return IncidentWithServices(record: record, isCut: own.isCut || shared.isCut)
  }
}
