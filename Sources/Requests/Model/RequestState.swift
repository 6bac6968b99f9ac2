/// Where a request stands.
package enum RequestState: String, Sendable, CaseIterable {
  /// Recorded; its process has not begun. One that was made by a version that knew no process stays so until staff begin or close it.
  /// May go to `awaitingApproval`, `approved`, `closed`, `withdrawn`, `cancelled`.
  case submitted
  /// Somebody is asked to agree. May go to `approved`, `rejected`, `withdrawn`, `cancelled`.
  case awaitingApproval = "awaiting_approval"
  /// Agreed to; its tasks are about to be opened. May go to `fulfilling`, `withdrawn`, `cancelled`.
  case approved
  /// Teams are at it. May go to `fulfilled`, `withdrawn` (before work has begun), `cancelled`.
  case fulfilling
  /// Somebody did not agree. Goes nowhere.
  case rejected
  /// All that was to be done is done, or was skipped. May go to `closed`, `approved` (it did not hold).
  case fulfilled
  /// Confirmed, or nobody objected in time. May go to `approved` (it did not hold).
  case closed
  /// Taken back before anything was done. Goes nowhere.
  case withdrawn
  /// Stopped; what had been done stays done. Goes nowhere.
  case cancelled

  /// What can happen to it.
  package enum Event: String, Sendable, CaseIterable {
    case ask, approve, reject, begin, fulfil, close, reopen, withdraw, cancel
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> RequestState? {
    switch (self, event) {
    case (.submitted, .ask): .awaitingApproval
    case (.submitted, .approve), (.awaitingApproval, .approve): .approved
    case (.awaitingApproval, .reject): .rejected
    case (.approved, .begin): .fulfilling
    case (.fulfilling, .fulfil): .fulfilled
    case (.fulfilled, .close), (.submitted, .close): .closed
    // Agreed to it is still: more is to be done.
    case (.fulfilled, .reopen), (.closed, .reopen): .approved
    case (.submitted, .withdraw), (.awaitingApproval, .withdraw), (.approved, .withdraw), (.fulfilling, .withdraw): .withdrawn
    case (.submitted, .cancel), (.awaitingApproval, .cancel), (.approved, .cancel), (.fulfilling, .cancel): .cancelled
    case (.submitted, .reject), (.submitted, .begin), (.submitted, .fulfil), (.submitted, .reopen), (.awaitingApproval, .reopen), (.approved, .reopen),
      (.fulfilling, .reopen),
      (.awaitingApproval, .ask), (.awaitingApproval, .begin), (.awaitingApproval, .fulfil), (.awaitingApproval, .close),
      (.approved, .ask), (.approved, .approve), (.approved, .reject), (.approved, .fulfil), (.approved, .close),
      (.fulfilling, .ask), (.fulfilling, .approve), (.fulfilling, .reject), (.fulfilling, .begin), (.fulfilling, .close),
      (.fulfilled, .ask), (.fulfilled, .approve), (.fulfilled, .reject), (.fulfilled, .begin), (.fulfilled, .fulfil), (.fulfilled, .withdraw),
      (.fulfilled, .cancel), (.rejected, _), (.closed, _), (.withdrawn, _), (.cancelled, _):
      nil
    }
  }
}
