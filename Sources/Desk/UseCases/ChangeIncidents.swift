import Attributes
import Contracts
import Gates
import Kernel
import Operations
import ServiceLevels

/// Changes what is written in an incident, and whom it concerns. A service that it has from its category, or that it has not, follows the category;
/// its line follows the service, the requester and the unit.
package enum ChangeIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let title: Change<String>
    let description: Change<String>
    let category: Change<String>
    let source: Change<String>
    let nature: Change<String>
    let requester: Change<PublicId>
    let unit: Change<PublicId>
    let attributes: Change<Value>

    static let unitField = Field.id(
      "unit", .unit, "The site or department; when another requester is named and this is not, his, where it was the former one's.",
      "站点或部门；仅更换请求人时，若原为前请求人所属单位则改为新请求人的单位。"
    ).clearable

    package static let fields: [any InputField] = [
      IncidentFields.id, IncidentFields.title.change, IncidentFields.description.change, IncidentFields.category.clearable,
      IncidentFields.source.clearable, IncidentFields.nature.clearable, IncidentFields.requester.clearable, unitField,
      AttributeFields.attributes.change,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      title = try values[IncidentFields.title.change]
      description = try values[IncidentFields.description.change]
      category = try values[IncidentFields.category.clearable]
      source = try values[IncidentFields.source.clearable]
      nature = try values[IncidentFields.nature.clearable]
      requester = try values[IncidentFields.requester.clearable]
      unit = try values[Self.unitField]
      attributes = try values[AttributeFields.attributes.change]
    }

    fileprivate var isEmpty: Bool {
      title.isKeep && description.isKeep && category.isKeep && source.isKeep && nature.isKeep && requester.isKeep && unit.isKeep
    }
  }

  package static let declaration = Declaration(
    "incident.change", "Change an incident's title, description, category, source, nature, requester, unit or custom attributes; its contract line follows.",
    zh: "修改事件的标题、描述、分类、来源、性质、请求人、站点或部门、自定义属性；合同行随之变化。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    let attributes = try context.told(input.attributes.applied(to: nil), of: .incident)
    guard !input.isEmpty || attributes != nil else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    let codes = context.codes([
      (.category, input.category, "category"), (.source, input.source, "source"), (.nature, input.nature, "nature"),
    ])
    var work = try await TicketWork.begin(on: input.id, in: context)
    let before = work.ticket
    try work.requireNotClosed()
    _ = try codes.usable(besides: [.category: work.ticket.category, .source: work.ticket.source, .nature: work.ticket.nature])
    work.ticket.title = input.title.applied(to: work.ticket.title)
    work.ticket.description = input.description.applied(to: work.ticket.description)
    work.ticket.category = input.category.applied(to: work.ticket.category)
    work.ticket.source = input.source.applied(to: work.ticket.source)
    work.ticket.nature = input.nature.applied(to: work.ticket.nature)
    try await work.correct(requester: input.requester, unit: input.unit)
    let changed = work.ticket.changes(since: before, in: context)
    let edit = try await attributes?.applied(to: before.attributes, of: context.tenant.id, category: work.ticket.category)
    // What is said as it stands changes nothing: whoever read it need not read it again.
    if changed.isEmpty, edit?.isEmpty ?? true { return work.record }
    work.note(changed)
    work.tell(edit)
    if work.ticket.category != before.category { try await work.takeServiceOfCategory() }
    try await work.follow(before)
    // Who hears only now that it is resolved has his time to object from now on.
    if let requester = work.ticket.requester, requester.id != before.requester?.id, work.ticket.closesAt != nil { try await work.planClosing() }
    try await work.dispatchAnew(since: before)
    work.save()
    return work.record
  }
}

