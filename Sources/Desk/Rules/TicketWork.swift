import Attributes
import Kernel
import Operations
import Postgres
import ServiceLevels

/// A ticket in the hands of an act: read and locked together with its clocks. The act changes it in memory; ``save()``
/// hands everything to the transaction, so that an act costs two round trips and the commit.
struct TicketWork: Sendable {
  let context: OperationContext
  var ticket: Ticket
  /// What the customer was promised.
  var clocks: SubjectClocks
  /// The turn of the team that has it.
  var turn: TeamTurn?
  /// Turns that this act ended.
  var endedTurns: [TeamTurn] = []
  /// What is with suppliers, or was until this act.
  var dispatches: [SupplierTurn] = []
  /// Of an act that ends the ticket: how many of those below it go on.
  var openChildren: Int64?
  let versionRead: Int64
  private let wasOpen: Bool
  /// The clocks whose promises were broken by then; others have told of those.
  var missedRead: Set<Int64>
  /// What it was found by when it was read.
  private let textRead: TicketText
  private var events: [Event] = []
  /// What the act adds to the ticket's story.
  private var story = TicketStory()

  /// Locks the ticket `id`. A ticket outside the caller's row scope is not there.
  /// - Parameter scope: nil: the caller's; for what reaches a ticket by way of another one that the caller may see.
  static func begin(
    on id: PublicId, in context: OperationContext, comparesVersion: Bool = true, scope: RowScope? = nil
  ) async throws -> TicketWork {
    let tenant = context.tenant.id
    let scope = scope ?? context.access.rows
    let (hold, read) = (HoldTicketForChange(tenant: tenant, publicId: id, scope: scope), TicketByPublicId(tenant: tenant, publicId: id, scope: scope))
    let tickets: [Ticket]
    var (turns, dispatches): ([TeamTurn], [SupplierTurn]) = ([], [])
    switch context.principal.side {
    case .staff:
      (_, tickets, turns, dispatches) = try await context.transaction.query(
        hold, read, OpenTurn(tenant: tenant, ticket: id), OpenDispatches(tenant: tenant, ticket: id))
    // What a customer's people do bears on no turn that goes on.
    case .customer: (_, tickets) = try await context.transaction.query(hold, read)
    }
    guard let ticket = tickets.first else { throw Failure.notFound }
    if comparesVersion { try context.requireVersion(ticket.version) }
    context.subject(id)
    let subjects = [.ticket(ticket.id)] + turns.map(\.clocks.subject) + dispatches.map(\.clocks.subject)
    let clocks = try await SubjectClocks.load(subjects, tenant: tenant, at: context.now, in: context.transaction)
    var work = TicketWork(context: context, ticket: ticket, clocks: clocks[.ticket(ticket.id)] ?? SubjectClocks(.ticket(ticket.id)))
    work.turn = turns.first?.with(clocks)
    work.dispatches = dispatches.map { $0.with(clocks) }
    for clocks in work.clocksOfTurns { work.missedRead.formUnion(clocks.missed) }
    return work
  }

  init(context: OperationContext, ticket: Ticket, clocks: SubjectClocks) {
    self.context = context
    self.ticket = ticket
    self.clocks = clocks
    versionRead = ticket.version
    wasOpen = ticket.state.isOpen
    missedRead = clocks.missed
    textRead = TicketText(ticket)
  }

  /// Adds an event to the history. Its payload holds codes and ids, never what somebody wrote.
  /// - Parameter instant: when it happened; nil: now.
  mutating func note(_ type: String, _ payload: Value = .object([]), at instant: Instant? = nil) {
    ticket.lastSeq += 1
    events.append(
      Event(subjectKind: "ticket", subject: ticket.id, seq: ticket.lastSeq, type: type, payload: payload, occurredAt: instant ?? context.now))
  }

  /// Tells the history which fields were written anew. What texts were and became lies beside it, so that it can be erased.
  mutating func note(_ changes: [FieldChange]) {
    guard !changes.isEmpty else { return }
    note(TicketEventType.changed, .object(changes.payload))
    context.transaction.keep(changes, of: "ticket", ticket.id, seq: ticket.lastSeq, tenant: context.tenant.id, internal: false, at: context.now)
  }

