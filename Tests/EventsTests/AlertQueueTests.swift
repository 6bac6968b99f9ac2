import Kernel
import Operations
import TestSupport
import Testing

/// Alerts over all customers.
@Suite struct AlertQueueTests {
  /// Guard: without the permitted customers in the finder's function, whoever serves one sees the alerts of all.
  @Test func theAlertsOfAllThatOneServes() async throws {
    let world = try await EventsWorld()
    for (customer, title) in [(world.acme, "A"), (world.other, "B"), (world.acme, "C")] {
      world.database.clock.advance(seconds: 60)
      let source = try await world.source(["customer": .id(customer.publicId)], name: "Source \(title)").id
      try await world.deliver(source, [EventsWorld.alert(title)])
      try await world.sweep()
    }
    let all = try await queue(world)
    #expect(all.map { $0["customerCode"] ?? .null } == ["ACME", "OTHER", "ACME"])
    #expect(try await queue(world, ["customers": .array(["OTHER"])]).count == 1)
    #expect(try await queue(world, ["state": "suppressed"]) == [])
    // Page by page it is the same list.
    var pages: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.call("alert.queue", ["limit": 1, "cursor": cursor], as: world.engineer)
      pages += page["items"]?.array ?? []
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    #expect(pages == all)
    let listed = try await world.database.staff(.engineer, for: [world.other])
    #expect(try await queue(world, as: listed).map { $0["customerCode"] ?? .null } == ["OTHER"])
    await expectFailure(.invalid) { try await world.call("alert.queue", ["customers": .array(["ACME"])], as: listed) }
    let manager = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.denied) { try await world.call("alert.queue", as: manager) }
  }

  /// Guard: without a look into each customer by itself, whoever serves a quiet one walks through another's storm.
  @Test func whatIsOfSomeCustomersIsLookedUpThere() async throws {
    let world = try await EventsWorld()
    let source = try await world.source(["customer": .id(world.other.publicId)], name: "Storm").id
    try await world.deliver(source, [EventsWorld.alert("A")])
    try await world.sweep()
    try await world.database.runAsSuperuser(
      """
      insert into events.alert
      select (jsonb_populate_record(a, jsonb_build_object('id', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12), 'fingerprint', 'f' || n,
        'state', case when n % 2 = 0 then 'firing' else 'resolved' end, 'changed_at', a.changed_at + n * interval '1 second'))).*
      from events.alert a cross join generate_series(1, 5000) n;
      -- As with two hundred customers.
      alter table events.alert alter column tenant_id set (n_distinct = 200);
      analyze events.alert
      """)
    let some = try await world.database.finderPlan("open_alerts", given: .object(["permitted": .text("array[\(world.acme.id)]")]))
    #expect(some.contains { $0.contains("alert_open") }, "\(some.joined(separator: "\n"))")
    #expect(!some.contains { $0.contains("alert_queue") }, "\(some.joined(separator: "\n"))")
    let suppressed = try await world.database.finderPlan("open_alerts", given: .object(["wanted_state": "'suppressed'"]))
    #expect(suppressed.contains { $0.contains("alert_queue_state") }, "\(suppressed.joined(separator: "\n"))")
    // A customer that is named twice is one.
    let twice = try await queue(world, ["customers": .array([.id(world.other.publicId), "OTHER"]), "limit": 5])
    #expect(Set(twice.compactMap { $0["id"]?.text }).count == twice.count && twice.count == 5)
  }

  private func queue(_ world: EventsWorld, _ input: [String: Value] = [:], as principal: Principal? = nil) async throws -> [Value] {
    try await world.call("alert.queue", input, as: principal ?? world.engineer)["items"]?.array ?? []
  }
}
