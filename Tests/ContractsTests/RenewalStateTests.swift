import Contracts
import Renewals
import Testing

@Suite struct RenewalStateTests {
  /// Every pair, written down: what is not listed here cannot happen.
  static let transitions: [RenewalState: [RenewalState.Event: RenewalState]] = [
    .pending: [.renew: .renewing, .decline: .notRenewing, .snooze: .snoozed, .close: .completed],
    .snoozed: [.renew: .renewing, .decline: .notRenewing, .snooze: .snoozed, .wake: .pending, .close: .completed],
    .renewing: [.decline: .notRenewing, .reopen: .pending, .complete: .completed, .close: .completed],
    .notRenewing: [.renew: .renewing, .reopen: .pending, .complete: .completed, .close: .completed],
    .completed: [:],
  ]

  @Test(arguments: RenewalState.allCases, RenewalState.Event.allCases)
  func everyPairGoesWhereTheTableSays(state: RenewalState, event: RenewalState.Event) {
    #expect(state.after(event) == Self.transitions[state]?[event])
  }
}
