import Contracts
import Kernel
import ServiceTime
import TestSupport
import Testing

@testable import Assurance

/// The proof against a count of every quarter of an hour, over weeks with changes of the clock.
@Suite struct BackToBackOracleTests {
  private static let zones = ["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe", "America/Santiago", "UTC", "Asia/Shanghai"]
  /// Days around which clocks change somewhere, and one without.
  private static let days = ["2026-03-23", "2026-10-19", "2026-11-01", "2026-03-30", "2026-09-01", "2026-06-08"]

  /// One random chain.
  private struct Sample {
    var generator: SplitMix64
    let chain: ChainCase
    let promised: QuarterHours
    /// From each instant on.
    let versions: [(from: Int64, stages: [Stage])]
    let budget: Budget

    typealias Stage = (hours: QuarterHours, handling: Int64, budget: Budget)

    init(seed: UInt64, changes: Bool) throws {
      var generator = SplitMix64(seed: seed)
      let day = try #require(CalendarDate(BackToBackOracleTests.days.randomElement(using: &generator) ?? "2026-06-08"))
      let start = day.daysSinceEpoch * 86_400
      let horizon = start..<start + 10 * 86_400
      var calendars: [Int64: ChainCase.Calendar] = [:]
      var oracles: [Int64: QuarterHours] = [:]
      func make(_ id: Int64, _ generator: inout SplitMix64) throws {
        // Dates count backwards or forwards at a zone's change: versions of one calendar stay in one zone.
        let zone = BackToBackOracleTests.zones.randomElement(using: &generator) ?? "UTC"
        // Long enough that no budget runs out of it.
        let steps = 120 * 96
        var versions: [CalendarSeries.Version] = []
        let first = try generator.calendar(zone, around: day)
        var oracle = QuarterHours(first, from: start - 3 * 86_400, steps: steps)
        versions.append(.init(id: id * 10, calendar: id, validFrom: Instant(seconds: 0), compiled: CompiledCalendar(first)))
        if Int.random(in: 0..<4, using: &generator) == 0 {
          let second = try generator.calendar(zone, around: day)
          let from = start + Int64.random(in: 0..<9 * 96, using: &generator) * QuarterHours.step
          oracle = oracle.then(QuarterHours(second, from: start - 3 * 86_400, steps: steps), from: from)
          versions.append(.init(id: id * 10 + 1, calendar: id, validFrom: Instant(seconds: from), compiled: CompiledCalendar(second)))
        }
        calendars[id] = ChainCase.Calendar(name: "C\(id)", versions: versions)
        oracles[id] = oracle
      }
      try make(0, &generator)
      let budget = Self.budget(&generator, longest: 200)
      // Every other chain has another version in the midst of it.
      var starts: [Int64] = [0]
      if changes { starts.append(start + Int64.random(in: 1..<9 * 96, using: &generator) * QuarterHours.step) }
      var chains: [ChainVersion] = []
      var versions: [(from: Int64, stages: [Stage])] = []
      for (number, from) in starts.enumerated() {
        var tiers: [[ChainLink]] = []
        var stages: [Stage] = []
        for place in 1...Int64.random(in: 1...3, using: &generator) {
          let tier = place + Int64(number) * 100
          try make(tier, &generator)
          // Sometimes the promise's own calendar, sometimes a team that stands in.
          let own = Int.random(in: 0..<3, using: &generator) == 0
          let calendar = own ? 0 : tier
          let part = Self.budget(&generator, longest: 60)
          let handling = Bool.random(using: &generator) ? 0 : QuarterHours.step * Int64.random(in: 0...4, using: &generator)
          var members = [(calendar, handling, part)]
          var hours = try #require(oracles[calendar])
          if case .seconds = part, Int.random(in: 0..<3, using: &generator) == 0 {
            try make(tier + 10, &generator)
            // Of two, the union of their hours and the longer time.
            members.append((tier + 10, 0, .seconds(0)))
            hours = hours.union(try #require(oracles[tier + 10]))
          }
          stages.append((hours, handling, part))
          tiers.append(
            members.enumerated().map { index, member in
              ChainLink(
                party: ChainParty(kind: .team, id: tier * 10 + Int64(index), name: "T\(tier)\(index)"), from: Instant(seconds: 0), until: nil,
                metrics: ["resolution"], terms: FixedTerms(calendar: member.0, handling: member.1, budget: member.2))
            })
        }
        chains.append(ChainVersion(validFrom: Instant(seconds: from), tiers: tiers, supplierMetrics: []))
        versions.append((from, stages))
      }
      let promise = Promise(metric: "resolution", priority: 1, terms: .time(budget, calendar: 0))
      chain = ChainCase(
        promised: [.init(from: Instant(seconds: 0), promises: [promise])],
        versions: chains, providers: [], backups: [], calendars: calendars,
        horizon: horizon)
      promised = try #require(oracles[0])
      self.versions = versions
      self.budget = budget
      self.generator = generator
    }

    private static func budget(_ generator: inout SplitMix64, longest: Int64) -> Budget {
      Int.random(in: 0..<4, using: &generator) == 0
        ? .businessDays(Int64.random(in: 0...4, using: &generator)) : .seconds(QuarterHours.step * Int64.random(in: 0...longest, using: &generator))
    }

    func stages(at second: Int64) -> [Stage] { versions.last { $0.from <= second }?.stages ?? [] }

    /// Each place by the version in force when its turn begins.
    func end(_ start: Int64) -> Int64? {
      var second = start
      var place = 0
      while place < stages(at: second).count {
        let stage = stages(at: second)[place]
        place += 1
        let next: Int64?
        switch stage.budget {
        case .seconds(let seconds): next = stage.hours.breach(from: second, stage.handling + seconds)
        case .businessDays(let days):
          // Own work of no time at all does not wait for an opening.
          let begun = stage.handling == 0 ? second : stage.hours.breach(from: second, stage.handling)
          next = begun.flatMap { stage.hours.businessDayEnd(from: $0, days) }
        }
        guard let next else { return nil }
        second = next
      }
      return second
    }

    func due(_ start: Int64) -> Int64? {
      switch budget {
      case .seconds(let seconds): promised.breach(from: start, seconds)
      case .businessDays(let days): promised.businessDayEnd(from: start, days)
      }
    }
  }

