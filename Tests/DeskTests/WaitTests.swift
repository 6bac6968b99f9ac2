import Kernel
import Operations
import TestSupport
import Testing

/// Waits and clocks: evidence, suppliers, limits. Office hours are 9 to 17 in Berlin; 2 March 2026 is a Monday, 09:00 is 08:00Z.
@Suite struct WaitTests {
  private func sla(_ world: DeskWorld, _ more: KeyValuePairs<String, Value>) async throws {
    let calendar = world.calendar["id"] ?? .null
    let targets = [2, 3].map { (priority: Int64) -> Value in
      .object(["metric": "resolution", "priority": .integer(priority), "budgetSeconds": .integer(8 * 3600), "calendar": calendar])
    }
    let members: [Value.Member] =
      [.init("id", world.sla["id"] ?? .null), .init("targets", .array(targets)), .init("validFrom", "2026-01-01T00:00:00Z")]
      + more.map { Value.Member($0.key, $0.value) }
    _ = try await world.database.dispatcher.invoke(
      "sla.revise", .object(members), as: world.manager, Call(requestId: "test", expectedVersion: 1))
  }

  @Test func waitingForTheCustomerNeedsEvidence() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open()
    for reason in ["awaiting_requester", "scheduled"] {
      await expectFailure(.invalid) { try await world.act("hold", on: incident, ["reason": .text(reason)]) }
    }
    incident = try await world.act("hold", on: incident, ["reason": "awaiting_requester", "evidence": "mail 4711"])
    #expect(try await world.explain(incident, "resolution")["state"] == "paused")
    world.database.clock.advance(seconds: 600)
    incident = try await world.act("resume", on: incident)
    #expect(try await world.explain(incident, "resolution")["intervals"]?.column("evidence") == ["mail 4711"])
    // A comment that asks is evidence by itself, and is named by its id.
    incident = try await world.act("hold", on: incident, ["reason": "awaiting_requester", "comment": "Which printer?"])
    world.database.clock.advance(seconds: 600)
    incident = try await world.act("resume", on: incident)
    let comment = try #require(try await world.list("comments", of: incident).first?["id"])
    #expect(try await world.explain(incident, "resolution")["intervals"]?.column("evidence").last == comment)
  }

  @Test func waitingForASupplierPausesOnlyWhereTheSLASaysSo() async throws {
    for pauses in [false, true] {
      let world = try await DeskWorld()
      try await sla(world, ["supplierWaitsPause": .bool(pauses)])
      var incident = try await world.open()
      incident = try await world.act("hold", on: incident, ["reason": "awaiting_supplier", "evidence": "mail 1"])
      #expect(try await world.explain(incident, "resolution")["state"] == .text(pauses ? "paused" : "running"))
      // What the provider itself waits for is another matter.
      incident = try await world.act("resume", on: incident)
      incident = try await world.act("hold", on: incident, ["reason": "awaiting_parts"])
      #expect(try await world.explain(incident, "resolution")["state"] == "running")
    }
  }

  @Test func waitingForWhatIsTheProvidersOwnPausesOnlyWhereTheSLASaysSo() async throws {
    for pauses in [false, true] {
      let world = try await DeskWorld()
      try await sla(world, ["providerWaitsPause": .bool(pauses)])
      var incident = try await world.open()
      for reason in ["awaiting_parts", "awaiting_change"] {
        incident = try await world.act("hold", on: incident, ["reason": .text(reason)])
        #expect(try await world.explain(incident, "resolution")["state"] == .text(pauses ? "paused" : "running"), "\(reason)")
        world.database.clock.advance(seconds: 600)
        incident = try await world.act("resume", on: incident)
        #expect(try await world.explain(incident, "resolution")["state"] == "running")
      }
      // A term of one says nothing of the other.
      incident = try await world.act("hold", on: incident, ["reason": "awaiting_supplier", "evidence": "mail 1"])
      #expect(try await world.explain(incident, "resolution")["state"] == "running")
    }
  }

  /// Whichever way a ticket comes to wait for a supplier: the customer's clock stops only where his contract says so, the team's where
  /// its OLA does, the supplier's never; and each pause has the evidence.
  @Test(arguments: [true, false]) func waitsForSuppliersPauseByContractAndWithEvidence(pauses: Bool) async throws {
    let world = try await AgreementWorld(olaMore: ["supplierWaitsPause": .bool(true)])
    let desk = world.desk
    try await sla(desk, ["supplierWaitsPause": .bool(pauses)])
    for path in ["dispatch", "hold", "comment", "evidence"] {
      desk.database.clock.set(DeskWorld.monday)
      var incident = try await world.assign(try await desk.open(), to: world.first)
      await expectFailure(.invalid) { try await desk.act("hold", on: incident, ["reason": "awaiting_supplier"]) }
      await expectFailure(.invalid) { try await desk.act("hold", on: incident, ["evidence": "mail 1"]) }
      switch path {
      case "dispatch": _ = try await world.dispatch(incident, ["reason": "x", "wait": .bool(true)])
      case "hold":
        _ = try await world.dispatch(incident, ["reason": "x"])
        try await desk.act("hold", on: try await desk.read(incident), ["reason": "awaiting_supplier"])
      case "comment": try await desk.act("hold", on: incident, ["reason": "awaiting_supplier", "comment": "We asked our supplier."])
      default: try await desk.act("hold", on: incident, ["reason": "awaiting_supplier", "evidence": "mail 1"])
      }
      desk.database.clock.advance(seconds: 600)
      incident = try await desk.act("classify", on: try await desk.read(incident), ["impact": 1])
      desk.database.clock.advance(seconds: 600)
      // The wait goes on in another team's turn.
      incident = try await world.assign(incident, to: world.second)
      desk.database.clock.advance(seconds: 600)
      incident = try await desk.act("resume", on: incident)
      let customer = try await desk.explain(incident, "resolution")
      let turns = try await world.agreements(incident)
      let (teams, suppliers) = (turns.filter { $0["kind"] == "ola" }.map { $0.clock("resolution") }, turns.filter { $0["kind"] == "uc" })
      let paused = { (clock: Value) in (clock["intervals"]?.array ?? []).filter { $0["state"] == "paused" } }
      #expect(paused(customer).count == (pauses ? 2 : 0), "\(path)")
      #expect(teams.map { paused($0).count } == [2, 1], "\(path)")
      for interval in ([customer] + teams).flatMap(paused) {
        #expect(interval["cause"] == "awaiting_supplier" && interval["evidence"] != .null, "\(path)")
      }
      #expect(suppliers.flatMap { $0["clocks"]?.array ?? [] }.flatMap(paused).isEmpty && suppliers.count == (["dispatch", "hold"].contains(path) ? 1 : 0))
    }
  }

  @Test func aWaitEndsAtItsLimit() async throws {
    let world = try await DeskWorld()
    try await sla(world, ["waitLimitSeconds": 14_400])
    var incident = try await world.open()
    try world.at("2026-03-02T13:00:00Z")  // 14:00, five hours used
    incident = try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 1"])
    // Three hours today, one tomorrow: the wait ends at 10:00.
    try world.at("2026-03-03T08:30:00Z")
    try await world.sweep()
    #expect(try await world.explain(incident, "resolution")["state"] == "paused")
    try world.at("2026-03-03T10:00:00Z")
    try await world.sweep()
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["state"] == "running" && clock["cause"] == "wait_limit" && clock["stateSince"] == "2026-03-03T09:00:00Z")
    #expect(clock["dueAt"] == "2026-03-03T12:00:00Z")
    // The ticket still waits; the queue shows when it is due.
    let read = try await world.read(incident)
    #expect(read["state"] == "pending" && read["dueAt"] == "2026-03-03T12:00:00Z")
    // Setting a priority does not begin the same wait anew.
    incident = try await world.act("classify", on: incident, ["impact": 1])
    incident = try await world.act("classify", on: incident, ["impact": 2])
    #expect(try await world.explain(incident, "resolution")["state"] != "paused")
    // The next one stops the clock again, for as long.
    incident = try await world.act("resume", on: incident)
    incident = try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 2"])
    #expect(try await world.explain(incident, "resolution")["state"] == "paused")
  }

  /// The act that ends a wait may come before the sweep that would have: the limit holds all the same.
  @Test func theLimitDoesNotDependOnTheSweep() async throws {
    let world = try await DeskWorld()
    try await sla(world, ["waitLimitSeconds": 3600])
    var incident = try await world.open()
    incident = try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 1"])
    try world.at("2026-03-02T12:00:00Z")  // 13:00: one hour of the wait counted, three did not
    incident = try await world.act("resume", on: incident)
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["intervals"]?.column("state") == ["paused"] && clock["intervals"]?.column("workingSeconds") == [3600])
    #expect(clock["stateSince"] == "2026-03-02T09:00:00Z" && clock["dueAt"] == "2026-03-03T09:00:00Z")
  }

  /// The limit is open time of the calendar, and so of its new version too.
  @Test func aNewVersionOfTheCalendarMovesTheEndOfAWait() async throws {
    let world = try await DeskWorld()
    try await sla(world, ["waitLimitSeconds": 14_400])
    let incident = try await world.open()
    try world.at("2026-03-02T13:00:00Z")  // 14:00
    try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 1"])
    _ = try await world.database.call(
      "calendar.revise", ["id": world.calendar["id"] ?? .null, "stock": "5x12", "zone": "Europe/Berlin", "validFrom": "2026-03-02T14:00:00Z"],
      as: world.manager, version: 1)
    try world.at("2026-03-02T14:30:00Z")
    try await world.calendarSweep()
    // One hour by the old hours; three by the new ones, to 18:00 instead of tomorrow.
    try world.at("2026-03-02T17:30:00Z")
    try await world.sweep()
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["state"] == "running" && clock["cause"] == "wait_limit" && clock["stateSince"] == "2026-03-02T17:00:00Z")
    #expect(clock["intervals"]?.column("state") == ["running", "paused", "paused"])
    #expect(clock["intervals"]?.column("workingSeconds") == [.integer(5 * 3600), 3600, .integer(3 * 3600)])
  }

  @Test func allWaitsOfAClockHaveALimitTogether() async throws {
    let world = try await DeskWorld()
    try await sla(world, ["waitTotalSeconds": 7200])
    var incident = try await world.open()
    incident = try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 1"])
    try world.at("2026-03-02T09:30:00Z")
    incident = try await world.act("resume", on: incident)
    incident = try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 2"])
    try world.at("2026-03-02T11:00:00Z")
    incident = try await world.act("resume", on: incident)
    // 90 minutes and 30: the second wait was over after half an hour.
    let intervals = try await world.explain(incident, "resolution")["intervals"]
    #expect(intervals?.column("workingSeconds") == [5400, 1800])
    incident = try await world.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 3"])
    #expect(try await world.explain(incident, "resolution")["state"] == "running")
  }

  @Test func theTermsAreOfTheSLAVersion() async throws {
    let world = try await DeskWorld()
    try await sla(
      world, ["supplierWaitsPause": .bool(true), "providerWaitsPause": .bool(true), "waitLimitSeconds": 3600, "waitTotalSeconds": 7200])
    let id = world.sla["id"] ?? .null
    let read = try await world.database.call("sla.read", ["id": id], as: world.manager)
    #expect(read["supplierWaitsPause"] == .bool(true) && read["waitLimitSeconds"] == 3600 && read["waitTotalSeconds"] == 7200)
    #expect(read["providerWaitsPause"] == .bool(true))
    let kept = try await world.database.call(
      "sla.revise", ["id": id, "targets": read["targets"].map(Self.inputs) ?? .null, "waitLimitSeconds": .null], as: world.manager, version: 2)
    #expect(kept["providerWaitsPause"] == .bool(true))
    #expect(kept["supplierWaitsPause"] == .bool(true) && kept["waitLimitSeconds"] == .null && kept["waitTotalSeconds"] == 7200)
  }

  private static func inputs(_ targets: Value) -> Value {
    .array(
      (targets.array ?? []).map { target in
        .object(["metric": target["metric"] ?? .null, "priority": target["priority"] ?? .null, "budgetSeconds": 60, "calendar": target["calendar"] ?? .null])
      })
  }
}