/// Sets impact, urgency, service, CIs, CI tier and contract line. The priority and the clocks follow, unless somebody locked the
/// targets; used time stays used. A tier or service that nobody named is that of the CIs (``CiChoice``), a service else of the category.
package enum ClassifyIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let impact: Change<Int64>
    let urgency: Change<Int64>
    let service: Change<String>
    let ciTier: Change<String>
    let line: Change<PublicId>
    let cis: ChangedCisInput

    static let lineField = Field.id(
      "contractLine", .contractLine, "The contract line under which it is judged; null: chosen by the contract's own rules.", "适用的合同行；null 表示按合同规则自动选择。"
    ).clearable
    package static let fields: [any InputField] = [
      IncidentFields.id, RatingFields.impact.change, RatingFields.urgency.change, IncidentFields.service.clearable, IncidentFields.ciTier.clearable,
      lineField, NamedCisInput.cis.clearable, NamedCisInput.sharedCis.clearable, NamedCisInput.primaryCi.clearable,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      impact = try values[RatingFields.impact.change]
      urgency = try values[RatingFields.urgency.change]
      service = try values[IncidentFields.service.clearable]
      ciTier = try values[IncidentFields.ciTier.clearable]
      line = try values[Self.lineField]
      cis = try ChangedCisInput(values)
    }

    var isEmpty: Bool { impact.isKeep && urgency.isKeep && line.isKeep && !bearsOnCis }
    /// Whether its CIs have a say in what it changes.
    var bearsOnCis: Bool { !(service.isKeep && ciTier.isKeep && cis.isEmpty) }
  }

  package static let declaration = Declaration(
    "incident.classify", "Set an incident's impact, urgency, service, CIs, CI tier or contract line; priority and clocks follow.",
    zh: "设置事件的影响、紧急度、服务、配置项、配置项等级或合同行，优先级和时钟随之变化。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    guard !input.isEmpty else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    let told = NamedCode.rating(impact: input.impact.applied(to: nil), urgency: input.urgency.applied(to: nil))
    let ratings = told.isEmpty ? nil : context.codes(told)
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    let before = work.ticket
    _ = try ratings?.usable(besides: [.impact: String(before.impact), .urgency: String(before.urgency)])
    if before.targetsLocked, !input.line.isKeep { throw Failure(.conflict, DeskMessages.targetsLocked) }
    work.ticket.impact = input.impact.applied(to: before.impact)
    work.ticket.urgency = input.urgency.applied(to: before.urgency)
    let priority = try await context.priority(of: context.tenant.id, impact: work.ticket.impact, urgency: work.ticket.urgency)
    work.ticket.priority = priority
    try await setFacts(input, &work)
    let cis: TicketCis? =
      if input.bearsOnCis { try await chooseByCis(input, &work) } else { nil }
    let terms = try await work.chooseLine(
      input.line, coveredBy: try await coveringLines(input, work, cis), followsService: work.lineFollowsService(since: before))
    if let cis { work.note(cis) }
    if work.ticket.facts != before.facts || work.ticket.hasOtherLine(than: before) {
      let history = try await work.history()
      try await work.retarget(under: terms, history)
      if work.ticket.facts != before.facts { try await work.retargetTurn(history) }
    }
    guard work.isClassifiedAnew(since: before, cis) else { return work.record }
    if priority != before.priority { work.tell { $0.classify(priority, $1) } }
    work.note(TicketEventType.classified, change(from: before, to: work, cis))
    try await work.dispatchAnew(since: before, cis)
    work.save()
    if let cis { work.save(cis) }
    return work.record
  }

  /// What the history tells of a classification.
  static func change(from before: Ticket, to work: TicketWork, _ cis: TicketCis?) -> Value {
    let context = work.context
    let told: [Value.Member] = [
      Value.Member("from", classification(of: before, context)), Value.Member("to", classification(of: work.ticket, context)),
      Value.Member("explicitlyNone", work.explicitlyNone),
    ]
    // Where they were not asked, nothing is said of what CIs and category gave: null would say that a person named it.
    if let cis {
      return .object(told + [Value.Member("tierFrom", context.tierFrom(cis)), Value.Member("serviceFrom", context.serviceFrom(work.ticket, cis))])
    }
    let isOfCategory = before.serviceCategory != work.ticket.serviceCategory
    return .object(told + (isOfCategory ? [Value.Member("serviceFrom", context.serviceFrom(work.ticket))] : []))
  }

  /// Nil: its CIs have no say in its line.
  private static func coveringLines(_ input: Input, _ work: TicketWork, _ cis: TicketCis?) async throws -> [Int64]? {
    switch input.line {
    case .keep: return cis.flatMap(work.linesThatCount)
    case .set: return nil
    case .clear:
      if let cis { return cis.linesInOrder }
      return try await work.coveringLines()
    }
  }

  private static func chooseByCis(_ input: Input, _ work: inout TicketWork) async throws -> TicketCis {
    var cis = try await work.cis()
    if !input.ciTier.isKeep { cis.tierIsNamed = work.ticket.ciTier != nil }
    if !input.service.isKeep { cis.serviceIsNamed = work.ticket.service != nil }
    try await work.context.change(input.cis, in: &cis, openedAt: work.ticket.openedAt)
    try await work.choose(by: &cis)
    return cis
  }

  private static func setFacts(_ input: Input, _ work: inout TicketWork) async throws {
    let context = work.context
    switch input.service {
    case .keep: break
    case .clear: work.ticket.service = nil
    case .set(let code):
      guard let service = try await context.transaction.first(context.serviceOfTicket(code)) else { throw context.unknownReference("service") }
      work.ticket.service = Ticket.Service(id: service, code: code)
    }
    switch input.ciTier {
    case .keep: break
    case .clear: work.ticket.ciTier = nil
    case .set(let code):
      guard let tier = try await context.transaction.first(CiTierByCode(code: code)) else { throw context.unknownReference("ciTier") }
      work.ticket.ciTier = tier
    }
  }

  private static func classification(of ticket: Ticket, _ context: OperationContext) -> Value {
    .object([
      "impact": .integer(ticket.impact), "urgency": .integer(ticket.urgency), "priority": .integer(ticket.priority),
      "service": .text(ticket.service?.code), "ciTier": .text(ticket.ciTier),
      "contractLine": .id(ticket.line.map { context.id(.contractLine, $0.publicId) }), "lineReason": .text(ticket.lineReason),
    ])
  }
}

