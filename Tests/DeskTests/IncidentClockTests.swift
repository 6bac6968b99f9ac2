import Kernel
import Operations
import TestSupport
import Testing

@Suite struct IncidentClockTests {
  /// An act that had to wait for the breach sweep read the clock as the sweep left it, but the verdict as it was before:
  /// it judged a second time under the same number, and the caller got a conflict that was none.
  @Test func anActThatWaitsForTheSweepSeesItsVerdict() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open(impact: 1, urgency: 1)
    try world.at("2026-03-02T10:00:00Z")  // Both the sweep and the act come half an hour after the response was due.
    let (sweep, act) = try await world.database.superuser.transaction { holder in
      _ = try await holder.query(HeldClocks())
      // They queue for the clock in this order.
      let sweep = Task { try await world.sweep() }
      try await holder.waitForLocks(1)
      let act = Task { try await world.act("start", on: incident) }
      try await holder.waitForLocks(2)
      return (sweep, act)
    }
    try await sweep.value
    let started = try await act.value
    #expect(started["state"] == "active")
    let response = try await world.explain(started, "response")
    #expect(response["verdict"] == "missed")
    #expect(response["verdicts"]?.column("verdict") == ["missed"])
    #expect(response["milestones"]?.column("source") == ["responded"])
  }

  @Test func aFullLifeOverAWeekendAndAPauseIsCountedToTheSecond() async throws {
    let world = try await DeskWorld()
    try world.at("2026-03-06T14:00:00Z")  // Friday 15:00
    var incident = try await world.open()
    #expect(incident["priority"] == 3)
    #expect(incident["number"] == "ACME-INC-000001")
    #expect(incident["lineReason"] == "customer")
    // 16 h from Friday 15:00: 2 h on Friday, 8 on Monday, 6 on Tuesday.
    #expect(try await world.explain(incident, "resolution")["dueAt"] == "2026-03-10T14:00:00Z")
    // 4 h: 2 on Friday, 2 on Monday. The next clock due is the response.
    #expect(incident["dueAt"] == "2026-03-09T10:00:00Z")

    try world.at("2026-03-06T14:30:00Z")
    incident = try await world.act("start", on: incident)
    #expect(incident["state"] == "active")
    try world.at("2026-03-06T15:00:00Z")
    incident = try await world.act("hold", on: incident, ["reason": "awaiting_requester", "comment": "Which printer?"])
    #expect(incident["dueAt"] == .null)
    try world.at("2026-03-09T09:00:00Z")  // Monday 10:00
    incident = try await world.act("resume", on: incident)
    // 15 h left: 7 on Monday, 8 on Tuesday. The budget ends with an opening, so what happens before Wednesday's is in time.
    let running = try await world.explain(incident, "resolution")
    #expect(running["dueAt"] == "2026-03-10T16:00:00Z")
    #expect(running["breachAt"] == "2026-03-11T08:00:00Z")
    try world.at("2026-03-10T10:00:00Z")  // Tuesday 11:00
    incident = try await world.act("resolve", on: incident, ["resolution": "Extinguished.", "closureCode": "workaround"])
    #expect(incident["resolvedAt"] == "2026-03-10T10:00:00Z")
    try world.at("2026-03-12T10:00:00Z")
    incident = try await world.act("close", on: incident)

    let response = try await world.explain(incident, "response")
    #expect(response["verdict"] == "met")
    #expect(response["consumedSeconds"] == 1800)
    #expect(response["milestones"]?.column("source") == ["responded"])
    let resolution = try await world.explain(incident, "resolution")
    #expect(resolution["verdict"] == "met")
    #expect(resolution["consumedSeconds"] == .integer(10 * 3600))
    #expect(resolution["intervals"]?.column("state") == ["running", "paused", "running"])
    #expect(resolution["intervals"]?.column("cause") == ["opened", "awaiting_requester", "resumed"])
    #expect(resolution["intervals"]?.column("workingSeconds") == [3600, 7200, 32_400])
    #expect(resolution["observedAt"] == "2026-03-10T10:00:00Z")
    // The whole chain, by name and version.
    #expect(resolution["contract"] == world.contract["id"])
    #expect(resolution["contractLineName"] == "Service desk")
    #expect(resolution["lineReason"] == "customer")
    #expect(resolution["slaName"] == "Silver")
    #expect(resolution["budgetSeconds"] == .integer(16 * 3600))
    #expect(resolution["objective"] == "95")
    #expect(resolution["calendarName"] == "Office")
    #expect(resolution["calendarZone"] == "Europe/Berlin")
    #expect(resolution["verdicts"]?.column("verdict") == ["met"])
    #expect(resolution["verdicts"]?.column("elapsedSeconds") == [36_000])
  }

  @Test func waitingForASupplierIsTheProvidersOwnTime() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open()
    let due = try await world.explain(incident, "resolution")["dueAt"]
    world.database.clock.advance(seconds: 3600)
    incident = try await world.act("hold", on: incident, ["reason": "awaiting_supplier", "evidence": "mail 1"])
    #expect(incident["state"] == "pending")
    #expect(try await world.explain(incident, "resolution")["state"] == "running")
    #expect(try await world.explain(incident, "resolution")["dueAt"] == due)
  }

  @Test func aNewPriorityKeepsTheUsedTime() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open()  // Monday 09:00, priority 3
    incident = try await world.act("start", on: incident)
    try world.at("2026-03-02T11:00:00Z")  // 12:00, 3 h used
    incident = try await world.act("classify", on: incident, ["impact": 1])
    #expect(incident["priority"] == 2)
    var clock = try await world.explain(incident, "resolution")
    #expect(clock["consumedSeconds"] == 10_800)
    #expect(clock["dueAt"] == "2026-03-02T16:00:00Z")  // 8 h from 09:00
    #expect(clock["startedAt"] == "2026-03-02T08:00:00Z")
    try world.at("2026-03-02T13:00:00Z")  // 14:00, 5 h used: 4 are too few
    incident = try await world.act("classify", on: incident, ["urgency": 1])
    #expect(incident["priority"] == 1)
    clock = try await world.explain(incident, "resolution")
    #expect(clock["verdict"] == "missed")
    #expect(clock["consumedSeconds"] == 18_000)
    #expect(clock["intervals"]?.column("priority") == [3, 2])
    // The response was given in the first second and is met under every target.
    #expect(try await world.explain(incident, "response")["verdict"] == "met")
    let events = try await world.list("history", of: incident)
    #expect(
      events.compactMap { $0["type"] } == [
        "incident.opened", "incident.started", "incident.owner_changed", "incident.classified", "incident.classified",
      ])
  }

  @Test func aPriorityWithoutATargetWithdrawsAndTheWayBackCountsFromTheOpening() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open()
    try world.at("2026-03-02T09:00:00Z")
    incident = try await world.act("hold", on: incident, ["reason": "awaiting_requester", "evidence": "mail 7"])
    try world.at("2026-03-02T11:00:00Z")
    incident = try await world.act("resume", on: incident)
    incident = try await world.act("classify", on: incident, ["impact": 3])  // priority 4: no promise of a resolution
    #expect(incident["priority"] == 4)
    #expect(incident["clocks"]?.column("metric") == ["response"])
    try world.at("2026-03-02T12:00:00Z")
    incident = try await world.act("classify", on: incident, ["impact": 2])
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["startedAt"] == "2026-03-02T08:00:00Z")
    #expect(clock["intervals"]?.column("state") == ["running", "paused"])
    // 16 h less the hour before the pause, from 12:00 (11:00Z): 5 h, 8 h, 2 h.
    #expect(clock["dueAt"] == "2026-03-04T10:00:00Z")
  }

  @Test func reopeningCannotHideAMiss() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open(impact: 1, urgency: 1)  // 4 h
    try world.at("2026-03-02T14:00:00Z")  // 6 h used
    incident = try await world.act("resolve", on: incident, ["resolution": "Too late."])
    #expect(try await world.explain(incident, "resolution")["verdict"] == "missed")
    incident = try await world.act("reopen", on: incident, ["comment": "Still broken."])
    #expect(incident["state"] == "active")
    #expect(incident["reopenCount"] == 1)
    #expect(incident["resolvedAt"] == .null)
    #expect(try await world.explain(incident, "resolution")["verdict"] == "missed")
    incident = try await world.act("resolve", on: incident, ["resolution": "Again."])
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["verdict"] == "missed")
    #expect(clock["verdicts"]?.array?.first?["breachedAt"] == "2026-03-02T12:00:00Z")
  }

  @Test func reopeningInTimeGoesOnWithTheRest() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open(impact: 1, urgency: 1)  // 4 h
    try world.at("2026-03-02T09:00:00Z")
    incident = try await world.act("resolve", on: incident, ["resolution": "Done."])
    try world.at("2026-03-03T08:00:00Z")  // a day later: the resolved time is not counted
    incident = try await world.act("reopen", on: incident, ["reason": "Still broken."])
    var clock = try await world.explain(incident, "resolution")
    #expect(clock["verdict"] == .null)
    #expect(clock["dueAt"] == "2026-03-03T11:00:00Z")
    try world.at("2026-03-03T11:00:01Z")
    incident = try await world.act("resolve", on: incident, ["resolution": "A second too late."])
    clock = try await world.explain(incident, "resolution")
    #expect(clock["verdict"] == "missed")
    #expect(clock["verdicts"]?.column("verdict") == ["met", .null, "missed"])
    #expect(clock["verdicts"]?.column("supersedes") == [.null, 1, 2])
    #expect(clock["milestones"]?.array?.count == 2)
  }

  @Test func whereTheSLASaysSoTheClockStopsAtTheClosure() async throws {
    let world = try await DeskWorld(stopsAt: "closed")
    var incident = try await world.open(impact: 1, urgency: 1)
    try world.at("2026-03-02T09:00:00Z")
    incident = try await world.act("resolve", on: incident, ["resolution": "Done."])
    #expect(try await world.explain(incident, "resolution")["state"] == "running")
    try world.at("2026-03-02T13:00:00Z")
    incident = try await world.act("close", on: incident)
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["verdict"] == "missed")
    #expect(clock["milestones"]?.column("source") == ["closed"])
    #expect(clock["consumedSeconds"] == 18_000)
  }

  @Test func anUntouchedTicketIsFoundBreachedAtItsTrueInstantAlsoAfterTheServerWasDown() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()  // Monday 09:00: response due 13:00, resolution due Tuesday 17:00
    try world.at("2026-03-02T12:00:00Z")  // the last instant in time
    try await world.sweep()
    #expect(try await world.explain(incident, "response")["verdict"] == .null)
    try world.at("2026-03-12T03:00:00Z")  // nobody ran for ten days
    try await world.sweep()
    let response = try await world.explain(incident, "response")
    #expect(response["verdict"] == "missed")
    #expect(response["verdicts"]?.column("breachedAt") == ["2026-03-02T12:00:00Z"])
    #expect(response["verdicts"]?.column("judgedAt") == ["2026-03-02T12:00:00Z"])
    #expect(response["verdicts"]?.column("recordedAt") == ["2026-03-12T03:00:00Z"])
    #expect(try await world.explain(incident, "resolution")["verdicts"]?.column("breachedAt") == ["2026-03-04T08:00:00Z"])
    let before = try await world.explain(incident, "resolution")
    world.database.clock.advance(seconds: 60)
    try await world.sweep()
    #expect(try await world.explain(incident, "resolution") == before)
    let events = try await world.database.superuser.transaction { try await $0.query(ClockEvents()) }
    #expect(events == ["2026-03-02T12:00:00Z", "2026-03-04T08:00:00Z"])
    // Answered at last: what is observed does not change what was judged.
    let answered = try await world.act("start", on: try await world.read(incident))
    let late = try await world.explain(answered, "response")
    #expect(late["verdict"] == "missed")
    #expect(late["observedAt"] == "2026-03-12T03:01:00Z")
    #expect(late["verdicts"]?.array?.count == 1)
  }

  @Test func aContractLineThatIsNamedLaterCountsFromTheOpeningWithItsPauses() async throws {
    let world = try await DeskWorld()
    var incident = try await world.open(for: world.other)
    #expect(incident["contract"] == .null)
    #expect(incident["lineReason"] == "none_in_force")
    #expect(incident["clocks"] == .array([]))
    try world.at("2026-03-02T09:00:00Z")
    incident = try await world.act("start", on: incident)
    incident = try await world.act("hold", on: incident, ["reason": "awaiting_requester", "evidence": "mail 7"])
    try world.at("2026-03-02T10:00:00Z")
    let contract = try await DeskWorld.contract(of: world.other, world.sla, world.database, world.manager)
    incident = try await world.act("classify", on: incident, ["contractLine": .null])
    #expect(incident["contract"] == contract["id"])
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["state"] == "paused")
    #expect(clock["cause"] == "awaiting_requester")
    #expect(clock["consumedSeconds"] == 3600)
    let response = try await world.explain(incident, "response")
    #expect(response["verdict"] == "met")
    #expect(response["observedAt"] == "2026-03-02T09:00:00Z")
  }
}
