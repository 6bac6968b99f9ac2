import Kernel
import ServiceTime
import TestSupport
import Testing

@Suite struct AvailabilityTests {
  private static func minute(_ minute: Int) -> Instant { Instant(seconds: 1_767_225_600 + Int64(minute) * 60) }

  private func span(_ from: Int, _ to: Int) -> TimeSpan { TimeSpan(Self.minute(from), Self.minute(to)) }

  private func outage(_ from: Int, _ to: Int?, _ severity: OutageSeverity = .partial, announced: Int? = nil) -> Outage {
    Outage(from: Self.minute(from), to: to.map(Self.minute), severity, announcedAt: announced.map(Self.minute))
  }

  private func minutes(_ outages: [Outage], _ rule: AvailabilityRule = AvailabilityRule(), in period: TimeSpan? = nil) -> Int64 {
    rule.measure(outages, in: period ?? span(0, 1000)).downMicroseconds / 60_000_000
  }

  @Test func overlappingOutagesAreUnitedAndClipped() {
    #expect(minutes([outage(10, 20), outage(15, 30), outage(30, 40)]) == 30)
    #expect(minutes([outage(-50, 5), outage(990, 2000)]) == 15)
    #expect(minutes([outage(900, nil)]) == 100)
    #expect(minutes([outage(1000, 1100), outage(-10, 0)]) == 0)
    #expect(minutes([]) == 0)
  }

  @Test func theSeverityRuleDecides() {
    let outages = [outage(0, 10, .maintenance), outage(20, 30, .degraded), outage(40, 50, .partial), outage(60, 70, .major)]
    #expect(minutes(outages, AvailabilityRule(countsFrom: .degraded)) == 30)
    #expect(minutes(outages, AvailabilityRule(countsFrom: .partial)) == 20)
    #expect(minutes(outages, AvailabilityRule(countsFrom: .major)) == 10)
    #expect(minutes(outages, AvailabilityRule(countsFrom: .major, maintenance: .counts)) == 20)
  }

  /// The whole length of an outage counts, also what lies outside the period; touching ones are one.
  @Test func shortOutagesAreLeftOut() {
    let rule = AvailabilityRule(minimumSeconds: 600)
    #expect(minutes([outage(0, 9), outage(20, 30), outage(40, 51)], rule) == 21)
    #expect(minutes([outage(-8, 2)], rule) == 2)
    #expect(minutes([outage(100, 105), outage(105, 110)], rule) == 10)
  }

  @Test func announcedMaintenanceExcuses() {
    let rule = AvailabilityRule(maintenance: .excused(noticeSeconds: 3600, windows: 1))
    let window = outage(100, 200, .maintenance, announced: 40)
    #expect(minutes([window]) == 0)
    #expect(minutes([window], rule) == 0)
    #expect(minutes([window, outage(150, 250)], rule) == 50)
    // Announced too late, or not at all, it is an outage.
    #expect(minutes([outage(100, 200, .maintenance, announced: 41)], rule) == 100)
    #expect(minutes([outage(100, 200, .maintenance)], rule) == 100)
    // The second window of the period excuses nothing.
    #expect(minutes([window, outage(300, 320, .maintenance, announced: 0)], rule) == 20)
    // One that began before the period, and lasts into it, is one of it.
    #expect(minutes([outage(-10, 20, .maintenance, announced: -100), window], rule) == 100)
    #expect(minutes([outage(-10, 0, .maintenance, announced: -100), window], rule) == 0)
    // Windows that touch or overlap are one.
    #expect(minutes([window, outage(200, 260, .maintenance, announced: 0), outage(250, 270, .maintenance, announced: 0)], rule) == 0)
    #expect(minutes([window, outage(201, 260, .maintenance, announced: 0)], rule) == 59)
  }

  @Test func hoursAreCountedFromTheStart() {
    let measured = AvailabilityRule().measure([outage(50, 70), outage(110, 115), outage(300, 301)], in: span(0, 600))
    #expect(measured.downByHour.map { $0 / 60_000_000 } == [10, 15, 1])
    #expect(AvailabilityRule().measure([], in: span(0, 600)).downByHour == [])
  }

  @Test func nothingOverflows() {
    let always = TimeSpan(Instant(microseconds: .min), Instant(microseconds: .max))
    #expect(TimeSpans([always]).microseconds == .max)
    #expect(TimeSpans([always]).atLeast(seconds: .max).isEmpty)
    #expect(TimeSpans([always]).subtracting(TimeSpans([span(0, 1)])).spans.count == 2)
    #expect(minutes([outage(0, nil)], in: span(0, 1)) == 1)
  }

