import Assurance
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// Which gaps are left to be told: those that something opened, each once.
@Suite struct GapNewsTests {
  @Test func whatOpensIsLeftToBeTold() async throws {
    let world = try await AssuranceWorld()
    #expect(try await world.prove().at("outcome") == "unproven")
    #expect(try await world.told() == [], "the first proof is told nobody")
    // The desk alone keeps it all; with the supplier two gaps open.
    try await world.link()
    #expect(try await world.prove().at("openGaps") == 2)
    #expect(try await world.told() == ["proof.gaps_opened"])
    // Of a line that is open already, what opens besides.
    try await world.close(saturday: "18:00", wednesday: "20:00", version: 1)
    try await world.sweep()
    let second = try await world.call("proof.list", ["line": world.line]).at("items.0")
    #expect(try await world.told() == ["proof.gaps_opened", "proof.gaps_added"])
    let places = try #require(try await world.newGaps().last)
    let new = places.compactMap { second.at("gaps.\($0 - 1).text").text }
    #expect(!new.isEmpty && new.allSatisfy { $0.contains("Wednesday") }, "\(new)")
    // The same again, and a horizon that moved on, are no news.
    world.database.clock.advance(seconds: 60)
    try await world.call("underpinning_contract.revise", ["id": world.underpinning.at("id"), "name": "Other"], version: 1)
    try await world.sweep()
    world.database.clock.advance(seconds: 8 * 86_400)
    try await world.sweep()
    #expect(try await world.told() == ["proof.gaps_opened", "proof.gaps_added"])
    // All of it closed, and open again: all of it is news.
    try await world.close(saturday: "22:00", wednesday: "22:00", version: 2)
    try await world.sweep()
    #expect(try await world.open().isEmpty)
    try await world.close(saturday: "18:00", wednesday: "22:00", version: 3)
    try await world.sweep()
    #expect(try await world.told() == ["proof.gaps_opened", "proof.gaps_added", "proof.gaps_opened"])
    #expect(try await world.newGaps().last == [1, 2])
  }

  /// What was accepted opens when the acceptance ends, and is told then.
  @Test func anAcceptanceThatEndsIsTold() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let proof = try await world.prove()
    try await world.call("accepted_risk.record", ["proof": proof.at("id"), "reason": "Rarely used", "until": "2026-03-20T00:00:00Z"])
    try await world.sweep()
    #expect(try await world.told() == ["proof.gaps_opened"])
    world.database.clock.set(try #require(Instant("2026-03-20T00:00:00Z")))
    for _ in 0..<2 { try await world.sweep() }
    #expect(try await world.told() == ["proof.gaps_opened", "proof.gaps_opened"])
  }

  /// Also beside a gap that is open all the while: that one alone is told. What somebody ended is no news to him.
  @Test func anAcceptanceThatEndsBesideAnOpenGapIsTold() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let proof = try await world.prove()
    #expect(proof.at("openGaps") == 2)
    func accept(until: String) async throws {
      try await world.call(
        "accepted_risk.record", ["proof": proof.at("id"), "gaps": .array([2]), "reason": "Rarely used", "until": .text(until)])
    }
    try await accept(until: "2026-03-20T00:00:00Z")
    try await world.sweep()
    #expect(try await world.told() == ["proof.gaps_opened"])
    world.database.clock.set(try #require(Instant("2026-03-20T00:00:00Z")))
    for _ in 0..<2 { try await world.sweep() }
    #expect(try await world.told() == ["proof.gaps_opened", "proof.gaps_added"])
    #expect(try await world.newGaps().last == [2])
    try await accept(until: "2026-03-25T00:00:00Z")
    let risk = try #require(
      try await world.call("accepted_risk.list", ["line": world.line]).at("items").array?.first { $0.at("endedAt").isNull })
    try await world.call("accepted_risk.end", ["id": risk.at("id"), "reason": "After all"], version: risk.at("version"))
    world.database.clock.set(try #require(Instant("2026-03-25T00:00:00Z")))
    for _ in 0..<2 { try await world.sweep() }
    #expect(try await world.told() == ["proof.gaps_opened", "proof.gaps_added"])
  }

  /// A supplier's contract that is suspended promises nothing from that day on, and something again from the day on which it is resumed.
  @Test func aSuspendedContractOfASupplierIsAGap() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let before = try await world.prove()
    func terms(_ proof: Value) -> [String] {
      (proof.at("gaps").array ?? []).filter { $0.at("kind") == "term" }.compactMap { $0.at("text").text }
    }
    func gaps() async throws -> Value {
      let proof = try await world.prove()
      return try await world.call("proof.read", ["id": proof.at("id")])
    }
    #expect(before.at("openGaps") == 2)
    #expect(terms(try await gaps()).isEmpty)
    try await world.call(
      "underpinning_contract.revise", ["id": world.underpinning.at("id"), "event": "suspend", "validFrom": "2026-04-01T00:00:00Z"], version: 1)
    try await world.sweep()
    let suspended = terms(try await gaps())
    #expect(suspended.count >= 1 && suspended.allSatisfy { $0.contains("UC-7") && $0.contains("2026") }, "\(suspended)")
    #expect(try await world.told().last == "proof.gaps_added")
    try await world.call(
      "underpinning_contract.revise", ["id": world.underpinning.at("id"), "event": "resume", "validFrom": "2026-04-15T00:00:00Z"], version: 2)
    #expect(terms(try await gaps()).count >= 1, "a fortnight is left without")
    world.database.clock.set(try #require(Instant("2026-04-20T00:00:00Z")))
    #expect(terms(try await gaps()).isEmpty)
  }
}

extension AssuranceWorld {
  /// The supplier's hours from now on.
  fileprivate func close(saturday: String, wednesday: String, version: Int64) async throws {
    database.clock.advance(seconds: 60)
    var week = ["mon", "tue", "thu", "fri"].map { Value.Member($0, .array([.array(["08:00", "22:00"])])) }
    week += [("wed", wednesday), ("sat", saturday)].map { Value.Member($0.0, .array([.array(["08:00", .text($0.1)])])) }
    try await call(
      "calendar.revise", ["id": theirs.at("id"), "definition": .object(["zone": "Europe/Berlin", "week": .object(week)])], version: .integer(version))
  }

  /// What is left for whoever tells people.
  fileprivate func told() async throws -> [String] { try await left().map(\.type) }

  fileprivate func newGaps() async throws -> [[Int64]] { try await left().map { ($0.payload["new"]?.array ?? []).compactMap(\.integer) } }

  private func left() async throws -> [ProofsLeft.Found] { try await database.superuser.transaction { try await $0.query(ProofsLeft()) } }
}

private struct ProofsLeft: Statement {
  struct Found: Sendable {
    let type: String
    let payload: Value
  }

  static let sql = """
    select e.type, e.payload from operations.outbox o
    join operations.event e on e.tenant_id = o.tenant_id and e.subject_kind = o.subject_kind and e.subject_id = o.subject_id and e.seq = o.seq
      and e.recorded_at = o.recorded_at
    where o.consumer = 'notifications' and o.subject_kind = 'proof' order by o.id
    """
  static func decode(_ row: inout RowReader) throws -> Found { Found(type: try row.next(), payload: try row.next()) }
}
