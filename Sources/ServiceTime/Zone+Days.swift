import Kernel

extension Zone {
  /// The date that the wall clock shows at an instant.
  package func day(of instant: Instant) -> CalendarDate {
    let second = min(max(instant.seconds, 0), Zone.end - 1)
    let spans = second < nearEnd ? near : all
    // The last span that has begun; the first begins at 0.
    let index = max(0, OpenPattern.partition(spans.indices) { spans[$0].start > second } - 1)
    return CalendarDate(daysSinceEpoch: (second + spans[index].offset).flooredQuotient(by: 86_400))
  }

  /// When a date begins: midnight on the wall clock, or the change that skipped it.
  package func start(of day: CalendarDate) -> Instant { reading(wallClockSeconds: day.daysSinceEpoch * 86_400).instant }

  /// The days from `first` up to, not including, `end`.
  package func span(of first: CalendarDate, to end: CalendarDate) -> TimeSpan { TimeSpan(start(of: first), start(of: end)) }
}
