import Gates
import Kernel
import Knowledge
import Operations
import Postgres
import TestSupport
import Testing
import TimeEntries

/// Whoever has an incident of monitoring in hand without a word in it keeps it: it is told that all is over, and not resolved.
@Suite struct TouchTests {
  enum Touch: String, CaseIterable, Sendable {
    case article, articleTakenBack, timer, time, approvedTime, stopAtGate
  }

  private static func world() async throws -> EventsWorld {
    try await EventsWorld(and: [KnowledgeModule.self, TimeEntriesModule.self, GatesModule.self])
  }

  /// An incident that monitoring opened, and the end of all that it was told of.
  private static func open(_ world: EventsWorld) async throws -> (id: Value, allOver: () async throws -> Void) {
    let source = try await world.source().id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    let id = try #require(try await world.incidents().first?["id"])
    return (
      id,
      {
        try await world.deliver(source, [EventsWorld.alert("A", resolved: true)])
        try await world.sweep()
      }
    )
  }

  /// Guard: without the event of citing, the looks at time, at timers and at gates, each is resolved.
  @Test(arguments: Touch.allCases)
  func whatSomebodyHasInHandStaysOpen(touch: Touch) async throws {
    let world = try await Self.world()
    let (id, allOver) = try await Self.open(world)
    switch touch {
    case .article, .articleTakenBack:
      let article = try await Self.article(world)
      try await world.call("incident.cite", ["id": id, "article": article, "use": "used"], as: world.engineer)
      if touch == .articleTakenBack { try await world.call("incident.uncite", ["id": id, "article": article], as: world.engineer) }
    case .timer: try await Self.timer(on: id, world)
    case .time: try await Self.time(on: id, world)
    case .approvedTime:
      let entry = try await Self.time(on: id, world, submits: true)
      let manager = try await world.database.staff(.accountManager)
      try await world.call("time_entry.approve", ["id": entry["id"] ?? .null], as: manager, version: entry["version"]?.integer)
    case .stopAtGate:
      try await Self.gate(world)
      await expectFailure(.conflict) {
        try await world.call("incident.resolve", ["id": id, "resolution": "Cleaned up"], as: world.engineer, version: 1)
      }
    }
    try await allOver()
    let incident = try await world.incident(id)
    #expect(incident["state"] == "new")
    #expect(try await world.comments(incident).last?["body"]?.text?.contains("are over") == true)
  }

  /// Neither what is done on another incident, nor a gate that nobody came to, nor a timer of which nothing is kept.
  @Test func whatIsElsewhereTouchesNothing() async throws {
    let world = try await Self.world()
    let (id, allOver) = try await Self.open(world)
    try await Self.gate(world)
    let started = try await Self.timer(on: id, world)
    try await world.call("timer.discard", ["timer": started["id"] ?? .null], as: world.engineer)
    let given: [String: Value] = ["customer": .id(world.acme.publicId), "title": "Another"]
    let another = try await world.call("incident.open", given, as: world.engineer)["id"] ?? .null
    try await Self.time(on: another, world)
    try await Self.timer(on: another, world)
    let article = try await Self.article(world)
    try await world.call("incident.cite", ["id": another, "article": article, "use": "used"], as: world.engineer)
    try await allOver()
    #expect(try await world.incident(id)["state"] == "resolved")
  }

  // MARK: Acts

  /// A published article.
  private static func article(_ world: EventsWorld) async throws -> Value {
    let drafted = try await world.call(
      "article.create",
      ["kind": "how_to", "audience": "internal", "title": .object(["en": "A disk is full"]), "body": .object(["en": "Clean up."])], as: world.engineer)
    let id = drafted["id"] ?? .null
    let submitted = try await world.call("article.submit", ["id": id], as: world.engineer, version: drafted["version"]?.integer)
    let reviewer = try await world.database.staff(.engineer)
    try await world.call("article.publish", ["id": id], as: reviewer, version: submitted["version"]?.integer)
    return id
  }

  @discardableResult
  private static func timer(on incident: Value, _ world: EventsWorld) async throws -> Value {
    let given: [String: Value] = ["customer": .id(world.acme.publicId), "ticket": incident, "workType": "remote_support"]
    return try await world.call("timer.start", given, as: world.engineer)
  }

  @discardableResult
  private static func time(on incident: Value, _ world: EventsWorld, submits: Bool = false) async throws -> Value {
    let given: [String: Value] = [
      "customer": .id(world.acme.publicId), "ticket": incident, "workType": "remote_support", "from": "2026-03-02T07:30:00Z",
      "to": "2026-03-02T07:45:00Z", "submit": .bool(submits),
    ]
    return try await world.call("time_entry.add", given, as: world.engineer)
  }

  /// Before an incident of Acme is resolved its category must be told.
  private static func gate(_ world: EventsWorld) async throws {
    let account = world.administrator.actor.id
    let bits = try await world.database.superuser.transaction { try await $0.query(StaffBits(account: account)) }
    let owner = world.database.provider.id("stf", try #require(bits.first))
    try await world.call(
      "gate.create",
      [
        "step": "incident.resolve", "fields": .array(["category"]), "name": .object(["en": "Category", "zh-Hans": "分类"]),
        "purpose": .object(["en": "Figures by category", "zh-Hans": "按分类统计"]), "owner": .id(owner), "customer": .id(world.acme.publicId),
      ])
  }
}

private struct StaffBits: Statement {
  let account: Int64

  static let sql = "select public_id from tenancy.account where id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(account) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
