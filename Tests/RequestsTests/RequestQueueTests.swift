import Kernel
import Operations
import TestSupport
import Testing

/// Requests over all customers, and by their numbers.
@Suite struct RequestQueueTests {
  /// Guard: without the permitted customers in the finder's function, whoever serves one sees the requests of all.
  @Test func theRequestsOfAllThatOneServes() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering(
      "LAPTOP", ["approval": .object(["rule": "all", "roles": .array([RequestsWorld.name("IT manager")])])])
    for _ in 1...3 {
      world.database.clock.advance(seconds: 60)
      _ = try await world.submit(offering)
    }
    let page = try await world.call("request.queue", ["limit": 2], as: world.engineer)
    #expect(page["items"]?.array?.count == 2)
    let rest = try await world.call("request.queue", ["limit": 2, "cursor": page["next"] ?? .null], as: world.engineer)
    let items = (page["items"]?.array ?? []) + (rest["items"]?.array ?? [])
    #expect(items.map { $0["number"] ?? .null } == ["ACME-REQ-000001", "ACME-REQ-000002", "ACME-REQ-000003"])
    #expect(items.first?["customerCode"] == "ACME" && items.first?["customer"] == .id(world.acme.publicId))
    let read = try await world.call("request.read", ["id": "ACME-REQ-2"], as: world.engineer)
    #expect(read["id"] == items.dropFirst().first?["id"] && read["customer"] == .id(world.acme.publicId))
    let listed = try await world.database.staff(.engineer, for: [world.other])
    #expect(try await world.call("request.queue", [:], as: listed)["items"] == .array([]))
    await expectFailure(.invalid) { try await world.call("request.queue", ["customers": .array(["ACME"])], as: listed) }
    await expectFailure(.notFound) { try await world.call("request.read", ["id": "ACME-REQ-000001"], as: listed) }
    let customer = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.denied) { try await world.call("request.queue", [:], as: customer) }
  }
}
