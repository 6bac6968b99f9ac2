/// What a clock measures.
package enum Metric: String, Hashable, Sendable, CaseIterable {
  /// Until somebody first answers. It never pauses, and what reopens the ticket does not ask for a first answer again.
  case response
  /// Until the ticket is resolved (or closed, where the contract says so).
  case resolution
}
