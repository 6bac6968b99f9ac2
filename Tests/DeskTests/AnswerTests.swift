import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Desk

/// What a customer's people say to a ticket that waits for them. Office hours are 9 to 17 in Berlin; 2 March 2026 is a Monday, 09:00 is 08:00Z.
@Suite struct AnswerTests {
  private func sweep(_ world: DeskWorld) async throws {
    try await AnswerSweep(world.database.dispatcher).run(at: world.database.clock.now(), world.database.tenancy)
  }

  private func waiting(_ world: DeskWorld, for reason: String = "awaiting_requester") async throws -> Value {
    let incident = try await world.open()
    try world.at("2026-03-02T09:00:00Z")
    return try await world.act("hold", on: incident, ["reason": .text(reason), "comment": "Which printer?"])
  }

  private func say(_ text: String, to incident: Value, in world: DeskWorld, as principal: Principal, _ visibility: String = "public") async throws -> Value {
    let comment = try await world.act("comment", on: incident, ["body": .text(text), "visibility": .text(visibility)], as: principal)
    return comment["id"] ?? .null
  }

  /// The clock runs since the word, not since somebody or something looked.
  @Test func theTicketGoesOnSinceTheAnswer() async throws {
    let world = try await DeskWorld()
    let incident = try await waiting(world)
    let customer = try await world.database.user(.requester, of: world.acme, .tenant)
    try world.at("2026-03-02T11:00:00Z")
    let comment = try await say("The blue one", to: incident, in: world, as: customer)
    #expect(try await world.read(incident)["state"] == "pending")
    try world.at("2026-03-02T12:30:00Z")
    for _ in 0..<2 { try await sweep(world) }
    let read = try await world.read(incident)
    #expect(read["state"] == "active" && read["pendingReason"] == .null)
    let clock = try await world.explain(incident, "resolution")
    #expect(clock["state"] == "running" && clock["stateSince"] == "2026-03-02T11:00:00Z")
    // An hour before, two of waiting, and what runs since.
    #expect(clock["intervals"]?.column("state").prefix(2) == ["running", "paused"])
    #expect(clock["intervals"]?.column("workingSeconds").prefix(2) == [3600, 7200])
    let resumed = try await world.list("history", of: incident).filter { $0["type"] == "incident.resumed" }
    #expect(resumed.count == 1 && resumed.first?["occurredAt"] == "2026-03-02T11:00:00Z")
    #expect(resumed.first?["payload"]?["evidence"] == comment && resumed.first?["actorKind"] == "system")
  }

  @Test func whatItDoesNotWaitForChangesNothing() async throws {
    let world = try await DeskWorld()
    let customer = try await world.database.user(.requester, of: world.acme, .tenant)
    let appointment = try await waiting(world, for: "scheduled")
    let parts = try await world.act("hold", on: try await world.open("Paper"), ["reason": "awaiting_parts"])
    let ours = try await waiting(world)
    for incident in [appointment, parts] { _ = try await say("See you on Tuesday", to: incident, in: world, as: customer) }
    _ = try await say("We still wait", to: ours, in: world, as: world.engineer)
    try await sweep(world)
    for incident in [appointment, parts, ours] { #expect(try await world.read(incident)["state"] == "pending") }
    // An answer to a ticket on which nobody waits leaves nothing behind either.
    let open = try await world.open("Toner")
    _ = try await say("It is urgent", to: open, in: world, as: customer)
    try await sweep(world)
    #expect(try await world.read(open)["version"] == open["version"])
  }

  /// Who put it on hold again after the answer asked for something else.
  @Test func aQuestionAfterTheAnswerStands() async throws {
    let world = try await DeskWorld()
    let customer = try await world.database.user(.requester, of: world.acme, .tenant)
    var incident = try await waiting(world)
    _ = try await say("The blue one", to: incident, in: world, as: customer)
    incident = try await world.act("resume", on: try await world.read(incident))
    incident = try await world.act("hold", on: incident, ["reason": "awaiting_requester", "comment": "Which floor?"])
    try await sweep(world)
    #expect(try await world.read(incident)["state"] == "pending")
    _ = try await say("The third", to: incident, in: world, as: customer)
    try await sweep(world)
    #expect(try await world.read(incident)["state"] == "active")
  }

  /// The team's clock goes on as well, and that nobody of the team has taken it on stays true.
  @Test func theTeamsClockGoesOnAndNobodyHasAccepted() async throws {
    let world = try await AgreementWorld()
    let desk = world.desk
    let customer = try await desk.database.user(.requester, of: desk.acme, .tenant)
    var incident = try await world.assign(try await desk.open(), to: world.first)
    incident = try await desk.act("hold", on: incident, ["reason": "awaiting_requester", "comment": "Which printer?"])
    // Another team's turn begins while it waits.
    incident = try await world.assign(try await desk.read(incident), to: world.second)
    desk.database.clock.advance(seconds: 600)
    _ = try await say("The blue one", to: incident, in: desk, as: customer)
    desk.database.clock.advance(seconds: 60)
    try await sweep(desk)
    #expect(try await desk.read(incident)["state"] == "active")
    let turn = try #require(try await world.agreements(incident).last)
    #expect(turn.clock("resolution")["state"] == "running")
    #expect(try await desk.list("history", of: incident).filter { $0["type"] == "incident.accepted" }.count == 1)
  }

  /// Several workers at once, and one that comes afterwards: each answer counts once.
  @Test func severalSweepsGoOnOnce() async throws {
    let world = try await DeskWorld()
    let customer = try await world.database.user(.requester, of: world.acme, .tenant)
    let incidents = [try await waiting(world), try await waiting(world)]
    for incident in incidents { for text in ["Wait", "The blue one"] { _ = try await say(text, to: incident, in: world, as: customer) } }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try? await self.sweep(world) } }
      try await group.waitForAll()
    }
    try await sweep(world)
    for incident in incidents {
      #expect(try await world.read(incident)["state"] == "active")
      #expect(try await world.list("history", of: incident).filter { $0["type"] == "incident.resumed" }.count == 1)
    }
  }

  /// Told by telephone: since when, and where that is shown.
  @Test func whoWasToldOtherwiseSaysSinceWhen() async throws {
    let world = try await DeskWorld()
    let incident = try await waiting(world)
    try world.at("2026-03-02T12:00:00Z")
    await expectFailure(.invalid) { try await world.act("resume", on: incident, ["at": "2026-03-02T12:00:01Z"]) }
    await expectFailure(.invalid) { try await world.act("resume", on: incident, ["at": "2026-03-02T08:59:59Z"]) }
    try await world.act("resume", on: incident, ["at": "2026-03-02T10:00:00Z", "evidence": "call 17"])
    #expect(try await world.explain(incident, "resolution")["stateSince"] == "2026-03-02T10:00:00Z")
  }
}
