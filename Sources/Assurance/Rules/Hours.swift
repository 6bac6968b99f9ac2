import Contracts
import Kernel
import ServiceTime

/// The open time of a calendar over a stretch of time, through all its versions: runs of open seconds in order, each with the
/// open seconds before it.
///
/// A version holds until the next one begins. So a budget that lives through a new version keeps what it used of the old one
/// and counts the rest by the new one, which is how clocks count it.
struct Hours: Sendable {
  struct Run: Hashable, Sendable {
    /// Seconds since 1970; half open.
    let start: Int64
    let end: Int64
    /// The open seconds of the stretch before it.
    let before: Int64
  }

  /// In order; no two touch.
  private(set) var runs: [Run] = []
  /// The stretch of which this knows.
  private(set) var stretch: Range<Int64>

  /// Nothing is known yet.
  init(from start: Int64) { stretch = start..<start }

  /// Cuts on, to `end`. What is cut already stays.
  /// - Parameter versions: by `validFrom`, rising; nothing is open before the first.
  mutating func extend(by versions: [CalendarSeries.Version], to end: Int64) {
    for (index, version) in versions.enumerated() {
      let until = index + 1 < versions.count ? min(versions[index + 1].validFrom.seconds, end) : end
      let start = max(version.validFrom.seconds, stretch.upperBound)
      guard start < until else { continue }
      for opening in version.compiled.openings(from: Instant(seconds: start), to: Instant(seconds: until)) {
        append(opening.start.seconds, opening.end.seconds)
      }
    }
    stretch = stretch.lowerBound..<max(end, stretch.upperBound)
  }

  /// The same by what is open in any of several, each of which knows of all up to `end`.
  mutating func extend(byAnyOf several: [Hours], to end: Int64) {
    let more = TimeSpan(Instant(seconds: stretch.upperBound), Instant(seconds: max(end, stretch.upperBound)))
    let touching = several.flatMap { hours in
      hours.runs(touching: more.start.seconds, more.end.seconds).map { TimeSpan(Instant(seconds: $0.start), Instant(seconds: $0.end)) }
    }
    for span in TimeSpans(touching).clipped(to: more).spans { append(span.start.seconds, span.end.seconds) }
    stretch = stretch.lowerBound..<more.end.seconds
  }

  private mutating func append(_ start: Int64, _ end: Int64) {
    if let last = runs.last, last.end == start {
      runs[runs.count - 1] = Run(start: last.start, end: end, before: last.before)
    } else {
      runs.append(Run(start: start, end: end, before: openSeconds))
    }
  }

  var openSeconds: Int64 { runs.last.map { $0.before + $0.end - $0.start } ?? 0 }

  /// The open seconds of the stretch before a second.
  func open(before second: Int64) -> Int64 {
    let next = runs.partition { $0.start >= second }
    guard next > 0 else { return 0 }
    let run = runs[next - 1]
    return run.before + min(second, run.end) - run.start
  }

  var spans: TimeSpans { TimeSpans(rising: runs.map { TimeSpan(Instant(seconds: $0.start), Instant(seconds: $0.end)) }) }

  /// Its runs that touch a stretch, whole.
  func runs(touching from: Int64, _ to: Int64) -> [Run] {
    Array(runs[runs.partition { $0.end > from }...].prefix { $0.start < to })
  }
}

extension RandomAccessCollection where Index == Int {
  /// The first index at which `belongs` is true, given that it is true for all that follow.
  func partition(_ belongs: (Element) -> Bool) -> Int {
    var (low, high) = (startIndex, endIndex)
    while low < high {
      let middle = (low + high) / 2
      if belongs(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}

/// The business days of a calendar through all its versions: dates with open time, each with its closing.
struct BusinessDays: Sendable {
  struct Day: Hashable, Sendable {
    /// The first second of the date.
    let start: Int64
    /// The end of its last opening.
    let closing: Int64
  }

  private(set) var days: [Day] = []

  /// The days that begin to be open in `start..<end`, and as many after them as `more` says.
  init(_ versions: [CalendarSeries.Version], from start: Int64, to end: Int64, more: Int64) {
    var left = more
    for (index, version) in versions.enumerated() {
      let until = index + 1 < versions.count ? versions[index + 1].validFrom.seconds : Int64.max
      var second = max(version.validFrom.seconds, start)
      while second < until, left > 0, let opening = version.compiled.nextOpening(at: Instant(seconds: second)), opening.seconds < until,
        let closing = version.compiled.businessDayEnd(from: opening, days: 0)
      {
        let date = version.compiled.definition.zone.start(of: version.compiled.date(at: opening)).seconds
        let day = Day(start: date, closing: min(closing.seconds, until))
        // A new version may go on with a date that the old one began.
        if let last = days.last, last.start >= date {
          days[days.count - 1] = Day(start: last.start, closing: max(last.closing, day.closing))
        } else {
          days.append(day)
        }
        if day.closing >= end { left -= 1 }
        second = max(day.closing, opening.seconds + 1)
      }
    }
  }
}
