import Kernel
import Operations
import ServiceTime

package enum CreateSla: Operation {
  package struct Input: OperationInput {
    let name: String
    let kind: AgreementKind
    let resolutionStopsAt: ResolutionStop
    let waits: WaitsInput
    let targets: [TargetInput]
    let onlyFor: PublicId?

    private static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。")
    private static let kind = Field.oneOf(
      "kind", AgreementKind.allCases.map(\.rawValue), "sla (default): for contract lines; ola: an operational level agreement, for teams.",
      "类型：sla（默认）供合同行使用；ola 为运营级别协议，供团队使用。"
    ).optional
    static let resolutionStopsAt = Field.oneOf(
      "resolutionStopsAt", ResolutionStop.allCases.map(\.rawValue), "Where the resolution clock stops (default: resolved).", "解决时钟停止于何处（默认 resolved）。"
    ).optional
    static let targets = Field<[TargetInput]>.list(
      "targets", of: Field<TargetInput>.object("target", "A target.", "目标。"), count: 1...100,
      "What is promised: at most one target for a metric, ticket type, priority, service and CI tier.",
      "服务级别目标；同一指标、工单类型、优先级、服务与配置项等级至多一个。")

    package static let fields: [any InputField] = [name, kind, resolutionStopsAt] + WaitsInput.fields + [targets, ContractsFields.onlyFor]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.name]
      kind = try values[Self.kind].flatMap(AgreementKind.init(rawValue:)) ?? .sla
      resolutionStopsAt = try values[Self.resolutionStopsAt].flatMap(ResolutionStop.init(rawValue:)) ?? .resolved
      waits = try WaitsInput(values)
      targets = try values[Self.targets]
      onlyFor = try values[ContractsFields.onlyFor]
    }
  }

  package static let declaration = Declaration(
    "sla.create", "Define an SLA or OLA: what is promised, by metric, ticket type, priority, service and CI tier.",
    zh: "定义 SLA 或 OLA：按指标、工单类型、优先级、服务与配置项等级的承诺。", permission: "sla.manage",
    roles: Rights.managers, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SlaOutput {
    let onlyTenant = try await context.customer(input.onlyFor, "onlyFor")
    try SlaRule.require(input.kind, isForOneCustomer: onlyTenant != nil, input.resolutionStopsAt)
    let targets = try await context.targets(input.targets, kind: input.kind, onlyTenant: onlyTenant, from: context.now)
    let id = context.newId(.sla)
    let inserted = try await context.transaction.first(
      InsertSla(publicId: id, name: input.name, kind: input.kind, onlyTenant: onlyTenant, now: context.now))
    guard let sla = inserted else { throw Failure.notFound }
    try await context.insertSlaVersion(
      sla, validFrom: .beginning, resolutionStopsAt: input.resolutionStopsAt, waits: input.waits.applied(to: .usual), targets: targets,
      onlyTenant: onlyTenant)
    context.subject(id)
    context.record(
      Event(subjectKind: "sla", subject: sla, seq: 1, type: "sla.created", payload: .object(["sla": .id(id)]), occurredAt: context.now))
    return try await context.slaOutput(id, at: context.now)
  }
}

extension OperationContext {
  /// The targets of a request, checked, with the calendars, services and tiers that they name. What was designed for one customer only
  /// that one's SLAs may name.
  func targets(_ inputs: [TargetInput], kind: AgreementKind, onlyTenant: TenantId?, from start: Instant) async throws -> [SlaRule.Target] {
    let (found, services, tiers) = try await transaction.query(
      CalendarsOfIds(publicIds: Array(Set(inputs.compactMap(\.calendar))), at: start, customers: reachableCustomers),
      ServicesOfCodes(codes: Array(Set(inputs.compactMap(\.service))), customers: onlyTenant.map { [$0.rawValue] } ?? []), ActiveCiTiers())
    var named = SlaRule.Named(services: Dictionary(services) { first, _ in first }, ciTiers: Set(tiers))
    for row in found {
      named.calendars[id(.calendar, row.publicId)] = SlaRule.Calendar(
        id: row.id, published: row.published, onlyTenant: row.onlyTenant, compiled: CompiledCalendar(try CalendarDefinition(row.definition)))
    }
    return try SlaRule.targets(inputs, named, kind: kind, onlyTenant: onlyTenant, from: start, unknown: InputMessages.unknownReference)
  }

  func insertSlaVersion(
    _ sla: Int64, validFrom: Instant, resolutionStopsAt: ResolutionStop, waits: WaitTerms = .usual, targets: [SlaRule.Target], onlyTenant: TenantId?
  ) async throws {
    let version = try await transaction.first(
      InsertSlaVersion(sla: sla, validFrom: validFrom, resolutionStopsAt: resolutionStopsAt, waits: waits, onlyTenant: onlyTenant, now: now))
    guard let version else { throw Failure.notFound }
    transaction.enqueue(InsertSlaTargets(slaVersion: version, targets: targets, onlyTenant: onlyTenant))
  }

  func slaOutput(_ id: PublicId, at: Instant) async throws -> SlaOutput {
    guard let row = try await transaction.first(SlaAt(publicId: id, at: at, customers: reachableCustomers)),
      let output = try await SlaOutput.outputs([row], in: self).first
    else { throw Failure.notFound }
    return output
  }
}
