import Assurance
import Contracts
import Desk
import Foundation
import Kernel
import Operations
import ServiceLevels
import Suppliers
import TestSupport
import Testing

@testable import ContractFiles

/// Files that say who keeps a contract's promises.
@Suite struct DeliveryFileTests {
  private struct World {
    let database: TestDatabase

    /// - Parameter isProven: whether nothing is promised that nothing backs.
    init(isProven: Bool = true) async throws {
      database = try await TestDatabase.make([
        PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, AssuranceModule.self,
      ])
      let calendar = try await database.call("calendar.create", ["name": "Around the clock", "stock": "24x7", "zone": "UTC"], as: database.root)
      let supplier = try await database.call("supplier.create", ["code": "CLOUD", "name": "Cloud Ltd", "zone": "UTC"], as: database.root)
      for (name, reference) in [("Compute", "UC-1"), ("Network", "UC-2")] {
        try await database.call("supplier_service.add", ["supplier": supplier["id"] ?? .null, "name": .text(name)], as: database.root)
        try await database.call(
          "underpinning_contract.create",
          [
            "supplier": supplier["id"] ?? .null, "reference": .text(reference), "name": .text(name), "state": "active", "currency": "EUR",
            "startsAt": "2026-01-01T00:00:00Z", "calendar": calendar["id"] ?? .null,
            "targets": .array([.object(["metric": "resolution", "budgetSeconds": 3600])]),
          ], as: database.root)
      }
      if isProven { try await database.call("proof_policy.set", ["policy": "required"], as: database.root) }
    }

    func export(_ customer: String, _ contract: String? = nil) async throws -> String {
      try await ContractExport(dispatcher: database.dispatcher, as: database.root, .english).yaml(customer: customer, contract: contract)
    }

    func run(_ yaml: String) throws -> ContractFileRun { try ContractFileRun(yaml: yaml, dispatcher: database.dispatcher, as: database.root, .english) }

    func problems(_ yaml: String) async throws -> [String] {
      do {
        _ = try await run(yaml).plan()
        return ["accepted"]
      } catch let problems as ContractFileProblems {
        return problems.problems.map { "\($0.path) \($0.message.key)" }
      }
    }
  }

  private static let yaml = """
    customer: {code: ACME, name: Acme, zone: UTC}
    calendars:
      - {name: Always, zone: UTC, stock: 24x7}
    slas:
      - name: Gold
        targets:
          - {metric: response, within: 1 h, calendar: Always}
          - {metric: resolution, within: 8 h, calendar: Always}
      - name: Desk OLA
        kind: ola
        targets:
          - {metric: response, within: 30 min, calendar: Always}
          - {metric: resolution, within: 2 h, calendar: Always}
    teams:
      - {name: First line, ola: Desk OLA}
      - {name: Second line}
    contract:
      name: Hosting
      currency: EUR
      starts: 2026-03-01
      lines:
        - name: Servers
          sla: Gold
          teams:
            - {team: First line, handling: 15 min}
            - {team: Second line, tier: 2, calendar: Always, handling: 1 h}
          suppliers:
            - {supplier: CLOUD, service: Compute, contract: UC-1}
            - {supplier: CLOUD, service: Network, contract: UC-2}

    """

