import Kernel
import ServiceLevels
import ServiceTime
import TestSupport
import Testing

/// Runs without a pause that stopped, and are classified anew several times over calendars, against the plain meaning of a target in
/// business days: it ends with the closing of the N-th of them by the target's calendar, and what stopped by then kept it.
@Suite struct StoppedClockOracleTests {
  @Test(arguments: 0..<8)
  func onlyTheLastTargetCounts(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let coverages = try [Fixture.office(), Fixture.long(), Fixture.always()]
    var (met, missed, reopened) = (0, 0, 0)
    for _ in 0..<500 {
      let start = Instant(seconds: 1_780_000_000 + Int64.random(in: 0...1_200_000, using: &generator))
      let own = coverages[Int.random(in: 0...2, using: &generator)]
      var days = Int64.random(in: 0...5, using: &generator)
      var target = own
      var ledger = try Ledger(.resolution, .businessDays(days), own, at: start)
      let stop = start.adding(seconds: Int64.random(in: 0...500_000, using: &generator))
      try ledger.apply(.observe(at: stop, source: "x"))
      var now = stop
      var history = "\(start) v\(own.version) \(days) days, stopped at \(stop)"
      for _ in 0..<Int.random(in: 1...6, using: &generator) {
        now = now.adding(seconds: Int64.random(in: 0...200_000, using: &generator))
        days = Int64.random(in: 0...5, using: &generator)
        target = coverages[Int.random(in: 0...2, using: &generator)]
        try ledger.apply(.retarget(at: now, budget: .businessDays(days), coverage: target, cause: "x"))
        history += "\n\(now) v\(target.version) \(days) days: \(String(describing: ledger.clock.outcome))"
        let end = try #require(target.calendar.businessDayEnd(from: start, days: days))
        #expect(ledger.clock.outcome == (stop <= end ? .met : .missed), "\(history)")
        #expect(ledger.clock.calendarVersion == own.version, "\(history)")
        #expect(ledger.clock.nextCalendarVersion == (target.version == own.version ? nil : target.version), "\(history)")
      }
      let end = try #require(target.calendar.businessDayEnd(from: start, days: days))
      if stop <= end { met += 1 } else { missed += 1 }
      now = now.adding(seconds: Int64.random(in: 0...200_000, using: &generator))
      try ledger.apply(.reopen(at: now, cause: "x"))
      #expect(ledger.clock.calendarVersion == target.version && ledger.clock.nextCalendarVersion == nil, "\(history)")
      guard stop <= end else { continue }
      // What is left is what the target's calendar has from where it stopped to the end of the days.
      let left = target.calendar.elapsed(from: stop, to: end)
      let last = try left == 0 ? now : #require(target.calendar.deadline(from: now, seconds: left)).adding(seconds: -1)
      #expect(ledger.clock.dueAt == target.calendar.businessDayEnd(from: last, days: 0), "\(history)\nreopened at \(now)")
      reopened += 1
    }
    #expect(met > 50 && missed > 50 && reopened > 50)
  }
}
