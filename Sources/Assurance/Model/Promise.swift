import Contracts
import Kernel

/// What is promised of one metric, for tickets of one kind: a target of the SLA version that a line has, as the proof sees it.
package struct Promise: Hashable, Sendable {
  package enum Terms: Hashable, Sendable {
    /// So much time in the hours of a calendar.
    case time(Budget, calendar: Int64)
    /// A share of each period in which something is there or right.
    case share(PeriodShare)
  }

  package let metric: String
  /// Nil for a measured metric.
  package let priority: Int64?
  package let scope: PromiseScope
  package let terms: Terms

  package init(metric: String, priority: Int64?, scope: PromiseScope = .any, terms: Terms) {
    self.metric = metric
    self.priority = priority
    self.scope = scope
    self.terms = terms
  }

  var label: PromiseLabel {
    PromiseLabel(metric: metric, priority: priority, ticketType: scope.ticketType, service: scope.service?.code, ciTier: scope.ciTier)
  }
}

/// Which tickets a promise is for, besides their priority; of a measured metric, which service. What it leaves open is of no kind
/// that anything in the chain names.
package struct PromiseScope: Hashable, Sendable {
  package struct Service: Hashable, Sendable {
    /// A row of `catalog.service`.
    package let id: Int64
    package let code: String

    package init(id: Int64, code: String) {
      self.id = id
      self.code = code
    }
  }

  package let ticketType: TicketType?
  package let service: Service?
  package let ciTier: String?

  package init(ticketType: TicketType? = nil, service: Service? = nil, ciTier: String? = nil) {
    self.ticketType = ticketType
    self.service = service
    self.ciTier = ciTier
  }

  package static let any = PromiseScope()

  /// Whether all that `other` names is named here, and the same: what is for `other` is for these tickets.
  func isWithin(_ other: PromiseScope) -> Bool {
    (other.ticketType == nil || other.ticketType == ticketType) && (other.service == nil || other.service?.id == service?.id)
      && (other.ciTier == nil || other.ciTier == ciTier)
  }
}

/// Which promise a gap is in.
package struct PromiseLabel: Hashable, Comparable, Sendable {
  package let metric: String
  package let priority: Int64?
  package let ticketType: TicketType?
  /// The service's code.
  package let service: String?
  package let ciTier: String?

  package init(metric: String, priority: Int64?, ticketType: TicketType? = nil, service: String? = nil, ciTier: String? = nil) {
    self.metric = metric
    self.priority = priority
    self.ticketType = ticketType
    self.service = service
    self.ciTier = ciTier
  }

  /// For programs and files: `resolution P1`, `resolution P1 type:request service:ERP tier:gold`, `availability`.
  package var code: String {
    let parts = [
      priority.map { "P\($0)" }, ticketType.map { "type:\($0.rawValue)" }, service.map { "service:\($0)" }, ciTier.map { "tier:\($0)" },
    ]
    return ([metric] + parts.compactMap(\.self)).joined(separator: " ")
  }

  /// Whether a promise for these tickets is one for those of `other` as well: what this names, the other names too.
  func contains(_ other: PromiseLabel) -> Bool {
    metric == other.metric && priority == other.priority && (ticketType == nil || ticketType == other.ticketType)
      && (service == nil || service == other.service) && (ciTier == nil || ciTier == other.ciTier)
  }

  package static func < (left: Self, right: Self) -> Bool { left.order < right.order }

  /// Those for the same kind of tickets beside one another.
  private var order: (String, String, String, String, Int64) {
    (metric, service ?? "", ciTier ?? "", ticketType?.rawValue ?? "", priority ?? 0)
  }
}

/// The metrics of a ticket's clocks, for which the chain needs time.
enum ClockMetric: String, Sendable, CaseIterable {
  case response, resolution, update

  static let all = Set(allCases.map(\.rawValue))
}
