import Kernel
import Operations

/// The tasks of one thing, step by step, as those who do them move them: pure. The processes of requests and of changes stand on it.
package struct TaskBoard: Sendable, Equatable {
  /// Something that happened, for the history of what the tasks are for.
  package struct Event: Sendable, Equatable {
    package let what: String
    package let task: [UInt8]
    package let at: Instant
  }

  package internal(set) var tasks: [RequestTask]
  private var events: [Event] = []

  package init(_ tasks: [RequestTask] = []) { self.tasks = tasks.sorted { $0.seq < $1.seq } }

  package var isDone: Bool { tasks.allSatisfy(\.state.isOver) }

  /// Whose its tasks are, each once.
  package var teams: [Int64] { Set(tasks.compactMap(\.team)).sorted() }

  /// Who is at a task; nil: nobody.
  package func holder(of publicId: [UInt8]) -> RequestTask.Assignee? {
    tasks.first { $0.publicId == publicId && $0.state == .active }?.assignee
  }

  /// Counts on the versions of those that are not as they were read.
  package mutating func countVersions(since read: [RequestTask]) {
    let known = Dictionary(read.map { ($0.publicId, $0) }) { $1 }
    for index in tasks.indices {
      guard let before = known[tasks[index].publicId], before != tasks[index] else { continue }
      tasks[index].version = before.version + 1
    }
  }

  /// Which version a task has; nil: there is no such task.
  package func version(of publicId: [UInt8]) -> Int64? { tasks.first { $0.publicId == publicId }?.version }

  /// What happened since it was asked last.
  package mutating func takeEvents() -> [Event] {
    defer { events = [] }
    return events
  }

  /// - Parameter takesOver: whether it may be somebody else's until now.
  package mutating func claim(_ publicId: [UInt8], by assignee: RequestTask.Assignee, takesOver: Bool, at now: Instant) throws(Failure) {
    let index = try index(of: publicId)
    if tasks[index].assignee == assignee, tasks[index].state == .active { return }
    if !takesOver { try requireFree(index, for: assignee) }
    try move(index, .claim)
    tasks[index].assignee = assignee
    tasks[index].claimedAt = now
    note("task_claimed", index, at: now)
  }

  /// It is another team's to do; who was at it is not any more. That somebody was stays known.
  package mutating func give(_ publicId: [UInt8], to team: Int64, at now: Instant) throws(Failure) {
    let index = try index(of: publicId)
    guard tasks[index].team != team else { throw Failure(.conflict, RequestMessages.ofThatTeam) }
    try move(index, .give)
    tasks[index].team = team
    if tasks[index].state == .ready { tasks[index].assignee = nil }
    note("task_given", index, at: now)
  }

  /// It is done, did not work, or need not be done; whoever does what nobody had claimed has claimed it.
  package mutating func end(
    _ publicId: [UInt8], _ event: TaskState.Event, by assignee: RequestTask.Assignee, _ result: String?, at now: Instant
  ) throws(Failure) {
    let index = try index(of: publicId)
    if tasks[index].state == .active { try requireFree(index, for: assignee) }
    try move(index, event)
    if tasks[index].assignee == nil { tasks[index].claimedAt = now }
    tasks[index].assignee = assignee
    tasks[index].result = result
    if tasks[index].state.isOver { tasks[index].endedAt = now }
    note(Self.name(event), index, at: now)
  }

  /// What failed can be done once more, by anybody. That somebody was at it stays known.
  package mutating func retry(_ publicId: [UInt8], at now: Instant) throws(Failure) {
    let index = try index(of: publicId)
    try move(index, .retry)
    tasks[index].readyAt = now
    tasks[index].assignee = nil
    note("task_retried", index, at: now)
  }

  /// What was planned for these teams, and is not open yet, is nobody's: they may not do it. Which team it was stays known.
  package mutating func withhold(from teams: Set<Int64>, at now: Instant) {
    for index in tasks.indices where tasks[index].state == .waiting {
      guard let team = tasks[index].team, teams.contains(team) else { continue }
      (tasks[index].team, tasks[index].withheldTeam) = (nil, team)
      note("task_withheld", index, at: now)
    }
  }

  /// Opens the step whose turn it is: the first that is not over.
  package mutating func settle(at now: Instant) throws(Failure) {
    guard let step = tasks.filter({ !$0.state.isOver }).map(\.step).min() else { return }
    for index in tasks.indices where tasks[index].step == step && tasks[index].state == .waiting {
      try move(index, .open)
      tasks[index].readyAt = now
      note("task_opened", index, at: now)
    }
  }

  /// What is not over will not be done.
  package mutating func cancelAll(at now: Instant) throws(Failure) {
    for index in tasks.indices where !tasks[index].state.isOver && tasks[index].state != .cancelled {
      try move(index, .cancel)
      tasks[index].endedAt = now
    }
  }

  /// Whether an event tells that somebody is at a task, or did it: not that it can be done, or is another team's.
  package static func isWork(_ what: String) -> Bool { [TaskState.Event.claim, .complete, .fail, .skip].contains { name($0) == what } }

  private static func name(_ event: TaskState.Event) -> String {
    switch event {
    case .open: "task_opened"
    case .claim: "task_claimed"
    case .give: "task_given"
    case .complete: "task_completed"
    case .fail: "task_failed"
    case .skip: "task_skipped"
    case .retry: "task_retried"
    case .cancel: "task_cancelled"
    }
  }

  private func requireFree(_ index: Int, for assignee: RequestTask.Assignee) throws(Failure) {
    guard let holder = tasks[index].assignee, holder.id != assignee.id else { return }
    throw Failure(.conflict, RequestMessages.claimedByAnother)
  }

  private mutating func move(_ index: Int, _ event: TaskState.Event) throws(Failure) {
    let state = tasks[index].state
    guard let next = state.after(event) else {
      // Opening and ending with the whole are no acts of people.
      let possible = TaskState.Event.allCases.filter { state.after($0) != nil && $0 != .open && $0 != .cancel }.map(\.rawValue)
      throw Failure(.conflict, RequestMessages.taskWrongState, ["state": state.rawValue, "event": event.rawValue, "allowed": possible.asAllowed])
    }
    tasks[index].state = next
  }

  private func index(of publicId: [UInt8]) throws(Failure) -> Int {
    guard let index = tasks.firstIndex(where: { $0.publicId == publicId }) else { throw Failure.notFound }
    return index
  }

  private mutating func note(_ what: String, _ index: Int, at now: Instant) {
    events.append(Event(what: what, task: tasks[index].publicId, at: now))
  }
}
