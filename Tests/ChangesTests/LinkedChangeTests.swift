import Kernel
import Operations
import TestSupport
import Testing

@testable import Changes

/// What changes are to each other.
@Suite struct LinkedChangeTests {
  private func link(
    _ one: Value, _ kind: Value, _ other: Value, ends: Bool = false, as principal: Principal? = nil, _ world: ChangesWorld
  ) async throws -> Value {
    let verb = ends ? "unlink" : "link"
    return try await world.call("change.\(verb)", ["id": one.at("id"), "kind": kind, "to": other.at("id")], as: principal)
  }

  /// Each as what the change is to it, with its title.
  private func links(of change: Value, as principal: Principal? = nil, _ world: ChangesWorld) async throws -> [String] {
    let items = try await world.call("change.links", ["id": change.at("id")], as: principal).at("items").array ?? []
    return items.map { "\($0.at("link").text ?? "") \($0.at("title").text ?? "")" }
  }

  @Test func bothEndsTellOfALink() async throws {
    let world = try await ChangesWorld()
    let (rack, cable, label) = (try await world.change("Rack"), try await world.change("Cable"), try await world.change("Label"))
    _ = try await link(cable, "depends_on", rack, world)
    _ = try await link(label, "relates_to", cable, world)
    #expect(try await links(of: rack, world) == ["required_by Cable"])
    #expect(try await links(of: cable, world) == ["depends_on Rack", "relates_to Label"])
    #expect(await refusal { try await link(cable, "relates_to", label, world) } == "ticket.linked_already")
    #expect(await refusal { try await link(rack, "depends_on", cable, world) } == "to process.link_circle")
    #expect(await refusal { try await link(rack, "duplicates", cable, world) } == "kind input.choice")
    #expect(await refusal { try await link(rack, "depends_on", rack, world) } == "to ticket.linked_to_itself")
    #expect(try await world.read(cable).at("version") == cable.at("version"), "a link raises no version")
    _ = try await link(cable, "relates_to", label, ends: true, world)
    #expect(await refusal { try await link(cable, "relates_to", label, ends: true, world) } == "ticket.not_linked")
    #expect(try await world.events(of: cable) == ["opened", "linked", "linked", "unlinked"])
    #expect(try await world.events(of: rack) == ["opened", "linked"])
    // It forbids nothing.
    #expect(try await world.act("change.start", on: try await world.approved(cable)).at("state") == "implementing")
  }

  /// What concerns nobody whom one serves is not there: neither to be linked, nor in the list, nor in the history.
  @Test func whoServesSomeSeesOfSome() async throws {
    let world = try await ChangesWorld()
    let (own, mine, theirs) = (
      try await world.change("Own"), try await world.change("Mine"), try await world.change("Theirs", of: world.other)
    )
    let both = try await world.act("change.concern", on: try await world.change("Both"), ["customer": .id(world.other.publicId)])
    #expect(await refusal { try await link(own, "depends_on", theirs, as: world.servesAcme, world) } == "to input.unknown_reference")
    #expect(await refusal { try await link(theirs, "depends_on", own, as: world.servesAcme, world) } == "not_found")
    _ = try await link(own, "depends_on", mine, as: world.servesAcme, world)
    for other in [theirs, both] { _ = try await link(own, "depends_on", other, world) }
    #expect(try await links(of: own, world) == ["depends_on Mine", "depends_on Theirs", "depends_on Both"])
    #expect(try await links(of: own, as: world.servesAcme, world) == ["depends_on Mine", "depends_on Both"])
    #expect(try await world.events(of: own).filter { $0 == "linked" }.count == 3)
    #expect(try await world.events(of: own, as: world.servesAcme).filter { $0 == "linked" }.count == 1, "several customers' is for who serves all")
    #expect(await refusal { try await world.call("change.links", ["id": theirs.at("id")], as: world.servesAcme) } == "not_found")
    await expectFailure(.denied) { try await link(own, "relates_to", mine, as: world.account, world) }
    #expect(try await links(of: mine, as: world.account, world) == ["required_by Own"])
    await expectFailure(.denied) { try await world.call("change.links", ["id": own.at("id")], as: world.manager) }
  }
}
