import Contracts
import Kernel
import ServiceTime

/// Hour by hour: the instants at which a promise counts and a place of the chain has nobody at work.
struct CoverageCheck {
  private struct Place: Hashable {
    let promise: PromiseLabel
    let calendar: Int64
    let parties: [ChainParty]
    let calendars: [Int64]

    func isSame(as other: Place) -> Bool { calendar == other.calendar && parties == other.parties && calendars == other.calendars }
  }

  private struct Pair: Hashable {
    let promised: Int64
    let worked: [Int64]
    let stretch: Range<Int64>
  }

  private var missing: [Place: [TimeSpan]] = [:]
  /// Many promises share their calendars.
  private var known: [Pair: [TimeSpan]] = [:]

  mutating func check(_ promise: Promise, _ calendar: Int64, _ stage: ChainStage, _ stretch: Range<Int64>, _ calendars: inout ChainCalendars) {
    let worked = stage.calendars
    // What is open by the same calendar is open.
    guard worked != [calendar] else { return }
    let pair = Pair(promised: calendar, worked: worked, stretch: stretch)
    let spans: [TimeSpan]
    if let found = known[pair] {
      spans = found
    } else {
      let clip = TimeSpan(Instant(seconds: stretch.lowerBound), Instant(seconds: stretch.upperBound))
      let promised = calendars.hours([calendar], to: stretch.upperBound).spans.clipped(to: clip)
      spans = promised.subtracting(calendars.hours(worked, to: stretch.upperBound).spans).spans
      known[pair] = spans
    }
    guard !spans.isEmpty else { return }
    missing[Place(promise: promise.label, calendar: calendar, parties: stage.parties.map(\.party), calendars: worked), default: []] += spans
  }

  /// The gaps, each told once: by the weekdays on which it comes every week, or by its dates.
  func gaps(_ calendars: inout ChainCalendars) -> [Gap] {
    var shared: [(place: Place, spans: [TimeSpan], promises: [PromiseLabel])] = []
    for (place, found) in missing.sorted(by: { $0.key.promise < $1.key.promise }) {
      // What goes on from one stretch to the next is one.
      let spans = TimeSpans(found).spans
      if let index = shared.firstIndex(where: { $0.place.isSame(as: place) && $0.spans == spans }) {
        shared[index].promises.append(place.promise)
      } else {
        shared.append((place, spans, [place.promise]))
      }
    }
    var gaps: [Gap] = []
    for (place, spans, promises) in shared {
      guard let zone = calendars.zone(place.calendar) else { continue }
      for pattern in HoursPattern.patterns(of: spans, zone, horizon: calendars.horizon) {
        gaps.append(
          Gap(
            kind: .coverage, promises: promises, parties: place.parties, from: pattern.first.start,
            detail: .hours(detail(pattern, place, zone, &calendars))))
      }
    }
    return gaps
  }

  private func detail(_ pattern: HoursPattern, _ place: Place, _ zone: Zone, _ calendars: inout ChainCalendars) -> HoursGap {
    let first = pattern.first
    let end = calendars.horizon.upperBound
    let worked = calendars.hours(place.calendars, to: end)
    let touching = worked.runs(touching: first.start.seconds - 1, first.end.seconds + 1)
    let edge: HoursGap.Edge =
      touching.contains { $0.end == first.start.seconds } ? .ends : touching.contains { $0.start == first.end.seconds } ? .begins : .closed
    // The whole days around it.
    let around = zone.span(of: zone.date(at: first.start), to: zone.date(at: first.end).adding(days: 1))
    func windows(_ party: ChainParty?, _ calendar: Int64) -> HoursGap.Windows {
      let runs = calendars.hours([calendar], to: end).runs(touching: around.start.seconds, around.end.seconds)
      let spans = runs.map { TimeSpan(max(Instant(seconds: $0.start), around.start), min(Instant(seconds: $0.end), around.end)) }
      return HoursGap.Windows(
        party: party, calendar: calendars.name(calendar), zone: calendars.zone(calendar)?.identifier ?? "UTC", spans: Array(spans.prefix(12)))
    }
    return HoursGap(
      weekdays: pattern.weekdays, first: first, zone: zone.identifier, edge: edge, count: pattern.spans.count,
      seconds: pattern.spans.reduce(0) { $0 + $1.end.seconds - $1.start.seconds }, starts: pattern.spans.prefix(5).map(\.start),
      dates: pattern.weekdays.isEmpty ? pattern.spans : [],
      promised: windows(nil, place.calendar),
      worked: place.calendars.map { windows(place.parties.count == 1 ? place.parties.first : nil, $0) })
  }
}

