import Contracts
import Kernel
import Operations
import TestSupport
import Testing

/// Objectives over longer periods than the month that is asked for.
@Suite struct ObjectiveTests {
  private func card(_ world: ScorecardWorld, _ month: String, _ language: Language = .english, minimumSample: Value = .null) async throws -> Value {
    let input: [Value.Member] = [
      .init("customer", .id(world.customer.publicId)), .init("contract", world.contracts[0].id), .init("month", .text(month)),
      .init("minimumSample", minimumSample),
    ]
    return try await world.database.dispatcher.invoke(
      "scorecard.read", .object(input), as: world.database.root, Call(requestId: "test", language: language)
    ).value
  }

  private func response(_ card: Value, _ priority: Value) throws -> Value {
    try #require(card["objectives"]?.array?.first { $0["metric"] == "response" && $0["priority"] == priority })
  }

  /// One ticket after another of the contract in Berlin, closed at these instants.
  private func write(_ verdicts: [(priority: Int64, closed: String, verdict: String)], in world: ScorecardWorld) async throws {
    for (index, one) in verdicts.enumerated() {
      let ticket = ModelTicket(
        number: Int64(index + 1), contract: 0, priority: one.priority, openedAt: try #require(Instant("2026-01-05T12:00:00Z")),
        closedAt: Instant(one.closed), response: ModelTicket.Promise(state: "stopped", verdict: one.verdict, consumed: 60))
      _ = try await ScorecardWorld.write(ticket, in: world)
    }
    try await world.refresh()
  }

  /// What rests on fewer than somebody wants is shown, and nothing is concluded from it.
  @Test func aVerdictOfTooFewIsNone() async throws {
    let world = try await ScorecardWorld(objective: "65", periods: [1: "quarter"])
    try await write(
      [(1, "2026-01-10T12:00:00Z", "met"), (1, "2026-03-10T12:00:00Z", "missed"), (2, "2026-03-10T12:00:00Z", "missed")], in: world)
    func ofMonth(_ card: Value) throws -> Value {
      try #require(card["figures"]?.array?.first { $0["measure"] == "attainment" && $0["metric"] == "response" && $0["priority"] == 2 })
    }
    for asked: Value in [.null, 1] {
      let card = try await card(world, "2026-03", minimumSample: asked)
      let (quarter, month) = (try response(card, 1), try ofMonth(card))
      #expect(quarter["tooFew"] == .bool(false) && quarter["meetsObjective"] == .bool(false), "\(quarter)")
      #expect(month["tooFew"] == .bool(false) && month["meetsObjective"] == .bool(false), "\(month)")
    }
    let card = try await card(world, "2026-03", minimumSample: 3)
    let (quarter, month) = (try response(card, 1), try ofMonth(card))
    #expect(quarter["tooFew"] == .bool(true) && quarter["meetsObjective"] == .null && quarter["value"] == .decimal("50"), "\(quarter)")
    #expect(quarter["words"] == "response P1, quarter 2026-Q1: 50 % (1 of 2), fewer than the 3 that a verdict takes; agreed are 65 %.")
    #expect(month["tooFew"] == .bool(true) && month["meetsObjective"] == .null && month["objective"] == .decimal("65"), "\(month)")
    #expect(month["value"] == .decimal("0") && month["sampleSize"] == 1, "\(month)")
  }

