import Contracts
import Kernel
import ServiceTime
import TestSupport
import Testing

@testable import ServiceLevels

/// Random histories on calendars of several versions, done late and in any order of acts and sweeps, against a naive account:
/// which spans ran, each cut where a version takes effect, added up anew from the whole history.
@Suite struct CalendarSeriesOracleTests {
  private struct World {
    let series: CalendarSeries
    let versions: [CalendarSeries.Version]

    init(_ generator: inout SplitMix64, from start: Instant) throws {
      let zone = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kolkata"].randomElement(using: &generator) ?? "UTC"
      var versions: [CalendarSeries.Version] = []
      var validFrom = Instant(seconds: 0)
      for id in 1...Int64.random(in: 1...5, using: &generator) {
        let open = Int.random(in: 0...20, using: &generator)
        let hours = CalendarDefinition.Opening(open * 60, Int.random(in: open + 1...24, using: &generator) * 60)
        let days = Set((0..<5).map { _ in Int.random(in: 0...6, using: &generator) })
        var week: [Weekday: [CalendarDefinition.Opening]] = [:]
        for day in days { week[Weekday.allCases[day]] = [hours] }
        let first = start.seconds / 86_400
        let exceptions = Set((0..<6).map { _ in Int64.random(in: 0...40, using: &generator) }).map { offset in
          CalendarDefinition.Exception(date: CalendarDate(daysSinceEpoch: first + offset), openings: offset % 2 == 0 ? [] : [.init(600, 720)])
        }
        let definition = try CalendarDefinition(zone: zone, week: week, exceptions: exceptions)
        versions.append(CalendarSeries.Version(id: id, calendar: 1, validFrom: validFrom, compiled: CompiledCalendar(definition)))
        validFrom = max(validFrom, start).adding(seconds: Int64.random(in: 1...900_000, using: &generator))
      }
      self.versions = versions
      series = CalendarSeries(versions)
    }

    /// Open seconds by the versions of their times.
    func elapsed(from start: Instant, to end: Instant) -> Int64 {
      var sum: Int64 = 0
      for (index, version) in versions.enumerated() {
        let until = index + 1 < versions.count ? versions[index + 1].validFrom : end
        sum += version.compiled.elapsed(from: max(start, version.validFrom), to: min(end, until))
      }
      return sum
    }

    func version(at instant: Instant) -> CalendarSeries.Version? { versions.last { $0.validFrom <= instant } }
  }

  /// What happened, in spans.
  private struct Account {
    let world: World
    let budget: Int64
    let limit: Int64?
    var spans: [(from: Instant, to: Instant)] = []
    var runningSince: Instant?
    var waitingSince: Instant?

    /// A wait that the limit ended runs again from there: found second by second would be slow, so by halving.
    mutating func passLimit(until now: Instant) {
      guard let limit, let since = waitingSince, world.elapsed(from: since, to: now) >= limit else { return }
      var (low, high) = (since.seconds, now.seconds)
      while low < high {
        let middle = (low + high) / 2
        if world.elapsed(from: since, to: Instant(seconds: middle)) >= limit { high = middle } else { low = middle + 1 }
      }
      waitingSince = nil
      runningSince = Instant(seconds: high)
    }

    func consumed(at now: Instant) -> Int64 {
      spans.reduce(0) { $0 + world.elapsed(from: $1.from, to: $1.to) } + (runningSince.map { world.elapsed(from: $0, to: max($0, now)) } ?? 0)
    }

    mutating func stop(at now: Instant) {
      if let runningSince { spans.append((runningSince, now)) }
      runningSince = nil
      waitingSince = nil
    }
  }

  private static func clock(_ world: World, _ budget: Int64, limit: Int64?, at start: Instant) throws -> SubjectClock {
    let line = LineTerms(
      contract: 1, line: 1, lineVersion: 1, sla: 1, slaVersion: 1, contractZone: "UTC", contractName: "c", lineName: "l", resolutionStopsAt: .resolved,
      reason: .customer, waits: WaitTerms(limitSeconds: limit))
    let version = try #require(world.version(at: start))
    let target = TargetTerms(
      id: 1, metric: .resolution, priority: 3, budget: .seconds(budget), calendar: 1, calendarVersion: version.id, objective: nil, pauses: true)
    return try SubjectClock.start(
      id: 1, subject: .ticket(1), Goal(line, target), try world.series.coverage(version.id, at: start), at: start, cause: "opened")
  }

