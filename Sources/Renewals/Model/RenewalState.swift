/// Where the decision on a cycle of a contract stands.
package enum RenewalState: String, Sendable, CaseIterable {
  /// To be decided. May go to `renewing`, `not_renewing`, `snoozed`; to `completed` only by itself, when the cycle is over.
  case pending
  /// It will be renewed, but is not yet (signature outstanding). May go to `not_renewing`, `pending`, `completed`.
  case renewing
  /// It will end. May go to `renewing`, `pending`, `completed`.
  case notRenewing = "not_renewing"
  /// Put off until a date, at which it is pending again. May go where `pending` may; it is not reopened.
  case snoozed
  /// Over, with an outcome. Goes nowhere; the next cycle is another item.
  case completed

  /// What can happen to it.
  package enum Event: String, Sendable, CaseIterable {
    case renew
    case decline
    /// The decision is taken back.
    case reopen
    case snooze
    /// The date until which it was put off has come.
    case wake
    /// What was decided is done.
    case complete
    /// The cycle ended undecided, or is no cycle of the contract any more.
    case close
  }

  /// The state after `event`; nil when it cannot happen in this state.
  package func after(_ event: Event) -> RenewalState? {
    switch (self, event) {
    case (.pending, .renew), (.snoozed, .renew), (.notRenewing, .renew): .renewing
    case (.pending, .decline), (.snoozed, .decline), (.renewing, .decline): .notRenewing
    case (.renewing, .reopen), (.notRenewing, .reopen), (.snoozed, .wake): .pending
    case (.pending, .snooze), (.snoozed, .snooze): .snoozed
    case (.renewing, .complete), (.notRenewing, .complete): .completed
    case (.pending, .close), (.snoozed, .close), (.renewing, .close), (.notRenewing, .close): .completed
    case (.pending, .reopen), (.pending, .wake), (.pending, .complete): nil
    case (.snoozed, .reopen), (.snoozed, .complete): nil
    case (.renewing, .renew), (.renewing, .snooze), (.renewing, .wake): nil
    case (.notRenewing, .decline), (.notRenewing, .snooze), (.notRenewing, .wake): nil
    case (.completed, _): nil
    }
  }
}

/// How a cycle ended.
package enum RenewalOutcome: String, Sendable, CaseIterable {
  /// The contract went on.
  case renewed
  /// Somebody decided that it ends.
  case notRenewed = "not_renewed"
  /// The term ended, and nobody had decided.
  case lapsed
  /// The contract was changed so that this is no cycle of it any more; it counts for no renewal rate.
  case superseded
}
