import Kernel
import Postgres
import TestSupport
import Testing

@testable import Contracts

/// The lines in force, against the plainest statement of what they are.
@Suite struct LinesInForceTests {
  /// Random contracts, lines and SLAs with versions, of which a third were withdrawn: at random instants both statements find the same, also of
  /// a customer whose lines name no persons and no units besides the first.
  @Test func whatIsInForceIsWhatItsVersionsSay() async throws {
    let world = try await ContractsWorld()
    try await world.database.runAsSuperuser(
      """
      set session_replication_role = replica;
      select setseed(0.4711);
      insert into contracts.sla_version (id, sla_id, valid_from, resolution_stops_at, supplier_waits_pause, provider_waits_pause, wait_limit_seconds, recorded_at)
        select 500 + s * 10 + n, 500 + s, '2026-01-01'::timestamptz + (n * 20 + floor(random() * 20)) * interval '1 day',
          case when random() < 0.5 then 'resolved' else 'closed' end, random() < 0.5, random() < 0.5, 60 + n, now()
        from generate_series(1, 4) s, generate_series(0, 3) n;
      insert into contracts.sla_version_withdrawal (sla_version_id, reason, recorded_at)
        select id, 'x', now() from contracts.sla_version where id >= 510 and random() < 0.35;
      create temporary table holder as
        select id as tenant, row_number() over (order by id) as place from tenancy.tenant where kind = 'customer';
      insert into contracts.contract (tenant_id, id, public_id, number, currency, zone, recorded_at)
        select tenant, place * 1000 + k, convert_to((100000000000 + place * 1000 + k)::text, 'UTF8'), k, 'EUR', 'UTC', now()
        from holder, generate_series(1, 18) k;
      insert into contracts.contract_version (tenant_id, id, contract_id, valid_from, seq, name, state, starts_at, ends_at, recorded_at)
        select c.tenant_id, c.id * 10 + n, c.id, '2026-01-01'::timestamptz + (n / 2 * 30 + floor(random() * 15) * 2 + n % 2) * interval '1 day', n, 'Contract ' || n,
          (array['draft', 'active', 'active', 'active', 'suspended', 'ended'])[1 + floor(random() * 6)::int],
          '2026-01-10'::timestamptz, case when random() < 0.3 then '2026-02-20'::timestamptz end, now()
        from contracts.contract c join holder o on o.tenant = c.tenant_id, generate_series(0, 5) n where c.id >= 1000;
      insert into contracts.contract_version_withdrawal (tenant_id, contract_version_id, reason, recorded_at)
        select v.tenant_id, v.id, 'x', now() from contracts.contract_version v where v.id >= 10000 and random() < 0.35
        on conflict do nothing;
      insert into contracts.contract_line (tenant_id, id, public_id, contract_id, recorded_at)
        select c.tenant_id, c.id * 10 + k, convert_to((200000000000 + c.id * 10 + k)::text, 'UTF8'), c.id, now()
        from contracts.contract c, generate_series(1, 3) k where c.id >= 1000;
      insert into contracts.contract_line_version (
        tenant_id, id, contract_line_id, valid_from, seq, name, state, sla_id, unit_id, only_covered_cis, recorded_at)
        select l.tenant_id, l.id * 10 + n, l.id, '2026-01-01'::timestamptz + (n / 2 * 30 + floor(random() * 15) * 2 + n % 2) * interval '1 day', n, 'Line ' || n,
          case when random() < 0.8 then 'active' else 'ended' end, 501 + floor(random() * 4), case when random() < 0.5 then 1 + floor(random() * 9) end,
          random() < 0.2, now()
        from contracts.contract_line l, generate_series(0, 5) n where l.id >= 10000;
      insert into contracts.contract_line_version_withdrawal (tenant_id, contract_line_version_id, reason, recorded_at)
        select v.tenant_id, v.id, 'x', now() from contracts.contract_line_version v where v.id >= 100000 and random() < 0.35;
      insert into contracts.contract_line_unit (tenant_id, contract_line_version_id, unit_id)
        select v.tenant_id, v.id, 10 + k from contracts.contract_line_version v join holder o on o.tenant = v.tenant_id and o.place = 1,
          generate_series(1, 3) k where v.id >= 100000 and v.unit_id is not null and random() < 0.5;
      insert into contracts.contract_line_person (tenant_id, contract_line_version_id, person_id)
        select v.tenant_id, v.id, 20 + k from contracts.contract_line_version v join holder o on o.tenant = v.tenant_id and o.place = 1,
          generate_series(1, 3) k where v.id >= 100000 and random() < 0.3;
      update contracts.sla_version v set withdrawn = true where v.id in (select w.sla_version_id from contracts.sla_version_withdrawal w);
      update contracts.contract c set withdrawn_versions = array(
        select v.id from contracts.contract_version v join contracts.contract_version_withdrawal w using (tenant_id)
        where v.tenant_id = c.tenant_id and v.contract_id = c.id and w.contract_version_id = v.id);
      update contracts.contract_line l set withdrawn_versions = array(
        select v.id from contracts.contract_line_version v join contracts.contract_line_version_withdrawal w using (tenant_id)
        where v.tenant_id = l.tenant_id and v.contract_line_id = l.id and w.contract_line_version_id = v.id);
      update contracts.contract_line_version v set
        other_unit_ids = array(select x.unit_id from contracts.contract_line_unit x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id),
        person_ids = array(select x.person_id from contracts.contract_line_person x where x.tenant_id = v.tenant_id and x.contract_line_version_id = v.id);
      set session_replication_role = origin;
      analyze contracts.contract, contracts.contract_version, contracts.contract_version_withdrawal, contracts.contract_line,
        contracts.contract_line_version, contracts.contract_line_version_withdrawal, contracts.contract_line_unit, contracts.contract_line_person
      """)
    var found = 0, named = 0
    for customer in [world.acme, world.other] {
      for day in stride(from: Int64(-2), to: 100, by: 3) {
        let at = try #require(Instant("2026-01-01T00:00:00Z")).adding(seconds: day * 86_400)
        let (lines, plain) = try await world.inside(customer) {
          try await $0.query(LinesInForce(tenant: customer.id, at: at), PlainLinesInForce(tenant: customer.id, at: at))
        }
        #expect(Set(lines.map(\.sorted)) == Set(plain.map(\.sorted)) && lines.count == plain.count, "\(customer.code), day \(day)")
        found += lines.count
        named += lines.count { !$0.persons.isEmpty || $0.units.count > 1 }
      }
    }
    #expect(found > 500 && named > 100, "\(found), \(named)")
  }
}

