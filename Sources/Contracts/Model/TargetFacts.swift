/// What kind of work a ticket is.
package enum TicketType: String, Sendable, CaseIterable {
  case incident, request, change, problem

  /// Whether clocks measure what is promised of it.
  package var hasClocks: Bool { self == .incident || self == .request }
}

/// What of a ticket its targets are chosen by.
package struct TargetFacts: Hashable, Sendable {
  package let ticketType: TicketType
  package let priority: Int64
  /// A row of `catalog.service`; nil where nobody said which.
  package let service: Int64?
  /// A code of `contracts.ci_tier`: how critical the affected configuration item is; nil where nobody said.
  package let ciTier: String?

  package init(ticketType: TicketType = .incident, priority: Int64, service: Int64? = nil, ciTier: String? = nil) {
    self.ticketType = ticketType
    self.priority = priority
    self.service = service
    self.ciTier = ciTier
  }
}
