import Kernel

extension CompiledCalendar {
  /// 27 years of dates. Promises in business days are a few weeks long; days are found one by one, so that a wrong number
  /// from outside must not cost more than milliseconds.
  package static let businessDayLimit: Int64 = 10_000

  /// The closing of a business day, which is a date with open time: the end of that date's last opening.
  ///
  /// The date of `start` is day 0 and day N is the N-th business day after it. For day 0 the answer is the closing of the
  /// start's own date if that is still to come, otherwise that of the next business day: what is due "by the end of the
  /// same day" and arrives at night is due the next day. Nil when there are not so many business days, or more are asked
  /// for than ``businessDayLimit``.
  package func businessDayEnd(from start: Instant, days: Int64) -> Instant? {
    guard days <= Self.businessDayLimit else { return nil }
    let first = Self.second(start)
    if days <= 0, let closing = closing(ofDateAt: first), closing > first { return Instant(seconds: closing) }
    var second = endOfDate(at: first)
    var left = max(1, days)
    while second < Zone.end, let opening = nextOpening(at: Instant(seconds: second)) {
      left -= 1
      if left == 0 { return closing(ofDateAt: opening.seconds).map { Instant(seconds: $0) } }
      second = endOfDate(at: opening.seconds)
    }
    return nil
  }

  /// How many business days after the date of `start` that of `closing` is: the number for which
  /// ``businessDayEnd(from:days:)`` gives that closing; 0 on the same date.
  package func businessDays(from start: Instant, to closing: Instant) -> Int64 {
    var days: Int64 = 0
    var second = endOfDate(at: Self.second(start))
    while days < Self.businessDayLimit, second < Zone.end, let opening = nextOpening(at: Instant(seconds: second)), opening < closing {
      days += 1
      second = endOfDate(at: opening.seconds)
    }
    return days
  }

  /// From where business days are counted that another calendar goes on with at `instant`: the date itself once it has been open,
  /// else the noon before, so that the other calendar decides whether the date is a business day.
  package func businessDayReached(at instant: Instant) -> Instant {
    let second = Self.second(instant)
    let offset = span(at: second).offset
    let midnight = OpenPattern.date(of: second + offset) * OpenPattern.day - offset
    guard elapsed(from: Instant(seconds: max(0, midnight)), to: instant) == 0 else { return instant }
    return Instant(seconds: max(0, midnight - OpenPattern.day / 2))
  }

  /// The date that the zone's wall clock shows.
  package func date(at instant: Instant) -> CalendarDate {
    let second = Self.second(instant)
    return CalendarDate(daysSinceEpoch: OpenPattern.date(of: second + span(at: second).offset))
  }

  /// The last closing on or before the end of the date around a second; nil when nothing was open since 1970.
  private func closing(ofDateAt second: Int64) -> Int64? {
    let end = endOfDate(at: second)
    let count = end < Zone.end ? open(before: end) : open(before: Zone.end - 1) + (isOpen(at: Instant(seconds: Zone.end - 1)) ? 1 : 0)
    return earliest(with: count)?.seconds
  }

  /// The first second after which the wall clock never again shows the date around `second`. A backward change at midnight
  /// (America/Santiago) shows the last hour of a date twice; a date may also lack its last hour, or follow a skipped one.
  private func endOfDate(at second: Int64) -> Int64 {
    let offset = span(at: second).offset
    let midnight = (OpenPattern.date(of: second + offset) + 1) * OpenPattern.day
    // The offsets of all zones lie within 26 hours, so the date ends within so much of where this offset would end it.
    let reach = min(midnight - offset + 26 * 3600, Zone.end - 1)
    let spans = spans(around: second...max(second, reach))
    for (index, span) in zip(spans.indices, spans).reversed() where span.start + span.offset < midnight {
      let end = index + 1 < spans.endIndex ? spans[index + 1].start : Zone.end
      return min(midnight - span.offset, end)
    }
    return min(midnight - offset, Zone.end)
  }
}