extension LinesInForceTests {
  /// What the operations write of units, persons and withdrawals is found by both.
  @Test func whatIsWrittenIsWhatIsFound() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    func made(_ operation: String, _ input: KeyValuePairs<String, Value>, version: Value? = nil) async throws -> Value {
      try await database.call(operation, input, as: world.manager, version: version?.integer)
    }
    var units: [Value] = [], persons: [Value] = []
    for number in 1...3 {
      let customer = Value.id(world.acme.publicId)
      let unit = try await database.call("unit.add", ["customer": customer, "name": .text("Site \(number)"), "kind": "site"], as: database.root)
      let person = try await database.call("person.add", ["customer": customer, "name": .text("Person \(number)")], as: database.root)
      units.append(unit.at("id"))
      persons.append(person.at("id"))
    }
    let contract = try await world.contract()
    let line = try await made(
      "contract_line.add",
      [
        "contract": contract.at("id"), "name": "Sites", "sla": world.sla.at("id"), "units": .array(units), "persons": .array(persons),
        "validFrom": "2026-03-02T08:00:00Z",
      ])
    let revised = try await made(
      "contract_line.revise", ["id": line.at("id"), "units": .array([units[1]]), "persons": .array([]), "validFrom": "2026-06-01T00:00:00Z"],
      version: line.at("version"))
    let changed = try await made(
      "contract.change", ["id": contract.at("id"), "name": "Other", "event": "end", "validFrom": "2026-09-01T00:00:00Z"], version: contract.at("version"))
    func found(_ day: String) async throws -> [LinePrecedence.Candidate] {
      let at = try #require(Instant("\(day)T12:00:00Z"))
      let (lines, plain) = try await world.inside(world.acme) {
        try await $0.query(LinesInForce(tenant: world.acme.id, at: at), PlainLinesInForce(tenant: world.acme.id, at: at))
      }
      #expect(Set(lines.map(\.sorted)) == Set(plain.map(\.sorted)), "\(day)")
      return lines.filter { $0.terms.lineName == "Sites" }
    }
    #expect(try await found("2026-04-01").map { [$0.units.count, $0.persons.count] } == [[3, 3]])
    #expect(try await found("2026-07-01").map { [$0.units.count, $0.persons.count] } == [[1, 0]])
    #expect(try await found("2026-10-01").isEmpty)
    _ = try await made("contract_line.withdraw", ["id": line.at("id"), "reason": "Not sold"], version: revised.at("version"))
    _ = try await made("contract.withdraw", ["id": contract.at("id"), "reason": "Stays"], version: changed.at("version"))
    #expect(try await found("2026-07-01").map { [$0.units.count, $0.persons.count] } == [[3, 3]])
    #expect(try await found("2026-10-01").map { [$0.units.count, $0.persons.count] } == [[3, 3]])
  }
}

