/// What a person is to a contract.
package enum ContactRole: String, Sendable, CaseIterable {
  case decisionMaker = "decision_maker"
  case escalation
  case billing
  case technical
}
