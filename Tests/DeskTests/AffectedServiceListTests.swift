import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Desk

/// Which incidents affect a service: in the queue of all customers, and in the list of one.
@Suite struct AffectedServiceListTests {
  /// A CI of ACME's that belongs to VIP, and one that the provider shares with ACME, of LAB.
  private struct Estate {
    let world: CiWorld
    let own: Value
    let core: Value

    var desk: DeskWorld { world.desk }

    init() async throws {
      let world = try await CiWorld()
      func ci(_ name: String, _ service: String, of customer: TenantEntry) async throws -> Value {
        try await world.desk.database.call(
          "ci.create", ["customer": .id(customer.publicId), "type": "server", "name": .text(name), "service": .text(service)], as: world.desk.engineer
        )["id"] ?? .null
      }
      own = try await ci("files-01", "VIP", of: world.desk.acme)
      core = try await ci("Core switch", "LAB", of: world.desk.database.provider)
      try await world.desk.database.call("shared_ci.affect", ["id": core, "customer": .id(world.desk.acme.publicId)], as: world.desk.engineer)
      self.world = world
    }

    /// An incident of whose CIs somebody has taken over what fails with them.
    func taken(_ cis: KeyValuePairs<String, Value>) async throws -> Value {
      try await desk.act("take_affected", on: try await world.open(cis))
    }

    func queue(_ input: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [Value] {
      try await desk.database.call("incident.queue", input, as: principal ?? desk.engineer)["items"]?.column("id") ?? []
    }

    func listed(_ service: String, state: Value = .null) async throws -> [Value] {
      try await desk.database.call(
        "incident.list", ["customer": .id(desk.acme.publicId), "affectedService": .text(service), "state": state], as: desk.engineer
      )["items"]?.column("id") ?? []
    }

    func count(_ input: KeyValuePairs<String, Value>) async throws -> Value? {
      try await desk.database.call("incident.count", input, as: desk.engineer)["count"]
    }
  }

  /// Guards: without the service in the condition all three were shown; were it kept beside the service whether the ticket is open, the customer, who may
  /// not see the services, could not bring back what he reopens.
  @Test func whatAffectsAServiceIsListed() async throws {
    let estate = try await Estate()
    let desk = estate.desk
    let first = try await estate.taken(["cis": .array([estate.own])])
    let both = try await estate.taken(["cis": .array([estate.own]), "sharedCis": .array([estate.core])])
    _ = try await estate.world.open(["cis": .array([estate.own])])  // nobody has taken over what fails with it
    let (one, two) = (first["id"] ?? .null, both["id"] ?? .null)
    #expect(try await estate.queue(["affectedService": "VIP"]) == [one, two])
    #expect(try await estate.queue(["affectedService": "LAB"]) == [two])
    #expect(try await estate.listed("VIP") == [two, one])
    #expect(try await estate.listed("LAB") == [two])
    #expect(try await estate.count(["affectedService": "VIP"]) == 2)
    // Narrowed by what else the queue takes, and by whom one serves.
    #expect(try await estate.queue(["affectedService": "VIP", "priority": 1]) == [])
    #expect(try await estate.queue(["affectedService": "VIP", "customers": .array(["OTHER"])]) == [])
    let stranger = try await desk.database.staff(.engineer, for: [desk.other])
    #expect(try await estate.queue(["affectedService": "VIP"], as: stranger) == [])
    // Page by page; a cursor is good for its service alone.
    let page = try await desk.database.call("incident.queue", ["affectedService": "VIP", "limit": 1], as: desk.engineer)
    let next = page["next"] ?? .null
    #expect(page["items"]?.column("id") == [one])
    #expect(try await estate.queue(["affectedService": "VIP", "limit": 1, "cursor": next]) == [two])
    await expectFailure(.invalid) { try await estate.queue(["affectedService": "LAB", "limit": 1, "cursor": next]) }
    // What is over stands in the list, and in no queue; whoever reopens it.
    try await desk.act("resolve", on: first, ["resolution": "Restarted"])
    #expect(try await estate.queue(["affectedService": "VIP"]) == [two])
    #expect(try await estate.listed("VIP") == [two, one])
    #expect(try await estate.listed("VIP", state: "resolved") == [one])
    let manager = try await desk.database.user(.customerManager, of: desk.acme)
    try await desk.act("reopen", on: try await desk.read(first, as: manager), ["reason": "Still down"], as: manager)
    #expect(try await Set(estate.queue(["affectedService": "VIP"])) == [one, two])
    // What nobody has taken over any more is listed no more.
    let without = try await desk.act("remove_ci", on: try await desk.read(both), ["ci": estate.own])
    try await desk.act("take_affected", on: without)
    #expect(try await estate.queue(["affectedService": "VIP"]) == [one])
    #expect(try await estate.listed("VIP") == [one])
  }

  /// Saved, it means what it says whoever looks later.
  @Test func aFilterKeepsTheService() async throws {
    let estate = try await Estate()
    let desk = estate.desk
    let taken = try await estate.taken(["cis": .array([estate.own])])
    _ = try await estate.world.open(["cis": .array([estate.own])])
    func save(_ name: Value, _ criteria: Value, queue: Value = "incident") async throws -> Value {
      try await desk.database.call("queue_filter.save", ["name": name, "queue": queue, "criteria": criteria], as: desk.engineer)
    }
    let saved = try await save("Files", .object(["affectedService": "VIP"]))
    let filter = saved["id"] ?? .null
    #expect(saved["criteria"]?["affectedService"] == "VIP")
    #expect(try await estate.queue(["filter": filter]) == [taken["id"] ?? .null])
    #expect(try await estate.count(["filter": filter]) == 1)
    #expect(await estate.world.refused { .array(try await estate.queue(["filter": filter, "ci": estate.own])) } == ["ci queue.service_alone"])
    let unknown = await estate.world.refused { try await save("None", .object(["affectedService": "NONE"])) }
    #expect(unknown == ["criteria.affectedService input.unknown_reference"])
    let other = await estate.world.refused { try await save("Work", .object(["affectedService": "VIP"]), queue: "work") }
    #expect(other == ["criteria.affectedService queue_filter.not_of_this_queue"])
  }

