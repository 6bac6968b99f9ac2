import Kernel

/// Where a time entry stands.
package enum TimeEntryState: String, LifeCycle, CaseIterable {
  /// May still change. May go to `submitted`.
  case draft
  /// Waits for somebody else's approval, and does not change meanwhile. May go to `approved` or `returned`.
  case submitted
  /// Sent back with a reason; may change. May go to `submitted`.
  case returned
  /// Counts. Never changes: a mistake is corrected by a reversal. Goes nowhere.
  case approved

  /// What can happen to a time entry.
  package enum Event: String, Sendable, CaseIterable {
    case change, submit, approve
    case sendBack = "return"
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> TimeEntryState? {
    switch (self, event) {
    case (.draft, .change): .draft
    case (.returned, .change): .returned
    case (.draft, .submit), (.returned, .submit): .submitted
    case (.submitted, .approve): .approved
    case (.submitted, .sendBack): .returned
    case (.draft, .approve), (.draft, .sendBack), (.returned, .approve), (.returned, .sendBack): nil
    case (.submitted, .change), (.submitted, .submit), (.approved, _): nil
    }
  }
}
