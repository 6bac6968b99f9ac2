import Jobs
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Contracts

/// Renewals of contracts with suppliers: the same items, rule and operations, in the same list.
@Suite struct SupplierRenewalTests {
  private static let manual: KeyValuePairs<String, Value> = [
    "startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "manual", "noticeMonths": 2, "renewalMonths": 12,
  ]

  private func supplier(_ world: ContractsWorld) async throws -> Value {
    try await world.database.call("supplier.create", ["code": "CLOUD", "name": "Cloud Ltd", "zone": "Europe/Berlin"], as: world.manager)
  }

  private func made(
    _ world: ContractsWorld, _ fields: KeyValuePairs<String, Value>, of supplier: Value, reference: String = "UC-1"
  ) async throws -> Value {
    let own = [
      Value.Member("supplier", supplier.at("id")), Value.Member("reference", .text(reference)), Value.Member("name", "Hosting"),
      Value.Member("currency", "EUR"),
      Value.Member("targets", .array([.object(["metric": "response", "budgetSeconds": 900])])),
      Value.Member("costs", .array([.object(["name": "Racks", "amount": "400.00", "due": "month"])])),
    ]
    return try await world.database.dispatcher.invoke(
      "underpinning_contract.create", .object(own + fields.map { Value.Member($0.key, $0.value) }), as: world.manager, Call(requestId: "test")
    ).value
  }

