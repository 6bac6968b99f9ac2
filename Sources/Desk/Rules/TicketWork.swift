import Kernel
import Operations
import Postgres
import ServiceLevels

/// A ticket in the hands of an act: read and locked together with its clocks. The act changes it in memory; ``save()``
/// hands everything to the transaction, so that an act costs two round trips and the commit.
struct TicketWork: Sendable {
  let context: OperationContext
  var ticket: Ticket
  var clocks: SubjectClocks
  private let versionRead: Int64
  private var events: [Event] = []
  /// What the act adds to the ticket's story.
  private var story = TicketStory()

  /// Locks the ticket `id`. A ticket outside the caller's row scope is not there.
  static func begin(on id: PublicId, in context: OperationContext, comparesVersion: Bool = true) async throws -> TicketWork {
    let found = try await context.transaction.first(TicketForChange(tenant: context.tenant.id, publicId: id, scope: context.access.rows))
    guard let ticket = found else { throw Failure.notFound }
    if comparesVersion { try context.requireVersion(ticket.version) }
    context.subject(id)
    let clocks = try await SubjectClocks.load(.ticket(ticket.id), tenant: context.tenant.id, at: context.now, in: context.transaction)
    return TicketWork(context: context, ticket: ticket, clocks: clocks)
  }

  init(context: OperationContext, ticket: Ticket, clocks: SubjectClocks) {
    self.context = context
    self.ticket = ticket
    self.clocks = clocks
    versionRead = ticket.version
  }

  /// Adds an event to the history. Its payload holds codes and ids, never what somebody wrote.
  mutating func note(_ type: String, _ payload: Value = .object([])) {
    ticket.lastSeq += 1
    events.append(
      Event(subjectKind: "ticket", subject: ticket.id, seq: ticket.lastSeq, type: type, payload: payload, occurredAt: context.now))
  }

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
  /// - Returns: whether this was the first response.
  @discardableResult mutating func move(_ act: TicketAct, reason: PendingReason? = nil, evidence: String? = nil) throws(Failure) -> Bool {
    guard let transition = ticket.state.after(act) else {
      throw Failure(.conflict, DeskMessages.wrongState, ["state": ticket.state.rawValue, "act": act.rawValue])
    }
    var isFirstResponse = false
    ticket.state = transition.state
    ticket.pendingReason = transition.state == .pending ? reason : nil
    for duty in transition.duties {
      switch duty {
      case .observeResponse: isFirstResponse = try observeResponse()
      case .observeResolution:
        ticket.resolvedAt = context.now
        story.append(.resolved, context.now)
        try clocks.apply(.resolved, at: context.now)
      case .observeClosure:
        ticket.closedAt = context.now
        story.append(.closed, context.now)
        try clocks.apply(.closed, at: context.now)
      case .pauseClocks:
        if let reason { story.hold(reason, context.now) }
        if let reason, let waitedFor = reason.waitedFor {
          try clocks.apply(.paused(cause: reason.rawValue, on: waitedFor, evidence: evidence), at: context.now)
        }
      case .resumeClocks:
        story.append(.resumed, context.now)
        try clocks.apply(.resumed, at: context.now)
      case .withdrawClocks:
        ticket.closedAt = context.now
        story.append(.merged, context.now)
        try clocks.withdraw("merged", at: context.now)
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

  /// - Returns: whether nobody had answered before.
  @discardableResult mutating func observeResponse() throws(Failure) -> Bool {
    guard ticket.respondedAt == nil else { return false }
    ticket.respondedAt = context.now
    story.append(.responded, context.now)
    try clocks.apply(.responded, at: context.now)
    return true
  }

  /// Writes a comment; a public one by the staff answers the requester.
  mutating func comment(_ body: String, _ visibility: CommentVisibility) throws(Failure) -> PublicId {
    let id = context.newId(.comment)
    context.transaction.enqueue(
      InsertComment(
        tenant: context.tenant.id, publicId: id.random, ticket: ticket.id, visibility: visibility, body: body, actor: context.actor,
        authorName: context.principal.name, now: context.now))
    let isFirstResponse = visibility == .everybody && context.principal.side == .staff && ticket.state.isOpen ? try observeResponse() : false
    if visibility == .everybody, context.actor.kind == .staff { story.append(.told, context.now) }
    note(
      TicketEventType.commented,
      .object([
        "comment": .id(id), "visibility": .text(visibility.rawValue), "firstResponse": .bool(isFirstResponse),
      ]))
    return id
  }

  /// Enqueues the ticket, its events and its clocks.
  /// - Parameter countsVersion: whether others who read the ticket before must read it again.
  mutating func save(countsVersion: Bool = true) {
    if countsVersion { ticket.version += 1 }
    ticket.updatedAt = context.now
    ticket.dueAt = clocks.nextDueAt
    context.transaction.enqueue(UpdateTicket(tenant: context.tenant.id, ticket: ticket, story: story, version: versionRead))
    flush()
  }

  /// As ``save(countsVersion:)``, for a ticket that is not there yet.
  mutating func insert() {
    ticket.dueAt = clocks.nextDueAt
    context.transaction.enqueue(InsertTicket(tenant: context.tenant.id, ticket: ticket, story: story, recordedAt: context.now))
    flush()
  }

  private mutating func flush() {
    clocks.save(on: context.transaction, tenant: context.tenant.id, recordedAt: context.now)
    for event in events { context.record(event, for: ["scorecard"]) }
    events = []
    story = TicketStory()
  }

  var record: IncidentRecord { IncidentRecord(incident: IncidentView(ticket, in: context), clocks: clocks.records) }
}

/// The events of a ticket's history, by name.
package enum TicketEventType {
  package static let opened = "incident.opened"
  package static let changed = "incident.changed"
  package static let classified = "incident.classified"
  package static let assigned = "incident.assigned"
  package static let started = "incident.started"
  package static let commented = "incident.commented"
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
}
