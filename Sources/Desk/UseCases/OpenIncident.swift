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
    let respondedAt: Instant?
    let resolvedAt: Instant?
    let relatesTo: PublicId?
    let contractLine: PublicId?
    let resolution: String?
    let closureCode: ClosureCode
    /// Whether somebody said it; else it is what there is where nobody does.
    let isCodeSaid: Bool
    let closes: Bool
    let team: PublicId?
    let answers: GateAnswers

    static let openedAtField = Field.instant(
      "openedAt", "When it was reported, if that was before now; staff only, at most 30 days back.", "实际报告时间（早于当前时间时填写；仅服务商人员，最多 30 天前）。"
    ).optional
    static let respondedAtField = Field.instant(
      "respondedAt", "When it was answered, of what is resolved in the same call: not before it was opened (default: when it was resolved); staff only.",
      "响应时间（仅在同时解决时填写，不早于创建时间；默认为解决时间；仅服务商人员）。"
    ).optional
    static let resolvedAtField = Field.instant(
      "resolvedAt", "When it was resolved, of what is resolved in the same call: not before it was answered, not in the future (default now); staff only.",
      "解决时间（仅在同时解决时填写，不早于响应时间、不晚于当前时间；默认当前时间；仅服务商人员）。"
    ).optional
    static let relatesToField = Field.id(
      "relatesTo", .incident, "An earlier incident of the customer that it goes on from, such as one that was closed for too long to be reopened.",
      "此前相关的事件，例如已过重新打开期限的事件。"
    ).optional
    static let ciTierField = Field.text(
      "ciTier", 1...32, "How critical the affected configuration item is: a code of ci_tier.list (default: that of its CIs); staff only.",
      "受影响配置项的等级：ci_tier.list 中的代码（默认取自所涉及的配置项；仅服务商人员）。"
    ).optional
    static let impactField = Field.integer(
      "impact", Rating.numbers, "A number of code.list, 1 the gravest (default 2).", "影响：code.list 中的数字，1 为最高（默认 2）。"
    ).optional
    static let urgencyField = Field.integer(
      "urgency", Rating.numbers, "A number of code.list, 1 the most urgent (default 2).", "紧急度：code.list 中的数字，1 为最高（默认 2）。"
    ).optional
    static let resolutionField = Field.longText(
      "resolution", 1...20_000, "How it was resolved, when it already is; staff only.", "已解决时填写解决方法（仅服务商人员）。"
    ).optional
    static let closeField = Field.boolean(
      "close", "Whether a resolved one is closed as well, without waiting for the requester (default no); staff only.",
      "已解决的事件是否同时关闭而不等待请求人确认（默认否；仅服务商人员）。"
    ).optional
    static let teamField = Field.id(
      "team", .team,
      "The team that it is given to, in place of what dispatch rules say; not with a resolution; only by who works on incidents.",
      "直接分派的团队（不再按分派规则）；不可与 resolution 同时填写；仅限有权处理事件的人员。"
    ).optional
    package static let fields: [any InputField] =
      [
        CustomerReference.field, IncidentFields.title, IncidentFields.description.optional, IncidentFields.requester.optional, IncidentFields.unit.optional,
        impactField, urgencyField, IncidentFields.category.optional, IncidentFields.service.optional, ciTierField, openedAtField, respondedAtField,
        resolvedAtField, relatesToField,
        IncidentFields.contractLine.optional, resolutionField,
        IncidentFields.closureCode.optional, IncidentFields.source.optional, IncidentFields.nature.optional, NamedCisInput.cis.optional,
        NamedCisInput.sharedCis.optional, NamedCisInput.primaryCi.optional, closeField, teamField,
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
      respondedAt = try values[Self.respondedAtField]
      resolvedAt = try values[Self.resolvedAtField]
      relatesTo = try values[Self.relatesToField]
      contractLine = try values[IncidentFields.contractLine.optional]
      resolution = try values[Self.resolutionField]
      let code = try values[IncidentFields.closureCode.optional]
      closureCode = code.map(ClosureCode.init(rawValue:)) ?? .solved
      isCodeSaid = code != nil
      closes = try values[Self.closeField] ?? false
      team = try values[Self.teamField]
      // Neither ends what is not resolved.
      if closes || code != nil, resolution == nil { throw FieldError("resolution", InputMessages.requiredHere) }
      if resolution == nil, respondedAt != nil || resolvedAt != nil {
        throw FieldError(respondedAt == nil ? "resolvedAt" : "respondedAt", EndingMessages.timesNeedResolution)
      }
      answers = try GateAnswers(values)
    }

    /// Before which gates may stand.
    fileprivate var steps: [GateStep] {
      var steps: [GateStep] = [.open]
      if team != nil { steps.append(.assign) }
      if resolution != nil { steps.append(.resolve) }
      if closes { steps.append(.close) }
      return steps
    }

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
    let times = try times(input, openedAt: openedAt, context)
    let earlier: Ticket? =
      if let relatesTo = input.relatesTo { try await earlierTicket(relatesTo, in: context) } else { nil }
    let team = try await team(input, context)
    let gates = try context.gates(before: input.steps, of: nil, input.answers)
    let (requester, unit) = try await who(input, context)
    let transaction = context.transaction
    let explicit: Int64? =
      if let line = input.contractLine { try await context.line(line, "contractLine") } else { nil }
    // What needs no other's answer shares a round trip; the number, which holds the customer's counter, goes with the last.
    let priorities = transaction.later(PriorityOf(tenant: context.tenant.id, impact: input.impact, urgency: input.urgency))
    let ids = transaction.later(NextTicketId(tenant: context.tenant.id))
    let services = input.service.map { transaction.later(context.serviceOfTicket($0)) }
    let tiers = input.ciTier.map { transaction.later(CiTierByCode(code: $0)) }
    // What a source of events means by a severity it says already; nothing that it tells is lost.
    let ratings = context.actor.via == .webhook ? [] : NamedCode.rating(impact: input.impact, urgency: input.urgency)
    let named = input.codes + ratings
    let codes = named.isEmpty ? nil : context.codes(named)
    let usual = input.source == nil ? context.usualSource.map { context.codes([NamedCode(.source, $0, at: "source")]) } : nil
    let attributes = try context.told(input.attributes, of: .incident)
    let ofCategory = input.service == nil ? input.category.map { transaction.later(ServiceOfCategory(category: $0)) } : nil
    let lines = try await ContractTerms.lines(tenant: context.tenant.id, unit: unit?.id, at: openedAt, in: transaction)
    if explicit != nil, lines.choose(explicit: explicit) == nil { throw Failure.invalid("contractLine", DeskMessages.lineNotInForce) }
    // First: of a number that the list does not have the matrix knows nothing.
    _ = try codes?.usable()
    guard let priority = try priorities.first, let next = try ids.first else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "the priority matrix has a hole")
    }
    let id = next.id
    let source = try input.source ?? usual?.inUse.first
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
    if !cis.giveService { cis.ofCategory = try await context.sold(try ofCategory?.first, at: openedAt) }
    cis.choose(&ciTier, &service, &serviceCategory)
    let terms = lines.choose(person: requester?.id, covering: cis.linesInOrder, service: service?.id, explicit: explicit)
    let facts = TargetFacts(ticketType: .incident, priority: priority, service: service?.id, ciTier: ciTier)
    let dispatchFacts = DispatchFacts(
      service: service?.id, category: input.category, nature: input.nature, priority: priority, cis: cis.named.map(\.key))
    // What is solved at once goes to no team; what somebody gives to one is his word.
    let rules: Later<DispatchCandidates.Found>? =
      if next.hasRules, input.resolution == nil, team == nil {
        transaction.later(DispatchCandidates(tenant: context.tenant.id, ticket: nil, facts: dispatchFacts))
      } else {
        nil
      }
    var clocks = SubjectClocks(.ticket(id))
    let numbers: Later<Int64>
    var names: LineNames.Found?
    if let terms {
      let found = transaction.later(LineNames(tenant: context.tenant.id, line: terms.line))
      numbers = transaction.later(NextNumber("incident", of: context.tenant.id))
      try await clocks.start(under: terms, facts: facts, at: openedAt, now: context.now, history: history(input, times), in: transaction)
      names = try found.first
    } else {
      numbers = transaction.later(NextNumber("incident", of: context.tenant.id))
      try await transaction.flush()
    }
    guard let number = try numbers.first else { throw Failure(.internal, OperationMessages.internalFault, debug: "no number") }
    let ticket = Ticket(
      id: id, publicId: context.random.publicIdBits(), number: number, title: input.title, description: input.description, requester: requester,
      unit: unit, contract: names?.contract, line: names?.line, lineReason: (terms?.reason ?? .noneInForce).rawValue, impact: input.impact,
      urgency: input.urgency, priority: priority, category: input.category, source: source, nature: input.nature, service: service,
      serviceCategory: serviceCategory, ciTier: ciTier, state: .new, openedAt: openedAt,
      reopenCount: 0, lastSeq: 0, updatedAt: context.now, version: 1, standIn: next.standIn)
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
    if let team { try await work.give(to: team) }
    if let rules { try await work.dispatch(by: try rules.rows.map(\.rule), dispatchFacts) }
    if let resolution = input.resolution {
      try await work.takeOn()
      try work.resolve(resolution, input.closureCode, isSaid: input.isCodeSaid, times)
      // What is typed in afterwards was over then.
      if input.closes { try work.close(at: times?.resolvedAt) } else { try await work.planClosing() }
    }
    if let earlier { work.note(TicketEventType.linked, work.link(to: earlier)) }
    var known: Set<GateFact> = cis.named.isEmpty ? [] : [.cis]
    if input.isCodeSaid { known.insert(.closureCode) }
    try await work.pass(gates, known: known, isNew: true)
    work.insert()
    work.save(cis)
    if let earlier { work.enqueueLink(to: earlier) }
    context.subject(context.id(.incident, work.ticket.publicId))
    return work.record
  }

  /// The team that it is given to; nil: none is told. Asked of it is what `incident.assign` asks. A customer's people see no team: whichever they
  /// name is answered like one that there is not.
  private static func team(_ input: Input, _ context: OperationContext) async throws -> Ticket.Reference? {
    guard let named = input.team else { return nil }
    let team = try await context.team(named, "team")
    try require(IncidentFields.work, "team", context)
    if input.resolution != nil { throw Failure.invalid("team", EndingMessages.resolvedNeedsNoTeam) }
    try await context.requireAllowed(team, "team")
    return Ticket.Reference(id: team, publicId: named.random)
  }

  /// What only the staff may tell, and of them only who has the permission for this customer.
  private static func require(_ permission: String, _ path: String, _ context: OperationContext) throws(Failure) {
    guard context.principal.side == .staff else { throw Failure.invalid(path, DeskMessages.staffOnly) }
    let may = context.principal.access(permission, honouring: [.listed, .all], at: context.now)?.reaches(context.tenant.id) ?? false
    guard may else { throw Failure.invalid(path, OperationMessages.denied, ["permission": permission]) }
  }

  private static func openedAt(_ input: Input, _ context: OperationContext) throws -> Instant {
    let isStaff = context.principal.side == .staff
    if input.resolution != nil { try require(IncidentFields.work, "resolution", context) }
    if input.closes { try require("incident.close", "close", context) }
    guard let openedAt = input.openedAt else { return context.now }
    guard isStaff else { throw Failure.invalid("openedAt", DeskMessages.staffOnly) }
    guard openedAt <= context.now else { throw Failure.invalid("openedAt", DeskMessages.openedInFuture) }
    guard openedAt >= context.now.adding(seconds: -backDatingDays * 86_400) else {
      throw Failure.invalid("openedAt", DeskMessages.openedTooEarly, ["days": String(backDatingDays)])
    }
    return openedAt
  }

  /// When it was answered and resolved, of what is told afterwards; nil: now.
  private static func times(_ input: Input, openedAt: Instant, _ context: OperationContext) throws(Failure) -> ResolutionTimes? {
    guard input.resolution != nil, input.respondedAt != nil || input.resolvedAt != nil else { return nil }
    let resolvedAt = input.resolvedAt ?? context.now
    let respondedAt = input.respondedAt ?? resolvedAt
    for (instant, field) in [(input.respondedAt, "respondedAt"), (input.resolvedAt, "resolvedAt")] {
      if let instant, instant > context.now { throw Failure.invalid(field, DeskMessages.openedInFuture) }
    }
    guard respondedAt >= openedAt else {
      throw Failure.invalid(input.respondedAt == nil ? "resolvedAt" : "respondedAt", EndingMessages.timesInOrder, ["from": openedAt.description])
    }
    guard resolvedAt >= respondedAt else { throw Failure.invalid("resolvedAt", EndingMessages.timesInOrder, ["from": respondedAt.description]) }
    return ResolutionTimes(respondedAt: respondedAt, resolvedAt: resolvedAt)
  }

  /// What clocks are told before time is let pass for them.
  private static func history(_ input: Input, _ times: ResolutionTimes?) -> [(act: ClockAct, at: Instant)] {
    guard let times else { return [] }
    var history: [(act: ClockAct, at: Instant)] = [(.responded, times.respondedAt), (.resolved, times.resolvedAt)]
    if input.closes { history.append((.closed, times.resolvedAt)) }
    return history
  }

  private static func earlierTicket(_ id: PublicId, in context: OperationContext) async throws -> Ticket {
    let found = TicketByPublicId(tenant: context.tenant.id, publicId: id, scope: context.access.rows)
    guard let ticket = try await context.transaction.first(found) else { throw context.unknownReference("relatesTo") }
    // Before the customer's counter, as everybody does who needs both.
    try await TicketNews.hold([ticket.id], of: context.tenant.id, in: context.transaction)
    return ticket
  }

  /// Whom it concerns, and where. A customer's person reports for himself unless he says otherwise, and only what his row
  /// scope would let him see afterwards.
  private static func who(_ input: Input, _ context: OperationContext) async throws -> (Ticket.Reference?, Ticket.Reference?) {
    let found: PersonForTicket.Found?
    if let requester = input.requester {
      found = try await context.transaction.first(PersonForTicket(tenant: context.tenant.id, publicId: requester.random, id: nil))
      guard let person = found else { throw context.unknownReference("requester") }
      guard !person.hasLeft else { throw Failure.invalid("requester", AccountMessages.personLeft) }
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

/// When what is told afterwards was answered and resolved.
struct ResolutionTimes: Sendable {
  let respondedAt: Instant
  let resolvedAt: Instant
}

extension TicketWork {
  /// Resolves it, with words and a code.
  /// - Parameters:
  ///   - isSaid: whether somebody said the code.
  ///   - times: nil: now.
  mutating func resolve(_ resolution: String, _ code: ClosureCode, isSaid: Bool, _ times: ResolutionTimes? = nil) throws(Failure) {
    // The history has the answer as an event of its own, where it came before.
    if let times, times.respondedAt < times.resolvedAt, try observeResponse(at: times.respondedAt) {
      note(TicketEventType.started, .object(["firstResponse": .bool(true)]), at: times.respondedAt)
    }
    let isFirstResponse = try move(.resolve, at: times?.resolvedAt)
    ticket.resolution = resolution
    ticket.closureCode = code
    var told = [Value.Member("code", .text(code.rawValue)), Value.Member("firstResponse", .bool(isFirstResponse))]
    // For the gates that ask for it.
    if isSaid { told.append(Value.Member("codeSaid", .bool(true))) }
    note(TicketEventType.resolved, .object(told), at: times?.resolvedAt)
  }

  /// Closes what is resolved.
  /// - Parameters:
  ///   - instant: when it was; nil: now.
  ///   - code: how it ended, where that is said now; nil: as it was said when it was resolved.
  mutating func close(at instant: Instant? = nil, code: ClosureCode? = nil) throws(Failure) {
    try move(.close, at: instant)
    if let code { ticket.closureCode = code }
    let isByTime = context.actor.kind == .system
    let told: [Value.Member?] = [isByTime ? Value.Member("timeOut", .bool(true)) : nil, code.map { Value.Member("code", .text($0.rawValue)) }]
    note(TicketEventType.closed, .object(told.compactMap(\.self)), at: instant)
  }

  /// For the history of both: what this one is to an earlier one.
  fileprivate func link(to earlier: Ticket) -> Value {
    .object([
      "kind": .text(LinkKind.relatesTo.rawValue), "from": .id(context.id(.incident, ticket.publicId)), "to": .id(context.id(.incident, earlier.publicId)),
    ])
  }

  /// After the ticket's own row.
  fileprivate func enqueueLink(to earlier: Ticket) {
    let (tenant, actor, now) = (context.tenant.id, context.actor, context.now)
    context.transaction.enqueue(
      InsertLink(
        tenant: tenant, from: min(ticket.id, earlier.id), to: max(ticket.id, earlier.id), kind: .relatesTo, actor: actor, now: now))
    context.transaction.enqueue(TicketNote(TicketEventType.linked, link(to: earlier), on: earlier.id, of: tenant, by: actor, at: now))
  }
}

extension OperationContext {
  /// How an incident reached us of which nobody says it: what a customer's people record themselves by the portal, what a programme does by the API. How it came
  /// to the staff, by telephone or across the counter, only they know.
  var usualSource: String? {
    switch actor.kind {
    case .customer: "portal"
    case .service: "api"
    case .staff, .operator, .system, .anonymous: nil
    }
  }

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
