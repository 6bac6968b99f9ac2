import Kernel
import Synchronization

/// A calendar made ready for arithmetic: how much open time lies between two instants, and when so much has passed.
///
/// Pure and exact to the second. An instant stands for the second in which it lies. Instants outside
/// ``Instant/accepted`` count as the nearer end of that range, and what would come after the year 9999 never comes.
/// Each call is a few binary searches; nothing is unrolled day by day and there is no search limit.
package final class CompiledCalendar: Sendable {
  package let definition: CalendarDefinition
  let pattern: OpenPattern

  /// A ``Zone/Span`` with the open seconds that came before it.
  struct Span {
    let start: Int64
    let offset: Int64
    /// The open seconds from 1970 to `start`.
    let openBefore: Int64
    /// What to add to the pattern's count within the span: a change of offset repeats or skips part of the pattern.
    let correction: Int64
  }

  private let near: [Span]
  private let nearEnd: Int64
  /// The open seconds from 1970 to `nearEnd`.
  private let nearTotal: Int64
  /// The spans up to 9999, made only when someone asks beyond ``Zone/nearEnd``.
  private let far = Mutex<[Span]?>(nil)

  package init(_ definition: CalendarDefinition) {
    self.definition = definition
    let pattern = OpenPattern(definition)
    let nearEnd = definition.zone.nearEnd
    self.pattern = pattern
    self.nearEnd = nearEnd
    near = Self.spans(definition.zone.near, pattern)
    nearTotal = near.last.map { pattern.open(before: nearEnd + $0.offset) + $0.correction } ?? 0
  }

  private static func spans(_ zone: [Zone.Span], _ pattern: OpenPattern) -> [Span] {
    var spans: [Span] = []
    spans.reserveCapacity(zone.count)
    for span in zone {
      let openBefore = spans.last.map { pattern.open(before: span.start + $0.offset) + $0.correction } ?? 0
      spans.append(
        Span(
          start: span.start, offset: span.offset, openBefore: openBefore,
          correction: openBefore - pattern.open(before: span.start + span.offset)))
    }
    return spans
  }

  // MARK: Asking

  /// The open seconds in `start..<end`; 0 when `end` is not after `start`.
  package func elapsed(from start: Instant, to end: Instant) -> Int64 {
    let (first, last) = (Self.second(start), Self.second(end))
    guard first < last else { return 0 }
    return pattern.isAlwaysOpen ? last - first : open(before: last) - open(before: first)
  }

  /// The earliest instant at which `seconds` of open time have passed since `start`: `start` itself for 0 (or less).
  /// Nil when so much never passes.
  package func deadline(from start: Instant, seconds: Int64) -> Instant? {
    guard seconds > 0 else { return start }
    // The whole range holds less; and no sum overflows below it.
    guard seconds < Zone.end else { return nil }
    let first = Self.second(start)
    return pattern.isAlwaysOpen ? Self.instant(first + seconds) : earliest(with: open(before: first) + seconds)
  }

  /// The last instant at which no more than `seconds` of open time have passed since `start`: the deadline, or the next
  /// opening when the deadline is the end of one. Whatever happens up to it is in time, whatever happens in a later second
  /// is not. Nil when it never comes to that.
  package func breach(from start: Instant, seconds: Int64) -> Instant? {
    guard seconds < Zone.end else { return nil }
    let first = Self.second(start)
    let budget = max(0, seconds)
    let breach = pattern.isAlwaysOpen ? Self.instant(first + budget) : latest(with: open(before: first) + budget)
    return breach.map { max(start, $0) }
  }

  package func isOpen(at instant: Instant) -> Bool {
    let second = Self.second(instant)
    return pattern.end(of: second + span(at: second).offset) != nil
  }

  /// `instant` when it is open, otherwise the next opening; nil when none follows.
  package func nextOpening(at instant: Instant) -> Instant? {
    breach(from: instant, seconds: 0)
  }

  // MARK: Counting

  static func second(_ instant: Instant) -> Int64 { min(max(instant.seconds, 0), Zone.end - 1) }

  /// The open seconds from 1970 to a second of the range.
  func open(before second: Int64) -> Int64 {
    let span = span(at: second)
    return pattern.open(before: second + span.offset) + span.correction
  }

  /// The first instant before which `count` open seconds lie since 1970.
  func earliest(with count: Int64) -> Instant? {
    let spans = count <= nearTotal ? near : all
    // Spans begin with rising counts, so the last one that begins with less than `count` is the one that reaches it.
    let index = OpenPattern.partition(spans.indices) { spans[$0].openBefore >= count } - 1
    guard index >= 0 else { return Instant(seconds: 0) }
    guard let local = pattern.earliest(with: count - spans[index].correction) else { return nil }
    return Self.instant(local - spans[index].offset)
  }

  /// The open second that follows the first `count` ones since 1970.
  private func latest(with count: Int64) -> Instant? {
    let spans = count < nearTotal ? near : all
    let index = OpenPattern.partition(spans.indices) { spans[$0].openBefore > count } - 1
    guard index >= 0, let local = pattern.latest(with: count - spans[index].correction) else { return nil }
    return Self.instant(local - spans[index].offset)
  }

  private static func instant(_ second: Int64) -> Instant? { second < Zone.end ? Instant(seconds: second) : nil }

  // MARK: Spans

  /// The span around a second, and the second at which it ends.
  func span(at second: Int64) -> Span {
    if second < nearEnd { return near[Self.index(second, near)] }
    let all = all
    return all[Self.index(second, all)]
  }

  func spans(around seconds: ClosedRange<Int64>) -> ArraySlice<Span> {
    let spans = seconds.upperBound < nearEnd ? near : all
    return spans[Self.index(seconds.lowerBound, spans)...Self.index(seconds.upperBound, spans)]
  }

  /// The end of the span around a second.
  func spanEnd(at second: Int64) -> Int64 {
    let spans = second < nearEnd ? near : all
    let next = Self.index(second, spans) + 1
    return next < spans.count ? spans[next].start : (second < nearEnd ? nearEnd : Zone.end)
  }

  @inline(__always)
  private static func index(_ second: Int64, _ spans: [Span]) -> Int {
    max(0, OpenPattern.partition(spans.indices) { spans[$0].start > second } - 1)
  }

  private var all: [Span] {
    if nearEnd == Zone.end { return near }
    return far.withLock { far in
      if let far { return far }
      let spans = Self.spans(definition.zone.all, pattern)
      far = spans
      return spans
    }
  }
}
