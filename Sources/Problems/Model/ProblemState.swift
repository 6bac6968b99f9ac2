import Kernel

/// Where a problem stands.
package enum ProblemState: String, LifeCycle, CaseIterable {
  /// Recorded; nobody has looked for its cause. May go to `investigating`, `knownError`, `resolved`, `cancelled`.
  case new
  /// Its cause is looked for. May go to `knownError`, `resolved`, `cancelled`.
  case investigating
  /// Its cause, or what helps meanwhile, is known. May go back to `investigating`, and to `resolved`, `cancelled`.
  case knownError = "known_error"
  /// What was to be done against it is done; it may still come back. May go to `closed`, or back to `investigating`.
  case resolved
  /// It stayed away. May go back to `investigating`.
  case closed
  /// It was none, or is not followed any more. May go back to `investigating`.
  case cancelled

  /// What can happen to it.
  package enum Step: String, Sendable, CaseIterable {
    case investigate
    /// Something is written: title, cause, workaround, what it names.
    case write
    /// It is said to be a known error.
    case declare
    case resolve, close, reopen, cancel
  }

  /// The state after `step`; nil when it cannot happen in this state.
  package func after(_ step: Step) -> ProblemState? {
    switch (self, step) {
    case (.new, .investigate), (.knownError, .investigate): .investigating
    case (.new, .write), (.investigating, .write), (.knownError, .write): self
    case (.new, .declare), (.investigating, .declare): .knownError
    case (.new, .resolve), (.investigating, .resolve), (.knownError, .resolve): .resolved
    case (.new, .cancel), (.investigating, .cancel), (.knownError, .cancel): .cancelled
    case (.resolved, .close): .closed
    case (.resolved, .reopen), (.closed, .reopen), (.cancelled, .reopen): .investigating
    case (.new, .close), (.new, .reopen), (.investigating, .investigate), (.investigating, .close), (.investigating, .reopen),
      (.knownError, .declare), (.knownError, .close), (.knownError, .reopen),
      (.resolved, .investigate), (.resolved, .write), (.resolved, .declare), (.resolved, .resolve), (.resolved, .cancel),
      (.closed, .investigate), (.closed, .write), (.closed, .declare), (.closed, .resolve), (.closed, .close), (.closed, .cancel),
      (.cancelled, .investigate), (.cancelled, .write), (.cancelled, .declare), (.cancelled, .resolve), (.cancelled, .close), (.cancelled, .cancel):
      nil
    }
  }

  /// Whether something is still to be done about it.
  package var isOpen: Bool {
    switch self {
    case .new, .investigating, .knownError: true
    case .resolved, .closed, .cancelled: false
    }
  }
}
