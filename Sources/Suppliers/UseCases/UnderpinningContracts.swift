import Kernel
import Operations
import Renewals
import ServiceTime

package enum CreateUnderpinningContract: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId
    let template: PublicId?
    let reference: String
    let name: String?
    let state: ContractState
    let currency: String?
    let zone: String?
    let startsAt: Instant
    let endsAt: Instant?
    let renewal: RenewalInput
    let calendar: PublicId?
    let targets: [UnderpinningTargetInput]?
    let costs: [UnderpinningCostInput]?

    private static let template = Field.id(
      "template", .underpinningTemplate, "What it is made from; what is given here goes before it.", "所用模板；此处填写的内容优先。"
    ).optional
    private static let reference = Field.text("reference", 1...100, "The number that both sides know it by, unique for the supplier.", "双方使用的合同号，在该供应商内不可重复。")
    static let name = Field.text("name", 1...200, "Its name.", "名称。")
    private static let state = Field.oneOf("state", ["draft", "active"], "Where it begins (default: active).", "初始状态（默认 active）。").optional
    private static let currency = Field.text("currency", 3...3, "The currency of its costs (ISO 4217).", "费用货币（ISO 4217）。").optional
    private static let zone = Field.text(
      "zone", 1...64, "The IANA zone in which its days and months are counted (default: the supplier's).", "计算日与月的 IANA 时区（默认为供应商的时区）。"
    ).optional
    static let startsAt = Field.instant("startsAt", "When its term begins.", "合同期限开始时间。")
    static let endsAt = Field.instant("endsAt", "The first instant after its term; left out: open-ended.", "合同期限结束时间（不含）；不填表示无固定期限。")
    static let calendar = Field.id("calendar", .coverageCalendar, "The coverage calendar.", "服务时间日历。")
    static let targets = Field<[UnderpinningTargetInput]>.list(
      "targets", of: Field<UnderpinningTargetInput>.object("target", "A target.", "目标。"), count: 0...100, "What is promised.", "承诺的目标。"
    ).optional
    static let costs = Field<[UnderpinningCostInput]>.list(
      "costs", of: Field<UnderpinningCostInput>.object("cost", "A cost line.", "费用项。"), count: 0...100, "What it costs.", "费用。"
    ).optional

    package static let fields: [any InputField] =
      [SupplierFields.supplier, template, reference, name.optional, state, currency, zone, startsAt, endsAt.optional] + RenewalInput.fields
      + [calendar.optional, targets, costs]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[SupplierFields.supplier]
      template = try values[Self.template]
      reference = try values[Self.reference]
      name = try values[Self.name.optional]
      if template == nil, name == nil { throw FieldError("name", SuppliersMessages.neededWithoutTemplate) }
      state = try values[Self.state].flatMap(ContractState.init(rawValue:)) ?? .active
      currency = try values[Self.currency]
      if template == nil, currency == nil { throw FieldError("currency", SuppliersMessages.neededWithoutTemplate) }
      zone = try values[Self.zone]
      startsAt = try values[Self.startsAt]
      endsAt = try values[Self.endsAt.optional]
      renewal = try RenewalInput(values)
      calendar = try values[Self.calendar.optional]
      targets = try values[Self.targets]
      costs = try values[Self.costs]
    }
  }

  package static let declaration = Declaration(
    "underpinning_contract.create", "Record a supplier's contract with its targets and costs.", zh: "登记支撑合同及其目标和费用。",
    permission: "supplier.manage", roles: SupplierRights.managers, scopes: SupplierRights.everyone, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningOutput {
    let supplier = try await context.activeSupplier(input.supplier)
    let template: (content: UnderpinningTemplateContent, name: String)? =
      if let template = input.template { try await context.underpinningTemplate(template) } else { nil }
    let currency = try UnderpinningRule.currency(input.currency ?? template?.content.currency ?? "")
    if input.costs == nil { try template?.content.requireCosts(in: currency) }
    let zone = try UnderpinningRule.zone(input.zone ?? supplier.zone)
    try UnderpinningRule.requireTerm(from: input.startsAt, to: input.endsAt)
    let renewal = input.renewal.terms(orElse: template?.content.renewal.terms(orElse: .none) ?? .none)
    try renewal.require(endsAt: input.endsAt)
    let calendar = try await context.coverage(input.calendar ?? template?.content.calendar)
    let targets = try await context.underpinningTargets(input.targets ?? template?.content.targets ?? [], of: supplier.id)
    let costs = try UnderpinningRule.costs(input.costs ?? template?.content.costs ?? [], currency)
    let id = context.newId(.underpinningContract)
    guard
      let contract = try await context.transaction.first(
        InsertUnderpinning(
          publicId: id, supplier: supplier.id, reference: input.reference, currency: currency, zone: zone.identifier, now: context.now))
    else { throw Failure.notFound }
    try await context.insertUnderpinningVersion(
      InsertUnderpinningVersion(
        contract: contract, validFrom: Instant(seconds: 0), name: input.name ?? template?.name ?? "", state: input.state, startsAt: input.startsAt,
        endsAt: input.endsAt, renewal: renewal, calendar: calendar, now: context.now), targets, costs)
    context.subject(id)
    context.record(
      Event(
        subjectKind: "underpinning_contract", subject: contract, seq: 1, type: "underpinning_contract.created",
        payload: .object(["contract": .id(id), "state": .text(input.state.rawValue), "template": .id(input.template)]), occurredAt: context.now))
    return try await context.underpinningOutput(id, at: context.now)
  }
}

