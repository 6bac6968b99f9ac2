import Assurance
import Kernel
import Operations
import TestSupport
import Testing

/// What is measured over a period, and what is promised for some tickets only, through the operations.
@Suite struct MeasuredProofTests {
  private func target(_ members: KeyValuePairs<String, Value>) -> Value { .object(members.map { Value.Member($0.key, $0.value) }) }

  /// The proof of the world's line after its SLA has come to promise something else.
  private func proof(_ world: AssuranceWorld, promising targets: [Value]) async throws -> Value {
    let sla = try await world.call("sla.read", ["id": world.sla.at("id")])
    world.database.clock.advance(seconds: 1)
    try await world.call("sla.revise", ["id": world.sla.at("id"), "targets": .array(targets)], version: sla.at("version"))
    return try await world.prove()
  }

  private func agreed(_ world: AssuranceWorld, _ target: Value, from: Value = "2026-03-01T12:00:00Z") async throws {
    let contract = try await world.call("underpinning_contract.read", ["id": world.underpinning.at("id")])
    try await world.call(
      "underpinning_contract.revise", ["id": world.underpinning.at("id"), "targets": .array([target]), "validFrom": from],
      version: contract.at("version"))
  }

  private func ola(_ world: AssuranceWorld, _ targets: [Value]) async throws {
    let ola = try await world.call("sla.create", ["name": "Desk OLA", "kind": "ola", "targets": .array(targets)])
    try await world.call("team_agreement.add", ["team": world.team.at("id"), "ola": ola.at("id")])
  }

  /// The same share over a longer period is less: all of a quarter's outage may fall into one month.
  @Test func anAvailabilityIsBackedOverItsOwnPeriod() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let monthly = target(["metric": "availability", "objective": "99.7", "period": "month"])
    try await agreed(world, target(["metric": "availability", "objective": "99.9", "period": "quarter"]))
    let short = try await proof(world, promising: [monthly])
    #expect(short.kinds == ["objective"] && short.at("gaps.0.promised") == .array(["availability"]), "\(short)")
    #expect(
      short.at("gaps.0.text")
        == "availability: 99.7% of each month is promised, and of what supplier Cloud Ltd Compute together promise only 99.6785% may be left in one.")
    let explained = try await world.call("proof.explain", ["id": short.at("id"), "gap": 1])
    #expect(
      explained.at("steps.1")
        == "supplier Cloud Ltd Compute: 99.9% of each quarter. All that it may miss may fall into 2027-02, of which 99.6785% is left then.",
      "\(explained)")
    let backed = try await proof(world, promising: [target(["metric": "availability", "objective": "99.6", "period": "month"])])
    #expect(backed.at("outcome") == "covered", "\(backed)")
    let yearly = try await proof(world, promising: [target(["metric": "availability", "objective": "99.9", "period": "year"])])
    #expect(yearly.at("outcome") == "covered", "a quarter lies in its year: \(yearly)")
  }

  /// Who counts major outages only promises nothing of the others.
  @Test func whatCountsAsDownIsTheSame() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    try await agreed(world, target(["metric": "availability", "objective": "99.99", "countsFrom": "major"]))
    let proof = try await proof(world, promising: [target(["metric": "availability", "objective": "99.9", "countsFrom": "partial"])])
    #expect(proof.kinds == ["objective"])
    #expect(
      proof.at("gaps.0.text")
        == "availability: outages count from “partial” on, and “UC-7” with supplier Cloud Ltd Compute promises only of those from “major” on.")
    try await agreed(world, target(["metric": "availability", "objective": "99.99", "countsFrom": "degraded"]), from: "2026-03-01T13:00:00Z")
    #expect(try await world.prove().at("outcome") == "covered")
  }

  /// Backups are the work of a team, and its OLA promises how many succeed.
  @Test func whatATeamMeasuresIsBackedByItsOla() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    let promised = target(["metric": "backup_success", "objective": "98"])
    let open = try await proof(world, promising: [promised])
    #expect(open.kinds == ["agreement"] && open.at("gaps.0.promises") == "backup success", "\(open)")
    try await ola(world, [target(["metric": "backup_success", "objective": "97.5"])])
    let short = try await world.prove()
    #expect(short.at("gaps.0.text") == "backup success: 98% is promised, and team Service desk together promise 97.5%.", "\(short)")
    let explained = try await world.call("proof.explain", ["id": short.at("id"), "gap": 1])
    #expect(explained.at("steps.1") == "team Service desk 97.5%: each does a part of the work, so the least counts, 97.5%.", "\(explained)")
    #expect(try await proof(world, promising: [target(["metric": "backup_success", "objective": "97.5"])]).at("outcome") == "covered")
  }

  /// The team's target for incidents is not the one for requests, and a gap says for which tickets it is.
  @Test func aGapNamesItsTickets() async throws {
    let world = try await AssuranceWorld()
    try await world.link()
    func resolution(_ seconds: Int64, _ more: KeyValuePairs<String, Value> = [:]) -> Value {
      let members: [Value.Member] = [
        .init("metric", "resolution"), .init("budgetSeconds", .integer(seconds)), .init("calendar", world.ours.at("id")),
      ]
      return .object(members + more.map { Value.Member($0.key, $0.value) })
    }
    // Nothing but the desk.
    let links = try await world.call("supplier_link.list", ["line": world.line]).at("items.0")
    try await world.call("supplier_link.end", ["id": links.at("id"), "notNeeded": .bool(true)], version: links.at("version"))
    try await world.call("delivery_chain.set", ["line": world.line, "supplierMetrics": .array([]), "teams": .array([.object(["team": world.team.at("id")])])])
    try await ola(world, [resolution(3600, ["ticketType": "incident"]), resolution(36_000, ["ticketType": "request"])])
    let proof = try await proof(
      world, promising: [resolution(7200, ["priority": 1, "ticketType": "incident"]), resolution(28_800, ["priority": 1, "ticketType": "request"])])
    #expect(proof.kinds == ["budget"] && proof.at("promises") == 2, "\(proof)")
    #expect(proof.at("gaps.0.promises") == "resolution P1 (request)" && proof.at("gaps.0.promised") == .array(["resolution P1 type:request"]))
    #expect(proof.at("gaps.0.text").text?.hasPrefix("resolution P1 (request): what is opened on ") ?? false)
    // For all that is no incident and no request the desk agreed to nothing.
    let other = try await self.proof(world, promising: [resolution(36_000, ["priority": 1])])
    #expect(other.kinds == ["target"] && other.at("gaps.0.promised") == .array(["resolution P1"]), "\(other)")
  }
}
