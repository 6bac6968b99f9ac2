import Desk
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// What gates cost, counted so that it is true.
@Suite struct FrictionTests {
  @Test func stopsTicketsBypassesAndWaitsAreCounted() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate()
    var incidents: [Value] = []
    for _ in 0..<5 { incidents.append(try await world.open()) }
    // Three are stopped, one of them twice; they wait 10, 20 and 40 seconds. The fourth has what is asked for, the fifth stays.
    for index in [0, 1, 1, 2, 4] { try await world.stopped { try await world.resolve(incidents[index]) } }
    let category = Value.Member("category", "network/vpn")
    for (index, wait) in [(0, Int64(10)), (1, 10), (2, 20)] {
      world.pass(seconds: wait)
      if index == 1 {
        _ = try await world.resolve(incidents[index], [world.bypass(gate)], as: world.administrator)
      } else {
        _ = try await world.resolve(try await world.act("change", on: incidents[index], [category]))
      }
    }
    _ = try await world.resolve(try await world.act("change", on: incidents[3], [category]))
    let row = try #require(try await world.friction().first)
    let figures = ["came", "stopped", "incidents", "stops", "passed", "bypassed", "left", "waiting", "medianWaitSeconds", "totalWaitSeconds", "waitingSeconds"]
      .map {
        row[$0]?.integer
      }
    #expect(figures == [5, 4, 4, 5, 3, 1, 0, 1, 20, 70, 40])
    #expect(row["gate"] == gate.at("id") && row["step"] == "incident.resolve")
    // The list behind each figure has as many rows.
    for outcome in ["passed", "bypassed", "left", "waiting"] {
      let listed = try await world.passages([Value.Member("outcome", .text(outcome))])
      #expect(Int64(listed.count) == row[outcome]?.integer, "\(outcome)")
    }
    #expect(try await world.passages([Value.Member("stopped", .bool(true))]).count == 4)
    #expect(try await world.friction(world.other) == [])
  }

  @Test func aPeriodHasWhatBeganInIt() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let start = world.database.clock.now()
    try await world.stopped { try await world.resolve(try await world.open()) }
    world.pass(seconds: 40 * 86_400)
    try await world.stopped { try await world.resolve(try await world.open()) }
    #expect(try await world.friction().column("came") == [1])
    let first = [Value.Member("from", .instant(start)), Value.Member("until", .instant(start.adding(seconds: 1)))]
    #expect(try await world.friction(nil, first).column("stops") == [1])
    #expect(try await world.friction(nil, [Value.Member("from", .instant(start.adding(seconds: -86_400)))]).column("stops") == [2])
    for bad in [[first[1], Value.Member("from", .instant(start.adding(seconds: 2)))], [Value.Member("from", .instant(start.adding(seconds: -400 * 86_400)))]] {
      let failure = await #expect(throws: Failure.self) { try await world.friction(nil, bad) }
      #expect(failure?.violations.map { "\($0.path) \($0.message.key)" } == ["from gate.period"])
    }
  }

  /// A refused call has no stored result: it is tried again each time, and is still one stop.
  @Test func aRepeatedCallIsOneStop() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let incident = try await world.open()
    for key in ["first", "first", "second", "first", "second"] { try await world.stopped { try await world.resolve(incident, key: key) } }
    #expect(try await world.friction().column("stops") == [2])
    try await world.stopped { try await world.resolve(incident, as: world.administrator, key: "first") }
    #expect(try await world.friction().column("stops") == [3], "the key of somebody else is another one")
  }

  /// Whoever repeats a refused call without end writes nothing any more.
  @Test func ofOneStaySoManyStopsAreWritten() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let incident = try await world.open()
    for _ in 0..<RecordStop.most { try await world.stopped { try await world.resolve(incident) } }
    let before = try await world.rowVersions()
    try await world.stopped { try await world.resolve(incident, key: "again") }
    for _ in 0..<5 { try await world.stopped { try await world.resolve(incident) } }
    #expect(try await world.rowVersions() == before)
    #expect(try await world.friction().column("stops") == [.integer(RecordStop.most)])
  }

  /// Who repeats a call that is counted changes nothing either.
  @Test func aKnownCallWritesNothing() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident, key: "first") }
    let before = try await world.rowVersions()
    for _ in 0..<3 { try await world.stopped { try await world.resolve(incident, key: "first") } }
    #expect(try await world.rowVersions() == before)
  }

  /// Between the refusal and its record somebody else passes, by a clock that is behind: that stop is none of what has passed.
  @Test func aStopIsNotRecordedBehindAPassing() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.resolve", GatesWorld.checklist)
    // Also for the clock that is behind.
    world.pass(seconds: 60)
    for _ in 0..<3 {
      let incident = try await world.open()
      let (refused, passing) = try await world.database.superuser.transaction { holder in
        _ = try await holder.query(HeldTickets())
        // They queue for the ticket in this order.
        let refused = Task { _ = try? await world.resolve(incident) }
        try await holder.waitForLocks(1)
        world.pass(seconds: -1)
        let passing = Task { try await world.resolve(incident, [Value.Member("checked", .array(["backup", "told"]))]) }
        try await holder.waitForLocks(2)
        return (refused, passing)
      }
      _ = try await passing.value
      await refused.value
      world.pass(seconds: 1)
    }
    let row = try #require(try await world.friction(nil, [Value.Member("until", .instant(world.database.clock.now().adding(seconds: 10)))]).first)
    #expect(row["passed"] == 3 && row["came"] == 3, "\(row)")
  }

  @Test func twoClosingsAtOnceAreOnePassing() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.close", GatesWorld.checklist)
    let done = [Value.Member("checked", .array(["backup", "told"]))]
    for _ in 0..<5 {
      let resolved = try await world.resolve(try await world.open())
      let closed = await withTaskGroup(of: Bool.self) { group in
        for _ in 0..<4 { group.addTask { (try? await world.act("close", on: resolved, done)) != nil } }
        return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
      }
      #expect(closed == 1)
    }
    #expect(try await world.friction().column("passed") == [5])
    #expect(try await world.friction().column("came") == [5])
  }

  /// Stops and a passing at once: whatever comes first, nothing is left waiting at a gate that was passed, but for what was stopped after.
  @Test func stopsBesideAPassingLeaveNothingWaiting() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.close", GatesWorld.checklist)
    let done = [Value.Member("checked", .array(["backup", "told"]))]
    for _ in 0..<5 {
      let resolved = try await world.resolve(try await world.open())
      await withTaskGroup(of: Void.self) { group in
        for number in 0..<6 { group.addTask { _ = try? await world.act("close", on: resolved, number == 2 ? done : []) } }
      }
      #expect(try await world.act("read", on: resolved)["state"] == "closed")
    }
    let row = try #require(try await world.friction().first)
    #expect(row["passed"] == 5 && row["waiting"] == 0, "\(row)")
  }

  @Test func whatGoesAnotherWayDoesNotWait() async throws {
    let world = try await GatesWorld()
    let assign = try await world.gate("incident.assign", ("fields", .array(["category"])))
    let close = try await world.gate("incident.close", ("fields", .array(["category"])))
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.database.root)
    let given = [Value.Member("team", team["id"] ?? .null)]
    let (first, second, third) = (try await world.open(), try await world.open(), try await world.open())
    for incident in [first, second, third] { try await world.stopped { try await world.act("assign", on: incident, given) } }
    // Resolved without having been assigned; a bypass before closing stays.
    let more = [Value.Member("gate", close["id"] ?? .null), Value.Member("reason", "x")]
    try await world.act("bypass_gate", on: first, more, as: world.account)
    let resolved = try await world.resolve(first)
    #expect(try await world.passages([Value.Member("gate", assign["id"] ?? .null)]).column("outcome") == ["waiting", "waiting", "left"])
    #expect(try await world.act("close", on: resolved)["state"] == "closed")
    try await world.act("merge", on: second, [Value.Member("into", third["id"] ?? .null)])
    #expect(try await world.passages([Value.Member("gate", assign["id"] ?? .null)]).column("outcome") == ["waiting", "left", "left"])
    // A gate that is there no more holds nobody up.
    let retire = [Value.Member("id", assign["id"] ?? .null), Value.Member("reason", "x")]
    _ = try await world.invoke("gate.retire", retire, as: world.account, version: 1)
    #expect(try await world.passages([Value.Member("gate", assign["id"] ?? .null)]).column("outcome") == ["left", "left", "left"])
    #expect(try await world.friction().first.map { [$0["left"], $0["waiting"]] } == [3, 0])
    #expect(try await world.act("assign", on: try await world.act("read", on: third), given)["team"] == team["id"])
  }

  /// Whom no gate asks ends the wait as well.
  @Test func whatACustomerClosedDoesNotWait() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.close", GatesWorld.checklist)
    let resolved = try await world.resolve(try await world.open())
    try await world.stopped { try await world.act("close", on: resolved) }
    #expect(try await world.passages().column("outcome") == ["waiting"])
    #expect(try await world.act("close", on: resolved, as: world.manager)["state"] == "closed")
    #expect(try await world.passages().column("outcome") == ["left"])
    #expect(try await world.friction().first.map { [$0["left"], $0["waiting"]] } == [1, 0])
  }

  @Test func theReportIsPagedLikeOthers() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    for _ in 0..<3 { try await world.stopped { try await world.resolve(try await world.open()) } }
    var (cursor, seen): (Value?, [Value]) = (nil, [])
    repeat {
      let page = try await world.invoke(
        "gate.passages", [Value.Member("customer", .id(world.acme.publicId)), Value.Member("limit", 1)] + (cursor.map { [Value.Member("cursor", $0)] } ?? []),
        as: world.account)
      seen += page["items"]?.array?.column("incident") ?? []
      cursor = page["next"]?.text.map { .text($0) }
    } while cursor != nil
    #expect(seen == (try await world.passages().column("incident")) && Set(seen).count == 3)
  }
}

extension GatesWorld {
  /// What changes with every write of a passage, and with every lock on it.
  fileprivate func rowVersions() async throws -> [String] {
    try await database.superuser.transaction { try await $0.query(PassageVersions()) }
  }
}

private struct PassageVersions: Statement {
  // xmax changes where a row is only locked.
  static let sql = "select p.xmin::text || ' ' || p.xmax::text || ' ' || p.ctid::text from gates.passage p order by 1"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct HeldTickets: Statement {
  static let sql = "select id from desk.ticket for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
