/// What a target is for. What it leaves open it is for in any form.
package struct TargetSelector: Hashable, Sendable {
  package let ticketType: TicketType?
  package let priority: Int64?
  package let service: Int64?
  package let ciTier: String?

  package init(ticketType: TicketType? = nil, priority: Int64? = nil, service: Int64? = nil, ciTier: String? = nil) {
    self.ticketType = ticketType
    self.priority = priority
    self.service = service
    self.ciTier = ciTier
  }

  /// Whether the target is for such a ticket. What it names must be known of the ticket, and be the same.
  package func covers(_ facts: TargetFacts) -> Bool {
    (ticketType == nil || ticketType == facts.ticketType) && (priority == nil || priority == facts.priority)
      && (service == nil || service == facts.service) && (ciTier == nil || ciTier == facts.ciTier)
  }

  package var named: TargetNames {
    var named: TargetNames = []
    if service != nil { named.insert(.service) }
    if ciTier != nil { named.insert(.ciTier) }
    if ticketType != nil { named.insert(.ticketType) }
    if priority != nil { named.insert(.priority) }
    return named
  }
}

/// Which facts a target names. It is its place in the table of ``TargetPrecedence``, and the reason for which it is chosen.
package struct TargetNames: OptionSet, Hashable, Sendable {
  package let rawValue: UInt8

  package init(rawValue: UInt8) { self.rawValue = rawValue }

  package static let priority = TargetNames(rawValue: 1)
  package static let ticketType = TargetNames(rawValue: 2)
  package static let ciTier = TargetNames(rawValue: 4)
  package static let service = TargetNames(rawValue: 8)

  /// `service+priority`, or `any` where it names nothing.
  package var code: String {
    let names: [(TargetNames, String)] = [(.service, "service"), (.ciTier, "ci_tier"), (.ticketType, "ticket_type"), (.priority, "priority")]
    let found = names.filter { contains($0.0) }.map(\.1)
    return found.isEmpty ? "any" : found.joined(separator: "+")
  }
}
