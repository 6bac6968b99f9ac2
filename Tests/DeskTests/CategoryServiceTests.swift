import Kernel
import Operations
import TestSupport
import Testing

@testable import Desk

/// Categories that name the service that a ticket of them is about.
@Suite struct CategoryServiceTests {
  private static let usual: Value = "2026-03-03T16:00:00Z"
  private static let ofVip: Value = "2026-03-02T10:00:00Z"

  private func code(_ key: String, _ world: CiWorld, list: String = "category") async throws -> Value {
    let all = try await world.desk.database.call("code.list", ["list": .text(list), "limit": 200], as: world.desk.engineer)["items"]?.array ?? []
    return try #require(all.first { $0["key"] == .text(key) })
  }

  @discardableResult
  private func name(_ service: Value, for key: String, _ world: CiWorld) async throws -> Value {
    let found = try await code(key, world)
    return try await world.desk.database.call(
      "code.change", ["id": found["id"] ?? .null, "service": service], as: world.desk.manager, version: found["version"]?.integer)
  }

  /// A world whose customer buys VIP, which a covered CI tells.
  private func sold() async throws -> (world: CiWorld, covered: Value) {
    let world = try await CiWorld()
    let mail = try await world.ci("mail-01")
    try await world.cover(mail, bySelling: "VIP", from: "2026-01-02")
    return (world, mail)
  }

  @Test func theNearestCategoryThatNamesASoldServiceGivesIt() async throws {
    let (world, _) = try await sold()
    #expect(try await name("VIP", for: "network", world)["service"] == "VIP")
    let ticket = try await world.open(["category": "network/vpn"])
    #expect(ticket["service"] == "VIP" && world.due(ticket, "resolution") == Self.ofVip)
    let basis = try await world.explain(ticket)["service"]
    #expect(basis?["source"] == "category" && basis?["category"] == "network" && basis?["ci"] == .null, "\(basis ?? .null)")
    #expect(basis?["english"]?.text?.contains("network") == true && basis?["chinese"]?.text?.contains("network") == true)
    #expect(try await world.desk.list("history", of: ticket).first?["payload"]?["serviceFrom"] == "category:network")
    // The customer sees it as well: it is its own ticket's category.
    let requester = try await world.desk.database.user(.requester, of: world.desk.acme, .own)
    let own = try await world.open(["category": "network/lan"], as: requester)
    #expect(own["service"] == "VIP")
    #expect(try await world.desk.list("history", of: own, as: requester).first?["payload"]?["serviceFrom"] == "category:network")
    // Nearer ones go first, also where they name what the customer does not buy.
    try await name("LAB", for: "network/vpn", world)
    let unsold = try await world.open(["category": "network/vpn"])
    #expect(unsold["service"] == .null && world.due(unsold, "resolution") == Self.usual)
    #expect(try await world.explain(unsold)["service"]?["source"] == .null)
    #expect(try await world.open(["category": "device"])["service"] == .null)
  }

  @Test func whatNoContractSellsIsNoTicketsService() async throws {
    let world = try await CiWorld()
    try await name("VIP", for: "network", world)
    #expect(try await world.open(["category": "network"])["service"] == .null)
  }

  @Test func aPersonAndTheCisGoBeforeTheCategory() async throws {
    let (world, mail) = try await sold()
    let lab = try await world.ci("lab-01")
    try await world.cover(lab, bySelling: "LAB", from: "2026-01-02")
    try await name("LAB", for: "network", world)
    let ofCi = try await world.open(["category": "network", "cis": .array([mail])])
    #expect(ofCi["service"] == "VIP")
    #expect(try await world.explain(ofCi)["service"]?["source"] == "ci")
    let without = try await world.desk.act("remove_ci", on: ofCi, ["ci": mail])
    #expect(without["service"] == "LAB")
    #expect(try await world.explain(without)["service"]?["source"] == "category")
    #expect(try await world.desk.list("history", of: without).last?["payload"]?["serviceFrom"] == "category:network")
    let again = try await world.desk.act("add_ci", on: without, ["ci": mail])
    #expect(again["service"] == "VIP")
    let named = try await world.open(["category": "network", "service": "VIP"])
    #expect(named["service"] == "VIP")
    #expect(try await world.explain(named)["service"]?["source"] == "named")
    let moved = try await world.desk.act("change", on: named, ["category": "device"])
    #expect(moved["service"] == "VIP", "a person said so")
    let back = try await world.desk.act("change", on: moved, ["category": "network"])
    #expect(try await world.desk.act("classify", on: back, ["service": .null])["service"] == "LAB")
    let said = try await world.desk.act("classify", on: try await world.desk.read(back), ["service": "LAB"])
    #expect(try await world.explain(said)["service"]?["source"] == "named")
  }

