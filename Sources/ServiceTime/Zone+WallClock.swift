import Kernel

extension Zone {
  /// What a wall clock's reading says: the instant, and whether the reading leaves no doubt.
  package struct Reading: Hashable, Sendable {
    package let instant: Instant
    /// False for a time that the clock skipped (the change itself is meant) or showed twice (the first time is meant).
    package let isCertain: Bool

    package init(instant: Instant, isCertain: Bool) {
      self.instant = instant
      self.isCertain = isCertain
    }
  }

  /// The instant at which the wall clock shows a time, given as its seconds since 1970-01-01T00:00 on that clock.
  package func reading(wallClockSeconds local: Int64) -> Reading {
    let spans = local < nearEnd - 2 * 86_400 ? near : all
    // The last span that had begun by its own clock. Offsets change by hours, spans last for weeks: order is kept.
    let index = max(0, OpenPattern.partition(spans.indices) { spans[$0].start + spans[$0].offset > local } - 1)
    if index > 0, spans[index].start + spans[index - 1].offset > local {
      return Reading(instant: Instant(seconds: local - spans[index - 1].offset), isCertain: false)
    }
    if index + 1 < spans.count, local - spans[index].offset >= spans[index + 1].start {
      return Reading(instant: Instant(seconds: spans[index + 1].start), isCertain: false)
    }
    return Reading(instant: Instant(seconds: local - spans[index].offset), isCertain: true)
  }
}