extension LinePrecedence.Candidate {
  /// With units and persons in order.
  fileprivate var sorted: Self {
    Self(
      terms: terms, units: units.sorted(), persons: persons.sorted(), onlyCoveredCis: onlyCoveredCis, sold: sold, contractStartsAt: contractStartsAt,
      lineValidFrom: lineValidFrom)
  }
}

/// By the views of what stands, each question asked for each line.
private struct PlainLinesInForce: Statement {
  let tenant: TenantId
  let at: Instant

  static let sql = """
    select c.id, l.id, lv.id, s.sla_id, s.id, c.zone, cv.name, lv.name, s.resolution_stops_at, s.supplier_waits_pause,
      s.provider_waits_pause, s.wait_limit_seconds, s.wait_total_seconds,
      lv.unit_id,
      array(select x.unit_id from contracts.contract_line_unit x where x.tenant_id = lv.tenant_id and x.contract_line_version_id = lv.id),
      array(select x.person_id from contracts.contract_line_person x where x.tenant_id = lv.tenant_id and x.contract_line_version_id = lv.id),
      lv.only_covered_cis, cv.starts_at, lv.valid_from,
      coalesce(lv.service_id, (select o.service_id from catalog.offering o where o.id = lv.offering_id)), lv.offering_id is not null
    from contracts.contract c
    join contracts.standing_contract_version cv on cv.tenant_id = c.tenant_id and cv.contract_id = c.id and cv.valid_from <= $2
      and not exists (
        select from contracts.standing_contract_version n
        where n.tenant_id = c.tenant_id and n.contract_id = c.id and n.valid_from <= $2 and n.valid_from > cv.valid_from)
    join contracts.contract_line l on l.tenant_id = c.tenant_id and l.contract_id = c.id
    join contracts.standing_line_version lv on lv.tenant_id = l.tenant_id and lv.contract_line_id = l.id and lv.valid_from <= $2
      and not exists (
        select from contracts.standing_line_version n
        where n.tenant_id = l.tenant_id and n.contract_line_id = l.id and n.valid_from <= $2 and n.valid_from > lv.valid_from)
    join contracts.sla_version s on s.sla_id = lv.sla_id and s.valid_from <= $2
      and not exists (select from contracts.sla_version_withdrawal w where w.sla_version_id = s.id)
      and not exists (
        select from contracts.sla_version n
        where n.sla_id = s.sla_id and n.valid_from <= $2 and n.valid_from > s.valid_from
          and not exists (select from contracts.sla_version_withdrawal w where w.sla_version_id = n.id))
    where c.tenant_id = $1 and cv.state = 'active' and cv.starts_at <= $2 and (cv.ends_at is null or cv.ends_at > $2) and lv.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> LinePrecedence.Candidate { try LinesInForce.decode(&row) }
}
