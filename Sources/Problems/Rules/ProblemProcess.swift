import Desk
import Kernel
import Operations

/// What is done about a problem.
enum ProblemAct: Sendable, Equatable {
  case investigate
  /// `code`: a key of the list of causes.
  case recordCause(String, code: Change<String>)
  case recordWorkaround(String)
  case declareKnownError
  case resolve(solution: String)
  /// `outcome`: a key of the list of outcomes.
  case close(outcome: String)
  case reopen(reason: String)
  case cancel(reason: String)

  var step: ProblemState.Step {
    switch self {
    case .investigate: .investigate
    case .recordCause, .recordWorkaround: .write
    case .declareKnownError: .declare
    case .resolve: .resolve
    case .close: .close
    case .reopen: .reopen
    case .cancel: .cancel
    }
  }

  /// As the history has it: `problem.resolved`.
  var event: String {
    switch self {
    case .investigate: "investigating"
    case .recordCause: "cause_recorded"
    case .recordWorkaround: "workaround_recorded"
    case .declareKnownError: "known_error_declared"
    case .resolve: "resolved"
    case .close: "closed"
    case .reopen: "reopened"
    case .cancel: "cancelled"
    }
  }

  /// What the history says besides: codes as they are by then, never what somebody wrote.
  func payload(of process: ProblemProcess) -> Value {
    switch self {
    case .recordCause: .object(["code": .text(process.causeCode)])
    case .close(let outcome): .object(["outcome": .text(outcome)])
    default: .object([])
    }
  }

  /// What linked incidents are told of it; nil: nothing.
  var news: ProblemNews.Kind? {
    switch self {
    case .recordWorkaround: .workaround
    case .resolve: .resolved
    case .close: .closed
    case .reopen: .reopened
    case .cancel: .cancelled
    case .investigate, .recordCause, .declareKnownError: nil
    }
  }
}

/// A problem's life cycle, and what is known of it: pure, driven by tests without a database.
struct ProblemProcess: Sendable, Equatable {
  var state: ProblemState = .new
  var cause: String?
  var causeCode: String?
  var workaround: String?
  /// How it was removed; of one that was reopened, how that was tried.
  var solution: String?
  var outcome: String?
  /// Why it was cancelled, or reopened last.
  var reason: String?
  /// Since when it is a known error; of one that is none any more, until when it last was is in its history.
  var knownErrorAt: Instant?
  var resolvedAt: Instant?
  var closedAt: Instant?
  var reopenCount: Int64 = 0

  /// Moves it on, or says why that is not possible, and changes nothing then.
  mutating func apply(_ act: ProblemAct, at now: Instant) throws(Failure) {
    var next = self
    next.state = try state(after: act.step)
    switch act {
    case .investigate: next.knownErrorAt = nil
    case .recordCause(let text, let code): (next.cause, next.causeCode) = (text, code.applied(to: causeCode))
    case .recordWorkaround(let text): next.workaround = text
    case .declareKnownError:
      guard cause != nil || workaround != nil else { throw Failure(.conflict, ProblemMessages.nothingKnown) }
      next.knownErrorAt = now
    case .resolve(let solution): (next.solution, next.resolvedAt) = (solution, now)
    case .close(let outcome): (next.outcome, next.closedAt) = (outcome, now)
    case .cancel(let reason): (next.reason, next.closedAt) = (reason, now)
    case .reopen(let reason):
      (next.reason, next.knownErrorAt, next.resolvedAt, next.closedAt, next.outcome) = (reason, nil, nil, nil, nil)
      next.reopenCount += 1
    }
    guard next != self else { throw Failure(.invalid, ProblemMessages.nothingToChange) }
    self = next
  }

  /// The state after a step; refuses one that is not possible.
  func state(after step: ProblemState.Step) throws(Failure) -> ProblemState {
    try state.next(step, orRefuse: ProblemMessages.wrongState, named: "step")
  }
}
