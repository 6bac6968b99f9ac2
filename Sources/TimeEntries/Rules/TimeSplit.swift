import Kernel
import ServiceTime

/// Cuts worked time where the coverage opens and closes, by the same function as the clocks of SLAs.
package enum TimeSplit {
  /// How a stretch of work lies to the coverage.
  package enum Situation: String, Sendable, CaseIterable {
    case serviceTime = "service_time"
    /// Outside, on a day that has service time.
    case afterHours = "after_hours"
    /// On a day of the calendar's zone that has none: a weekend, a holiday.
    case offDay = "off_day"
  }

  /// A version of the coverage calendar, from when it holds.
  package struct Version: Sendable {
    package let id: Int64
    package let validFrom: Instant
    package let compiled: CompiledCalendar

    package init(id: Int64, validFrom: Instant, compiled: CompiledCalendar) {
      (self.id, self.validFrom, self.compiled) = (id, validFrom, compiled)
    }
  }

  package struct Part: Hashable, Sendable {
    /// Nil: of minutes on a day.
    package let from: Instant?
    package let to: Instant?
    package let minutes: Int64
    package let situation: Situation
    /// Nil: no coverage is known, and all time counts as service time.
    package let version: Int64?
  }

  /// Seconds since 1970.
  private struct Span {
    let from: Int64
    var to: Int64
    let situation: Situation
    let version: Int64
  }

  /// - Parameters:
  ///   - worked: what is cut; its minutes are the sum of the parts'.
  ///   - versions: the one in force when the work began, and those that took its place before it ended, in that order.
  package static func parts(of worked: WorkedTime, by versions: [Version]) -> [Part] {
    guard let first = versions.first else {
      return [Part(from: worked.endedAt == nil ? nil : worked.beganAt, to: worked.endedAt, minutes: worked.minutes, situation: .serviceTime, version: nil)]
    }
    guard let end = worked.endedAt else {
      let situation: Situation = isOff(worked.date, first.compiled) ? .offDay : .serviceTime
      return [Part(from: nil, to: nil, minutes: worked.minutes, situation: situation, version: first.id)]
    }
    return minutes(of: spans(from: worked.beganAt, to: end, by: versions))
  }

  private static func spans(from start: Instant, to end: Instant, by versions: [Version]) -> [Span] {
    var spans: [Span] = []
    for (index, version) in versions.enumerated() {
      let begin = index == 0 ? start : max(start, version.validFrom)
      let until = index + 1 < versions.count ? min(end, versions[index + 1].validFrom) : end
      for segment in version.compiled.segments(from: begin, to: until) {
        for span in pieces(segment, version) {
          if let last = spans.last, last.situation == span.situation, last.version == span.version, last.to == span.from {
            spans[spans.count - 1].to = span.to
          } else {
            spans.append(span)
          }
        }
      }
    }
    return spans
  }

  /// An open segment as it is; a closed one cut at midnight, since each day is looked at by itself.
  private static func pieces(_ segment: CompiledCalendar.Segment, _ version: Version) -> [Span] {
    let (from, to) = (segment.from.seconds, segment.to.seconds)
    guard !segment.isOpen else { return [Span(from: from, to: to, situation: .serviceTime, version: version.id)] }
    let zone = version.compiled.definition.zone
    var pieces: [Span] = []
    var second = from
    while second < to {
      let date = zone.date(at: Instant(seconds: second))
      let midnight = zone.start(of: date.adding(days: 1)).seconds
      // A clock that was set back over midnight shows the old day once more, after the new one began.
      let next = midnight > second ? min(midnight, to) : to
      pieces.append(Span(from: second, to: next, situation: isOff(date, version.compiled) ? .offDay : .afterHours, version: version.id))
      second = next
    }
    return pieces
  }

  /// Whether a day has no service time at all.
  private static func isOff(_ date: CalendarDate, _ calendar: CompiledCalendar) -> Bool {
    let zone = calendar.definition.zone
    return calendar.elapsed(from: zone.start(of: date), to: zone.start(of: date.adding(days: 1))) == 0
  }

  /// Whole minutes whose sum is that of all: each edge counts the minutes that are over by then.
  private static func minutes(of spans: [Span]) -> [Part] {
    var seconds: Int64 = 0
    return spans.compactMap { span in
      let before = seconds / 60
      seconds += span.to - span.from
      let minutes = seconds / 60 - before
      guard minutes > 0 else { return nil }
      return Part(
        from: Instant(seconds: span.from), to: Instant(seconds: span.to), minutes: minutes, situation: span.situation, version: span.version)
    }
  }
}
