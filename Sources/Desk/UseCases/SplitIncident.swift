import Contracts
import Kernel
import Operations
import ServiceLevels

/// An incident turns out to be two: the second one is made of it, opened when the first one was, and with its past. Whoever
/// splits gains no time: its clocks run from the same opening through the same pauses, by the targets of now.
package enum SplitIncident: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let title: String
    let description: String?
    let category: String?

    package static let fields: [any InputField] = [
      IncidentFields.id, IncidentFields.title, IncidentFields.description.optional, IncidentFields.category.optional,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[IncidentFields.id]
      title = try values[IncidentFields.title]
      description = try values[IncidentFields.description.optional]
      category = try values[IncidentFields.category.optional]
    }
  }

  package static let declaration = Declaration(
    "incident.split", "Split an incident: a second one is made of it, with its times and its past.", zh: "拆分事件：由其生成第二个事件，沿用原时间与经过。",
    permission: IncidentFields.work, roles: IncidentFields.workers, reach: .one(by: "id"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> IncidentRecord {
    var origin = try await TicketWork.begin(on: input.id, in: context, comparesVersion: false)
    guard origin.ticket.state.isOpen else { throw Failure(.conflict, DeskMessages.notOpen) }
    let history = try await context.transaction.query(
      EventsOfTicket(
        tenant: context.tenant.id, ticket: origin.ticket.id, afterSeq: 0, includesInternal: true, recordedFrom: origin.ticket.openedAt, limit: 10_000))
    let past = history.filter(ClockReplay.bearsOnClocks)
    guard let id = try await context.transaction.first(NextTicketId()) else { throw Failure.notFound }
    let clocks = try await clocks(of: id, origin.ticket, past, in: context)
    guard let number = try await context.transaction.first(NextTicketNumber(tenant: context.tenant.id)) else { throw Failure.notFound }
    var work = TicketWork(context: context, ticket: ticket(id, number, of: origin.ticket, input, context), clocks: clocks)
    work.begin(priority: work.ticket.priority)
    work.note(TicketEventType.opened, .object(["splitFrom": .id(input.id), "priority": .integer(work.ticket.priority), "backDated": .bool(true)]))
    for event in past { work.inherit(event, from: input.id) }
    if origin.ticket.state == .pending {
      work.tell { $0.append(.resumed, $1) }
      work.note(TicketEventType.resumed)
    }
    work.insert()
    let made = context.id(.incident, work.ticket.publicId)
    origin.note(TicketEventType.split, .object(["incident": .id(made)]))
    origin.save(countsVersion: false)
    context.subject(made)
    return work.record
  }

  /// Work on the new one begins, so a wait of the first one is none of its own.
  private static func clocks(
    of id: Int64, _ origin: Ticket, _ past: [TicketEventRow], in context: OperationContext
  ) async throws -> SubjectClocks {
    var terms: LineTerms?
    if let line = origin.line {
      terms = try await ContractTerms.line(
        tenant: context.tenant.id, unit: origin.unit?.id, at: origin.openedAt, explicit: line.id, in: context.transaction)
    }
    var history = ClockReplay.acts(past)
    if origin.state == .pending { history.append((.resumed, context.now)) }
    var clocks = SubjectClocks(.ticket(id))
    try await clocks.retarget(
      under: terms?.with(LineReason(rawValue: origin.lineReason) ?? .explicit), facts: origin.facts, openedAt: origin.openedAt, at: context.now,
      history: history, cause: "split", in: context.transaction)
    return clocks
  }

  private static func ticket(_ id: Int64, _ number: Int64, of origin: Ticket, _ input: Input, _ context: OperationContext) -> Ticket {
    Ticket(
      id: id, publicId: context.random.publicIdBits(), number: number, title: input.title, description: input.description ?? "",
      requester: origin.requester, unit: origin.unit, contract: origin.contract, line: origin.line, lineReason: origin.lineReason,
      impact: origin.impact, urgency: origin.urgency, priority: origin.priority, category: input.category ?? origin.category,
      service: origin.service, ciTier: origin.ciTier,
      state: origin.respondedAt == nil ? .new : .active, openedAt: origin.openedAt, respondedAt: origin.respondedAt, reopenCount: 0,
      splitFrom: Ticket.Reference(id: origin.id, publicId: origin.publicId), lastSeq: 0, updatedAt: context.now, version: 1)
  }
}
