import Kernel

/// How bad an interruption is, from the mildest.
package enum OutageSeverity: String, Sendable, CaseIterable, Comparable {
  /// Announced work; by itself no outage.
  case maintenance
  /// Slow or faulty, and there.
  case degraded
  /// Not there for some.
  case partial
  /// Not there for all.
  case major

  package static func < (left: OutageSeverity, right: OutageSeverity) -> Bool { left.rank < right.rank }

  private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}

/// An interruption of one service.
package struct Outage: Hashable, Sendable {
  package let span: TimeSpan
  package let severity: OutageSeverity
  /// When it was announced, for maintenance.
  package let announcedAt: Instant?

  /// - Parameter end: nil while it lasts.
  package init(from start: Instant, to end: Instant?, _ severity: OutageSeverity, announcedAt: Instant? = nil) {
    span = TimeSpan(start, end ?? Instant(microseconds: .max))
    self.severity = severity
    self.announcedAt = announcedAt
  }
}

/// Which interruptions count as down time. Applied in this order: severities are chosen, overlapping outages united, excused
/// maintenance taken out, outages that are too short left out by their whole length, and the rest is clipped to the period.
package struct AvailabilityRule: Hashable, Sendable {
  package enum Maintenance: Hashable, Sendable {
    /// No outage, and excuses none.
    case ignored
    /// Down time like any other.
    case counts
    /// Windows announced so many seconds ahead excuse what falls in them, the first so many of which a part lies in the period
    /// (nil: all); windows that overlap or touch are one. Other windows are down time.
    case excused(noticeSeconds: Int64, windows: Int64?)
  }

  /// The least severity that counts: degraded, partial or major.
  package let countsFrom: OutageSeverity
  package let minimumSeconds: Int64
  package let maintenance: Maintenance

  package init(countsFrom: OutageSeverity = .partial, minimumSeconds: Int64 = 0, maintenance: Maintenance = .ignored) {
    self.countsFrom = max(countsFrom, .degraded)
    self.minimumSeconds = minimumSeconds
    self.maintenance = maintenance
  }

  /// The down time of one service, not clipped and short outages included, so that the down times of several services can be
  /// put together first.
  package func down(_ outages: [Outage], in period: TimeSpan) -> TimeSpans {
    let down = TimeSpans(outages.filter { $0.severity >= countsFrom }.map(\.span))
    let windows = outages.filter { $0.severity == .maintenance }
    switch maintenance {
    case .ignored: return down
    case .counts: return down.union(TimeSpans(windows.map(\.span)))
    case .excused(let notice, let limit):
      let announced = windows.filter { window in window.announcedAt.map { $0.adding(seconds: notice) <= window.span.start } ?? false }
      let united = TimeSpans(announced.map(\.span)).spans
      let counted = united.filter { !$0.intersection(period).isEmpty }
      // What lies outside is counted in its own period; here it only says how long an outage was that reaches into this one.
      let elsewhere = united.filter { $0.intersection(period).isEmpty }
      let excused = elsewhere + counted.prefix(limit.map { max(0, Int(clamping: $0)) } ?? counted.count)
      return down.union(TimeSpans(windows.map(\.span))).subtracting(TimeSpans(excused))
    }
  }

  /// The availability of a period.
  package func measure(_ outages: [Outage], in period: TimeSpan) -> Availability { measure(down: down(outages, in: period), in: period) }

  /// The same of down time that ``down(_:in:)`` told, put together from several services.
  package func measure(down: TimeSpans, in period: TimeSpan) -> Availability {
    Availability(period: period, down: down.atLeast(seconds: minimumSeconds))
  }
}

/// How much of a period a service was there: exact, in microseconds.
package struct Availability: Hashable, Sendable {
  package let period: TimeSpan
  package let down: TimeSpans

  /// - Parameter down: clipped to the period.
  package init(period: TimeSpan, down: TimeSpans) {
    self.period = period
    self.down = down.clipped(to: period)
  }

  package var totalMicroseconds: Int64 { period.microseconds }
  package var downMicroseconds: Int64 { down.microseconds }

  /// The down time of each hour of the period that had some, in order. Hours are counted from the period's start: in a zone
  /// whose offset is whole hours they are the hours of its clock.
  package var downByHour: [Int64] {
    let hour: Int64 = 3_600_000_000
    var hours: [(index: Int64, microseconds: Int64)] = []
    for span in down.spans {
      var start = span.start.microseconds - period.start.microseconds
      let end = span.end.microseconds - period.start.microseconds
      while start < end {
        let index = start / hour
        let next = min(end, (index + 1) * hour)
        if hours.last?.index == index { hours[hours.count - 1].microseconds += next - start } else { hours.append((index, next - start)) }
        start = next
      }
    }
    return hours.map(\.microseconds)
  }
}