  /// Two of two in January and one of three in March are 60 % of the quarter; the mean of the months would be 66.7 %, and enough.
  @Test func aQuarterIsJudgedOverAllItsMonthsAndSoFarBeforeItEnds() async throws {
    let world = try await ScorecardWorld(objective: "65", periods: [1: "quarter"])
    try await write(
      [
        (1, "2026-01-10T12:00:00Z", "met"), (1, "2026-01-11T12:00:00Z", "met"), (1, "2026-03-10T12:00:00Z", "met"),
        (1, "2026-03-11T12:00:00Z", "missed"), (1, "2026-03-31T21:59:59Z", "missed"),
        // April in Berlin.
        (1, "2026-03-31T22:00:00Z", "met"),
      ], in: world)
    for month in ["2026-01", "2026-02", "2026-03"] {
      let card = try await card(world, month)
      let quarter = try response(card, 1)
      #expect(quarter["periodKind"] == "quarter" && quarter["period"] == "2026-Q1" && quarter["from"] == "2026-01-01", "\(quarter)")
      #expect(quarter["numerator"] == 3 && quarter["denominator"] == 5 && quarter["value"] == .decimal("60"), "\(quarter)")
      #expect(quarter["objective"] == .decimal("65") && quarter["meetsObjective"] == .bool(false) && quarter["isOver"] == .bool(false))
      #expect(quarter["words"] == "response P1, quarter 2026-Q1 so far: 60 % (3 of 5), agreed are 65 %: not kept so far.")
      // January alone would have been enough: it is not held against the quarter's objective.
      let ofMonth = try #require(
        card["figures"]?.array?.first { $0["measure"] == "attainment" && $0["metric"] == "response" && $0["priority"] == 1 })
      #expect(ofMonth["objective"] == .null && ofMonth["meetsObjective"] == .null, "\(ofMonth)")
      #expect(try response(card, 2)["periodKind"] == "month")
      #expect(card["objectives"]?.array?.contains { $0["priority"] == .null } == false, "they share none")
    }
    world.database.clock.advance(seconds: 31 * 86_400)
    let over = try response(try await card(world, "2026-03", .chinese), 1)
    #expect(over["isOver"] == .bool(true) && over["meetsObjective"] == .bool(false))
    #expect(over["words"] == "响应 P1，季度 2026-Q1：60%（5 项中达成 3 项），约定 65%：未达标。")
    // It is opened to its tickets.
    let tickets = try await world.database.call(
      "scorecard.tickets",
      [
        "contract": world.contracts[0].id, "customer": .id(world.customer.publicId), "month": "2026-02", "period": "quarter", "measure": "attainment",
        "metric": "response", "priority": 1,
      ], as: world.database.root)
    let items = tickets["items"]?.array ?? []
    #expect(items.filter { $0["included"] == .bool(true) }.count == 5 && items.filter { $0["counted"] == .bool(true) }.count == 3, "\(items)")
    #expect(items.last?["reason"] == "other_month")
  }

  @Test func yearsAndRollingYearsHaveTheirOwnMonths() async throws {
    let world = try await ScorecardWorld(objective: "50", periods: [1: "year", 2: "rolling_year"])
    try await write(
      [
        (1, "2026-01-10T12:00:00Z", "met"), (1, "2026-12-10T12:00:00Z", "missed"), (2, "2026-01-10T12:00:00Z", "missed"),
        (2, "2026-02-10T12:00:00Z", "met"), (2, "2027-01-10T12:00:00Z", "met"),
      ], in: world)
    world.database.clock.advance(seconds: 365 * 86_400)
    let january = try await card(world, "2027-01")
    let rolling = try response(january, 2)
    #expect(rolling["from"] == "2026-02-01" && rolling["until"] == "2027-02-01" && rolling["period"] == "2027-01")
    #expect(rolling["numerator"] == 2 && rolling["denominator"] == 2 && rolling["isOver"] == .bool(true))
    let empty = try response(january, 1)
    #expect(empty["period"] == "2027" && empty["value"] == .null && empty["meetsObjective"] == .null && empty["isOver"] == .bool(false))
    #expect(empty["words"] == "response P1, year 2027: nothing was judged, agreed are 50 %.")
    let year = try response(try await card(world, "2026-06"), 1)
    #expect(year["numerator"] == 1 && year["denominator"] == 2 && year["meetsObjective"] == .bool(true), "exactly half is enough")
  }

  @Test func allPrioritiesThatShareAPeriodAreJudgedTogether() async throws {
    let world = try await ScorecardWorld(objective: "65", periods: [1: "quarter", 2: "quarter"])
    try await write([(1, "2026-01-10T12:00:00Z", "met"), (2, "2026-02-10T12:00:00Z", "missed"), (3, "2026-02-10T12:00:00Z", "met")], in: world)
    let all = try response(try await card(world, "2026-01"), .null)
    #expect(all["numerator"] == 2 && all["denominator"] == 3 && all["meetsObjective"] == .bool(true), "\(all)")
  }
}
