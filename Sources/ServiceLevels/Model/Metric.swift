/// What a clock measures.
package enum Metric: String, Hashable, Sendable, CaseIterable {
  /// Until somebody first answers. It never pauses, and what reopens the ticket does not ask for a first answer again.
  case response
  /// From one word to the next, as long as the subject is open and it is our turn: each begins the budget anew, and one gap that is
  /// too long is a miss.
  case update
  /// Until the ticket is resolved (or closed, where the contract says so).
  case resolution

  /// In the order in which people look for them.
  static func inOrder(_ left: Metric, _ right: Metric) -> Bool { left.place < right.place }

  private var place: Int {
    switch self {
    case .response: 0
    case .update: 1
    case .resolution: 2
    }
  }
}
