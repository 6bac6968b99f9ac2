/// What a target is about and for, as people name it. Within an SLA version it is unique.
package struct TargetLabel: Hashable, Comparable, Sendable {
  package let metric: String
  package let ticketType: TicketType?
  package let priority: Int64?
  /// The service's code.
  package let service: String?
  package let ciTier: String?

  package init(metric: String, ticketType: TicketType? = nil, priority: Int64? = nil, service: String? = nil, ciTier: String? = nil) {
    self.metric = metric
    self.ticketType = ticketType
    self.priority = priority
    self.service = service
    self.ciTier = ciTier
  }

  /// For programs: `response.1`, `resolution.any.type:request.service:ERP.tier:gold`.
  package var code: String {
    let named = [ticketType.map { "type:\($0.rawValue)" }, service.map { "service:\($0)" }, ciTier.map { "tier:\($0)" }].compactMap(\.self)
    return ([metric, priority.map { String($0) } ?? "any"] + named).joined(separator: ".")
  }

  package static func < (left: TargetLabel, right: TargetLabel) -> Bool { left.order.lexicographicallyPrecedes(right.order) }

  /// Response first, the widest target first.
  private var order: [String] {
    [metric == Metric.response.rawValue ? "" : metric, service ?? "", ciTier ?? "", ticketType?.rawValue ?? "", priority.map { String($0) } ?? ""]
  }
}
