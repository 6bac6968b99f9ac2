import Kernel
import Operations
import TestSupport
import Testing

/// How requests reached the provider.
@Suite struct RequestSourceTests {
  /// Guard: without what goes without saying nobody knows which orders came by the portal.
  @Test func whoOrdersForACallerSaysSo() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LAPTOP", [:])
    func order(_ more: [Value.Member] = [], as principal: Principal? = nil) async throws -> Value {
      let members = [
        Value.Member("customer", .id(world.acme.publicId)), Value.Member("offering", offering), Value.Member("published", 1),
      ]
      return try await world.database.dispatcher.invoke(
        "request.submit", .object(members + more), as: principal ?? world.manager, Call(requestId: "test")
      ).value
    }
    func source(_ key: Value) -> [Value.Member] { [Value.Member("source", key)] }
    #expect(try await order().at("source") == .null)
    #expect(try await order(source("phone")).at("source") == "phone")
    let orderer = try await world.database.user(.customerManager, of: world.acme)
    let own = try await order(as: orderer)
    #expect(own.at("source") == "portal")
    let listed = try await world.call("request.list", ["customer": .id(world.acme.publicId)], as: world.engineer).at("items").array ?? []
    #expect(listed.map { $0.at("source") } == ["portal", "phone", .null])
    for (key, principal, refusal) in [
      ("phone", orderer, "source ticket.staff_only"), ("pigeon", world.manager, "source code.unknown"),
    ] as [(Value, Principal, String)] {
      let refused = await #expect(throws: Failure.self) { try await order(source(key), as: principal) }
      #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == [refusal])
    }
  }

  @Test func theStaffCorrectIt() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await world.offering("LAPTOP", [:]))
    func change(_ source: Value, _ seen: Value) async throws -> Value {
      try await world.call("request.change", ["id": made.at("id"), "source": source], as: world.engineer, version: seen.at("version"))
    }
    let changed = try await change("chat", made)
    #expect(changed.at("source") == "chat" && changed.at("version") != made.at("version"))
    #expect(try await change("chat", changed).at("version") == changed.at("version"), "it says so already")
    await expectFailure(.invalid) { try await change("pigeon", changed) }
    let cleared = try await change(.null, changed)
    #expect(cleared.at("source") == .null)
    let events = try await world.call("request.history", ["id": made.at("id"), "limit": 200], as: world.engineer).at("items").array ?? []
    let told = events.filter { $0.at("type") == "request.source_changed" }.map { [$0.at("payload.from"), $0.at("payload.to")] }
    #expect(told == [[.null, "chat"], ["chat", .null]])
  }
}