  /// For the history: the metrics for which the target that was just chosen explicitly promises nothing; null: none.
  var explicitlyNone: Value { clocks.explicitlyNone.isEmpty ? .null : .array(clocks.explicitlyNone.map { .text($0.rawValue) }) }

  /// Begins the story of a ticket that is about to be made.
  mutating func begin(priority: Int64) { story = TicketStory(opened: ticket.openedAt, priority: priority) }

  /// Adds to the story what no move of the life cycle tells.
  mutating func tell(_ tell: (inout TicketStory, Instant) -> Void) { tell(&story, context.now) }

  /// Takes an event of the ticket that this one was split from over into its own past.
  mutating func inherit(_ event: TicketEventRow, from origin: PublicId) {
    ClockReplay.tell(event, in: &story)
    ticket.lastSeq += 1
    let payload = Value.object((event.payload.members ?? []) + [Value.Member("splitFrom", .id(origin))])
    events.append(
      Event(subjectKind: "ticket", subject: ticket.id, seq: ticket.lastSeq, type: event.type, payload: payload, occurredAt: event.occurredAt))
  }

  /// Sends the ticket along its life cycle and does what that asks for.
  /// - Parameter instant: when it happened, if that is told afterwards; nil: now.
  /// - Returns: whether this was the first response.
  @discardableResult mutating func move(
    _ act: TicketAct, reason: PendingReason? = nil, evidence: String? = nil, at instant: Instant? = nil
  ) throws(Failure) -> Bool {
    guard let transition = ticket.state.after(act) else { throw refusal(of: act) }
    let at = instant ?? context.now
    var isFirstResponse = false
    ticket.state = transition.state
    // Whoever resolves it says when it closes (``planClosing()``).
    ticket.closesAt = nil
    ticket.pendingReason = transition.state == .pending ? reason?.rawValue : nil
    for duty in transition.duties {
      switch duty {
      case .observeResponse:
        isFirstResponse = try observeResponse(at: at)
        try acceptTurn()
      case .observeResolution:
        ticket.resolvedAt = at
        story.append(.resolved, at)
        try clocks.apply(.resolved, at: at)
        try endTurn(.resolved)
        for index in dispatches.indices where dispatches[index].isOpen { try dispatches[index].end(.resolved, at: context.now) }
      case .observeClosure:
        ticket.closedAt = at
        story.append(.closed, at)
        try clocks.apply(.closed, at: at)
      case .pauseClocks:
        try acceptTurn()
        if let reason { story.hold(reason, context.now) }
        if let act = reason?.clockAct(evidence: evidence) {
          try clocks.apply(act, at: context.now)
          try turn?.clocks.apply(act, at: context.now)
        }
      case .resumeClocks:
        try acceptTurn(at: at)
        story.append(.resumed, at)
        try clocks.apply(.resumed, at: at)
        try turn?.clocks.apply(.resumed, at: at)
      case .withdrawClocks:
        ticket.closedAt = context.now
        story.append(.merged, context.now)
        try clocks.withdraw("merged", at: context.now)
        try endTurn(.merged)
      case .countReopening:
        ticket.reopenCount += 1
        ticket.resolvedAt = nil
        ticket.closedAt = nil
        story.append(.reopened, context.now)
        try clocks.apply(.reopened, at: context.now)
      }
    }
    return isFirstResponse
  }

  /// - Parameter instant: when it was; nil: now.
  /// - Returns: whether nobody had answered before.
  @discardableResult mutating func observeResponse(at instant: Instant? = nil) throws(Failure) -> Bool {
    guard ticket.respondedAt == nil else { return false }
    let at = instant ?? context.now
    ticket.respondedAt = at
    story.append(.responded, at)
    try clocks.apply(.responded, at: at)
    return true
  }

