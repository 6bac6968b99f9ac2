import Kernel

extension Zone {
  /// What the wall clock shows at an instant, as its seconds since 1970-01-01T00:00 on that clock.
  package func wallClockSeconds(at instant: Instant) -> Int64 {
    let second = CompiledCalendar.second(instant)
    let spans = second < nearEnd ? near : all
    let index = max(0, OpenPattern.partition(spans.indices) { spans[$0].start > second } - 1)
    return second + spans[index].offset
  }

  /// The date that the wall clock shows at an instant.
  package func date(at instant: Instant) -> CalendarDate {
    CalendarDate(daysSinceEpoch: wallClockSeconds(at: instant).flooredQuotient(by: 86_400))
  }

  /// When a date begins: midnight on the wall clock, or the change that skipped it.
  package func start(of date: CalendarDate) -> Instant { reading(wallClockSeconds: date.daysSinceEpoch * 86_400).instant }

  /// The dates from `first` up to, not including, `end`.
  package func span(of first: CalendarDate, to end: CalendarDate) -> TimeSpan { TimeSpan(start(of: first), start(of: end)) }
}
