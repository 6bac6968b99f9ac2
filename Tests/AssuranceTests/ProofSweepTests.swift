import Assurance
import Jobs
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// What the sweep finds, what it leaves alone, and what happens beside it.
@Suite struct ProofSweepTests {
  /// A supplier that drops out of several is told, until somebody says that nothing has to take its place.
  @Test func aLinkThatEndsIsToldUntilItIsSaidThatItIsNotNeeded() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let network = try await world.call("supplier_service.add", ["supplier": world.supplier.at("id"), "name": "Network"])
    let link = try await world.call(
      "supplier_link.add",
      ["line": world.line, "service": network.at("id"), "role": "provides", "underpinningContract": world.underpinning.at("id")])
    let ended = try await world.call(
      "supplier_link.end", ["id": link.at("id"), "endedAt": "2026-06-01T00:00:00Z"], version: link.at("version"))
    #expect(ended.at("notNeeded") == .bool(false))
    let gap = try await world.prove().at("gaps").array?.first { $0["kind"] == "term" }
    #expect(gap?.at("from") == "2026-06-01T00:00:00Z", "\(String(describing: gap))")
    #expect(
      gap?.at("text") == "resolution P1: until 1 June 2026 02:00 (Europe/Berlin) supplier Cloud Ltd Network delivered its part, nobody since.",
      "\(gap?.at("text") ?? .null)")
    // A link that ended can be told so still, and its end stays what it was.
    await expectFailure(.conflict) { try await world.call("supplier_link.end", ["id": link.at("id")], version: ended.at("version")) }
    await expectFailure(.conflict) {
      try await world.call(
        "supplier_link.end", ["id": link.at("id"), "endedAt": "2026-07-01T00:00:00Z", "notNeeded": .bool(true)], version: ended.at("version"))
    }
    let told = try await world.call("supplier_link.end", ["id": link.at("id"), "notNeeded": .bool(true)], version: ended.at("version"))
    #expect(told.at("notNeeded") == .bool(true) && told.at("endedAt") == "2026-06-01T00:00:00Z")
    try await world.sweep()
    let newest = try await world.call("proof.list", ["line": world.line]).at("items.0")
    #expect(newest.at("cause") == "changed" && !newest.kinds.contains("term"), "\(newest)")
  }

  /// What is promised for any priority is promised for one that was added.
  @Test func aPriorityThatWasAddedIsLookedAt() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    _ = try await world.prove()
    #expect(try await world.found() == [])
    try await world.call("code.create", ["list": "urgency", "key": "4", "name": .object(["en": "Planned"])])
    #expect(try await world.found() == [], "of levels no promise speaks")
    try await world.call("code.create", ["list": "priority", "key": "6", "name": .object(["en": "Some day"])])
    #expect(try await world.found().count == 1)
    try await world.sweep()
    #expect(try await world.found() == [])
    #expect(try await world.call("proof.list", ["line": world.line]).at("items.0.cause") == "changed")
  }

  /// Guard: one that was made before any could be added says nothing of them, and would stand until its week is over.
  @Test func aProofFromBeforeIsLookedAtWhenAPriorityIsAdded() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    _ = try await world.prove()
    try await world.database.runAsSuperuser(
      """
      update assurance.standing s set (input_kinds, input_ids, input_versions) = (
        select array_agg(u.kind order by u.place), array_agg(u.id order by u.place), array_agg(u.version order by u.place)
        from unnest(s.input_kinds, s.input_ids, s.input_versions) with ordinality u (kind, id, version, place) where u.kind <> 'priorities')
      """)
    #expect(try await world.found() == [], "an upgrade alone is no reason")
    try await world.call("code.create", ["list": "priority", "key": "6", "name": .object(["en": "Some day"])])
    #expect(try await world.found().count == 1)
    try await world.sweep()
    #expect(try await world.found() == [])
  }

  /// A suspension of what backs a promise is told with its end, by the days of the contract's zone.
  @Test func aSuspensionIsToldWithItsEnd() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    for (version, event, from) in [(Int64(1), "suspend", "2026-05-31T22:00:00Z"), (2, "resume", "2026-06-30T22:00:00Z")] {
      try await world.call(
        "underpinning_contract.revise", ["id": world.underpinning.at("id"), "event": .text(event), "validFrom": .text(from)], version: .integer(version))
    }
    let gap = try await world.prove().at("gaps").array?.first { $0["kind"] == "term" }
    #expect(
      gap?.at("text")
        == "resolution P1: not backed from 1 June 2026 until 1 July 2026 (Europe/Berlin): “UC-7” with supplier Cloud Ltd Compute is not in force.",
      "\(gap?.at("text") ?? .null)")
  }

  /// Two services of a supplier that differ in their region alone are told apart.
  @Test func aServiceIsToldWithItsRegion() async throws {
    let world = try await AssuranceWorld()
    for region in ["eu-1", "us-1"] {
      let service = try await world.call("supplier_service.add", ["supplier": world.supplier.at("id"), "name": "WAN", "region": .text(region)])
      try await world.call("supplier_link.add", ["line": world.line, "service": service.at("id"), "role": "provides"])
    }
    let gaps = try await world.prove().at("gaps").array ?? []
    #expect(Set(gaps.compactMap { $0.at("parties.0").text }) == ["Cloud Ltd WAN eu-1", "Cloud Ltd WAN us-1"], "\(gaps)")
  }

  /// A look that found nothing but lines that cannot be proven was the last one.
  @Test func asManyAtFaultAsALookFindsHideNoOther() async throws {
    let world = try await AssuranceWorld()
    try await world.activate()
    try await world.call(
      "contract_line.add",
      ["contract": world.contract.at("id"), "name": "Later", "sla": world.sla.at("id"), "validFrom": "2026-08-01T00:00:00Z"])
    _ = try await world.database.superuser.transaction { try await $0.query(ForgetStandings()) }
    try await world.database.runAsSuperuser(
      """
      create function assurance.fault() returns trigger language plpgsql as $$
      begin
        if new.contract_line_id = (select min(l.id) from contracts.contract_line l) then raise exception 'at fault'; end if;
        return new;
      end
      $$;
      create trigger fault before insert or update on assurance.standing for each row execute function assurance.fault()
      """)
    await #expect(throws: LeftUndone.self) { try await ProofSweep(batch: 1).run(at: world.database.clock.now(), world.database.tenancy) }
    #expect(try await world.found().count == 1, "the one at fault alone")
  }

  /// A line whose versions were all withdrawn never holds: it is in no list, and no sweep looks at it a second time.
  @Test func aLineThatWasWithdrawnIsLeftAlone() async throws {
    let world = try await AssuranceWorld()
    try await world.activate()
    let added = try await world.call(
      "contract_line.add",
      ["contract": world.contract.at("id"), "name": "Later", "sla": world.sla.at("id"), "validFrom": "2026-08-01T00:00:00Z"])
    #expect(try await world.open().count == 2)
    try await world.call("contract_line.withdraw", ["id": added.at("id"), "reason": "Not sold"], version: added.at("version"))
    try await world.sweep()
    #expect(try await world.open().count == 1)
    #expect(try await world.events() == ["proof.gaps_opened", "proof.gaps_opened", "proof.gaps_closed"])
    #expect(try await world.found().isEmpty)
    // One that was withdrawn before anybody looked at it is not found either.
    let linked = try await world.call(
      "contract_line.add",
      ["contract": world.contract.at("id"), "name": "Much later", "sla": world.sla.at("id"), "validFrom": "2026-09-01T00:00:00Z"])
    try await world.call("supplier_link.add", ["line": linked.at("id"), "service": world.service.at("id"), "role": "provides"])
    try await world.call("contract_line.withdraw", ["id": linked.at("id"), "reason": "Not sold"], version: linked.at("version"))
    _ = try await world.database.superuser.transaction { try await $0.query(ForgetStandings()) }
    #expect(try await world.found().count == 1, "the line that holds, and no other")
  }

  /// A line that cannot be proven is told in the end; the others are proven.
  @Test func aLineThatFailsHoldsUpNoOther() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let other = try await world.call(
      "calendar.create", ["name": "Broken hours", "definition": AssuranceWorld.hours(saturday: "13:00")])
    let (first, second) = (try await world.customer("AAA", world.ours), try await world.customer("BBB", other))
    let last = try await world.customer("CCC", world.ours)
    _ = try await world.database.superuser.transaction { try await $0.query(BreakHours()) }
    await #expect(throws: (any Error).self) { try await world.sweep() }
    var proven: [Bool] = []
    for line in [world.line, first, second, last] {
      proven.append(try await world.call("proof.list", ["line": line]).at("items").array?.isEmpty == false)
    }
    #expect(proven == [true, true, false, true])
  }

  /// However acceptances and sweeps meet, a gap is accepted once, and where the line stands is what is accepted of it.
  @Test func acceptancesAndSweepsTakeTurns() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    for round in 0..<4 {
      let proof = try await world.prove()
      #expect(proof.at("openGaps") == 2, "round \(round)")
      world.database.clock.advance(seconds: 8 * 86_400)
      async let one = world.refusal { try await world.accept(proof) }
      async let two = world.refusal { try await world.accept(proof) }
      async let sweep: Void = world.sweep()
      let refusals = [await one, await two].compactMap(\.self)
      try await sweep
      #expect(refusals.count <= 1 && refusals.allSatisfy { $0.kind == .conflict }, "\(refusals)")
      let live = try await world.call("accepted_risk.list", ["line": world.line]).at("items").array?.filter { $0.at("endedAt").isNull } ?? []
      #expect(live.count == 2 && Set(live.map { $0.at("gap") }).count == 2, "round \(round): \(live)")
      #expect(try await world.open().isEmpty, "round \(round)")
      for risk in live { try await world.call("accepted_risk.end", ["id": risk.at("id"), "reason": "Next round"], version: risk.at("version")) }
      #expect(try await world.open().count == 1)
    }
  }
}

