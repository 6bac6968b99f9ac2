import Kernel
import Operations
import TestSupport
import Testing

/// What goes to suppliers, and the clocks of their underpinning contracts, around the clock.
@Suite struct DispatchTests {
  @Test func allThreeKindsRunAtOnce() async throws {
    let world = try await AgreementWorld()
    try await world.link()
    var incident = try await world.desk.open(impact: 2, urgency: 1)
    incident = try await world.assign(incident, to: world.first)
    let dispatch = try await world.dispatch(incident, ["reference": "CASE-7", "wait": .bool(true)])
    #expect(dispatch["choice"] == "linked" && dispatch["service"] == world.mail["id"] && dispatch["reference"] == "CASE-7")
    #expect(dispatch["clocks"]?.column("metric") == ["response", "update", "resolution"])
    // The service's own target before that of any service.
    #expect(dispatch["clocks"]?.column("dueAt") == ["2026-03-02T08:30:00Z", "2026-03-02T12:00:00Z", "2026-03-02T09:00:00Z"])
    incident = try await world.desk.read(incident)
    #expect(incident["version"] == dispatch["incidentVersion"] && incident["pendingReason"] == "awaiting_supplier")
    #expect(incident["agreements"]?.column("kind") == ["ola", "uc"] && incident["agreements"]?.column("supplierCode") == [.null, "HOST"])
    // The customer's clock runs on, for the SLA does not say otherwise; so does the team's.
    #expect(incident["clocks"]?.column("state") == ["running", "running"])
    #expect(incident["agreements"]?.array?.first?["clocks"]?.column("state") == ["stopped", "running"])

    world.database.clock.advance(seconds: 1200)
    let answered = try await world.act("answer", onDispatch: dispatch, ["reference": "CASE-8"])
    #expect(answered["respondedAt"] == "2026-03-02T08:20:00Z" && answered["reference"] == "CASE-8")
    #expect(answered.clock("update")["dueAt"] == "2026-03-02T12:20:00Z")
    world.database.clock.advance(seconds: 1200)
    let returned = try await world.act("return", onDispatch: answered)
    #expect(returned["outcome"] == "done" && returned["clocks"]?.column("verdict") == ["met", "met", "met"])
    #expect(try await world.desk.read(incident)["state"] == "active")
    let uc = try #require(try await world.agreements(incident).last)
    #expect(uc["reason"] == "linked" && uc["dispatch"]?["contractReference"] == "UC-1" && uc.clock("resolution")["consumedSeconds"] == 2400)
    #expect(uc["supplierTargets"]?.column("service").contains(world.mail["id"] ?? .null) == true)
    await expectFailure(.conflict) { try await world.act("return", onDispatch: returned) }
    await expectFailure(.conflict) { try await world.act("answer", onDispatch: returned) }
  }

  @Test func aCustomerSeesNeitherTeamNorSupplier() async throws {
    let world = try await AgreementWorld()
    try await world.link()
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    var incident = try await world.assign(try await world.desk.open(as: user), to: world.first)
    let dispatch = try await world.dispatch(incident, ["wait": .bool(true)])
    _ = try await world.act("answer", onDispatch: dispatch)
    incident = try await world.desk.read(incident)
    #expect("\(incident)".contains("HOST"))
    let seen = try await world.desk.read(incident, as: user)
    let history = try await world.desk.list("history", of: incident, as: user)
    let explained = try await world.database.call("incident.explain", ["id": incident["id"] ?? .null], as: user)
    let listed = try await world.database.call("incident.list", as: user)
    let all = "\(seen)\(history)\(explained)\(listed)"
    for word in ["HOST", "Canary", "UC-1", "team_", "dsp_", "uc_", "sup_", "Second line OLA", "accepted", "dispatched", "supplier_answered"] {
      #expect(!all.contains(word), "\(word)")
    }
    #expect(explained["clocks"]?.array?.count == 2 && seen["agreements"] == .array([]))
    for (operation, field, of) in [("incident.agreements", "id", incident), ("dispatch.read", "id", dispatch), ("dispatch.list", "incident", incident)] {
      await expectFailure(.denied) {
        try await world.database.dispatcher.invoke(
          operation, .object([Value.Member(field, of["id"] ?? .null)]), as: user, Call(requestId: "test")
        ).value
      }
    }
    // The staff's own history has it.
    let types = try await world.desk.list("history", of: incident).compactMap { $0["type"] }
    #expect(types.suffix(4) == ["incident.accepted", "incident.dispatched", "incident.held", "incident.supplier_answered"])
  }

