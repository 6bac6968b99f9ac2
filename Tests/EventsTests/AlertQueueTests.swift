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

  private func queue(_ world: EventsWorld, _ input: [String: Value] = [:], as principal: Principal? = nil) async throws -> [Value] {
    try await world.call("alert.queue", input, as: principal ?? world.engineer)["items"]?.array ?? []
  }
}
