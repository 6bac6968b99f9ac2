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
    try origin.requireOpen()
    let codes = context.codes(input.category.map { [NamedCode(.category, $0, at: "category")] } ?? [])
    let history = try await context.transaction.query(
      EventsOfTicket(
        tenant: context.tenant.id, ticket: origin.ticket.id, afterSeq: 0, includesInternal: true, recordedFrom: origin.ticket.openedAt, limit: 10_000))
    _ = try codes.usable(besides: [.category: origin.ticket.category])
    let past = history.filter(ClockReplay.bearsOnClocks)
    guard let next = try await context.transaction.first(NextTicketId(tenant: context.tenant.id)) else { throw Failure.notFound }
    let id = next.id
    var facts = try await facts(of: origin.ticket, history, in: context)
    let service = try await service(input, of: origin.ticket, in: context)
    if !origin.ticket.targetsLocked { facts.service = service.service }
    let clocks = try await clocks(of: id, origin.ticket, facts, past, in: context)
    guard let number = try await context.transaction.first(NextNumber("incident", of: context.tenant.id)) else { throw Failure.notFound }
    var work = TicketWork(context: context, ticket: ticket(id, number, of: origin.ticket, service, input, context), clocks: clocks)
    let cis = try await context.transaction.query(CisOfTicket(tenant: context.tenant.id, ticket: origin.ticket.id))
    func told(_ ci: TicketCiRow) -> Value { .id(context.id(of: ci.key)) }
    work.ticket.standIn = next.standIn
    work.begin(priority: work.ticket.priority)
    work.note(
      TicketEventType.opened,
      .object([
        "splitFrom": .id(input.id), "priority": .integer(facts.priority), "service": .text(facts.service?.code), "ciTier": .text(facts.ciTier),
        "tierFrom": cis.first(where: \.gaveTier).map(told) ?? .null,
        "serviceFrom": cis.first(where: \.gaveService).map(told) ?? context.serviceFrom(work.ticket), "backDated": .bool(true),
      ]))
    for event in past { work.inherit(event, from: input.id) }
    if !cis.isEmpty {
      let primary = cis.first(where: \.isPrimary).map(told) ?? .null
      work.note(TicketEventType.cisChanged, .object(["added": .array(cis.map(told)), "removed": .array([]), "primary": primary]))
    }
    work.carryAttributes(of: origin.ticket)
    if origin.ticket.owner != nil { work.noteOwner(before: nil) }
    var lock: (seq: Int64, reason: String)?
    if origin.ticket.targetsLocked, let held = try await context.transaction.first(NewestTargetLock(tenant: context.tenant.id, ticket: origin.ticket.id)) {
      lock = (work.markLock(true), held.reason)
    }
    if origin.ticket.state == .pending {
      work.tell { $0.append(.resumed, $1) }
      work.note(TicketEventType.resumed)
    }
    if next.hasRules {
      let facts = work.dispatchFacts(cis.map(\.key))
      let rules = try await context.transaction.query(DispatchCandidates(tenant: context.tenant.id, ticket: nil, facts: facts))
      try await work.dispatch(by: rules.map(\.rule), facts)
    }
    work.insert()
    context.transaction.enqueue(
      CopyTicketCis(
        tenant: context.tenant.id, from: origin.ticket.id, to: id, openedAt: origin.ticket.openedAt, principal: context.principal, now: context.now))
    if let lock { work.recordLock(true, seq: lock.seq, because: lock.reason) }
    let made = context.id(.incident, work.ticket.publicId)
    origin.note(TicketEventType.split, .object(["incident": .id(made)]))
    origin.save(countsVersion: false)
    context.subject(made)
    return work.record
  }

  /// A part of another category is about that one's service, where the whole has its service from its category, or none.
  private static func service(
    _ input: Input, of origin: Ticket, in context: OperationContext
  ) async throws -> (service: Ticket.Service?, category: String?) {
    guard let category = input.category, category != origin.category, origin.service == nil || origin.serviceCategory != nil else {
      return (origin.service, origin.serviceCategory)
    }
    let found = try await context.service(ofCategory: category, at: origin.openedAt)
    return (found?.service, found?.key)
  }

  /// What targets are chosen by.
  private struct Facts {
    var priority: Int64
    var service: Ticket.Service?
    var ciTier: String?

    var target: TargetFacts { TargetFacts(ticketType: .incident, priority: priority, service: service?.id, ciTier: ciTier) }
  }

  /// Those of now; where the targets are locked, those of when they were, for the lock holds for both parts.
  private static func facts(of origin: Ticket, _ history: [TicketEventRow], in context: OperationContext) async throws -> Facts {
    var facts = Facts(priority: origin.priority, service: origin.service, ciTier: origin.ciTier)
    guard origin.targetsLocked, let lock = history.lastIndex(where: { $0.type == TicketEventType.targetsLocked }) else { return facts }
    let said = history[..<lock].compactMap { event -> Value? in
      switch event.type {
      case TicketEventType.opened: event.payload
      case TicketEventType.classified: event.payload["to"]
      default: nil
      }
    }.last
    guard let said, let priority = said["priority"]?.integer else { return facts }
    facts.priority = priority
    facts.ciTier = said["ciTier"]?.text
    facts.service = nil
    if let code = said["service"]?.text {
      facts.service = try await context.transaction.first(context.serviceOfTicket(code)).map { Ticket.Service(id: $0, code: code) }
    }
    return facts
  }

  /// Work on the new one begins, so a wait of the first one is none of its own.
  private static func clocks(
    of id: Int64, _ origin: Ticket, _ facts: Facts, _ past: [TicketEventRow], in context: OperationContext
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
      under: terms?.with(LineReason(rawValue: origin.lineReason) ?? .explicit), facts: facts.target, openedAt: origin.openedAt, at: context.now,
      history: history, cause: "split", in: context.transaction)
    return clocks
  }

  private static func ticket(
    _ id: Int64, _ number: Int64, of origin: Ticket, _ service: (service: Ticket.Service?, category: String?), _ input: Input,
    _ context: OperationContext
  ) -> Ticket {
    Ticket(
      id: id, publicId: context.random.publicIdBits(), number: number, title: input.title, description: input.description ?? "",
      requester: origin.requester, unit: origin.unit, contract: origin.contract, line: origin.line, lineReason: origin.lineReason,
      impact: origin.impact, urgency: origin.urgency, priority: origin.priority, category: input.category ?? origin.category,
      source: origin.source, nature: origin.nature,
      service: service.service, serviceCategory: service.category, ciTier: origin.ciTier,
      state: origin.respondedAt == nil ? .new : .active, owner: origin.owner, openedAt: origin.openedAt, respondedAt: origin.respondedAt, reopenCount: 0,
      splitFrom: Ticket.Reference(id: origin.id, publicId: origin.publicId), lastSeq: 0, updatedAt: context.now, version: 1)
  }
}
