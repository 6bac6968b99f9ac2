import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// CIs that the provider shares on the tickets of customers, and what fails with the CIs of a ticket.
@Suite struct SharedCiTests {
  @Test func aSharedCiIsNamedByTheStaffOnTicketsOfThoseWhomItAffects() async throws {
    let world = try await CiWorld()
    let core = try await world.shared("Core switch", tier: "platinum", affecting: [world.desk.acme])
    let ticket = try await world.open(["sharedCis": .array([core])])
    #expect(ticket["ciTier"] == "platinum")
    #expect(world.due(ticket, "resolution") == "2026-03-02T08:30:00Z")
    #expect(try await world.explain(ticket)["tier"]?["ciName"] == "Core switch")
    #expect(await world.refused { try await world.open(["sharedCis": .array([core])], for: world.desk.other) } == ["sharedCis[0] input.unknown_reference"])
    let bare = try await world.open([:])
    let named = try await world.desk.act("add_ci", on: bare, ["sharedCi": core, "primary": .bool(true)])
    #expect(named["ciTier"] == "platinum")
    #expect(try await world.desk.act("classify", on: named, ["sharedCis": .null])["ciTier"] == .null)
    // Not a CI of the customer's, whoever asks.
    #expect(await world.refused { try await world.desk.act("add_ci", on: bare, ["ci": core]) } == ["ci input.unknown_reference"])
  }

  @Test func aCustomerSeesWhatASharedCiIsCalledAndNoMore() async throws {
    let world = try await CiWorld()
    let core = try await world.shared("Core switch", tier: "platinum", affecting: [world.desk.acme])
    let own = try await world.ci("files-01", tier: "gold")
    let ticket = try await world.open(["sharedCis": .array([core]), "cis": .array([own])])
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    let seen = try await world.desk.list("cis", of: ticket, as: manager)
    #expect(seen.compactMap { $0["name"] } == ["files-01", "Core switch"])
    #expect(seen.last?["state"] == .null && seen.last?["ciTier"] == .null && seen.last?["addedBy"] == .null)
    #expect(seen.first?["ciTier"] == "gold")
    #expect(await world.refused { try await world.open(["sharedCis": .array([core])], as: manager) } == ["sharedCis[0] ticket.staff_only"])
    #expect(try await world.open(["cis": .array([own])], as: manager)["ciTier"] == "gold")
    let requester = try await world.desk.database.user(.requester, of: world.desk.acme, .own)
    #expect(await world.refused { try await world.open(["cis": .array([own])], as: requester) } == ["cis[0] input.unknown_reference"])
  }

  @Test func anotherCustomersCiIsNotThere() async throws {
    let world = try await CiWorld()
    let foreign = try await world.ci("foreign-01", of: world.desk.other)
    #expect(await world.refused { try await world.open(["cis": .array([foreign])]) } == ["cis[0] input.unknown_reference"])
    let ticket = try await world.open([:])
    #expect(await world.refused { try await world.desk.act("add_ci", on: ticket, ["ci": foreign]) } == ["ci input.unknown_reference"])
  }

