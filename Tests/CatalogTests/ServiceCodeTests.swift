import Catalog
import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

/// Codes of services in what is said outside of the catalogue: on tickets, in SLAs, in questions about them. Nobody learns from them of a
/// service that he may not know of. TAILORED is designed for ACME; NEXT is announced.
@Suite struct ServiceCodeTests {
  private let name = Value.object(["en": "Service", "zh-Hans": "服务"])
  private let unknown = ["service input.unknown_reference"]

  private func world() async throws -> CatalogWorld {
    let world = try await CatalogWorld()
    try await create("TAILORED", ["operation": "2026-01-01"], onlyFor: .id(world.acme.publicId), world)
    try await create("NEXT", ["design": "2026-01-01", "operation": "2026-03-10"], world)
    return world
  }

  private func create(_ code: String, _ stages: KeyValuePairs<String, Value>, onlyFor: Value = .null, _ world: CatalogWorld) async throws {
    let family = try await world.found("service_family.list", "PROJECTS")
    try await world.call(
      "service.create",
      [
        "code": .text(code), "family": family.at("id"), "name": name, "mode": "designed", "owner": name,
        "stages": .object(stages.map { Value.Member($0.key, $0.value) }), "onlyFor": onlyFor,
      ])
  }

  private func targets(_ world: CatalogWorld, _ service: String, _ seconds: Int64, _ calendar: Value) -> Value {
    .array([
      .object(["metric": "response", "priority": 1, "budgetSeconds": 1800, "calendar": calendar]),
      .object(["metric": "response", "priority": 2, "service": .text(service), "budgetSeconds": .integer(seconds), "calendar": calendar]),
    ])
  }

  private func calendar(_ world: CatalogWorld) async throws -> Value {
    try await world.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"]).at("id")
  }

  /// What is promised for a service that a customer does not know of is told as nothing, not as a promise for any service.
  @Test func aTargetOfAHiddenServiceIsNotOneOfAny() async throws {
    let world = try await world()
    let calendar = try await calendar(world)
    let sla = try await world.call("sla.create", ["name": "Shared", "targets": targets(world, "NEXT", 300, calendar)])
    let contract = try await world.call(
      "contract.create",
      [
        "customer": .id(world.other.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Desk", "sla": sla.at("id")])]),
      ])
    try await world.call(
      "sla.revise", ["id": sla.at("id"), "validFrom": "2026-06-01T00:00:00Z", "targets": targets(world, "NEXT", 240, calendar)], version: sla.at("version"))
    let customer = try await world.database.user(.customerManager, of: world.other)
    func told(_ principal: Principal) async throws -> [String] {
      try await world.call("contract.compare", ["id": contract.at("id")], as: principal).at("changes").array?.compactMap { $0.at("field").text } ?? []
    }
    #expect(try await told(world.manager) == ["response.2.service:NEXT.budget"])
    #expect(try await told(customer) == [])
    world.database.clock.advance(seconds: 10 * 86_400)
    try await StageSweep().run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await told(customer) == ["response.2.service:NEXT.budget"], "once it has entered, he may know")
  }

  @Test func anSlaPromisesNothingForAnothersService() async throws {
    let world = try await world()
    let calendar = try await calendar(world)
    func create(_ name: String, for customer: TenantEntry?) async -> [String] {
      await violations {
        try await world.call(
          "sla.create", ["name": .text(name), "targets": targets(world, "TAILORED", 300, calendar), "onlyFor": .id(customer?.publicId)])
      }
    }
    #expect(await create("All", for: nil) == ["targets[1].service input.unknown_reference"])
    #expect(await create("Other", for: world.other) == ["targets[1].service input.unknown_reference"])
    #expect(await create("Own", for: world.acme) == ["accepted"])
  }

  /// The history of a ticket tells its service's code to the customer.
  @Test func aTicketNamesWhatItsCustomerMayKnowOf() async throws {
    let world = try await world()
    let engineer = try await world.database.staff(.engineer)
    func open(_ service: String, _ customer: TenantEntry) async -> [String] {
      await violations {
        try await world.call("incident.open", ["customer": .id(customer.publicId), "title": "Down", "service": .text(service)], as: engineer)
      }
    }
    func resolve(_ service: String, _ customer: TenantEntry) async -> [String] {
      await violations {
        try await world.call("sla.resolve", ["customer": .id(customer.publicId), "priority": 1, "service": .text(service)], as: engineer)
      }
    }
    for (service, customer) in [("TAILORED", world.other), ("NEXT", world.acme), ("NO-SUCH", world.acme)] {
      #expect(await open(service, customer) == unknown, "\(service)")
      #expect(await resolve(service, customer) == unknown, "\(service)")
    }
    for (service, customer) in [("TAILORED", world.acme), ("SERVICE-DESK", world.other)] {
      #expect(await open(service, customer) == ["accepted"], "\(service)")
      #expect(await resolve(service, customer) == ["accepted"], "\(service)")
    }
    let opened = try await world.call("incident.open", ["customer": .id(world.other.publicId), "title": "Down"], as: engineer)
    func classify(_ service: String) async -> [String] {
      await violations {
        try await world.call("incident.classify", ["id": opened.at("id"), "service": .text(service)], as: engineer, version: opened.at("version"))
      }
    }
    #expect(await classify("TAILORED") == unknown)
    #expect(await classify("SERVICE-DESK") == ["accepted"])
  }

  /// A customer names what its lines in force sell; of another service it does not learn whether there is one.
  @Test func aCustomerNamesWhatItsLinesSell() async throws {
    let world = try await world()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    func answers(_ service: String) async -> [[String]] {
      [
        await violations { try await world.call("sla.resolve", ["priority": 1, "service": .text(service)], as: customer) },
        await violations { try await world.call("incident.open", ["title": "Down", "service": .text(service)], as: customer) },
      ]
    }
    for service in ["MANAGED-WAN", "SERVICE-DESK", "TAILORED", "NO-SUCH"] { #expect(await answers(service) == [unknown, unknown], "\(service)") }
    let (wan, newUser) = (try await world.found("service.list", "MANAGED-WAN"), try await world.found("offering.list", "SD-NEW-USER"))
    _ = try await world.contract(of: world.acme, selling: ["service": wan.at("id")], state: "draft")
    #expect(await answers("MANAGED-WAN") == [unknown, unknown], "a draft is not in force")
    _ = try await world.contract(of: world.acme, selling: ["service": wan.at("id")])
    #expect(await answers("MANAGED-WAN") == [["accepted"], ["accepted"]])
    #expect(await answers("SERVICE-DESK") == [unknown, unknown])
    _ = try await world.contract(of: world.acme, selling: ["offering": newUser.at("id")])
    #expect(await answers("SERVICE-DESK") == [["accepted"], ["accepted"]], "an offering is of its service")
  }
}
