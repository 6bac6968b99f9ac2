import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// Links between tickets, and who watches them.
@Suite struct LinkTests {
  private func link(_ one: Value, _ kind: String, _ other: Value, _ world: CiWorld, verb: String = "link") async throws -> Value {
    try await world.desk.database.call(
      "incident.\(verb)", ["id": one["id"] ?? .null, "kind": .text(kind), "to": other["id"] ?? .null], as: world.desk.engineer)
  }

  @Test func aLinkIsSeenFromBothEndsAndStandsInTheHistoryOfBoth() async throws {
    let world = try await CiWorld()
    let (one, two) = (try await world.open([:]), try await world.open([:]))
    _ = try await link(one, "caused_by", two, world)
    let (left, right) = (try await world.desk.list("links", of: one), try await world.desk.list("links", of: two))
    #expect(left.compactMap { $0["kind"] } == ["caused_by"] && left.first?["incident"] == two["id"])
    #expect(right.compactMap { $0["kind"] } == ["causes"] && right.first?["incident"] == one["id"])
    for ticket in [one, two] { #expect(try await world.desk.list("history", of: ticket).last?["type"] == "incident.linked") }
    #expect(try await world.desk.read(one)["version"] == one["version"], "it stands beside the ticket")
    #expect(await world.refused { try await link(one, "caused_by", two, world) } == ["ticket.linked_already"])
    // The other way round is another link.
    _ = try await link(two, "caused_by", one, world)
    _ = try await link(one, "caused_by", two, world, verb: "unlink")
    #expect(await world.refused { try await link(one, "caused_by", two, world, verb: "unlink") } == ["ticket.not_linked"])
    #expect(try await world.desk.list("links", of: one).compactMap { $0["kind"] } == ["causes"])
    #expect(try await world.desk.list("history", of: two).last?["type"] == "incident.unlinked")
    _ = try await link(one, "caused_by", two, world)
    #expect(try await world.desk.list("links", of: one).count == 2, "what was ended may be linked again")
  }

  @Test func whatGoesBothWaysIsOneLink() async throws {
    let world = try await CiWorld()
    let (one, two) = (try await world.open([:]), try await world.open([:]))
    _ = try await link(two, "relates_to", one, world)
    #expect(await world.refused { try await link(one, "relates_to", two, world) } == ["ticket.linked_already"])
    #expect(try await world.desk.list("links", of: one).compactMap { $0["kind"] } == ["relates_to"])
    _ = try await link(one, "relates_to", two, world, verb: "unlink")
    #expect(try await world.desk.list("links", of: two) == [])
  }

  @Test func parentsMakeNoCircle() async throws {
    let world = try await CiWorld()
    var tickets: [Value] = []
    for _ in 0..<4 { tickets.append(try await world.open([:])) }
    _ = try await link(tickets[0], "child_of", tickets[1], world)
    _ = try await link(tickets[1], "child_of", tickets[2], world)
    #expect(await world.refused { try await link(tickets[2], "child_of", tickets[0], world) } == ["to ticket.link_circle"])
    #expect(await world.refused { try await link(tickets[0], "child_of", tickets[0], world) } == ["to ticket.linked_to_itself"])
    #expect(await world.refused { try await link(tickets[0], "child_of", tickets[3], world) } == ["ticket.has_parent"])
    #expect(try await world.desk.list("links", of: tickets[1]).compactMap { $0["kind"]?.text }.sorted() == ["child_of", "parent_of"])
    _ = try await link(tickets[1], "child_of", tickets[2], world, verb: "unlink")
    _ = try await link(tickets[2], "child_of", tickets[0], world)
  }

  @Test func twoWhoCloseACircleAtOnceDoNotBoth() async throws {
    let world = try await CiWorld()
    let (one, two) = (try await world.open([:]), try await world.open([:]))
    let outcomes = await withTaskGroup(of: [String].self) { group in
      group.addTask { await world.refused { try await link(one, "child_of", two, world) } }
      group.addTask { await world.refused { try await link(two, "child_of", one, world) } }
      return await group.reduce(into: []) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == ["accepted"] }.count == 1)
    #expect(outcomes.contains(["to ticket.link_circle"]), "\(outcomes)")
  }

