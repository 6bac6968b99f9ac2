import Kernel

/// How a change comes to be agreed to.
package enum ChangeKind: String, Sendable, CaseIterable {
  /// By a model that was agreed to once.
  case standard
  /// Before it is done.
  case normal
  /// It may be done before everybody has agreed; then they are asked nevertheless.
  case emergency
}

package enum ChangeOutcome: String, Sendable, CaseIterable {
  case success, failed
  case backedOut = "backed_out"
}

package enum ChangeRisk: String, Sendable, CaseIterable { case low, medium, high }

/// Whether those who are asked have agreed.
package enum ChangeApproval: String, Sendable, CaseIterable { case none, pending, approved, rejected }

/// Where a change stands.
package enum ChangeState: String, LifeCycle, CaseIterable {
  /// Written down. May go to `assessed`, `cancelled`.
  case draft
  /// Its risk is judged, as it stands. May go to `draft` (written anew), `awaitingApproval`, `approved` (nobody needs to agree), `cancelled`.
  case assessed
  /// Somebody is asked to agree. May go to `approved`, `rejected`, back to `draft`, to `cancelled`; an emergency to `implementing`.
  case awaitingApproval = "awaiting_approval"
  /// Agreed to, and planned for its window. May go to `implementing`, back to `draft`, to `cancelled`.
  case approved
  /// It is being done. May go to `implemented`, `backedOut`.
  case implementing
  /// It was done, with success or without. May go to `backedOut`, `closed`.
  case implemented
  /// It was undone. May go to `closed`.
  case backedOut = "backed_out"
  /// Looked back on where that is due. Goes nowhere.
  case closed
  /// Somebody did not agree. May go back to `draft`, or to `cancelled`.
  case rejected
  /// It will not be done. Goes nowhere.
  case cancelled

  /// What can happen to it.
  package enum Step: String, Sendable, CaseIterable {
    /// Something is written: texts, window, tasks, what it touches.
    case write
    case assess, submit, approve, reject
    /// It is taken back to be written anew.
    case revise
    case start, complete
    case backOut = "back_out"
    case review, close, cancel
  }

  /// The state after `step`; nil when it cannot happen in this state. That an emergency alone starts unapproved, the process decides.
  package func after(_ step: Step) -> ChangeState? {
    switch (self, step) {
    // What was judged was another plan.
    case (.draft, .write), (.assessed, .write): .draft
    case (.draft, .assess), (.assessed, .assess): .assessed
    case (.assessed, .submit): .awaitingApproval
    case (.assessed, .approve), (.awaitingApproval, .approve): .approved
    case (.awaitingApproval, .reject): .rejected
    case (.awaitingApproval, .revise), (.approved, .revise), (.rejected, .revise): .draft
    case (.awaitingApproval, .start), (.approved, .start): .implementing
    case (.implementing, .complete): .implemented
    case (.implementing, .backOut), (.implemented, .backOut): .backedOut
    case (.implemented, .review), (.backedOut, .review): self
    case (.implemented, .close), (.backedOut, .close): .closed
    case (.draft, .cancel), (.assessed, .cancel), (.awaitingApproval, .cancel), (.approved, .cancel), (.rejected, .cancel): .cancelled
    case (.draft, _), (.assessed, _), (.awaitingApproval, _), (.approved, _), (.implementing, _), (.implemented, _), (.backedOut, _), (.closed, _),
      (.rejected, _), (.cancelled, _):
      nil
    }
  }

  /// Whether something is still to be done about it.
  package var isOpen: Bool {
    switch self {
    case .draft, .assessed, .awaitingApproval, .approved, .implementing, .implemented, .backedOut: true
    case .closed, .rejected, .cancelled: false
    }
  }

  /// Whether its window still means that something will be, or is being, altered then.
  package var isAhead: Bool {
    switch self {
    case .draft, .assessed, .awaitingApproval, .approved, .implementing: true
    case .implemented, .backedOut, .closed, .rejected, .cancelled: false
    }
  }
}
