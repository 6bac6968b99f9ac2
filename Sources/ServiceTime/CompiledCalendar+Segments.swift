import Kernel

extension CompiledCalendar {
  /// A stretch of time that is open, or closed, throughout: half open, in whole seconds.
  package struct Segment: Hashable, Sendable {
    package let from: Instant
    package let to: Instant
    package let isOpen: Bool
  }

  /// Cuts `start..<end` at every opening and closing. The segments follow one another without a gap, open and closed in
  /// turn; there is none when `end` is not after `start`. What charges by coverage (in hours, after hours) uses these, so
  /// that it agrees with the clocks.
  package func segments(from start: Instant, to end: Instant) -> [Segment] {
    let last = Self.second(end)
    var second = Self.second(start)
    var segments: [Segment] = []
    for open in openings(from: start, to: end) {
      if second < open.start.seconds { segments.append(Segment(from: Instant(seconds: second), to: open.start, isOpen: false)) }
      segments.append(Segment(from: open.start, to: open.end, isOpen: true))
      second = open.end.seconds
    }
    if second < last { segments.append(Segment(from: Instant(seconds: second), to: Instant(seconds: last), isOpen: false)) }
    return segments
  }

  /// The open stretches within `start..<end`, in order; no two touch.
  package func openings(from start: Instant, to end: Instant) -> [TimeSpan] {
    let last = Self.second(end)
    var second = Self.second(start)
    var openings: [TimeSpan] = []
    while second < last, let opening = nextOpening(at: Instant(seconds: second))?.seconds, opening < last {
      second = min(closing(after: opening, before: last), last)
      openings.append(TimeSpan(Instant(seconds: opening), Instant(seconds: second)))
    }
    return openings
  }

  /// The end of the open stretch around an open second, or any second from `limit` on.
  private func closing(after open: Int64, before limit: Int64) -> Int64 {
    if pattern.isAlwaysOpen { return limit }
    var second = open
    while second < limit {
      let offset = span(at: second).offset
      guard let end = pattern.end(of: second + offset) else { return second }
      second = min(end - offset, spanEnd(at: second))
    }
    return second
  }
}
