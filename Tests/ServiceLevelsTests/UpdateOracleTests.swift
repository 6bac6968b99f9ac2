import Kernel
import ServiceLevels
import ServiceTime
import TestSupport
import Testing

/// Random histories of the metric update against a naive account, which derives the gaps from the whole list of events at its end.
@Suite struct UpdateOracleTests {
  private enum Happening {
    case pause, resume, word, end, reopen, withdraw
    case budget(Int64, CompiledCalendar)
    case calendar(CompiledCalendar)
  }

  private struct Story {
    let start: Instant
    var budget: Int64
    var calendar: CompiledCalendar
    var happenings: [(what: Happening, at: Instant)] = []

    /// What became of it by `now`, and what the last gap used.
    func account(at now: Instant) -> (outcome: Verdict.Outcome?, used: Int64) {
      var (budget, calendar) = (budget, calendar)
      var (runs, ended, tooLong, used) = (true, false, false, Int64(0))
      var since = start
      for (what, at) in happenings {
        if runs { used += calendar.elapsed(from: since, to: at) }
        since = at
        switch what {
        case .pause: runs = false
        case .resume: runs = true
        case .word:
          tooLong = tooLong || used > budget
          used = 0
        case .end:
          // By the target under which it ended: what is agreed afterwards changes nothing.
          tooLong = tooLong || used > budget
          (runs, ended) = (false, true)
        case .reopen: (runs, ended, used) = (true, false, 0)
        case .withdraw: return (.withdrawn, used)
        case .budget(let next, let by): (budget, calendar) = (next, by)
        case .calendar(let by): calendar = by
        }
      }
      if runs { used += calendar.elapsed(from: since, to: now) }
      return (tooLong || !ended && used > budget ? .missed : ended ? .met : nil, used)
    }
  }

  @Test(arguments: 0..<8) func randomHistories(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    let coverages = try [Fixture.office(), Fixture.long(), Fixture.always()]
    var outcomes: [Verdict.Outcome?: Int] = [:]
    for _ in 0..<1250 {
      let start = Instant(seconds: 1_780_000_000 + Int64.random(in: 0...5_000_000, using: &generator))
      let coverage = coverages[Int.random(in: 0...2, using: &generator)]
      let budget = Int64.random(in: 0...100_000, using: &generator)
      var ledger = try Ledger(.update, .workingSeconds(budget), coverage, at: start)
      var story = Story(start: start, budget: budget, calendar: coverage.calendar)
      var now = start
      var history = "\(start) v\(coverage.version) \(budget)"
      for _ in 0..<Int.random(in: 1...14, using: &generator) {
        let most: Int64 = [0, 0, 600, 20_000, 90_000].randomElement(using: &generator) ?? 0
        let next = now.adding(seconds: Int64.random(in: 0...most, using: &generator))
        let other = coverages[Int.random(in: 0...2, using: &generator)]
        let newBudget = Int64.random(in: 0...100_000, using: &generator)
        let early = next.adding(seconds: Int64.random(in: 0...200_000, using: &generator))
        guard let (event, what) = Self.event(ledger.clock, Int.random(in: 0..<12, using: &generator), next, other, newBudget, early) else { continue }
        try ledger.apply(event)
        history += "\n\(event.kind) \(next) \(ledger.clock.state) used \(ledger.clock.consumedSeconds) of \(String(describing: ledger.clock.budgetSeconds))"
        if let what {
          now = next
          story.happenings.append((what, now))
          check(ledger.clock, story, at: now, history)
        }
      }
      try close(&ledger, &story, at: now, history)
      outcomes[ledger.clock.outcome, default: 0] += 1
    }
    for outcome in [Verdict.Outcome.met, .missed, nil] { #expect(outcomes[outcome, default: 0] > 20) }
  }

  /// An event that its state allows, and what it means to the account; nil for a job that looks ahead of events told later.
  private static func event(
    _ clock: Clock, _ choice: Int, _ at: Instant, _ other: Coverage, _ budget: Int64, _ early: Instant
  ) -> (ClockEvent, Happening?)? {
    let isOpen = clock.state == .running || clock.state == .paused
    switch choice {
    case 0 where isOpen: return (.pause(at: at, reason: "x", evidence: nil), .pause)
    case 1, 2: return clock.state == .paused ? (.resume(at: at, cause: "x"), .resume) : nil
    case 3 where isOpen, 4 where isOpen, 5 where isOpen: return (.renew(at: at, source: "x"), .word)
    case 6 where isOpen: return (.observe(at: at, source: "x"), .end)
    case 7 where clock.state == .stopped, 8 where clock.state == .stopped: return (.reopen(at: at, cause: "x"), .reopen)
    case 9: return (.retarget(at: at, budget: .workingSeconds(budget), coverage: other, cause: "x"), .budget(budget, other.calendar))
    case 10 where other.version != clock.calendarVersion: return (.changeCalendar(effectiveAt: at, coverage: other), .calendar(other.calendar))
    case 11: return (.passed(now: early), nil)
    default: return nil
    }
  }

  private func check(_ clock: Clock, _ story: Story, at now: Instant, _ history: String) {
    let account = story.account(at: now)
    #expect(clock.consumedSeconds == account.used, "\(history)")
    guard clock.state == .running, clock.outcome == nil, let due = clock.dueAt, let breach = clock.breachAt, let budget = clock.budgetSeconds else { return }
    #expect(story.account(at: due).used == budget, "\(history)")
    #expect(story.account(at: breach).used == budget && story.account(at: breach.adding(seconds: 1)).outcome == .missed, "\(history)")
  }

  /// What the job saw too early is put right by the event that ends the run, so each account is closed like that.
  private func close(_ ledger: inout Ledger, _ story: inout Story, at now: Instant, _ history: String) throws {
    try ledger.apply(.passed(now: now))
    if ledger.clock.state == .running {
      try ledger.apply(.pause(at: now, reason: "x", evidence: nil))
      story.happenings.append((.pause, now))
    }
    #expect(ledger.clock.outcome == story.account(at: now).outcome, "\(history)")
    #expect(ledger.verdicts.last == ledger.clock.verdict && ledger.verdicts.map(\.sequence) == ledger.verdicts.indices.map { Int64($0) + 1 }, "\(history)")
    for (left, right) in zip(ledger.intervals, ledger.intervals.dropFirst()) { #expect(left.to <= right.from && left.from < left.to, "\(history)") }
    // A miss in the account has its last instant in time, and one verdict at a time counts.
    #expect((ledger.clock.verdict?.breachedAt != nil) == (ledger.clock.outcome == .missed), "\(history)")
  }
}
