import Kernel
import Operations
import TestSupport
import Testing

/// Turns of teams and their OLA clocks. Office hours are 9 to 17 in Berlin; 2 March 2026 is a Monday, 09:00 is 08:00Z.
@Suite struct TeamTurnTests {
  @Test func eachTurnOfATeamIsJudgedAlone() async throws {
    let world = try await AgreementWorld()
    var incident = try await world.desk.open()
    incident = try await world.assign(incident, to: world.first)
    #expect(incident["agreements"]?.array?.first?.clock("resolution")["dueAt"] == "2026-03-02T16:00:00Z")
    try world.desk.at("2026-03-02T09:30:00Z")  // 10:30: the hour of the response has passed
    incident = try await world.assign(incident, to: world.second)
    try world.desk.at("2026-03-02T10:00:00Z")
    incident = try await world.desk.act("accept", on: incident)
    try world.desk.at("2026-03-02T11:00:00Z")
    incident = try await world.assign(incident, to: world.first)
    try world.desk.at("2026-03-02T12:00:00Z")
    incident = try await world.desk.act("resolve", on: incident, ["resolution": "Done."])
    #expect(incident["agreements"] == .array([]))
    let turns = try await world.agreements(incident)
    #expect(turns.map { $0["team"] } == [world.first["id"], world.second["id"], world.first["id"]] && turns.map { $0["turn"] } == [1, 2, 3])
    #expect(turns.map { $0["end"] } == ["handed_over", "handed_over", "resolved"])
    #expect(turns.map { $0.clock("response")["verdict"] } == ["missed", "met", "met"])
    #expect(turns.map { $0.clock("resolution")["verdict"] } == ["met", "met", "met"])
    #expect(turns.map { $0.clock("resolution")["consumedSeconds"] } == [5400, 5400, 3600])
    #expect(turns.first?.clock("response")["verdicts"]?.column("breachedAt") == ["2026-03-02T09:00:00Z"])
    #expect(turns.map { $0.clock("resolution")["sla"] } == [world.ola["id"], world.ola["id"], world.ola["id"]])
    #expect(turns.allSatisfy { $0["reason"] == "team" && $0.clock("response")["contract"] == .null })
  }

  @Test func theTurnPausesWithTheTicketAndFollowsItsPriority() async throws {
    let world = try await AgreementWorld()
    var incident = try await world.desk.open()
    incident = try await world.desk.act("hold", on: incident, ["reason": "scheduled", "evidence": "mail 1"])
    world.database.clock.advance(seconds: 3600)
    // The wait goes on in the new turn.
    incident = try await world.assign(incident, to: world.first)
    #expect(incident["agreements"]?.array?.first?.clock("resolution")["state"] == "paused")
    world.database.clock.advance(seconds: 3600)
    incident = try await world.desk.act("resume", on: incident)
    world.database.clock.advance(seconds: 3600)
    let before = try #require(try await world.agreements(incident).first)
    #expect(before.clock("resolution")["intervals"]?.column("state") == ["paused"] && before["respondedAt"] == "2026-03-02T10:00:00Z")
    incident = try await world.desk.act("classify", on: incident, ["impact": 1])
    // An hour of four is used since 11:00.
    let clock = try #require(try await world.agreements(incident).first).clock("resolution")
    #expect(clock["priority"] == 2 && clock["dueAt"] == "2026-03-02T14:00:00Z" && clock["intervals"]?.column("priority") == [3, 3])
    // The customer's own clock paused through both hours.
    #expect(try await world.desk.explain(incident, "resolution")["intervals"]?.column("workingSeconds").first == 7200)
  }

