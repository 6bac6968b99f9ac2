import Kernel

/// A half-open stretch of time: `start` is in it, `end` is not.
package struct TimeSpan: Hashable, Sendable {
  package let start: Instant
  package let end: Instant

  package init(_ start: Instant, _ end: Instant) {
    self.start = start
    self.end = end
  }

  package var isEmpty: Bool { end <= start }

  /// Its length in microseconds, saturating; zero when it is empty.
  package var microseconds: Int64 {
    guard !isEmpty else { return 0 }
    let (length, overflow) = end.microseconds.subtractingReportingOverflow(start.microseconds)
    return overflow ? .max : length
  }

  func intersection(_ other: TimeSpan) -> TimeSpan { TimeSpan(max(start, other.start), min(end, other.end)) }
}

/// A set of instants, as spans in order that neither overlap nor touch: what is counted twice in a list of outages is in it
/// once.
package struct TimeSpans: Hashable, Sendable {
  package let spans: [TimeSpan]

  /// Unites spans in any order; empty ones vanish.
  package init(_ unordered: some Sequence<TimeSpan> = []) {
    self.init(rising: unordered.sorted { ($0.start, $0.end) < ($1.start, $1.end) })
  }

  /// Unites spans whose starts never fall; empty ones vanish.
  package init(rising ordered: [TimeSpan]) {
    var united: [TimeSpan] = []
    united.reserveCapacity(ordered.count)
    for span in ordered where !span.isEmpty {
      if let last = united.last, span.start <= last.end {
        united[united.count - 1] = TimeSpan(last.start, max(last.end, span.end))
      } else {
        united.append(span)
      }
    }
    spans = united
  }

  private init(ordered: [TimeSpan]) {
    spans = ordered
  }

  package var isEmpty: Bool { spans.isEmpty }

  /// How long it is in all, saturating.
  package var microseconds: Int64 {
    spans.reduce(0) { sum, span in
      let (total, overflow) = sum.addingReportingOverflow(span.microseconds)
      return overflow ? .max : total
    }
  }

  package func union(_ other: TimeSpans) -> TimeSpans { TimeSpans(spans + other.spans) }

  package func intersection(_ other: TimeSpans) -> TimeSpans {
    var common: [TimeSpan] = []
    var (mine, others) = (spans[...], other.spans[...])
    while let first = mine.first, let second = others.first {
      let both = first.intersection(second)
      if !both.isEmpty { common.append(both) }
      if first.end < second.end { mine.removeFirst() } else { others.removeFirst() }
    }
    return TimeSpans(ordered: common)
  }

  package func subtracting(_ other: TimeSpans) -> TimeSpans {
    var rest: [TimeSpan] = []
    var others = other.spans[...]
    for span in spans {
      var start = span.start
      while let hole = others.first, hole.end <= start { others.removeFirst() }
      for hole in others {
        guard hole.start < span.end else { break }
        if hole.start > start { rest.append(TimeSpan(start, hole.start)) }
        start = max(start, hole.end)
      }
      if start < span.end { rest.append(TimeSpan(start, span.end)) }
    }
    return TimeSpans(ordered: rest)
  }

  package func clipped(to span: TimeSpan) -> TimeSpans { intersection(TimeSpans([span])) }

  /// Without the spans that are shorter.
  package func atLeast(seconds: Int64) -> TimeSpans {
    let (least, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000)
    return TimeSpans(ordered: spans.filter { !overflow && $0.microseconds >= least })
  }
}
