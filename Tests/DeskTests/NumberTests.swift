import Kernel
import Operations
import TestSupport
import Testing

/// Tickets by their numbers, as callers on the phone name them.
@Suite struct NumberTests {
  @Test func aNumberStandsForTheId() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open("Printer on fire")
    let number = try #require(incident["number"]?.text)
    #expect(number == "ACME-INC-000001")
    for text in [number, "acme-inc-1"] {
      #expect(try await world.database.call("incident.read", ["id": .text(text)], as: world.engineer)["id"] == incident["id"])
    }
    let taken = try await world.database.call("incident.take", ["id": .text(number)], as: world.engineer, version: 1)
    #expect(taken["id"] == incident["id"] && taken["version"] == 2)
    // In a body as well, and the customer by its code.
    let other = try await world.open("Scanner too")
    try await world.database.call(
      "incident.link", ["id": other["id"] ?? .null, "kind": "caused_by", "to": .text(number)], as: world.engineer)
    let listed = try await world.database.call("incident.list", ["customer": "acme"], as: world.engineer)["items"]?.column("title")
    #expect(listed == ["Scanner too", "Printer on fire"])
    #expect(try await world.database.call("contract.read", ["id": "ACME-CON-000001"], as: world.manager)["id"] == world.contract["id"])
  }

  /// The same key with the number and with the id is one request.
  @Test func aRepetitionMayNameItOtherwise() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    let first = try await world.database.call("incident.take", ["id": incident["id"] ?? .null], as: world.engineer, version: 1, key: "take")
    let again = try await world.database.call("incident.take", ["id": "ACME-INC-1"], as: world.engineer, version: 1, key: "take")
    #expect(first["version"] == again["version"])
  }

  @Test func aSearchFindsTheNumberFirst() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open("Printer on fire")
    for number in 1...3 {
      world.database.clock.advance(seconds: 60)
      _ = try await world.open("Again, like ACME INC 000001, part \(number)")
    }
    let found = try await world.database.call("incident.search", ["text": "ACME-INC-000001"], as: world.engineer)["items"]?.column("id") ?? []
    #expect(found.first == incident["id"])
    // Page by page it stands there once.
    var pages: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await world.database.call("incident.search", ["text": "acme-inc-1", "limit": 1, "cursor": cursor], as: world.engineer)
      pages += page["items"]?.column("id") ?? []
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    #expect(pages.filter { $0 == incident["id"] }.count == 1)
    #expect(try await world.database.call("incident.search", ["text": "ACME-INC-000009"], as: world.engineer)["items"] == .array([]))
    let elsewhere = try await world.database.call("incident.search", ["text": "ACME-INC-000001", "customer": "OTHER"], as: world.engineer)
    #expect(elsewhere["items"] == .array([]))
  }

  /// Guard: whoever may not see a ticket learns nothing by its number: not by reading, searching, or naming it.
  @Test func aHiddenNumberIsLikeNone() async throws {
    let world = try await DeskWorld()
    let incident = try await world.open()
    let number = incident["number"] ?? .null
    let listed = try await world.database.staff(.engineer, for: [world.other])
    let stranger = try await world.database.user(.customerManager, of: world.other)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    for principal in [listed, stranger, colleague] {
      let hidden = await answer { try await world.database.call("incident.read", ["id": number], as: principal) }
      let unknown = await answer { try await world.database.call("incident.read", ["id": "ACME-INC-000777"], as: principal) }
      let nobodys = await answer { try await world.database.call("incident.read", ["id": "NOBODY-INC-000001"], as: principal) }
      #expect(hidden == unknown && unknown == nobodys && hidden == Failure.Kind.notFound.rawValue)
      #expect(try await world.database.call("incident.search", ["text": number], as: principal)["items"] == .array([]))
    }
    let own = try await world.open(for: world.other)
    for name in [number, "ACME-INC-000777", "NOBODY-INC-000001"] as [Value] {
      let refused = await answer {
        try await world.database.call("incident.link", ["id": own["id"] ?? .null, "kind": "caused_by", "to": name], as: listed)
      }
      #expect(refused == "invalid to input.unknown_reference")
    }
  }

  @Test func aRequesterIsNamedByAddress() async throws {
    let world = try await DeskWorld()
    let kim = try await world.database.call("person.add", ["customer": "ACME", "name": "Kim", "email": "kim@acme.test"], as: world.manager)
    try await world.database.call("person.add", ["customer": "OTHER", "name": "Lee", "email": "lee@other.test"], as: world.manager)
    let opened = try await world.database.call(
      "incident.open", ["customer": "ACME", "title": "No mail", "requester": "Kim@ACME.test"], as: world.engineer)
    #expect(opened["requester"] == kim["id"])
    // Whoever has left asks for nothing, and watches nothing.
    try await world.database.call("person.change", ["id": kim["id"] ?? .null, "left": .bool(true)], as: world.manager, version: 1)
    let byId = await answer {
      try await world.database.call("incident.open", ["customer": "ACME", "title": "x", "requester": kim["id"] ?? .null], as: world.engineer)
    }
    #expect(byId == "invalid requester person.left")
    let watching = await answer {
      try await world.database.call("incident.watch", ["id": opened["id"] ?? .null, "person": kim["id"] ?? .null], as: world.engineer)
    }
    #expect(watching == "invalid person person.left")
    // Somebody else's people are nobody.
    for address in ["lee@other.test", "nobody@acme.test", "kim@acme.test", "@"] as [Value] {
      await expectFailure(.invalid) {
        try await world.database.call("incident.open", ["customer": "ACME", "title": "x", "requester": address], as: world.engineer)
      }
    }
  }

  private func answer(_ body: () async throws -> Value) async -> String {
    do {
      _ = try await body()
      return "accepted"
    } catch let failure as Failure {
      return ([failure.kind.rawValue] + failure.violations.map { "\($0.path) \($0.message.key)" }).joined(separator: " ")
    } catch {
      return "\(error)"
    }
  }
}
