import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Problems

/// Whom a problem is for: a person of a customer whom it concerns, or of the provider.
@Suite struct RequesterTests {
  private func person(_ name: String, of tenant: TenantEntry, _ world: ProblemsWorld) async throws -> Value {
    try await world.call("person.add", ["customer": .id(tenant.publicId), "name": .text(name)], as: world.database.root).at("id")
  }

  private func open(for requester: Value, of customer: TenantEntry?, _ world: ProblemsWorld) async throws -> Value {
    try await world.call(
      "problem.open", ["customer": .id(customer?.publicId), "title": "Loop", "impact": 2, "urgency": 2, "requester": requester])
  }

  /// Guard: somebody who is not written with the rest of the row is told by the answer and gone when it is read.
  @Test func itIsOpenedForSomebodyAndForAnotherLater() async throws {
    let world = try await ProblemsWorld()
    let (kim, zoe) = (try await person("Kim", of: world.acme, world), try await person("Zoe", of: world.acme, world))
    let fay = try await person("Fay", of: world.database.provider, world)
    let opened = try await open(for: kim, of: world.acme, world)
    #expect(opened.at("requester") == kim)
    let another = try await world.act("change", on: opened, ["requester": zoe])
    #expect(another.at("requester") == zoe)
    let same = try await world.act("change", on: another, ["requester": zoe])
    #expect(same.at("version") == another.at("version"), "what stands there already is no change")
    let own = try await world.act("change", on: same, ["requester": fay, "title": "A loop"])
    #expect(try await world.call("problem.read", ["id": own.at("id")]).at("requester") == fay)
    #expect(try await world.call("problem.list", [:]).at("items.0.requester") == fay)
    let none = try await world.act("change", on: own, ["requester": .null])
    #expect(none.at("requester") == .null && none.at("title") == "A loop")
    let history = try await world.call("problem.history", ["id": opened.at("id")]).at("items").array ?? []
    let told = history.filter { $0.at("type") == "problem.requester_changed" }.map { [$0.at("payload.from"), $0.at("payload.requester")] }
    #expect(told == [[.null, kim], [kim, zoe], [zoe, .null], [.null, fay], [fay, .null]])
  }

  @Test func whoIsNotConcernedOrHasLeftIsRefused() async throws {
    let world = try await ProblemsWorld()
    let (kim, theirs) = (try await person("Kim", of: world.acme, world), try await person("Max", of: world.other, world))
    let unknown = Value.id(world.acme.id("per", [UInt8](repeating: 7, count: 12)))
    #expect(await refusal { try await open(for: unknown, of: world.acme, world) } == "requester input.unknown_reference")
    #expect(await refusal { try await open(for: theirs, of: world.acme, world) } == "requester input.unknown_reference")
    let opened = try await open(for: kim, of: world.acme, world)
    #expect(await refusal { try await world.act("change", on: opened, ["requester": unknown]) } == "requester input.unknown_reference")
    #expect(await refusal { try await world.act("change", on: opened, ["requester": theirs]) } == "requester requester.not_concerned")
    #expect(await refusal { try await world.act("change", on: opened, ["requester": theirs], as: world.servesAcme) } == "requester input.unknown_reference")
    // One that may concern several is for somebody whose incidents it is behind.
    let wide = try await world.problem("Of several")
    #expect(await refusal { try await world.act("change", on: wide, ["requester": kim]) } == "requester requester.not_concerned")
    try await world.link(try await world.incident("Slow"), to: wide)
    let seen = try await world.call("problem.read", ["id": wide.at("id")])
    #expect(try await world.act("change", on: seen, ["requester": kim]).at("requester") == kim)
    try await world.call("person.change", ["id": kim, "left": .bool(true)], as: world.database.root, version: 1)
    #expect(await refusal { try await open(for: kim, of: world.acme, world) } == "requester person.left")
    #expect(try await world.act("change", on: opened, ["requester": kim]).at("requester") == kim, "who is named stays so")
  }

  /// Guard: the staff of one customer would learn from a problem of several who of another one's people is behind it.
  @Test func onlyWhoServesTheCustomerIsTold() async throws {
    let world = try await ProblemsWorld()
    let theirs = try await person("Max", of: world.other, world)
    let wide = try await world.problem("Of several")
    for customer in [world.acme, world.other] { try await world.link(try await world.incident("Slow", of: customer), to: wide) }
    let seen = try await world.call("problem.read", ["id": wide.at("id")])
    try await world.act("change", on: seen, ["requester": theirs])
    for (principal, told) in [(world.engineer, theirs), (world.servesAcme, Value.null)] {
      #expect(try await world.call("problem.read", ["id": wide.at("id")], as: principal).at("requester") == told)
      #expect(try await world.call("problem.list", [:], as: principal).at("items.0.requester") == told)
      #expect(try await world.events(of: wide, as: principal).contains("requester_changed") == (told != .null))
    }
  }
}
