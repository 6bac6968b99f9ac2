import Assurance
import Kernel
import Operations
import TestSupport
import Testing

/// The proof through its operations.
@Suite struct ProofTests {
  @Test func aGapIsFoundToldAndExplainedInBothLanguages() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let proof = try await world.prove()
    #expect(proof.at("outcome") == "gaps" && proof.at("promises") == 2 && proof.at("openGaps") == 2)
    #expect(proof.kinds == ["coverage", "budget"])
    #expect(
      proof.at("gaps.0.text").text?.hasPrefix("Saturday 18:00-22:00 Europe/Berlin, resolution P1: coverage of supplier Cloud Ltd Compute ends 18:00;") ?? false,
      "\(proof.at("gaps.0.text"))")
    let explained = try await world.call("proof.explain", ["id": proof.at("id"), "gap": 2])
    let steps = explained.at("steps").array?.compactMap(\.text).joined(separator: "\n") ?? ""
    for part in ["1. team Service desk: own work 15 min", "2. supplier Cloud Ltd Compute: “UC-7” 1 h by “Supplier hours”", "after it was due"] {
      #expect(steps.contains(part), "\(part) in \(steps)")
    }
    await expectFailure(.invalid) { try await world.call("proof.explain", ["id": proof.at("id"), "gap": 3]) }
    let open = try await world.open()
    #expect(open.count == 1 && open.first?.at("proof.id") == proof.at("id") && open.first?.at("customerName") == .text(world.acme.name))
  }

  @Test func aCalendarThatChangesIsFoundByTheSweepAndTheProofComesOutOtherwise() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let before = try await world.prove()
    try await world.sweep()
    #expect(try await world.call("proof.list", ["line": world.line]).at("items.0.id") == before.at("id"), "nothing changed")
    world.database.clock.advance(seconds: 60)
    try await world.call(
      "calendar.revise", ["id": world.theirs.at("id"), "definition": AssuranceWorld.hours(saturday: "22:00")], version: world.theirs.at("version"))
    #expect(try await world.open().count == 1)
    try await world.sweep()
    let proofs = try await world.call("proof.list", ["line": world.line]).at("items")
    #expect(proofs.at("0.outcome") == "covered" && proofs.at("0.cause") == "changed" && proofs.at("0.current") == .bool(true))
    #expect(proofs.at("1.id") == before.at("id") && proofs.at("1.outcome") == "gaps" && proofs.at("1.current") == .bool(false), "nothing is rewritten")
    #expect(try await world.open().isEmpty)
    // And back again: an event tells it.
    world.database.clock.advance(seconds: 60)
    try await world.call(
      "calendar.revise", ["id": world.theirs.at("id"), "definition": AssuranceWorld.hours(saturday: "12:00")], version: 2)
    try await world.sweep()
    #expect(try await world.open().count == 1)
    #expect(try await world.events() == ["proof.gaps_opened", "proof.gaps_closed", "proof.gaps_opened"])
  }

  /// Every kind of input makes the sweep look again, and nothing else does.
  @Test func whateverTheProofRestsOnMakesItLookAgain() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    try await world.sweep()
    var count = try await world.proofs()
    func changed(_ what: String, _ act: () async throws -> Void) async throws {
      world.database.clock.advance(seconds: 60)
      try await act()
      try await world.sweep()
      let now = try await world.proofs()
      #expect(now == count + 1, "\(what): \(count) -> \(now)")
      count = now
      try await world.sweep()
      #expect(try await world.proofs() == count, "\(what): proven again though nothing changed")
    }
    try await changed("underpinning contract") {
      try await world.call("underpinning_contract.revise", ["id": world.underpinning.at("id"), "name": "Other"], version: 1)
    }
    try await changed("sla") {
      try await world.call(
        "sla.revise",
        [
          "id": world.sla.at("id"),
          "targets": .array([.object(["metric": "resolution", "priority": 2, "budgetSeconds": 1, "calendar": world.ours.at("id")])]),
        ], version: world.sla.at("version"))
    }
    try await changed("line") { try await world.call("contract_line.revise", ["id": world.line, "name": "Desk 2"], version: 1) }
    try await changed("contract") { try await world.call("contract.change", ["id": world.contract.at("id"), "name": "Other"], version: 1) }
    try await changed("links") {
      let links = try await world.call("supplier_link.list", ["line": world.line]).at("items.0")
      try await world.call("supplier_link.end", ["id": links.at("id")], version: links.at("version"))
    }
    try await changed("calendar") {
      try await world.call(
        "calendar.revise", ["id": world.ours.at("id"), "definition": AssuranceWorld.hours(saturday: "23:00")], version: world.ours.at("version"))
    }
    // A week on, the horizon has moved; the same comes out, so it is only confirmed.
    world.database.clock.advance(seconds: 8 * 86_400)
    try await world.sweep()
    let newest = try await world.call("proof.list", ["line": world.line]).at("items.0")
    #expect(newest.at("checkedAt") == .instant(world.database.clock.now()))
  }

  @Test func withoutATeamOrSupplierItIsUnproven() async throws {
    let world = try await AssuranceWorld()
    let proof = try await world.prove()
    #expect(proof.at("outcome") == "unproven" && proof.kinds == ["unlinked"])
  }

  @Test func aSupplierThatIsLinkedLaterIsFoundByTheSweep() async throws {
    let world = try await AssuranceWorld()
    try await world.call(
      "supplier_link.add", ["line": world.line, "service": world.service.at("id"), "role": "provides", "underpinningContract": world.underpinning.at("id")])
    #expect(try await world.open().isEmpty)
    try await world.sweep()
    let open = try await world.open()
    // No team stands before the supplier, and it promises no response.
    #expect(open.first?.at("proof").kinds == ["target", "coverage", "budget"])
  }

  @Test func anUnderpinningContractThatEndsFirstIsAGapFromThen() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    try await world.call(
      "underpinning_contract.revise", ["id": world.underpinning.at("id"), "endsAt": "2026-09-01T00:00:00Z", "calendar": world.ours.at("id")], version: 1)
    let proof = try await world.prove()
    #expect(proof.kinds == ["term"] && proof.at("gaps.0.from") == "2026-09-01T00:00:00Z", "\(proof)")
    #expect(proof.at("gaps.0.text").text?.contains("1 September 2026") ?? false)
  }

  /// What was withdrawn before it began is nothing to be kept.
  @Test func aWithdrawnStricterTargetIsNoGap() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    world.database.clock.advance(seconds: 60)
    try await world.call(
      "calendar.revise", ["id": world.theirs.at("id"), "definition": AssuranceWorld.hours(saturday: "22:00")], version: world.theirs.at("version"))
    #expect(try await world.prove().at("outcome") == "covered")
    let target: Value = .object(["metric": "resolution", "priority": 1, "budgetSeconds": 1800, "calendar": world.ours.at("id")])
    try await world.call(
      "sla.revise", ["id": world.sla.at("id"), "targets": .array([target]), "validFrom": "2026-06-01T00:00:00Z"], version: 1)
    let planned = try await world.prove()
    #expect(planned.at("outcome") == "gaps", "\(planned)")
    try await world.call("sla.withdraw", ["id": world.sla.at("id"), "reason": "Not agreed"], version: 2)
    #expect(try await world.prove().at("outcome") == "covered")
  }

  @Test func chainsAreVersionsThatFollowOneAnother() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let first = try await world.call("delivery_chain.read", ["line": world.line])
    #expect(first.at("teams.0.teamName") == "Service desk" && first.at("teams.0.handlingSeconds") == .array([900, 900, 900, 900, 900]))
    #expect(first.at("teams.0.metrics") == .array(["resolution", "response", "update"]) && first.at("supplierMetrics") == .array(["resolution"]))
    world.database.clock.advance(seconds: 3600)
    let other = try await world.call("team.create", ["name": "Network"])
    try await world.call(
      "delivery_chain.set",
      [
        "line": world.line,
        "teams": .array([.object(["team": other.at("id"), "tier": 2, "calendar": world.ours.at("id")]), .object(["team": world.team.at("id")])]),
      ])
    let second = try await world.call("delivery_chain.read", ["line": world.line])
    #expect(second.at("teams.0.teamName") == "Service desk" && second.at("teams.1.metrics") == .array(["resolution"]))
    let past = try await world.call("delivery_chain.read", ["line": world.line, "asOf": .instant(world.database.clock.now().adding(seconds: -60))])
    #expect(past == first)
    await expectFailure(.invalid) {
      try await world.call("delivery_chain.set", ["line": world.line, "teams": .array([]), "validFrom": "2026-01-01T00:00:00Z"])
    }
    await expectFailure(.invalid) {
      let twice: Value = .object(["team": world.team.at("id")])
      return try await world.call("delivery_chain.set", ["line": world.line, "teams": .array([twice, twice])])
    }
  }

  /// What teams and suppliers agreed to is the provider's own.
  @Test func customersSeeNothingOfIt() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let proof = try await world.prove()
    let manager = try await world.database.user(.customerManager, of: world.acme)
    await expectFailure(.denied) { try await world.call("proof.read", ["id": proof.at("id")], as: manager) }
    await expectFailure(.denied) { try await world.call("delivery_chain.read", ["line": world.line], as: manager) }
    await expectFailure(.denied) { try await world.call("proof.open", [:], as: manager) }
  }
}

extension AssuranceWorld {
  func proofs() async throws -> Int { try await call("proof.list", ["line": line, "limit": 200]).at("items").array?.count ?? 0 }

  /// The types of what is told of proofs, in order.
  func events() async throws -> [String] {
    try await database.tenancy.transaction(binding: [acme.id], side: .staff, readOnly: true) { try await $0.query(ProofEvents(tenant: acme.id)) }
  }
}
