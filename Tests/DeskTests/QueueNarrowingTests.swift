import Kernel
import Operations
import TestSupport
import Testing

/// What the queue is narrowed to, and what its lines tell.
@Suite struct QueueNarrowingTests {
  @Test func eachCriterionNarrows() async throws {
    let world = try await DeskWorld()
    let third = try await world.database.customer("THIRD")
    let late = try await world.open("late", impact: 1, urgency: 1)  // response due 09:30
    let plain = try await world.open("plain")  // response due 13:00
    _ = try await world.open("without", for: third)  // no contract: nothing is due
    try await world.act("change", on: plain, ["category": "network/vpn", "nature": "fault"])
    try await world.act("hold", on: try await world.read(late), ["reason": "awaiting_parts"])
    world.database.clock.advance(seconds: 3600)
    #expect(try await world.queue(["customers": .array(["ACME"])]) == ["late", "plain"])
    #expect(try await world.queue(["customers": .array(["THIRD", .id(world.acme.publicId)])]).count == 3)
    #expect(try await world.queue(["state": "pending"]) == ["late"])
    #expect(try await world.queue(["category": "network"]) == ["plain"])
    #expect(try await world.queue(["category": "network/vpn", "nature": "fault"]) == ["plain"])
    #expect(try await world.queue(["category": "mail"]) == [])
    #expect(try await world.queue(["dueWithinMinutes": 240]).contains("plain"))
    #expect(try await world.queue(["dueBefore": "2026-03-02T09:00:00Z"]).contains("plain") == false)
    for wrong in [["state": "closed"], ["category": "nonsense"], ["nature": "nonsense"], ["dueWithinMinutes": -1]] as [KeyValuePairs<String, Value>] {
      await expectFailure(.invalid) { try await world.queue(wrong) }
    }
  }

  /// What breaches next is not buried under what is overdue.
  @Test func theOverdueAndTheOthers() async throws {
    let world = try await DeskWorld()
    _ = try await world.open("late", impact: 1, urgency: 1)  // response due 09:30
    _ = try await world.open("plain")  // response due 13:00
    world.database.clock.advance(seconds: 3600)
    #expect(try await world.queue(["breached": .bool(true)]) == ["late"])
    #expect(try await world.queue(["breached": .bool(false)]) == ["plain"])
    #expect(try await world.queue([:]) == ["late", "plain"])
    let counted = try await world.database.call("incident.count", ["breached": .bool(true)], as: world.engineer)
    #expect(counted["count"] == 1)
    let lines = try await world.database.call("incident.queue", as: world.engineer)["items"]?.array ?? []
    #expect(lines.column("breached") == [.bool(true), .bool(false)])
    #expect(lines.column("overdueSeconds") == [1800, .null])
    #expect(lines.column("dueMetric") == ["response", "response"])
    #expect(lines.column("customerCode") == ["ACME", "ACME"] && lines.column("customerName") == ["ACME Ltd", "ACME Ltd"])
  }

  @Test func aLineTellsNames() async throws {
    let world = try await DeskWorld()
    try await world.database.call("person.add", ["customer": "ACME", "name": "Kim Roe", "email": "kim@acme.test"], as: world.manager)
    let opened = try await world.database.call(
      "incident.open", ["customer": "ACME", "title": "No mail", "requester": "kim@acme.test"], as: world.engineer)
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.manager)
    let assigned = try await world.act("assign", on: opened, ["team": team["id"] ?? .null])
    try await world.act("take", on: assigned)
    let queue = try await world.database.call("incident.queue", as: world.engineer)
    let line = try #require(queue["items"]?.array?.first)
    #expect(line["requesterName"] == "Kim Roe" && line["teamName"] == "First line" && line["assigneeName"] == .null)
    #expect(line["ownerName"]?.text?.isEmpty == false)
  }

  /// Guard: what somebody saved while he served a customer shows him nothing of it afterwards.
  @Test func aSavedFilterShowsOnlyWhatOneServes() async throws {
    let world = try await DeskWorld()
    _ = try await world.open("mine")
    _ = try await world.open("theirs", for: world.other)
    let filter = try await world.database.call(
      "queue_filter.save", ["name": "Other", "criteria": .object(["customers": .array(["OTHER"])])], as: world.engineer)
    let id = filter["id"] ?? .null
    #expect(try await world.queue(["filter": id]) == ["theirs"])
    // Customers beside a filter: those of both.
    #expect(try await world.queue(["filter": id, "customers": .array(["ACME"])]) == [])
    await expectFailure(.invalid) { try await world.queue(["filter": id, "state": "new"]) }
    let narrowed = Principal(
      actor: world.engineer.actor, tenant: world.engineer.tenant, side: .staff, name: world.engineer.name, person: nil,
      grants: world.engineer.grants.map { Grant(role: $0.role, permissions: $0.permissions, scope: .listed([world.acme.id])) })
    #expect(try await world.queue(["filter": id], as: narrowed) == [])
    #expect(try await world.queue([:], as: narrowed) == ["mine"])
    await expectFailure(.invalid) { try await world.queue(["customers": .array(["OTHER"])], as: narrowed) }
    await expectFailure(.invalid) { try await world.queue(["customers": .array(["NOBODY"])], as: narrowed) }
    await expectFailure(.invalid) {
      try await world.database.call(
        "queue_filter.save", ["name": "Again", "criteria": .object(["customers": .array(["OTHER"])])], as: narrowed)
    }
  }
}

extension DeskWorld {
  @discardableResult
  fileprivate func queue(_ input: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [Value] {
    try await database.call("incident.queue", input, as: principal ?? engineer)["items"]?.column("title") ?? []
  }
}

extension [Value] {
  fileprivate func column(_ name: String) -> [Value] { map { $0[name] ?? .null } }
}
