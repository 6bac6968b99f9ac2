import Contracts
import Kernel
import Operations
import ServiceLevels

/// Changes what is written in an incident.
package enum ChangeIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let title: Change<String>
    let description: Change<String>
    let category: Change<String>

    package static let fields: [any InputField] = [
      IncidentFields.id, IncidentFields.title.change, IncidentFields.description.change, IncidentFields.category.clearable,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      title = try values[IncidentFields.title.change]
      description = try values[IncidentFields.description.change]
      category = try values[IncidentFields.category.clearable]
    }
  }

  package static let declaration = Declaration(
    "incident.change", "Change an incident's title, description or category.", zh: "修改事件的标题、描述或分类。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    let changed = [("title", input.title.isKeep), ("description", input.description.isKeep), ("category", input.category.isKeep)].filter { !$0.1 }
    guard !changed.isEmpty else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    work.ticket.title = input.title.applied(to: work.ticket.title)
    work.ticket.description = input.description.applied(to: work.ticket.description)
    work.ticket.category = input.category.applied(to: work.ticket.category)
    work.note(TicketEventType.changed, .object(["fields": .array(changed.map { .text($0.0) })]))
    work.save()
    return work.record
  }
}

/// Sets impact, urgency and contract line. The priority and the clocks follow; used time stays used.
package enum ClassifyIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let impact: Change<Int64>
    let urgency: Change<Int64>
    let line: Change<PublicId>

    static let lineField = Field.id(
      "contractLine", .contractLine, "The contract line under which it is judged; null: chosen by the contract's own rules.", "适用的合同行；null 表示按合同规则自动选择。"
    ).clearable
    package static let fields: [any InputField] = [IncidentFields.id, IncidentFields.impact.change, IncidentFields.urgency.change, lineField]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      impact = try values[IncidentFields.impact.change]
      urgency = try values[IncidentFields.urgency.change]
      line = try values[Self.lineField]
    }
  }

  package static let declaration = Declaration(
    "incident.classify", "Set an incident's impact, urgency or contract line; priority and clocks follow.", zh: "设置事件的影响、紧急度或合同行，优先级和时钟随之变化。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    guard !(input.impact.isKeep && input.urgency.isKeep && input.line.isKeep) else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    var work = try await TicketWork.begin(on: input.id, in: context)
    try work.requireNotClosed()
    let before = work.ticket
    work.ticket.impact = input.impact.applied(to: before.impact)
    work.ticket.urgency = input.urgency.applied(to: before.urgency)
    guard let priority = try await context.transaction.first(PriorityOf(impact: work.ticket.impact, urgency: work.ticket.urgency)) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "the priority matrix has a hole")
    }
    work.ticket.priority = priority
    let terms = try await chooseLine(input.line, &work)
    if priority != before.priority || work.ticket.line != before.line {
      let history = try await context.transaction.query(
        EventsOfTicket(
          tenant: context.tenant.id, ticket: before.id, afterSeq: 0, includesInternal: true, recordedFrom: before.openedAt, limit: 10_000))
      try await work.clocks.retarget(
        under: terms, priority: priority, openedAt: before.openedAt, at: context.now, history: ClockReplay.acts(history), in: context.transaction)
    }
    if priority != before.priority { work.tell { $0.classify(priority, $1) } }
    work.note(TicketEventType.classified, .object(["from": classification(of: before, context), "to": classification(of: work.ticket, context)]))
    work.save()
    return work.record
  }

  /// The line that counts after the change: of the time when the ticket was opened, as for every ticket.
  private static func chooseLine(_ change: Change<PublicId>, _ work: inout TicketWork) async throws -> LineTerms? {
    let context = work.context
    let explicit: Int64?
    switch change {
    case .keep:
      guard let line = work.ticket.line else { return nil }
      explicit = line.id
    case .clear: explicit = nil
    case .set(let line): explicit = try await context.line(line, "contractLine")
    }
    let terms = try await ContractTerms.line(
      tenant: context.tenant.id, person: work.ticket.requester?.id, unit: work.ticket.unit?.id, at: work.ticket.openedAt, explicit: explicit,
      in: context.transaction)
    if change.isKeep { return terms?.with(LineReason(rawValue: work.ticket.lineReason) ?? .explicit) }
    if explicit != nil, terms == nil { throw Failure.invalid("contractLine", DeskMessages.lineNotInForce) }
    let names: LineNames.Found? =
      if let terms { try await context.transaction.first(LineNames(tenant: context.tenant.id, line: terms.line)) } else { nil }
    work.ticket.contract = names?.contract
    work.ticket.line = names?.line
    work.ticket.lineReason = (terms?.reason ?? .noneInForce).rawValue
    return terms
  }

  private static func classification(of ticket: Ticket, _ context: OperationContext) -> Value {
    .object([
      "impact": .integer(ticket.impact), "urgency": .integer(ticket.urgency), "priority": .integer(ticket.priority),
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

    static let teamField = Field.id("team", .team, "The team that works on it; null: none.", "处理团队；null 表示无。").clearable
    static let assigneeField = Field.id("assignee", .staff, "Who works on it; null: nobody yet.", "处理人；null 表示尚无。").clearable
    package static let fields: [any InputField] = [IncidentFields.id, teamField, assigneeField]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      team = try values[Self.teamField]
      assignee = try values[Self.assigneeField]
    }
  }

  package static let declaration = Declaration(
    "incident.assign", "Give an incident to a team or a member of the staff.", zh: "将事件分派给团队或人员。", permission: IncidentFields.work,
    roles: IncidentFields.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    guard !(input.team.isKeep && input.assignee.isKeep) else { throw Failure.invalid("", DeskMessages.nothingToChange) }
    var work = try await TicketWork.begin(on: input.id, in: context)
    guard work.ticket.state.isOpen else { throw Failure(.conflict, DeskMessages.notOpen) }
    switch input.team {
    case .keep: break
    case .clear: work.ticket.team = nil
    case .set(let team): work.ticket.team = Ticket.Reference(id: try await context.team(team, "team"), publicId: team.random)
    }
    switch input.assignee {
    case .keep: break
    case .clear: work.ticket.assignee = nil
    case .set(let staff):
      guard let id = try await context.transaction.first(StaffByPublicId(provider: context.provider.id, publicId: staff)) else {
        throw context.unknownReference("assignee")
      }
      work.ticket.assignee = Ticket.Reference(id: id, publicId: staff.random)
    }
    work.note(
      TicketEventType.assigned,
      .object([
        "team": .id(work.ticket.team.map { context.id(.team, $0.publicId) }),
        "assignee": .id(work.ticket.assignee.map { context.id(.staff, $0.publicId) }),
      ]))
    work.save()
    return work.record
  }
}

extension TicketWork {
  func requireNotClosed() throws(Failure) {
    guard ticket.state != .closed else { throw Failure(.conflict, DeskMessages.isClosed) }
  }
}
