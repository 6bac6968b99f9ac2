import Kernel
import Operations
import TestSupport
import Testing

/// How grave a request is and how urgent, and what follows from it. All begin at 8:00.
@Suite struct RequestPriorityTests {
  /// An offering that a line with such promises sells; by a calendar that counts every hour.
  /// - Parameters:
  ///   - promises: of each metric the priority, nil for any, and the seconds.
  ///   - roles: who is asked to agree, one after the other.
  private static func offering(
    _ world: RequestsWorld, _ code: String, _ promises: [(metric: String, priority: Int64?, seconds: Int64)], approvers roles: [String] = []
  ) async throws -> Value {
    let approvers = roles.map { Value.object(["name": RequestsWorld.name($0), "role": .text($0)]) }
    let approval: Value = roles.isEmpty ? .object(["rule": "none"]) : .object(["rule": "sequence", "approvers": .array(approvers), "hours": 1000])
    let offering = try await world.offering(
      code, ["approval": approval, "tasks": .array([FulfilmentTests.task("Deliver", step: 1)])], soldTo: [])
    let calendar = try await world.call("calendar.create", ["name": .text("Always \(code)"), "stock": "24x7", "zone": "UTC"])
    let targets = promises.map { promise in
      Value.object(
        [
          Value.Member("metric", .text(promise.metric)), Value.Member("ticketType", "request"), Value.Member("budgetSeconds", .integer(promise.seconds)),
          Value.Member("calendar", calendar.at("id")),
        ] + (promise.priority.map { [Value.Member("priority", .integer($0))] } ?? []))
    }
    let sla = try await world.call("sla.create", ["name": .text("Orders \(code)"), "targets": .array(targets)])
    try await world.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": .text("Orders \(code)"), "state": "active", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Orders", "sla": sla.at("id"), "offering": offering])]),
      ])
    return offering
  }

  /// Any is answered within an hour and fulfilled within four; the gravest within a quarter and within two.
  private static let shorter: [(metric: String, priority: Int64?, seconds: Int64)] = [
    ("response", nil, 3600), ("resolution", nil, 14400), ("response", 1, 900), ("resolution", 1, 7200),
  ]

  private func at(_ world: RequestsWorld, _ time: String) throws { world.database.clock.set(try #require(Instant("2026-03-02T\(time):00Z"))) }

  private func rating(_ request: Value) -> [Value] { [request.at("impact"), request.at("urgency"), request.at("priority")] }

  /// Where the clock of a metric stands: its state, what was judged, and when it is due.
  private func clock(_ request: Value, _ metric: String) -> [Value] {
    let clock = request.at("clocks").array?.first { $0.at("metric") == .text(metric) } ?? .null
    return [clock.at("state"), clock.at("verdict"), clock.at("dueAt")]
  }

  @discardableResult
  private func rate(_ world: RequestsWorld, _ seen: Value, _ impact: Int64, _ urgency: Int64) async throws -> Value {
    let version = try await world.request(seen).at("version")
    return try await world.call(
      "request.change", ["id": seen.at("id"), "impact": .integer(impact), "urgency": .integer(urgency)], as: world.engineer, version: version)
  }

  /// Guard: without the customer's own cell in the look at the matrix, the last one has the provider's 3.
  @Test func whoOrdersSaysHowGraveItIs() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LAPTOP", [:])
    let orderer = try await world.database.user(.customerManager, of: world.acme)
    let plain = try await world.submit(offering)
    #expect(rating(plain) == [2, 2, 3])
    let urgent = try await world.call("request.submit", ["offering": offering, "published": 1, "impact": 1, "urgency": 2], as: orderer)
    #expect(rating(urgent) == [1, 2, 2])
    #expect(rating(try await world.request(urgent, as: orderer)) == [1, 2, 2])
    let listed = try await world.call("request.list", [:], as: orderer).at("items").array ?? []
    #expect(listed.map { $0.at("priority") } == [2, 3])
    for (impact, urgency, path) in [(7, 2, "impact"), (2, 9, "urgency")] as [(Int64, Int64, String)] {
      let refused = await #expect(throws: Failure.self) {
        try await world.call(
          "request.submit", ["offering": offering, "published": 1, "impact": .integer(impact), "urgency": .integer(urgency)], as: orderer)
      }
      #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["\(path) code.unknown"])
    }
    let cell = Value.object(["impact": 2, "urgency": 2, "priority": 1])
    try await world.call("priority_matrix.set", ["customer": .id(world.acme.publicId), "cells": .array([cell])], version: 1)
    #expect(rating(try await world.submit(offering)) == [2, 2, 1])
    #expect(rating(try await world.request(plain)) == [2, 2, 3], "what was ordered keeps it")
  }

  /// Guard: what the offering says is not looked at, or a level that the matrix does not have makes each order by it fail.
  @Test func whereNobodySaysTheOfferingDoes() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("OUTAGE", ["impact": 1, "urgency": 1])
    #expect(rating(try await world.submit(offering)) == [1, 1, 1])
    let milder = try await world.call(
      "request.submit", ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "urgency": 3])
    #expect(rating(milder) == [1, 3, 3])
    #expect(rating(try await world.submit(try await world.offering("COLOUR", ["urgency": 3]))) == [2, 3, 4])
    for (content, path) in [(["impact": 7], "impact"), (["urgency": 4], "urgency")] as [(KeyValuePairs<String, Value>, String)] {
      let refused = await #expect(throws: Failure.self) { try await world.offering("GRAVE", content) }
      #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["\(path) offering.unknown_level"])
    }
  }

  @Test func theStaffCorrectIt() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LAPTOP", [:])
    let orderer = try await world.database.user(.customerManager, of: world.acme)
    let made = try await world.submit(offering)
    let changed = try await rate(world, made, 1, 1)
    #expect(rating(changed) == [1, 1, 1] && changed.at("version") != made.at("version"))
    let events = try await world.call("request.history", ["id": made.at("id"), "limit": 200], as: orderer).at("items").array ?? []
    let payload = events.first { $0.at("type") == "request.classified" }?.at("payload") ?? .null
    #expect(rating(payload.at("from")) == [2, 2, 3] && rating(payload.at("to")) == [1, 1, 1])
    // What it is already is nothing new, and one of them alone keeps the other.
    #expect(try await rate(world, made, 1, 1).at("version") == changed.at("version"))
    let half = try await world.call("request.change", ["id": made.at("id"), "urgency": 3], as: world.engineer, version: changed.at("version"))
    #expect(rating(half) == [1, 3, 3])
    func refusal(_ input: KeyValuePairs<String, Value>) async -> String {
      do {
        try await world.call("request.change", input, as: world.engineer, version: half.at("version"))
        return "accepted"
      } catch let failure as Failure {
        return failure.violations.map { "\($0.path) \($0.message.key)" }.joined(separator: ", ")
      } catch { return "\(error)" }
    }
    #expect(await refusal(["id": made.at("id"), "impact": 8]) == "impact code.unknown")
    #expect(await refusal(["id": made.at("id")]).hasSuffix("ticket.nothing_to_change"))
    let input: KeyValuePairs<String, Value> = ["id": made.at("id"), "impact": 3]
    await expectFailure(.versionMismatch) { try await world.call("request.change", input, as: world.engineer, version: made.at("version")) }
    await expectFailure(.denied) { try await world.call("request.change", input, as: orderer, version: half.at("version")) }
    let elsewhere = try await world.database.staff(.engineer, for: [world.other])
    await expectFailure(.notFound) { try await world.call("request.change", input, as: elsewhere, version: half.at("version")) }
    let over = try await world.call("request.withdraw", ["id": made.at("id")], version: half.at("version"))
    await expectFailure(.conflict) { try await world.call("request.change", input, as: world.engineer, version: over.at("version")) }
  }

  /// Guard: without ``RequestWork/followPriority()`` the clocks stay those of the order's priority.
  @Test func itsClocksFollow() async throws {
    let world = try await RequestsWorld()
    let offering = try await Self.offering(world, "DESK", Self.shorter)
    let urgent = try await world.call(
      "request.submit", ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "impact": 1, "urgency": 1])
    #expect(clock(urgent, "response") == ["running", .null, "2026-03-02T08:15:00Z"])
    let made = try await world.submit(offering)
    #expect(clock(made, "response") == ["running", .null, "2026-03-02T09:00:00Z"])
    try at(world, "08:10")
    let raised = try await rate(world, made, 1, 1)
    #expect(clock(raised, "response") == ["running", .null, "2026-03-02T08:15:00Z"])
    #expect(clock(raised, "resolution") == ["running", .null, "2026-03-02T10:00:00Z"] && raised.at("dueAt") == "2026-03-02T08:15:00Z")
    let explained = try await world.call("request.explain", ["id": made.at("id")], as: world.engineer).at("clocks").array ?? []
    #expect(explained.map { $0.at("priority") } == [1, 1])
    try at(world, "08:12")
    let lowered = try await rate(world, made, 3, 3)
    #expect(clock(lowered, "response") == ["running", .null, "2026-03-02T09:00:00Z"])
    // What was promised then would have been over by now.
    try at(world, "08:40")
    #expect(clock(try await rate(world, made, 1, 1), "response")[1] == "missed")
  }

  /// Guard: were what was put down not looked at when it is taken up, an answer would be due an hour after the customer has agreed, as it was promised before.
  @Test func whatIsNotOwedForAWhileGoesOnByTheNewPriority() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let made = try await world.submit(try await Self.offering(world, "LAPTOP", Self.shorter, approvers: ["customer_manager"]))
    try at(world, "09:00")
    let raised = try await rate(world, made, 1, 1)
    #expect(clock(raised, "response") == [.null, .null, .null] && clock(raised, "resolution") == ["paused", .null, .null])
    #expect(raised.at("dueAt") == .null)
    try at(world, "11:00")
    try await world.call("approval.approve", ["id": made.at("approvals.0.id")], as: boss)
    try await world.sweep()
    let agreed = try await world.request(made)
    #expect(clock(agreed, "response") == ["running", .null, "2026-03-02T11:15:00Z"])
    #expect(clock(agreed, "resolution") == ["running", .null, "2026-03-02T13:00:00Z"])
  }

  /// What was broken before the customer was asked runs on, until another priority leaves it time. Guard: were it not put down then, the customer would
  /// use up that time himself, and at 09:00 it would be broken again.
  @Test func whatIsBrokenNoMoreIsNotOwedWhileTheCustomerDecides() async throws {
    let world = try await RequestsWorld()
    let (finance, boss) = (try await world.database.staff(.finance), try await world.database.user(.customerManager, of: world.acme))
    let offering = try await Self.offering(world, "SERVER", Self.shorter, approvers: ["finance", "customer_manager"])
    let made = try await world.call(
      "request.submit", ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "impact": 1, "urgency": 1])
    try at(world, "08:30")
    try await world.call("approval.approve", ["id": made.at("approvals.0.id")], as: finance)
    #expect(clock(try await world.request(made), "response") == ["running", "missed", "2026-03-02T08:15:00Z"])
    try at(world, "08:40")
    #expect(clock(try await rate(world, made, 3, 3), "response") == [.null, .null, .null])
    try at(world, "11:00")
    try await world.call("approval.approve", ["id": made.at("approvals.1.id")], as: boss)
    try await world.sweep()
    #expect(clock(try await world.request(made), "response") == ["running", .null, "2026-03-02T11:20:00Z"])
  }

  /// Guard: were what was put down taken up by the priority that it had, an answer would be owed that nobody promises.
  @Test func whatIsPromisedNoMoreIsNotTakenUp() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let offering = try await Self.offering(world, "KEYBOARD", [("response", 1, 3600), ("resolution", 1, 7200)], approvers: ["customer_manager"])
    let made = try await world.call(
      "request.submit", ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "impact": 1, "urgency": 1])
    #expect(clock(made, "resolution") == ["paused", .null, .null])
    try at(world, "09:00")
    #expect(try await rate(world, made, 3, 3).at("clocks") == .array([]))
    try at(world, "11:00")
    try await world.call("approval.approve", ["id": made.at("approvals.0.id")], as: boss)
    try await world.sweep()
    let agreed = try await world.request(made)
    #expect(agreed.at("clocks") == .array([]) && agreed.at("dueAt") == .null)
  }

  /// Guard: without the past in ``RequestReplay`` the time in which the customer's own people decided would be the provider's, and it would be due at 10:00.
  @Test func whatIsPromisedOnlyNowCountsFromTheOrder() async throws {
    let world = try await RequestsWorld()
    let boss = try await world.database.user(.customerManager, of: world.acme)
    let gravest: [(metric: String, priority: Int64?, seconds: Int64)] = [("response", 1, 3600), ("resolution", 1, 7200), ("update", 1, 7200)]
    let (plain, asked) = (
      try await world.submit(try await Self.offering(world, "MOUSE", gravest)),
      try await world.submit(try await Self.offering(world, "CAMERA", gravest, approvers: ["customer_manager"]))
    )
    #expect(plain.at("clocks") == .array([]) && asked.at("clocks") == .array([]))
    try at(world, "08:30")
    let raised = try await rate(world, plain, 1, 1)
    #expect(clock(raised, "response") == ["running", .null, "2026-03-02T09:00:00Z"])
    #expect(clock(raised, "resolution") == ["running", .null, "2026-03-02T10:00:00Z"])
    try at(world, "11:00")
    try await world.call("approval.approve", ["id": asked.at("approvals.0.id")], as: boss)
    try await world.sweep()
    try await world.call("request.comment", ["id": asked.at("id"), "body": "On its way", "visibility": "public"], as: world.engineer)
    try at(world, "11:10")
    try await world.call("request.comment", ["id": asked.at("id"), "body": "Nearly there", "visibility": "public"], as: world.engineer)
    try at(world, "11:30")
    let late = try await rate(world, asked, 1, 1)
    #expect(clock(late, "resolution") == ["running", .null, "2026-03-02T13:00:00Z"])
    #expect(clock(late, "update") == ["running", .null, "2026-03-02T13:10:00Z"], "from the last word on")
    #expect(clock(late, "response") == [.null, .null, .null], "none was owed while the customer decided")
  }

  /// Guard: without the condition in each look of the finder's, the queue shows all of them.
  @Test func theQueueIsNarrowedToAPriority() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LAPTOP", [:], soldTo: [world.acme, world.other])
    var orders: [Value] = []
    for (number, customer) in [world.acme, world.acme, world.other].enumerated() {
      let made = try await world.submit(offering, of: customer)
      if number > 0 { try await rate(world, made, 1, 1) }
      orders.append(made)
    }
    func shown(_ input: KeyValuePairs<String, Value>) async throws -> Set<Value> {
      Set(try await world.call("request.queue", input, as: world.engineer).at("items").array?.map { $0.at("id") } ?? [])
    }
    let (first, gravest) = (orders.prefix(1).map { $0.at("id") }, orders.dropFirst().map { $0.at("id") })
    #expect(try await shown(["priority": 1]) == Set(gravest))
    #expect(try await shown(["priority": 3]) == Set(first))
    #expect(try await shown(["priority": 1, "unowned": .bool(true), "state": "fulfilling"]) == Set(gravest))
    #expect(try await shown(["priority": 1, "customers": .array([.id(world.acme.publicId)])]) == Set(gravest.prefix(1)))
    #expect(try await shown(["priority": 5]) == [])
    let teams = try await world.call("team.list", [:], as: world.engineer).at("items").array ?? []
    let desk = teams.first { $0.at("name") == "Service Desk" }?.at("id") ?? .null
    #expect(try await shown(["priority": 3, "team": desk]) == [])
  }
}
