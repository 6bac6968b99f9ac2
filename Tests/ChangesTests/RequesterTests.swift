import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Changes

/// Whom a change is for: a person of a customer whom it concerns, or of the provider.
@Suite struct RequesterTests {
  private func person(_ name: String, of tenant: TenantEntry, _ world: ChangesWorld) async throws -> Value {
    try await world.call("person.add", ["customer": .id(tenant.publicId), "name": .text(name)], as: world.database.root).at("id")
  }

  private func open(for requester: Value, of customer: TenantEntry?, _ world: ChangesWorld) async throws -> Value {
    try await world.call("change.open", ["customer": .id(customer?.publicId), "kind": "normal", "title": "New core", "requester": requester])
  }

  /// Guard: somebody who is not written with the rest of the row is told by the answer and gone when it is read.
  @Test func itIsOpenedForSomebodyAndForAnotherLater() async throws {
    let world = try await ChangesWorld()
    let (kim, fay) = (try await person("Kim", of: world.acme, world), try await person("Fay", of: world.database.provider, world))
    let opened = try await open(for: kim, of: world.acme, world)
    #expect(opened.at("requester") == kim)
    #expect(try await open(for: fay, of: nil, world).at("requester") == fay, "what concerns nobody yet is for one's own")
    let same = try await world.act("change.change", on: opened, ["requester": kim])
    #expect(same.at("version") == opened.at("version"), "what stands there already is no change")
    let own = try await world.act("change.change", on: same, ["requester": fay, "title": "A new core"])
    #expect(try await world.read(own).at("requester") == fay)
    let none = try await world.act("change.change", on: own, ["requester": .null])
    #expect(none.at("requester") == .null && none.at("title") == "A new core")
    let history = try await world.call("change.history", ["id": opened.at("id")]).at("items").array ?? []
    let told = history.filter { $0.at("type") == "change.requester_changed" }.map { [$0.at("payload.from"), $0.at("payload.requester")] }
    #expect(told == [[.null, kim], [kim, .null], [.null, fay], [fay, .null]])
  }

  @Test func whoIsNotConcernedOrHasLeftIsRefused() async throws {
    let world = try await ChangesWorld()
    let (kim, theirs) = (try await person("Kim", of: world.acme, world), try await person("Max", of: world.other, world))
    #expect(await refusal { try await open(for: theirs, of: world.acme, world) } == "requester input.unknown_reference")
    let opened = try await open(for: kim, of: world.acme, world)
    #expect(await refusal { try await world.act("change.change", on: opened, ["requester": theirs]) } == "requester requester.not_concerned")
    let unreached = await refusal { try await world.act("change.change", on: opened, ["requester": theirs], as: world.servesAcme) }
    #expect(unreached == "requester input.unknown_reference")
    let both = try await world.act("change.concern", on: opened, ["customer": .id(world.other.publicId)])
    let other = try await world.act("change.change", on: both, ["requester": theirs])
    #expect(other.at("requester") == theirs)
    try await world.call("person.change", ["id": kim, "left": .bool(true)], as: world.database.root, version: 1)
    #expect(await refusal { try await world.act("change.change", on: other, ["requester": kim]) } == "requester person.left")
  }

  /// Guard: the staff of one customer would learn from a change that concerns several who of another one's people asked for it.
  @Test func onlyWhoServesTheCustomerIsTold() async throws {
    let world = try await ChangesWorld()
    let theirs = try await person("Max", of: world.other, world)
    let opened = try await open(for: theirs, of: world.other, world)
    try await world.act("change.concern", on: opened, ["customer": .id(world.acme.publicId)])
    for (principal, told) in [(world.engineer, theirs), (world.servesAcme, Value.null)] {
      #expect(try await world.read(opened, as: principal).at("requester") == told)
      #expect(try await world.call("change.list", [:], as: principal).at("items.0.requester") == told)
      #expect(try await world.events(of: opened, as: principal).contains("requester_changed") == (told != .null))
    }
  }
}