/// Gives it to a team, or to a member of the staff.
package enum AssignIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let team: Change<PublicId>
    let assignee: Change<PublicId>
    let answers: GateAnswers

    static let teamField = Field.id("team", .team, "The team that works on it; null: none.", "处理团队；null 表示无。").clearable
    static let assigneeField = Field.id("assignee", .staff, "Who works on it; null: nobody yet.", "处理人；null 表示尚无。").clearable
    package static let fields: [any InputField] = [IncidentFields.id, teamField, assigneeField] + GateAnswers.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      team = try values[Self.teamField]
      assignee = try values[Self.assigneeField]
      answers = try GateAnswers(values)
    }
  }

  package static let declaration = Declaration(
    "incident.assign", "Give an incident to a team or a member of the staff.", zh: "将事件分派给团队或人员。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    guard !(input.team.isKeep && input.assignee.isKeep) else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    let gates = try context.gates(before: [.assign], of: input.id, input.answers)
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireOpen()
    switch input.team {
    case .keep: break
    case .clear: work.ticket.team = nil
    case .set(let team):
      let named = try await context.team(team, "team")
      // Whoever has it may keep it, whatever became of the customer's delivery model.
      if named == work.ticket.team?.id { work.turn?.confirm() } else { try await context.requireAllowed(named, "team") }
      work.ticket.team = Ticket.Reference(id: named, publicId: team.random)
    }
    if !input.team.isKeep { try await work.handOver(to: work.ticket.team) }
    switch input.assignee {
    case .keep: break
    case .clear: work.ticket.assignee = nil
    case .set(let staff):
      let worker = try await context.worker(staff, "assignee")
      guard worker?.mayWork ?? true else { throw Failure.invalid("assignee", SpineMessages.mayNotWork) }
      work.ticket.assignee = worker?.reference
    }
    work.note(
      TicketEventType.assigned,
      .object([
        "team": .id(work.ticket.team.map { context.id(.team, $0.publicId) }),
        "assignee": .id(work.ticket.assignee.map { context.id(.staff, $0.publicId) }), "turn": .integer(work.turn?.seq),
        // Whether the team has it only since now: that it names somebody is no news to the others.
        "given": .bool(work.turn?.isNew ?? false),
      ]))
    // The first who is to work on it answers for it; who stayed assigned when he lost the right does not again.
    if work.ticket.owner == nil, let assignee = work.ticket.assignee, try await context.mayWork(assignee) {
      work.own(assignee, isAssigned: true)
    }
    try await work.pass(gates)
    work.save()
    return work.record
  }
}

extension OperationContext {
  /// A member of the staff who is to work on the customer's tickets, as a body names him, and whether he may. The provider's tenant is bound.
  func worker(_ staff: PublicId?, _ path: String) async throws -> (reference: Ticket.Reference, mayWork: Bool)? {
    guard let staff else { return nil }
    guard let found = try await transaction.first(rightToWork(of: staff)), found.party.kind == Actor.Kind.staff.rawValue else {
      throw unknownReference(path)
    }
    return (Ticket.Reference(id: found.party.id, publicId: staff.random), found.may)
  }

  /// Whether a member of the staff is still there and may work on the customer's tickets.
  fileprivate func mayWork(_ staff: Ticket.Reference) async throws -> Bool {
    try await transaction.first(rightToWork(of: id(.staff, staff.publicId)))?.may ?? false
  }

  private func rightToWork(of staff: PublicId) -> AccountAtCustomer {
    AccountAtCustomer(home: provider.id, publicId: staff, permission: IncidentFields.work, customer: tenant.id, now: now)
  }
}

extension Ticket {
  /// What was written in it otherwise than before.
  fileprivate func changes(since before: Ticket, in context: OperationContext) -> [FieldChange] {
    func person(_ ticket: Ticket) -> Value { .id(ticket.requester.map { context.id(.person, $0.publicId) }) }
    func unit(_ ticket: Ticket) -> Value { .id(ticket.unit.map { context.id(.unit, $0.publicId) }) }
    let told: [FieldChange] = [
      .text("title", before.title, title), .text("description", before.description, description),
      .code("category", .text(before.category), .text(category)), .code("source", .text(before.source), .text(source)),
      .code("nature", .text(before.nature), .text(nature)), .code("requester", person(before), person(self)), .code("unit", unit(before), unit(self)),
    ]
    return told.real
  }
}

extension TicketWork {
  /// Whether a classification says anything that did not stand there.
  fileprivate func isClassifiedAnew(since before: Ticket, _ cis: TicketCis?) -> Bool {
    (ticket.impact, ticket.urgency, ticket.priority) != (before.impact, before.urgency, before.priority) || ticket.facts != before.facts
      || ticket.serviceCategory != before.serviceCategory || ticket.line?.id != before.line?.id || ticket.lineReason != before.lineReason
      || cis.map { $0.isChanged || !$0.remarked.isEmpty } ?? false
  }
}