  /// Writes a comment; a public one by the staff answers the requester.
  /// - Parameters:
  ///   - id: of one whose id was told before.
  ///   - saidOn: the ticket on which it was said, where that one went into this.
  mutating func comment(_ body: String, _ visibility: CommentVisibility, id: PublicId? = nil, saidOn: Ticket? = nil) throws(Failure) -> PublicId {
    let id = id ?? context.newId(.comment)
    context.transaction.enqueue(
      InsertComment(
        tenant: context.tenant.id, publicId: id.random, ticket: ticket.id, visibility: visibility, body: body, actor: context.actor,
        authorName: context.principal.name, saidOn: saidOn?.id, now: context.now))
    context.transaction.enqueue(AppendTicketText(tenant: context.tenant.id, ticket: ticket, body: body, visibility: visibility))
    let isWord = visibility == .everybody && context.principal.side == .staff && ticket.state.isOpen
    let isFirstResponse = isWord ? try observeResponse() : false
    if isWord, !isFirstResponse {
      story.append(.told, context.now)
      try clocks.apply(.updated, at: context.now)
    }
    if isWord { try sayWordOfTurn() }
    note(
      TicketEventType.commented,
      .object(
        [
          Value.Member("comment", .id(id)), Value.Member("visibility", .text(visibility.rawValue)), Value.Member("firstResponse", .bool(isFirstResponse)),
          Value.Member("word", .bool(isWord)),
        ] + (saidOn.map { [Value.Member("saidOn", .id(context.id(.incident, $0.publicId)))] } ?? [])))
    return id
  }

  /// Enqueues the ticket, its events and its clocks.
  /// - Parameter countsVersion: whether others who read the ticket before must read it again.
  mutating func save(countsVersion: Bool = true) {
    if countsVersion { ticket.version += 1 }
    ticket.updatedAt = context.now
    ticket.show(clocks.standing)
    context.transaction.enqueue(UpdateTicket(tenant: context.tenant.id, ticket: ticket, story: story, version: versionRead))
    if TicketText(ticket) != textRead {
      context.transaction.enqueue(RewriteTicketText(tenant: context.tenant.id, ticket: ticket, isNewTitle: ticket.title != textRead.title))
    }
    if ticket.state.isOpen != wasOpen {
      context.transaction.enqueue(MarkCisOpen(tenant: context.tenant.id, ticket: ticket.id, isOpen: ticket.state.isOpen))
    }
    flush()
  }

  /// As ``save(countsVersion:)``, for a ticket that is not there yet.
  mutating func insert() {
    ticket.show(clocks.standing)
    context.transaction.enqueue(InsertTicket(tenant: context.tenant.id, ticket: ticket, story: story, recordedAt: context.now))
    context.transaction.enqueue(InsertTicketText(tenant: context.tenant.id, ticket: ticket))
    flush()
  }

  private mutating func flush() {
    clocks.save(on: context.transaction, tenant: context.tenant.id, recordedAt: context.now)
    saveTurns()
    for clocks in [clocks] + clocksOfTurns {
      clocks.tellBreaches(besides: missedRead, tenant: context.tenant.id, at: context.now, in: context.transaction)
      missedRead.formUnion(clocks.missed)
    }
    for event in events {
      // The customer may have said what the ticket waits for.
      let isAnswer = event.type == TicketEventType.commented && context.principal.side == .customer && ticket.state == .pending
      let isForNewRequester = TicketEventType.namesRequester(event.type, event.payload)
      context.record(
        event,
        for: TicketEventType.consumers(of: event.type) + (isAnswer ? [AnswerSweep.consumer] : []) + (isForNewRequester ? ["notifications"] : []))
    }
    events = []
    story = TicketStory()
  }

  var record: IncidentRecord {
    IncidentRecord(
      incident: IncidentView(ticket, in: context), clocks: clocks.records, agreements: AgreementRecord.list(turn, dispatches, in: context),
      openChildren: openChildren)
  }
}

