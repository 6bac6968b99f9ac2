import Desk
import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Escalations
@testable import ServiceLevels

/// Which clocks are to be worked out anew, since rules for all customers or for one have changed.
@Suite struct ShareRevisionTests {
  /// A rule as somebody notes it who sees what is done with the rules.
  private struct Noted {
    let id: Value
    var version: Int64 = 1
    var percent: Int64
    /// Nil: all.
    var customer: TenantId?
    var isActive = true

    /// What it means for a customer; nil: nothing.
    func meaning(for tenant: TenantId) -> String? {
      guard isActive, percent < 100, customer == nil || customer == tenant else { return nil }
      return "\(id) \(percent) \(customer?.description ?? "all")"
    }
  }

  /// Guards: by a revision that all share, what changes for one customer puts the clocks of all out of date; by the sum of what the rules have counted that
  /// are his now, a clock is taken for new when a rule has gone to others.
  @Test(arguments: [1, 2] as [UInt64]) func exactlyWhatRulesPutOutOfDateIsFound(seed: UInt64) async throws {
    let world = try await EscalationsWorld()
    let customers = [world.acme, world.other, try await world.database.customer("THIRD")]
    try await promise(world, Array(customers.dropFirst()))
    var random = SplitMix64(seed: seed)
    var rules: [Noted] = []
    var running: [TenantId: Int] = [:]
    var outdated: [TenantId: Int] = [:]
    for customer in customers {
      _ = try await world.incident(of: customer)
      running[customer.id] = 1
    }
    for step in 1...60 {
      let before = customers.map { customer in rules.compactMap { $0.meaning(for: customer.id) } }
      switch Int.random(in: 0..<10, using: &random) {
      case 0, 1, 2:
        let percent: Int64 = [60, 70, 100].randomElement(using: &random) ?? 60
        let customer = customers.dropFirst(Int.random(in: 0...customers.count, using: &random)).first
        var members: [String: Value] = ["percent": .integer(percent), "staff": .array([world.leadId])]
        if let customer { members["customer"] = .id(customer.publicId) }
        let made = try await world.rule(members, name: "Rule \(step)")
        rules.append(Noted(id: made["id"] ?? .null, percent: percent, customer: customer?.id))
      case 3, 4, 5, 6:
        guard let index = rules.indices.filter({ rules[$0].isActive }).randomElement(using: &random) else { continue }
        try await change(&rules[index], customers, step, world, &random)
      case 7:
        guard let index = rules.indices.filter({ rules[$0].isActive }).randomElement(using: &random) else { continue }
        try await world.database.call("escalation_rule.retire", ["id": rules[index].id], as: world.database.root, version: rules[index].version)
        rules[index].isActive = false
      case 8:
        let customer = customers.randomElement(using: &random) ?? world.acme
        _ = try await world.incident("Printer \(step)", of: customer)
        running[customer.id, default: 0] += 1
      default:
        try await world.work()
        outdated = [:]
      }
      for (customer, meant) in zip(customers, before) where rules.compactMap({ $0.meaning(for: customer.id) }) != meant {
        outdated[customer.id] = running[customer.id]
      }
      #expect(try await found(world) == outdated, "step \(step)")
    }
    try await world.work()
    #expect(try await found(world) == [:], "nothing is looked at for ever")
  }

  /// Its percent, its customer, or only its name.
  private func change(
    _ rule: inout Noted, _ customers: [TenantEntry], _ step: Int, _ world: EscalationsWorld, _ random: inout SplitMix64
  ) async throws {
    let member: Value.Member
    switch Int.random(in: 0..<3, using: &random) {
    case 0:
      rule.percent = [60, 70, 100].filter { $0 != rule.percent }.randomElement(using: &random) ?? 80
      member = Value.Member("percent", .integer(rule.percent))
    case 1:
      let others = customers.filter { $0.id != rule.customer }
      if rule.customer != nil, Bool.random(using: &random) {
        rule.customer = nil
        member = Value.Member("customer", .null)
      } else {
        let customer = others.randomElement(using: &random) ?? world.acme
        rule.customer = customer.id
        member = Value.Member("customer", .id(customer.publicId))
      }
    default: member = Value.Member("name", .text("Rule of step \(step)"))
    }
    _ = try await world.database.dispatcher.invoke(
      "escalation_rule.change", .object([Value.Member("id", rule.id), member]), as: world.database.root,
      Call(requestId: "test", expectedVersion: rule.version))
    rule.version += 1
  }

  /// Guard: it counts for those whom it leaves as well, though it is none of theirs any more.
  @Test func aRuleThatGoesToAnotherCustomerConcernsBoth() async throws {
    let world = try await EscalationsWorld()
    let third = try await world.database.customer("THIRD")
    try await promise(world, [world.other, third])
    let customers = [world.acme, world.other, third]
    for customer in customers { _ = try await world.incident(of: customer) }
    let made = try await world.rule(["percent": 60, "staff": .array([world.leadId])])
    var version: Int64 = 1
    let steps: [(customer: TenantEntry?, found: [TenantEntry])] = [
      (world.acme, customers), (world.other, [world.acme, world.other]), (third, [world.other, third]), (nil, customers),
    ]
    for step in steps {
      try await world.work()
      #expect(try await found(world) == [:])
      let input = Value.object([
        Value.Member("id", made["id"] ?? .null), Value.Member("customer", step.customer.map { Value.id($0.publicId) } ?? .null),
      ])
      _ = try await world.database.dispatcher.invoke(
        "escalation_rule.change", input, as: world.database.root, Call(requestId: "test", expectedVersion: version))
      version += 1
      #expect(try await Set(found(world).keys) == Set(step.found.map(\.id)))
    }
  }

