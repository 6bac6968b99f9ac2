import Kernel
import ServiceTime

extension CalendarDate {
  /// The date so many months away. `anchor` is the day of the month that is meant (default: this date's); where the month
  /// is too short its last day is taken, and the month after has the anchor's day again.
  package func adding(months: Int64, anchor: Int64? = nil) -> CalendarDate? {
    let (year, month, day) = parts
    let count = year * 12 + month - 1 + months
    let (newYear, newMonth) = (count.flooredQuotient(by: 12), count.flooredRemainder(by: 12) + 1)
    return CalendarDate(year: newYear, month: newMonth, day: min(anchor ?? day, CalendarDate.length(ofMonth: newMonth, year: newYear)))
  }
}

/// The days of a contract's cycles, in its zone. Every instant from outside lies between 1970 and 9999, and what would lie
/// behind is no date: then there is no cycle.
package struct TermDates: Sendable {
  package let startsAt: Instant
  /// Nil: open-ended; its cycles are the years after its start.
  package let endsAt: Instant?
  package let zone: Zone

  package init(startsAt: Instant, endsAt: Instant?, zone: Zone) {
    self.startsAt = startsAt
    self.endsAt = endsAt
    self.zone = zone
  }

  /// The day by which is to be decided: the cycle's end less the notice.
  package func decision(before end: Instant, notice: Notice) -> CalendarDate? {
    let last = zone.date(at: end)
    let decision: CalendarDate? =
      switch notice {
      case .days(let days): last.adding(days: -days)
      case .months(let months): last.adding(months: -months, anchor: anchor(of: last))
      }
    // Before 1970 no instant is accepted.
    return decision.flatMap { $0.daysSinceEpoch >= 0 ? $0 : nil }
  }

  /// The first anniversary of an open-ended term that is later than `instant`.
  package func anniversary(after instant: Instant) -> Instant? {
    let first = zone.date(at: startsAt)
    // The anniversary in the year of `instant` or one year off it: no walk through the years.
    let years = max(1, zone.date(at: instant).parts.year - first.parts.year)
    for count in years...years + 1 {
      guard let date = first.adding(months: count * 12), Instant.accepted.contains(zone.start(of: date)) else { return nil }
      let anniversary = self.instant(on: date, timeOf: startsAt)
      if anniversary > instant { return anniversary }
    }
    return nil
  }

  /// The term's end when it is extended by so many months.
  package func extended(_ end: Instant, by months: Int64) -> Instant? {
    let last = zone.date(at: end)
    guard let date = last.adding(months: months, anchor: anchor(of: last)) else { return nil }
    let extended = instant(on: date, timeOf: end)
    return Instant.accepted.contains(extended) && extended > end ? extended : nil
  }

  /// A term from the 31st that ends on the last day of a shorter month means the 31st.
  private func anchor(of end: CalendarDate) -> Int64 {
    let (year, month, day) = end.parts
    let meant = zone.date(at: startsAt).parts.day
    return min(meant, CalendarDate.length(ofMonth: month, year: year)) == day ? meant : day
  }

  private func instant(on date: CalendarDate, timeOf instant: Instant) -> Instant {
    let time = zone.wallClockSeconds(at: instant).flooredRemainder(by: 86_400)
    return zone.reading(wallClockSeconds: date.daysSinceEpoch * 86_400 + time).instant
  }
}