  @Test(arguments: 0..<60) func aRandomChainComesOutAsCounted(seed: Int) throws {
    let sample = try Sample(seed: UInt64(seed) &* 7919 &+ 17, changes: seed % 3 == 2)
    let verdict = BackToBack.check(sample.chain)
    let horizon = sample.chain.horizon

    var uncovered: Int64 = 0
    var worst: Int64 = 0
    for second in stride(from: horizon.lowerBound, to: horizon.upperBound, by: Int(QuarterHours.step)) {
      if sample.promised.isOpen(at: second) {
        uncovered += Int64(sample.stages(at: second).count { !$0.hours.isOpen(at: second) }) * QuarterHours.step
      }
      // Everything is linear within a quarter, so its first and last second tell.
      for start in [second, second + QuarterHours.step - 1] {
        guard case .businessDays = sample.budget else {
          if sample.promised.isOpen(at: start) || sample.versions.count > 1, let end = sample.end(start), let due = sample.due(start) {
            worst = max(worst, end - due)
          }
          continue
        }
        if let end = sample.end(start), let due = sample.due(start) { worst = max(worst, end - due) }
      }
    }
    let found = verdict.gaps.reduce(Int64(0)) { sum, gap in if case .hours(let hours) = gap.detail { sum + hours.seconds } else { sum } }
    #expect(found == uncovered)
    let late = verdict.gaps.compactMap { gap in if case .time(let time) = gap.detail { time } else { nil } }
    #expect(sample.versions.count == 1 ? late.count == (worst > 0 ? 1 : 0) : late.isEmpty == (worst <= 0), "seed \(seed): worst \(worst)")
    #expect(late.isEmpty || late.contains { $0.end == nil } || late.compactMap(\.delay).max() == worst, "seed \(seed): worst \(worst)")
    for time in late {
      guard let end = time.end else { continue }
      // And the example is one: the count comes to the same from the same start.
      #expect(sample.end(time.start.seconds) == end.seconds && sample.due(time.start.seconds) == time.due.seconds)
      #expect(time.steps.last?.to == end && time.steps.first?.from == time.start)
    }
    #expect((verdict.outcome == .covered) == (uncovered == 0 && worst == 0))
  }

  /// No start of the year is later than the one that was found: every second of some days around it is tried.
  @Test(arguments: 0..<6) func noSecondIsWorse(seed: Int) throws {
    let sample = try Sample(seed: UInt64(seed) &* 104_729 &+ 5, changes: seed % 2 == 1)
    let verdict = BackToBack.check(sample.chain)
    let late = verdict.gaps.compactMap { gap in if case .time(let time) = gap.detail { time } else { nil } }
    guard let time = late.max(by: { ($0.delay ?? .max) < ($1.delay ?? .max) }), let delay = time.delay else { return }
    for start in max(time.start.seconds - 2000, sample.chain.horizon.lowerBound)..<min(time.start.seconds + 2000, sample.chain.horizon.upperBound) {
      guard case .businessDays = sample.budget else {
        if !sample.promised.isOpen(at: start), sample.versions.count == 1 { continue }
        let (end, due) = (try #require(sample.end(start)), try #require(sample.due(start)))
        #expect(end - due <= delay)
        continue
      }
      let (end, due) = (try #require(sample.end(start)), try #require(sample.due(start)))
      #expect(end - due <= delay)
    }
  }
}

/// Terms that never change.
struct FixedTerms: ChainTerms {
  var calendar: Int64 = 0
  var handling: Int64 = 0
  var budget: Budget? = nil
  var lack: Lack?
  var shares: [String: PeriodShare] = [:]

  var boundaries: [Instant] { [] }

  func agreement(for promise: Promise, at instant: Instant) -> Result<Agreement, LackError> {
    lack.map { .failure(LackError($0)) } ?? .success(Agreement(name: "A", calendar: calendar, handling: handling, budget: budget))
  }

  func share(for promise: Promise, at instant: Instant) -> Result<PeriodShare, LackError> {
    shares[promise.metric].map { .success($0) } ?? .failure(LackError(lack ?? .target("A")))
  }
}