  /// By a contract that is suspended nothing is sent; what is with the supplier goes on, and is judged by what was promised.
  @Test func aSuspendedContractTakesNothingMore() async throws {
    let world = try await AgreementWorld()
    try await world.link()
    let incident = try await world.desk.open(impact: 2, urgency: 1)
    let dispatch = try await world.dispatch(incident)
    world.database.clock.advance(seconds: 60)
    let id = world.contract["id"] ?? .null
    let suspended = try await world.database.call(
      "underpinning_contract.revise", ["id": id, "event": "suspend"], as: world.desk.manager, version: world.contract["version"]?.integer)
    #expect(suspended["state"] == "suspended")
    let other = try await world.desk.open(impact: 2, urgency: 1)
    await expectFailure(.invalid) { try await world.dispatch(other) }
    await expectFailure(.invalid) { try await world.dispatch(other, ["reason": "All the same"]) }
    world.database.clock.advance(seconds: 1140)
    let returned = try await world.act("return", onDispatch: dispatch)
    #expect(returned["clocks"]?.column("verdict") == ["met", "met", "met"])
    world.database.clock.advance(seconds: 60)
    try await world.database.call(
      "underpinning_contract.revise", ["id": id, "event": "resume"], as: world.desk.manager, version: suspended["version"]?.integer)
    #expect(try await world.dispatch(other)["choice"] == "linked")
  }

