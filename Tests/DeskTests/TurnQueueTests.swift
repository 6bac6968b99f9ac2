import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// Queues by what teams and suppliers promised.
@Suite struct TurnQueueTests {
  private func pages(_ world: AgreementWorld, _ operation: String, _ input: [(String, Value)], _ column: String) async throws -> [Value] {
    var found: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.call(operation, input + [("limit", 1), ("cursor", cursor)])
      found += page["items"]?.column(column) ?? []
      cursor = page["next"] ?? .null
    } while !cursor.isNull && found.count < 20
    return found
  }

  @Test func aTeamsQueueGoesByItsOwnPromises() async throws {
    let world = try await AgreementWorld()
    let team = world.first["id"] ?? .null
    let bare = try await world.database.call("team.create", ["name": "Bare"], as: world.desk.manager)
    let calm = try await world.assign(try await world.desk.open("calm"), to: world.first)  // 09:00 of the team, 12:00 of the customer
    let plain = try await world.desk.open("plain")
    let urgent = try await world.desk.open("urgent", impact: 1, urgency: 1)  // 08:30 of the customer
    try world.desk.at("2026-03-02T08:50:00Z")
    _ = try await world.assign(urgent, to: world.first)  // 09:05 of the team
    let elsewhere = try await world.assign(try await world.desk.open("elsewhere"), to: world.second)
    _ = try await world.assign(plain, to: world.first)  // 09:50 of the team
    _ = try await world.assign(try await world.desk.open("bare"), to: bare)
    #expect(try await pages(world, "incident.queue", [("team", team)], "title") == ["urgent", "calm", "plain"])
    #expect(try await pages(world, "incident.queue", [("team", team), ("order", "team_due")], "title") == ["calm", "urgent", "plain"])
    #expect(try await pages(world, "incident.queue", [("team", bare["id"] ?? .null), ("order", "team_due")], "title") == ["bare"])
    #expect(
      try await pages(world, "incident.queue", [("team", team), ("order", "team_due"), ("priority", 3)], "title") == ["calm", "plain"])
    #expect(
      try await pages(world, "incident.queue", [("team", team), ("order", "team_due"), ("mine", .bool(true))], "title") == [])
    // What the team took on is due by its resolution, and what it gave away is none of its.
    try await world.desk.act("accept", on: calm)
    _ = try await world.assign(try await world.desk.read(plain), to: world.second)
    #expect(try await pages(world, "incident.queue", [("team", team), ("order", "team_due")], "title") == ["urgent", "calm"])
    await expectFailure(.invalid) { try await world.call("incident.queue", [("order", "team_due")]) }
    let next = try await world.call("incident.queue", [("team", team), ("limit", 1)])["next"] ?? .null
    await expectFailure(.invalid) { try await world.call("incident.queue", [("team", team), ("limit", 1), ("cursor", next), ("order", "team_due")]) }
    // Only the customers that somebody serves.
    let listed = try await world.database.staff(.engineer, for: [world.desk.other])
    let seen = try await world.database.call("incident.queue", ["team": world.second["id"] ?? .null, "order": "team_due"], as: listed)
    #expect(seen["items"] == .array([]) && elsewhere["team"] == world.second["id"])
    // It is narrowed by the team's own due times, which its lines tell.
    try world.desk.at("2026-03-02T09:06:00Z")
    for breached in [true, false] {
      let page = try await world.call("incident.queue", [("team", team), ("order", "team_due"), ("breached", .bool(breached))])
      let lines = page["items"]?.array ?? []
      #expect(lines.allSatisfy { $0["teamBreached"] == .bool(breached) })
      #expect(lines.contains { $0["title"] == "urgent" } == breached)
    }
  }

  @Test func theQueueShowsTheWarningsThatWereGiven() async throws {
    let world = try await DeskWorld()
    let calendar = world.calendar["id"] ?? .null
    func agreement(_ name: Value, _ kind: Value, _ percent: Int64) async throws -> Value {
      let target = Value.object(["metric": "resolution", "budgetSeconds": 14_400, "calendar": calendar, "warnPercents": .array([.integer(percent)])])
      return try await world.database.call("sla.create", ["name": name, "kind": kind, "targets": .array([target])], as: world.manager)["id"] ?? .null
    }
    _ = try await world.database.call(
      "contract_line.revise",
      [
        "id": world.contract["lines"]?.array?.first?["id"] ?? .null, "sla": try await agreement("Warned", "sla", 50),
        "validFrom": "2026-01-02T00:00:00Z",
      ], as: world.manager, version: 1)
    let team = try await world.database.call("team.create", ["name": "First line"], as: world.manager)["id"] ?? .null
    try await world.database.call(
      "team_agreement.add", ["team": team, "ola": try await agreement("OLA", "ola", 25), "validFrom": "2026-01-01T00:00:00Z"], as: world.manager)
    let incident = try await world.act("assign", on: try await world.open(), ["team": team])
    func warned() async throws -> [Value] {
      try await world.warnSweep()
      let line = try await world.database.call("incident.queue", as: world.engineer)["items"]?.array?.first
      return [line?["warnedPercent"] ?? "?", line?["teamWarnedPercent"] ?? "?"]
    }
    #expect(try await warned() == [.null, .null])
    try world.at("2026-03-02T09:00:00Z")
    #expect(try await warned() == [.null, 25])
    try world.at("2026-03-02T10:00:00Z")
    #expect(try await warned() == [50, 25])
    // With another team the turn begins anew.
    let other = try await world.database.call("team.create", ["name": "Second line"], as: world.manager)["id"] ?? .null
    try await world.act("assign", on: try await world.read(incident), ["team": other])
    #expect(try await warned() == [50, .null])
  }

  @Test func whatIsWithSuppliersIsListedOverAllCustomers() async throws {
    let world = try await AgreementWorld()
    let second = try await world.database.call("supplier.create", ["code": "NET", "name": "Lines", "zone": "UTC"], as: world.desk.manager)
    let lines = try await world.database.call(
      "underpinning_contract.create",
      ["supplier": second["id"] ?? .null, "reference": "UC-N", "name": "Lines", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z"],
      as: world.desk.manager)
    let calm = try await world.dispatch(try await world.desk.open("calm"), ["reason": "x"])  // 09:00
    let urgent = try await world.dispatch(try await world.desk.open("urgent", for: world.desk.other, impact: 1, urgency: 1), ["reason": "x"])  // 08:15
    let timeless = try await world.call(
      "incident.dispatch",
      [("id", try await world.desk.open("timeless")["id"] ?? .null), ("underpinningContract", lines["id"] ?? .null), ("reason", "x")], version: 1)
    let done = try await world.dispatch(try await world.desk.open("done"), ["reason": "x"])
    _ = try await world.act("return", onDispatch: done)
    #expect(try await pages(world, "dispatch.queue", [], "id") == [urgent, calm, timeless].map { $0["id"] ?? .null })
    let first = try await world.call("dispatch.queue", [])["items"]?.array?.first
    #expect(first?["customer"] == .id(world.desk.other.publicId) && first?["incident"] == urgent["incident"] && first?["title"] == "urgent")
    #expect(first?["number"] == "OTHER-INC-000001" && first?["supplierCode"] == "HOST" && first?["dueAt"] == "2026-03-02T08:15:00Z")
    #expect(try await pages(world, "dispatch.queue", [("supplier", second["id"] ?? .null)], "id") == [timeless["id"] ?? .null])
    #expect(try await pages(world, "dispatch.queue", [("supplier", world.supplier["id"] ?? .null)], "title") == ["urgent", "calm"])
    // Late is what is past its due instant; an answer takes it off until the next promise is due.
    try world.desk.at("2026-03-02T08:30:00Z")
    #expect(try await pages(world, "dispatch.queue", [("overdue", .bool(true))], "title") == ["urgent"])
    _ = try await world.act("answer", onDispatch: urgent)
    #expect(try await pages(world, "dispatch.queue", [("overdue", .bool(true))], "title") == [])
    #expect(try await pages(world, "dispatch.queue", [("state", "answered")], "title") == ["urgent"])
    #expect(try await pages(world, "dispatch.queue", [("state", "unanswered")], "title") == ["calm", "timeless"])
    // Whoever serves one customer sees that one's; a customer's people none.
    let listed = try await world.database.staff(.engineer, for: [world.desk.other])
    #expect(try await world.database.call("dispatch.queue", as: listed)["items"]?.column("title") == ["urgent"])
    let user = try await world.database.user(.customerManager, of: world.desk.acme)
    await expectFailure(.denied) { try await world.database.call("dispatch.queue", as: user) }
    let nobody = PublicId(kind: "sup", handle: world.database.provider.handle, random: [UInt8](repeating: 7, count: 12))
    await expectFailure(.invalid) { try await world.call("dispatch.queue", [("supplier", .id(nobody))]) }
  }

  /// With thousands of turns each page is a walk along its index.
  @Test func pagesWalkTheirIndexes() async throws {
    let world = try await AgreementWorld()
    _ = try await world.dispatch(try await world.assign(try await world.desk.open(), to: world.first), ["reason": "x"])
    try await world.database.runAsSuperuser(Self.grown)
    let looks: [(function: String, given: Value, index: String)] = [
      ("team_tickets", .object(["wanted_team": "(select min(team_id) from desk.assignment)"]), "assignment_queue"),
      ("open_dispatches", .object([:]), "dispatch_queue"),
      ("open_dispatches", .object(["wanted_supplier": "(select max(supplier_id) + 1 from desk.dispatch)"]), "dispatch_queue_supplier"),
    ]
    for (function, given, index) in looks {
      let plan = try await world.database.finderPlan(function, given: given)
      #expect(plan.contains { $0.contains("using \(index) on") }, "\(plan.joined(separator: "\n"))")
      #expect(!plan.contains { $0.contains("Sort") || $0.contains("Seq Scan on ticket") }, "\(plan.joined(separator: "\n"))")
    }
  }

  private static let grown = """
    insert into desk.ticket
    select (jsonb_populate_record(t, jsonb_build_object('id', 100000 + n, 'number', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12)))).*
    from desk.ticket t cross join generate_series(1, 5000) n;
    insert into desk.assignment
    select (jsonb_populate_record(a, jsonb_build_object('id', 100000 + n, 'ticket_id', 100000 + n, 'due_at', a.due_at + n * interval '1 minute'))).*
    from desk.assignment a cross join generate_series(1, 5000) n;
    insert into desk.dispatch
    select (jsonb_populate_record(d, jsonb_build_object(
      'id', 100000 + n, 'ticket_id', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12), 'due_at', d.due_at + n * interval '1 minute'))).*
    from desk.dispatch d cross join generate_series(1, 5000) n;
    analyze desk.ticket, desk.assignment, desk.dispatch;
    """
}
