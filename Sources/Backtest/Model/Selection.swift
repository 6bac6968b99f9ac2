import Kernel
import ServiceTime

/// On which past tickets of a customer an SLA is tried out.
package struct Selection: Hashable, Sendable {
  /// Which instant of a ticket puts it into the selection, and into a month.
  package enum Basis: String, Sendable, CaseIterable { case opened, closed }

  package let basis: Basis
  /// The first day and the first day after, in the customer's zone; nil: all that there are.
  package let from: CalendarDate?
  package let until: CalendarDate?
  /// Tickets under this contract line now.
  package let line: Int64?
  /// Tickets of this priority now.
  package let priority: Int64?
  package let category: String?

  package init(
    basis: Basis = .opened, from: CalendarDate? = nil, until: CalendarDate? = nil, line: Int64? = nil, priority: Int64? = nil, category: String? = nil
  ) {
    self.basis = basis
    self.from = from
    self.until = until
    self.line = line
    self.priority = priority
    self.category = category
  }

  func span(in zone: Zone) -> TimeSpan {
    TimeSpan(
      from.map { zone.start(of: $0) } ?? Instant.accepted.lowerBound,
      until.map { zone.start(of: $0) } ?? Instant.accepted.upperBound)
  }
}