  @Test func aContractThatNothingLinksNeedsAReason() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open()
    await expectFailure(.invalid) { try await world.dispatch(incident) }
    let dispatch = try await world.dispatch(incident, ["reason": "Nobody else knows this machine."])
    #expect(dispatch["choice"] == "named" && dispatch["choiceReason"] == "Nobody else knows this machine." && dispatch["service"] == .null)
    #expect(dispatch["supplierPriority"] == "Sev C" && dispatch.clock("resolution")["dueAt"] == "2026-03-02T16:00:00Z")
    // It is there already; and not again by the same contract.
    let now = try await world.desk.read(incident)
    await expectFailure(.conflict) { try await world.dispatch(now, ["reason": "x"]) }
    // Another priority is the ticket's alone, until the supplier is told: then other targets count, and what they call it.
    let raised = try await world.desk.act("classify", on: now, ["impact": 1, "urgency": 1])
    #expect(raised["agreements"]?.array?.first?.clock("resolution")["dueAt"] == "2026-03-02T16:00:00Z")
    var read = try await world.call("dispatch.read", [("id", dispatch["id"] ?? .null)])
    #expect(read["priority"] == 3 && read["supplierPriority"] == "Sev C" && read["incidentPriority"] == 1 && read["version"] == 1)
    read = try await world.act("escalate", onDispatch: read, ["priority": 1, "evidence": "call 7"])
    #expect(read["priority"] == 1 && read["supplierPriority"] == "Sev A" && read["version"] == 2)
    #expect(read.clock("resolution")["dueAt"] == "2026-03-02T10:00:00Z")
    let listed = try await world.call("dispatch.list", [("incident", incident["id"] ?? .null)])
    #expect(listed["items"]?.array == [read])
  }

  @Test func onlyAContractInForceIsDispatchedTo() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open()
    _ = try await world.database.call(
      "underpinning_contract.revise", ["id": world.contract["id"] ?? .null, "event": "end", "validFrom": "2026-03-02T09:00:00Z"],
      as: world.desk.manager, version: 1)
    let before = try await world.dispatch(incident, ["reason": "x"])
    #expect(before["clocks"]?.array?.count == 3)
    try world.desk.at("2026-03-02T09:00:00Z")
    let other = try await world.desk.open("Other")
    await expectFailure(.invalid) { try await world.dispatch(other, ["reason": "x"]) }
    // What went there before is judged by the version of its time.
    let told = try await world.act("escalate", onDispatch: before, ["priority": 1, "evidence": "call 7"])
    #expect(told.clock("resolution")["dueAt"] == "2026-03-02T10:00:00Z")
  }

  @Test func withoutCoverageNoTimeIsPromised() async throws {
    let world = try await AgreementWorld()
    let bare = try await world.database.call(
      "underpinning_contract.create",
      [
        "supplier": world.supplier["id"] ?? .null, "reference": "UC-2", "name": "Bare", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "targets": .array([.object(["metric": "resolution", "budgetSeconds": 60])]),
      ], as: world.desk.manager)
    let incident = try await world.desk.open()
    let dispatch = try await world.call(
      "incident.dispatch",
      [("id", incident["id"] ?? .null), ("underpinningContract", bare["id"] ?? .null), ("reason", "x")], version: 1)
    #expect(dispatch["hasCoverage"] == .bool(false) && dispatch["clocks"] == .array([]))
    #expect(try await world.agreements(incident).map { $0["reason"] } == ["no_coverage"])
  }

  /// An untouched dispatch is found at its instant after days without a server.
  @Test func anUntouchedDispatchIsMissedAtItsInstant() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open()
    let dispatch = try await world.dispatch(incident, ["reason": "x"])
    try world.desk.at("2026-03-07T11:00:00Z")
    try await world.desk.sweep()
    try await world.desk.sweep()
    let read = try await world.call("dispatch.read", [("id", dispatch["id"] ?? .null)])
    #expect(read["clocks"]?.column("verdict") == ["missed", "missed", "missed"])
    #expect(read["clocks"]?.column("breachedAt") == ["2026-03-02T09:00:00Z", "2026-03-02T12:00:00Z", "2026-03-02T16:00:00Z"])
    // Nothing that comes later hides it.
    let answered = try await world.act("answer", onDispatch: dispatch)
    let recalled = try await world.act("return", onDispatch: answered, ["outcome": "recalled"])
    #expect(recalled["outcome"] == "recalled" && recalled["clocks"]?.column("verdict") == ["missed", "missed", "missed"])
    #expect(try await world.agreements(incident).last?["clocks"]?.column("verdict") == ["missed", "missed", "missed"])
    let after = try await world.call("dispatch.read", [("id", dispatch["id"] ?? .null)])
    #expect(after["clocks"]?.column("verdict") == ["missed", "missed", "missed"], "what is withdrawn was missed all the same")
    // Scorecards were told of the ticket's own clocks only.
    #expect(try await world.database.superuser.transaction { try await $0.query(OutboxSubjects()) } == ["ticket"])
  }

  @Test func whatIsRecalledIsNotJudgedAndAResolutionEndsIt() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open()
    let recalled = try await world.act("return", onDispatch: try await world.dispatch(incident, ["reason": "x"]), ["outcome": "recalled"])
    #expect(recalled["respondedAt"] == .null)
    #expect(try await world.agreements(incident).last?["clocks"]?.column("verdict") == ["withdrawn", "withdrawn", "withdrawn"])
    // It may go there again.
    let again = try await world.dispatch(try await world.desk.read(incident), ["reason": "x"])
    let resolved = try await world.desk.act("resolve", on: try await world.desk.read(incident), ["resolution": "It went away."])
    #expect(resolved["agreements"] == .array([]))
    let read = try await world.call("dispatch.read", [("id", again["id"] ?? .null)])
    // The supplier has not said a word: what we did is none of its merit.
    #expect(read["outcome"] == "resolved" && read["respondedAt"] == .null)
    let turns = try await world.agreements(incident)
    #expect(turns.last?["clocks"]?.column("verdict") == ["withdrawn", "withdrawn", "withdrawn"])
    await expectFailure(.conflict) { try await world.dispatch(resolved, ["reason": "x"]) }
  }

  /// Who gives it back undone has answered, and solved nothing; what was late by then stays so.
  @Test func aRefusalIsAnAnswerAndNoSolution() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.desk.open()
    let sent = try await world.dispatch(incident, ["reason": "x"])
    world.database.clock.advance(seconds: 120)
    let refused = try await world.act("return", onDispatch: sent, ["outcome": "refused"])
    #expect(refused["respondedAt"] == "2026-03-02T08:02:00Z" && refused["returnedAt"] == "2026-03-02T08:02:00Z")
    #expect(try await world.agreements(incident).last?["clocks"]?.column("verdict") == ["met", "withdrawn", "withdrawn"])
    let late = try await world.dispatch(try await world.desk.read(incident), ["reason": "x"])
    world.database.clock.advance(seconds: 86_400)
    _ = try await world.act("return", onDispatch: late, ["outcome": "refused"])
    #expect(try await world.agreements(incident).last?["clocks"]?.column("verdict") == ["missed", "missed", "missed"])
    // A job saw the miss before anybody told that the case had come back in time: then it was none.
    let sent3 = try await world.dispatch(try await world.desk.read(incident), ["reason": "x"])
    try world.desk.at("2026-03-05T08:00:00Z")
    try await world.desk.sweep()
    let told = try await world.act("return", onDispatch: sent3, ["outcome": "refused", "at": "2026-03-03T12:02:00Z"])
    #expect(told.clock("response")["verdict"] == "missed" && told.clock("resolution") == .null)
    let resolution = try await world.agreements(incident).last?["clocks"]?.array?.first { $0["metric"] == "resolution" }
    #expect(resolution?["verdicts"]?.column("cause") == ["exceeded", "recorded_late", "withdrawn"])
  }

  /// Told later than it happened: judged by when it happened, and never before what was recorded last.
  @Test func whatIsToldLaterIsJudgedByWhenItHappened() async throws {
    let world = try await AgreementWorld()
    let incident = try await world.assign(try await world.desk.open(), to: world.first)
    let sent = try await world.dispatch(incident, ["reason": "x"])
    try world.desk.at("2026-03-02T10:00:00Z")
    try await world.desk.sweep()
    await expectFailure(.invalid) { try await world.act("answer", onDispatch: sent, ["at": "2026-03-02T07:59:59Z"]) }
    await expectFailure(.invalid) { try await world.act("answer", onDispatch: sent, ["at": "2026-03-02T10:00:01Z"]) }
    let answered = try await world.act("answer", onDispatch: sent, ["at": "2026-03-02T08:50:00Z", "evidence": "mail 7"])
    #expect(answered["respondedAt"] == "2026-03-02T08:50:00Z" && answered.clock("response")["verdict"] == "met")
    let response = try #require(try await world.agreements(incident).last).clock("response")
    #expect(response["verdicts"]?.column("cause") == ["exceeded", "recorded_late", "observed"])
    let event = try #require(try await world.desk.list("history", of: incident).last)
    #expect(event["occurredAt"] == "2026-03-02T08:50:00Z" && event["payload"]?["evidence"] == "mail 7")
    await expectFailure(.invalid) { try await world.act("return", onDispatch: answered, ["at": "2026-03-02T08:49:59Z"]) }
    let returned = try await world.act("return", onDispatch: answered, ["at": "2026-03-02T09:30:00Z"])
    #expect(returned["returnedAt"] == "2026-03-02T09:30:00Z" && returned.clock("resolution")["observedAt"] == "2026-03-02T09:30:00Z")
    // And so does a team that says later when it took its turn.
    var other = try await world.assign(try await world.desk.open("Other"), to: world.second)
    try world.desk.at("2026-03-02T12:00:00Z")
    try await world.desk.sweep()
    await expectFailure(.invalid) { try await world.desk.act("accept", on: other, ["at": "2026-03-02T09:59:59Z"]) }
    other = try await world.desk.act("accept", on: other, ["at": "2026-03-02T10:30:00Z", "evidence": "call 3"])
    let turn = try #require(try await world.agreements(other).first)
    #expect(turn["respondedAt"] == "2026-03-02T10:30:00Z" && turn.clock("response")["verdict"] == "met")
  }

  /// The dispatch is the evidence of the wait, which a customer does not see.
  @Test func waitingForASupplierNeedsEvidence() async throws {
    let world = try await AgreementWorld()
    _ = try await world.database.call(
      "sla.revise",
      [
        "id": world.desk.sla["id"] ?? .null, "supplierWaitsPause": .bool(true), "validFrom": "2026-01-02T00:00:00Z",
        "targets": .array([.object(["metric": "resolution", "budgetSeconds": 14_400, "calendar": world.desk.calendar["id"] ?? .null])]),
      ], as: world.desk.manager, version: 1)
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    let bare = try await world.desk.open()
    await expectFailure(.invalid) { try await world.desk.act("hold", on: bare, ["reason": "awaiting_supplier"]) }
    for waits in [true, false] {
      let incident = try await world.desk.open("Down", as: user)
      let sent = try await world.dispatch(incident, ["reason": "x", "wait": .bool(waits)])
      var now = try await world.desk.read(incident)
      if !waits { now = try await world.desk.act("hold", on: now, ["reason": "awaiting_supplier"]) }
      world.database.clock.advance(seconds: 600)
      _ = try await world.desk.act("resume", on: now, ["evidence": "dsp_ mail of their hotline"])
      let paused = try await world.desk.explain(incident, "resolution")["intervals"]?.array?.last
      #expect(paused?["cause"] == "awaiting_supplier" && paused?["evidence"] == sent["id"])
      let seen = try await world.desk.explain(incident, "resolution", as: user)["intervals"]?.array?.last
      #expect(seen?["cause"] == "awaiting_supplier" && seen?["evidence"] == .null)
      let history = try await world.desk.list("history", of: incident, as: user)
      #expect(history.contains { $0["type"] == "incident.held" } && !"\(history)".contains("dsp_"))
    }
  }

  @Test func theTicketWaitsUntilTheLastSupplierIsDone() async throws {
    let world = try await AgreementWorld()
    let second = try await world.database.call(
      "underpinning_contract.create",
      ["supplier": world.supplier["id"] ?? .null, "reference": "UC-3", "name": "More", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z"],
      as: world.desk.manager)
    let incident = try await world.desk.open()
    let one = try await world.dispatch(incident, ["reason": "x", "wait": .bool(true)])
    let two = try await world.call(
      "incident.dispatch",
      [("id", incident["id"] ?? .null), ("underpinningContract", second["id"] ?? .null), ("reason", "x"), ("wait", .bool(true))],
      version: one["incidentVersion"]?.integer)
    _ = try await world.act("return", onDispatch: one)
    #expect(try await world.desk.read(incident)["state"] == "pending")
    _ = try await world.act("return", onDispatch: two, ["outcome": "refused"])
    #expect(try await world.desk.read(incident)["state"] == "active")
  }
}