  @Test func targetsFollowAChangeOfTheCategory() async throws {
    let (world, _) = try await sold()
    try await name("VIP", for: "network", world)
    let opened = try await world.open([:])
    #expect(world.due(opened, "resolution") == Self.usual)
    try world.desk.at("2026-03-02T08:10:00Z")
    let changed = try await world.desk.act("change", on: opened, ["category": "network/lan"])
    #expect(changed["service"] == "VIP" && world.due(changed, "resolution") == Self.ofVip, "used time stays used")
    let events = try await world.desk.list("history", of: changed).suffix(2)
    #expect(events.compactMap { $0["type"] } == ["incident.changed", "incident.classified"])
    #expect(events.last?["payload"]?["serviceFrom"] == "category:network" && events.last?["payload"]?["to"]?["service"] == "VIP")
    let other = try await world.desk.act("change", on: changed, ["category": "device"])
    #expect(other["service"] == .null && world.due(other, "resolution") == Self.usual)
    #expect(try await world.desk.list("history", of: other).last?["payload"]?["serviceFrom"] == .null)
    // A title is no matter of the category.
    let titled = try await world.desk.act("change", on: other, ["title": "Printer"])
    #expect(try await world.desk.list("history", of: titled).last?["type"] == "incident.changed")
    let locked = try await world.desk.act("lock_targets", on: titled, ["reason": "Agreed"], as: world.desk.manager)
    let held = try await world.desk.act("change", on: locked, ["category": "network"])
    #expect(held["service"] == "VIP" && world.due(held, "resolution") == Self.usual)
  }

  @Test func aChangeOfTheCodeTouchesNoTicket() async throws {
    let (world, _) = try await sold()
    try await name("VIP", for: "network", world)
    let ticket = try await world.open(["category": "network"])
    #expect(try await name(.null, for: "network", world)["service"] == .null)
    let same = try await world.desk.read(ticket)
    #expect(same["service"] == "VIP" && same["version"] == ticket["version"] && world.due(same, "resolution") == Self.ofVip)
    let impact = try await world.desk.act("classify", on: same, ["impact": 3])
    #expect(impact["service"] == "VIP", "neither CIs nor category were asked")
    #expect(try await world.desk.act("classify", on: impact, ["service": .null])["service"] == .null)
  }

  @Test func aPartOfAnotherCategoryIsAboutItsService() async throws {
    let (world, _) = try await sold()
    try await name("VIP", for: "network", world)
    let ticket = try await world.open(["category": "network"])
    let same = try await world.desk.act("split", on: ticket, ["title": "The same"])
    #expect(same["service"] == "VIP")
    #expect(try await world.explain(same)["service"]?["category"] == "network")
    let part = try await world.desk.act("split", on: ticket, ["title": "The printer", "category": "device/printer"])
    #expect(part["service"] == .null && world.due(part, "resolution") == Self.usual)
  }

  @Test func onlyACategoryNamesAServiceOfTheCatalogue() async throws {
    let world = try await CiWorld()
    func create(_ list: String, _ service: String) async -> [String] {
      await world.refused {
        try await world.desk.database.call(
          "code.create", ["list": .text(list), "key": "lab", "name": .object(["en": "Lab"]), "service": .text(service)], as: world.desk.manager)
      }
    }
    #expect(await create("nature", "LAB") == ["service code.service"])
    #expect(await create("category", "GONE") == ["service input.unknown_reference"])
    #expect(await create("category", "LAB") == ["accepted"])
    #expect(try await code("lab", world)["service"] == "LAB")
    let nature = try await code("fault", world, list: "nature")
    let refused = await world.refused {
      try await world.desk.database.call(
        "code.change", ["id": nature["id"] ?? .null, "service": "LAB"], as: world.desk.manager, version: nature["version"]?.integer)
    }
    #expect(refused == ["service code.service"])
  }
}
