import Kernel
import Operations
import TestSupport
import Testing

/// How long the customer may be without a word, on tickets. Office hours are 9 to 17 in Berlin; 09:00 is 08:00Z.
@Suite struct UpdateMetricTests {
  private func world(_ metrics: [String] = ["update", "resolution"]) async throws -> DeskWorld {
    let world = try await DeskWorld()
    let targets = metrics.flatMap { metric in
      [(2, 3600), (3, 7200)].map { (priority: Int64, seconds: Int64) -> Value in
        .object([
          "metric": .text(metric), "priority": .integer(priority), "budgetSeconds": .integer(seconds), "calendar": world.calendar["id"] ?? .null,
        ])
      }
    }
    _ = try await world.database.dispatcher.invoke(
      "sla.revise",
      .object(["id": world.sla["id"] ?? .null, "targets": .array(targets), "validFrom": "2026-01-01T00:00:00Z"]), as: world.manager,
      Call(requestId: "test", expectedVersion: 1))
    return world
  }

  @Test func eachPublicWordBeginsItAnew() async throws {
    let world = try await world()
    let user = try await world.database.user(.customerManager, of: world.acme)
    var incident = try await world.open()
    #expect(incident["clocks"]?.column("metric") == ["update", "resolution"] && incident["clocks"]?.column("dueAt").first == "2026-03-02T10:00:00Z")
    world.database.clock.advance(seconds: 3600)
    try await world.act("comment", on: incident, ["body": "We look into it.", "visibility": "public"])
    #expect(try await world.explain(incident, "update")["dueAt"] == "2026-03-02T11:00:00Z")
    // Neither what the customer says nor what stays inside is a word of ours.
    world.database.clock.advance(seconds: 3600)
    try await world.act("comment", on: incident, ["body": "And?"], as: user)
    try await world.act("comment", on: incident, ["body": "No idea.", "visibility": "internal"])
    #expect(try await world.explain(incident, "update")["dueAt"] == "2026-03-02T11:00:00Z")
    // The question of a wait is a word, and while it lasts none is owed.
    incident = try await world.act("hold", on: try await world.read(incident), ["reason": "awaiting_requester", "comment": "Which one?"])
    try world.at("2026-03-03T08:00:00Z")
    incident = try await world.act("resume", on: incident)
    #expect(try await world.explain(incident, "update")["dueAt"] == "2026-03-03T10:00:00Z")
    world.database.clock.advance(seconds: 3600)
    incident = try await world.act("resolve", on: incident, ["resolution": "Done."])
    #expect(try await world.explain(incident, "update")["verdict"] == "met")
    // It is open again: a word is due anew.
    incident = try await world.act("reopen", on: incident, ["reason": "Still broken.", "visibility": "internal"])
    #expect(try await world.explain(incident, "update")["dueAt"] == "2026-03-03T11:00:00Z")
  }

  @Test func aMissIsFoundAtItsInstantAndStays() async throws {
    let world = try await world()
    let incident = try await world.open()
    try await world.act("comment", on: incident, ["body": "We look into it.", "visibility": "public"])
    try world.at("2026-03-05T08:00:00Z")
    try await world.sweep()
    var clock = try await world.explain(incident, "update")
    #expect(clock["verdict"] == "missed" && clock["verdicts"]?.column("breachedAt") == ["2026-03-02T10:00:00Z"])
    try await world.act("comment", on: incident, ["body": "Sorry.", "visibility": "public"])
    try await world.act("resolve", on: try await world.read(incident), ["resolution": "Done."])
    clock = try await world.explain(incident, "update")
    #expect(clock["verdict"] == "missed" && clock["verdicts"]?.array?.count == 1)
  }

  /// A clock that comes into being by a change, or by a split, is what it would have been from the opening.
  @Test func historyIsReplayed() async throws {
    let world = try await world()
    var incident = try await world.open(impact: 3, urgency: 3)
    #expect(incident["clocks"] == .array([]))
    world.database.clock.advance(seconds: 3000)
    try await world.act("comment", on: incident, ["body": "We look into it.", "visibility": "public"])
    world.database.clock.advance(seconds: 3000)
    try await world.act("comment", on: incident, ["body": "Nearly.", "visibility": "public"])
    world.database.clock.advance(seconds: 600)
    incident = try await world.act("classify", on: try await world.read(incident), ["impact": 2, "urgency": 2])
    let replayed = try await world.explain(incident, "update")
    #expect(replayed["intervals"]?.column("workingSeconds") == [3000, 3000] && replayed["dueAt"] == "2026-03-02T11:40:00Z")
    let part = try await world.act("split", on: incident, ["title": "A part"])
    let split = try await world.explain(part, "update")
    #expect(split["intervals"]?.column("workingSeconds") == [3000, 3000] && split["dueAt"] == replayed["dueAt"])
  }
}
