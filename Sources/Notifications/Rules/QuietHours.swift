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
  static func minutes(_ text: String) -> Int64? {
    let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
    guard parts.count == 2, parts.allSatisfy({ $0.count == 2 && $0.allSatisfy { (0x30...0x39).contains($0) } }),
      let hour = Int64(String(decoding: parts[0], as: UTF8.self)), let minute = Int64(String(decoding: parts[1], as: UTF8.self)), hour < 24, minute < 60
    else { return nil }
    return hour * 60 + minute
  }

  static func text(_ minutes: Int64) -> String { "\(pad(minutes / 60, 2)):\(pad(minutes % 60, 2))" }
}
