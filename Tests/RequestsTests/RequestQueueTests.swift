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

  /// What somebody has ordered before. Guard: without the look at whom the caller sees, anybody's orders could be asked for.
  @Test func theRequestsOfOnePersonAreFound() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("LAPTOP", [:])
    let (mia, ben) = (try await world.person("Mia"), try await world.person("Ben"))
    for person in [mia, ben, mia] { _ = try await world.submit(offering, for: person) }
    func numbers(_ requester: Value, as principal: Principal? = nil) async throws -> [Value] {
      let input: KeyValuePairs<String, Value> = ["customer": .id(world.acme.publicId), "requester": requester]
      return try await world.call("request.list", input, as: principal ?? world.engineer)["items"]?.array?.map { $0["number"] ?? .null } ?? []
    }
    #expect(try await numbers(mia) == ["ACME-REQ-000003", "ACME-REQ-000001"])
    #expect(try await numbers(ben) == ["ACME-REQ-000002"])
    #expect(try await numbers(.null).count == 3)
    let boss = try await world.database.user(.customerManager, of: world.acme)
    #expect(try await numbers(ben, as: boss) == ["ACME-REQ-000002"])
    let own = try await world.database.user(.requester, of: world.acme, .own)
    await expectFailure(.invalid) { try await numbers(mia, as: own) }
    let stranger = try await world.person("Max", of: world.other)
    await expectFailure(.invalid) { try await numbers(stranger) }
  }

  /// Guard: of one's teams one would find what is another's to do, or the same request as often as it has tasks.
  @Test func theRequestsOfOnesTeams() async throws {
    let world = try await RequestsWorld()
    let member = try await world.database.staff(.engineer)
    let account = try await world.ids(of: member).account
    try await world.call("staff_grant.add", ["account": account, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    let teams = try await world.call("team.list", [:], as: world.engineer)["items"]?.array ?? []
    let network = try #require(teams.first { $0["name"] == "Network" })
    try await world.call("team.add_member", ["id": network["id"] ?? .null, "staff": account], as: world.database.root, version: network["version"])
    func task(_ name: String, _ team: String) -> Value {
      .object([Value.Member("name", RequestsWorld.name(name)), Value.Member("step", 1), Value.Member("team", .text(team))])
    }
    let both = try await world.offering(
      "LAPTOP", ["tasks": .array([task("Cable", "Network"), task("Port", "Network"), task("Desk", "Service Desk")])])
    let desks = try await world.offering("PHONE", ["tasks": .array([task("Desk", "Service Desk")])])
    let own = try await world.submit(both)
    _ = try await world.submit(desks)
    func found(_ more: KeyValuePairs<String, Value> = [:], as principal: Principal) async throws -> [Value] {
      let input = [Value.Member("myTeams", .bool(true))] + more.map { Value.Member($0.key, $0.value) }
      let page = try await world.database.dispatcher.invoke("request.queue", .object(input), as: principal, Call(requestId: "test")).value
      return (page["items"]?.array ?? []).map { $0["id"] ?? .null }
    }
    #expect(try await found(as: member) == [own["id"] ?? .null])
    #expect(try await found(as: world.engineer) == [], "he is in no team")
    func tasks(_ input: KeyValuePairs<String, Value>, as principal: Principal) async throws -> [Value] {
      let page = try await world.call("task.queue", input, as: principal)
      return (page["items"]?.array ?? []).map { $0["request"] ?? .null }
    }
    #expect(try await tasks(["myTeams": .bool(true)], as: member) == [own["id"] ?? .null, own["id"] ?? .null], "Cable and Port")
    #expect(try await tasks([:], as: member).count == 4)
    #expect(try await tasks(["myTeams": .bool(true)], as: world.engineer) == [])
    #expect(try await found(["offered": .bool(true)], as: member) == [])
    let desk = try #require(teams.first { $0["name"] == "Service Desk" })
    #expect(try await found(["team": desk["id"] ?? .null], as: member) == [own["id"] ?? .null], "it has tasks of both")
    #expect(try await found(["customers": .array([.id(world.other.publicId)])], as: member) == [])
  }
}
