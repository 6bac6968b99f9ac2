import BillingEngine
import Kernel
import ServiceTime

extension BillingPeriod {
  /// The periods in which a measurement is judged: of each kind, all that it lies in whole. The shortest come first.
  /// - Parameters:
  ///   - from: the beginning of what was measured.
  ///   - to: the first instant after it; the same as `from` for an instant.
  static func judging(_ from: Instant, _ to: Instant, in zone: Zone) -> [BillingPeriod] {
    let day = zone.date(at: from)
    var periods = ([.month, .quarter, .year] as [Kind]).compactMap { BillingPeriod($0, containing: day) }
    // A month lies in the rolling years that end with it and with each of the eleven months after it.
    var last = CalendarMonth(containing: day)
    for _ in 0..<12 {
      if let year = BillingPeriod(.rollingYear, containing: last.firstDay) { periods.append(year) }
      last = CalendarMonth(containing: last.end)
    }
    return periods.filter { zone.span(of: $0.first, to: $0.end).holds(from, to) }
  }
}

extension TimeSpan {
  /// Whether all of a stretch of time falls into it, or an instant where both are the same.
  func holds(_ from: Instant, _ to: Instant) -> Bool { start <= from && (from == to ? from < end : to <= end) }
}