  /// Where each of thousands of customers has a rule, one that was there before is not asked about each quarter of a minute.
  @Test func aWorkerAsksAboutCustomersWhoseRulesHaveChanged() async throws {
    let world = try await EscalationsWorld()
    let rule = try await world.rule(["percent": 60, "customer": .id(world.acme.publicId), "staff": .array([world.leadId])])
    _ = try await world.incident()
    let sweep = WatchSweep(keepers: [.ticket: TicketKeeper()])
    func round(_ time: String) async throws {
      try world.at(time)
      try await sweep.run(at: world.database.clock.now(), world.database.tenancy)
    }
    try await round("2026-03-02T08:20:00Z")
    try await world.script("update service_levels.clock set share_revision = 1")
    try await round("2026-03-02T08:21:00Z")
    #expect(try await found(world) == [world.acme.id: 1], "a quarter of an hour before the rules were as they are")
    try await world.database.call("escalation_rule.change", ["id": rule["id"] ?? .null, "percent": 70], as: world.database.root, version: 1)
    try await round("2026-03-02T08:22:00Z")
    #expect(try await found(world) == [:])
    try await world.script("update service_levels.clock set share_revision = 1")
    try await round("2026-03-02T08:30:00Z")
    #expect(try await found(world) == [:], "what was under way when they changed may have ended since")
  }

  @Test func nowAndThenAllCustomersAreAskedAbout() {
    let (quiet, start) = (QuietRounds(), Instant(seconds: 1_000_000))
    #expect(quiet.changedSince(at: start) == nil)
    quiet.add(at: start, changedSince: nil)
    #expect(quiet.changedSince(at: start.adding(seconds: 15)) == start.adding(seconds: -600))
    #expect(quiet.changedSince(at: start.adding(seconds: -1)) == nil, "the time was set back")
    let later = start.adding(seconds: 3000)
    quiet.add(at: later, changedSince: start)
    #expect(quiet.changedSince(at: start.adding(seconds: 3599)) == later.adding(seconds: -600))
    #expect(quiet.changedSince(at: start.adding(seconds: 3600)) == nil)
  }

  /// With each act on a clock.
  @Test func rulesOfThousandsOfCustomersAreNotReadThrough() async throws {
    let database = try await EscalationsWorld().database
    try await database.runAsSuperuser(
      """
      begin; set local session_replication_role = replica;
      insert into escalations.rule (tenant_id, public_id, name, percent, customer_id, account_ids, account_public_ids, begins_at, recorded_at)
      select t.id, substr(sha256(n::text::bytea), 1, 12), 'Rule ' || n, 85, 1000000 + n, array[1], array[substr(sha256('lead'::bytea), 1, 12)],
        '2026-03-01T00:00:00Z', '2026-03-01T00:00:00Z'
      from tenancy.tenant t cross join generate_series(1, 5000) n where t.kind = 'provider';
      insert into escalations.share_revision (tenant_id, customer_id, revision, changed_at)
      select t.id, 1000000 + n, 1, '2026-03-01T00:00:00Z' from tenancy.tenant t cross join generate_series(1, 5000) n where t.kind = 'provider';
      commit;
      analyze escalations.rule; analyze escalations.share_revision
      """)
    for (table, index) in [("escalations.rule", "rule_watching"), ("escalations.share_revision", "share_revision_customer")] {
      let scans = try await database.scans(of: table) { (transaction) async throws in
        for _ in 0..<7 { #expect(try await transaction.query(ReadWatchedShares()).isEmpty) }
      }
      #expect(scans.sequential == 0 && scans.ofIndexes[index, default: 0] > 0, "\(table): \(scans)")
    }
  }

  /// How many clocks of whom are to be worked out anew, found by short pages.
  private func found(_ world: EscalationsWorld) async throws -> [TenantId: Int] {
    var (place, clocks) = (ClockPlace.first, [TenantId: Set<Int64>]())
    while true {
      let after = place
      let page = try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) {
        try await $0.query(UnwatchedClocks(changedSince: nil, after: after, limit: 2))
      }
      for clock in page {
        let isNew = clocks[TenantId(clock.place.tenant), default: []].insert(clock.place.clock).inserted
        #expect(isNew, "once in a round")
      }
      guard page.count == 2, let last = page.last else { return clocks.mapValues(\.count) }
      place = last.place
    }
  }

  /// They are promised what Acme is: a response within an hour.
  private func promise(_ world: EscalationsWorld, _ customers: [TenantEntry]) async throws {
    let target = Value.object(["metric": "response", "priority": 3, "budgetSeconds": 3600, "calendar": world.office, "objective": 95])
    let sla = try await world.database.call("sla.create", ["name": "Bronze", "targets": .array([target])], as: world.database.root)
    for customer in customers {
      try await world.database.call(
        "contract.create",
        [
          "customer": .id(customer.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
          "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null])]),
        ], as: world.database.root)
    }
  }
}
