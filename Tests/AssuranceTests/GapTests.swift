import Contracts
import Kernel
import ServiceTime
import Testing

@testable import Assurance

/// Each kind of gap, by one example that has it and one that has not.
@Suite struct GapTests {
  private static let berlin = "Europe/Berlin"
  private static let start = Instant("2026-12-01T00:00:00Z") ?? Instant(seconds: 0)
  private static let end = Instant("2026-12-29T00:00:00Z") ?? Instant(seconds: 0)

  /// Monday to Saturday 08:00 to 22:00.
  private static func late(closing: [Weekday: Int] = [:], zone: String = berlin, holidays: [String] = []) throws -> CalendarDefinition {
    var week: [Weekday: [CalendarDefinition.Opening]] = [:]
    for day in Weekday.allCases.prefix(6) { week[day] = [.init(8 * 60, (closing[day] ?? 22) * 60)] }
    return try CalendarDefinition(zone: zone, week: week, exceptions: holidays.compactMap { CalendarDate($0).map { .init(date: $0) } })
  }

  private static func calendar(_ name: String, _ definition: CalendarDefinition) -> ChainCase.Calendar {
    ChainCase.Calendar(name: name, versions: [.init(id: 1, calendar: 1, validFrom: Instant(seconds: 0), compiled: CompiledCalendar(definition))])
  }

  private static func link(_ terms: any ChainTerms, _ id: Int64 = 1, kind: ChainParty.Kind = .supplier, until: Instant? = nil) -> ChainLink {
    ChainLink(
      party: ChainParty(kind: kind, id: id, name: kind == .team ? "Desk" : "Cloud"), from: Instant(seconds: 0), until: until,
      metrics: ClockMetric.all, terms: terms)
  }

  private static let fourHours = Promise(metric: "resolution", priority: 1, terms: .time(.seconds(4 * 3600), calendar: 1))

  private static func verdict(
    _ promises: [Promise] = [fourHours], teams: [[ChainLink]] = [], providers: [ChainLink] = [], backups: [ChainLink] = [],
    calendars: [Int64: ChainCase.Calendar], from: Instant = start, to: Instant = end
  ) -> BackToBack.Verdict {
    BackToBack.check(
      ChainCase(
        promised: [.init(from: Instant(seconds: 0), promises: promises)],
        versions: teams.isEmpty ? [] : [ChainVersion(validFrom: Instant(seconds: 0), tiers: teams, supplierMetrics: ["resolution"])],
        providers: providers, backups: backups, calendars: calendars, horizon: from.seconds..<to.seconds))
  }

  // MARK: Hours

