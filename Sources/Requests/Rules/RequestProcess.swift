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
  package internal(set) var withdrawnAt: Instant?
  /// Why it was refused or cancelled; of what an earlier version recorded, why it was begun or closed.
  package internal(set) var reason: String?

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
  package internal(set) var approvals: [Approval]
  package internal(set) var tasks: [RequestTask]
  package private(set) var events: [Event] = []
  private var isMovedByTime = false

  package init(request: RequestFacts, approvals: [Approval] = [], tasks: [RequestTask] = []) {
    self.request = request
    self.approvals = approvals.sorted { $0.seq < $1.seq }
    self.tasks = tasks.sorted { $0.seq < $1.seq }
  }

  package var tasksDone: Int64 { Int64(tasks.count { $0.state == .done }) }
  package var tasksSkipped: Int64 { Int64(tasks.count { $0.state == .skipped }) }

  /// Whether somebody has begun to fulfil it.
  package var hasWorkBegun: Bool { tasks.contains { ![.waiting, .ready, .cancelled].contains($0.state) } }

  // MARK: The request

  /// Asks who is to agree; with nobody to ask it is agreed to at once.
  package mutating func begin(asking planned: [Approval], at now: Instant) throws(Failure) {
    guard !planned.isEmpty else { return try agree(at: now) }
    try move(.ask)
    approvals = planned
    request.askedAt = now
    note("approval_began", at: now, [Value.Member("approvals", .integer(Int64(planned.count)))])
    try settleApprovals(at: now)
  }

  /// Opens the tasks; the first step can be done.
  package mutating func open(_ planned: [RequestTask], at now: Instant) throws(Failure) {
    try move(.begin)
    tasks = planned.sorted { $0.seq < $1.seq }
    request.startedAt = now
    note("started", at: now, [Value.Member("tasks", .integer(Int64(planned.count)))])
    try settleTasks(at: now)
  }

  /// Takes it back, as long as nobody has begun to work on it.
  package mutating func withdraw(at now: Instant) throws(Failure) {
    guard !(request.state == .fulfilling && hasWorkBegun) else { throw Failure(.conflict, RequestMessages.workHasBegun) }
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
    note("closed", at: now)
  }

  /// Another line covers it now.
  package mutating func cover(by line: Int64, at now: Instant) {
    request.line = line
    note("line_changed", at: now)
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
  }

  private mutating func stop(_ what: String, at now: Instant) throws(Failure) {
    request.endedAt = now
    for index in approvals.indices where approvals[index].state == .waiting || approvals[index].state == .asked { try lapse(index, at: now) }
    for index in tasks.indices where !tasks[index].state.isOver {
      try moveTask(index, .cancel)
      tasks[index].endedAt = now
    }
    note(what, at: now, counts)
  }

  private var counts: [Value.Member] {
    [
      Value.Member("tasks", .integer(Int64(tasks.count))), Value.Member("done", .integer(tasksDone)),
      Value.Member("skipped", .integer(tasksSkipped)),
    ]
  }

  private mutating func move(_ event: RequestState.Event) throws(Failure) {
    guard let next = request.state.after(event) else {
      throw Failure(.conflict, RequestMessages.wrongState, ["state": request.state.rawValue, "event": event.rawValue])
    }
    request.state = next
  }

  // MARK: Approvals

  /// - Parameters:
  ///   - party: who decides.
  ///   - reason: why; a refusal has one.
  package mutating func decide(
    _ publicId: [UInt8], agrees: Bool, reason: String?, by party: Party, at now: Instant
  ) throws(Failure) {
    let index = try approval(publicId)
    try moveApproval(index, agrees ? .approve : .reject)
    approvals[index].decidedAt = now
    approvals[index].decidedBy = party
    approvals[index].reason = reason
    approvals[index].dueAt = nil
    note(agrees ? "approval_given" : "approval_refused", .approval(publicId), at: now)
    if !agrees { request.reason = reason }
    try settleApprovals(at: now)
  }

  /// Lets another account decide as well, in the place of one that it was let before.
  /// - Parameter isReassigned: by the staff who see to it that it is decided, and not by who was asked.
  package mutating func delegate(
    _ publicId: [UInt8], to party: Party, named id: PublicId, isReassigned: Bool = false, at now: Instant
  ) throws(Failure) {
    let index = try approval(publicId)
    guard approvals[index].state == .asked else { throw notAsked(approvals[index].state) }
    approvals[index].delegate = party
    note(isReassigned ? "approval_reassigned" : "approval_delegated", .approval(publicId), at: now, [Value.Member("to", .id(id))])
  }

  /// Asks a role besides: nobody whom the rule names can decide.
  package mutating func standIn(_ role: String, for publicId: [UInt8], at now: Instant) throws(Failure) {
    let index = try approval(publicId)
    approvals[index].standIn = role
    note("approval_stand_in", .approval(publicId), at: now, [Value.Member("role", .text(role))])
  }

  /// What time has decided by now: each approval whose time is over goes to somebody else, or counts as refused, at the instant at which it
  /// was over. Once: it is not due any more.
  package mutating func expire(at now: Instant) throws(Failure) {
    isMovedByTime = true
    defer { isMovedByTime = false }
    while request.state == .awaitingApproval {
      let late = approvals.indices.filter { approvals[$0].state == .asked && approvals[$0].dueAt.map { $0 <= now } ?? false }
      guard let index = late.min(by: { isEarlier($0, $1) }), let dueAt = approvals[index].dueAt else { return }
      let id = approvals[index].publicId
      approvals[index].dueAt = nil
      if let role = approvals[index].escalatesTo {
        approvals[index].escalatedAt = dueAt
        note("approval_escalated", .approval(id), at: dueAt, [Value.Member("role", .text(role))])
      } else {
        try moveApproval(index, .reject)
        approvals[index].decidedAt = dueAt
        note("approval_timed_out", .approval(id), at: dueAt)
        try settleApprovals(at: dueAt)
      }
    }
  }

  private func isEarlier(_ left: Int, _ right: Int) -> Bool {
    let (a, b) = (approvals[left], approvals[right])
    guard let first = a.dueAt, let second = b.dueAt, first != second else { return a.seq < b.seq }
    return first < second
  }

  private mutating func settleApprovals(at now: Instant) throws(Failure) {
    switch ApprovalOutcome(approvals) {
    case .waiting: break
    case .asks(let step):
      // Of the steps before, what was not needed is asked no more.
      try lapseAll(at: now) { $0.step < step }
      for index in approvals.indices where approvals[index].step == step && approvals[index].state == .waiting {
        try moveApproval(index, .ask)
        approvals[index].askedAt = now
        approvals[index].dueAt = approvals[index].hours.map { now.adding(seconds: $0 * 3600) }
        note("approval_asked", .approval(approvals[index].publicId), at: now)
      }
    case .approved:
      try lapseAll(at: now) { _ in true }
      try agree(at: now)
    case .rejected:
      try lapseAll(at: now) { _ in true }
      try move(.reject)
      request.decidedAt = now
      request.endedAt = now
      note("rejected", at: now)
    }
  }

  private mutating func lapseAll(at now: Instant, _ isOver: (Approval) -> Bool) throws(Failure) {
    for index in approvals.indices where isOver(approvals[index]) && (approvals[index].state == .waiting || approvals[index].state == .asked) {
      try lapse(index, at: now)
    }
  }

  private mutating func lapse(_ index: Int, at now: Instant) throws(Failure) {
    try moveApproval(index, .lapse)
    approvals[index].dueAt = nil
    note("approval_lapsed", .approval(approvals[index].publicId), at: now)
  }

  private mutating func moveApproval(_ index: Int, _ event: ApprovalState.Event) throws(Failure) {
    guard let next = approvals[index].state.after(event) else { throw notAsked(approvals[index].state) }
    approvals[index].state = next
  }

  private func notAsked(_ state: ApprovalState) -> Failure { Failure(.conflict, RequestMessages.notAsked, ["state": state.rawValue]) }

  private func approval(_ publicId: [UInt8]) throws(Failure) -> Int {
    guard let index = approvals.firstIndex(where: { $0.publicId == publicId }) else { throw Failure.notFound }
    return index
  }

  // MARK: Tasks

  /// - Parameter takesOver: whether it may be somebody else's until now.
  package mutating func claim(_ publicId: [UInt8], by assignee: RequestTask.Assignee, takesOver: Bool, at now: Instant) throws(Failure) {
    let index = try task(publicId)
    if tasks[index].assignee == assignee, tasks[index].state == .active { return }
    if !takesOver { try requireFree(index, for: assignee) }
    try moveTask(index, .claim)
    tasks[index].assignee = assignee
    tasks[index].claimedAt = now
    note("task_claimed", .task(publicId), at: now)
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
    let index = try task(publicId)
    try moveTask(index, .retry)
    tasks[index].readyAt = now
    tasks[index].assignee = nil
    tasks[index].claimedAt = nil
    note("task_retried", .task(publicId), at: now)
  }

  private mutating func end(
    _ publicId: [UInt8], _ event: TaskState.Event, by assignee: RequestTask.Assignee, _ result: String?, at now: Instant
  ) throws(Failure) {
    let index = try task(publicId)
    if tasks[index].state == .active { try requireFree(index, for: assignee) }
    try moveTask(index, event)
    tasks[index].assignee = assignee
    tasks[index].claimedAt = tasks[index].claimedAt ?? now
    tasks[index].result = result
    if tasks[index].state.isOver { tasks[index].endedAt = now }
    note(Self.name(event), .task(publicId), at: now)
    try settleTasks(at: now)
  }

  private static func name(_ event: TaskState.Event) -> String {
    switch event {
    case .open: "task_opened"
    case .claim: "task_claimed"
    case .complete: "task_completed"
    case .fail: "task_failed"
    case .skip: "task_skipped"
    case .retry: "task_retried"
    case .cancel: "task_cancelled"
    }
  }

  private mutating func settleTasks(at now: Instant) throws(Failure) {
    guard request.state == .fulfilling else { return }
    guard let step = tasks.filter({ !$0.state.isOver }).map(\.step).min() else { return try finish(at: now) }
    for index in tasks.indices where tasks[index].step == step && tasks[index].state == .waiting {
      try moveTask(index, .open)
      tasks[index].readyAt = now
      note("task_opened", .task(tasks[index].publicId), at: now)
    }
  }

  private func requireFree(_ index: Int, for assignee: RequestTask.Assignee) throws(Failure) {
    guard let holder = tasks[index].assignee, holder.id != assignee.id else { return }
    throw Failure(.conflict, RequestMessages.claimedByAnother)
  }

  private mutating func moveTask(_ index: Int, _ event: TaskState.Event) throws(Failure) {
    guard let next = tasks[index].state.after(event) else {
      throw Failure(.conflict, RequestMessages.taskWrongState, ["state": tasks[index].state.rawValue, "event": event.rawValue])
    }
    tasks[index].state = next
  }

  private func task(_ publicId: [UInt8]) throws(Failure) -> Int {
    guard let index = tasks.firstIndex(where: { $0.publicId == publicId }) else { throw Failure.notFound }
    return index
  }

  private mutating func note(_ what: String, _ subject: Event.Subject = .request, at now: Instant, _ payload: [Value.Member] = []) {
    events.append(Event(what: what, subject: subject, at: now, isByTime: isMovedByTime, payload: payload))
  }
}
