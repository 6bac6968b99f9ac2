import Contracts
import Jobs
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// Renewals through the sweep and the operations.
@Suite struct RenewalTests {
  private func made(
    _ world: ContractsWorld, _ fields: KeyValuePairs<String, Value>, of customer: TenantEntry? = nil, name: String = "Support"
  ) async throws -> Value {
    try await world.database.dispatcher.invoke(
      "contract.create",
      .object(
        [Value.Member("customer", .id((customer ?? world.acme).publicId)), Value.Member("name", .text(name)), Value.Member("currency", "EUR")]
          + fields.map { Value.Member($0.key, $0.value) }), as: world.manager, Call(requestId: "test")
    ).value
  }

  private func sweep(_ world: ContractsWorld, at text: String? = nil) async throws {
    if let text { world.database.clock.set(try #require(Instant(text))) }
    try await PartitionSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await RenewalSweep().run(at: world.database.clock.now(), world.database.tenancy)
  }

  private func listed(_ world: ContractsWorld, _ input: KeyValuePairs<String, Value> = [:]) async throws -> [Value] {
    try await world.database.call("renewal.list", input, as: world.manager).at("items").array ?? []
  }

  private static let manual: KeyValuePairs<String, Value> = [
    "startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "manual", "noticeMonths": 2, "renewalMonths": 12,
  ]

  /// A look that found nothing but contracts that cannot be looked at was the last one.
  @Test func asManyAtFaultAsALookFindsHideNoOther() async throws {
    let world = try await ContractsWorld()
    _ = try await made(world, Self.manual, name: "Broken")
    _ = try await made(world, Self.manual)
    try await world.database.runAsSuperuser(
      "update contracts.contract set zone = 'Mars/Olympus_Mons' where id = (select min(c.id) from contracts.contract c)")
    try await RenewalSweep(batch: 1).run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await listed(world).map { $0.at("contractName") } == ["Support"])
  }

  @Test func aManualOneIsAskedSnoozedDecidedAndCompleted() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let contract = try await made(world, Self.manual)
    try await sweep(world)
    try await sweep(world)
    var items = try await listed(world)
    #expect(items.count == 1)
    #expect(items[0].at("decisionOn") == "2026-05-01")
    #expect(items[0].at("cycleEndsAt") == "2026-06-30T22:00:00Z")
    #expect(items[0].at("contractName") == "Support")
    #expect(items[0].at("cycleEndsOn") == "2026-07-01" && items[0].at("overdue") == .bool(false))
    let id = items[0].at("id")

    await expectFailure(.conflict) { try await database.call("renewal.complete", ["id": id], as: world.manager, version: 1) }
    #expect(
      await violations { try await database.call("renewal.snooze", ["id": id, "until": "2026-07-01"], as: world.manager, version: 1) }
        == ["until renewal.snooze_range"])
    let snoozed = try await database.call("renewal.snooze", ["id": id, "until": "2026-04-01", "note": "After the audit"], as: world.manager, version: 1)
    #expect(snoozed.at("snoozedUntil") == "2026-03-31T22:00:00Z")
    try await sweep(world, at: "2026-03-31T21:59:59Z")
    #expect(try await listed(world).isEmpty, "what is put off is on nobody's list until then")
    #expect(try await listed(world, ["state": "snoozed"]).map { $0.at("snoozedUntilDay") } == ["2026-04-01"])
    #expect(try await listed(world, ["state": "open"]).count == 1)
    try await sweep(world, at: "2026-03-31T22:00:00Z")
    items = try await listed(world)
    #expect(items[0].at("state") == "pending")
    #expect(items[0].at("note") == "After the audit")

