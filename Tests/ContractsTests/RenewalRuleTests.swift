import Kernel
import Renewals
import ServiceTime
import TestSupport
import Testing

@testable import Contracts

/// Decision days, extensions, and what time does to a renewal.
@Suite struct RenewalRuleTests {
  private let berlin: Zone

  init() throws { berlin = try #require(Zone.named("Europe/Berlin")) }

  private func day(_ text: String) throws -> Instant { berlin.start(of: try #require(CalendarDate(text))) }

  private func contract(
    _ starts: String, _ ends: String?, _ mode: RenewalMode = .manual, notice: Notice = .months(3), months: Int64? = 12, known: String = "2020-01-01",
    newest: String = "2020-01-01"
  ) throws -> RenewalRule.Contract {
    RenewalRule.Contract(
      state: .active, startsAt: try day(starts), endsAt: try ends.map(day), terms: RenewalTerms(mode: mode, notice: notice, months: months), zone: berlin,
      knownSince: try day(known), newestFrom: try day(newest))
  }

  @Test(arguments: [
    ("2026-01-01", "2027-01-01", Notice.months(3), "2026-10-01"), ("2026-01-01", "2027-01-01", .days(30), "2026-12-02"),
    ("2026-01-01", "2027-01-01", .days(0), "2027-01-01"), ("2025-01-31", "2026-05-31", .months(3), "2026-02-28"),
    ("2025-08-30", "2026-05-30", .months(3), "2026-02-28"), ("2024-01-31", "2024-05-31", .months(3), "2024-02-29"),
    // The term from the 31st ends on the last of February: a month before is the 31st of January.
    ("2025-03-31", "2026-02-28", .months(1), "2026-01-31"), ("2025-03-28", "2026-02-28", .months(1), "2026-01-28"),
  ])
  func theDecisionIsTheEndLessTheNotice(starts: String, ends: String, notice: Notice, decision: String) throws {
    let cycle = try #require(RenewalRule.cycle(of: try contract(starts, ends, notice: notice), after: nil))
    #expect(cycle.decisionOn.description == decision)
    #expect(cycle.decisionAt == (try day(decision)), "in the contract's zone, whatever the time of year")
  }

  /// Clamped where the month is too short, and never dragged along.
  @Test func monthEndsAreKept() throws {
    let dates = TermDates(startsAt: try day("2025-12-31"), endsAt: try day("2026-01-31"), zone: berlin)
    var end = try day("2026-01-31")
    var days: [String] = []
    for _ in 0..<5 {
      end = try #require(dates.extended(end, by: 1))
      days.append(berlin.date(at: end).description)
    }
    #expect(days == ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31", "2026-06-30"])
  }

  @Test(arguments: [
    ("2024-02-29", "2025-02-27", "2025-02-28"), ("2024-02-29", "2025-02-28", "2026-02-28"), ("2024-02-29", "2027-03-01", "2028-02-29"),
    ("2026-06-15", "2026-06-14", "2027-06-15"), ("2026-06-15", "2027-06-15", "2028-06-15"), ("2026-12-31", "2027-12-30", "2027-12-31"),
  ])
  func anniversaries(starts: String, after: String, next: String) throws {
    let dates = TermDates(startsAt: try day(starts), endsAt: nil, zone: berlin)
    #expect(dates.anniversary(after: try day(after)) == (try day(next)))
  }

  @Test func nothingLiesBehindTheEndOfTime() throws {
    let end = Instant(seconds: Instant.accepted.upperBound.seconds - 86_400)
    #expect(TermDates(startsAt: Instant(seconds: 0), endsAt: end, zone: berlin).extended(end, by: 120) == nil)
    #expect(TermDates(startsAt: end, endsAt: nil, zone: berlin).anniversary(after: end) == nil)
    #expect(TermDates(startsAt: Instant(seconds: 0), endsAt: nil, zone: berlin).decision(before: Instant(seconds: 100), notice: .days(3650)) == nil)
  }

  // MARK: Steps

  private func item(_ cycle: RenewalRule.Cycle, _ state: RenewalState = .pending, until: Instant? = nil) -> RenewalRule.Item {
    RenewalRule.Item(cycle: cycle, state: state, snoozedUntil: until, told: .missed)
  }

  /// The item comes to the list, its day is near, its day has come: each is told once, and of what comes together only the last.
  @Test(
    arguments: [
      ("2026-08-01", nil, RenewalNews.due, nil), ("2026-08-01", .due, nil, "2026-09-17"), ("2026-09-16", .due, nil, "2026-09-17"),
      ("2026-09-17", .due, .near, nil), ("2026-09-17", nil, .near, nil), ("2026-09-30", .near, nil, "2026-10-01"), ("2026-10-01", .near, .missed, nil),
      ("2026-10-01", .due, .missed, nil), ("2026-12-31", nil, .missed, nil), ("2026-12-31", .missed, nil, "2027-01-01"),
    ] as [(String, RenewalNews?, RenewalNews?, String?)])
  func whatIsTold(on date: String, told: RenewalNews?, news: RenewalNews?, until: String?) throws {
    let contract = try contract("2026-01-01", "2027-01-01")
    let cycle = try #require(RenewalRule.cycle(of: contract, after: nil))
    let now = try day(date)
    let open = RenewalRule.Item(cycle: cycle, state: .pending, snoozedUntil: nil, told: told)
    let step = RenewalRule.step(contract, open: open, lastCycle: cycle.endsAt, now: now)
    #expect(step == (try news.map { .tell($0) } ?? .wait(until: until.map(day))))
    // A second before it is another day by the contract's zone: the days are not UTC's.
    if let told, let news, news.seq == told.seq + 1 {
      #expect(RenewalRule.step(contract, open: open, lastCycle: cycle.endsAt, now: now.adding(seconds: -1)) == .wait(until: now))
    }
    // What somebody decided, or put off, is not told of.
    for state in [RenewalState.renewing, .notRenewing, .snoozed] {
      let decided = RenewalRule.Item(cycle: cycle, state: state, snoozedUntil: state == .snoozed ? cycle.endsAt : nil, told: told)
      guard case .wait = RenewalRule.step(contract, open: decided, lastCycle: cycle.endsAt, now: now) else {
        Issue.record("\(state) on \(date)")
        continue
      }
    }
  }

  /// Of an automatic one that a later version stands in the way of people are told on its day.
  @Test func whatCannotBeExtendedIsTold() throws {
    let cycle = try #require(RenewalRule.cycle(of: try contract("2026-01-01", "2027-01-01", .auto), after: nil))
    let later = try contract("2026-01-01", "2027-01-01", .auto, newest: "2027-01-01")
    let open = RenewalRule.Item(cycle: cycle, state: .pending, snoozedUntil: nil, told: .near)
    #expect(RenewalRule.step(later, open: open, lastCycle: cycle.endsAt, now: cycle.decisionAt) == .tell(.missed))
  }

  @Test func anItemAppearsNinetyDaysBeforeItsDecision() throws {
    let contract = try contract("2026-01-01", "2027-01-01")
    let cycle = try #require(RenewalRule.cycle(of: contract, after: nil))
    let appears = cycle.decisionAt.adding(seconds: -90 * 86_400)
    #expect(RenewalRule.step(contract, open: nil, lastCycle: nil, now: appears.adding(seconds: -1)) == .wait(until: appears))
    #expect(RenewalRule.step(contract, open: nil, lastCycle: nil, now: appears) == .make(cycle))
    // However late somebody looks; but not for a term that was over when it was entered.
    #expect(RenewalRule.step(contract, open: nil, lastCycle: nil, now: try day("2028-01-01")) == .make(cycle))
    let old = try self.contract("2015-01-01", "2016-01-01")
    #expect(RenewalRule.step(old, open: nil, lastCycle: nil, now: try day("2026-01-01")) == .wait(until: nil))
    #expect(RenewalRule.step(contract, open: nil, lastCycle: cycle.endsAt, now: appears) == .wait(until: nil), "one item a cycle")
  }

  @Test func whatTimeDoesToAManualOne() throws {
    let contract = try contract("2026-01-01", "2027-01-01")
    let cycle = try #require(RenewalRule.cycle(of: contract, after: nil))
    let (before, end) = (try day("2026-11-01"), cycle.endsAt)
    func step(_ state: RenewalState, _ now: Instant, until: Instant? = nil) -> RenewalRule.Step {
      RenewalRule.step(contract, open: item(cycle, state, until: until), lastCycle: end, now: now)
    }
    #expect(step(.pending, before) == .wait(until: end))
    #expect(step(.pending, end) == .close(.lapsed))
    #expect(step(.snoozed, before, until: before.adding(seconds: 1)) == .wait(until: before.adding(seconds: 1)))
    #expect(step(.snoozed, before, until: before) == .wake)
    #expect(step(.snoozed, end, until: before) == .close(.lapsed))
    #expect(step(.renewing, end) == .wait(until: nil), "what is not signed stays on the list")
    #expect(step(.notRenewing, before) == .wait(until: end))
    #expect(step(.notRenewing, end) == .complete(.notRenewed))
  }

  @Test func whatTimeDoesToAnAutomaticOne() throws {
    let contract = try contract("2026-01-01", "2027-01-01", .auto)
    let cycle = try #require(RenewalRule.cycle(of: contract, after: nil))
    let extended = try day("2028-01-01")
    for state in [RenewalState.pending, .renewing] {
      let open = item(cycle, state)
      #expect(RenewalRule.step(contract, open: open, lastCycle: nil, now: cycle.decisionAt.adding(seconds: -1)) == .wait(until: cycle.decisionAt))
      #expect(RenewalRule.step(contract, open: open, lastCycle: nil, now: cycle.decisionAt) == .extend(to: extended))
    }
    #expect(RenewalRule.step(contract, open: item(cycle, .snoozed, until: extended), lastCycle: nil, now: cycle.decisionAt) == .extend(to: extended))
    #expect(RenewalRule.step(contract, open: item(cycle, .notRenewing), lastCycle: nil, now: cycle.decisionAt) == .wait(until: cycle.endsAt))
  }

  /// What could only hold after the cycle's end waits for somebody, and is neither extended nor closed.
  @Test func nothingIsExtendedBehindALaterVersion() throws {
    let cycle = try #require(RenewalRule.cycle(of: try contract("2026-01-01", "2027-01-01", .auto), after: nil))
    for now in [cycle.decisionAt, cycle.endsAt.adding(seconds: 86_400)] {
      let later = try contract("2026-01-01", "2027-01-01", .auto, newest: "2027-01-01")
      #expect(RenewalRule.step(later, open: item(cycle), lastCycle: cycle.endsAt, now: now) == .wait(until: nil))
      let within = try contract("2026-01-01", "2027-01-01", .auto, newest: "2026-12-31")
      #expect(RenewalRule.step(within, open: item(cycle), lastCycle: cycle.endsAt, now: now) == .extend(to: try day("2028-01-01")))
    }
  }

  @Test func anOpenEndedOneGoesOnUnlessSomebodyDeclines() throws {
    let contract = try contract("2024-05-01", nil)
    let cycle = try #require(RenewalRule.cycle(of: contract, after: try day("2026-01-01")))
    #expect(cycle.endsAt == (try day("2026-05-01")) && cycle.isEvergreen && cycle.decisionOn.description == "2026-02-01")
    #expect(RenewalRule.step(contract, open: item(cycle), lastCycle: cycle.endsAt, now: cycle.endsAt) == .close(.renewed))
    #expect(RenewalRule.step(contract, open: item(cycle, .renewing), lastCycle: cycle.endsAt, now: cycle.endsAt) == .complete(.renewed))
    let declined = try self.contract("2024-05-01", "2026-05-01")
    #expect(RenewalRule.step(declined, open: item(cycle, .notRenewing), lastCycle: cycle.endsAt, now: cycle.endsAt) == .complete(.notRenewed))
    // Its end was taken back by a change of the contract: to be asked again.
    #expect(RenewalRule.step(contract, open: item(cycle, .notRenewing), lastCycle: cycle.endsAt, now: cycle.decisionAt) == .close(.superseded))
    let next = try #require(RenewalRule.cycle(of: contract, after: cycle.endsAt))
    #expect(next.endsAt == (try day("2027-05-01")))
  }

  /// A change of the contract takes the cycle away, or makes another of it.
  @Test func anItemOfAnotherTermIsClosed() throws {
    let contract = try contract("2026-01-01", "2027-01-01")
    let cycle = try #require(RenewalRule.cycle(of: contract, after: nil))
    func step(_ changed: RenewalRule.Contract, _ state: RenewalState = .pending) throws -> RenewalRule.Step {
      RenewalRule.step(changed, open: item(cycle, state), lastCycle: cycle.endsAt, now: try day("2026-08-01"))
    }
    #expect(try step(self.contract("2026-01-01", "2028-01-01")) == .close(.renewed))
    #expect(try step(self.contract("2026-01-01", nil)) == .close(.renewed))
    #expect(try step(self.contract("2026-01-01", "2026-12-01")) == .close(.superseded))
    #expect(try step(self.contract("2026-01-01", "2027-01-01", .none)) == .close(.superseded))
    #expect(try step(self.contract("2026-01-01", "2027-01-01", notice: .months(2))) == .close(.superseded), "asked again under the new notice")
    #expect(try step(self.contract("2026-01-01", "2027-01-01", notice: .months(2)), .notRenewing) == .wait(until: cycle.endsAt), "what was decided holds")
    let ended = RenewalRule.Contract(
      state: .ended, startsAt: contract.startsAt, endsAt: contract.endsAt, terms: contract.terms, zone: berlin, knownSince: contract.knownSince,
      newestFrom: contract.newestFrom)
    #expect(try step(ended) == .close(.superseded))
    #expect(try step(ended, .notRenewing) == .close(.notRenewed))
  }
}