  @Test func aSaturdayEveningIsOneGapInWords() throws {
    let calendars = [Int64(1): Self.calendar("Six days", try Self.late()), 2: Self.calendar("Supplier", try Self.late(closing: [.saturday: 18]))]
    let terms = FixedTerms(calendar: 2, budget: .seconds(3600))
    let verdict = Self.verdict(providers: [Self.link(terms)], calendars: calendars)
    #expect(verdict.outcome == .gaps)
    let coverage = verdict.gaps.filter { $0.kind == .coverage }
    let gap = try #require(coverage.first)
    #expect(coverage.count == 1)
    #expect(
      GapWords.text(gap, .english)
        == "Saturday 18:00-22:00 Europe/Berlin, resolution P1: coverage of supplier Cloud ends 18:00; 4 times, first on 5 December 2026.")
    #expect(GapWords.text(gap, .chinese) == "周六 18:00-22:00（Europe/Berlin），解决 P1：供应商 Cloud的服务时间于 18:00 结束；共 4 次，首次为 2026年12月5日。")
    // What is opened at its closing has to wait over Sunday, though the promise goes on for four hours.
    let time = try #require(verdict.gaps.first { $0.kind == .budget })
    guard case .time(let detail) = time.detail else { throw Unexpected() }
    #expect(detail.start == Instant("2026-12-05T16:00:00Z") && detail.due == Instant("2026-12-05T20:00:00Z"))
    #expect(detail.end == Instant("2026-12-07T07:00:00Z"))
    let steps = GapWords.steps(gap, .english).joined(separator: "\n")
    for part in [
      "The promise, by “Six days”", "Saturday 5 December 2026 08:00 – Saturday 5 December 2026 22:00", "supplier Cloud, by “Supplier”", "16 h in all",
    ] {
      #expect(steps.contains(part), "\(part) in \(steps)")
    }
  }

  /// Made on a Saturday evening, the proof finds what it found before: an accepted risk stays accepted.
  @Test func aGapThatTheHorizonCutsIsTheSameGap() throws {
    let calendars = [Int64(1): Self.calendar("Six days", try Self.late()), 2: Self.calendar("Supplier", try Self.late(closing: [.saturday: 18]))]
    let link = Self.link(FixedTerms(calendar: 2, budget: .seconds(3600)))
    let whole = Self.verdict(providers: [link], calendars: calendars).gaps
    let cut = Self.verdict(
      providers: [link], calendars: calendars, from: try #require(Instant("2026-11-28T18:30:00Z")), to: try #require(Instant("2026-12-26T18:30:00Z"))
    ).gaps
    #expect(cut.map(\.key) == whole.map(\.key))
  }

  /// The supplier closes on one day: who accepted that day did not accept another one, nor closing for good.
  @Test func aDateThatIsAcceptedIsThatDate() throws {
    let always = try CalendarDefinition.always(zone: Self.berlin)
    func gap(_ closed: [String], from: String = "2026-12-01") throws -> Gap {
      let holidays = closed.compactMap { CalendarDate($0).map { CalendarDefinition.Exception(date: $0) } }
      let theirs = try CalendarDefinition(zone: Self.berlin, week: always.week, exceptions: holidays)
      let calendars = [Int64(1): Self.calendar("24x7", always), 2: Self.calendar("Supplier", theirs)]
      let verdict = Self.verdict(
        providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(60)))], calendars: calendars, from: try #require(Instant("\(from)T00:00:00Z")))
      let found: Gap? = verdict.gaps.first { $0.kind == Gap.Kind.coverage }
      return try #require(found)
    }
    let accepted = try gap(["2026-12-25", "2026-12-24"])
    #expect(accepted.isWithin(accepted) && Gap(accepted.value).map { accepted.isWithin($0) } ?? false)
    #expect(try gap(["2026-12-25"]).isWithin(accepted), "less of it")
    #expect(try gap(["2026-12-24", "2026-12-25"], from: "2026-12-10").isWithin(accepted))
    #expect(try !gap(["2026-12-26"]).isWithin(accepted))
    #expect(try !gap(["2026-12-25", "2026-12-27"]).isWithin(accepted))
    let forGood = try gap((10...28).map { "2026-12-\($0)" })
    #expect(!forGood.isWithin(accepted) && forGood.key != accepted.key)
    #expect(accepted.isWithin(forGood))
  }

  @Test func aDelayThatGrowsIsAnotherGap() throws {
    let always = Self.calendar("24x7", try CalendarDefinition.always(zone: Self.berlin))
    func gap(_ hours: CalendarDefinition) throws -> Gap {
      let link = Self.link(FixedTerms(calendar: 2, budget: .seconds(4 * 3600 + 300)))
      return try #require(Self.verdict(providers: [link], calendars: [1: always, 2: Self.calendar("Supplier", hours)]).gaps.first { $0.kind == .budget })
    }
    let fiveMinutes = try gap(.always(zone: Self.berlin))
    let days = try gap(.fiveByEight(zone: Self.berlin))
    #expect(fiveMinutes.isWithin(fiveMinutes) && fiveMinutes.isWithin(days))
    #expect(!days.isWithin(fiveMinutes) && days.key != fiveMinutes.key)
  }

  /// Each half of the year adds up, and a ticket that is handed over on the day between gets the long part of both.
  @Test func aHandOverIntoOtherTermsTakesThose() throws {
    let always = Self.calendar("24x7", try CalendarDefinition.always(zone: Self.berlin))
    let change = try #require(Instant("2026-12-15T00:00:00Z"))
    func tiers(_ first: Int64, _ second: Int64) -> [[ChainLink]] {
      [first, second].enumerated().map { [Self.link(FixedTerms(calendar: 1, budget: .seconds($1 * 3600)), Int64($0 + 1), kind: .team)] }
    }
    let promise = Promise(metric: "resolution", priority: 1, terms: .time(.seconds(16 * 3600), calendar: 1))
    let verdict = BackToBack.check(
      ChainCase(
        promised: [.init(from: Instant(seconds: 0), promises: [promise])],
        versions: [
          ChainVersion(validFrom: Instant(seconds: 0), tiers: tiers(14, 2), supplierMetrics: []),
          ChainVersion(validFrom: change, tiers: tiers(2, 14), supplierMetrics: []),
        ], providers: [], backups: [], calendars: [1: always], horizon: Self.start.seconds..<Self.end.seconds))
    #expect(verdict.gaps.map(\.kind) == [.budget])
    guard case .time(let time)? = verdict.gaps.first?.detail else { throw Unexpected() }
    let lastStart = change.adding(seconds: -14 * 3600)
    #expect(time.start == lastStart)
    #expect(time.delay == Int64(43_200), "\(time)")
    let budgets = time.steps.compactMap(\.budget)
    #expect(budgets == [.seconds(50_400), .seconds(50_400)])
  }

  @Test func theSameHoursAreNoGap() throws {
    let calendars = [Int64(1): Self.calendar("Ours", try Self.late()), 2: Self.calendar("Theirs", try Self.late())]
    let verdict = Self.verdict(providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(4 * 3600)))], calendars: calendars)
    #expect(verdict == BackToBack.Verdict(outcome: .covered, gaps: [], gapKeys: [], promises: 1))
  }

  @Test func weekdaysWithTheSameHoursAreToldTogetherAndHolidaysByDate() throws {
    let always = try CalendarDefinition.always(zone: Self.berlin)
    var week: [Weekday: [CalendarDefinition.Opening]] = [:]
    for day in Weekday.allCases { week[day] = [.init(0, day == .sunday ? 1440 : 20 * 60)] }
    let supplier = try CalendarDefinition(
      zone: Self.berlin, week: week, exceptions: [.init(date: try #require(CalendarDate("2026-12-13"))), .init(date: try #require(CalendarDate("2026-12-20")))])
    let calendars = [Int64(1): Self.calendar("24x7", always), 2: Self.calendar("Supplier", supplier)]
    let verdict = Self.verdict(providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(60)))], calendars: calendars)
    let texts = verdict.gaps.filter { $0.kind == .coverage }.map { GapWords.text($0, .english) }
    // From Monday to Friday, and on the Saturdays that no closed Sunday follows.
    #expect(texts.contains { $0.hasPrefix("Monday to Friday 20:00-24:00 Europe/Berlin") }, "\(texts)")
    #expect(texts.count == 2, "\(texts)")
  }

  /// A zone that changes its clock while the other does not: the same wall clock is not the same hours.
  @Test func changesOfTheClockOpenAGap() throws {
    let berlin = try CalendarDefinition.fiveByEight(zone: Self.berlin)
    // 09:00 to 17:00 in Berlin's winter, as a supplier in a zone without summer time writes it.
    let week = CalendarDefinition.workingDays([.init(8 * 60, 16 * 60)])
    let calendars = [Int64(1): Self.calendar("Ours", berlin), 2: Self.calendar("Theirs", try CalendarDefinition(zone: "UTC", week: week))]
    let link = Self.link(FixedTerms(calendar: 2, budget: .seconds(3600)))
    let winter = Self.verdict(providers: [link], calendars: calendars)
    #expect(winter.outcome == .covered)
    let summer = Self.verdict(
      providers: [link], calendars: calendars, from: try #require(Instant("2026-03-02T00:00:00Z")), to: try #require(Instant("2026-04-27T00:00:00Z")))
    let gap = try #require(summer.gaps.first { $0.kind == .coverage })
    #expect(GapWords.text(gap, .english).hasPrefix("Monday to Friday 09:00-10:00 Europe/Berlin"))
    #expect(gap.from == Instant("2026-03-30T07:00:00Z"))
  }

  /// What was agreed within the second that runs is there: a proof that began before it found a gap that nobody had.
  @Test func theHorizonBeginsWithAWholeSecondThatIsNotOver() {
    let second = Self.start.seconds
    #expect(ChainCase.horizon(from: Instant(microseconds: second * 1_000_000 + 970_000), endsAt: nil).lowerBound == second + 1)
    #expect(ChainCase.horizon(from: Instant(seconds: second), endsAt: nil).lowerBound == second)
    let over = ChainCase.horizon(from: Instant(microseconds: second * 1_000_000 + 1), endsAt: Instant(seconds: second))
    #expect(over.isEmpty && over.lowerBound == second + 1)
  }

  /// A supplier in a zone without summer time: what is missing in winter comes every week of both winters of the horizon, and it is the same
  /// gap two weeks later, when more of the second winter is seen.
  @Test func whatComesEveryWeekOfAWinterIsToldByItsWeekdays() throws {
    let theirs = try CalendarDefinition(zone: "UTC", week: CalendarDefinition.workingDays([.init(7 * 60, 15 * 60)]))
    let calendars = [Int64(1): Self.calendar("Ours", try .fiveByEight(zone: Self.berlin)), 2: Self.calendar("Theirs", theirs)]
    func gap(_ from: String, _ to: String) throws -> Gap {
      let gaps = Self.verdict(
        providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(60)))], calendars: calendars, from: try #require(Instant("\(from)T00:00:00Z")),
        to: try #require(Instant("\(to)T00:00:00Z"))
      ).gaps.filter { $0.kind == .coverage }
      #expect(gaps.count == 1)
      return try #require(gaps.first)
    }
    let (before, after) = (try gap("2026-11-22", "2027-12-30"), try gap("2026-12-06", "2028-01-13"))
    #expect(GapWords.text(before, .english).hasPrefix("Monday to Friday 16:00-17:00 Europe/Berlin"), "\(GapWords.text(before, .english))")
    #expect(after.key == before.key && after.isWithin(before))
  }

  /// The hour that comes twice is open twice, for the promise and for the supplier.
  @Test func theDoubledHourIsCoveredTwice() throws {
    var night: [Weekday: [CalendarDefinition.Opening]] = [:]
    for day in Weekday.allCases { night[day] = [.init(0, 6 * 60)] }
    let ours = try CalendarDefinition(zone: Self.berlin, week: night)
    var early = night
    early[.sunday] = [.init(0, 2 * 60), .init(3 * 60, 6 * 60)]
    let theirs = try CalendarDefinition(zone: Self.berlin, week: early)
    let calendars = [Int64(1): Self.calendar("Ours", ours), 2: Self.calendar("Theirs", theirs)]
    let verdict = Self.verdict(
      providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(60)))], calendars: calendars, from: try #require(Instant("2026-10-24T10:00:00Z")),
      to: try #require(Instant("2026-10-25T10:00:00Z")))
    let gap = try #require(verdict.gaps.first { $0.kind == .coverage })
    guard case .hours(let hours) = gap.detail else { throw Unexpected() }
    #expect(hours.seconds == 2 * 3600)
  }

  @Test func whatStandsInCountsWithIt() throws {
    let calendars = [
      Int64(1): Self.calendar("Six days", try Self.late()), 2: Self.calendar("Primary", try Self.late(closing: [.saturday: 18])),
      3: Self.calendar("Backup", try CalendarDefinition(zone: Self.berlin, week: [.saturday: [.init(17 * 60, 23 * 60)]])),
    ]
    let verdict = Self.verdict(
      providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(3600)))], backups: [Self.link(FixedTerms(calendar: 3, budget: .seconds(1800)), 2)],
      calendars: calendars)
    #expect(verdict.outcome == .covered)
  }

  @Test func teamsOfATierStandInForOneAnotherAndOfTwoTiersDoNot() throws {
    let calendars = [
      Int64(1): Self.calendar("Six days", try Self.late()),
      2: Self.calendar("Early", try CalendarDefinition(zone: Self.berlin, week: Self.sixDays([.init(8 * 60, 15 * 60)]))),
      3: Self.calendar("Late", try CalendarDefinition(zone: Self.berlin, week: Self.sixDays([.init(15 * 60, 22 * 60)]))),
    ]
    let early = Self.link(FixedTerms(calendar: 2, budget: .seconds(600)), 1, kind: .team)
    let late = Self.link(FixedTerms(calendar: 3, budget: .seconds(600)), 2, kind: .team)
    #expect(Self.verdict(teams: [[early, late]], calendars: calendars).outcome == .covered)
    #expect(Self.verdict(teams: [[early], [late]], calendars: calendars).gaps.count { $0.kind == .coverage } == 2)
  }

  private static func sixDays(_ openings: [CalendarDefinition.Opening]) -> [Weekday: [CalendarDefinition.Opening]] {
    Dictionary(uniqueKeysWithValues: Weekday.allCases.prefix(6).map { ($0, openings) })
  }

  // MARK: Time

  @Test func timesThatAddUpToMoreAreToldWithTheArithmetic() throws {
    let always = try CalendarDefinition.always(zone: Self.berlin)
    let calendars = [Int64(1): Self.calendar("24x7", always), 2: Self.calendar("Round the clock", always)]
    let team = Self.link(FixedTerms(calendar: 2, handling: 900, budget: .seconds(3600)), 1, kind: .team)
    let supplier = Self.link(FixedTerms(calendar: 2, budget: .seconds(3 * 3600)), 2)
    let verdict = Self.verdict(teams: [[team]], providers: [supplier], calendars: calendars)
    let gap = try #require(verdict.gaps.first)
    #expect(verdict.gaps.count == 1 && gap.kind == .budget)
    #expect(GapWords.text(gap, .english).hasSuffix("15 min too late."))
    let steps = GapWords.steps(gap, .english).joined(separator: "\n")
    for part in ["1. team Desk: own work 15 min + “A” 1 h", "2. supplier Cloud: “A” 3 h", "Tuesday 1 December 2026 05:15"] {
      #expect(steps.contains(part), "\(part) in \(steps)")
    }
    // A quarter of an hour less, and it fits to the second.
    let quick = Self.link(FixedTerms(calendar: 2, budget: .seconds(3600)), 1, kind: .team)
    #expect(Self.verdict(teams: [[quick]], providers: [supplier], calendars: calendars).outcome == .covered)
  }

  /// A business day of the supplier's is longer than one of ours before a holiday that only it has.
  @Test func businessDaysOfTwoCalendarsDiffer() throws {
    let promise = Promise(metric: "resolution", priority: 3, terms: .time(.businessDays(2), calendar: 1))
    let calendars = [
      Int64(1): Self.calendar("Ours", try CalendarDefinition.fiveByEight(zone: Self.berlin)),
      2: Self.calendar(
        "Theirs", try CalendarDefinition.fiveByEight(zone: Self.berlin, exceptions: [.init(date: try #require(CalendarDate("2026-12-08")))])),
    ]
    let verdict = Self.verdict([promise], providers: [Self.link(FixedTerms(calendar: 2, budget: .businessDays(2)))], calendars: calendars)
    let gap = try #require(verdict.gaps.first { $0.kind == .budget })
    guard case .time(let time) = gap.detail else { throw Unexpected() }
    // Opened on the Friday before (its two days end on Tuesday for us, on Wednesday for them).
    #expect(time.due == Instant("2026-12-08T16:00:00Z") && time.end == Instant("2026-12-09T16:00:00Z"))
    let same = Self.verdict([promise], providers: [Self.link(FixedTerms(calendar: 1, budget: .businessDays(2)))], calendars: calendars)
    #expect(same.outcome == .covered)
  }

  @Test func aCalendarThatNeverOpensIsNeverOver() throws {
    let empty = try CalendarDefinition(zone: "UTC", week: [:], exceptions: [.init(date: try #require(CalendarDate("2020-01-01")), openings: [.wholeDay])])
    let calendars = [Int64(1): Self.calendar("24x7", try CalendarDefinition.always(zone: "UTC")), 2: Self.calendar("Never", empty)]
    let verdict = Self.verdict(providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(60)))], calendars: calendars)
    let gap = try #require(verdict.gaps.first { $0.kind == .budget })
    #expect(GapWords.text(gap, .english).hasSuffix("the chain has no end."))
  }

  // MARK: What is not agreed

  @Test(arguments: [
    (Lack.agreement, Gap.Kind.agreement, "nothing is agreed with supplier Cloud"), (.target("UC 7"), .target, "“UC 7” with supplier Cloud has no such target"),
    (.hours("UC 7"), .target, "names no hours"), (.notInForce("UC 7"), .term, "is not in force"),
    (.ended("UC 7", GapTests.start), .term, "not backed from 1 December 2026 (UTC): “UC 7” with supplier Cloud ends"),
  ])
  func whatIsNotAgreedIsAGap(lack: Lack, kind: Gap.Kind, words: String) throws {
    let calendars = [Int64(1): Self.calendar("24x7", try CalendarDefinition.always(zone: "UTC"))]
    let verdict = Self.verdict(providers: [Self.link(FixedTerms(lack: lack))], calendars: calendars)
    #expect(verdict.gaps.map(\.kind) == [kind])
    #expect(verdict.gaps.allSatisfy { GapWords.text($0, .english).contains(words) }, "\(verdict.gaps.map { GapWords.text($0, .english) })")
  }

  @Test func aLinkThatEndsBeforeThePromiseIsAGapFromThen() throws {
    let calendars = [Int64(1): Self.calendar("24x7", try CalendarDefinition.always(zone: "UTC"))]
    let until = try #require(Instant("2026-12-15T00:00:00Z"))
    let terms = FixedTerms(calendar: 1, budget: .seconds(3600))
    let verdict = Self.verdict(providers: [Self.link(terms, until: until)], calendars: calendars)
    #expect(verdict.gaps.map(\.kind) == [.term] && verdict.gaps.map(\.from) == [until])
    // Another one takes its place at the same instant.
    let next = ChainLink(party: ChainParty(kind: .supplier, id: 2, name: "Other"), from: until, until: nil, metrics: [], terms: terms)
    #expect(Self.verdict(providers: [Self.link(terms, until: until), next], calendars: calendars).outcome == .covered)
  }

  /// Of several in series, the one that drops out is told though the others go on; who succeeds it, or that nobody has to, ends that.
  @Test func aSupplierOfSeveralThatDropsOutIsAGap() throws {
    let calendars = [Int64(1): Self.calendar("24x7", try CalendarDefinition.always(zone: "UTC"))]
    let until = try #require(Instant("2026-12-15T00:00:00Z"))
    let terms = FixedTerms(calendar: 1, budget: .seconds(3600))
    let early = until.adding(seconds: -86_400)
    func supplier(_ id: Int64, _ service: Int64, from: Instant = Instant(seconds: 0), until: Instant? = nil, needed: Bool = true) -> ChainLink {
      ChainLink(
        party: ChainParty(kind: .supplier, id: id, name: "S\(id)"), from: from, until: until, metrics: [], terms: terms, service: service,
        needsSuccessor: needed)
    }
    let hosting = supplier(1, 1)
    func check(_ others: [ChainLink], from: Instant = GapTests.start) -> [Gap] {
      Self.verdict(providers: [hosting] + others, calendars: calendars, from: from).gaps
    }
    let gaps = check([supplier(2, 2, until: until)])
    #expect(gaps.map(\.kind) == [.term] && gaps.map(\.from) == [until] && gaps.first?.parties.map(\.id) == [2], "\(gaps)")
    for language in Language.allCases { #expect(gaps.first.map { GapWords.text($0, language).contains("S2") } ?? false) }
    #expect(gaps.first.flatMap { Gap($0.value) } == gaps.first)
    #expect(check([supplier(2, 2, until: until, needed: false)]).isEmpty, "no longer needed")
    #expect(check([supplier(2, 2, until: until), supplier(3, 3, from: until)]).isEmpty, "another service takes its place")
    #expect(check([supplier(2, 2, until: until), supplier(3, 2, from: early)]).isEmpty, "the same service, linked before it ended")
    #expect(check([supplier(2, 2, until: until), supplier(3, 3, from: early)]).map(\.kind) == [.term], "another service that was there before")
    // Until its successor begins nobody delivers; when that one drops out in turn, it alone is told.
    let later = until.adding(seconds: 86_400)
    #expect(check([supplier(2, 2, until: until), supplier(3, 2, from: later)]).map(\.from) == [until])
    #expect(check([supplier(2, 2, until: until), supplier(3, 2, from: later)], from: later).isEmpty, "the same service, later")
    #expect(check([supplier(2, 2, until: until), supplier(3, 3, from: later)], from: later).map { $0.parties.map(\.id) } == [[2]], "for whatever it is")
    #expect(check([supplier(2, 2, until: early), supplier(3, 3, from: early, until: until)]).map { $0.parties.map(\.id) } == [[3]])
  }

  @Test func withoutAnybodyItIsUnproven() throws {
    let calendars = [Int64(1): Self.calendar("24x7", try CalendarDefinition.always(zone: "UTC"))]
    let verdict = Self.verdict(calendars: calendars)
    #expect(verdict.outcome == .unproven && verdict.gaps.map(\.kind) == [.unlinked])
    #expect(Self.verdict([], calendars: calendars).outcome == .nothing)
  }

  @Test func promisesWithTheSameGapAreToldOnce() throws {
    let calendars = [Int64(1): Self.calendar("Six days", try Self.late()), 2: Self.calendar("Supplier", try Self.late(closing: [.saturday: 18]))]
    let promises = (1...4).map { Promise(metric: "resolution", priority: Int64($0), terms: .time(.seconds(86_400), calendar: 1)) }
    let verdict = Self.verdict(promises, providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(60)))], calendars: calendars)
    let coverage = verdict.gaps.filter { $0.kind == .coverage }
    #expect(coverage.count == 1 && coverage.first?.promises.count == 4)
    #expect(GapWords.text(try #require(coverage.first), .english).contains("resolution P1, P2, P3, P4"))
  }

  // MARK: Shares

  @Test func sharesInSeriesMultiply() throws {
    let promise = Promise(metric: "availability", priority: nil, terms: .share(PeriodShare(share: Rate(units: 999_000))))
    func supplier(_ id: Int64, _ units: Int64) -> ChainLink {
      Self.link(FixedTerms(shares: ["availability": PeriodShare(share: Rate(units: units))]), id)
    }
    func verdict(_ links: [ChainLink], backups: [ChainLink] = []) -> BackToBack.Verdict {
      Self.verdict([promise], providers: links, backups: backups, calendars: [:])
    }
    #expect(verdict([supplier(1, 999_000)]).outcome == .covered)
    // 0.9995 squared is 0.99900025.
    #expect(verdict([supplier(1, 999_500), supplier(2, 999_500)]).outcome == .covered)
    let short = verdict([supplier(1, 999_499), supplier(2, 999_500)])
    #expect(short.gaps.map(\.kind) == [.objective])
    #expect(short.gaps.first.map { GapWords.text($0, .english) }?.contains("99.9% is promised") ?? false)
    #expect(verdict([supplier(1, 998_000)], backups: [supplier(2, 999_999)]).gaps.map(\.kind) == [.objective])
    #expect(verdict([Self.link(FixedTerms())]).gaps.map(\.kind) == [.target])
    #expect(ShareGap.product(Array(repeating: Rate(units: 999_999), count: 40)) == Rate(units: 999_960))
    #expect(ShareGap.product([]) == nil)
  }

  // MARK: Storage

  /// Until now the end of a link was told as the end of an agreement of the party's name: who accepted that has accepted it.
  @Test func anEndThatWasAcceptedBeforeHolds() throws {
    let calendars = [Int64(1): Self.calendar("24x7", try CalendarDefinition.always(zone: "UTC"))]
    let until = try #require(Instant("2026-12-15T00:00:00Z"))
    let gap = try #require(Self.verdict(providers: [Self.link(FixedTerms(calendar: 1, budget: .seconds(3600)), until: until)], calendars: calendars).gaps.first)
    func stored(_ name: String, _ at: Value) throws -> Gap {
      try #require(
        Gap(
          .object([
            "kind": "term", "promises": .array([.object(["metric": "resolution", "priority": 1])]),
            "parties": .array([.object(["kind": "supplier", "id": 1, "name": "Cloud"])]), "from": at,
            "lack": .object(["why": "ended", "name": .text(name), "at": at]),
          ])))
    }
    #expect(gap.isWithin(try stored("Cloud", "2026-12-15T00:00:00Z")))
    #expect(!gap.isWithin(try stored("Cloud", "2026-12-16T00:00:00Z")), "another end")
    #expect(!gap.isWithin(try stored("UC 7", "2026-12-15T00:00:00Z")), "what ended was the agreement, and the link went on")
  }

  @Test func whoAcceptsASuspensionAcceptsNoLongerOne() throws {
    let calendars = [Int64(1): Self.calendar("24x7", try CalendarDefinition.always(zone: "UTC"))]
    func gap(_ until: Instant?) throws -> Gap {
      try #require(Self.verdict(providers: [Self.link(FixedTerms(lack: .notInForce("N", until: until)))], calendars: calendars).gaps.first)
    }
    let (short, long, open) = (try gap(Self.start.adding(seconds: 86_400)), try gap(Self.start.adding(seconds: 172_800)), try gap(nil))
    #expect(short.isWithin(short) && short.isWithin(long) && short.isWithin(open) && open.isWithin(open))
    #expect(!long.isWithin(short) && !open.isWithin(long))
    #expect(GapWords.text(short, .english).contains("until 2 December 2026 (UTC)"), "\(GapWords.text(short, .english))")
    #expect(Gap(short.value) == short)
    #expect(open.key.hasSuffix("notInForce(\"N\")"), "as it was before: \(open.key)")
  }

  @Test func aStoredGapReadsBackAsItWas() throws {
    let calendars = [Int64(1): Self.calendar("Six days", try Self.late()), 2: Self.calendar("Supplier", try Self.late(closing: [.saturday: 18]))]
    var gaps = Self.verdict(providers: [Self.link(FixedTerms(calendar: 2, budget: .seconds(5 * 3600)))], calendars: calendars).gaps
    for lack in [Lack.agreement, .target("T"), .hours("H"), .notInForce("N"), .ended("E", Self.start)] {
      gaps += Self.verdict(providers: [Self.link(FixedTerms(lack: lack))], calendars: calendars).gaps
    }
    let share = Promise(metric: "availability", priority: nil, terms: .share(PeriodShare(share: Rate(units: 999_000))))
    let quarterly = PeriodShare(share: Rate(units: 999_000), period: .quarter, countsFrom: .partial)
    gaps += Self.verdict([share], providers: [Self.link(FixedTerms(shares: ["availability": quarterly]))], calendars: [:]).gaps
    gaps += Self.verdict([share], providers: [Self.link(FixedTerms(lack: .severity("S", theirs: .major, ours: .partial)))], calendars: [:]).gaps
    let service = PromiseScope.Service(id: 1, code: "ERP")
    let scoped = Promise(
      metric: "response", priority: 2, scope: PromiseScope(ticketType: .request, service: service, ciTier: "gold"), terms: Self.fourHours.terms)
    gaps += Self.verdict([scoped], providers: [Self.link(FixedTerms(lack: .agreement))], calendars: calendars).gaps
    gaps += Self.verdict(calendars: calendars).gaps
    #expect(Set(gaps.map(\.kind)) == Set(Gap.Kind.allCases))
    for gap in gaps {
      #expect(Gap(gap.value) == gap)
      #expect(Gap(gap.value)?.key == gap.key)
    }
    #expect(Gap(.null) == nil)
  }

  private struct Unexpected: Error {}
}