/// The events of a ticket's history, by name.
package enum TicketEventType {
  package static let opened = "incident.opened"
  package static let changed = "incident.changed"
  /// Custom attributes: of which the customer's people may know, and the provider's own.
  package static let attributesChanged = "incident.\(AttributeEvents.changed)"
  package static let internalAttributesChanged = "incident.\(AttributeEvents.internalChanged)"
  package static let classified = "incident.classified"
  /// It names other CIs, or another one as the primary one.
  package static let cisChanged = "incident.cis_changed"
  /// Services were recorded as affected by it, or not any more.
  package static let servicesAffected = "incident.services_affected"
  /// Links to other tickets, in the history of both; and who is told what happens to it.
  package static let linked = "incident.linked"
  package static let unlinked = "incident.unlinked"
  package static let watched = "incident.watched"
  package static let unwatched = "incident.unwatched"
  /// Somebody answers for it from then on; it was offered to somebody, who did not take it.
  package static let ownerChanged = "incident.owner_changed"
  package static let ownershipOffered = "incident.ownership_offered"
  package static let ownershipReturned = "incident.ownership_returned"
  /// A team has not answered for a day what it was offered: who leads it is told.
  package static let ownershipWaiting = "incident.ownership_waiting"
  /// Its targets stay as they are, or follow what it is classified as again.
  package static let targetsLocked = "incident.targets_locked"
  package static let targetsUnlocked = "incident.targets_unlocked"
  package static let assigned = "incident.assigned"
  package static let started = "incident.started"
  /// The team took it on.
  package static let accepted = "incident.accepted"
  /// It went to a supplier, who answered, and gave it back.
  package static let dispatched = "incident.dispatched"
  package static let supplierAnswered = "incident.supplier_answered"
  package static let returned = "incident.returned"
  /// The supplier was told another priority.
  package static let escalated = "incident.escalated"
  /// A rule of escalation held of it: another team has it, or somebody was told.
  package static let escalatedByRule = "incident.escalated_by_rule"
  /// What is with a supplier went with the ticket into another one.
  package static let dispatchMoved = "incident.dispatch_moved"
  package static let commented = "incident.commented"
  /// A file came to it, and one was taken away.
  package static let attached = "incident.attached"
  package static let detached = "incident.detached"
  /// An article of the knowledge base was of use on it; that was taken back.
  package static let articleCited = "incident.article_cited"
  package static let articleUncited = "incident.article_uncited"
  package static let held = "incident.held"
  package static let resumed = "incident.resumed"
  package static let resolved = "incident.resolved"
  package static let closed = "incident.closed"
  package static let reopened = "incident.reopened"
  /// It went into another ticket.
  package static let merged = "incident.merged"
  /// Another ticket was made of a part of it.
  package static let split = "incident.split"
  /// Another ticket went into it.
  package static let absorbed = "incident.absorbed"
  /// It passed a gate for which somebody said what was done; somebody let it pass one without what that asks for.
  package static let gatePassed = "incident.gate_passed"
  package static let gateBypassed = "incident.gate_bypassed"
  /// Its children are to end with it; it ended with its parent, or with a major incident.
  package static let cascaded = "incident.cascaded"
  package static let endedWith = "incident.ended_with"
  /// It is part of a major incident, or is not any more.
  package static let majorLinked = "incident.major_linked"
  package static let majorUnlinked = "incident.major_unlinked"

  /// Who has work by such an event. Whoever is open again may have come to a rule's age meanwhile.
  static func consumers(of type: String) -> [String] {
    ["scorecard"] + (told.contains(type) ? ["notifications"] : []) + (type == reopened ? ["escalations"] : [])
  }

  /// Of which somebody may want to be told.
  private static let told: Set<String> = [opened, assigned, ownerChanged, ownershipOffered, commented, resolved, closed, reopened]

  /// Which a customer's people see where they are public.
  package static let ofVisibility = [commented, attached, detached]

  /// What is the provider's own affair: a customer's people do not see it at all.
  package static let internalOnly =
    [
      accepted, dispatched, supplierAnswered, returned, escalated, dispatchMoved, linked, unlinked, watched, unwatched, ownerChanged, ownershipOffered,
      ownershipReturned, ownershipWaiting, escalatedByRule, gatePassed, gateBypassed, cascaded, endedWith, majorLinked, majorUnlinked,
      internalAttributesChanged, articleCited, articleUncited, servicesAffected,
    ] + ProblemNews.Kind.allCases.map(\.rawValue) + ChangeNews.Kind.allCases.map(\.rawValue) + RequestLinkNews.allCases.map(\.rawValue)
}
