import Attributes
import Kernel
import Operations
import TestSupport
import Testing

/// Custom attributes of requests: told with the order by whoever may, and by the staff afterwards; what was ordered stays.
@Suite struct RequestAttributeTests {
  private func define(_ world: RequestsWorld, _ key: String, visible: Bool) async throws {
    try await world.call(
      "attribute.create",
      [
        "process": "request", "key": .text(key), "type": "text", "label": RequestsWorld.name(key), "visible": .bool(visible),
        "customersTell": .bool(visible),
      ])
  }

  @Test func attributesOfARequest() async throws {
    let world = try await RequestsWorld()
    try await define(world, "cost_centre", visible: true)
    try await define(world, "margin_note", visible: false)
    let offering = try await world.offering("LAPTOP", ["form": .array([])])
    let orderer = try await world.database.user(.customerManager, of: world.acme)
    let order: KeyValuePairs<String, Value> = [
      "customer": .id(world.acme.publicId), "offering": offering, "published": 1, "attributes": .object(["cost_centre": "4711"]),
    ]
    let made = try await world.call("request.submit", order, as: orderer)
    #expect(made["attributes"] == .object(["cost_centre": "4711"]))
    let read = try await world.request(made, as: world.engineer)
    let changed = try await world.call(
      "request.change", ["id": made.at("id"), "attributes": .object(["margin_note": "thin", "cost_centre": "4712"])], as: world.engineer,
      version: read.at("version"))
    #expect(changed["attributes"] == .object(["cost_centre": "4712", "margin_note": "thin"]))
    // Whoever saw it as it was before changes nothing.
    let late = await #expect(throws: Failure.self) {
      try await world.call(
        "request.change", ["id": made.at("id"), "attributes": .object(["cost_centre": "x"])], as: world.engineer, version: read.at("version"))
    }
    #expect(late?.kind == .versionMismatch)
    // The customer sees his own, and nothing of the other.
    #expect(try await world.request(made, as: orderer)["attributes"] == .object(["cost_centre": "4712"]))
    let history = try await world.call("request.history", ["id": made.at("id"), "limit": 200], as: orderer)
    #expect(!JSON.text(history).contains("margin_note") && JSON.text(history).contains("\"became\":\"4712\""))
    #expect(!(try await world.history(made, as: orderer)).contains("internal_attributes_changed"))
    #expect(try await world.history(made, as: world.engineer).contains("internal_attributes_changed"))
    let refused = await #expect(throws: Failure.self) {
      try await world.call(
        "request.submit",
        ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "attributes": .object(["margin_note": "x"])], as: orderer)
    }
    #expect(refused?.violations.map(\.path) == ["attributes.margin_note"])
  }

  /// A region that customers see, and a suspicion that they do not.
  private func defineChoices(_ world: RequestsWorld) async throws {
    let choices = Value.array(["north", "south"].map { .object(["value": .text($0), "name": RequestsWorld.name($0)]) })
    for (key, visible) in [("region", true), ("suspect", false)] {
      try await world.call(
        "attribute.create",
        [
          "process": "request", "key": .text(key), "type": "choice", "label": RequestsWorld.name(key), "visible": .bool(visible),
          "customersTell": .bool(visible), "choices": choices,
        ])
    }
  }

  /// Guard: the queue has a way of its own to values that customers see and to those that they do not, of the customers that one serves.
  @Test func theQueueIsNarrowedByAValue() async throws {
    let world = try await RequestsWorld()
    try await defineChoices(world)
    let offering = try await world.offering("LAPTOP", ["form": .array([])])
    let mia = try await world.person("Mia")
    func order(_ region: Value) async throws -> Value {
      try await world.call(
        "request.submit",
        [
          "customer": .id(world.acme.publicId), "offering": offering, "published": 1, "requester": mia, "attributes": .object(["region": region]),
        ])
    }
    let (north, south, later) = (try await order("north"), try await order("south"), try await order("north"))
    func queued(_ more: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [Value] {
      try await world.call("request.queue", more, as: principal ?? world.engineer).at("items").array?.map { $0.at("id") } ?? []
    }
    #expect(try await queued(["attribute": "region:north"]) == [north.at("id"), later.at("id")])
    #expect(try await queued(["attribute": "region:north", "unowned": .bool(true), "customers": .array([.id(world.acme.publicId)])]).count == 2)
    let overdue: KeyValuePairs<String, Value> = ["attribute": "region:north", "dueBefore": "2000-01-01T00:00:00Z"]
    #expect(try await queued(overdue).isEmpty)
    #expect(try await queued(["attribute": "region:north", "offered": .bool(true)]).isEmpty)
    #expect(try await queued(["attribute": "region:north", "myTeams": .bool(true)]).isEmpty)
    let page = try await world.call("request.queue", ["attribute": "region:north", "limit": 1], as: world.engineer)
    #expect(try await queued(["attribute": "region:north", "limit": 1, "cursor": page["next"] ?? .null]) == [later.at("id")])
    #expect(try await queued(["attribute": "suspect:north"]).isEmpty)
    let seen = try await world.request(south, as: world.engineer)
    try await world.call(
      "request.change", ["id": south.at("id"), "attributes": .object(["suspect": "north"])], as: world.engineer, version: seen.at("version"))
    #expect(try await queued(["attribute": "suspect:north"]) == [south.at("id")])
    let others = try await world.database.staff(.engineer, for: [world.other])
    for value in ["region:north", "suspect:north"] as [Value] { #expect(try await queued(["attribute": value], as: others).isEmpty) }
    // What is over leaves the queue.
    let now = try await world.request(north, as: world.engineer)
    try await world.call("request.cancel", ["id": north.at("id"), "reason": "No"], as: world.engineer, version: now.at("version"))
    #expect(try await queued(["attribute": "region:north"]) == [later.at("id")])
    let wrong = await #expect(throws: Failure.self) { try await queued(["attribute": "region:moon"]) }
    #expect(wrong?.violations.first?.message.key == "attribute.not_a_choice")
  }

  /// Guard: a list has three ways to its rows, and each is narrowed; what is internal narrows nothing for a customer.
  @Test func aListIsNarrowedByAValue() async throws {
    let world = try await RequestsWorld()
    try await defineChoices(world)
    let offering = try await world.offering("LAPTOP", ["form": .array([])])
    let mia = try await world.person("Mia")
    func order(_ region: Value, for person: Value = .null, as principal: Principal? = nil) async throws -> Value {
      try await world.call(
        "request.submit",
        [
          "customer": .id(world.acme.publicId), "offering": offering, "published": 1, "requester": person,
          "attributes": .object(["region": region]),
        ], as: principal
      ).at("id")
    }
    let own = try await world.database.user(.requester, of: world.acme, .own)
    let (north, south) = (try await order("north", for: mia), try await order("south", for: mia))
    let (mine, other) = (try await order("north", as: own), try await order("south", as: own))
    func listed(_ value: Value, _ requester: Value = .null, as principal: Principal? = nil) async throws -> [Value] {
      let input: KeyValuePairs<String, Value> = ["customer": .id(world.acme.publicId), "attribute": value, "requester": requester]
      return try await world.call("request.list", input, as: principal).at("items").array?.map { $0.at("id") } ?? []
    }
    #expect(try await listed("region:north") == [mine, north])
    #expect(try await listed("region:south", mia) == [south])
    #expect(try await listed("region:south", as: own) == [other])
    #expect(try await listed(.null, as: own) == [other, mine])
    #expect(try await listed("suspect:north").isEmpty)
    let hidden = await #expect(throws: Failure.self) { try await listed("suspect:north", as: own) }
    let unknown = await #expect(throws: Failure.self) { try await listed("nothing:north", as: own) }
    #expect(hidden?.violations.first?.message.key == "attribute.unknown")
    #expect(hidden?.violations.first?.message.key == unknown?.violations.first?.message.key)
  }

  @Test func whatIsOverIsNotWrittenAt() async throws {
    let world = try await RequestsWorld()
    try await define(world, "cost_centre", visible: true)
    let made = try await world.submit(try await world.offering("LAPTOP", ["form": .array([])]))
    let over = try await world.call("request.cancel", ["id": made.at("id"), "reason": "No"], as: world.engineer, version: made.at("version"))
    let refused = await #expect(throws: Failure.self) {
      try await world.call(
        "request.change", ["id": made.at("id"), "attributes": .object(["cost_centre": "x"])], as: world.engineer, version: over.at("version"))
    }
    #expect(refused?.code == "request.wrong_state")
  }
}
