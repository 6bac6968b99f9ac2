import Changes
import Desk
import Kernel
import MajorIncidents
import Operations
import Problems
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Whoever is offered a problem or a change is told, and who hands it over what became of that.
@Suite struct OfferTests {
  private func problem(_ world: NotificationsWorld) async throws -> Value {
    try await world.call(
      "problem.open", ["customer": .id(world.acme.publicId), "title": "Leak", "description": "x", "impact": 2, "urgency": 2], as: world.engineer)
  }

  private func change(_ world: NotificationsWorld, by principal: Principal? = nil) async throws -> Value {
    let now = world.database.clock.now()
    return try await world.call(
      "change.open",
      [
        "customer": .id(world.acme.publicId), "kind": "normal", "title": "New switch", "plan": "Swap", "backOut": "Swap back", "test": "Ping",
        "startsAt": .instant(now.adding(seconds: 3600)), "endsAt": .instant(now.adding(seconds: 7200)),
      ], as: principal ?? world.engineer)
  }

  private func act(
    _ operation: String, on record: Value, _ more: KeyValuePairs<String, Value> = [:], as principal: Principal, _ world: NotificationsWorld
  ) async throws -> Value {
    let members = [Value.Member("id", record["id"] ?? .null)] + more.map { Value.Member($0.key, $0.value) }
    let call = Call(requestId: "test", expectedVersion: record["version"]?.integer)
    world.database.clock.advance(seconds: 1)
    return try await world.database.dispatcher.invoke(operation, .object(members), as: principal, call).value
  }

