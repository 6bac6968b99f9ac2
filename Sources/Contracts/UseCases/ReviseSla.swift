import Kernel
import Operations

package enum ReviseSla: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let resolutionStopsAt: ResolutionStop?
    let waits: WaitsInput
    let targets: [TargetInput]
    let validFrom: Instant?

    private static let id = Field.id("id", .sla, "The SLA.", "SLA 编号。")
    private static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。").change

    package static let fields: [any InputField] =
      [id, name, CreateSla.Input.resolutionStopsAt] + WaitsInput.fields + [CreateSla.Input.targets, ContractsFields.validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      name = try values[Self.name]
      resolutionStopsAt = try values[CreateSla.Input.resolutionStopsAt].flatMap(ResolutionStop.init(rawValue:))
      waits = try WaitsInput(values)
      targets = try values[CreateSla.Input.targets]
      validFrom = try values[ContractsFields.validFrom]
    }
  }

  /// An SLA may be part of any customer's contract, so only those who may act for all revise it.
  package static let declaration = Declaration(
    "sla.revise", "Give an SLA a new version with all its targets; tickets keep the one that they were opened under.",
    zh: "为 SLA 增加含全部目标的新版本；已有工单沿用原版本。", permission: "sla.manage", roles: Rights.managers, scopes: [.all], reach: .provider,
    effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> SlaOutput {
    guard let head = try await context.transaction.first(SlaHead(publicId: input.id, customers: context.reachableCustomers)) else {
      throw Failure.notFound
    }
    try context.requireVersion(head.version)
    try SlaRule.require(head.kind, isForOneCustomer: head.onlyTenant != nil, input.resolutionStopsAt ?? head.newestResolutionStopsAt)
    let validFrom = input.validFrom ?? context.now
    try CalendarRule.requireLater(validFrom, than: head.newestValidFrom, now: context.now, "sla.withdraw")
    let targets = try await context.targets(input.targets, kind: head.kind, onlyTenant: head.onlyTenant, from: validFrom)
    let advanced = try await context.transaction.first(AdvanceSla(id: head.id, version: head.version, name: input.name.applied(to: head.name)))
    guard let version = advanced else { throw context.beaten }
    try await context.insertSlaVersion(
      head.id, validFrom: validFrom, resolutionStopsAt: input.resolutionStopsAt ?? head.newestResolutionStopsAt,
      waits: input.waits.applied(to: head.newestWaits), targets: targets, onlyTenant: head.onlyTenant)
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "sla", subject: head.id, seq: version, type: "sla.revised",
        payload: .object(["sla": .id(input.id), "validFrom": .instant(validFrom)]), occurredAt: context.now))
    return try await context.slaOutput(input.id, at: validFrom)
  }
}