  /// From nothing to a contract that is proven, in one run, where a proof is required; and the file says all of it.
  @Test func aContractGoesLiveWithAllThatBacksIt() async throws {
    let world = try await World()
    let plan = try await world.run(Self.yaml).plan()
    for words in ["OLA of team “First line”: “Desk OLA”", "teams of line “Servers”", "supplier of line “Servers”: CLOUD Network"] {
      #expect(plan.text.contains(words), "\(plan.text)")
    }
    try await world.run(Self.yaml).apply()
    let again = try await world.run(Self.yaml).plan()
    #expect(again.isEmpty, "\(again.text)")
    let database = world.database
    let open = try await database.call("proof.open", [:], as: database.root)
    #expect(open["items"] == .array([]), "\(open)")
    let customer = try #require(try await database.tenancy.tenant(code: "ACME"))
    let contract = try await database.call("contract.list", ["customer": .id(customer.publicId)], as: database.root)["items"]?.array?.first
    #expect(contract?["state"] == "active")

    // A supplier that the file does not name any more ends; a team that moves is a new version of the chain.
    database.clock.advance(seconds: 3600)
    let amended = Self.yaml.replacing("        - {supplier: CLOUD, service: Network, contract: UC-2}\n", with: "").replacing("tier: 2", with: "tier: 3")
    let change = try await world.run(amended).plan()
    for words in ["end     supplier of line “Servers”: CLOUD Network", "change  teams of line “Servers”"] {
      #expect(change.text.contains(words), "\(change.text)")
    }
    try await world.run(amended).apply()
    #expect(try await world.run(amended).plan().isEmpty)
    // What a file does not speak of is left as it is.
    let start = try #require(Self.yaml.range(of: "      teams:\n        - {team")?.lowerBound)
    #expect(try await world.run(String(Self.yaml[..<start])).plan().isEmpty)
  }

  /// What is written from an installation changes nothing there, and makes the same of an empty one.
  @Test func whatIsExportedIsAppliedAndExportedTheSame() async throws {
    let world = try await World(isProven: false)
    let mixed = Self.yaml.replacing("calendar: Always, handling: 1 h", with: "calendar: Always, handlingByPriority: [10 min, 20 min, 30 min, 1 h, 2 h]")
      .replacing("  - name: Gold\n", with: "  - name: Gold\n    waits: {supplierPauses: true, limit: 8 h}\n")
    var files = ["ACME": mixed]
    for (name, code) in [("premium-24x7", "NORTHCLIN"), ("office-hours-5x8", "LUMENARC"), ("per-device", "TIANHEPM")] {
      files[code] = try ContractFileTests.example(name)
    }
    for (code, yaml) in files.sorted(by: { $0.key < $1.key }) {
      try await world.run(yaml).apply()
      let exported = try await world.export(code)
      let plan = try await world.run(exported).plan()
      #expect(plan.isEmpty, "\(code): \(plan.text)\n\(exported)")
      let other = try await World(isProven: false)
      try await other.run(exported).apply()
      #expect(try await other.export(code) == exported, "\(code)")
    }
    let exported = try await world.export("ACME")
    for part in ["limit: \"8 h\"", "supplierPauses: true", "service: Network", "contract: UC-2", "kind: ola", "- \"1 h\""] {
      #expect(exported.contains(part), "\(part) in\n\(exported)")
    }
    await expectFailure(.conflict) { try await world.export("ACME", "Nothing of that name") }
    await expectFailure(.invalid) { try await world.export("NOBODY") }
  }

  @Test func namesThatLeadNowhereAreToldByThePlan() async throws {
    let world = try await World()
    func broken(_ part: String, _ other: String) async throws -> [String] {
      #expect(Self.yaml.contains(part))
      return try await world.problems(Self.yaml.replacing(part, with: other))
    }
    #expect(try await broken("ola: Desk OLA", "ola: Gold") == ["teams[0].ola contract_file.unknown_name"])
    #expect(try await broken("sla: Gold", "sla: Desk OLA") == ["contract.lines[0].sla contract_file.unknown_name"])
    #expect(try await broken("{team: First line,", "{team: Nobody,") == ["contract.lines[0].teams[0].team contract_file.unknown_name"])
    #expect(try await broken("tier: 2, calendar: Always", "tier: 2, calendar: Never") == ["contract.lines[0].teams[1].calendar contract_file.unknown_name"])
    #expect(try await broken("service: Network", "service: Paper") == ["contract.lines[0].suppliers[1].service contract_file.unknown_name"])
    #expect(try await broken("contract: UC-2", "contract: UC-3") == ["contract.lines[0].suppliers[1].contract contract_file.unknown_name"])
    #expect(try await broken("handling: 1 h", "handling: 2 business days") == ["contract.lines[0].teams[1].handling contract_file.duration"])
    #expect(try await world.database.tenancy.tenant(code: "ACME") == nil, "nothing was done")
  }
}
