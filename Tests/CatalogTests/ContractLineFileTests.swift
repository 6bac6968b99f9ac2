import ContractFiles
import Foundation
import Kernel
import TestSupport
import Testing

/// What a contract file says of the catalogue.
@Suite struct ContractLineFileTests {
  private static let yaml = """
    customer: {code: NEWCO, name: Newco Ltd, zone: UTC}
    calendars:
      - {name: Always, zone: UTC, stock: 24x7}
    slas:
      - name: Gold
        targets:
          - {metric: response, priorities: [1], within: 15 min, calendar: Always}
    contract:
      name: Network
      currency: EUR
      starts: 2026-01-01
      state: active
      lines:
        - name: Sites
          sla: Gold
          service: MANAGED-WAN

    """

  private func run(_ yaml: String, _ world: CatalogWorld) throws -> ContractFileRun {
    try ContractFileRun(yaml: yaml, dispatcher: world.database.dispatcher, as: world.database.root, .english)
  }

  @Test func aLineNamesWhatItSellsByCode() async throws {
    let world = try await CatalogWorld()
    try await run(Self.yaml, world).apply(try await run(Self.yaml, world).plan())
    #expect(try await run(Self.yaml, world).plan().isEmpty)
    let changed = Self.yaml.replacingOccurrences(of: "service: MANAGED-WAN", with: "offering: WAN-SITE")
    let plan = try await run(changed, world).plan()
    #expect(plan.text.contains("service “MANAGED-WAN” no longer") && plan.text.contains("offering “WAN-SITE”"), "\(plan.text)")
    world.database.clock.advance(seconds: 60)
    try await run(changed, world).apply(plan)
    #expect(try await run(changed, world).plan().isEmpty)
  }

  /// What the operations would refuse half-way, the plan refuses: another customer's, and what the line's first day does not have.
  @Test(arguments: [
    ("service: TAILORED", "2026-01-01", ["16 contract.lines[0].service contract_file.not_in_catalogue"]),
    ("offering: TAILORED-1", "2026-01-01", ["16 contract.lines[0].offering contract_file.not_in_catalogue"]),
    ("service: NEXT", "2026-01-01", ["16 contract.lines[0].service contract_line.not_sellable"]),
    ("service: NEXT", "2026-04-01", []),
    ("offering: NEXT-1", "2026-04-01", ["16 contract.lines[0].offering contract_line.not_sellable"]),
  ])
  func aPlanPromisesWhatCanBeSold(what: String, starts: String, expected: [String]) async throws {
    let world = try await CatalogWorld()
    let family = try await world.found("service_family.list", "NETWORK")
    let name = Value.object(["en": "Service"])
    for (code, day, customer) in [("TAILORED", "2026-01-01", Value.id(world.acme.publicId)), ("NEXT", "2026-04-01", .null)] {
      let service = try await world.call(
        "service.create",
        [
          "code": .text(code), "family": family.at("id"), "name": name, "mode": "managed", "owner": name,
          "stages": .object(["design": "2026-01-01", "operation": .text(day)]), "onlyFor": customer,
        ])
      try await world.call("offering.create", ["service": service.at("id"), "code": .text("\(code)-1"), "name": name])
    }
    let yaml = Self.yaml.replacingOccurrences(of: "service: MANAGED-WAN", with: what).replacingOccurrences(of: "starts: 2026-01-01", with: "starts: \(starts)")
    do {
      let plan = try await run(yaml, world).plan()
      #expect(expected == [])
      try await run(yaml, world).apply(plan)
    } catch let problems as ContractFileProblems {
      #expect(problems.problems.map { "\($0.line ?? 0) \($0.path) \($0.message.key)" } == expected)
    }
  }

  @Test(arguments: [
    ("service: NOTHING", "16 contract.lines[0].service contract_file.not_in_catalogue"),
    ("offering: NOTHING", "16 contract.lines[0].offering contract_file.not_in_catalogue"),
  ])
  func whatIsNotThereIsTold(what: String, expected: String) async throws {
    let world = try await CatalogWorld()
    do {
      _ = try await run(Self.yaml.replacingOccurrences(of: "service: MANAGED-WAN", with: what), world).plan()
      Issue.record("accepted")
    } catch let problems as ContractFileProblems {
      #expect(problems.problems.map { "\($0.line ?? 0) \($0.path) \($0.message.key)" } == [expected])
    }
  }
}
