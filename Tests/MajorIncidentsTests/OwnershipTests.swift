import Desk
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import MajorIncidents

/// A major incident is led by one at all times: who leads it goes on until somebody accepts it from him.
@Suite struct OwnershipTests {
  /// The id of a member of the staff.
  private func id(of principal: Principal, _ world: MajorWorld) async throws -> Value {
    let own = LeadByAccount(provider: world.database.provider.id, account: principal.actor.id)
    let found = try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.first(own)
    }
    return .id(world.database.provider.id("stf", try #require(found).lead.publicId))
  }

  /// The same of one who may work for all customers.
  private func granted(_ principal: Principal, _ world: MajorWorld) async throws -> Value {
    let id = try await id(of: principal, world)
    try await world.call("staff_grant.add", ["account": id, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    return id
  }

  private func handovers(_ major: Value, _ world: MajorWorld) async throws -> [String] {
    try await world.list("major_incident.handovers", major["id"]).map { $0["outcome"]?.text ?? "open" }
  }

  private func count(_ filter: KeyValuePairs<String, Value>, _ world: MajorWorld, as principal: Principal? = nil) async throws -> Int? {
    try await world.call("major_incident.list", filter, as: principal)["items"]?.array?.count
  }

  @Test func theLeadGoesOnUntilTheOfferIsAccepted() async throws {
    let world = try await MajorWorld()
    let administrator = try await world.database.staff(.administrator)
    let peer = try await world.database.staff(.engineer)
    let (first, second) = (try await granted(world.engineer, world), try await granted(peer, world))
    var major = try await world.declare([(try await world.incident("Slow"), world.acme)])
    #expect(major["lead"] == first && major["leadBy"] == "person")
    #expect(await refusal { try await world.act("take", on: major, as: peer) } == "major_incident.led")
    #expect(await refusal { try await world.act("assign", on: major, ["lead": second]) } == "major_incident.led")
    #expect(await refusal { try await world.act("offer", on: major, ["staff": second], as: peer) } == "major_incident.not_leads")
    #expect(await refusal { try await world.act("offer", on: major) } == "staff owner.one_receiver")
    #expect(await refusal { try await world.act("offer", on: major, ["staff": first]) } == "staff owner.offered_to_owner")
    major = try await world.act("offer", on: major, ["staff": second, "reason": "My shift is over"])
    #expect(major["lead"] == first)
    let read = try await world.call("major_incident.read", ["id": major["id"] ?? .null])
    #expect(read["offer"]?["staff"] == second && read["offer"]?["reason"] == "My shift is over")
    #expect(try await count(["offered": .bool(true)], world, as: peer) == 1)
    #expect(try await count(["offered": .bool(true)], world) == 0)
    #expect(await refusal { try await world.act("offer", on: major, ["staff": second]) } == "owner.offered")
    #expect(await refusal { try await world.act("accept_offer", on: major) } == "owner.offered_to_another")
    #expect(await refusal { try await world.act("accept_offer", on: major, as: administrator) } == "owner.offered_to_another")
    major = try await world.act("return_offer", on: major, ["reason": "On leave"], as: peer)
    #expect(major["lead"] == first)
    // In his absence who keeps the contracts of its customers offers it.
    major = try await world.act("offer", on: major, ["staff": second], as: administrator)
    major = try await world.act("accept_offer", on: major, as: peer)
    #expect(major["lead"] == second)
    #expect(try await count(["lead": second], world) == 1)
    #expect(try await count(["lead": first], world) == 0)
    let events = try await world.list("major_incident.history", major["id"]).compactMap { $0["type"]?.text?.split(separator: ".").last.map(String.init) }
    #expect(events == ["declared", "incident_linked", "ownership_offered", "ownership_returned", "ownership_offered", "owner_changed"])
    // What was looked back on is offered to nobody any more.
    major = try await world.act("resolve", on: major, ["resolution": "Disk replaced"], as: peer)
    major = try await world.act("offer", on: major, ["staff": first], as: peer)
    major = try await world.act("review", on: major, ["review": "Watch the disks"], as: peer)
    #expect(try await handovers(major, world) == ["returned", "accepted", "withdrawn"])
    let over = major
    #expect(await refusal { try await world.act("offer", on: over, ["staff": first], as: peer) } == "major_incident.wrong_state")
    #expect(await refusal { try await world.act("accept_offer", on: over) } == "major_incident.wrong_state")
    #expect(over["lead"] == second)
  }

  /// Whoever leads it may work for all of its customers, and sees what he is offered; no customer does.
  @Test func itIsOfferedToWhoMayLeadIt() async throws {
    let world = try await MajorWorld()
    let acmes = try await id(of: world.servesAcme, world)
    try await world.call(
      "staff_grant.add", ["account": acmes, "role": "engineer", "customers": .array([.id(world.acme.publicId)])], as: world.database.root)
    let both = try await world.declare([
      (try await world.incident("Slow"), world.acme), (try await world.incident("Too", of: world.other), world.other),
    ])
    #expect(await refusal { try await world.act("offer", on: both, ["staff": acmes]) } == "staff major_incident.may_not_lead")
    let nobody = Value.id(world.database.provider.id("stf", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal { try await world.act("offer", on: both, ["staff": nobody]) } == "staff input.unknown_reference")
    #expect(await refusal { try await world.call("major_incident.declare", ["title": "x", "lead": nobody]) } == "lead input.unknown_reference")
    // One without incidents is there for whom it is offered to, and for no other who serves a few.
    let bare = try await world.call("major_incident.declare", ["title": "Storage"])
    await expectFailure(.notFound) { try await world.call("major_incident.read", ["id": bare["id"] ?? .null], as: world.servesAcme) }
    let offered = try await world.act("offer", on: bare, ["staff": acmes])
    #expect(try await count([:], world, as: world.servesAcme) == 2)
    for operation in ["major_incident.read", "major_incident.handovers"] {
      await expectFailure(.denied) { try await world.call(operation, ["id": offered["id"] ?? .null], as: world.acmesManager) }
    }
    await expectFailure(.denied) { try await world.act("accept_offer", on: offered, as: world.acmesManager) }
    let led = try await world.act("accept_offer", on: offered, as: world.servesAcme)
    #expect(led["lead"] == acmes)
    let named = try await world.call("major_incident.declare", ["title": "Network", "lead": acmes])
    #expect(named["lead"] == acmes && named["leadBy"] == "person")
  }

  /// Guard: by a right for any customer, a team that serves another one would be offered it, and keep everybody else from it.
  @Test func aTeamIsOfferedWhatOneOfItMayLead() async throws {
    let world = try await MajorWorld()
    let member = try await granted(world.servesAcme, world)
    try await world.database.narrow(member, to: [world.acme])
    let team = try await world.call("team.create", ["name": "Network"], as: world.database.root)["id"] ?? .null
    try await world.database.call("team.add_member", ["id": team, "staff": member], as: world.database.root, version: 1)
    let both = try await world.declare([
      (try await world.incident("Slow"), world.acme), (try await world.incident("Too", of: world.other), world.other),
    ])
    #expect(await refusal { try await world.act("offer", on: both, ["team": team]) } == "team owner.team_may_not_work")
    try await world.database.narrow(member, to: [world.acme, world.other])
    let offered = try await world.act("offer", on: both, ["team": team])
    let peer = try await world.database.staff(.engineer)
    #expect(await refusal { try await world.act("accept_offer", on: offered, as: peer) } == "owner.offered_to_team")
    #expect(try await count(["offered": .bool(true)], world, as: world.servesAcme) == 1)
    #expect(try await count(["offered": .bool(true)], world, as: peer) == 0, "he is none of the team")
    try await world.database.narrow(member, to: [world.acme])
    #expect(try await world.act("accept_offer", on: offered, as: peer)["leadBy"] == "person", "nobody of the team may lead it any more")
  }

  /// What was declared at the machine is led by whom the rule of incidents names, until somebody takes it.
  @Test func whatNobodyHasTakenIsLedByTheRule() async throws {
    let world = try await MajorWorld()
    let lead = try await granted(world.engineer, world)
    try await world.database.runAsSuperuser(
      """
      insert into handbooks.accountable (process, valid_from, owner_id, owner_public_id, owner_name, rule)
      select 'incident', '2026-01-01', id, public_id, 'Pat', 'default' from tenancy.account where id = \(world.engineer.actor.id)
      """)
    let declared = try await world.call("major_incident.declare", ["title": "Storage"], as: world.database.root)
    #expect(declared["lead"] == lead && declared["leadName"] == "Pat" && declared["leadBy"] == "default")
    #expect(await refusal { try await world.act("offer", on: declared, ["staff": lead]) } == "major_incident.lead_missing")
    #expect(await refusal { try await world.act("take", on: declared, as: world.database.root) } == "major_incident.needs_person")
    #expect(try await world.act("take", on: declared)["leadBy"] == "person")
  }

  private func sweep(_ world: MajorWorld) async throws {
    for _ in 0..<2 { try await OwnerSweep(MajorOwners.all, batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
  }

  private func read(_ major: Value, _ world: MajorWorld) async throws -> Value {
    try await world.call("major_incident.read", ["id": major["id"] ?? .null])
  }

  /// Who may not work for one of its customers any more does not lead it, nor accept it; what was looked back on keeps its lead.
  @Test func aLostGrantEndsTheLead() async throws {
    let world = try await MajorWorld()
    let peer = try await world.database.staff(.engineer)
    let (first, second) = (try await granted(world.engineer, world), try await granted(peer, world))
    let ours = try await world.declare([(try await world.incident("Slow"), world.acme)])
    let theirs = try await world.declare([(try await world.incident("Slow", of: world.other), world.other)])
    let bare = try await world.declare([])
    var reviewed = try await world.declare([(try await world.incident("Slow"), world.acme)])
    reviewed = try await world.act("resolve", on: reviewed, ["resolution": "Disk replaced"])
    reviewed = try await world.act("review", on: reviewed, ["review": "Watch the disks"])
    let handedOver = try await world.act("offer", on: ours, ["staff": second])
    var kept = try await world.declare([(try await world.incident("Slow"), world.acme)], as: peer)
    kept = try await world.act("offer", on: kept, ["staff": first], as: peer)
    try await sweep(world)
    for one in [handedOver, theirs, bare, kept] { #expect(try await read(one, world)["version"] == one["version"], "he still may") }
    try await world.database.narrow(first, to: [world.other])
    try await sweep(world)
    let lost = try await read(ours, world)
    #expect(lost["leadBy"] != "person" && lost["version"]?.integer == (handedOver["version"]?.integer ?? 0) + 1)
    let history = try await world.list("major_incident.history", ours["id"])
    #expect(history.compactMap { $0["type"]?.text }.suffix(2) == ["major_incident.ownership_offered", "major_incident.owner_changed"])
    #expect(history.last?["payload"]?["mayNotWork"] == .bool(true) && history.last?["payload"]?["from"] == first)
    #expect(try await count(["unowned": .bool(true)], world) == 1)
    #expect(try await count(["unowned": .bool(true)], world, as: world.servesAcme) == 1)
    #expect(try await count(["unowned": .bool(false)], world) == 5)
    #expect(try await handovers(ours, world) == ["withdrawn"])
    #expect(try await handovers(kept, world) == ["withdrawn"])
    #expect(try await read(kept, world)["lead"] == second)
    for stays in [theirs, bare, reviewed] {
      let found = try await read(stays, world)
      #expect(found["lead"] == first && found["version"] == stays["version"])
    }
    #expect(try await world.act("take", on: lost, as: peer)["lead"] == second)
    try await world.call("staff.disable", ["id": first], as: world.database.root)
    try await sweep(world)
    for left in [theirs, bare] { #expect(try await read(left, world)["leadBy"] != "person") }
    #expect(try await read(reviewed, world)["lead"] == first)
  }

  /// Whoever leads one needs both: to work on major incidents, and on incidents.
  @Test(arguments: ["major_incident.work", "incident.work"]) func eitherLostPermissionEndsTheLead(permission: String) async throws {
    let world = try await MajorWorld()
    let first = try await granted(world.engineer, world)
    let bare = try await world.declare([])
    try await sweep(world)
    #expect(try await read(bare, world)["lead"] == first)
    try await world.database.runAsSuperuser("delete from tenancy.role_permission where role = 'engineer' and permission = '\(permission)'")
    try await sweep(world)
    #expect(try await read(bare, world)["leadBy"] != "person")
  }

  /// What a text was and became stands in the history, and beside it where it can be erased: the event holds no words.
  @Test func textsAreToldWithWhatTheyWere() async throws {
    let world = try await MajorWorld()
    var major = try await world.declare([])
    major = try await world.act("change", on: major, ["title": "Network CANARY", "description": "No route"])
    major = try await world.act("mitigate", on: major, ["mitigation": "Second line CANARY"])
    major = try await world.act("resolve", on: major, ["resolution": "Disk replaced"])
    major = try await world.act("reopen", on: major, ["reason": "It fails again"])
    major = try await world.act("resolve", on: major, ["resolution": "Controller replaced"])
    _ = try await world.act("review", on: major, ["review": "Watch the controllers"])
    let changes = try await world.list("major_incident.history", major["id"]).flatMap { $0["payload"]?["changes"]?.array ?? [] }
    let told = changes.map { change in "\(change["key"]?.text ?? "?"): \(change["was"]?.text ?? "-") > \(change["became"]?.text ?? "-")" }
    #expect(
      told == [
        "title: Storage CANARY > Network CANARY", "description:  > No route", "mitigation: - > Second line CANARY", "resolution: - > Disk replaced",
        "resolution: Disk replaced > Controller replaced", "review: - > Watch the controllers",
      ], "\(told)")
    let words = try await world.database.superuser.transaction { try await $0.query(WordsInEvents()).first ?? -1 }
    #expect(words == 0)
  }
}

private struct WordsInEvents: Statement {
  static let sql = "select count(*) from operations.event where subject_kind = 'major_incident' and payload::text like '%CANARY%'"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
