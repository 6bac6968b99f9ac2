import Credits
import Kernel
import Operations
import TestSupport
import Testing

/// Credits for what was recorded and judged.
@Suite struct MeasuredCreditTests {
  private static func terms(_ measure: KeyValuePairs<String, Value>) -> Value {
    var members = measure.map { Value.Member($0.key, $0.value) }
    members.append(Value.Member("period", "month"))
    members.append(Value.Member("bands", CreditsWorld.terms["bands"] ?? .null))
    return .object(members)
  }

  /// A measurement of January in Berlin.
  @discardableResult
  private func record(_ measure: Value, _ numerator: Value, of denominator: Value, in world: CreditsWorld) async throws -> Value {
    try await world.call(
      "measurement.record",
      [
        "line": world.line, "measure": measure, "numerator": numerator, "denominator": denominator, "from": "2025-12-31T23:00:00Z",
        "to": "2026-01-31T23:00:00Z", "evidence": "report 7",
      ])
  }

  private func judge(_ world: CreditsWorld) async throws {
    try await world.call("measurement.judge", ["line": world.line, "period": "2026-01"])
  }

  private func words(_ credit: Value, in world: CreditsWorld) async throws -> String {
    try await world.call("credit.explain", ["id": credit.at("id")]).at("steps").array?.compactMap(\.text).joined(separator: "\n") ?? ""
  }

  @Test func backupsThatFailedArePaidAsTheyWereJudged() async throws {
    let world = try await CreditsWorld(
      terms: Self.terms(["measure": "measured", "metric": "backup_success"]), linksCompute: false, measured: ["backup_success"])
    let recorded = try await record("backup_success", 195, of: 200, in: world)
    #expect(try await world.propose().at("outcome") == "not_measured", "nobody has judged it yet")
    try await judge(world)
    let credit = try await world.propose().at("credit")
    #expect(credit.at("amount") == .decimal("250.00"), "97.5 %")
    #expect(credit.at("calculation.parts.0.attainment") == "39/40")
    let evidence = try await world.call("credit.evidence", ["id": credit.at("id")])
    #expect(evidence.at("items").array?.count == 1)
    #expect(evidence.at("items.0.kind") == "measured" && evidence.at("items.0.verdict") == "missed")
    #expect(evidence.at("items.0.from") == "2025-12-31T23:00:00Z" && evidence.at("items.0.to") == "2026-01-31T23:00:00Z")
    let told = try await words(credit, in: world)
    for part in ["“backup_success”", "97.5", "39/40", "25 % of the fee"] { #expect(told.contains(part), "\(part) in \(told)") }
    #expect(try await world.propose().at("outcome") == "unchanged")
    // The newest judgement counts, once there is one.
    try await world.call("measurement.correct", ["id": recorded.at("id"), "numerator": 199, "evidence": "four were run again"])
    #expect(try await world.propose().at("outcome") == "unchanged")
    try await judge(world)
    let second = try await world.propose()
    #expect(second.at("outcome") == "proposed" && second.at("credit.amount") == .decimal("100.00"), "99.5 %")
  }

  /// Of availability the outages tell where a supplier's service provides the line, and what was recorded where none does.
  @Test func availabilityOfOurOwnServersIsPaid() async throws {
    let world = try await CreditsWorld(linksCompute: false, measured: ["availability"])
    #expect(try await world.propose().at("outcome") == "not_measured")
    try await record("availability", 739, of: 744, in: world)
    try await judge(world)
    let credit = try await world.propose().at("credit")
    #expect(credit.at("amount") == .decimal("100.00") && credit.at("calculation.parts.0.attainment") == "739/744")
    let told = try await words(credit, in: world)
    #expect(told.contains("99.327957") && !told.contains("Outages count"), "\(told)")
    try await world.call("supplier_link.add", ["line": world.line, "service": world.service["id"] ?? .null, "role": "provides"])
    let provided = try await world.propose()
    #expect(provided.at("outcome") == "proposed" && provided.at("credit.amount") == .decimal("0.00"), "no outage is known")
  }
}