  private func sweep(_ world: ContractsWorld, at text: String? = nil) async throws {
    if let text { world.database.clock.set(try #require(Instant(text))) }
    try await PartitionSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await RenewalSweep().run(at: world.database.clock.now(), world.database.tenancy)
  }

  private func listed(_ world: ContractsWorld, _ input: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [Value] {
    try await world.database.call("renewal.list", input, as: principal ?? world.manager).at("items").array ?? []
  }

  private func read(_ world: ContractsWorld, _ contract: Value) async throws -> Value {
    try await world.database.call("underpinning_contract.read", ["id": contract.at("id")], as: world.manager)
  }

  /// Asked, put off, decided, completed: the term has its new end, with the targets and costs as they were; the next cycle is another item.
  @Test func oneIsAskedSnoozedDecidedAndCompleted() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let supplier = try await supplier(world)
    let contract = try await made(world, Self.manual, of: supplier)
    for _ in 0..<2 { try await sweep(world) }
    let items = try await listed(world)
    #expect(items.count == 1)
    let item = try #require(items.first)
    #expect(item.at("supplier") == supplier.at("id") && item.at("supplierName") == "Cloud Ltd" && item.at("number") == "UC-1")
    #expect(item.at("underpinningContract") == contract.at("id") && item.at("contractName") == "Hosting")
    #expect(item.at("customer") == .null && item.at("customerName") == .null && item.at("contract") == .null)
    #expect(item.at("decisionOn") == "2026-05-01" && item.at("cycleEndsAt") == "2026-06-30T22:00:00Z" && item.at("state") == "pending")
    let id = item.at("id")
    #expect(try await database.call("renewal.read", ["id": id], as: world.manager) == item)
    await expectFailure(.conflict) { try await database.call("renewal.complete", ["id": id], as: world.manager, version: 1) }
    let snoozed = try await database.call("renewal.snooze", ["id": id, "until": "2026-04-01"], as: world.manager, version: 1)
    #expect(snoozed.at("state") == "snoozed")
    try await sweep(world, at: "2026-03-31T22:00:00Z")
    #expect(try await listed(world).first?.at("state") == "pending")
    _ = try await database.call("renewal.decide", ["id": id, "decision": "renew"], as: world.manager, version: 3)
    let completed = try await database.call("renewal.complete", ["id": id], as: world.manager, version: 4)
    #expect(completed.at("outcome") == "renewed")
    let extended = try await read(world, contract)
    #expect(extended.at("endsAt") == "2027-06-30T22:00:00Z" && extended.at("version") == 2)
    #expect(extended.at("targets").array?.count == 1 && extended.at("costs.0.name") == "Racks" && extended.at("renewal") == "manual")
    #expect(try await listed(world).isEmpty)
    try await sweep(world, at: "2027-02-01T00:00:00Z")
    #expect(try await listed(world).map { $0.at("decisionOn") } == ["2027-05-01"])
    // No part of the rate of customers' renewals.
    let rate = try await database.call("renewal.rate", ["decisionFrom": "2026-01-01", "decisionBefore": "2028-01-01"], as: world.manager)
    #expect(rate.at("due") == 0 && rate.at("rate") == .null)
  }

  /// Declined, forgotten, by itself, open-ended: as with customers.
  @Test func whatBecomesOfThem() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    let declined = try await made(world, Self.manual, of: supplier, reference: "Declined")
    _ = try await made(world, Self.manual, of: supplier, reference: "Forgotten")
    let auto = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "auto", "noticeDays": 60, "renewalMonths": 12],
      of: supplier, reference: "Auto")
    let open = try await made(world, ["startsAt": "2025-05-31T22:00:00Z", "renewal": "manual", "noticeMonths": 1], of: supplier, reference: "Open")
    try await sweep(world)
    func item(_ reference: String) async throws -> Value {
      try #require(try await listed(world, ["state": "all"]).first { $0.at("number") == .text(reference) })
    }
    for reference in ["Declined", "Open"] {
      _ = try await world.database.call(
        "renewal.decide", ["id": try await item(reference).at("id"), "decision": "decline"], as: world.manager, version: 1)
    }
    #expect(try await read(world, open).at("endsAt") == "2026-05-31T22:00:00Z", "an open-ended one that is declined ends with its year")
    try await sweep(world, at: "2026-07-05T00:00:00Z")
    for (reference, outcome) in [("Declined", "not_renewed"), ("Open", "not_renewed"), ("Forgotten", "lapsed"), ("Auto", "renewed")] {
      #expect(try await item(reference).at("outcome") == .text(outcome), "\(reference)")
    }
    #expect(try await read(world, auto).at("endsAt") == "2027-06-30T22:00:00Z")
    #expect(try await read(world, declined).at("endsAt") == "2026-06-30T22:00:00Z")
    // While it is suspended the notice goes on.
    try await world.database.call("underpinning_contract.revise", ["id": auto.at("id"), "event": "suspend"], as: world.manager, version: 2)
    try await sweep(world, at: "2027-05-02T00:00:00Z")
    #expect(try await read(world, auto).at("endsAt") == "2028-06-30T22:00:00Z")
    #expect(try await read(world, auto).at("state") == "suspended")
  }

  /// Sweeps at once make and extend once.
  @Test func severalSweepsExtendOnce() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    let contract = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-03-31T22:00:00Z", "renewal": "auto", "noticeDays": 30, "renewalMonths": 12],
      of: supplier)
    world.database.clock.set(try #require(Instant("2026-03-10T00:00:00Z")))
    let (now, tenancy) = (world.database.clock.now(), world.database.tenancy)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<4 { group.addTask { try await RenewalSweep().run(at: now, tenancy) } }
      try await group.waitForAll()
    }
    let read = try await read(world, contract)
    #expect(read.at("endsAt") == "2027-03-31T22:00:00Z" && read.at("version") == 2)
    #expect(try await listed(world, ["state": "all"]).count == 1)
  }

  /// A later version stands in the way, and a change of the end takes what was renewed back.
  @Test func anExtensionIsObstructedAndTakenBack() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    let contract = try await made(world, Self.manual, of: supplier)
    try await sweep(world)
    try await world.database.call(
      "underpinning_contract.revise", ["id": contract.at("id"), "name": "Hosting, later", "validFrom": "2026-07-15T00:00:00Z"], as: world.manager,
      version: 1)
    let item = try #require(try await listed(world).first)
    #expect(item.at("obstructedFrom") == "2026-07-15T00:00:00Z")
    _ = try await world.database.call("renewal.decide", ["id": item.at("id"), "decision": "renew"], as: world.manager, version: 1)
    let refused = await violations { try await world.database.call("renewal.complete", ["id": item.at("id")], as: world.manager, version: 2) }
    #expect(refused == ["renewal.later_version"])
    // Another one is extended, and its end is taken back.
    let other = try await made(world, Self.manual, of: supplier, reference: "UC-2")
    try await sweep(world)
    let second = try #require(try await listed(world).first { $0.at("number") == "UC-2" })
    #expect(second.at("obstructedFrom") == .null)
    _ = try await world.database.call("renewal.decide", ["id": second.at("id"), "decision": "renew"], as: world.manager, version: 1)
    _ = try await world.database.call("renewal.complete", ["id": second.at("id")], as: world.manager, version: 2)
    world.database.clock.advance(seconds: 60)
    try await world.database.call(
      "underpinning_contract.revise", ["id": other.at("id"), "endsAt": "2026-06-30T22:00:00Z"], as: world.manager, version: 2)
    try await sweep(world)
    let all = try await listed(world, ["state": "all"]).filter { $0.at("number") == "UC-2" }
    #expect(Set(all.map { $0.at("outcome") }) == ["superseded", .null], "it is asked about again")
  }

  /// One list of both, the next decision first; each by itself; suppliers' for who serves every customer alone.
  @Test func oneListShowsBoth() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    _ = try await made(world, Self.manual, of: supplier)
    let theirs: KeyValuePairs<String, Value> = [
      "customer": .id(world.acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-29T22:00:00Z",
      "renewal": "manual", "noticeMonths": 2, "renewalMonths": 12,
    ]
    try await world.database.call("contract.create", theirs, as: world.manager)
    try await sweep(world)
    #expect(try await listed(world).map { $0.at("number") } == ["ACME-CON-000001", "UC-1"])
    #expect(try await listed(world, ["party": "customer"]).map { $0.at("number") } == ["ACME-CON-000001"])
    #expect(try await listed(world, ["party": "supplier"]).map { $0.at("number") } == ["UC-1"])
    #expect(try await listed(world, ["party": "supplier", "customer": .id(world.acme.publicId)]).isEmpty)
    let first = try await world.database.call("renewal.list", ["limit": 1], as: world.manager)
    let second = try await world.database.call("renewal.list", ["limit": 1, "cursor": first.at("next")], as: world.manager)
    #expect(second.at("items.0.number") == "UC-1" && second.at("next") == .null)
    // Who serves one customer sees and decides on nothing of suppliers; nor does a customer.
    let narrow = try await world.database.staff(.accountManager, for: [world.acme])
    #expect(try await listed(world, as: narrow).map { $0.at("number") } == ["ACME-CON-000001"])
    let id = second.at("items.0.id")
    for (operation, input) in [
      ("renewal.read", ["id": id] as KeyValuePairs<String, Value>), ("renewal.decide", ["id": id, "decision": "renew"]),
    ] {
      await expectFailure(.notFound) {
        try await world.database.call(operation, input, as: narrow, version: operation == "renewal.decide" ? 1 : nil)
      }
    }
    let customer = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.denied) { try await world.database.call("renewal.list", as: customer) }
    let rate = try await world.database.call("renewal.rate", ["decisionFrom": "2026-01-01", "decisionBefore": "2027-01-01"], as: world.manager)
    #expect(rate.at("due") == 1)
  }

  /// With a supplier that is ended nothing is renewed, nor decided; when it is one again, what is due is done.
  @Test func nothingIsRenewedWithASupplierThatIsEnded() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    let contract = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "auto", "noticeDays": 60, "renewalMonths": 12],
      of: supplier)
    try await sweep(world)
    let item = try #require(try await listed(world).first)
    try await world.database.call("supplier.change", ["id": supplier.at("id"), "state": "ended"], as: world.manager, version: 1)
    await expectFailure(.conflict) {
      try await world.database.call("renewal.decide", ["id": item.at("id"), "decision": "renew"], as: world.manager, version: 1)
    }
    try await sweep(world)
    #expect(try await listed(world).isEmpty)
    #expect(try await listed(world, ["state": "all"]).map { $0.at("outcome") } == ["superseded"])
    try await sweep(world, at: "2026-05-10T00:00:00Z")
    #expect(try await read(world, contract).at("endsAt") == "2026-06-30T22:00:00Z")
    try await world.database.call("supplier.change", ["id": supplier.at("id"), "state": "active"], as: world.manager, version: 2)
    try await sweep(world)
    #expect(try await read(world, contract).at("endsAt") == "2027-06-30T22:00:00Z")
  }

  /// A term that ended while its supplier was ended is over: it is not extended for months on which nothing held.
  @Test func aTermThatEndedWithItsSupplierIsNotRenewedAfterwards() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    let contract = try await made(
      world, ["startsAt": "2025-12-31T23:00:00Z", "endsAt": "2026-06-30T22:00:00Z", "renewal": "auto", "noticeDays": 60, "renewalMonths": 12],
      of: supplier)
    try await sweep(world)
    try await world.database.call("supplier.change", ["id": supplier.at("id"), "state": "ended"], as: world.manager, version: 1)
    try await sweep(world)
    try await sweep(world, at: "2026-09-01T00:00:00Z")
    try await world.database.call("supplier.change", ["id": supplier.at("id"), "state": "active"], as: world.manager, version: 2)
    for _ in 0..<2 { try await sweep(world) }
    #expect(try await read(world, contract).at("endsAt") == "2026-06-30T22:00:00Z")
    #expect(try await listed(world, ["state": "all"]).map { $0.at("outcome") } == ["superseded"])
  }

  /// What was declined has ended with its cycle, and not months before because its supplier did.
  @Test func whatWasDeclinedIsOverWithItsCycleThoughItsSupplierEnds() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    _ = try await made(world, Self.manual, of: supplier)
    try await sweep(world)
    let item = try #require(try await listed(world).first)
    _ = try await world.database.call("renewal.decide", ["id": item.at("id"), "decision": "decline"], as: world.manager, version: 1)
    try await world.database.call("supplier.change", ["id": supplier.at("id"), "state": "ended"], as: world.manager, version: 1)
    try await sweep(world)
    try await sweep(world, at: "2026-06-30T21:59:59Z")
    #expect(try await listed(world, ["state": "all"]).map { $0.at("state") } == ["not_renewing"])
    try await sweep(world, at: "2026-06-30T22:00:00Z")
    #expect(try await listed(world, ["state": "all"]).map { $0.at("outcome") } == ["not_renewed"])
  }

  /// However many renewals customers have, the list of suppliers' reads its own.
  @Test func theListOfSuppliersReadsLittle() async throws {
    let world = try await ContractsWorld()
    _ = try await made(world, Self.manual, of: try await supplier(world))
    try await sweep(world)
    try await world.database.runAsSuperuser(
      """
      begin; set local session_replication_role = replica;
      insert into contracts.renewal
        (tenant_id, public_id, contract_id, mode, evergreen, cycle_ends_at, decision_on, decision_at, state, recorded_at)
      select \(world.acme.id), substr(sha256(n::text::bytea), 1, 12), 1, 'manual', false, '2030-01-01T00:00:00Z'::timestamptz + n * interval '1 hour',
        '2026-01-01', '2026-01-01T00:00:00Z'::timestamptz + n * interval '1 second', 'pending', '2026-01-01T00:00:00Z'
      from generate_series(1, 100000) n;
      commit
      """)
    try await world.database.runAsSuperuser("vacuum analyze contracts.renewal")
    let plans = try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { transaction in
      [try await transaction.query(OpenOfSuppliers()), try await transaction.query(AllOfSuppliers())]
    }
    for plan in plans {
      let pages = plan.compactMap { line in line.contains("Buffers: shared hit=") ? line.split(separator: "=").dropFirst().first : nil }
        .compactMap { Int($0.prefix { $0.isNumber }) }.max()
      #expect(try #require(pages) < 1000, "\(plan)")
    }
    #expect(try await listed(world, ["party": "supplier"]).map { $0.at("number") } == ["UC-1"])
  }

  /// Who holds a contract stops nobody who writes what refers to it.
  @Test func aContractThatIsHeldMayBeReferredTo() async throws {
    let world = try await ContractsWorld()
    _ = try await made(world, Self.manual, of: try await supplier(world))
    _ = try await world.contract()
    try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff) { transaction in
      for contract in [RenewedContract.customer(1), .supplier(1)] {
        let isHeld = try await contract.hold(of: world.acme.id, in: transaction)
        #expect(isHeld)
      }
      // As a foreign key does.
      try await world.database.runAsSuperuser(
        """
        begin; set local lock_timeout = '2s';
        select id from contracts.contract for key share; select id from suppliers.contract for key share; commit
        """)
    }
  }

  /// A contract that cannot be looked at holds up no other, of whichever kind.
  @Test func aPoisonedOneHoldsUpNoOther() async throws {
    let world = try await ContractsWorld()
    let supplier = try await supplier(world)
    _ = try await made(world, Self.manual, of: supplier, reference: "Poison")
    _ = try await made(world, Self.manual, of: supplier, reference: "Good")
    try await world.database.runAsSuperuser(
      "alter table contracts.renewal add constraint poison check (supplier_contract_id is distinct from 1) not valid")
    await #expect(throws: LeftUndone.self) { try await sweep(world) }
    #expect(try await listed(world).map { $0.at("number") } == ["Good"])
  }
}

private struct OpenOfSuppliers: Statement {
  static let sql = "explain (analyze, buffers) select * from finder.renewals(null, 'supplier', null, null, null, null, null, null, 51)"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct AllOfSuppliers: Statement {
  static let sql = "explain (analyze, buffers) select * from finder.renewals(null, 'supplier', 'all', null, null, null, null, null, 51)"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
