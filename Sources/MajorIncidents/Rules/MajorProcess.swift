import Kernel

/// What is done about a major incident.
enum MajorAct: Sendable, Equatable {
  case mitigate(String)
  case resolve(String)
  case reopen
  case review(String)

  var step: MajorState.Step {
    switch self {
    case .mitigate: .mitigate
    case .resolve: .resolve
    case .reopen: .reopen
    case .review: .review
    }
  }

  /// As the history has it: `major_incident.resolved`.
  var event: String {
    switch self {
    case .mitigate: "mitigated"
    case .resolve: "resolved"
    case .reopen: "reopened"
    case .review: "reviewed"
    }
  }
}

/// A major incident's life cycle: pure, driven by tests without a database.
struct MajorProcess: Sendable, Equatable {
  var state: MajorState = .declared
  /// What helps meanwhile; of one that was reopened, what was thought to.
  var mitigation: String?
  /// How it was resolved; of one that was reopened, how that was tried.
  var resolution: String?
  var review: String?
  var mitigatedAt: Instant?
  var resolvedAt: Instant?
  var reviewedAt: Instant?
  var reopenCount: Int64 = 0

  /// Moves it on, or says why that is not possible, and changes nothing then.
  mutating func apply(_ act: MajorAct, at now: Instant) throws(Failure) {
    state = try state(after: act.step)
    switch act {
    case .mitigate(let text): (mitigation, mitigatedAt) = (text, now)
    case .resolve(let text): (resolution, resolvedAt) = (text, now)
    case .review(let text): (review, reviewedAt) = (text, now)
    case .reopen:
      (mitigatedAt, resolvedAt) = (nil, nil)
      reopenCount += 1
    }
  }

  /// The state after a step; refuses one that is not possible.
  func state(after step: MajorState.Step) throws(Failure) -> MajorState {
    try state.next(step, orRefuse: MajorMessages.wrongState, named: "step")
  }
}