  @Test(arguments: 1...8) func randomHistoriesOverVersions(seed: UInt64) throws {
    var generator = SplitMix64(seed: seed)
    var missed = 0
    var changes = 0
    for _ in 0..<250 {
      // Any time of 2026: the clocks change in some of the histories.
      let start = Instant(seconds: 1_767_225_600 + Int64.random(in: 0...31_000_000, using: &generator))
      let world = try World(&generator, from: start)
      let budget = Int64.random(in: 0...200_000, using: &generator)
      let limit = Bool.random(using: &generator) ? Int64.random(in: 1...60_000, using: &generator) : nil
      var clock = try Self.clock(world, budget, limit: limit, at: start)
      var account = Account(world: world, budget: budget, limit: limit, runningSince: start)
      var now = start
      var history = "\(start) budget \(budget) limit \(String(describing: limit))"
      for _ in 0..<Int.random(in: 1...10, using: &generator) {
        now = now.adding(seconds: Int64.random(in: 0...400_000, using: &generator))
        account.passLimit(until: now)
        let act = Int.random(in: 0...4, using: &generator)
        switch act {
        case 0:
          try clock.apply(.paused(cause: "x"), at: now, world.series)
          // Another reason to wait is another wait.
          if account.runningSince != nil || account.waitingSince != nil {
            account.stop(at: now)
            account.waitingSince = now
          }
        case 1:
          try clock.apply(.resumed, at: now, world.series)
          if account.waitingSince != nil {
            account.stop(at: now)
            account.runningSince = now
          }
        case 2:
          try clock.apply(.resolved, at: now, world.series)
          account.stop(at: now)
        case 3:
          let wasStopped = clock.clock.state == .stopped
          try clock.apply(.reopened, at: now, world.series)
          if wasStopped { account.runningSince = now }
        default:
          // The sweep, whenever it comes.
          try clock.catchUp(until: now, world.series)
          clock.follow(try clock.clock.applying(.passed(now: now), calendar: try world.series.calendar(of: clock.clock)))
        }
        history += "\n\(now) act \(act) \(clock.clock.state) used \(clock.clock.consumedSeconds)"
      }
      now = now.adding(seconds: 100_000)
      account.passLimit(until: now)
      try clock.catchUp(until: now, world.series)
      clock.follow(try clock.clock.applying(.passed(now: now), calendar: try world.series.calendar(of: clock.clock)))
      try check(clock, account, world, at: now, history)
      if clock.clock.outcome == .missed { missed += 1 }
      changes += clock.ledger.intervals.count { $0.row.cause == "change_calendar" }
    }
    #expect(missed > 20 && changes > 20)
  }

  private func check(_ clock: SubjectClock, _ account: Account, _ world: World, at now: Instant, _ history: String) throws {
    let running = clock.ledger.intervals.filter { $0.row.state == .running }
    #expect(running.reduce(0) { $0 + $1.row.workingSeconds } == clock.clock.consumedSeconds, "\(history)")
    // An open run is counted up to now on both sides.
    let open = clock.clock.state == .running ? try world.series.calendar(of: clock.clock).elapsed(from: clock.clock.stateSince, to: now) : 0
    #expect(clock.clock.consumedSeconds + open == account.consumed(at: now), "\(history)")
    #expect((clock.clock.outcome == .missed) == (account.consumed(at: now) > account.budget), "\(history)")
    // Each interval is counted by the version of its time, and none reaches over a boundary.
    for entry in clock.ledger.intervals {
      let version = try #require(world.version(at: entry.row.from))
      #expect(entry.row.calendarVersion.rawValue == version.id, "\(history)")
      #expect(world.version(at: entry.row.to.adding(seconds: -1))?.id == version.id, "\(history)")
      #expect(entry.row.workingSeconds == world.elapsed(from: entry.row.from, to: entry.row.to), "\(history)")
    }
    if clock.clock.state == .running, clock.clock.outcome == nil, let due = clock.clock.dueAt, world.version(at: due)?.id == world.version(at: now)?.id {
      #expect(account.consumed(at: due) == account.budget, "\(history)")
    }
    if clock.clock.outcome == .missed, let breached = clock.clock.verdict?.breachedAt {
      // The last instant in time: what lies before it is not more than the budget.
      var before = account
      before.spans = account.spans.map { (from: min($0.from, breached), to: min($0.to, breached)) }
      before.runningSince = account.runningSince.flatMap { $0 < breached ? $0 : nil }
      #expect(before.consumed(at: breached) == account.budget, "\(history)")
    }
  }
}
