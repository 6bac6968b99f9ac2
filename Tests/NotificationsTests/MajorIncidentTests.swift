import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Of a major incident its lead and the account managers of its customers are told, each once; no customer is.
@Suite struct MajorIncidentTests {
  private func act(
    _ verb: String, on major: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal, _ world: NotificationsWorld
  ) async throws -> Value {
    let members = [Value.Member("id", major["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    let call = Call(requestId: "test", expectedVersion: major["version"]?.integer)
    world.database.clock.advance(seconds: 1)
    return try await world.database.dispatcher.invoke("major_incident.\(verb)", .object(members), as: principal, call).value
  }

  private func declare(_ world: NotificationsWorld, by principal: Principal, of customer: TenantEntry? = nil) async throws -> Value {
    let customer = Value.id((customer ?? world.acme).publicId)
    let incident = try await world.call("incident.open", ["customer": customer, "title": "Slow", "impact": 2, "urgency": 2], as: world.engineer)
    return try await world.call(
      "major_incident.declare",
      ["customer": customer, "title": "Storage", "incidents": .array([incident["id"] ?? .null])], as: principal)
  }

  /// What he was told of major incidents, without what they all begin with, by name.
  private func told(_ principal: Principal, _ world: NotificationsWorld) async throws -> [String] {
    let events = try await world.events(principal).filter { $0.hasPrefix("major_incident.") }
    return events.map { String($0.dropFirst("major_incident.".count)) }.sorted()
  }

  private func make(_ world: NotificationsWorld) async throws { for _ in 0..<2 { try await world.make() } }

  @Test func itsLifeIsToldToWhoShouldKnow() async throws {
    let world = try await NotificationsWorld()
    let max = try await NotificationsWorld.staff("Max", world.database, .accountManager, for: [world.acme]).0
    let olaf = try await NotificationsWorld.staff("Olaf", world.database, .accountManager, for: [world.other]).0
    var major = try await declare(world, by: world.engineer)
    try await make(world)
    #expect(try await told(max, world) == ["declared"])
    #expect(try await told(world.engineer, world) == [], "what he did himself is no news")
    _ = try await act("log", on: major, ["body": "Vendor called, case 4711", "audience": "internal"], as: world.colleague, world)
    try await make(world)
    #expect(try await told(world.engineer, world) == ["logged"])
    let logged = try #require(try await world.inbox(world.engineer).first { $0["event"] == "major_incident.logged" })
    #expect(logged["subject"] == "[PROV-MAJ-000001] News of the major incident: Storage" && logged["about"] == major["id"])
    #expect(logged["body"]?.text?.contains("Vendor called, case 4711") == true)
    // What customers are told with it is one news, not two; nor is the reason why it was reopened another.
    major = try await act("mitigate", on: major, ["mitigation": "Second line", "tellCustomers": "It works again."], as: world.colleague, world)
    major = try await act("reopen", on: major, ["reason": "It does not"], as: world.colleague, world)
    major = try await act("resolve", on: major, ["resolution": "Disk replaced"], as: world.colleague, world)
    _ = try await act("review", on: major, ["review": "Watch the disks"], as: world.colleague, world)
    try await make(world)
    #expect(try await told(world.engineer, world) == ["logged", "mitigated", "reopened", "resolved", "reviewed"])
    #expect(try await told(max, world) == ["declared", "mitigated", "reopened", "resolved"])
    #expect(try await told(olaf, world) == [], "none of his customers is part of it")
    for customer in [world.requester, world.stranger] { #expect(try await told(customer, world) == []) }
    #expect(try await world.left() == 0)
  }

  /// Of two that are told together each is told to those of its own customers: where these have no account manager, to the administrators.
  @Test func anotherOnesAccountManagerIsNobodysOfThis() async throws {
    let world = try await NotificationsWorld()
    let max = try await NotificationsWorld.staff("Max", world.database, .accountManager, for: [world.acme]).0
    let ada = try await NotificationsWorld.staff("Ada", world.database, .administrator).0
    _ = try await declare(world, by: world.engineer)
    let theirs = try await declare(world, by: world.engineer, of: world.other)
    try await make(world)
    #expect(try await told(max, world) == ["declared"])
    #expect(try await told(ada, world) == ["declared"])
    #expect(try await world.inbox(ada).first { $0["event"] == "major_incident.declared" }?["about"] == theirs["id"])
  }

  @Test func whoIsOfferedItIsTold() async throws {
    let world = try await NotificationsWorld()
    let major = try await declare(world, by: world.engineer)
    let offered = try await act("offer", on: major, ["staff": world.colleagueId, "reason": "My shift is over"], as: world.engineer, world)
    try await make(world)
    #expect(try await told(world.colleague, world) == ["offered"])
    _ = try await act("accept_offer", on: offered, as: world.colleague, world)
    try await make(world)
    #expect(try await told(world.engineer, world) == ["offer_answered"])
    #expect(try await told(world.colleague, world) == ["offered"], "what he did himself is no news")
  }

  /// Guard: what waited for somebody is not sent once he serves none of its customers any more.
  @Test(arguments: [true, false]) func whatWaitedIsSentToWhoServesACustomerOfIt(serves: Bool) async throws {
    let world = try await NotificationsWorld()
    let major = try await declare(world, by: world.engineer)
    _ = try await act("offer", on: major, ["staff": world.colleagueId], as: world.engineer, world)
    try await make(world)
    try await world.database.narrow(world.colleagueId, to: [serves ? world.acme : world.other])
    try await world.deliver(.mail { _, _ in .sent })
    let mails = try await world.rows("email").filter { $0.event == "major_incident.offered" }
    #expect(mails.map(\.fault) == [serves ? nil : "the receiver may not be told any more"])
    #expect(mails.map { $0.state == "sent" } == [serves])
  }

  /// Rules name whom it has, and no other.
  @Test func rulesOfMajorIncidents() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String, _ audience: String) async -> String {
      await refusal { try await world.rule(event, ["audience": .array([.text(audience)])], name: "\(event) \(audience)") }
    }
    for audience in ["owner", "requester", "watchers", "account_managers"] { #expect(await answer("major_incident.resolved", audience) == "accepted") }
    #expect(await answer("major_incident.resolved", "approvers") == "audience notification_rule.no_such_audience")
    #expect(await answer("major_incident.offered", "offered") == "accepted")
    #expect(await answer("major_incident.offered", "requester") == "audience notification_rule.no_such_audience")
  }
}
