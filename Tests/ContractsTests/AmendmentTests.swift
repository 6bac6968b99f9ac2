import Contracts
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// Versions that are compared and withdrawn, contacts, and what a line is for.
@Suite struct AmendmentTests {
  private func compared(_ world: ContractsWorld, _ id: Value, from: String? = nil, to: String? = nil) async throws -> Value {
    try await world.database.call(
      "contract.compare", ["id": id, "from": from.map { .text($0) } ?? .null, "to": to.map { .text($0) } ?? .null], as: world.manager)
  }

  private func texts(_ output: Value, _ language: String) -> [String] { (output.at("changes").array ?? []).compactMap { $0.at(language).text } }

  @Test func theDifferenceIsToldInWords() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let contract = try await world.contract()
    let (id, line) = (contract.at("id"), contract.at("lines.0.id"))
    #expect(texts(try await compared(world, id), "english").isEmpty)

    let always = try await database.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: world.manager)
    let target: Value = .object([
      "metric": "response", "priority": 1, "budgetSeconds": 5400, "calendar": always.at("id"), "objective": "97.5",
    ])
    _ = try await database.call(
      "sla.revise",
      ["id": world.sla.at("id"), "targets": .array([target, ContractsWorld.target(world.calendar, "resolution")]), "validFrom": "2027-02-28T23:00:00Z"],
      as: world.manager, version: 1)
    _ = try await database.call(
      "contract_line.revise",
      ["id": line, "monthlyFee": "11250.5", "quantity": 1200, "quantityUnit": "device", "validFrom": "2026-06-30T22:00:00Z"], as: world.manager, version: 1)
    _ = try await database.call(
      "contract.change", ["id": id, "endsAt": "2028-12-31T23:00:00Z", "renewal": "manual", "noticeMonths": 3, "validFrom": "2026-04-01T06:30:00Z"],
      as: world.manager, version: 1)
    _ = try await database.call(
      "contract_line.add", ["contract": id, "name": "Backup", "sla": world.sla.at("id"), "validFrom": "2026-06-30T22:00:00Z"], as: world.manager)

    let difference = try await compared(world, id)
    #expect(
      texts(difference, "english") == [
        "end of the term 1 January 2029 from 1 April 2026 08:30",
        "renewal from none to by decision from 1 April 2026 08:30",
        "notice 3 months from 1 April 2026 08:30",
        "new line “Backup” from 1 July 2026",
        "Service desk: quantity 1,200 device from 1 July 2026",
        "Service desk: monthly fee from EUR 1,250.00 to EUR 11,250.50 from 1 July 2026",
        "Service desk: response P1 from 1 h to 1 h 30 min from 1 March 2027",
        "Service desk: objective of response P1 from 95% to 97.5% from 1 March 2027",
        "Service desk: calendar of response P1 from “Office” to “Always” from 1 March 2027",
      ])
    let chinese = texts(difference, "chinese")
    #expect(chinese.contains("Service desk：响应 P1（时限）自2027年3月1日起由1小时改为1小时30分钟"))
    #expect(chinese.contains("Service desk：月费自2026年7月1日起由EUR 1,250.00改为EUR 11,250.50"))
    #expect(chinese.contains("自2026年7月1日起新增合同行“Backup”"))
    #expect(difference.at("to") == "2027-02-28T23:00:00Z", "when all that is recorded holds")
    // Only what lies between the two instants.
    #expect(texts(try await compared(world, id, from: "2026-07-01T00:00:00Z", to: "2026-12-01T00:00:00Z"), "english").isEmpty)
    #expect(texts(try await compared(world, id, from: "2026-04-02T00:00:00Z", to: "2026-12-01T00:00:00Z"), "english").count == 3)
    #expect(
      await violations { try await compared(world, id, from: "2026-04-02T00:00:00Z", to: "2026-04-01T00:00:00Z") } == ["to contract.compare_order"])
  }

  /// A calendar that changes is told once, however many promises name it, and by what changes in it.
  @Test func aCalendarThatChangesIsToldOnce() async throws {
    let world = try await ContractsWorld()
    let id = try await world.contract().at("id")
    let definition: Value = .object([
      "zone": "Europe/Berlin",
      "week": .object(
        ["mon", "tue", "wed", "thu", "fri"].map { Value.Member($0, .array([.array([.text($0 == "fri" ? "09:00" : "08:00"), "17:00"])])) }),
      "exceptions": .array([.object(["date": "2026-12-24", "name": .object(["en": "Christmas Eve", "zh-Hans": "平安夜"]), "open": .array([])])]),
    ])
    _ = try await world.database.call(
      "calendar.revise", ["id": world.calendar.at("id"), "definition": definition, "validFrom": "2026-06-30T22:00:00Z"], as: world.manager, version: 1)
    let difference = try await compared(world, id)
    #expect(
      texts(difference, "english") == [
        "hours of “Office” from 1 July 2026: Monday to Thursday 08:00-17:00, before 09:00-17:00; 24 December 2026 (Christmas Eve) closed"
      ])
    #expect(texts(difference, "chinese") == ["“Office”自2026年7月1日起：周一至周四改为08:00-17:00（原为09:00-17:00）；2026年12月24日（平安夜）的时段：不开放"])
    #expect(difference.at("changes.0.before") == "version 1" && difference.at("changes.0.after") == "version 2")
    // The same hours once more are no difference.
    _ = try await world.database.call(
      "calendar.revise", ["id": world.calendar.at("id"), "definition": definition, "validFrom": "2026-08-01T00:00:00Z"], as: world.manager, version: 2)
    #expect(texts(try await compared(world, id, from: "2026-07-02T00:00:00Z"), "english").isEmpty)
  }

  @Test func whatChangedAndChangedBackIsNoDifference() async throws {
    let world = try await ContractsWorld()
    let id = try await world.contract().at("id")
    for (version, (name, day)) in [("A", "2026-04-01"), ("B", "2026-05-01"), ("Support", "2026-06-01")].enumerated() {
      _ = try await world.database.call(
        "contract.change", ["id": id, "name": .text(name), "validFrom": .text("\(day)T00:00:00Z")], as: world.manager, version: Int64(version) + 1)
    }
    #expect(texts(try await compared(world, id), "english").isEmpty)
    #expect(
      texts(try await compared(world, id, to: "2026-05-20T00:00:00Z"), "english") == ["name from “Support” to “B” from 1 May 2026 02:00"],
      "from the last change on")
  }

  @Test func aVersionIsWithdrawnBeforeItHoldsAndNotAfter() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let contract = try await world.contract()
    let id = contract.at("id")
    await expectFailure(.conflict) { try await database.call("contract.withdraw", ["id": id, "reason": "No"], as: world.manager, version: 1) }
    let validFrom: Value = "2026-05-01T00:00:00Z"
    _ = try await database.call("contract.change", ["id": id, "event": "suspend", "validFrom": validFrom], as: world.manager, version: 1)
    let withdrawn = try await database.call("contract.withdraw", ["id": id, "reason": "Signed by mistake"], as: world.manager, version: 2)
    #expect(withdrawn.at("version") == 3)
    #expect(try await database.call("contract.read", ["id": id, "asOf": "2026-06-01T00:00:00Z"], as: world.manager).at("state") == "active")
    #expect(try await world.terms(at: "2026-06-01T00:00:00Z") != nil, "what was withdrawn judges no ticket")
    // Another from the same instant, and what judges tickets agrees.
    _ = try await database.call("contract.change", ["id": id, "name": "Support 2", "validFrom": validFrom], as: world.manager, version: 3)
    #expect(try await world.terms(at: "2026-06-01T00:00:00Z")?.contractName == "Support 2")
    let history = try await database.call("contract.history", ["id": id], as: world.manager).at("items").array ?? []
    #expect(history.count == 4)
    #expect(history.first { $0.at("state") == "suspended" }?.at("withdrawnBecause") == "Signed by mistake")
    #expect(history.filter { $0.at("withdrawnAt") == .null }.count == 3)
    // The customer sees that it was withdrawn; why is between the provider's staff.
    let customer = try await database.user(.customerManager, of: world.acme)
    let shown = try await database.call("contract.history", ["id": id], as: customer).at("items").array ?? []
    #expect(shown.count { $0.at("withdrawnAt") != .null } == 1 && shown.allSatisfy { $0.at("withdrawnBecause") == .null })
    // Page by page, though two begin at one instant.
    var names: [Value] = []
    var cursor: Value = .null
    repeat {
      let page = try await database.call("contract.history", ["id": id, "limit": 1, "cursor": cursor], as: world.manager)
      names += (page.at("items").array ?? []).map { $0.at("name") }
      cursor = page.at("next")
    } while cursor != .null
    #expect(names == ["Support", "Support 2", "Support", "Service desk"])

    database.clock.set(try #require(Instant("2026-05-01T00:00:00Z")))
    await expectFailure(.conflict) { try await database.call("contract.withdraw", ["id": id, "reason": "Late"], as: world.manager, version: 4) }
  }

  @Test func aLinesEndIsWithdrawn() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let contract = try await world.contract()
    let line = contract.at("lines.0.id")
    _ = try await database.call("contract_line.end", ["id": line, "validFrom": "2026-05-01T00:00:00Z"], as: world.manager, version: 1)
    #expect(try await world.terms(at: "2026-06-01T00:00:00Z") == nil)
    _ = try await database.call("contract_line.withdraw", ["id": line, "reason": "They stay"], as: world.manager, version: 2)
    #expect(try await world.terms(at: "2026-06-01T00:00:00Z") != nil)
    let later = try await database.call(
      "contract_line.add", ["contract": contract.at("id"), "name": "Later", "sla": world.sla.at("id"), "validFrom": "2026-06-01T00:00:00Z"], as: world.manager)
    _ = try await database.call("contract_line.withdraw", ["id": later.at("id"), "reason": "Not sold"], as: world.manager, version: 1)
    let listed = try await database.call("contract_line.list", ["contract": contract.at("id"), "asOf": "2027-01-01T00:00:00Z"], as: world.manager)
    #expect(listed.at("items").array?.map { $0.at("name") } == ["Service desk"])
    await expectFailure(.notFound) { try await database.call("contract_line.end", ["id": later.at("id")], as: world.manager, version: 2) }
  }

  @Test func contactsEndAndStay() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let contract = try await world.contract().at("id")
    let person = try await database.call("person.add", ["customer": .id(world.acme.publicId), "name": "Anna Arndt"], as: world.manager)
    let contact = try await database.call(
      "contract_contact.add", ["contract": contract, "person": person.at("id"), "role": "decision_maker"], as: world.manager)
    #expect(contact.at("name") == "Anna Arndt")
    let stranger = try await database.call("person.add", ["customer": .id(world.other.publicId), "name": "Stranger"], as: world.manager)
    #expect(
      await violations {
        try await database.call("contract_contact.add", ["contract": contract, "person": stranger.at("id"), "role": "billing"], as: world.manager)
      } == ["person input.unknown_reference"])
    let ended = try await database.call(
      "contract_contact.end", ["id": contact.at("id"), "validUntil": "2026-07-01T00:00:00Z"], as: world.manager, version: 1)
    #expect(ended.at("validUntil") == "2026-07-01T00:00:00Z")
    await expectFailure(.conflict) { try await database.call("contract_contact.end", ["id": contact.at("id")], as: world.manager, version: 2) }
    func count(_ asOf: Value) async throws -> Int? {
      try await database.call("contract_contact.list", ["contract": contract, "asOf": asOf], as: world.manager).at("items").array?.count
    }
    #expect(try await count("2026-06-30T00:00:00Z") == 1)
    #expect(try await count("2026-07-01T00:00:00Z") == 0)
    #expect(try await count(.null) == 1)
    let words = try await database.call(
      "contract.compare", ["id": contract, "from": "2026-06-01T00:00:00Z", "to": "2026-08-01T00:00:00Z"], as: world.manager)
    #expect(texts(words, "english") == ["decision maker “Anna Arndt” no longer from 1 July 2026 02:00"])
  }

  @Test func aLineIsForSeveralUnitsOrNamedPersons() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let customer: Value = .id(world.acme.publicId)
    func unit(_ name: String) async throws -> Value {
      try await database.call("unit.add", ["customer": customer, "kind": "site", "name": .text(name)], as: world.manager).at("id")
    }
    let (berlin, hamburg, munich) = (try await unit("Berlin"), try await unit("Hamburg"), try await unit("Munich"))
    let person = try await database.call("person.add", ["customer": customer, "name": "Boss"], as: world.manager).at("id")
    let contract = try await database.call(
      "contract.create",
      [
        "customer": customer, "name": "Sites", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([
          .object(["name": "North", "sla": world.sla.at("id"), "units": .array([hamburg, berlin]), "exclusionsZh": "打印机", "priceReference": "A 1"]),
          .object(["name": "Board", "sla": world.sla.at("id"), "persons": .array([person])]),
        ]),
      ], as: world.manager)
    #expect(contract.at("lines.0.units") == .array([hamburg, berlin]) && contract.at("lines.0.unit") == hamburg)
    #expect(contract.at("lines.0.exclusionsZh") == "打印机" && contract.at("lines.0.exclusionsEn") == .null)
    #expect(contract.at("lines.1.persons") == .array([person]))
    let unknown: Value = .id(world.unknown(.unit))
    #expect(
      await violations {
        try await database.call(
          "contract_line.add",
          ["contract": contract.at("id"), "name": "Both", "sla": world.sla.at("id"), "unit": berlin, "units": .array([hamburg, unknown])],
          as: world.manager)
      } == ["units[1] input.unknown_reference"])
    func chosen(_ unit: Value?, person: Value? = nil) async throws -> String? {
      let at = try #require(Instant("2026-03-02T08:00:00Z"))
      return try await world.inside(world.acme) { transaction in
        let rows = try await transaction.query(InternalIds(tenant: world.acme.id, ids: [unit, person].map { $0?.text.flatMap { PublicId($0) }?.random ?? [] }))
        let line = try await ContractTerms.line(
          tenant: world.acme.id, person: person == nil ? nil : rows.last, unit: unit == nil ? nil : rows.first, at: at, explicit: nil, in: transaction)
        let book = try await TermsBook(tenant: world.acme.id, contract: nil, in: transaction)
        #expect(book.line(person: person == nil ? nil : rows.last, unit: unit == nil ? nil : rows.first, at: at, explicit: nil) == line)
        return line.map { "\($0.lineName) \($0.reason.rawValue)" }
      }
    }
    #expect(try await chosen(berlin) == "North unit")
    #expect(try await chosen(hamburg) == "North unit")
    #expect(try await chosen(munich) == nil, "a line for units or persons is not for the whole customer")
    #expect(try await chosen(nil) == nil)
    #expect(try await chosen(nil, person: person) == "Board person")
    #expect(try await chosen(berlin, person: person) == "Board person")
    // A revision takes the units over, or replaces them.
    let revised = try await database.call(
      "contract_line.revise", ["id": contract.at("lines.0.id"), "name": "North 2", "validFrom": "2026-03-01T00:00:00Z"], as: world.manager, version: 1)
    #expect(revised.at("units") == .array([hamburg, berlin]))
    let everyone = try await database.call(
      "contract_line.revise", ["id": contract.at("lines.0.id"), "units": .null, "validFrom": "2026-03-02T00:00:00Z"], as: world.manager, version: 2)
    #expect(everyone.at("units") == .array([]))
    #expect(try await chosen(munich) == "North 2 customer")
  }
}