  @Test func whoIsOfferedAProblemIsToldAndTheGiverThatItWasTaken() async throws {
    let world = try await NotificationsWorld()
    let opened = try await problem(world)
    let offered = try await act(
      "problem.offer", on: opened, ["staff": world.colleagueId, "reason": "Knows the pipes"], as: world.engineer, world)
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.events(world.colleague) == ["problem.offered"])
    #expect(try await world.events(world.engineer) == [])
    let told = try #require(try await world.inbox(world.colleague).first)
    #expect(told["subject"] == "[PROV-PRB-000001] Offered to you: Leak" && told["about"] == opened["id"])
    #expect(told["body"]?.text?.contains("Knows the pipes") == true)
    _ = try await act("problem.accept_offer", on: offered, as: world.colleague, world)
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.events(world.engineer) == ["problem.offer_answered"])
    #expect(try await world.inbox(world.engineer).first?["subject"] == "[PROV-PRB-000001] Hand-over accepted: Leak")
    #expect(try await world.events(world.colleague) == ["problem.offered"], "what he did himself is no news")
    let mails = try await world.rows("email")
    #expect(mails.map(\.address) == ["karl@provider.test", "erika@provider.test"])
    #expect(try await world.left() == 0)
  }

  /// Returned, by whom it was offered to; withdrawn, by who offered it: the other one is told, with the reason.
  @Test func whatIsReturnedOrWithdrawnIsTold() async throws {
    let world = try await NotificationsWorld()
    let offered = try await act("change.offer", on: try await change(world), ["staff": world.colleagueId], as: world.engineer, world)
    try await world.make()
    #expect(try await world.events(world.colleague) == ["change.offered"])
    let returned = try await act("change.return_offer", on: offered, ["reason": "On leave"], as: world.colleague, world)
    try await world.make()
    let told = try #require(try await world.inbox(world.engineer).first)
    #expect(told["subject"] == "[PROV-CHG-000001] Hand-over returned: New switch" && told["body"]?.text?.contains("On leave") == true)
    let again = try await act("change.offer", on: returned, ["staff": world.colleagueId], as: world.engineer, world)
    try await world.make()
    _ = try await act("change.return_offer", on: again, ["reason": "Done already"], as: world.engineer, world)
    try await world.make()
    let last = try await world.inbox(world.colleague).compactMap { $0["subject"]?.text }
    #expect(last.contains("[PROV-CHG-000001] Hand-over withdrawn: New switch"))
    #expect(try await world.events(world.engineer) == ["change.offer_answered"])
    #expect(try await world.left() == 0)
  }

  /// Somebody else who may offered it: he and who answered for it hear that it was taken.
  @Test func whoOfferedItForTheOwnerIsToldToo() async throws {
    let world = try await NotificationsWorld()
    let manager = try await NotificationsWorld.staff("Max", world.database, .administrator).0
    let offered = try await act("problem.offer", on: try await problem(world), ["staff": world.colleagueId], as: manager, world)
    _ = try await act("problem.accept_offer", on: offered, as: world.colleague, world)
    try await world.make()
    #expect(try await world.events(manager) == ["problem.offer_answered"])
    #expect(try await world.events(world.engineer) == ["problem.offer_answered"])
    #expect(try await world.events(world.colleague) == [], "what he has accepted is not offered any more")
  }

  /// Guard: who serves none of those any more whom a change concerns may not read it, and does not hear what became of his offer.
  @Test func whoServesNoneOfAChangeHearsNothingOfItsHandOver() async throws {
    let world = try await NotificationsWorld()
    let (ada, adaId) = try await NotificationsWorld.staff("Ada", world.database, .engineer, for: [world.acme])
    let offered = try await act("change.offer", on: try await change(world, by: ada), ["staff": world.colleagueId], as: ada, world)
    let returned = try await act("change.return_offer", on: offered, ["reason": "On leave"], as: world.colleague, world)
    try await world.make()
    #expect(try await world.events(ada) == ["change.offer_answered"], "she serves whom it concerns")
    let again = try await act("change.offer", on: returned, ["staff": world.colleagueId], as: ada, world)
    for grant in try await world.call("staff_grant.list", ["account": adaId])["items"]?.array ?? [] {
      try await world.call("staff_grant.revoke", ["id": grant["id"] ?? .null])
    }
    try await world.call("staff_grant.add", ["account": adaId, "role": "engineer", "customers": .array([.id(world.other.publicId)])])
    _ = try await act("change.accept_offer", on: again, as: world.colleague, world)
    try await world.make()
    #expect(try await world.events(ada) == ["change.offer_answered"])
    #expect(try await world.left() == 0)
  }

  /// A release is handed over like a change.
  @Test func whoIsOfferedAReleaseIsTold() async throws {
    let world = try await NotificationsWorld()
    let release = try await world.call("release.open", ["title": "Spring"], as: world.engineer)
    let offered = try await act("release.offer", on: release, ["staff": world.colleagueId, "reason": "Knows it"], as: world.engineer, world)
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.events(world.colleague) == ["release.offered"])
    let told = try #require(try await world.inbox(world.colleague).first)
    #expect(told["subject"] == "[PROV-REL-000001] Offered to you: Spring" && told["about"] == release["id"])
    _ = try await act("release.accept_offer", on: offered, as: world.colleague, world)
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.events(world.engineer) == ["release.offer_answered"])
    #expect(try await world.left() == 0)
  }

  /// Who leads a team hears once that it has not answered for a day what it was offered: nobody else of it does, nor who offered it.
  @Test func whoLeadsATeamHearsThatItHasNotAnswered() async throws {
    let world = try await NotificationsWorld()
    let (lena, lenaId) = try await NotificationsWorld.staff("Lena", world.database)
    var team = try await world.call("team.create", ["name": "Network"])
    for member in [lenaId, world.colleagueId] {
      team = try await world.call("team.add_member", ["id": team["id"] ?? .null, "staff": member], version: team["version"]?.integer)
    }
    let network = team["id"] ?? .null
    func offer(_ kind: String, _ record: Value) async throws -> Value {
      try await act("\(kind).offer", on: record, ["team": network], as: world.engineer, world)
    }
    let taken = try await world.call("incident.take", ["id": try await world.incident()], as: world.engineer, version: 1)
    let waiting = try await offer("incident", taken)
    _ = try await offer("problem", try await problem(world))
    _ = try await offer("change", try await change(world))
    _ = try await offer("release", try await world.call("release.open", ["title": "Spring"], as: world.engineer))
    _ = try await offer("major_incident", try await world.call("major_incident.declare", ["title": "Storage"], as: world.engineer))
    let answered = try await offer("problem", try await problem(world))
    _ = try await act("problem.accept_offer", on: answered, as: world.colleague, world)
    let sweep = OwnerSweep([TicketOwners(), ProblemOwners(), ChangeOwners(), ReleaseOwners()] + MajorOwners.all, batch: 1)
    func told(_ principal: Principal, after seconds: Int64) async throws -> [String] {
      world.database.clock.advance(seconds: seconds)
      for _ in 0..<2 { try await sweep.run(at: world.database.clock.now(), world.database.tenancy) }
      for _ in 0..<2 { try await world.make() }
      return try await world.events(principal).filter { $0.hasSuffix(".offer_waiting") }.sorted()
    }
    #expect(try await told(lena, after: 86_300) == [])
    #expect(try await told(lena, after: 200) == [], "nobody leads it")
    try await world.call("team.set_lead", ["id": network, "staff": lenaId, "lead": .bool(true)], version: team["version"]?.integer)
    let all = ["change", "incident", "major_incident", "problem", "release"].map { "\($0).offer_waiting" }
    #expect(try await told(lena, after: 15) == all)
    #expect(try await told(lena, after: 86_400) == all, "once")
    for other in [world.colleague, world.engineer] { #expect(try await told(other, after: 15) == [], "\(other.name)") }
    let news = try await world.inbox(lena).first { $0["event"] == "problem.offer_waiting" }
    #expect(news?["subject"] == "[PROV-PRB-000001] Your team has not answered the offer: Leak")
    let history = try await world.call("incident.history", ["id": waiting["id"] ?? .null], as: world.requester)["items"]?.array ?? []
    #expect(!history.isEmpty && !history.contains { $0["type"] == "incident.ownership_waiting" }, "it is none of the customer's affair")
    #expect(try await world.left() == 0)
  }

  /// Rules name whom a hand-over has, and no other; it is told to no customer.
  @Test func rulesOfOffers() async throws {
    let world = try await NotificationsWorld()
    func answer(_ event: String, _ audience: String) async -> String {
      await refusal { try await world.rule(event, ["audience": .array([.text(audience)])], name: "\(event) \(audience)") }
    }
    #expect(await answer("problem.offered", "offered") == "accepted")
    #expect(await answer("change.offer_answered", "owner") == "accepted")
    #expect(await answer("request.offered", "requester") == "audience notification_rule.no_such_audience")
    #expect(await answer("change.offered", "requester") == "audience notification_rule.no_such_audience")
  }
}