package enum ReadUnderpinningContract: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let asOf: Instant?

    static let id = Field.id("id", .underpinningContract, "The contract.", "合同编号。")

    package static let fields: [any InputField] = [id, SupplierFields.asOf]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      asOf = try values[SupplierFields.asOf]
    }
  }

  package static let declaration = Declaration(
    "underpinning_contract.read", "Read a supplier's contract with its targets and costs.", zh: "查看支撑合同及其目标和费用。", permission: "supplier.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningOutput {
    try await context.underpinningOutput(input.id, at: input.asOf ?? context.now)
  }
}

package enum ListUnderpinningContracts: Operation {
  package struct Input: OperationInput {
    let supplier: PublicId?
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    private static let supplier = SupplierFields.supplier.optional

    package static let fields: [any InputField] = [supplier, SupplierFields.asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      supplier = try values[Self.supplier]
      asOf = try values[SupplierFields.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "underpinning_contract.list", "List the contracts with a supplier, or with all.", zh: "列出与某一供应商或全部供应商的支撑合同。", permission: "supplier.read",
    roles: SupplierRights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<UnderpinningOutput> {
    var supplier: SupplierRow?
    if let id = input.supplier { supplier = try await context.supplier(id, path: "supplier") }
    let filter = "\(input.supplier?.description ?? "") \(input.asOf?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let at = input.asOf ?? context.now
    let rows = try await context.transaction.query(
      UnderpinningsAt(supplier: supplier?.id, at: at, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    let outputs = try await UnderpinningOutput.outputs(rows, asOf: at, in: context)
    return context.listing(outputs, limit: limit, filter: filter) {
      PageCursor([.integer($0.row.id)])
    } element: {
      $0
    }
  }
}

package enum ReviseUnderpinningContract: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let event: ContractState.Event?
    let name: Change<String>
    let startsAt: Change<Instant>
    let endsAt: Change<Instant>
    let renewal: RenewalChange
    let calendar: Change<PublicId>
    let targets: [UnderpinningTargetInput]?
    let costs: [UnderpinningCostInput]?
    let validFrom: Instant?

    private static let event = Field.oneOf(
      "event", ["activate", "suspend", "resume", "end"], "What happens to it.", "对合同执行的操作：activate 生效、suspend 暂停、resume 恢复、end 终止。"
    ).optional
    private static let validFrom = Field.instant(
      "validFrom", "From when the new version holds (default: now). It must lie after the newest version's.", "新版本自何时起生效（默认当前时刻），须晚于最新版本。"
    ).optional

    package static let fields: [any InputField] =
      [
        ReadUnderpinningContract.Input.id, event, CreateUnderpinningContract.Input.name.change, CreateUnderpinningContract.Input.startsAt.change,
        CreateUnderpinningContract.Input.endsAt.clearable,
      ] + RenewalChange.fields + [
        CreateUnderpinningContract.Input.calendar.clearable, CreateUnderpinningContract.Input.targets, CreateUnderpinningContract.Input.costs, validFrom,
      ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReadUnderpinningContract.Input.id]
      event = try values[Self.event].flatMap(ContractState.Event.init(rawValue:))
      name = try values[CreateUnderpinningContract.Input.name.change]
      startsAt = try values[CreateUnderpinningContract.Input.startsAt.change]
      endsAt = try values[CreateUnderpinningContract.Input.endsAt.clearable]
      renewal = try RenewalChange(values)
      calendar = try values[CreateUnderpinningContract.Input.calendar.clearable]
      targets = try values[CreateUnderpinningContract.Input.targets]
      costs = try values[CreateUnderpinningContract.Input.costs]
      validFrom = try values[Self.validFrom]
    }

    var amends: Bool { !(name.isKeep && startsAt.isKeep && endsAt.isKeep && renewal.isKeep && calendar.isKeep) || targets != nil || costs != nil }
  }

  package static let declaration = Declaration(
    "underpinning_contract.revise", "Give a supplier's contract a new version. Targets and costs that are given replace all there were.",
    zh: "为支撑合同增加新版本；给出的目标和费用将取代原有全部内容。", permission: "supplier.manage", roles: SupplierRights.managers,
    scopes: SupplierRights.everyone, reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> UnderpinningOutput {
    guard let newest = try await context.transaction.first(UnderpinningAt(publicId: input.id, at: nil)) else { throw Failure.notFound }
    try context.requireVersion(newest.version)
    guard input.amends || input.event != nil else { throw Failure(.invalid, SuppliersMessages.nothingToChange) }
    let validFrom = input.validFrom ?? context.now
    var state = newest.state
    if try await !bringsForward(input, newest, to: validFrom, in: context) {
      if input.amends { state = try UnderpinningRule.state(state, after: .amend) }
      if let event = input.event { state = try UnderpinningRule.state(state, after: event) }
      guard validFrom > newest.validFrom else {
        throw Failure.invalid("validFrom", SuppliersMessages.notLater, ["newest": newest.validFrom.description])
      }
    }
    let startsAt = input.startsAt.applied(to: newest.startsAt)
    let endsAt: Instant? = input.endsAt.applied(to: newest.endsAt)
    try UnderpinningRule.requireTerm(from: startsAt, to: endsAt)
    let renewal = input.renewal.applied(to: newest.renewal)
    if input.amends { try renewal.require(endsAt: endsAt) }
    var calendar = newest.calendarId
    switch input.calendar {
    case .keep: break
    case .clear: calendar = nil
    case .set(let id): calendar = try await context.coverage(id)
    }
    let (targets, costs) = try await content(input, newest, in: context)
    let advanced = try await context.transaction.first(AdvanceUnderpinning(id: newest.id, version: newest.version, now: context.now))
    guard let version = advanced else { throw context.beaten }
    try await context.insertUnderpinningVersion(
      InsertUnderpinningVersion(
        contract: newest.id, validFrom: validFrom, name: input.name.applied(to: newest.name), state: state, startsAt: startsAt, endsAt: endsAt,
        renewal: renewal, calendar: calendar, now: context.now), targets, costs)
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "underpinning_contract", subject: newest.id, seq: version, type: "underpinning_contract.revised",
        payload: .object(["contract": .id(input.id), "state": .text(state.rawValue), "validFrom": .instant(validFrom)]), occurredAt: context.now))
    return try await context.underpinningOutput(input.id, at: validFrom, asOf: context.now)
  }

  /// Whether the call has a resume that is planned come earlier: what it says holds from then on, and when its own day comes nothing changes.
  private static func bringsForward(
    _ input: Input, _ newest: UnderpinningRow, to validFrom: Instant, in context: OperationContext
  ) async throws -> Bool {
    guard input.event == .resume, !input.amends, newest.state == .active, newest.validFrom > context.now, validFrom < newest.validFrom else { return false }
    let before = Instant(microseconds: newest.validFrom.microseconds - 1)
    guard let standing = try await context.transaction.first(UnderpinningAt(publicId: input.id, at: before)) else { return false }
    return standing.state == .suspended && standing.validFrom < validFrom
  }

  /// The targets and costs of the new version: those that are given, or as they were.
  private static func content(
    _ input: Input, _ newest: UnderpinningRow, in context: OperationContext
  ) async throws -> (targets: [UnderpinningTarget], costs: [UnderpinningCost]) {
    let (targets, costs) = try await context.transaction.query(
      TargetsOfUnderpinnings(versions: [newest.versionId]), CostsOfUnderpinnings(versions: [newest.versionId]))
    var newTargets = targets.map(\.target)
    if let wanted = input.targets { newTargets = try await context.underpinningTargets(wanted, of: newest.supplierId) }
    var newCosts = costs.map(\.cost)
    if let wanted = input.costs { newCosts = try UnderpinningRule.costs(wanted, try UnderpinningRule.currency(newest.currency)) }
    return (newTargets, newCosts)
  }
}
