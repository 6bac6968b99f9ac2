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
