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
  static var modules: [any OperationModule.Type] {
    [PlatformModule.self, ContractsModule.self, ServiceLevelsModule.self, DeskModule.self, SuppliersModule.self, AssuranceModule.self]
  }

  struct World {
    let database: TestDatabase

    /// - Parameter isProven: whether nothing is promised that nothing backs.
    init(isProven: Bool = true) async throws {
      database = try await TestDatabase.make(DeliveryFileTests.modules)
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
      if isProven { try await database.set("proof_policy.set", ["policy": "required"], as: database.root) }
    }

    func export(_ customer: String, _ contract: String? = nil) async throws -> String {
      try await ContractExport(dispatcher: database.dispatcher, as: database.root, .english).yaml(customer: customer, contract: contract)
    }

    func run(_ yaml: String) throws -> ContractFileRun { try ContractFileRun(yaml: yaml, dispatcher: database.dispatcher, as: database.root, .english) }

    func contract() async throws -> Value {
      let customer = try #require(try await database.tenancy.tenant(code: "ACME"))
      let listed = try await database.call("contract.list", ["customer": .id(customer.publicId)], as: database.root)
      return try #require(listed["items"]?.array?.first)
    }

    /// Who keeps the promises of the contract's line.
    func delivery() async throws -> (chain: Value, links: [Value]) {
      let lines = try await database.call("contract_line.list", ["contract": try await contract()["id"] ?? .null], as: database.root)
      let line = lines["items"]?.array?.first?["id"] ?? .null
      let links = try await database.call("supplier_link.list", ["line": line], as: database.root)
      return (try await database.call("delivery_chain.read", ["line": line], as: database.root), links["items"]?.array ?? [])
    }

    func problems(_ yaml: String) async throws -> [String] {
      do {
        _ = try await run(yaml).plan()
        return ["accepted"]
      } catch let problems as ContractFileProblems {
        return problems.problems.map { "\($0.path) \($0.message.key)" }
      }
    }
  }

  static let yaml = """
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
    #expect(!plan.text.contains(" SLA “Desk OLA”") && plan.text.contains("SLA “Gold”"), "\(plan.text)")
    for words in ["create  OLA “Desk OLA”", "OLA of team “First line”: “Desk OLA”", "teams of line “Servers”", "supplier of line “Servers”: CLOUD Network"] {
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
    for words in ["end     supplier of line “Servers”: CLOUD Network", "no longer needed", "change  teams of line “Servers”"] {
      #expect(change.text.contains(words), "\(change.text)")
    }
    try await world.run(amended).apply()
    #expect(try await world.run(amended).plan().isEmpty)
    // The file says all that the line rests on: nothing is missing in the place of what it does not name any more.
    database.clock.advance(seconds: 60)
    try await ProofSweep().run(at: database.clock.now(), database.tenancy)
    let backed = try await database.call("proof.open", [:], as: database.root)
    #expect(backed["items"] == .array([]), "\(backed)")
    // What a file does not speak of is left as it is.
    let start = try #require(Self.yaml.range(of: "      teams:\n        - {team")?.lowerBound)
    #expect(try await world.run(String(Self.yaml[..<start])).plan().isEmpty)
  }

  /// What is written from an installation changes nothing there, and makes the same of an empty one.
  @Test func whatIsExportedIsAppliedAndExportedTheSame() async throws {
    let world = try await World(isProven: false)
    let mixed = Self.yaml.replacing(
      "calendar: Always, handling: 1 h", with: "calendar: Always, handlingByPriority: [10 min, 20 min, 30 min, 1 h, 2 h, 3 h, 3 h]"
    )
    .replacing("  - name: Gold\n", with: "  - name: Gold\n    waits: {supplierPauses: true, providerPauses: true, limit: 8 h}\n")
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
    for part in ["limit: \"8 h\"", "supplierPauses: true", "providerPauses: true", "service: Network", "contract: UC-2", "kind: ola", "- \"1 h\"", "- \"3 h\""]
    {
      #expect(exported.contains(part), "\(part) in\n\(exported)")
    }
    let missing = await #expect(throws: Failure.self) { _ = try await world.export("ACME", "Nothing of that name") }
    #expect(missing?.kind == .notFound)
    #expect(
      missing?.text(.english) == "The customer ACME has no contract Nothing of that name that is not ended. There are: Hosting (ACME-CON-000001).",
      "\(String(describing: missing))")
    #expect(try await world.export("acme", "acme-con-000001") == exported)
    try await world.run("customer: {code: BARE, name: Bare, zone: UTC}\n").apply()
    let none = await #expect(throws: Failure.self) { _ = try await world.export("BARE") }
    #expect(none?.code == "contract_file.no_contract")
    await expectFailure(.invalid) { try await world.export("NOBODY") }
  }

  /// For which metrics a team and the suppliers are needed, and what a supplier weighs, where it is not what goes without saying.
  @Test func whoIsNeededForWhatIsInTheFile() async throws {
    let world = try await World(isProven: false)
    let yaml = Self.yaml
      .replacing("tier: 2, calendar: Always,", with: "tier: 2, metrics: [response, resolution], calendar: Always,")
      .replacing("      suppliers:\n", with: "      supplierMetrics: [response, resolution]\n      suppliers:\n")
      .replacing("service: Compute, contract: UC-1}", with: "service: Compute, contract: UC-1, weight: 3}")
    try await world.run(yaml).apply()
    let before = try await world.delivery()
    #expect(before.chain["supplierMetrics"] == .array(["resolution", "response"]), "\(before.chain)")
    #expect(before.chain["teams"]?.array?.last?["metrics"] == .array(["resolution", "response"]), "\(before.chain)")
    #expect(before.links.map { $0["weight"] ?? .null } == [3, 1])
    let exported = try await world.export("ACME")
    let other = try await World(isProven: false)
    try await other.run(exported).apply()
    let after = try await other.delivery()
    #expect(after.chain["supplierMetrics"] == before.chain["supplierMetrics"])
    #expect(after.chain["teams"]?.array?.map { $0["metrics"] ?? .null } == before.chain["teams"]?.array?.map { $0["metrics"] ?? .null })
    #expect(after.links.map { $0["weight"] ?? .null } == [3, 1])
    #expect(try await other.run(exported).plan().isEmpty)
    // A file that does not say so leaves it as it is; one that says otherwise changes it.
    #expect(try await world.run(Self.yaml).plan().isEmpty)
    let change = try await world.run(yaml.replacing("supplierMetrics: [response, resolution]", with: "supplierMetrics: []")).plan()
    #expect(change.text.contains("change  teams of line “Servers”") && change.text.contains("suppliers needed for: -"), "\(change.text)")
    let lighter = try await world.run(yaml.replacing("weight: 3", with: "weight: 2")).plan()
    #expect(lighter.text.contains("1 to create, 0 to change, 1 to end") && !lighter.text.contains("no longer needed"), "\(lighter.text)")
    // Without teams there is nothing beside which suppliers are needed.
    let start = try #require(yaml.range(of: "      teams:\n        - {team")?.lowerBound)
    let end = try #require(yaml.range(of: "      supplierMetrics:")?.lowerBound)
    #expect(throws: ContractFileProblems.self) { try world.run(String(yaml[..<start] + yaml[end...])) }
  }

  /// What another contract promises of a service weighs what the service weighed.
  @Test func aServiceUnderAnotherContractKeepsItsWeight() async throws {
    let world = try await World(isProven: false)
    try await world.run(Self.yaml.replacing("contract: UC-1}", with: "contract: UC-1, weight: 3}")).apply()
    world.database.clock.advance(seconds: 3600)
    try await world.run(Self.yaml.replacing("contract: UC-1}", with: "contract: UC-2}")).apply()
    let links = try await world.delivery().links
    #expect(links.map { $0["weight"] ?? .null } == [3, 1, 3] && links.allSatisfy { $0["notNeeded"] == .bool(false) }, "\(links)")
  }

  /// What a supplier weighs can be corrected on the day on which it began to, and a supplier taken away.
  @Test func aWeightIsCorrectedOnItsFirstDay() async throws {
    let world = try await World(isProven: false)
    try await world.run(Self.yaml).apply()
    func weighing(_ weight: Int) -> String { Self.yaml.replacing("contract: UC-1}", with: "contract: UC-1, weight: \(weight)}") + "validFrom: 2026-03-05\n" }
    for weight in [3, 2] {
      try await world.run(weighing(weight)).apply()
      #expect(try await world.run(weighing(weight)).plan().isEmpty)
    }
    let links = try await world.delivery().links.filter { $0["serviceName"] == "Compute" }
    #expect(links.map { $0["weight"] ?? .null } == [1, 3, 2], "\(links)")
    #expect(links.map { $0["endedAt"] ?? .null }.prefix(2) == links.map { $0["validFrom"] ?? .null }.suffix(2), "one after the other")
    let without = Self.yaml.replacing("        - {supplier: CLOUD, service: Compute, contract: UC-1}\n", with: "") + "validFrom: 2026-03-05\n"
    try await world.run(without).apply()
    #expect(try await world.run(without).plan().isEmpty)
  }

  /// Two services of a supplier may differ in their region alone: what ends is told with it, also where the file names no supplier any more.
  @Test func aServiceThatEndsIsToldWithItsRegion() async throws {
    let world = try await World(isProven: false)
    let supplier = try await world.database.call("supplier.list", [:], as: world.database.root)["items"]?.array?.first?["id"] ?? .null
    try await world.database.call("supplier_service.add", ["supplier": supplier, "name": "WAN", "region": "fr-1"], as: world.database.root)
    let yaml = Self.yaml.replacing("service: Network, contract: UC-2", with: "service: WAN fr-1")
    try await world.run(yaml).apply()
    world.database.clock.advance(seconds: 3600)
    let start = try #require(yaml.range(of: "      suppliers:\n")?.lowerBound)
    let plan = try await world.run(String(yaml[..<start]) + "      suppliers: []\n").plan()
    #expect(plan.text.contains("end     supplier of line “Servers”: CLOUD WAN fr-1"), "\(plan.text)")
  }

  @Test func aSuspendedContractIsNotExported() async throws {
    let world = try await World(isProven: false)
    try await world.run(Self.yaml).apply()
    let contract = try await world.contract()
    world.database.clock.advance(seconds: 60)
    _ = try await world.database.call(
      "contract.change", ["id": contract["id"] ?? .null, "event": "suspend"], as: world.database.root, version: contract["version"]?.integer)
    do {
      _ = try await world.export("ACME")
      Issue.record("it would be in force where it is applied")
    } catch let failure as Failure {
      #expect(failure.code == "contract_file.suspended")
    }
  }

  /// No key of a file says that a contract is suspended: the plan does, and until when.
  @Test func thatAContractIsSuspendedIsToldByThePlan() async throws {
    let world = try await World(isProven: false)
    try await world.run(Self.yaml).apply()
    func change(_ event: String, from day: String? = nil) async throws {
      world.database.clock.advance(seconds: 60)
      let contract = try await world.contract()
      _ = try await world.database.call(
        "contract.change", ["id": contract["id"] ?? .null, "event": .text(event), "validFrom": .text(day)], as: world.database.root,
        version: contract["version"]?.integer)
      world.database.clock.advance(seconds: 60)
    }
    try await change("suspend")
    let suspended = try await world.run(Self.yaml).plan()
    #expect(suspended.isEmpty && suspended.text.contains("It is suspended: nothing is taken under it"), "\(suspended.text)")
    try await change("resume", from: "2030-01-01T00:00:00Z")
    let resumed = try await world.run(Self.yaml).plan()
    #expect(resumed.isEmpty && resumed.text.contains("It is suspended until 1 January 2030"), "\(resumed.text)")
  }

  @Test func aRetiredOlaIsToldByThePlan() async throws {
    let world = try await World()
    try await world.run(Self.yaml).apply()
    let calendar = try await world.database.call("calendar.list", [:], as: world.database.root)["items"]?.array?.first?["id"] ?? .null
    let targets: Value = .array([.object(["metric": "resolution", "budgetSeconds": 3600, "calendar": calendar])])
    let old = try await world.database.call("sla.create", ["name": "Old OLA", "kind": "ola", "targets": targets], as: world.database.root)
    _ = try await world.database.call("sla.retire", ["id": old["id"] ?? .null], as: world.database.root, version: old["version"]?.integer)
    #expect(try await world.problems(Self.yaml.replacing("ola: Desk OLA", with: "ola: Old OLA")) == ["teams[0].ola sla.retired"])
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
    let nowhere = Self.yaml.replacing("      sla: Gold\n", with: "      sla: Gold\n      units: [Nowhere]\n")
    let problems = await #expect(throws: ContractFileProblems.self) { _ = try await world.run(nowhere).plan() }
    #expect(problems?.text(.english, file: "a.yaml").contains("“Nowhere”: Neither the file nor Steward has this. There are: none.") == true)
    #expect(try await world.database.tenancy.tenant(code: "ACME") == nil, "nothing was done")
  }
}
