import Kernel
import Operations
import TestSupport
import Testing

/// What a supplier is told of another priority. 2 March 2026, 08:00Z, is when the world begins; its contract counts around the clock.
@Suite struct EscalationTests {
  /// From the dispatch on nobody is judged by a priority that he did not know of.
  @Test func aNewPriorityCountsFromWhenTheSupplierIsTold() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open()  // priority 3: an hour, eight hours
    let sent = try await world.dispatch(incident, ["reason": "x"])
    try world.desk.at("2026-03-02T08:40:00Z")
    var dispatch = try await world.act("answer", onDispatch: sent)
    try world.desk.at("2026-03-02T11:00:00Z")
    try await world.desk.act("classify", on: try await world.desk.read(incident), ["impact": 1, "urgency": 1])
    try world.desk.at("2026-03-02T11:30:00Z")
    // Of priority 2: four hours, of which three and a half are used.
    dispatch = try await world.act("escalate", onDispatch: dispatch, ["priority": 2, "evidence": "call 7"])
    #expect(dispatch.clock("resolution")["dueAt"] == "2026-03-02T12:00:00Z" && dispatch.clock("resolution")["verdict"] == .null)
    #expect(dispatch.clock("response")["verdict"] == "met", "40 minutes were in time when they passed")
    // Of priority 1 two hours: they are over with the word, and not before.
    try world.desk.at("2026-03-02T11:45:00Z")
    dispatch = try await world.act("escalate", onDispatch: dispatch, ["priority": 1, "evidence": "call 8"])
    #expect(dispatch["supplierPriority"] == "Sev A" && dispatch.clock("resolution")["breachedAt"] == "2026-03-02T11:45:00Z")
    let uc = try #require(try await world.agreements(incident).last)
    let resolution = uc.clock("resolution")
    #expect(resolution["verdicts"]?.column("cause") == ["retargeted"] && resolution["verdicts"]?.column("detail") == ["escalated"])
    #expect(resolution["intervals"]?.column("priority") == [3, 2] && resolution["intervals"]?.column("cause") == ["dispatched", "escalated"])
    let history = try await world.desk.list("history", of: incident).filter { $0["type"] == "incident.escalated" }
    #expect(history.map { $0["payload"]?["to"] } == [2, 1] && history.last?["payload"]?["evidence"] == "call 8")
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    #expect(try await !"\(world.desk.list("history", of: incident, as: user))".contains("escalated"))
  }

  @Test func itIsToldWithEvidenceAndWhenItWas() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open()
    let sent = try await world.dispatch(incident, ["reason": "x"])
    try world.desk.at("2026-03-02T12:00:00Z")
    let answered = try await world.act("answer", onDispatch: sent, ["at": "2026-03-02T08:50:00Z"])
    await expectFailure(.invalid) { try await world.act("escalate", onDispatch: answered, ["priority": 2]) }
    for (at, word): (Value, String) in [("2026-03-02T08:49:59Z", "before the last word"), ("2026-03-02T12:00:01Z", "not yet")] {
      await expectFailure(.invalid) { try await world.act("escalate", onDispatch: answered, ["priority": 2, "at": at, "evidence": .text(word)]) }
    }
    await expectFailure(.conflict) { try await world.act("escalate", onDispatch: answered, ["priority": 3, "evidence": "known"]) }
    // The list has no such priority.
    await expectFailure(.invalid) { try await world.act("escalate", onDispatch: answered, ["priority": 7, "evidence": "mail 8"]) }
    let told = try await world.act("escalate", onDispatch: answered, ["priority": 1, "at": "2026-03-02T09:00:00Z", "evidence": "mail 9"])
    // Two hours, of which one was used by then: it ran out at ten, which the job finds.
    try await world.desk.sweep()
    let read = try await world.call("dispatch.read", [("id", told["id"] ?? .null)])
    #expect(read.clock("resolution")["breachedAt"] == "2026-03-02T10:00:00Z")
    #expect(try await world.desk.list("history", of: incident).last?["occurredAt"] == "2026-03-02T09:00:00Z")
    // A job saw a miss before anybody told of the word that had come before it.
    let other = try await world.dispatch(try await world.desk.open("Other", impact: 1, urgency: 1), ["reason": "x"])
    try world.desk.at("2026-03-02T15:00:00Z")
    try await world.desk.sweep()
    let lowered = try await world.act("escalate", onDispatch: other, ["priority": 3, "at": "2026-03-02T13:00:00Z", "evidence": "mail 10"])
    #expect(lowered.clock("response")["breachedAt"] == "2026-03-02T12:15:00Z")
    #expect(lowered.clock("resolution")["verdict"] == .null && lowered.clock("resolution")["dueAt"] == "2026-03-02T20:00:00Z")
    let returned = try await world.act("return", onDispatch: read)
    await expectFailure(.conflict) { try await world.act("escalate", onDispatch: returned, ["priority": 2, "evidence": "late"]) }
  }

  /// A lower priority gives more time, and none back.
  @Test func whatWasMissedByThenStaysMissed() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open(impact: 1, urgency: 1)
    let sent = try await world.dispatch(incident, ["reason": "x"])  // priority 1: a quarter of an hour, two hours
    try world.desk.at("2026-03-02T09:00:00Z")
    let early = try await world.act("escalate", onDispatch: sent, ["priority": 3, "evidence": "call 7"])
    #expect(early.clock("response")["breachedAt"] == "2026-03-02T08:15:00Z")
    #expect(early.clock("resolution")["dueAt"] == "2026-03-02T16:00:00Z")
    try world.desk.at("2026-03-02T17:00:00Z")
    let late = try await world.act("escalate", onDispatch: early, ["priority": 2, "evidence": "call 8"])
    #expect(late["clocks"]?.column("breachedAt") == ["2026-03-02T08:15:00Z", "2026-03-02T12:00:00Z", "2026-03-02T16:00:00Z"])
    // The next word is due by the clock of updates all the same.
    let answered = try await world.act("answer", onDispatch: late)
    #expect(answered.clock("update")["verdict"] == "missed" && answered.clock("update")["dueAt"] == "2026-03-02T21:00:00Z")
  }

  /// What only the new priority promises begins with the word, and what it does not promise is withdrawn.
  @Test func aPromiseOfTheNewPriorityBeginsWithTheWord() async throws {
    let world = try await AgreementWorld()
    let urgent = try await urgentOnly(world, [("response", 1, 900), ("resolution", 1, 3600)])
    for answers in [false, true] {
      world.database.clock.set(DeskWorld.monday)
      var dispatch = try await send(try await world.desk.open(), by: urgent, world)
      #expect(dispatch["clocks"] == .array([]))
      if answers { dispatch = try await world.act("answer", onDispatch: dispatch) }
      try world.desk.at("2026-03-02T13:00:00Z")
      dispatch = try await world.act("escalate", onDispatch: dispatch, ["priority": 1, "evidence": "call 7"])
      let resolution: Value = "2026-03-02T14:00:00Z"
      #expect(dispatch["clocks"]?.column("dueAt") == (answers ? [resolution] : ["2026-03-02T13:15:00Z", resolution]))
      dispatch = try await world.act("escalate", onDispatch: dispatch, ["priority": 2, "evidence": "call 8"])
      #expect(dispatch["clocks"] == .array([]))
    }
  }

  /// A slip of the tongue that is put right gives the supplier nothing back; only the time without a promise does not count.
  @Test func toldAnotherPriorityAndBackIsNoNewBudget() async throws {
    let world = try await AgreementWorld()
    let urgent = try await urgentOnly(world, [("response", 1, 900), ("update", 1, 1800), ("resolution", 1, 3600), ("resolution", 2, 600)])
    var dispatch = try await send(try await world.desk.open(impact: 1, urgency: 1), by: urgent, world)
    func tell(_ priority: Value, at minute: String) async throws {
      try world.desk.at("2026-03-02T\(minute):00Z")
      dispatch = try await world.act("escalate", onDispatch: dispatch, ["priority": priority, "evidence": .text("call at \(minute)")])
    }
    try await tell(3, at: "08:10")
    #expect(dispatch["clocks"] == .array([]))
    try await tell(1, at: "08:20")
    // Ten minutes of each are used.
    #expect(dispatch["clocks"]?.column("dueAt") == ["2026-03-02T08:25:00Z", "2026-03-02T08:40:00Z", "2026-03-02T09:10:00Z"])
    try await tell(3, at: "08:22")
    try world.desk.at("2026-03-02T08:30:00Z")
    dispatch = try await world.act("answer", onDispatch: dispatch)
    try await tell(1, at: "08:40")
    // It has answered, the word began a new interval, and twelve minutes are used.
    #expect(dispatch["clocks"]?.column("dueAt") == ["2026-03-02T09:10:00Z", "2026-03-02T09:28:00Z"])
    try await tell(3, at: "08:50")
    // Of priority 2 ten minutes: they are over with the word.
    try await tell(2, at: "09:00")
    #expect(dispatch["clocks"]?.column("breachedAt") == ["2026-03-02T09:00:00Z"])
  }

  /// A contract, around the clock, that promises nothing but what is given.
  private func urgentOnly(_ world: AgreementWorld, _ targets: [(metric: String, priority: Int64, seconds: Int64)]) async throws -> Value {
    let always = try await world.database.call("calendar.create", ["name": "Round", "stock": "24x7", "zone": "UTC"], as: world.desk.manager)
    return try await world.database.call(
      "underpinning_contract.create",
      [
        "supplier": world.supplier["id"] ?? .null, "reference": "UC-9", "name": "Urgent only", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "calendar": always["id"] ?? .null,
        "targets": .array(
          targets.map { .object(["metric": .text($0.metric), "priority": .integer($0.priority), "budgetSeconds": .integer($0.seconds)]) }),
      ], as: world.desk.manager)
  }

  private func send(_ incident: Value, by contract: Value, _ world: AgreementWorld) async throws -> Value {
    try await world.call(
      "incident.dispatch", [("id", incident["id"] ?? .null), ("underpinningContract", contract["id"] ?? .null), ("reason", "x")], version: 1)
  }
}