  @Test func anotherCustomersTicketIsNotThere() async throws {
    let world = try await CiWorld()
    let (one, foreign) = (try await world.open([:]), try await world.open([:], for: world.desk.other))
    #expect(await world.refused { try await link(one, "relates_to", foreign, world) } == ["to input.unknown_reference"])
  }

  @Test func aRequesterSeesLinksToHisOwnTicketsOnly() async throws {
    let world = try await CiWorld()
    let requester = try await world.desk.database.user(.requester, of: world.desk.acme, .own)
    let (own, other) = (try await world.open([:], as: requester), try await world.open([:]))
    _ = try await link(own, "caused_by", other, world)
    #expect(try await world.desk.list("links", of: own, as: requester) == [])
    #expect(try await world.desk.list("links", of: own).count == 1)
    #expect(!"\(try await world.desk.list("history", of: own, as: requester))".contains("incident.linked"))
  }

  @Test func whoWatchesIsOnTheListUntilTheyStop() async throws {
    let world = try await CiWorld()
    let customer = Value.id(world.desk.acme.publicId)
    let person = try await world.desk.database.call("person.add", ["customer": customer, "name": "Kim"], as: world.desk.manager)["id"] ?? .null
    let ticket = try await world.open([:])
    let id = ticket["id"] ?? .null
    _ = try await world.desk.database.call("incident.watch", ["id": id, "person": person], as: world.desk.engineer)
    _ = try await world.desk.database.call("incident.watch", ["id": id], as: world.desk.engineer)
    let watchers = try await world.desk.list("watchers", of: ticket)
    #expect(watchers.first?["person"] == person && watchers.first?["name"] == "Kim")
    #expect(watchers.last?["staff"]?.text != nil && watchers.last?["name"]?.text != nil)
    #expect(await world.refused { try await world.desk.database.call("incident.watch", ["id": id], as: world.desk.engineer) } == ["watcher.already"])
    _ = try await world.desk.database.call("incident.unwatch", ["id": id], as: world.desk.engineer)
    #expect(await world.refused { try await world.desk.database.call("incident.unwatch", ["id": id], as: world.desk.engineer) } == ["watcher.not"])
    #expect(try await world.desk.list("watchers", of: ticket).count == 1)
    let types = try await world.desk.list("history", of: ticket).compactMap { $0["type"] }
    #expect(types == ["incident.opened", "incident.watched", "incident.watched", "incident.unwatched"])
    // Who of the staff has left is taken off by others.
    _ = try await world.desk.database.call("incident.watch", ["id": id], as: world.desk.engineer)
    let staff = watchers.last?["staff"] ?? .null
    try await world.desk.database.call("staff.disable", ["id": staff], as: world.desk.database.root)
    _ = try await world.desk.database.call("incident.unwatch", ["id": id, "staff": staff], as: world.desk.manager)
    #expect(try await world.desk.list("watchers", of: ticket).count == 1)
  }

  @Test func aCustomersPersonWatchesForHimself() async throws {
    let world = try await CiWorld()
    let manager = try await world.desk.database.user(.customerManager, of: world.desk.acme)
    let requester = try await world.desk.database.user(.requester, of: world.desk.acme, .own)
    let ticket = try await world.open([:])
    let id = ticket["id"] ?? .null
    _ = try await world.desk.database.call("incident.watch", ["id": id], as: manager)
    #expect(try await world.desk.list("watchers", of: ticket).count == 1)
    let person =
      try await world.desk.database.call(
        "person.add", ["customer": .id(world.desk.acme.publicId), "name": "Kim"], as: world.desk.manager)["id"] ?? .null
    #expect(
      await world.refused { try await world.desk.database.call("incident.watch", ["id": id, "person": person], as: manager) }
        == ["person input.unknown_reference"])
    #expect(await world.refused { try await world.desk.database.call("incident.watch", ["id": id], as: requester) } != ["accepted"], "he does not see it")
  }
}
