import Foundation
import Kernel
import Synchronization

/// A time zone of the IANA database: which offset from UTC its wall clock has at which instant.
///
/// Zones are shared: the transitions are read from Foundation's ICU data once per process and zone.
package final class Zone: Hashable, Sendable, CustomStringConvertible {
  /// The identifier as it was given: `Europe/Berlin`. An alias stays the alias.
  package let identifier: String

  /// A stretch of time in which the offset does not change. It ends where the next one begins.
  struct Span {
    /// Seconds since 1970. The first span begins at 0.
    let start: Int64
    /// What to add to UTC to get the wall clock, in seconds.
    let offset: Int64
  }

  /// The spans up to ``nearEnd``.
  let near: [Span]
  /// The instant at which ``near`` stops being complete: 2100-01-01, or the end of time for a zone that has no
  /// transition after that.
  let nearEnd: Int64

  private let timeZone: TimeZone
  /// Every span up to the end of 9999: 16,000 for a zone with daylight saving time, so they are made only when someone asks.
  private let far = Mutex<[Span]?>(nil)

  /// The first second that is out of range: 10000-01-01, one past ``Instant/accepted``.
  static let end: Int64 = 253_402_300_800
  private static let yearTwentyOneHundred: Int64 = 4_102_444_800

  /// As many entries as ICU has zones, at most; an unknown identifier is not kept.
  private static let known = Mutex<[String: Zone]>([:])

  /// The zone of that name; nil when the IANA database has none. Only names of the form `Area/Location`, `UTC` and
  /// `GMT` are taken: Foundation also reads `PST` and `GMT+1`, which name no zone that PostgreSQL would agree on.
  package static func named(_ identifier: String) -> Zone? {
    if let zone = known.withLock({ $0[identifier] }) { return zone }
    guard identifier.utf8.count <= 64, identifier.contains("/") || identifier == "UTC" || identifier == "GMT", identifier != "Etc/Unknown",
      let timeZone = TimeZone(identifier: identifier)
    else { return nil }
    let zone = Zone(identifier, timeZone)
    return known.withLock { known in
      // Two callers may have read the same zone at once; the first one's is kept.
      if let first = known[identifier] { return first }
      known[identifier] = zone
      return zone
    }
  }

  private init(_ identifier: String, _ timeZone: TimeZone) {
    self.identifier = identifier
    self.timeZone = timeZone
    let (spans, more) = Self.spans(of: timeZone, until: Self.yearTwentyOneHundred)
    near = spans
    nearEnd = more ? Self.yearTwentyOneHundred : Self.end
  }

  /// All spans from 1970 to the end of 9999.
  var all: [Span] {
    far.withLock { far in
      if let far { return far }
      let (spans, _) = Self.spans(of: timeZone, until: Self.end)
      far = spans
      return spans
    }
  }

  /// The spans that begin before `end`, and whether others follow.
  private static func spans(of timeZone: TimeZone, until end: Int64) -> (spans: [Span], more: Bool) {
    var spans = [Span(start: 0, offset: Int64(timeZone.secondsFromGMT(for: Date(timeIntervalSince1970: 0))))]
    var date = Date(timeIntervalSince1970: 0)
    // ICU's transitions include those of the standard offset and of the name alone.
    while let next = timeZone.nextDaylightSavingTimeTransition(after: date), next > date {
      let start = Int64(next.timeIntervalSince1970.rounded())
      guard start < end else { return (spans, true) }
      let offset = Int64(timeZone.secondsFromGMT(for: next))
      if let last = spans.last, last.offset != offset { spans.append(Span(start: start, offset: offset)) }
      date = next
    }
    return (spans, false)
  }

  package var description: String { identifier }

  package static func == (left: Zone, right: Zone) -> Bool { left.identifier == right.identifier }

  package func hash(into hasher: inout Hasher) { hasher.combine(identifier) }
}
