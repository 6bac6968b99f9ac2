import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// What gates cost over all customers, for whom it is told, and by customer.
@Suite struct TotalsTests {
  private static let told: (name: String, value: Value) = ("checklist", .array([.object(["value": "told", "name": .object(["en": "User told"])])]))
  private static let counted = [
    "came", "stopped", "subjects", "incidents", "stops", "passed", "bypassed", "left", "waiting", "medianWaitSeconds", "meanWaitSeconds", "totalWaitSeconds",
    "waitingSeconds",
  ]

  private static func figures(_ row: Value?) -> [Value] { counted.map { row?[$0] ?? .null } }

  private static func totals(_ world: GatesWorld, _ more: [Value.Member] = [], as principal: Principal) async throws -> [Value] {
    try await world.invoke("gate.totals", more, as: principal)["items"]?.array ?? []
  }

  /// A gate for all customers at which ACME's were stopped three times, for 10, 20 and 60 seconds, and OTHER's once, for good.
  private static func stopped(_ world: GatesWorld) async throws -> Value {
    let gate = try await world.gate(forAll: true)
    for wait in [10, 20, 60] as [Int64] {
      let incident = try await world.open()
      try await world.stopped { try await world.resolve(incident) }
      world.pass(seconds: wait)
      _ = try await world.resolve(try await world.act("change", on: incident, [Value.Member("category", "network/vpn")]))
    }
    try await world.stopped { try await world.resolve(try await world.open(for: world.other)) }
    world.pass(seconds: 5)
    return gate
  }

  @Test func theGateOfAllIsAddedUpOverAll() async throws {
    let world = try await GatesWorld()
    let gate = try await Self.stopped(world)
    let row = try #require(try await Self.totals(world, as: world.account).first)
    #expect(Self.figures(row) == [4, 4, 4, 4, 4, 3, 0, 0, 1, 20, 30, 90, 5])
    #expect(row["gate"] == gate.at("id") && row["customer"] == .null && row["step"] == "incident.resolve")
    // By customer, each with the figures that his own report has.
    let input = [Value.Member("gate", gate.at("id"))]
    let byCustomer = try await world.invoke("gate.customer_totals", input, as: world.account)["items"]?.array ?? []
    #expect(byCustomer.column("code") == ["ACME", "OTHER"])
    for (index, customer) in [world.acme, world.other].enumerated() where byCustomer.indices.contains(index) {
      let own = Self.figures(try await world.friction(customer).first)
      #expect(Self.figures(byCustomer[index]) == own, "\(customer.code)")
    }
    #expect(byCustomer.column("came").compactMap(\.integer).reduce(0, +) == 4)
    // Page by page.
    let first = try await world.invoke("gate.customer_totals", input + [Value.Member("limit", 1)], as: world.account)
    let rest = try await world.invoke("gate.customer_totals", input + [Value.Member("cursor", first.at("next"))], as: world.account)
    #expect((first["items"]?.array ?? []) + (rest["items"]?.array ?? []) == byCustomer)
  }

  @Test func whoServesSomeIsToldOfTheseAlone() async throws {
    let world = try await GatesWorld()
    let gate = try await Self.stopped(world)
    try await world.gate("incident.resolve", Self.told, name: "ACME's own")
    try await world.stopped { try await world.resolve(try await world.open()) }
    let seen = try await Self.totals(world, as: world.servesOther)
    #expect(seen.column("gate") == [gate.at("id")])
    #expect(Self.figures(seen.first) == [1, 1, 1, 1, 1, 0, 0, 0, 1, .null, .null, 0, 5])
    let input = [Value.Member("gate", gate.at("id"))]
    let byCustomer = try await world.invoke("gate.customer_totals", input, as: world.servesOther)["items"]?.array ?? []
    #expect(byCustomer.column("code") == ["OTHER"])
    // Whoever names another one finds nobody.
    let acme = [Value.Member("customers", .array([.id(world.acme.publicId)]))]
    await expectFailure(.invalid) { try await Self.totals(world, acme, as: world.servesOther) }
    #expect(try await Self.totals(world, acme, as: world.account).column("came") == [4, 1])
    // And a gate of somebody else's is not there.
    let own = try #require(try await Self.totals(world, acme, as: world.account).last).at("gate")
    await expectFailure(.invalid) { try await Self.totals(world, [Value.Member("gate", own)], as: world.servesOther) }
    await expectFailure(.invalid) { try await world.invoke("gate.customer_totals", [Value.Member("gate", own)], as: world.servesOther) }
    let refused = await #expect(throws: Failure.self) { try await Self.totals(world, as: world.manager) }
    #expect(refused != nil, "customers see no gates")
  }

  /// A change that concerns both counts with each, and once among all.
  @Test func whatConcernsSeveralCountsOnce() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("change.submit", Self.told, forAll: true)
    let both = try await world.change(for: [world.acme, world.other])
    let one = try await world.change(for: [world.acme])
    for change in [both, one] { try await world.stopped { try await world.step("change.submit", on: change) } }
    #expect(try await Self.totals(world, as: world.account).column("came") == [2])
    #expect(try await Self.totals(world, as: world.servesOther).column("came") == [1])
    let byCustomer = try await world.invoke("gate.customer_totals", [Value.Member("gate", gate.at("id"))], as: world.account)
    #expect(byCustomer["items"]?.column("came") == [2, 1])
    for (index, customer) in [world.acme, world.other].enumerated() {
      let own = Self.figures(try await world.friction(customer).first)
      let rows = byCustomer["items"]?.array ?? []
      #expect(rows.count == 2 && Self.figures(rows[index]) == own, "\(customer.code)")
    }
  }
}
