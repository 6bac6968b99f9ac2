import Kernel
import ServiceTime

/// The months of a zone. Tickets come more or less in the order of time: the month of one is mostly that of the next.
struct MonthFinder: Sendable {
  private let zone: Zone
  private var span: TimeSpan?
  private var month: CalendarMonth

  init(_ zone: Zone) {
    self.zone = zone
    month = CalendarMonth(containing: CalendarDate(daysSinceEpoch: 0))
  }

  mutating func month(of instant: Instant) -> CalendarMonth {
    if let span, span.start <= instant, instant < span.end { return month }
    month = CalendarMonth(containing: zone.date(at: instant))
    span = zone.span(of: month.firstDay, to: month.end)
    return month
  }
}
