import Kernel
import ServiceLevels
import ServiceTime
import TestSupport
import Testing

/// Random histories against a naive account: which spans ran, added up anew from the whole history at the end.
@Suite struct ClockOracleTests {
  private struct Account {
    var spans: [(from: Instant, to: Instant, calendar: CompiledCalendar)] = []
    var runningSince: Instant?
    var calendar: CompiledCalendar
    var budget: Int64
    var isStopped = false
    var isWithdrawn = false

    mutating func stopRunning(at instant: Instant) {
      if let runningSince { spans.append((runningSince, instant, calendar)) }
      runningSince = nil
    }

    func consumed(at now: Instant) -> Int64 {
      spans.reduce(0) { $0 + $1.calendar.elapsed(from: $1.from, to: $1.to) } + (runningSince.map { calendar.elapsed(from: $0, to: now) } ?? 0)
    }

    func outcome(at now: Instant) -> Verdict.Outcome? {
      if isWithdrawn { return .withdrawn }
      if consumed(at: now) > budget { return .missed }
      return isStopped ? .met : nil
    }
  }

  @Test(arguments: 0..<8)
  func randomHistories(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let coverages = try [Fixture.office(), Fixture.long(), Fixture.always()]
    for _ in 0..<1250 {
      let start = Instant(seconds: 1_780_000_000 + Int64.random(in: 0...5_000_000, using: &generator))
      let coverage = coverages[Int.random(in: 0...2, using: &generator)]
      let budget = Int64.random(in: 0...150_000, using: &generator)
      var ledger = try Ledger(.resolution, .workingSeconds(budget), coverage, at: start)
      var account = Account(runningSince: start, calendar: coverage.calendar, budget: budget)
      var now = start
      var history = "\(start) v\(coverage.version) \(budget)"
      for _ in 0..<Int.random(in: 1...12, using: &generator) {
        let before = now
        now = now.adding(seconds: [0, 0, 600, 20_000, 200_000].randomElement(using: &generator).map { Int64.random(in: 0...$0, using: &generator) } ?? 0)
        let state = ledger.clock.state
        switch Int.random(in: 0..<9, using: &generator) {
        case 0,
          1 where state == .running || state == .paused:
          guard state != .stopped, state != .withdrawn else { continue }
          try ledger.apply(.pause(at: now, reason: "x", evidence: nil))
          account.stopRunning(at: now)
        case 2 where state == .paused || state == .running:
          try ledger.apply(.resume(at: now, cause: "x"))
          if state == .paused { account.runningSince = now }
        case 3 where state == .running || state == .paused:
          try ledger.apply(.observe(at: now, source: "x"))
          account.stopRunning(at: now)
          account.isStopped = true
        case 4 where state == .stopped:
          try ledger.apply(.reopen(at: now, cause: "x"))
          account.isStopped = false
          account.runningSince = now
        case 5 where state != .withdrawn:
          let coverage = coverages[Int.random(in: 0...2, using: &generator)]
          account.budget = Int64.random(in: 0...150_000, using: &generator)
          try ledger.apply(.retarget(at: now, budget: .workingSeconds(account.budget), coverage: coverage, cause: "x"))
          let ran = account.runningSince != nil
          account.stopRunning(at: now)
          if ran { account.runningSince = now }
          account.calendar = coverage.calendar
        case 6 where state != .withdrawn:
          let coverage = coverages[Int.random(in: 0...2, using: &generator)]
          guard coverage.version != ledger.clock.calendarVersion else { continue }
          try ledger.apply(.changeCalendar(effectiveAt: now, coverage: coverage))
          let ran = account.runningSince != nil
          account.stopRunning(at: now)
          if ran { account.runningSince = now }
          account.calendar = coverage.calendar
        case 7 where Int.random(in: 0..<10, using: &generator) == 0:
          try ledger.apply(.withdraw(at: now, reason: "x"))
          account.stopRunning(at: now)
          account.isWithdrawn = true
        case 8:
          // The job looks ahead of the events that are told later; nothing may depend on it.
          try ledger.apply(.passed(now: now.adding(seconds: Int64.random(in: 0...300_000, using: &generator))))
          now = before
        default:
          now = before
          continue
        }
        history += "\n\(now) \(ledger.clock.state) used \(ledger.clock.consumedSeconds) due \(String(describing: ledger.clock.dueAt))"
        check(ledger.clock, account, at: now, history)
      }
      try ledger.apply(.passed(now: now))
      let ends = now
      // What the job saw too early is put right by the event that ends the run, so the account is closed like that.
      if ledger.clock.state == .running {
        try ledger.apply(.pause(at: ends, reason: "x", evidence: nil))
        account.stopRunning(at: ends)
      }
      #expect(ledger.clock.outcome == account.outcome(at: ends), "\(history)")
      try checkRows(ledger, account, ends, history)
    }
  }

  private func check(_ clock: Clock, _ account: Account, at now: Instant, _ history: String) {
    guard clock.state == .running else {
      #expect(clock.consumedSeconds == account.consumed(at: now), "\(history)")
      #expect(clock.dueAt == nil && clock.breachAt == nil)
      return
    }
    guard clock.outcome == nil, let due = clock.dueAt, let breach = clock.breachAt else { return }
    #expect(account.consumed(at: due) == account.budget, "\(history)")
    #expect(account.consumed(at: breach) == account.budget && account.consumed(at: breach.adding(seconds: 1)) > account.budget, "\(history)")
  }

  private func checkRows(_ ledger: Ledger, _ account: Account, _ end: Instant, _ history: String) throws {
    let running = ledger.intervals.filter { $0.state == .running }
    #expect(running.reduce(0) { $0 + $1.workingSeconds } == account.consumed(at: end), "\(history)")
    for (left, right) in zip(ledger.intervals, ledger.intervals.dropFirst()) { #expect(left.to <= right.from && left.from < left.to, "\(history)") }
    #expect(ledger.verdicts.map(\.sequence) == (0..<ledger.verdicts.count).map { Int64($0) + 1 }, "\(history)")
    #expect(ledger.verdicts.last == ledger.clock.verdict, "\(history)")
    for verdict in ledger.verdicts { #expect((verdict.breachedAt != nil) == (verdict.outcome == .missed), "\(history)") }
  }
}
