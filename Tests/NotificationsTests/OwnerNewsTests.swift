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

/// Whoever answers for something by what others did, or by the rule, hears it: once, and only where he may see it.
@Suite struct OwnerNewsTests {
  /// As the sweep of handbooks leaves it.
  private func rule(_ process: String, is principal: Principal, _ world: NotificationsWorld) async throws {
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select '\(process)', '2026-01-01', id, public_id, name, 'default' from tenancy.account where id = \(principal.actor.id)
      """)
  }

  private func problem(_ world: NotificationsWorld, of customer: TenantEntry? = nil, by principal: Principal? = nil) async throws -> Value {
    try await world.call(
      "problem.open", ["customer": .id((customer ?? world.acme).publicId), "title": "Leak", "description": "x", "impact": 2, "urgency": 2],
      as: principal)
  }

  private func change(_ world: NotificationsWorld, by principal: Principal? = nil) async throws -> Value {
    let now = world.database.clock.now()
    return try await world.call(
      "change.open",
      [
        "customer": .id(world.acme.publicId), "kind": "normal", "title": "New switch", "plan": "Swap", "backOut": "Swap back", "test": "Ping",
        "startsAt": .instant(now.adding(seconds: 3600)), "endsAt": .instant(now.adding(seconds: 7200)),
      ], as: principal)
  }

  private func sweep(_ world: NotificationsWorld) async throws {
    world.database.clock.advance(seconds: 15)
    let sweep = OwnerSweep([TicketOwners(), ProblemOwners(), ChangeOwners(), ReleaseOwners()] + MajorOwners.all)
    for _ in 0..<2 { try await sweep.run(at: world.database.clock.now(), world.database.tenancy) }
  }

  /// Somebody else made him the owner: of an incident he hears it as who was assigned, and no second time.
  @Test func whoIsMadeTheOwnerHearsItOnce() async throws {
    let world = try await NotificationsWorld()
    let members: KeyValuePairs<String, Value> = ["id": try await problem(world)["id"] ?? .null, "staff": world.colleagueId]
    try await world.call("problem.assign", members, as: world.engineer, version: 1)
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.events(world.colleague) == ["problem.owner_changed"])
    #expect(try await world.inbox(world.colleague).first?["subject"] == "[PROV-PRB-000001] You answer for it: Leak")
    #expect(try await world.events(world.engineer) == [])
    let opened = try await change(world)
    let own: KeyValuePairs<String, Value> = ["id": opened["id"] ?? .null, "staff": world.engineerId]
    try await world.call("change.assign", own, as: world.engineer, version: opened["version"]?.integer)
    try await world.make()
    #expect(try await world.events(world.engineer) == [], "what he did himself is no news")
    let incident = try await world.incident()
    try await world.call("incident.assign", ["id": incident, "assignee": world.colleagueId], as: world.engineer, version: 1)
    try await world.make()
    #expect(try await world.events(world.colleague).filter { $0.hasPrefix("incident.") } == ["incident.assigned"])
    #expect(try await world.left() == 0)
  }

  /// The same of releases and major incidents.
  @Test func whoIsMadeTheOwnerOfAReleaseOrAMajorIncidentHearsIt() async throws {
    let world = try await NotificationsWorld()
    let release = try await world.call("release.open", ["title": "Spring"])
    let staff: KeyValuePairs<String, Value> = ["id": release["id"] ?? .null, "staff": world.colleagueId]
    try await world.call("release.assign", staff, as: world.engineer, version: release["version"]?.integer)
    let major = try await world.call("major_incident.declare", ["title": "Storage"])
    let lead: KeyValuePairs<String, Value> = ["id": major["id"] ?? .null, "lead": world.colleagueId]
    try await world.call("major_incident.assign", lead, as: world.engineer, version: major["version"]?.integer)
    for _ in 0..<2 { try await world.make() }
    func told(_ principal: Principal) async throws -> [String] {
      try await world.inbox(principal).filter { $0["event"]?.text?.hasSuffix(".owner_changed") == true }.compactMap { $0["subject"]?.text }.sorted()
    }
    #expect(try await told(world.colleague) == ["[PROV-MAJ-000001] You answer for it: Storage", "[PROV-REL-000001] You answer for it: Spring"])
    #expect(try await told(world.engineer) == [], "what he did himself is no news")
    let own = try await world.call("release.open", ["title": "Summer"])
    try await world.call("release.take", ["id": own["id"] ?? .null], as: world.engineer, version: own["version"]?.integer)
    try await world.make()
    #expect(try await told(world.engineer) == [])
    #expect(try await world.left() == 0)
  }

  /// Who lost the right hears nothing; whom the rule names hears of each that it is his from now on.
  @Test func whomTheRuleNamesHearsOfWhatSomebodyLost() async throws {
    let world = try await NotificationsWorld()
    let lena = try await NotificationsWorld.staff("Lena", world.database).0
    let max = try await NotificationsWorld.staff("Max", world.database, .accountManager).0
    for process in ["incident", "problem", "change"] { try await rule(process, is: lena, world) }
    let incident = try await world.incident()
    try await world.call("incident.take", ["id": incident], as: world.colleague, version: 1)
    try await world.call("problem.take", ["id": try await problem(world)["id"] ?? .null], as: world.colleague, version: 1)
    _ = try await change(world, by: world.colleague)
    try await world.call("release.open", ["title": "Spring", "owner": world.colleagueId], as: world.engineer)
    try await world.call(
      "major_incident.declare", ["customer": .id(world.acme.publicId), "title": "Storage", "incidents": .array([incident])], as: world.colleague)
    try await world.make()
    try await sweep(world)
    try await world.make()
    #expect(try await world.events(lena) == [], "he still may")
    try await world.database.narrow(world.colleagueId, to: [world.other])
    try await sweep(world)
    for _ in 0..<2 { try await world.make() }
    let told = ["incident", "problem", "change", "release", "major_incident"].map { "\($0).owner_changed" }
    #expect(try await world.events(lena).sorted() == told.sorted())
    #expect(try await world.events(max).filter { $0.hasSuffix(".owner_changed") } == [], "she is in the place of the account managers")
    #expect(try await world.events(world.colleague) == [])
    #expect(try await world.left() == 0)
  }

  /// An offer to who may not accept it any more ends, and who made it hears that.
  @Test func whoOfferedItHearsThatNobodyCanAcceptIt() async throws {
    let world = try await NotificationsWorld()
    let opened = try await change(world, by: world.engineer)
    let members: KeyValuePairs<String, Value> = ["id": opened["id"] ?? .null, "staff": world.colleagueId]
    try await world.call("change.offer", members, as: world.engineer, version: opened["version"]?.integer)
    try await world.database.narrow(world.colleagueId, to: [world.other])
    try await sweep(world)
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.events(world.engineer) == ["change.offer_answered"])
    #expect(try await world.events(world.colleague) == [], "he may not read it")
  }

  /// So does one to a team, where none of its members may accept it any more; what one of them still may take stays offered.
  @Test func whoOfferedItToATeamHearsThatNobodyOfItCanAcceptIt() async throws {
    let world = try await NotificationsWorld()
    let team = try await world.call("team.create", ["name": "Network"])
    let network = team["id"] ?? .null
    try await world.call("team.add_member", ["id": network, "staff": world.colleagueId], version: team["version"]?.integer)
    let release = try await world.call("release.open", ["title": "Spring"], as: world.engineer)
    let part = try await change(world, by: world.engineer)
    let planned = try await world.call(
      "release.add_change", ["id": release["id"] ?? .null, "change": part["id"] ?? .null], as: world.engineer, version: release["version"]?.integer)
    let major = try await world.call(
      "major_incident.declare",
      ["customer": .id(world.acme.publicId), "title": "Storage", "incidents": .array([try await world.incident()])], as: world.engineer)
    let lost = [
      (kind: "problem", record: try await problem(world, by: world.engineer)), (kind: "change", record: try await change(world, by: world.engineer)),
      (kind: "release", record: planned), (kind: "major_incident", record: major),
    ]
    let kept = (kind: "problem", record: try await problem(world, of: world.other, by: world.engineer))
    for (kind, record) in lost + [kept] {
      try await world.call(
        "\(kind).offer", ["id": record["id"] ?? .null, "team": network], as: world.engineer, version: record["version"]?.integer)
    }
    func outcome(_ one: (kind: String, record: Value)) async throws -> String {
      let offers = try await world.call("\(one.kind).handovers", ["id": one.record["id"] ?? .null], as: world.engineer)["items"]?.array ?? []
      return offers.map { $0["outcome"]?.text ?? "open" }.joined(separator: ", ")
    }
    try await sweep(world)
    for one in lost + [kept] { #expect(try await outcome(one) == "open", "she still may: \(one.kind)") }
    try await world.database.narrow(world.colleagueId, to: [world.other])
    try await sweep(world)
    for one in lost { #expect(try await outcome(one) == "withdrawn", "\(one.kind)") }
    #expect(try await outcome(kept) == "open")
    for _ in 0..<2 { try await world.make() }
    let told = try await world.events(world.engineer).filter { $0.hasSuffix(".offer_answered") }
    #expect(told.sorted() == ["change", "major_incident", "problem", "release"].map { "\($0).offer_answered" })
  }

  /// Of what nobody has taken who answers by the rule hears, as long as he may read it; who takes it knows of it.
  @Test func whoAnswersByTheRuleHearsOfWhatIsNew() async throws {
    let world = try await NotificationsWorld()
    let (lena, lenaId) = try await NotificationsWorld.staff("Lena", world.database)
    try await rule("incident", is: lena, world)
    _ = try await world.incident()
    try await world.make()
    #expect(try await world.events(lena) == ["incident.opened"])
    try await world.call("incident.take", ["id": try await world.incident()], as: world.colleague, version: 1)
    try await world.make()
    #expect(try await world.events(lena) == ["incident.opened"])
    #expect(try await world.events(world.colleague) == [])
    try await world.database.narrow(lenaId, to: [world.other])
    _ = try await world.incident()
    try await world.make()
    #expect(try await world.events(lena) == ["incident.opened"])
  }
}
