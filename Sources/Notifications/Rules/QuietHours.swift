import Kernel
import ServiceTime

/// The hours of a day in which nobody is to be woken, by the receiver's own clock: from 22:00 to 07:00 goes over midnight.
struct QuietHours: Sendable, Equatable {
  /// Minutes since midnight.
  let from: Int64
  let to: Int64

  /// The first instant at or after `instant` that is not quiet.
  func end(after instant: Instant, in zone: Zone) -> Instant {
    let local = zone.wallClockSeconds(at: instant)
    let second = local.flooredRemainder(by: 86_400)
    let (from, to) = (from * 60, to * 60)
    let isQuiet = from <= to ? (from..<to).contains(second) : second >= from || second < to
    guard isQuiet else { return instant }
    let midnight = local - second
    let end = zone.reading(wallClockSeconds: midnight + to + (second < to ? 0 : 86_400)).instant
    // The hour that a change of the clock shows twice ends when it ends first.
    return max(end, instant)
  }

  /// `22:00`; nil when it is no time of day.
  static func minutes(_ text: String) -> Int64? { DailyTime.minute(text) }

  static func text(_ minutes: Int64) -> String { DailyTime.text(minutes) }
}
