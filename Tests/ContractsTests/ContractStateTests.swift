import Contracts
import Testing

@Suite struct ContractStateTests {
  /// Every pair, written down: what is not listed here cannot happen.
  static let transitions: [ContractState: [ContractState.Event: ContractState]] = [
    .draft: [.activate: .active, .end: .ended, .amend: .draft],
    .active: [.suspend: .suspended, .end: .ended, .amend: .active],
    .suspended: [.resume: .active, .end: .ended, .amend: .suspended],
    .ended: [:],
  ]

  @Test(arguments: ContractState.allCases, ContractState.Event.allCases)
  func everyPairGoesWhereTheTableSays(state: ContractState, event: ContractState.Event) {
    #expect(state.after(event) == Self.transitions[state]?[event])
  }
}