/// Spans that come at the same times of the same weekdays, or those that come so seldom that each is a date of its own.
struct HoursPattern: Hashable {
  /// 1 Monday to 7, rising; empty for dates.
  let weekdays: [Int]
  /// In order; not empty.
  let spans: [TimeSpan]
  let first: TimeSpan

  private init?(weekdays: [Int], _ spans: [TimeSpan]) {
    guard let first = spans.first else { return nil }
    (self.weekdays, self.spans, self.first) = (weekdays, spans, first)
  }

  private struct Times: Hashable {
    /// Of the wall clock.
    let start: Int64
    let length: Int64
  }

  /// - Parameter spans: in order. One that the horizon cuts is told with the weekly ones that end, or begin, as it does: a proof
  ///   that is made in the middle of a gap finds the gap that it found before.
  static func patterns(of spans: [TimeSpan], _ zone: Zone, horizon: Range<Int64>) -> [HoursPattern] {
    var byTimes: [Times: [Int: [TimeSpan]]] = [:]
    for span in spans {
      let (start, end) = (zone.wallClockSeconds(at: span.start), zone.wallClockSeconds(at: span.end))
      let date = CalendarDate(daysSinceEpoch: start.flooredQuotient(by: 86_400))
      byTimes[Times(start: start.flooredRemainder(by: 86_400), length: end - start), default: [:]][date.weekday, default: []].append(span)
    }
    var patterns: [HoursPattern] = []
    var dates: [TimeSpan] = []
    for days in byTimes.values {
      var weekly: [Int: [TimeSpan]] = [:]
      for (weekday, spans) in days {
        for season in seasons(spans) {
          if isWeekly(season) { weekly[weekday, default: []] += season } else { dates += season }
        }
      }
      let spans = weekly.values.joined().sorted { $0.start < $1.start }
      if let pattern = HoursPattern(weekdays: weekly.keys.sorted(), spans) { patterns.append(pattern) }
    }
    let week: (Instant) -> Int64 = { zone.wallClockSeconds(at: $0).flooredRemainder(by: 7 * 86_400) }
    let (starts, ends) = (Set(patterns.flatMap(\.spans).map { week($0.start) }), Set(patterns.flatMap(\.spans).map { week($0.end) }))
    dates.removeAll { span in
      span.start.seconds == horizon.lowerBound && ends.contains(week(span.end))
        || span.end.seconds == horizon.upperBound && starts.contains(week(span.start))
    }
    if let pattern = HoursPattern(weekdays: [], dates.sorted { $0.start < $1.start }) { patterns.append(pattern) }
    return patterns.sorted { ($0.first.start, $0.weekdays.count) < ($1.first.start, $1.weekdays.count) }
  }

  /// Parted where a month goes by without one: what comes every week of winter comes every week, though there is a summer between two winters.
  private static func seasons(_ spans: [TimeSpan]) -> [[TimeSpan]] {
    var seasons: [[TimeSpan]] = []
    for span in spans {
      if let last = seasons.last?.last, span.start.seconds - last.start.seconds <= 31 * 86_400 {
        seasons[seasons.count - 1].append(span)
      } else {
        seasons.append([span])
      }
    }
    return seasons
  }

  /// Three times at least, and in every second week from the first to the last.
  private static func isWeekly(_ spans: [TimeSpan]) -> Bool {
    guard spans.count >= 3, let first = spans.first, let last = spans.last else { return false }
    let weeks = (last.start.seconds - first.start.seconds) / (7 * 86_400) + 1
    return Int64(spans.count) * 2 >= weeks
  }
}
