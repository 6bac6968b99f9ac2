import Attributes
import Contracts
import Gates
import Kernel
import Operations
import Postgres
import ServiceLevels

/// Records an incident and starts its clocks; a simple one may be resolved in the same call.
package enum OpenIncident: Operation {
  package struct Input: OperationInput {
    let title: String
    let description: String
    let requester: PublicId?
    let unit: PublicId?
    let impact: Int64
    let urgency: Int64
    let category: String?
    let source: String?
    let nature: String?
    let service: String?
    let ciTier: String?
    let cis: NamedCisInput
    let attributes: Value?
    let openedAt: Instant?
    let contractLine: PublicId?
    let resolution: String?
    let closureCode: ClosureCode
    let closes: Bool
    let answers: GateAnswers

    static let openedAtField = Field.instant(
      "openedAt", "When it was reported, if that was before now; staff only, at most 30 days back.", "实际报告时间（早于当前时间时填写；仅服务商人员，最多 30 天前）。"
    ).optional
    static let ciTierField = Field.text(
      "ciTier", 1...32, "How critical the affected configuration item is: a code of ci_tier.list (default: that of its CIs); staff only.",
      "受影响配置项的等级：ci_tier.list 中的代码（默认取自所涉及的配置项；仅服务商人员）。"
    ).optional
    static let impactField = Field.integer("impact", 1...3, "1 high, 2 medium (default), 3 low.", "影响：1 高，2 中（默认），3 低。").optional
    static let urgencyField = Field.integer("urgency", 1...3, "1 high, 2 medium (default), 3 low.", "紧急度：1 高，2 中（默认），3 低。").optional
    static let resolutionField = Field.longText(
      "resolution", 1...20_000, "How it was resolved, when it already is; staff only.", "已解决时填写解决方法（仅服务商人员）。"
    ).optional
    static let closeField = Field.boolean(
      "close", "Whether a resolved one is closed as well, without waiting for the requester (default no); staff only.",
      "已解决的事件是否同时关闭而不等待请求人确认（默认否；仅服务商人员）。"
    ).optional
    package static let fields: [any InputField] =
      [
        CustomerReference.field, IncidentFields.title, IncidentFields.description.optional, IncidentFields.requester.optional, IncidentFields.unit.optional,
        impactField, urgencyField, IncidentFields.category.optional, IncidentFields.service.optional, ciTierField, openedAtField,
        IncidentFields.contractLine.optional, resolutionField,
        IncidentFields.closureCode.optional, IncidentFields.source.optional, IncidentFields.nature.optional, NamedCisInput.cis.optional,
        NamedCisInput.sharedCis.optional, NamedCisInput.primaryCi.optional, closeField,
        AttributeFields.attributes.optional,
      ] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      title = try values[IncidentFields.title]
      description = try values[IncidentFields.description.optional] ?? ""
      requester = try values[IncidentFields.requester.optional]
      unit = try values[IncidentFields.unit.optional]
      impact = try values[Self.impactField] ?? 2
      urgency = try values[Self.urgencyField] ?? 2
      category = try values[IncidentFields.category.optional]
      source = try values[IncidentFields.source.optional]
      nature = try values[IncidentFields.nature.optional]
      service = try values[IncidentFields.service.optional]
      ciTier = try values[Self.ciTierField]
      cis = try NamedCisInput(values)
      attributes = try values[AttributeFields.attributes.optional]
      openedAt = try values[Self.openedAtField]
      contractLine = try values[IncidentFields.contractLine.optional]
      resolution = try values[Self.resolutionField]
      closureCode = try values[IncidentFields.closureCode.optional].map(ClosureCode.init(rawValue:)) ?? .solved
      closes = try values[Self.closeField] ?? false
      if closes, resolution == nil { throw FieldError("resolution", InputMessages.requiredHere) }
      answers = try GateAnswers(values)
    }

    /// Before which gates may stand.
    fileprivate var steps: [GateStep] { [.open] + (resolution == nil ? [] : [.resolve]) + (closes ? [.close] : []) }

    /// The codes that it names.
    fileprivate var codes: [NamedCode] {
      let named: [(CodeList, String?, String)] = [
        (.category, category, "category"), (.source, source, "source"), (.nature, nature, "nature"),
        (.closureCode, resolution == nil ? nil : closureCode.rawValue, "closureCode"),
      ]
      return named.compactMap { list, key, path in key.map { NamedCode(list, $0, at: path) } }
    }
  }

  package static let declaration = Declaration(
    "incident.open", "Report an incident.", zh: "报告事件。", roles: [.administrator, .accountManager, .engineer, .customerManager, .requester],
    scopes: IncidentFields.everyScope, reach: .oneAndProvider(by: "customer"), effect: .create)

  private static let backDatingDays: Int64 = 30

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    if input.ciTier != nil, context.principal.side != .staff { throw Failure.invalid("ciTier", DeskMessages.staffOnly) }
    if input.source != nil, context.principal.side != .staff { throw Failure.invalid("source", DeskMessages.staffOnly) }
    let openedAt = try openedAt(input, context)
    let gates = try context.gates(before: input.steps, of: nil, input.answers)
    let (requester, unit) = try await who(input, context)
    let transaction = context.transaction
    let explicit: Int64? =
      if let line = input.contractLine { try await context.line(line, "contractLine") } else { nil }
    // What needs no other's answer shares a round trip; the number, which holds the customer's counter, goes with the last.
    let priorities = transaction.later(PriorityOf(tenant: context.tenant.id, impact: input.impact, urgency: input.urgency))
    let ids = transaction.later(NextTicketId())
    let services = input.service.map { transaction.later(context.serviceOfTicket($0)) }
    let tiers = input.ciTier.map { transaction.later(CiTierByCode(code: $0)) }
    let codes = input.codes.isEmpty ? nil : context.codes(input.codes)
    let attributes = try context.told(input.attributes, of: .incident)
    let ofCategory = input.service == nil ? input.category.map { transaction.later(ServiceOfCategory(category: $0)) } : nil
    let lines = try await ContractTerms.lines(tenant: context.tenant.id, unit: unit?.id, at: openedAt, in: transaction)
    if explicit != nil, lines.choose(explicit: explicit) == nil { throw Failure.invalid("contractLine", DeskMessages.lineNotInForce) }
    guard let priority = try priorities.first, let id = try ids.first else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "the priority matrix has a hole")
    }
    _ = try codes?.usable()
    let edit = try await attributes?.applied(to: HeldAttributes(), of: context.tenant.id, category: input.category)
    var service = try services?.first.map { Ticket.Service(id: $0, code: input.service) }
    if input.service != nil, service == nil { throw context.unknownReference("service") }
    if let tiers, try tiers.first == nil { throw context.unknownReference("ciTier") }
    var (ciTier, serviceCategory): (String?, String?) = (input.ciTier, nil)
    var cis = TicketCis(tierIsNamed: ciTier != nil, serviceIsNamed: service != nil)
    if !input.cis.isEmpty {
      try await context.name(input.cis, in: &cis, openedAt: openedAt)
      try await context.lookUpServices(of: &cis, at: openedAt)
    }
    let terms = lines.choose(person: requester?.id, covering: cis.linesInOrder, explicit: explicit)
    if !cis.giveService { cis.ofCategory = try await context.sold(try ofCategory?.first, at: openedAt) }
    cis.choose(&ciTier, &service, &serviceCategory)
    let facts = TargetFacts(ticketType: .incident, priority: priority, service: service?.id, ciTier: ciTier)
    var clocks = SubjectClocks(.ticket(id))
    let numbers: Later<Int64>
    var names: LineNames.Found?
    if let terms {
      let found = transaction.later(LineNames(tenant: context.tenant.id, line: terms.line))
      numbers = transaction.later(NextTicketNumber(tenant: context.tenant.id))
      try await clocks.start(under: terms, facts: facts, at: openedAt, now: context.now, in: transaction)
      names = try found.first
    } else {
      numbers = transaction.later(NextTicketNumber(tenant: context.tenant.id))
      try await transaction.flush()
    }
    guard let number = try numbers.first else { throw Failure(.internal, OperationMessages.internalFault, debug: "no number") }
    let ticket = Ticket(
      id: id, publicId: context.random.publicIdBits(), number: number, title: input.title, description: input.description, requester: requester,
      unit: unit, contract: names?.contract, line: names?.line, lineReason: (terms?.reason ?? .noneInForce).rawValue, impact: input.impact,
      urgency: input.urgency, priority: priority, category: input.category, source: input.source, nature: input.nature, service: service,
      serviceCategory: serviceCategory, ciTier: ciTier, state: .new, openedAt: openedAt,
      reopenCount: 0, lastSeq: 0, updatedAt: context.now, version: 1)
    var work = TicketWork(context: context, ticket: ticket, clocks: clocks)
    work.begin(priority: priority)
    work.note(
      TicketEventType.opened,
      .object([
        "priority": .integer(priority), "impact": .integer(input.impact), "urgency": .integer(input.urgency),
        "service": .text(service?.code), "ciTier": .text(ciTier), "tierFrom": context.tierFrom(cis),
        "serviceFrom": context.serviceFrom(work.ticket, cis),
        "contractLine": .id(names.map { context.id(.contractLine, $0.line.publicId) }), "lineReason": .text(work.ticket.lineReason),
        "backDated": .bool(openedAt < context.now), "explicitlyNone": work.explicitlyNone,
      ]))
    work.note(cis)
    work.tell(edit)
    if let resolution = input.resolution {
      try await work.takeOn()
      try work.resolve(resolution, input.closureCode)
      if input.closes { try work.close() }
    }
    try await work.pass(gates, known: cis.named.isEmpty ? [] : [.cis], isNew: true)
    work.insert()
    work.save(cis)
    context.subject(context.id(.incident, work.ticket.publicId))
    return work.record
  }

  private static func openedAt(_ input: Input, _ context: OperationContext) throws -> Instant {
    let isStaff = context.principal.side == .staff
    if input.resolution != nil {
      let mayWork = context.principal.access(IncidentFields.work, honouring: [.listed, .all], at: context.now)?.reaches(context.tenant.id) ?? false
      guard isStaff, mayWork else { throw Failure.invalid("resolution", DeskMessages.staffOnly) }
    }
    if input.closes {
      let mayClose = context.principal.access("incident.close", honouring: [.listed, .all], at: context.now)?.reaches(context.tenant.id) ?? false
      guard isStaff, mayClose else { throw Failure.invalid("close", DeskMessages.staffOnly) }
    }
    guard let openedAt = input.openedAt else { return context.now }
    guard isStaff else { throw Failure.invalid("openedAt", DeskMessages.staffOnly) }
    guard openedAt <= context.now else { throw Failure.invalid("openedAt", DeskMessages.openedInFuture) }
    guard openedAt >= context.now.adding(seconds: -backDatingDays * 86_400) else {
      throw Failure.invalid("openedAt", DeskMessages.openedTooEarly, ["days": String(backDatingDays)])
    }
    return openedAt
  }

  /// Whom it concerns, and where. A customer's person reports for himself unless he says otherwise, and only what his row
  /// scope would let him see afterwards.
  private static func who(_ input: Input, _ context: OperationContext) async throws -> (Ticket.Reference?, Ticket.Reference?) {
    let found: PersonForTicket.Found?
    if let requester = input.requester {
      found = try await context.transaction.first(PersonForTicket(tenant: context.tenant.id, publicId: requester.random, id: nil))
      guard found != nil else { throw context.unknownReference("requester") }
    } else if context.principal.side == .customer, let own = context.principal.person {
      found = try await context.transaction.first(PersonForTicket(tenant: context.tenant.id, publicId: nil, id: own))
    } else {
      found = nil
    }
    var unit = found?.unit
    if let given = input.unit { unit = Ticket.Reference(id: try await context.unit(given, "unit"), publicId: given.random) }
    guard context.access.rows.covers(unit: unit?.id, person: found?.person.id) else {
      throw Failure.invalid(input.unit == nil ? "requester" : "unit", DeskMessages.outsideScope)
    }
    return (found?.person, unit)
  }
}

extension TicketWork {
  /// Resolves it, with words and a code.
  mutating func resolve(_ resolution: String, _ code: ClosureCode) throws(Failure) {
    let isFirstResponse = try move(.resolve)
    ticket.resolution = resolution
    ticket.closureCode = code
    note(TicketEventType.resolved, .object(["code": .text(code.rawValue), "firstResponse": .bool(isFirstResponse)]))
  }
}

extension TicketWork {
  /// Closes what is resolved.
  mutating func close() throws(Failure) {
    try move(.close)
    note(TicketEventType.closed)
  }
}

extension OperationContext {
  /// A service that a body names. Its code is told with the ticket, so it is one that the customer may know of; of itself it names only
  /// what is sold to it.
  func serviceOfTicket(_ code: String) -> ServiceOfTicket {
    ServiceOfTicket(tenant: tenant.id, code: code, onlySold: principal.side == .customer, at: now)
  }

  /// The internal id of a contract line of the bound tenant that a body names.
  func line(_ id: PublicId, _ path: String) async throws -> Int64 {
    guard let found = try await transaction.first(LineByPublicId(tenant: tenant.id, publicId: id)) else { throw unknownReference(path) }
    return found
  }
}
