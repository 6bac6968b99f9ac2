import Kernel
import Operations
import Requests
import TestSupport
import Testing

@testable import Notifications

/// Rules up to a priority are for whatever has one: incidents, requests, problems, and what is done about them.
@Suite struct PriorityNewsTests {
  private func problem(_ title: String, _ level: Int64, _ world: NotificationsWorld) async throws -> Value {
    try await world.call(
      "problem.open",
      ["customer": .id(world.acme.publicId), "title": .text(title), "impact": .integer(level), "urgency": .integer(level)], as: world.engineer)
  }

  private func told(_ world: NotificationsWorld) async throws -> [String] {
    for _ in 0..<2 { try await world.make() }
    return try await world.inbox(world.colleague).compactMap { $0["subject"]?.text }
  }

  /// Guard: a rule up to a priority would tell of no problem, or of all.
  @Test func ofProblems() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    let (_, tinaId) = try await NotificationsWorld.staff("Tina", world.database)
    let network = try await world.call("team.create", ["name": "Network"])["id"] ?? .null
    for event in ["problem.commented", "problem.assigned", "problem.offered", "problem.offer_answered"] {
      try await world.rule(event, ["staff": .array([world.colleagueId]), "priorityTo": 2], name: event)
    }
    for (title, level) in [("Leak", 1), ("Stain", 3)] as [(String, Int64)] {
      var record = try await problem(title, level, world)
      let id = record["id"] ?? .null
      func step(_ operation: String, _ name: String, _ value: Value) async throws {
        world.database.clock.advance(seconds: 1)
        record = try await world.call(operation, ["id": id, name: value], as: world.engineer, version: record["version"]?.integer)
      }
      try await world.call("problem.comment", ["id": id, "body": "Look at it"], as: world.engineer)
      try await step("problem.assign", "team", network)
      try await step("problem.offer", "staff", tinaId)
      try await world.make()
      try await step("problem.return_offer", "reason", "Not now")
    }
    let subjects = try await told(world)
    #expect(subjects.count == 4 && subjects.allSatisfy { $0.hasPrefix("[PROV-PRB-000001] ") }, "\(subjects)")
    #expect(try await world.left() == 0)
  }

  /// Guard: a rule up to a priority would tell of no request, or of all; of its tasks too.
  @Test func ofRequests() async throws {
    let world = try await OrderWorld()
    let base = world.base
    try await base.retireStockRules()
    for event in ["request.internally_commented", "request.task_completed", "request.offered"] {
      try await base.rule(event, ["staff": .array([base.colleagueId]), "priorityTo": 2], name: event)
    }
    let mouse = try await world.offering("Mouse", [])
    for isUrgent in [true, false] {
      let id = try await world.submit(mouse)["id"] ?? .null
      try await RequestSweep().run(at: base.database.clock.now(), base.database.tenancy)
      func seen() async throws -> Value { try await base.call("request.read", ["id": id], as: base.engineer) }
      func step(_ operation: String, _ more: KeyValuePairs<String, Value> = [:]) async throws {
        base.database.clock.advance(seconds: 1)
        let input = Value.object([Value.Member("id", id)] + more.map { Value.Member($0.key, $0.value) })
        let call = Call(requestId: "test", expectedVersion: try await seen()["version"]?.integer)
        _ = try await base.database.dispatcher.invoke(operation, input, as: base.engineer, call)
      }
      if isUrgent { try await step("request.change", ["impact": 1, "urgency": 1]) }
      try await base.call("request.comment", ["id": id, "body": "Look at it", "visibility": "internal"], as: base.engineer)
      try await step("request.take")
      try await step("request.offer", ["staff": try await NotificationsWorld.staff(isUrgent ? "Tina" : "Tom", base.database).1])
      try await base.make()
      let task = try await seen()["tasks"]?.array?.first?["id"] ?? .null
      try await base.call("task.complete", ["id": task, "result": "Sent"], as: base.engineer)
    }
    let subjects = try await told(base)
    #expect(subjects.count == 3 && subjects.allSatisfy { $0.hasPrefix("[ACME-REQ-000001] ") }, "\(subjects)")
    #expect(try await base.left() == 0)
  }

  /// Guard: what is urgent would wait for the morning where it is no incident.
  @Test func whatIsUrgentGoesOutAtNight() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule(
      "problem.commented", ["staff": .array([world.colleagueId]), "channels": .array(["email"]), "quietFrom": "22:00", "quietTo": "07:00"])
    world.database.clock.set(try #require(Instant("2026-03-02T22:30:00Z")))
    for (title, level) in [("Leak", 1), ("Stain", 3)] as [(String, Int64)] {
      let record = try await problem(title, level, world)
      try await world.call("problem.comment", ["id": record["id"] ?? .null, "body": "Tonight"], as: world.engineer)
    }
    for _ in 0..<2 { try await world.make() }
    let now = world.database.clock.now()
    let atOnce = try await world.rows("email").filter { $0.dueAt <= now }.map(\.subject)
    #expect(atOnce.count == 1 && atOnce.first?.contains("Leak") == true)
    #expect(try await world.rows("email").count == 2)
  }

  /// Its own words may name it.
  @Test func wordsNameThePriority() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("problem.commented", ["staff": .array([world.colleagueId])])
    try await world.words("set", ["event": "problem.commented", "language": "en", "subject": "P{priority} {number}", "body": "{comment}"])
    let record = try await problem("Leak", 1, world)
    try await world.call("problem.comment", ["id": record["id"] ?? .null, "body": "Look at it"], as: world.engineer)
    #expect(try await told(world) == ["P1 PROV-PRB-000001"])
  }

  @Test func rulesOfWhatHasNoPriorityAreRefused() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String) async -> String {
      await refusal { try await world.rule(event, ["staff": .array([world.colleagueId]), "priorityTo": 2], name: event) }
    }
    for event in [
      "incident.assigned", "clock.breached", "request.submitted", "request.clock_breached", "request.approval_asked", "request.offered",
      "request.task_failed", "problem.resolved", "problem.assigned", "problem.offered", "process.escalated_by_rule",
    ] {
      #expect(await answer(event) == "accepted", "\(event)")
    }
    for event in [
      "change.closed", "change.assigned", "change.task_failed", "change.offered", "release.deployed", "major_incident.declared", "article.solved",
      "ci.warranty_ending", "event.triaged",
    ] {
      #expect(await answer(event) == "priorityTo notification_rule.of_tickets_only", "\(event)")
    }
  }
}