  @Test func whatIsWrongIsSaid() async throws {
    let estate = try await Estate()
    let desk = estate.desk
    let team = try await desk.database.call("team.create", ["name": "First line"], as: desk.manager)["id"] ?? .null
    func refused(_ operation: String, _ input: KeyValuePairs<String, Value>, as principal: Principal? = nil) async -> [String] {
      await estate.world.refused { try await desk.database.call(operation, input, as: principal ?? desk.engineer) }
    }
    let acme = Value.id(desk.acme.publicId)
    for operation in ["incident.queue", "incident.count"] {
      #expect(await refused(operation, ["affectedService": "NONE"]) == ["affectedService input.unknown_reference"])
      for (name, value) in [("ci", estate.own), ("attribute", "region:emea")] as [(String, Value)] {
        #expect(await refused(operation, ["affectedService": "VIP", name: value]) == ["affectedService queue.service_alone"], "\(operation) \(name)")
      }
      let ordered = await refused(operation, ["affectedService": "VIP", "team": team, "order": "team_due"])
      #expect(ordered == ["affectedService queue.service_alone"])
    }
    #expect(await refused("incident.list", ["customer": acme, "affectedService": "NONE"]) == ["affectedService input.unknown_reference"])
    let person = try await desk.database.call("person.add", ["customer": "ACME", "name": "Kim Roe", "email": "kim@acme.test"], as: desk.manager)
    for (name, value) in [("ci", estate.own), ("attribute", "region:emea"), ("requester", person["id"] ?? .null)] as [(String, Value)] {
      let answer = await refused("incident.list", ["customer": acme, "affectedService": "VIP", name: value])
      #expect(answer == ["affectedService queue.service_alone"], "\(name)")
    }
    // Guard: of a customer row security alone would say that there is none.
    let manager = try await desk.database.user(.customerManager, of: desk.acme)
    #expect(await refused("incident.list", ["customer": acme, "affectedService": "VIP"], as: manager) == ["affectedService ticket.staff_only"])
  }

  /// Among 20,000 incidents, of which one in a thousand affects VIP and each other one LAB. Guards: without its index the list is sorted; the queue meets
  /// what many affect on its way, and looks up what few do.
  @Test func eachIsReadByItsIndex() async throws {
    let estate = try await Estate()
    let database = estate.desk.database
    _ = try await estate.taken(["cis": .array([estate.own])])
    try await database.runAsSuperuser(
      """
      with made as (
        insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
          last_seq, recorded_at, updated_at)
        select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, t.title, t.description, t.line_reason, t.impact, t.urgency,
          t.priority, t.state, t.opened_at - n * interval '1 minute', t.last_seq, t.recorded_at, t.updated_at
        from desk.ticket t cross join generate_series(1, 20000) n returning tenant_id, id, number, opened_at)
      insert into desk.affected_service (tenant_id, ticket_id, service_id, is_shared, recorded_at, opened_at)
      select m.tenant_id, m.id, s.id, false, m.opened_at, m.opened_at
      from made m join catalog.service s on s.code = case when m.number % 1000 = 0 then 'VIP' else 'LAB' end;
      analyze desk.ticket; analyze desk.affected_service;
      """)
    let list = try await database.superuser.transaction { transaction in
      try await transaction.execute(PlanOnceForAll())
      try await transaction.execute(PrepareTicketsOfService())
      return try await transaction.query(PlanTicketsOfService())
    }
    #expect(list.contains { $0.contains("using affected_service_listed on affected_service a") }, "\(list.joined(separator: "\n"))")
    #expect(!list.contains { $0.contains("Sort") || $0.contains("Seq Scan on ticket") }, "\(list.joined(separator: "\n"))")
    for code in ["VIP", "LAB"] {
      let service = try #require(try await database.asStaff(CataloguedService(code: code)).first)
      let given: Value = .object(["wanted_service": .text(String(service)), "unowned_only": "false"])
      let queue = try await database.finderPlan("service_tickets", given: given, isRun: true)
      let told = queue.joined(separator: "\n")
      #expect(!queue.contains { $0.contains("Seq Scan on ticket") || $0.contains("Seq Scan on affected_service") }, "\(code):\n\(told)")
      // Pages of eight kilobytes: all tickets are some 1,000.
      let read = queue.first { $0.contains("Buffers: shared ") }?.split { " =".contains($0) } ?? []
      let pages = ["hit", "read"].compactMap { word in read.firstIndex { $0 == word }.flatMap { Int(read[$0 + 1]) } }
      #expect(!pages.isEmpty && pages.reduce(0, +) < 800, "\(code):\n\(told)")
    }
  }
}

private struct PlanOnceForAll: Statement {
  static let sql = "set local plan_cache_mode = force_generic_plan"
}

private struct PrepareTicketsOfService: Statement {
  static let sql = "prepare tickets_of_service as \(TicketsOfAffectedService.sql)"
}

private struct PlanTicketsOfService: Statement {
  static let sql = """
    explain execute tickets_of_service (1, true, '{}', null, null, null, null, '2000-01-01', '2100-01-01', 0, 51, null, 1)
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