  @Test func theQueueIsNarrowedToASharedCiOverAllCustomers() async throws {
    let world = try await CiWorld()
    let core = try await world.shared("Core switch", affecting: [world.desk.acme, world.desk.other])
    let tickets = [
      try await world.open(["sharedCis": .array([core])]), try await world.open(["sharedCis": .array([core])], for: world.desk.other),
    ]
    _ = try await world.open([:])
    let queue = try await world.desk.database.call("incident.queue", ["ci": core], as: world.desk.engineer)["items"]?.column("id") ?? []
    #expect(Set(queue) == Set(tickets.compactMap { $0["id"] }))
    let limited = try await world.desk.database.staff(.engineer, for: [world.desk.acme])
    #expect(
      await world.refused { try await world.desk.database.call("incident.queue", ["ci": core], as: limited) } == ["ci input.unknown_reference"],
      "the provider's CMDB is for those who serve all")
  }

  @Test func theImpactOfATicketIsThatOfAllItsCis() async throws {
    let world = try await CiWorld()
    let (host, share) = (try await world.ci("files-01"), try await world.ci("File share"))
    let (core, platform) = (
      try await world.shared("Core switch", affecting: []), try await world.shared("Mail platform", affecting: [world.desk.acme, world.desk.other])
    )
    try await relate(share, "runs_on", host, world)
    try await relate(platform, "depends_on", core, world)
    _ = try await world.desk.database.call("shared_ci.affect", ["id": core, "customer": .id(world.desk.acme.publicId)], as: world.desk.engineer)
    let ticket = try await world.open(["cis": .array([host]), "sharedCis": .array([core])])
    let affected = try await world.desk.database.call("incident.affected", ["id": ticket["id"] ?? .null], as: world.desk.engineer)
    #expect(affected["named"]?.column("name") == ["files-01", "Core switch"])
    #expect(affected["reached"]?.column("name") == ["File share", "Mail platform"])
    #expect(affected["customers"]?.column("code") == ["ACME", "OTHER"])
    #expect(affected["isCut"] == .bool(false))
    let near = try await world.desk.database.call("incident.affected", ["id": ticket["id"] ?? .null, "most": 1, "depth": 1], as: world.desk.engineer)
    #expect(near["isCut"] == .bool(false), "each walk has room for the one that it reaches")
    // Who serves one customer learns neither of the others nor of the provider's own CIs.
    let limited = try await world.desk.database.staff(.engineer, for: [world.desk.acme])
    let own = try await world.desk.database.call("incident.affected", ["id": ticket["id"] ?? .null], as: limited)
    #expect(own["named"]?.column("name") == ["files-01"] && own["reached"]?.column("name") == ["File share"])
    #expect(own["customers"] == .array([]))
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    let seen = try await world.desk.database.call("incident.affected", ["id": ticket["id"] ?? .null], as: manager)
    #expect(seen["reached"]?.column("name") == ["File share"])
    #expect(seen["customers"] == .array([]))
  }

  /// They stay when the CIs go, until they are taken over again; what came of shared ones is for those who see that.
  @Test func theServicesThatTheWalkFindsAreTakenOver() async throws {
    let world = try await CiWorld()
    let database = world.desk.database
    func codes(_ incident: Value?) -> [Value]? { incident?["affectedServices"]?.column("code") }
    let (own, core) = (try await ci("files-01", "VIP", world), try await ci("Core switch", "LAB", of: database.provider, world))
    _ = try await database.call("shared_ci.affect", ["id": core, "customer": .id(world.desk.acme.publicId)], as: world.desk.engineer)
    let ticket = try await world.open(["cis": .array([own]), "sharedCis": .array([core])])
    let limited = try await database.staff(.engineer, for: [world.desk.acme])
    let first = try await world.desk.act("take_affected", on: ticket, as: limited)
    #expect(codes(first) == ["VIP"])
    let both = try await world.desk.act("take_affected", on: first)
    #expect(codes(both) == ["LAB", "VIP"] && both["version"] != first["version"])
    #expect(await world.refused { try await world.desk.act("take_affected", on: both) } == ["ticket.services_taken"])
    let without = try await world.desk.act("remove_ci", on: both, ["ci": own, "sharedCi": core])
    #expect(codes(try await world.desk.read(without)) == ["LAB", "VIP"], "nobody has taken over what the walk finds now")
    let less = try await world.desk.act("take_affected", on: without, as: limited)
    #expect(codes(less) == ["LAB"])
    #expect(await world.refused { try await world.desk.act("take_affected", on: less, as: limited) } == ["ticket.services_taken"])
    let manager = try await database.user(.customerManager, of: world.desk.acme)
    #expect(codes(try await world.desk.read(less, as: manager)) == [])
    #expect(codes(try await world.desk.act("take_affected", on: less)) == [])
    let told = try await world.desk.list("history", of: ticket).filter { $0["type"] == "incident.services_affected" }
    #expect(told.compactMap { $0["payload"]?["added"] } == [.array(["VIP"]), .array(["LAB"]), .array([]), .array([])])
    #expect(told.compactMap { $0["payload"]?["removed"] } == [.array([]), .array([]), .array(["VIP"]), .array(["LAB"])])
    #expect(try await world.desk.list("history", of: ticket, as: manager).allSatisfy { $0["type"] != "incident.services_affected" })
    let stranger = try await database.staff(.engineer, for: [world.desk.other])
    await expectFailure(.notFound) { try await world.desk.act("take_affected", on: ticket, as: stranger) }
  }

  /// Guard: what was recorded of a walk that was cut would look like all. Of what rests on shared ones those hear who walk there.
  @Test func thatTheWalkWasCutIsTold() async throws {
    let world = try await CiWorld()
    let database = world.desk.database
    let (host, share, archive) = (try await ci("files-01", "VIP", world), try await world.ci("File share"), try await ci("Archive", "LAB", world))
    try await relate(share, "runs_on", host, world)
    try await relate(archive, "depends_on", share, world)
    func taken(_ cis: KeyValuePairs<String, Value>, depth: Int64 = 10, as principal: Principal? = nil) async throws -> Value {
      try await world.desk.act("take_affected", on: try await world.open(cis), ["depth": .integer(depth)], as: principal)
    }
    func codes(_ incident: Value) -> [Value]? { incident["affectedServices"]?.column("code") }
    let own: KeyValuePairs<String, Value> = ["cis": .array([host])]
    // By how far it goes.
    let near = try await taken(own, depth: 1)
    #expect(codes(near) == ["VIP"] && near["isCut"] == .bool(true))
    let far = try await taken(own, depth: 2)
    #expect(codes(far) == ["LAB", "VIP"] && far["isCut"] == .bool(false))
    // By how many there are: the archive is the last of the 2,000, and then there is no room for it.
    try await leaves(1998, world)
    let all = try await taken(own)
    #expect(codes(all) == ["LAB", "VIP"] && all["isCut"] == .bool(false))
    try await leaves(1, world)
    let some = try await taken(own)
    #expect(codes(some) == ["VIP"] && some["isCut"] == .bool(true))
    let proposed = try await database.call("incident.affected", ["id": some["id"] ?? .null, "most": 2000], as: world.desk.engineer)
    #expect(proposed["isCut"] == .bool(true))
    // Of shared ones.
    let core = try await ci("Core switch", "LAB", of: database.provider, world)
    _ = try await database.call("shared_ci.affect", ["id": core, "customer": .id(world.desk.acme.publicId)], as: world.desk.engineer)
    let (platform, portal) = (try await world.shared("Platform", affecting: []), try await world.shared("Portal", affecting: []))
    try await relate(platform, "depends_on", core, world)
    try await relate(portal, "depends_on", platform, world)
    let both: KeyValuePairs<String, Value> = ["cis": .array([archive]), "sharedCis": .array([core])]
    #expect(try await taken(both, depth: 1)["isCut"] == .bool(true))
    #expect(try await taken(both, depth: 1, as: try await database.staff(.engineer, for: [world.desk.acme]))["isCut"] == .bool(false))
  }

  /// The id of a CI of a service; of ACME's, or of another tenant's.
  private func ci(_ name: String, _ service: String, of customer: TenantEntry? = nil, _ world: CiWorld) async throws -> Value {
    try await world.desk.database.call(
      "ci.create",
      ["customer": .id((customer ?? world.desk.acme).publicId), "type": "server", "name": .text(name), "service": .text(service)],
      as: world.desk.engineer)["id"] ?? .null
  }

  /// CIs of no service that stand on files-01.
  private func leaves(_ count: Int, _ world: CiWorld) async throws {
    try await world.desk.database.runAsSuperuser(
      """
      with copy as (
        insert into assets.ci (tenant_id, public_id, type_id, name, name_key, state, attributes, confirmed_at, recorded_at, type_seq)
        select c.tenant_id, substr(sha256(('\(count) ' || n)::bytea), 1, 12), c.type_id, 'leaf', 'leaf', c.state, c.attributes, c.confirmed_at,
          c.recorded_at, c.type_seq
        from assets.ci c cross join generate_series(1, \(count)) n where c.name = 'files-01' returning tenant_id, id)
      insert into assets.relation (tenant_id, from_id, to_id, kind, recorded_at)
      select y.tenant_id, y.id, c.id, 'depends_on', c.recorded_at from copy y join assets.ci c on c.tenant_id = y.tenant_id and c.name = 'files-01'
      """)
  }

  private func relate(_ from: Value, _ kind: String, _ to: Value, _ world: CiWorld) async throws {
    let row = try await world.desk.database.call("ci.read", ["id": from], as: world.desk.engineer)
    _ = try await world.desk.database.call(
      "ci.relate", ["id": from, "kind": .text(kind), "to": to], as: world.desk.engineer, version: row["version"]?.integer)
  }
}