  /// Random outages with every rule against sets of minutes.
  @Test func randomOutagesAgreeWithMinutes() {
    var random = SplitMix64(seed: 5)
    let period = 200..<800
    for _ in 0..<400 {
      let outages = (0..<Int.random(in: 0...12, using: &random)).map { _ -> Outage in
        let start = Int.random(in: 0...1000, using: &random)
        return outage(
          start, Bool.random(using: &random) ? start + Int.random(in: 0...120, using: &random) : nil,
          OutageSeverity.allCases.randomElement(using: &random) ?? .major,
          announced: Bool.random(using: &random) ? start - Int.random(in: 0...120, using: &random) : nil)
      }
      let minimum = Int.random(in: 0...60, using: &random)
      let countsFrom = [OutageSeverity.degraded, .partial, .major].randomElement(using: &random) ?? .partial
      let maintenances: [AvailabilityRule.Maintenance] = [.ignored, .counts, .excused(noticeSeconds: 3600, windows: nil)]
      let maintenance = maintenances.randomElement(using: &random) ?? .ignored
      let rule = AvailabilityRule(countsFrom: countsFrom, minimumSeconds: Int64(minimum) * 60, maintenance: maintenance)
      let measured = rule.measure(outages, in: span(period.lowerBound, period.upperBound))
      #expect(measured.downMicroseconds == Int64(Oracle(outages, countsFrom, maintenance).minutes(in: period, minimum)) * 60_000_000)
      #expect(measured.downByHour.reduce(0, +) == measured.downMicroseconds)
    }
  }

  /// Knows minutes only.
  private struct Oracle {
    private static let end = 5000
    private var isDown = [Bool](repeating: false, count: end)

    init(_ outages: [Outage], _ countsFrom: OutageSeverity, _ maintenance: AvailabilityRule.Maintenance) {
      func range(_ outage: Outage) -> Range<Int> {
        let zero = AvailabilityTests.minute(0).seconds
        let start = Int((outage.span.start.seconds - zero) / 60)
        guard outage.span.end.microseconds != .max else { return start..<Self.end }
        return start..<max(start, Int((outage.span.end.seconds - zero) / 60))
      }
      for outage in outages where outage.severity >= countsFrom || (outage.severity == .maintenance && maintenance != .ignored) {
        for minute in range(outage) { isDown[minute] = true }
      }
      guard case .excused(let notice, _) = maintenance else { return }
      for outage in outages where outage.severity == .maintenance {
        guard let announced = outage.announcedAt, outage.span.start.seconds - announced.seconds >= notice else { continue }
        for minute in range(outage) { isDown[minute] = false }
      }
    }

    func minutes(in period: Range<Int>, _ minimum: Int) -> Int {
      var count = 0
      var start: Int?
      for minute in 0...Self.end {
        if minute < Self.end, isDown[minute] {
          if start == nil { start = minute }
        } else if let begun = start {
          // What never ends is as long as it takes.
          if minute - begun >= minimum || minute == Self.end { count += (begun..<minute).clamped(to: period).count }
          start = nil
        }
      }
      return count
    }
  }
}

@Suite struct TimeSpansTests {
  /// Union, intersection and difference against sets of integers.
  @Test func theAlgebraIsThatOfSets() {
    var random = SplitMix64(seed: 3)
    func spans() -> [TimeSpan] {
      (0..<Int.random(in: 0...8, using: &random)).map { _ in
        let start = Int64.random(in: 0...60, using: &random)
        return TimeSpan(Instant(seconds: start), Instant(seconds: start + Int64.random(in: -2...12, using: &random)))
      }
    }
    func set(_ spans: [TimeSpan]) -> Set<Int64> { Set(spans.filter { !$0.isEmpty }.flatMap { $0.start.seconds..<$0.end.seconds }) }
    for _ in 0..<1000 {
      let (first, second) = (spans(), spans())
      let (one, other) = (TimeSpans(first), TimeSpans(second))
      for (result, expected) in [
        (one, set(first)), (one.union(other), set(first).union(set(second))), (one.intersection(other), set(first).intersection(set(second))),
        (one.subtracting(other), set(first).subtracting(set(second))),
      ] {
        #expect(set(result.spans) == expected)
        #expect(result.microseconds == Int64(expected.count) * 1_000_000)
        #expect(zip(result.spans, result.spans.dropFirst()).allSatisfy { $0.end < $1.start })
      }
    }
  }
}

@Suite struct ZoneDaysTests {
  @Test func aDayBeginsAtItsMidnight() throws {
    let berlin = try #require(Zone.named("Europe/Berlin"))
    let day = try #require(CalendarDate("2026-03-29"))
    #expect(berlin.start(of: day).description == "2026-03-28T23:00:00Z")
    #expect(berlin.start(of: day.adding(days: 1)).description == "2026-03-29T22:00:00Z")
    #expect(berlin.span(of: day, to: day.adding(days: 1)).microseconds == 23 * 3_600_000_000)
    #expect(berlin.date(at: Instant(seconds: berlin.start(of: day).seconds - 1)) == day.adding(days: -1))
  }

  /// Midnight that the clock skipped.
  @Test(arguments: ["UTC", "Europe/Berlin", "America/Sao_Paulo", "Asia/Beirut", "Pacific/Auckland", "Pacific/Apia", "Australia/Lord_Howe"])
  func everyDayContainsItsStart(name: String) throws {
    let zone = try #require(Zone.named(name))
    var day = try #require(CalendarDate("2011-12-01"))
    for _ in 0..<3000 {
      let start = zone.start(of: day)
      #expect(start <= zone.start(of: day.adding(days: 1)))
      // A day that a zone left out altogether begins where the next one does.
      if start < zone.start(of: day.adding(days: 1)) { #expect(zone.date(at: start) == day) }
      day = day.adding(days: 1)
    }
  }
}
