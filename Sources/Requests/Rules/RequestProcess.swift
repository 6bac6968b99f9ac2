import Approvals
import Attributes
import Kernel
import Operations

/// What of a request its process moves.
package struct RequestFacts: Sendable, Equatable {
  package internal(set) var state: RequestState
  /// The contract line that covers it.
  package internal(set) var line: Int64
  package internal(set) var askedAt: Instant?
  package internal(set) var decidedAt: Instant?
  package internal(set) var startedAt: Instant?
  package internal(set) var endedAt: Instant?
  package internal(set) var closedAt: Instant?
  /// When it closes by itself, being fulfilled; nil: it does not.
  package internal(set) var closesAt: Instant?
  package internal(set) var withdrawnAt: Instant?
  /// When its customer was first answered.
  package internal(set) var respondedAt: Instant?
  /// Why it was refused or cancelled; of what an earlier version recorded, why it was begun or closed.
  package internal(set) var reason: String?
  package internal(set) var rating = RequestRating.usual
  /// How it reached us, a key of the list; nil: nobody said.
  package internal(set) var source: String?

  package init(state: RequestState, line: Int64) {
    self.state = state
    self.line = line
  }
}

/// A request with its approvals and tasks, as acts and time move them: a pure state machine. It knows no database and no clock; what
/// it did is left in ``events``, and in what differs from before.
package struct RequestProcess: Sendable {
  /// Something that happened, for the request's history.
  package struct Event: Sendable, Equatable {
    package enum Subject: Sendable, Equatable {
      case request
      case approval([UInt8])
      case task([UInt8])
    }

    /// `request.` is put in front.
    package let what: String
    package let subject: Subject
    package let at: Instant
    /// Whether time did it, and nobody.
    package let isByTime: Bool
    package let payload: [Value.Member]
  }

  package internal(set) var request: RequestFacts
  private var round: ApprovalRound
  private var board: TaskBoard
  package private(set) var events: [Event] = []
  private var isMovedByTime = false
  /// What its clocks are to be told, in order.
  package private(set) var acts: [(act: RequestAct, at: Instant)] = []
  private var isWaiting = false

  package init(request: RequestFacts, approvals: [Approval] = [], tasks: [RequestTask] = []) {
    self.request = request
    round = ApprovalRound(approvals)
    board = TaskBoard(tasks)
    isWaiting = waitsForCustomer
  }

  package var approvals: [Approval] { round.approvals }
  package var tasks: [RequestTask] { board.tasks }

  /// Who is at a task.
  func holder(of publicId: [UInt8]) -> RequestTask.Assignee? { board.holder(of: publicId) }

  /// Which version a task has; nil: there is no such task.
  func version(ofTask publicId: [UInt8]) -> Int64? { board.version(of: publicId) }

  /// Counts on the versions of approvals and tasks that are not as they were read.
  mutating func countVersions(since read: RequestProcess) {
    round.countVersions(since: read.approvals)
    board.countVersions(since: read.tasks)
  }

  package var tasksDone: Int64 { Int64(tasks.count { $0.state == .done }) }
  package var tasksSkipped: Int64 { Int64(tasks.count { $0.state == .skipped }) }

  /// Whether somebody has begun to fulfil it. What has begun never looks unbegun again, whoever is given it or tries it once more.
  package var hasWorkBegun: Bool { tasks.contains { $0.claimedAt != nil || ![.waiting, .ready, .cancelled].contains($0.state) } }

  // MARK: The request

  /// Asks who is to agree; with nobody to ask it is agreed to at once.
  package mutating func begin(asking planned: [Approval], at now: Instant) throws(Failure) {
    guard !planned.isEmpty else { return try agree(at: now) }
    try move(.ask)
    round = ApprovalRound(planned)
    request.askedAt = now
    note("approval_began", at: now, [Value.Member("approvals", .integer(Int64(planned.count)))])
    try settleApprovals(at: now)
  }

  /// Opens the tasks; the first step can be done. Of what was reopened they come after those that are over.
  /// - Parameter teams: those that may not work for the customer: what is theirs by the plan is nobody's.
  package mutating func open(_ planned: [RequestTask], withholdingFrom teams: Set<Int64> = [], at now: Instant) throws(Failure) {
    try move(.begin)
    board = TaskBoard(tasks + planned)
    request.startedAt = request.startedAt ?? now
    note("started", at: now, [Value.Member("tasks", .integer(Int64(planned.count)))])
    board.withhold(from: teams, at: now)
    try settleTasks(at: now)
  }

  /// Takes it back, as long as nobody has begun to work on it.
  package mutating func withdraw(at now: Instant) throws(Failure) {
    guard !([.approved, .fulfilling].contains(request.state) && hasWorkBegun) else { throw Failure(.conflict, RequestMessages.workHasBegun) }
    try move(.withdraw)
    request.withdrawnAt = now
    try stop("withdrawn", at: now)
  }

  /// Stops it; what was done stays done.
  package mutating func cancel(_ reason: String, at now: Instant) throws(Failure) {
    try move(.cancel)
    request.reason = reason
    try stop("cancelled", at: now)
  }

  /// The requester confirms, or the staff for him.
  /// - Parameter reason: why what was only recorded, and never begun, is over.
  package mutating func close(_ reason: String? = nil, at now: Instant) throws(Failure) {
    if request.state == .submitted {
      request.endedAt = now
      request.reason = reason
    }
    try move(.close)
    request.closedAt = now
    request.closesAt = nil
    note("closed", at: now)
    acts.append((.closed, now))
  }

  /// What was done did not hold: there is more to do. What an earlier version only recorded was never done by it.
  package mutating func reopen(at now: Instant) throws(Failure) {
    guard request.startedAt != nil else { throw wrongState(.reopen) }
    try move(.reopen)
    (request.endedAt, request.closedAt, request.closesAt) = (nil, nil, nil)
    note("reopened", at: now)
    acts.append((.reopened, now))
  }

  /// Another line covers it now.
  package mutating func cover(by line: Int64, at now: Instant) {
    request.line = line
    note("line_changed", at: now)
  }

  /// Other numbers are right for it.
  package mutating func rate(_ rating: RequestRating, at now: Instant) {
    guard rating != request.rating else { return }
    note("classified", at: now, [Value.Member("from", request.rating.value), Value.Member("to", rating.value)])
    request.rating = rating
  }

  /// It reached us otherwise.
  package mutating func came(by source: String?, at now: Instant) {
    guard source != request.source else { return }
    note("source_changed", at: now, [Value.Member("from", .text(request.source)), Value.Member("to", .text(source))])
    request.source = source
  }

  private mutating func agree(at now: Instant) throws(Failure) {
    try move(.approve)
    request.decidedAt = now
    note("approved", at: now)
  }

  private mutating func finish(at now: Instant) throws(Failure) {
    try move(.fulfil)
    request.endedAt = now
    note("fulfilled", at: now, counts)
    acts.append((.fulfilled, now))
  }

  private mutating func stop(_ what: String, at now: Instant) throws(Failure) {
    request.endedAt = now
    try round.lapseAll(at: now)
    noteRound()
    try board.cancelAll(at: now)
    note(what, at: now, counts)
    acts.append((.stopped(what), now))
    isWaiting = false
  }

  private var counts: [Value.Member] {
    [
      Value.Member("tasks", .integer(Int64(tasks.count))), Value.Member("done", .integer(tasksDone)),
      Value.Member("skipped", .integer(tasksSkipped)),
    ]
  }

  private mutating func move(_ event: RequestState.Event) throws(Failure) {
    guard let next = request.state.after(event) else { throw wrongState(event) }
    request.state = next
  }

  private func wrongState(_ event: RequestState.Event) -> Failure {
    request.state.refusal(of: event == .ask ? "begin" : event.rawValue)
  }

  // MARK: Approvals

  /// - Parameters:
  ///   - party: who decides.
  ///   - reason: why; a refusal has one.
  package mutating func decide(
    _ publicId: [UInt8], agrees: Bool, reason: String?, by party: Party, at now: Instant
  ) throws(Failure) {
    try round.decide(publicId, agrees: agrees, reason: reason, by: party, at: now)
    noteRound()
    if !agrees { request.reason = reason }
    try settleApprovals(at: now)
  }

  /// Lets another account decide as well, in the place of one that it was let before.
  /// - Parameter isReassigned: by the staff who see to it that it is decided, and not by who was asked.
  package mutating func delegate(
    _ publicId: [UInt8], to party: Party, named id: PublicId, isReassigned: Bool = false, at now: Instant
  ) throws(Failure) {
    try round.delegate(publicId, to: party, named: id, isReassigned: isReassigned, at: now)
    noteRound()
    noteTurn(at: now)
  }

  /// Whom it was let decide as well cannot any more.
  package mutating func endDelegation(of publicId: [UInt8], at now: Instant) throws(Failure) {
    try round.endDelegation(of: publicId, at: now)
    noteRound()
    noteTurn(at: now)
  }

  /// Asks a role besides: nobody whom the rule names can decide.
  package mutating func standIn(_ role: String, for publicId: [UInt8], at now: Instant) throws(Failure) {
    try round.standIn(role, for: publicId, at: now)
    noteRound()
    noteTurn(at: now)
  }

  /// What time has decided by now: each approval whose time is over goes to somebody else, or counts as refused, at the instant at which it
  /// was over; and what is fulfilled, and nobody has objected to, is closed.
  package mutating func expire(at now: Instant) throws(Failure) {
    isMovedByTime = true
    defer { isMovedByTime = false }
    while request.state == .awaitingApproval, let late = try round.expireNext(at: now) {
      noteRound()
      if late.isRefused { try settleApprovals(at: late.at) } else { noteTurn(at: late.at) }
    }
    if let due = request.closesAt, due <= now { try close(at: due) }
  }

  private mutating func settleApprovals(at now: Instant) throws(Failure) {
    let standing = try round.settle(at: now)
    noteRound()
    switch standing {
    case .waiting: noteTurn(at: now)
    case .approved:
      try agree(at: now)
      noteTurn(at: now)
    case .rejected:
      try move(.reject)
      request.decidedAt = now
      request.endedAt = now
      note("rejected", at: now)
      acts.append((.stopped("rejected"), now))
      isWaiting = false
    }
  }

  /// Whether nobody but the customer's people can move it on. As long as one of the provider's own may decide it is the provider's turn.
  var waitsForCustomer: Bool {
    let asked = approvals.filter { $0.state == .asked }
    return request.state == .awaitingApproval && !asked.isEmpty && asked.allSatisfy(\.isOfCustomer)
  }

  /// Whether the customer's people were asked to agree, and so nobody owed an answer for a while.
  var hasAskedCustomer: Bool { approvals.contains { $0.isOfCustomer && $0.askedAt != nil } }

  /// Tells the clocks whose turn it is, where that is another's now. From one approver of the customer to the next it is one wait; and a wait that
  /// ends at the instant at which it began, for somebody stands in, was none.
  private mutating func noteTurn(at now: Instant) {
    guard waitsForCustomer != isWaiting else { return }
    isWaiting.toggle()
    if !isWaiting, let last = acts.last, last.act == .waits, last.at == now {
      acts.removeLast()
    } else {
      acts.append((isWaiting ? .waits : .goesOn, now))
    }
  }

  private mutating func noteRound() {
    for event in round.takeEvents() { note(event.what, .approval(event.approval), at: event.at, event.payload) }
  }

  // MARK: Tasks

  /// - Parameter takesOver: whether it may be somebody else's until now.
  package mutating func claim(_ publicId: [UInt8], by assignee: RequestTask.Assignee, takesOver: Bool, at now: Instant) throws(Failure) {
    try board.claim(publicId, by: assignee, takesOver: takesOver, at: now)
    noteBoard()
  }

  /// It is another team's to do.
  package mutating func give(_ publicId: [UInt8], to team: Int64, at now: Instant) throws(Failure) {
    try board.give(publicId, to: team, at: now)
    noteBoard()
  }

  /// It is done; whoever does what nobody had claimed has claimed it. The last of a step opens the next one, the last of all fulfils the request.
  package mutating func complete(_ publicId: [UInt8], by assignee: RequestTask.Assignee, result: String?, at now: Instant) throws(Failure) {
    try end(publicId, .complete, by: assignee, result, at: now)
  }

  /// It did not work: its step goes no further until it is tried again or skipped.
  package mutating func fail(_ publicId: [UInt8], by assignee: RequestTask.Assignee, reason: String, at now: Instant) throws(Failure) {
    try end(publicId, .fail, by: assignee, reason, at: now)
  }

  /// It need not be done.
  package mutating func skip(_ publicId: [UInt8], by assignee: RequestTask.Assignee, reason: String, at now: Instant) throws(Failure) {
    try end(publicId, .skip, by: assignee, reason, at: now)
  }

  /// What failed can be done once more, by anybody.
  package mutating func retry(_ publicId: [UInt8], at now: Instant) throws(Failure) {
    try board.retry(publicId, at: now)
    noteBoard()
  }

  private mutating func end(
    _ publicId: [UInt8], _ event: TaskState.Event, by assignee: RequestTask.Assignee, _ result: String?, at now: Instant
  ) throws(Failure) {
    try board.end(publicId, event, by: assignee, result, at: now)
    noteBoard()
    try settleTasks(at: now)
  }

  private mutating func settleTasks(at now: Instant) throws(Failure) {
    guard request.state == .fulfilling else { return }
    if board.isDone { return try finish(at: now) }
    try board.settle(at: now)
    noteBoard()
  }

  private mutating func noteBoard() {
    for event in board.takeEvents() {
      note(event.what, .task(event.task), at: event.at)
      if TaskBoard.isWork(event.what) { acts.append((.begun, event.at)) }
    }
  }

  /// Tells whoever was at a task until now that he is not any more.
  mutating func noteTakenOver(_ publicId: [UInt8], _ payload: [Value.Member], at now: Instant) {
    note(TaskNews.takenOver.rawValue, .task(publicId), at: now, payload)
  }

  /// Adds what a gate tells of it.
  mutating func noteGate(_ what: String, _ payload: [Value.Member], at now: Instant) { note(what, at: now, payload) }

  /// Who answers for it from now on, or that it is offered to somebody; it moves nothing.
  mutating func noteOwnership(_ what: String, _ payload: [Value.Member], at now: Instant) { note(what, at: now, payload) }

  /// That something else is right now; it moves nothing.
  mutating func noteCorrection(_ what: String, _ payload: [Value.Member], at now: Instant) { note(what, at: now, payload) }

  /// That something was said; it moves nothing.
  /// - Parameter isWord: whether the staff said it to the customer.
  mutating func noteComment(_ id: PublicId, _ visibility: CommentVisibility, isWord: Bool, at now: Instant) {
    note("commented", at: now, [Value.Member("comment", .id(id)), Value.Member("visibility", .text(visibility.rawValue))])
    if isWord { acts.append((.told, now)) }
  }

  /// Which attributes were told.
  mutating func noteAttributes(_ keys: [String], internal isInternal: Bool, at now: Instant) {
    guard !keys.isEmpty else { return }
    note(isInternal ? AttributeEvents.internalChanged : AttributeEvents.changed, at: now, AttributeEvents.payload(keys))
  }

  private mutating func note(_ what: String, _ subject: Event.Subject = .request, at now: Instant, _ payload: [Value.Member] = []) {
    events.append(Event(what: what, subject: subject, at: now, isByTime: isMovedByTime, payload: payload))
  }
}

extension RequestState {
  /// Why it cannot be done in this state, and what people can do in it.
  /// - Parameter act: what was asked for, as the operation is called: `withdraw`.
  func refusal(of act: String) -> Failure {
    let acts: [(event: Event, act: String)] = [(.ask, "begin"), (.close, "close"), (.reopen, "reopen"), (.withdraw, "withdraw"), (.cancel, "cancel")]
    // What the state allows may be refused for another reason, as for what was never begun.
    let possible = acts.filter { after($0.event) != nil && $0.act != act }.map { $0.act }
    return Failure(.conflict, RequestMessages.wrongState, ["state": rawValue, "event": act, "allowed": possible.asAllowed])
  }
}