  @Test func reopeningGivesTheTeamANewTurn() async throws {
    let world = try await AgreementWorld()
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    var incident = try await world.assign(try await world.desk.open(as: user), to: world.first)
    incident = try await world.desk.act("resolve", on: incident, ["resolution": "Done."])
    try world.desk.at("2026-03-03T08:00:00Z")
    // A customer reopens: what he starts is not for him to see.
    let reopened = try await world.desk.act("reopen", on: incident, ["reason": "Still broken."], as: user)
    #expect(reopened["agreements"] == .array([]))
    let turns = try await world.agreements(incident)
    #expect(turns.map { $0["startedAt"] } == ["2026-03-02T08:00:00Z", "2026-03-03T08:00:00Z"] && turns.map { $0["endedAt"] }.last == .null)
    #expect(turns.last?.clock("resolution")["dueAt"] == "2026-03-03T16:00:00Z")
    // Nobody takes it on: the job finds that, days later, at its instant, and the queue knew when it was due.
    let queued = try await world.database.call("incident.queue", as: world.desk.engineer)["items"]?.array?.first
    #expect(queued?["teamDueAt"] == "2026-03-03T09:00:00Z")
    try world.desk.at("2026-03-09T08:00:00Z")
    try await world.desk.sweep()
    let late = try #require(try await world.agreements(incident).last)
    #expect(late.clock("response")["verdict"] == "missed" && late.clock("resolution")["verdict"] == "missed")
    #expect(late.clock("resolution")["verdicts"]?.column("breachedAt") == ["2026-03-04T08:00:00Z"])
    #expect(late.clock("resolution")["verdicts"]?.column("recordedAt") == ["2026-03-09T08:00:00Z"])
  }

  @Test func anUnassignedTicketHasNoTurnAndAMergedOneIsNotJudged() async throws {
    let world = try await AgreementWorld()
    var incident = try await world.assign(try await world.desk.open(), to: world.first)
    world.database.clock.advance(seconds: 60)
    incident = try await world.assign(incident, to: nil)
    #expect(incident["team"] == .null && incident["agreements"] == .array([]))
    await expectFailure(.conflict) { try await world.desk.act("accept", on: incident) }
    incident = try await world.assign(incident, to: world.second)
    let other = try await world.desk.open("The same")
    incident = try await world.desk.act("merge", on: incident, ["into": other["id"] ?? .null])
    let turns = try await world.agreements(incident)
    #expect(turns.map { $0["end"] } == ["unassigned", "merged"])
    #expect(turns.last?["clocks"]?.column("verdict") == ["withdrawn", "withdrawn"])
    // A part that is split off begins without a team.
    let part = try await world.desk.act("split", on: try await world.assign(other, to: world.first), ["title": "A part"])
    #expect(try await world.agreements(part).isEmpty)
  }

  /// A team without an OLA has turns all the same, without clocks; turns that have begun keep what they began with.
  @Test func theAgreementInForceWhenTheTurnBeginsCounts() async throws {
    let world = try await AgreementWorld()
    let agreements = try await world.database.call("team_agreement.list", ["team": world.first["id"] ?? .null], as: world.desk.manager)
    let agreement = try #require(agreements["items"]?.array?.first)
    let incident = try await world.assign(try await world.desk.open(), to: world.first)
    world.database.clock.advance(seconds: 60)
    let ended = try await world.database.call("team_agreement.end", ["id": agreement["id"] ?? .null], as: world.desk.manager, version: 1)
    #expect(ended["endedAt"] == "2026-03-02T08:01:00Z" && ended["version"] == 2)
    await expectFailure(.conflict) {
      try await world.database.call("team_agreement.end", ["id": agreement["id"] ?? .null], as: world.desk.manager, version: 2)
    }
    #expect(try await world.agreements(incident).first?["clocks"]?.array?.count == 2)
    let bare = try await world.assign(try await world.desk.open("Later"), to: world.first)
    #expect(try await world.agreements(bare).map { $0["reason"] } == ["no_agreement"] && bare["agreements"]?.array?.first?["clocks"] == .array([]))
    // Agreements of a team follow one another.
    await expectFailure(.invalid) {
      try await world.database.call(
        "team_agreement.add", ["team": world.first["id"] ?? .null, "ola": world.ola["id"] ?? .null, "validFrom": "2025-12-31T00:00:00Z"],
        as: world.desk.manager)
    }
  }