    let decided = try await database.call("renewal.decide", ["id": id, "decision": "renew"], as: world.manager, version: 3)
    #expect(decided.at("state") == "renewing")
    let completed = try await database.call("renewal.complete", ["id": id], as: world.manager, version: 4)
    #expect(completed.at("outcome") == "renewed")
    #expect(try await database.call("contract.read", ["id": contract.at("id")], as: world.manager).at("endsAt") == "2027-06-30T22:00:00Z")
    #expect(try await listed(world).isEmpty)
    #expect(try await listed(world, ["state": "all", "decisionFrom": "2026-05-01", "decisionBefore": "2026-05-02"]).count == 1)
    #expect(try await listed(world, ["state": "all", "decisionFrom": "2026-05-02"]).isEmpty)
    #expect(try await listed(world, ["state": "all", "decisionBefore": "2026-05-01"]).isEmpty)
    // The next cycle is another item.
    try await sweep(world, at: "2027-02-01T00:00:00Z")
    #expect(try await listed(world).map { $0.at("decisionOn") } == ["2027-05-01"])
  }

  /// What is to be decided is told with the days of the contract, what it is worth, and whether the day is over.
  @Test func theListTellsWhatIsOverdueAndWhatItIsAbout() async throws {
    let world = try await ContractsWorld()
    let line: Value = .object(["name": "Desk", "sla": world.sla.at("id"), "monthlyFee": "1250.00"])
    let other: Value = .object(["name": "Visits", "sla": world.sla.at("id"), "monthlyFee": "250.50"])
    let free: Value = .object(["name": "Advice", "sla": world.sla.at("id")])
    _ = try await made(
      world,
      [
        "startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "manual", "noticeMonths": 2, "renewalMonths": 12,
        "lines": .array([line, other, free]),
      ])
    _ = try await made(world, Self.manual, name: "Without lines")
    try await sweep(world, at: "2026-05-01T21:59:59Z")
    let due = try #require(try await listed(world).first { $0.at("contractName") == "Support" })
    #expect(due.at("monthlyFee") == .decimal("1500.50") && due.at("currency") == "EUR" && due.at("overdue") == .bool(false), "\(due)")
    #expect(try await listed(world).first { $0.at("contractName") == "Without lines" }?.at("monthlyFee") == .null)
    try await sweep(world, at: "2026-05-01T22:00:00Z")
    let late = try #require(try await listed(world).first { $0.at("contractName") == "Support" })
    #expect(late.at("overdue") == .bool(true))
    let decided = try await world.database.call(
      "renewal.decide", ["id": late.at("id"), "decision": "renew"], as: world.manager, version: late.at("version").integer)
    #expect(decided.at("overdue") == .bool(false))
  }

  /// Fees whose sum no amount holds are not told, and hide no renewal.
  @Test func enormousFeesHideNoRenewal() async throws {
    let world = try await ContractsWorld()
    let lines = ["Desk", "Visits"].map { name -> Value in
      .object(["name": .text(name), "sla": world.sla.at("id"), "monthlyFee": "90000000000000000.00"])
    }
    _ = try await made(
      world,
      [
        "startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "manual", "noticeMonths": 2, "renewalMonths": 12,
        "lines": .array(lines),
      ], name: "Enormous")
    _ = try await made(world, Self.manual, of: world.other)
    try await sweep(world)
    let items = try await listed(world)
    #expect(items.count == 2 && items.allSatisfy { $0.at("monthlyFee") == .null }, "\(items)")
  }

  @Test func whatNobodyDecidesLapsesAndWhatIsDeclinedEnds() async throws {
    let world = try await ContractsWorld()
    _ = try await made(world, Self.manual, name: "Forgotten")
    _ = try await made(world, Self.manual, of: world.other, name: "Declined")
    try await sweep(world)
    let declined = try #require(try await listed(world).first { $0.at("contractName") == "Declined" })
    _ = try await world.database.call("renewal.decide", ["id": declined.at("id"), "decision": "decline"], as: world.manager, version: 1)
    try await sweep(world, at: "2026-07-05T00:00:00Z")
    let outcomes = try await listed(world, ["state": "completed"]).map { "\($0.at("contractName").text ?? "") \($0.at("outcome").text ?? "")" }
    #expect(outcomes.sorted() == ["Declined not_renewed", "Forgotten lapsed"])
  }

  /// The sweep does not run for years: cycle by cycle, each extended once.
  @Test func anAutomaticOneIsExtendedOnceACycleAlsoAfterALongStop() async throws {
    let world = try await ContractsWorld()
    let contract = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "auto", "noticeDays": 60, "renewalMonths": 12])
    try await sweep(world)
    #expect(try await listed(world).count == 1)
    try await sweep(world, at: "2026-05-01T21:59:59Z")
    #expect(try await listed(world)[0].at("state") == "pending")
    try await sweep(world, at: "2028-07-15T00:00:00Z")
    try await sweep(world)
    let read = try await world.database.call("contract.read", ["id": contract.at("id")], as: world.manager)
    #expect(read.at("endsAt") == "2029-06-30T22:00:00Z")
    let completed = try await listed(world, ["state": "completed"])
    #expect(completed.map { $0.at("cycleEndsAt") } == ["2026-06-30T22:00:00Z", "2027-06-30T22:00:00Z", "2028-06-30T22:00:00Z"])
    #expect(completed.allSatisfy { $0.at("outcome") == "renewed" })
    #expect(read.at("version") == 4, "three extensions")
  }

  @Test func twoSweepsAtOnceExtendOnce() async throws {
    let world = try await ContractsWorld()
    let contract = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-03-31T22:00:00Z", "renewal": "auto", "noticeDays": 30, "renewalMonths": 12])
    world.database.clock.set(try #require(Instant("2026-03-10T00:00:00Z")))
    let (now, tenancy) = (world.database.clock.now(), world.database.tenancy)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await RenewalSweep().run(at: now, tenancy) } }
      try await group.waitForAll()
    }
    let read = try await world.database.call("contract.read", ["id": contract.at("id")], as: world.manager)
    #expect(read.at("endsAt") == "2027-03-31T22:00:00Z" && read.at("version") == 2)
    #expect(try await listed(world, ["state": "all"]).count == 1)
  }

  @Test func anOpenEndedOneThatIsDeclinedEndsWithItsYear() async throws {
    let world = try await ContractsWorld()
    let contract = try await made(world, ["startsAt": "2025-05-31T22:00:00Z", "renewal": "manual", "noticeMonths": 1])
    try await sweep(world)
    let item = try await listed(world)[0]
    #expect(item.at("cycleEndsAt") == "2026-05-31T22:00:00Z" && item.at("evergreen") == .bool(true))
    let id = item.at("id")
    func end() async throws -> Value { try await world.database.call("contract.read", ["id": contract.at("id")], as: world.manager).at("endsAt") }
    _ = try await world.database.call("renewal.decide", ["id": id, "decision": "decline"], as: world.manager, version: 1)
    #expect(try await end() == "2026-05-31T22:00:00Z")
    world.database.clock.advance(seconds: 60)
    _ = try await world.database.call("renewal.decide", ["id": id, "decision": "reopen"], as: world.manager, version: 2)
    #expect(try await end() == .null)
    world.database.clock.advance(seconds: 60)
    _ = try await world.database.call("renewal.decide", ["id": id, "decision": "decline"], as: world.manager, version: 3)
    try await sweep(world, at: "2026-06-01T00:00:00Z")
    #expect(try await end() == "2026-05-31T22:00:00Z")
    #expect(try await listed(world, ["state": "completed"]).map { $0.at("outcome") } == ["not_renewed"])
    try await sweep(world, at: "2027-06-01T00:00:00Z")
    #expect(try await listed(world).isEmpty, "a contract that is over is not asked about")
  }

  @Test func anAmendedTermTakesItsItemAlong() async throws {
    let world = try await ContractsWorld()
    let contract = try await made(world, Self.manual)
    try await sweep(world)
    _ = try await world.database.call("contract.change", ["id": contract.at("id"), "noticeMonths": 1], as: world.manager, version: 1)
    try await sweep(world, at: "2026-03-05T00:00:00Z")
    #expect(try await listed(world).map { $0.at("decisionOn") } == ["2026-06-01"])
    #expect(try await listed(world, ["state": "completed"]).map { $0.at("outcome") } == ["superseded"])
  }

  /// What an extension counted as renewed is to be decided again when the extension is taken back, and is not forgotten.
  @Test(arguments: [true, false]) func anExtensionThatIsTakenBackIsAskedAgain(isWithdrawn: Bool) async throws {
    let world = try await ContractsWorld()
    let contract = try await made(world, Self.manual)
    try await sweep(world)
    func change(_ end: Value, from day: Value, version: Int64) async throws {
      _ = try await world.database.call(
        "contract.change", ["id": contract.at("id"), "endsAt": end, "validFrom": day], as: world.manager, version: version)
    }
    try await change("2027-06-30T22:00:00Z", from: "2026-06-01T00:00:00Z", version: 1)
    try await sweep(world, at: "2026-03-03T00:00:00Z")
    #expect(try await listed(world, ["state": "completed"]).map { $0.at("outcome") } == ["renewed"])
    if isWithdrawn {
      _ = try await world.database.call("contract.withdraw", ["id": contract.at("id"), "reason": "Not signed"], as: world.manager, version: 2)
    } else {
      try await change("2026-06-30T22:00:00Z", from: "2026-06-02T00:00:00Z", version: 2)
    }
    #expect(try await listed(world, ["state": "completed"]).map { $0.at("outcome") } == ["superseded"])
    try await sweep(world)
    #expect(try await listed(world).map { $0.at("cycleEndsAt") } == ["2026-06-30T22:00:00Z"])
    try await sweep(world, at: "2026-07-01T00:00:00Z")
    #expect(try await listed(world, ["state": "completed"]).map { $0.at("outcome").text ?? "" }.sorted() == ["lapsed", "superseded"])
  }

  /// The sweep has not looked yet at what a change took away: nobody decides on it either.
  @Test func whatIsNotThePresentCycleIsNotDecided() async throws {
    let world = try await ContractsWorld()
    let contract = try await made(world, Self.manual)
    try await sweep(world)
    let id = try await listed(world)[0].at("id")
    _ = try await world.database.call("renewal.decide", ["id": id, "decision": "renew"], as: world.manager, version: 1)
    _ = try await world.database.call("contract.change", ["id": contract.at("id"), "endsAt": "2028-06-30T22:00:00Z"], as: world.manager, version: 1)
    await expectFailure(.conflict) { try await world.database.call("renewal.complete", ["id": id], as: world.manager, version: 2) }
    await expectFailure(.conflict) { try await world.database.call("renewal.decide", ["id": id, "decision": "decline"], as: world.manager, version: 2) }
    #expect(try await world.database.call("contract.read", ["id": contract.at("id")], as: world.manager).at("endsAt") == "2028-06-30T22:00:00Z")
    try await sweep(world, at: "2026-03-03T00:00:00Z")
    #expect(try await listed(world, ["state": "completed"]).map { $0.at("outcome") } == ["renewed"])
  }

  @Test func aLateCompletionLeavesNoHole() async throws {
    let world = try await ContractsWorld()
    let contract = try await made(world, Self.manual)
    try await sweep(world)
    let id = try await listed(world)[0].at("id")
    _ = try await world.database.call("renewal.decide", ["id": id, "decision": "renew"], as: world.manager, version: 1)
    try await sweep(world, at: "2026-07-20T00:00:00Z")
    _ = try await world.database.call("renewal.complete", ["id": id], as: world.manager, version: 2)
    let read = try await world.database.call("contract.read", ["id": contract.at("id"), "asOf": "2026-07-01T00:00:00Z"], as: world.manager)
    #expect(read.at("inForce") == .bool(true) && read.at("validFrom") == "2026-06-30T22:00:00Z")
  }

  /// It could only be written behind a version that begins after the cycle's end.
  @Test func aLaterVersionStandsInTheWayAndIsTold() async throws {
    let world = try await ContractsWorld()
    let automatic = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "auto", "noticeDays": 60, "renewalMonths": 12])
    let openEnded = try await made(
      world, ["startsAt": "2025-05-31T22:00:00Z", "renewal": "manual", "noticeMonths": 1], of: world.other, name: "Open-ended")
    for contract in [automatic, openEnded] {
      _ = try await world.database.call(
        "contract.change", ["id": contract.at("id"), "name": "Later", "validFrom": "2026-08-01T00:00:00Z"], as: world.manager, version: 1)
    }
    func read(_ contract: Value, _ day: Value) async throws -> Value {
      try await world.database.call("contract.read", ["id": contract.at("id"), "asOf": day], as: world.manager)
    }
    try await sweep(world)
    let items = try await listed(world)
    #expect(items.map { $0.at("obstructedFrom") } == ["2026-08-01T00:00:00Z", "2026-08-01T00:00:00Z"])
    let evergreen = try #require(items.first { $0.at("evergreen") == .bool(true) })
    await expectFailure(.conflict) {
      try await world.database.call("renewal.decide", ["id": evergreen.at("id"), "decision": "decline"], as: world.manager, version: 1)
    }
    #expect(try await read(openEnded, "2027-01-01T00:00:00Z").at("endsAt") == .null)

    try await sweep(world, at: "2026-07-05T00:00:00Z")
    let open = try #require(try await listed(world).first { $0.at("contract") == automatic.at("id") })
    #expect(open.at("state") == "pending", "open, and on the list")
    #expect(try await read(automatic, "2026-08-02T00:00:00Z").at("endsAt") == "2026-06-30T22:00:00Z")
    _ = try await world.database.call("contract.withdraw", ["id": automatic.at("id"), "reason": "In the way"], as: world.manager, version: 2)
    #expect(try await world.database.call("renewal.read", ["id": open.at("id")], as: world.manager).at("obstructedFrom") == .null)
    try await sweep(world)
    let extended = try await read(automatic, "2026-07-01T00:00:00Z")
    #expect(extended.at("endsAt") == "2027-06-30T22:00:00Z" && extended.at("inForce") == .bool(true))
  }

  @Test func anAutomaticOneIsNotPutOffBeyondItsDecisionDay() async throws {
    let world = try await ContractsWorld()
    _ = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "auto", "noticeDays": 60, "renewalMonths": 12])
    try await sweep(world)
    let id = try await listed(world)[0].at("id")
    func snooze(_ day: Value) async throws -> Value {
      try await world.database.call("renewal.snooze", ["id": id, "until": day], as: world.manager, version: 1)
    }
    #expect(await violations { try await snooze("2026-05-02") } == ["until renewal.snooze_range"], "the decision day itself")
    #expect(try await snooze("2026-05-01").at("state") == "snoozed")
  }

  @Test func aRenewalWithoutWhatItNeedsIsRefused() async throws {
    let world = try await ContractsWorld()
    func refused(_ fields: KeyValuePairs<String, Value>) async -> [String] { await violations { try await made(world, fields) } }
    #expect(await refused(["startsAt": "2026-01-01T00:00:00Z", "renewal": "manual"]) == ["noticeMonths contract.notice_needed"])
    #expect(
      await refused(["startsAt": "2026-01-01T00:00:00Z", "renewal": "auto", "noticeDays": 3, "renewalMonths": 1]) == ["renewal contract.auto_needs_end"])
    #expect(
      await refused(["startsAt": "2026-01-01T00:00:00Z", "endsAt": "2027-01-01T00:00:00Z", "renewal": "auto", "noticeDays": 3])
        == ["renewalMonths contract.auto_needs_months"])
    #expect(
      await refused(["startsAt": "2026-01-01T00:00:00Z", "renewal": "manual", "noticeDays": 3, "noticeMonths": 3]) == ["noticeDays contract.one_notice"])
  }

  /// The list shows nobody's renewals but those of one's own customers, page by page.
  @Test func theDueListIsOverOnesOwnCustomersOnly() async throws {
    let world = try await ContractsWorld()
    for number in 0..<3 { _ = try await made(world, Self.manual, name: "Mine \(number)") }
    _ = try await made(world, Self.manual, of: world.other, name: "Theirs")
    try await sweep(world)
    #expect(try await listed(world).count == 4)
    let mine = try await world.database.staff(.accountManager, for: [world.acme])
    let first = try await world.database.call("renewal.list", ["limit": 2], as: mine)
    let second = try await world.database.call("renewal.list", ["limit": 2, "cursor": first.at("next")], as: mine)
    let names = [first, second].flatMap { $0.at("items").array ?? [] }.map { $0.at("contractName").text ?? "" }
    #expect(names == ["Mine 0", "Mine 1", "Mine 2"])
    let theirs = try #require(try await listed(world).first { $0.at("contractName") == "Theirs" })
    await expectFailure(.notFound) { try await world.database.call("renewal.decide", ["id": theirs.at("id"), "decision": "renew"], as: mine, version: 1) }
  }

  /// Of what was to be decided in a period, what was renewed: null when that was nothing, and a superseded item is none.
  @Test func theRenewalRateIsCounted() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    func rate(_ from: Value = "2026-05-01", _ before: Value = "2026-05-02", customer: Value = .null, as principal: Principal? = nil) async throws -> Value {
      try await database.call(
        "renewal.rate", ["decisionFrom": from, "decisionBefore": before, "customer": customer], as: principal ?? world.manager)
    }
    let nothing = try await rate()
    #expect(nothing.at("due") == 0 && nothing.at("rate") == .null)
    for number in 0..<3 { _ = try await made(world, Self.manual, name: "Mine \(number)") }
    _ = try await made(world, Self.manual, of: world.other, name: "Theirs")
    try await sweep(world)
    let items = try await listed(world)
    let undecided = try await rate()
    #expect(undecided.at("open") == 4 && undecided.at("rate") == .decimal("0"))
    // One renewed, one declined, one that lapses, one of another customer renewed.
    for item in items where ["Mine 0", "Theirs"].contains(item.at("contractName").text) {
      let decided = try await database.call("renewal.decide", ["id": item.at("id"), "decision": "renew"], as: world.manager, version: 1)
      try await database.call("renewal.complete", ["id": item.at("id")], as: world.manager, version: decided.at("version").integer)
    }
    for item in items where item.at("contractName") == "Mine 1" {
      try await database.call("renewal.decide", ["id": item.at("id"), "decision": "decline"], as: world.manager, version: 1)
    }
    try await sweep(world, at: "2026-07-02T00:00:00Z")
    let all = try await rate()
    #expect(all.at("renewed") == 2 && all.at("notRenewed") == 1 && all.at("lapsed") == 1 && all.at("open") == 0 && all.at("due") == 4)
    #expect(all.at("rate") == .decimal("50"))
    let acme = try await rate(customer: .id(world.acme.publicId))
    #expect(acme.at("renewed") == 1 && acme.at("due") == 3 && acme.at("rate") == .decimal("33.3333"))
    // The day is the contract's: the first of May in Berlin, and no other.
    for (from, before): (Value, Value) in [("2026-04-01", "2026-05-01"), ("2026-05-02", "2026-06-01")] {
      #expect(try await rate(from, before).at("due") == 0)
    }
    let mine = try await database.staff(.accountManager, for: [world.acme])
    #expect(try await rate(as: mine).at("due") == 3)
    await expectFailure(.invalid) { try await rate(customer: .id(world.other.publicId), as: mine) }
    #expect(await violations { try await rate("2026-05-02", "2026-05-02") } == ["decisionBefore renewal.period_order"])
  }
}