extension AssuranceWorld {
  fileprivate func accept(_ proof: Value) async throws -> Value {
    try await call("accepted_risk.record", ["proof": proof.at("id"), "reason": "Rarely used"])
  }

  /// What a sweep would look at now.
  fileprivate func found() async throws -> [Int64] {
    let now = database.clock.now()
    return try await database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(LinesToProve(now: now)) }
  }

  /// A customer with a contract line that promises in the hours of a calendar and rests on the supplier.
  fileprivate func customer(_ code: String, _ calendar: Value) async throws -> Value {
    let customer = try await database.customer(code)
    let sla = try await call(
      "sla.create",
      [
        "name": .text("SLA \(code)"),
        "targets": .array([.object(["metric": "resolution", "priority": 1, "budgetSeconds": 14_400, "calendar": calendar.at("id")])]),
      ])
    let contract = try await call(
      "contract.create",
      [
        "customer": .id(customer.publicId), "name": "Contract", "state": "draft", "currency": "EUR", "startsAt": "2026-03-02T00:00:00Z",
        "lines": .array([.object(["name": "Line", "sla": sla.at("id")])]),
      ])
    let line = contract.at("lines.0.id")
    try await call("supplier_link.add", ["line": line, "service": service.at("id"), "role": "provides", "underpinningContract": underpinning.at("id")])
    return line
  }
}

private struct ForgetStandings: Statement {
  static let sql = "delete from assurance.standing"
}

/// A definition that no version of the program can read.
private struct BreakHours: Statement {
  static let sql = """
    update contracts.calendar_version set definition = '{}', definition_hash = sha256('broken') where definition::text like '%13:00%'
    """
}

private struct LinesToProve: Statement {
  let now: Instant

  static let sql = "select contract_line_id from finder.proofs_to_run($1, 0, 0, 500)"

  func bind(to parameters: inout Parameters) { parameters.append(now) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
