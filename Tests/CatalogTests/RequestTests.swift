import Catalog
import Contracts
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

/// What a customer sees of the catalogue, and orders.
@Suite struct RequestTests {
  private let answers = Value.object(["address": "Hafenstraße 1", "users": 12])

  private func listed(_ world: CatalogWorld, as principal: Principal) async throws -> [Value] {
    try await world.call("offering.list", [:], as: principal).at("items").array?.map { $0.at("code") } ?? []
  }

  @Test func aCustomerOrdersWhatItsContractCovers() async throws {
    let world = try await CatalogWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let stranger = try await world.database.user(.customerManager, of: world.other)
    let (wan, site) = (try await world.found("service.list", "MANAGED-WAN"), try await world.found("offering.list", "WAN-SITE"))
    func order(_ answers: Value) async throws -> Value {
      try await world.call("request.submit", ["offering": site.at("id"), "published": 1, "answers": answers], as: customer)
    }
    #expect(try await listed(world, as: customer) == [])
    #expect(await violations { try await order(answers) } == ["offering request.not_covered"])
    await expectFailure(.notFound) { try await world.call("offering.read", ["id": site.at("id")], as: customer) }
    let contract = try await world.contract(of: world.acme, selling: ["service": wan.at("id")])
    #expect(contract.at("lines.0.serviceCode") == "MANAGED-WAN")
    #expect(try await listed(world, as: customer) == ["WAN-SITE"])
    #expect(try await listed(world, as: stranger) == [])
    let seen = try await world.call("offering.read", ["id": site.at("id")], as: customer)
    #expect(seen.at("content.form").array?.count == 3 && seen.at("content.tasks") == .null, "tasks are the provider's own")
    #expect(
      await violations { try await order(.object(["users": 0])) } == ["answers.address answer.required", "answers.users answer.range"])
    let made = try await order(answers)
    #expect(made.at("state") == "awaiting_approval" && made.at("published") == 1 && made.at("number") == "ACME-REQ-000001")
    #expect(made.at("contractLine") == contract.at("lines.0.id"))
    // The next version of the offering leaves the request as it was written.
    let catalogue = try CatalogWorld.example()
    try await world.apply(catalogue.setting("families.1.services.0.offerings.0.form.0.required", .bool(false)))
    let later = try await world.call("request.read", ["id": made.at("id")], as: customer)
    #expect(later.at("published") == 1 && later.at("form.0.required") == .bool(true))
    #expect(try await world.call("offering.read", ["id": site.at("id")]).at("published") == 2)
    await expectFailure(.notFound) { try await world.call("request.read", ["id": made.at("id")], as: stranger) }
    let withdrawn = try await world.call("request.withdraw", ["id": made.at("id")], as: customer, version: 1)
    #expect(withdrawn.at("state") == "withdrawn")
    await expectFailure(.conflict) { try await world.call("request.withdraw", ["id": made.at("id")], as: customer, version: 2) }
    #expect(try await world.call("request.list", ["state": "awaiting_approval"], as: customer).at("items") == .array([]))
    #expect(try await world.call("request.list", ["customer": .id(world.acme.publicId)]).at("items").array?.count == 1)
  }

  @Test func onlyALineInForceCovers() async throws {
    let world = try await CatalogWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let site = try await world.found("offering.list", "WAN-SITE")
    let draft = try await world.contract(of: world.acme, selling: ["offering": site.at("id")], state: "draft")
    #expect(try await listed(world, as: customer) == [])
    let active = try await world.call("contract.change", ["id": draft.at("id"), "event": "activate"], version: draft.at("version"))
    #expect(try await listed(world, as: customer) == ["WAN-SITE"])
    let line = try await world.call("contract_line.list", ["contract": draft.at("id")]).at("items.0")
    try await world.call("contract_line.end", ["id": line.at("id")], version: line.at("version"))
    world.database.clock.advance(seconds: 1)
    #expect(try await listed(world, as: customer) == [])
    _ = active
    let second = try await world.contract(of: world.acme, selling: ["offering": site.at("id")])
    #expect(try await listed(world, as: customer) == ["WAN-SITE"])
    try await world.call("contract.change", ["id": second.at("id"), "event": "suspend"], version: second.at("version"))
    world.database.clock.advance(seconds: 1)
    #expect(try await listed(world, as: customer) == [])
  }

  @Test func aRetiredServiceIsNotOrdered() async throws {
    let world = try await CatalogWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let (wan, site) = (try await world.found("service.list", "MANAGED-WAN"), try await world.found("offering.list", "WAN-SITE"))
    let contract = try await world.contract(of: world.acme, selling: ["service": wan.at("id")])
    let fresh = try await world.call("service.read", ["id": wan.at("id")])
    try await world.call("service.advance", ["id": wan.at("id"), "stage": "retirement", "on": "2026-03-01"], version: fresh.at("version"))
    #expect(try await listed(world, as: customer) == [])
    #expect(
      await violations { try await world.call("request.submit", ["offering": site.at("id"), "published": 1, "answers": answers], as: customer) }
        == ["offering request.not_orderable"])
    // Nor is it sold any more; the line that sells it goes on.
    #expect(
      await violations { try await world.contract(of: world.other, selling: ["service": wan.at("id")]) } == ["lines[0].service contract_line.not_sellable"])
    let line = contract.at("lines.0")
    let revised = try await world.call(
      "contract_line.revise", ["id": line.at("id"), "service": wan.at("id"), "name": "Renamed"], version: line.at("version"))
    #expect(revised.at("serviceCode") == "MANAGED-WAN" && revised.at("name") == "Renamed")
  }

  @Test func aRequesterOrdersForHimself() async throws {
    let world = try await CatalogWorld()
    let requester = try await world.database.user(.requester, of: world.acme, .own)
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let desk = try await world.found("offering.list", "SD-NEW-USER")
    _ = try await world.contract(of: world.acme, selling: ["offering": desk.at("id")])
    let boss = try await world.call("person.add", ["customer": .id(world.acme.publicId), "name": "Boss"], as: world.database.root)
    let foreign = try await world.call("person.add", ["customer": .id(world.other.publicId), "name": "Foreign"], as: world.database.root)
    func answers(_ manager: Value) -> Value {
      .object(["full_name": "Li Wei", "first_day": "2026-04-01", "manager": manager, "kind": "permanent"])
    }
    let made = try await world.call("request.submit", ["offering": desk.at("id"), "published": 1, "answers": answers(boss.at("id"))], as: requester)
    #expect(made.at("requester") != .null)
    #expect(
      await violations {
        try await world.call("request.submit", ["offering": desk.at("id"), "published": 1, "answers": answers(foreign.at("id"))], as: requester)
      }
        == ["answers.manager answer.person"])
    #expect(
      await violations {
        try await world.call(
          "request.submit", ["offering": desk.at("id"), "published": 1, "requester": boss.at("id"), "answers": answers(boss.at("id"))], as: requester)
      } == ["requester request.outside_scope"])
    let other = try await world.call("request.submit", ["offering": desk.at("id"), "published": 1, "answers": answers(boss.at("id"))], as: manager)
    #expect(try await world.call("request.list", [:], as: requester).at("items").array?.map { $0.at("id") } == [made.at("id")])
    await expectFailure(.notFound) { try await world.call("request.read", ["id": other.at("id")], as: requester) }
  }

  /// A line for one site, or for named persons, is for those: nobody else sees what it sells, or orders it.
  @Test func aLineIsForWhomItNames() async throws {
    let world = try await CatalogWorld()
    let site = try await world.found("offering.list", "WAN-SITE")
    func unit(_ name: String) async throws -> Value {
      try await world.call(
        "unit.add", ["customer": .id(world.acme.publicId), "kind": "site", "name": .text(name)], as: world.database.root)
    }
    func person(_ name: String, _ unit: Value?) async throws -> Value {
      try await world.call(
        "person.add", ["customer": .id(world.acme.publicId), "name": .text(name), "unit": unit?.at("id") ?? .null], as: world.database.root)
    }
    let (munich, berlin) = (try await unit("Munich"), try await unit("Berlin"))
    let room = try await world.call(
      "unit.add", ["customer": .id(world.acme.publicId), "kind": "department", "name": "IT", "parent": munich.at("id")], as: world.database.root)
    let (mia, ben, vip) = (try await person("Mia", room), try await person("Ben", berlin), try await person("Vip", nil))
    let offering = site.at("id")
    let ofMunich = try await world.contract(of: world.acme, selling: ["offering": offering, "units": .array([munich.at("id")])])
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let own = try await world.database.user(.requester, of: world.acme, .own)
    func order(_ requester: Value?) async throws -> Value {
      try await world.call(
        "request.submit",
        ["customer": .id(world.acme.publicId), "offering": offering, "published": 1, "requester": requester?.at("id") ?? .null, "answers": answers])
    }
    #expect(try await listed(world, as: manager) == ["WAN-SITE"], "for somebody of Munich he may order it")
    #expect(try await listed(world, as: own) == [])
    await expectFailure(.notFound) { try await world.call("offering.read", ["id": offering], as: own) }
    for (name, stranger) in [("Berlin", ben), ("no site", vip)] {
      #expect(await violations { try await order(stranger) } == ["offering request.not_covered"], "\(name)")
    }
    #expect(await violations { try await order(nil) } == ["offering request.not_covered"])
    #expect(try await order(mia).at("contractLine") == ofMunich.at("lines.0.id"), "a department of Munich")

    let ofBerlin = try await world.contract(of: world.acme, selling: ["offering": offering, "units": .array([berlin.at("id")])])
    let ofVip = try await world.contract(of: world.acme, selling: ["offering": offering, "persons": .array([vip.at("id")])])
    #expect(try await listed(world, as: own) == [], "not for him yet")
    for (requester, contract) in [(mia, ofMunich), (ben, ofBerlin), (vip, ofVip)] {
      #expect(try await order(requester).at("contractLine") == contract.at("lines.0.id"))
    }
    let ofAll = try await world.contract(of: world.acme, selling: ["service": site.at("service")])
    #expect(try await listed(world, as: own) == ["WAN-SITE"])
    #expect(try await order(nil).at("contractLine") == ofAll.at("lines.0.id"))
    #expect(try await order(mia).at("contractLine") == ofMunich.at("lines.0.id"), "the closer line goes first")
  }

  /// What was read is what is ordered: with another price or approval it is another order.
  @Test func anOrderIsOfTheVersionThatWasRead() async throws {
    let world = try await CatalogWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let site = try await world.found("offering.list", "WAN-SITE")
    _ = try await world.contract(of: world.acme, selling: ["offering": site.at("id")])
    try await world.apply(try CatalogWorld.example().setting("families.1.services.0.offerings.0.form.0.required", .bool(false)))
    func order(_ published: Value) async -> [String] {
      await violations {
        try await world.call("request.submit", ["offering": site.at("id"), "published": published, "answers": answers], as: customer)
      }
    }
    #expect(await order(1) == ["request.published_meanwhile"])
    let nothing = await order(.null)
    #expect(nothing == ["published input.type"], "\(nothing)")
    #expect(await order(2) == ["accepted"])
  }

  @Test func aLineTellsWhatItSells() async throws {
    let world = try await CatalogWorld()
    let (wan, site) = (try await world.found("service.list", "MANAGED-WAN"), try await world.found("offering.list", "WAN-SITE"))
    #expect(
      await violations { try await world.contract(of: world.acme, selling: ["service": wan.at("id"), "offering": site.at("id")]) }
        == ["lines[0].offering contract_line.service_or_offering"])
    let contract = try await world.contract(of: world.acme, selling: ["service": wan.at("id")])
    let line = contract.at("lines.0")
    let revised = try await world.call(
      "contract_line.revise", ["id": line.at("id"), "offering": site.at("id"), "validFrom": "2026-04-01T00:00:00Z"], version: line.at("version"))
    #expect(revised.at("service") == .null && revised.at("offeringCode") == "WAN-SITE")
    let compared = try await world.call("contract.compare", ["id": contract.at("id"), "from": "2026-03-03T00:00:00Z", "to": "2026-05-01T00:00:00Z"])
    let words = compared.at("changes").array ?? []
    #expect(words.map { $0.at("field") } == ["service", "offering"])
    #expect(words.first?.at("english").text?.contains("Managed wide area network") == true)
    #expect(words.last?.at("chinese").text?.contains("站点接入") == true)
  }
}