  @Test func aTeamAgreesToOLAsAndALineToSLAs() async throws {
    let world = try await AgreementWorld()
    await expectFailure(.invalid) {
      try await world.database.call("team_agreement.add", ["team": world.first["id"] ?? .null, "ola": world.desk.sla["id"] ?? .null], as: world.desk.manager)
    }
    await expectFailure(.invalid) { try await DeskWorld.contract(of: world.desk.other, world.ola, world.database, world.desk.manager) }
    let target = Value.object(["metric": "response", "priority": 1, "budgetSeconds": 60, "calendar": world.desk.calendar["id"] ?? .null])
    for more: KeyValuePairs<String, Value> in [["onlyFor": .id(world.desk.acme.publicId)], ["resolutionStopsAt": "closed"]] {
      let members: [Value.Member] = [.init("name", "Odd"), .init("kind", "ola"), .init("targets", .array([target]))]
      await expectFailure(.invalid) {
        try await world.database.dispatcher.invoke(
          "sla.create", .object(members + more.map { Value.Member($0.key, $0.value) }), as: world.desk.manager, Call(requestId: "test")
        ).value
      }
    }
    for (kind, name) in [("ola", "Second line OLA"), ("sla", "Silver")] {
      let found = try await world.database.call("sla.list", ["kind": .text(kind)], as: world.desk.manager)["items"]
      #expect(found?.column("name") == [.text(name)] && found?.column("kind") == [.text(kind)])
    }
  }

  /// Who passes a ticket on, or writes to the customer without working on it, takes nothing on for the team.
  @Test func aTeamThatNobodyTookItForHasNotResponded() async throws {
    let world = try await AgreementWorld()
    var incident = try await world.assign(try await world.desk.open(), to: world.first)
    try await world.desk.act("comment", on: incident, ["body": "We are sorry.", "visibility": "public"], as: world.desk.manager)
    incident = try await world.desk.read(incident)
    #expect(incident["respondedAt"] == "2026-03-02T08:00:00Z", "the customer has an answer")
    world.database.clock.advance(seconds: 60)
    incident = try await world.assign(incident, to: world.second)
    let first = try #require(try await world.agreements(incident).first)
    #expect(first["end"] == "handed_over" && first["respondedAt"] == .null)
    #expect(first["clocks"]?.array?.first { $0["metric"] == "response" }?["verdict"] == "withdrawn")
    #expect(first.clock("resolution")["verdict"] == "met")
  }

  /// A public word says that the team has it, and so does what only whoever has it does.
  @Test(arguments: ["start", "comment", "hold", "accept"]) func actsShowThatTheTeamHasIt(act: String) async throws {
    let world = try await AgreementWorld()
    var incident = try await world.assign(try await world.desk.open(), to: world.first)
    world.database.clock.advance(seconds: 600)
    switch act {
    case "comment":
      try await world.desk.act(act, on: incident, ["body": "A note.", "visibility": "internal"])
      #expect(try await world.agreements(incident).first?["respondedAt"] == .null)
      try await world.desk.act(act, on: incident, ["body": "We look into it.", "visibility": "public"])
    case "hold": incident = try await world.desk.act(act, on: incident, ["reason": "awaiting_parts"])
    default: incident = try await world.desk.act(act, on: incident)
    }
    let turn = try #require(try await world.agreements(incident).first)
    #expect(turn["respondedAt"] == "2026-03-02T08:10:00Z" && turn.clock("response")["verdict"] == "met")
    // Once is enough.
    world.database.clock.advance(seconds: 600)
    try await world.desk.act("accept", on: incident)
    #expect(try await world.agreements(incident).first?["respondedAt"] == "2026-03-02T08:10:00Z")
    #expect(try await world.desk.list("history", of: incident).filter { $0["type"] == "incident.accepted" }.count == 1)
  }
}
