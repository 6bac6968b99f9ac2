import Kernel
import Problems

/// What the rows of a problem come to by our own life cycle: no state is reached but by steps that it allows. Where the log jumps, the steps
/// between are taken at once: what it closes is resolved with that, and what goes on after an end is reopened.
struct ImportedProblem: Sendable {
  private(set) var state = ProblemState.new
  private(set) var openedAt: Instant?
  private(set) var resolvedAt: Instant?
  private(set) var closedAt: Instant?
  private(set) var reopenCount: Int64 = 0
  /// For each row the state that it left the problem in, and what happened, in the words of the history.
  private(set) var story: [(state: ProblemState, event: String)] = []

  init(_ rows: [(state: ImportProfile.State, at: Instant)]) {
    for row in rows {
      let steps = Self.steps(from: state, to: row.state.problemState)
      for step in steps { take(step, at: row.at) }
      let event = openedAt == nil ? "problem.opened" : steps.last.map(Self.event) ?? "problem.changed"
      if openedAt == nil { openedAt = row.at }
      story.append((state, event))
    }
  }

  /// How to get to what the log says. What was looked into once is never new again: it waits to be looked into further.
  static func steps(from state: ProblemState, to target: ProblemState) -> [ProblemState.Step] {
    guard state != target else { return [] }
    let reopening: [ProblemState.Step] = state.isOpen ? [] : [.reopen]
    return switch target {
    case .new: reopening
    case .investigating, .knownError: state.isOpen ? [.investigate] : reopening
    case .resolved: reopening + [.resolve]
    case .closed: state == .resolved ? [.close] : reopening + [.resolve, .close]
    case .cancelled: reopening + [.cancel]
    }
  }

  private mutating func take(_ step: ProblemState.Step, at instant: Instant) {
    guard let next = state.after(step) else { return }
    state = next
    switch step {
    case .resolve: resolvedAt = instant
    case .close, .cancel: closedAt = instant
    case .reopen:
      (resolvedAt, closedAt) = (nil, nil)
      reopenCount += 1
    case .investigate, .write, .declare: break
    }
  }

  private static func event(_ step: ProblemState.Step) -> String {
    switch step {
    case .investigate: "problem.investigating"
    case .resolve: "problem.resolved"
    case .close: "problem.closed"
    case .reopen: "problem.reopened"
    case .cancel: "problem.cancelled"
    case .write, .declare: "problem.changed"
    }
  }
}

extension ImportProfile.State {
  /// What it is to a problem, which waits for nothing: its profiles have no state of waiting.
  var problemState: ProblemState {
    switch kind {
    case .new: .new
    case .active, .pending: .investigating
    case .resolved: .resolved
    case .closed: .closed
    case .cancelled: .cancelled
    }
  }
}
