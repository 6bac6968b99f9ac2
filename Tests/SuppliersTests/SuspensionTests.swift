import BillingEngine
import Kernel
import ServiceTime
import TestSupport
import Testing

@testable import Suppliers

/// What a supplier's contract is while it is suspended; its contacts and templates.
@Suite struct SuspensionTests {
  private func create(_ world: SuppliersWorld, _ more: KeyValuePairs<String, Value> = [:]) async throws -> Value {
    let input: [Value.Member] = [
      Value.Member("supplier", world.supplier.at("id")), Value.Member("reference", "UC-1"), Value.Member("startsAt", "2026-01-01T00:00:00Z"),
    ]
    return try await world.database.dispatcher.invoke(
      "underpinning_contract.create", .object(input + more.map { Value.Member($0.key, $0.value) }), as: world.manager, .init(requestId: "test")
    ).value
  }

  /// What each state allows, in the words of a caller; availability is judged by a contract in force alone.
  @Test func aSuspendedContractPromisesNothing() async throws {
    let world = try await SuppliersWorld()
    let made = try await create(
      world,
      [
        "name": "Hosting", "currency": "EUR", "state": "draft",
        "targets": .array([.object(["metric": "availability", "objective": "99.9", "period": "month"])]),
      ])
    func move(_ event: String, _ from: String, version: Int64) async throws -> Value {
      try await world.call("underpinning_contract.revise", ["id": made.at("id"), "event": .text(event), "validFrom": .text(from)], version: .integer(version))
    }
    func targets(_ period: String) async throws -> Int? {
      try await world.call("availability.read", ["service": world.service.at("id"), "period": .text(period)]).at("targets").array?.count
    }
    let unchanged = await violations { try await move("suspend", "2026-01-02T00:00:00Z", version: 1) }
    #expect(unchanged == ["underpinning_contract.bad_transition"])
    _ = try await move("activate", "2026-01-02T00:00:00Z", version: 1)
    #expect(try await targets("2026-01") == 1)
    let suspended = try await move("suspend", "2026-01-20T00:00:00Z", version: 2)
    #expect(suspended.at("state") == "suspended" && suspended.at("inForce") == .bool(false))
    #expect(try await targets("2026-01") == 0, "it is suspended at the period's end")
    // Its name may change meanwhile, and its targets stay with it.
    _ = try await world.call(
      "underpinning_contract.revise", ["id": made.at("id"), "name": "Hosting, other", "validFrom": "2026-01-21T00:00:00Z"], version: 3)
    let resumed = try await move("resume", "2026-01-30T00:00:00Z", version: 4)
    #expect(resumed.at("state") == "active" && resumed.at("targets").array?.count == 1)
    #expect(try await targets("2026-01") == 1)
    let again = await violations { try await move("activate", "2026-02-01T00:00:00Z", version: 5) }
    #expect(again == ["underpinning_contract.bad_transition"])
  }

  /// What is planned is none yet, and a resume that is planned may come earlier, with what it says.
  @Test func aPlannedResumeComesEarlier() async throws {
    let world = try await SuppliersWorld()
    world.database.clock.set(try #require(Instant("2026-03-01T00:00:00Z")))
    let made = try await create(world, ["name": "Hosting", "currency": "EUR"])
    func revise(_ event: String, _ from: String, version: Int64, name: String? = nil) async throws -> Value {
      var input = [Value.Member("id", made.at("id")), Value.Member("event", .text(event)), Value.Member("validFrom", .text(from))]
      if let name { input.append(Value.Member("name", .text(name))) }
      return try await world.database.dispatcher.invoke(
        "underpinning_contract.revise", .object(input), as: world.manager, .init(requestId: "test", expectedVersion: version)
      ).value
    }
    _ = try await revise("suspend", "2026-02-01T00:00:00Z", version: 1)
    let planned = try await revise("resume", "2026-06-01T00:00:00Z", version: 2, name: "Hosting, again")
    #expect(planned.at("state") == "active" && planned.at("validFrom") == "2026-06-01T00:00:00Z")
    #expect(planned.at("inForce") == .bool(false), "today it is suspended")
    func read(_ at: String) async throws -> Value {
      try await world.call("underpinning_contract.read", ["id": made.at("id"), "asOf": .text(at)])
    }
    let tooEarly = await violations { try await revise("resume", "2026-02-01T00:00:00Z", version: 3) }
    #expect(tooEarly == ["underpinning_contract.bad_transition"])
    let earlier = try await revise("resume", "2026-04-01T00:00:00Z", version: 3)
    #expect(earlier.at("validFrom") == "2026-04-01T00:00:00Z" && earlier.at("inForce") == .bool(false))
    #expect(try await read("2026-03-31T00:00:00Z").at("state") == "suspended")
    let resumed = try await read("2026-04-02T00:00:00Z")
    #expect(resumed.at("inForce") == .bool(true) && resumed.at("name") == "Hosting, again")
    #expect(try await read("2026-06-02T00:00:00Z").at("name") == "Hosting, again")
    // What is active is not resumed.
    let again = await violations { try await revise("resume", "2026-05-01T00:00:00Z", version: 4) }
    #expect(again == ["underpinning_contract.bad_transition"])
    // One that is not to come is followed by another suspension.
    _ = try await revise("suspend", "2026-06-01T00:00:01Z", version: 4)
    #expect(try await read("2026-06-02T00:00:00Z").at("inForce") == .bool(false))
  }

  /// Nothing is planned for the days of a suspension, and what is due once is due once.
  @Test func nothingIsPlannedWhileItIsSuspended() throws {
    let zone = try #require(Zone.named("UTC"))
    let euro = try #require(Currency(code: "EUR"))
    func version(_ from: String, _ isActive: Bool) throws -> PlannedCost.Version {
      PlannedCost.Version(
        reference: "UC", currency: euro, zone: zone, validFrom: try #require(Instant(from)), isActive: isActive,
        startsAt: try #require(Instant("2026-01-01T00:00:00Z")), endsAt: nil,
        costs: [UnderpinningCost(name: "Racks", minorUnits: 3_100, period: .month), UnderpinningCost(name: "Set-up", minorUnits: 500, period: .once)])
    }
    let versions = [
      try version("2026-01-01T00:00:00Z", true), try version("2026-01-11T00:00:00Z", false), try version("2026-01-21T00:00:00Z", true),
    ]
    let days = CalendarDate(daysSinceEpoch: 0)..<CalendarDate(daysSinceEpoch: 100_000)
    let january = try #require(CalendarDate("2026-01-01"))..<(try #require(CalendarDate("2026-02-01")))
    let parts = PlannedCost.parts(of: versions, on: january)
    let racks = parts.filter { $0.label == "UC: Racks" }
    #expect(racks.map { $0.days.lowerBound.description } == ["2026-01-01", "2026-01-21"])
    // Ten days of 31 before, eleven after.
    #expect(racks.compactMap(\.minorUnits).map { "\($0)" } == [Fraction(1_000), Fraction(1_100)].map { "\($0)" })
    #expect(PlannedCost.parts(of: versions, on: days.clamped(to: january)).filter { $0.label == "UC: Set-up" }.count == 1)
  }

  /// A contact of a contract is of its supplier, holds from a day, and ends with the contract's wish or with the person.
  @Test func contactsOfAContract() async throws {
    let world = try await SuppliersWorld()
    let contract = try await create(world, ["name": "Hosting", "currency": "EUR"])
    let ann = try await world.call("supplier_contact.add", ["supplier": world.supplier.at("id"), "name": "Ann", "email": "ann@cloud.test"])
    let bob = try await world.call("supplier_contact.add", ["supplier": world.supplier.at("id"), "name": "Bob"])
    let other = try await world.call("supplier.create", ["code": "OTHER", "name": "Other Ltd", "zone": "UTC"])
    let eve = try await world.call("supplier_contact.add", ["supplier": other.at("id"), "name": "Eve"])
    func add(_ contact: Value, _ role: String) async throws -> Value {
      try await world.call(
        "underpinning_contact.add",
        ["underpinningContract": contract.at("id"), "contact": contact.at("id"), "role": .text(role), "validFrom": "2026-01-01T00:00:00Z"])
    }
    let foreign = await violations { try await add(eve, "billing") }
    #expect(foreign == ["contact supplier_contact.of_other"])
    let decides = try await add(ann, "decision_maker")
    #expect(decides.at("name") == "Ann" && decides.at("email") == "ann@cloud.test" && decides.at("role") == "decision_maker")
    _ = try await add(bob, "billing")
    func names(_ at: String?) async throws -> [Value] {
      let listed = try await world.call("underpinning_contact.list", ["underpinningContract": contract.at("id"), "asOf": .text(at)])
      return (listed.at("items").array ?? []).map { $0.at("name") }
    }
    #expect(try await names(nil) == ["Ann", "Bob"])
    let early = await violations {
      try await world.call("underpinning_contact.end", ["id": decides.at("id"), "validUntil": "2025-12-31T00:00:00Z"], version: 1)
    }
    #expect(early == ["validUntil supplier_link.order"])
    try await world.call("underpinning_contact.end", ["id": decides.at("id"), "validUntil": "2026-02-01T00:00:00Z"], version: 1)
    #expect(try await names("2026-01-31T00:00:00Z") == ["Ann", "Bob"])
    #expect(try await names("2026-02-01T00:00:00Z") == ["Bob"])
    // Who is no contact of the supplier any more is none of its contracts.
    try await world.call("supplier_contact.end", ["id": bob.at("id")], version: 1)
    #expect(try await names("2099-01-01T00:00:00Z") == [])
    #expect(try await names(nil) == ["Ann", "Bob"], "the records stay")
    let ended = await violations { try await add(bob, "technical") }
    #expect(ended == ["contact supplier.already_ended"])
  }

  /// A template is copied: an edit afterwards changes no contract; what is given goes before it.
  @Test func aTemplateIsCopied() async throws {
    let world = try await SuppliersWorld()
    let always = try await world.call("calendar.create", ["name": "Cover", "stock": "24x7", "zone": "UTC"])
    let template = try await world.call(
      "underpinning_template.create",
      [
        "name": "Hosting, yearly", "currency": "EUR", "renewal": "manual", "noticeMonths": 3, "renewalMonths": 12, "calendar": always.at("id"),
        "targets": .array([.object(["metric": "response", "priority": 1, "budgetSeconds": 900, "objective": "95"])]),
        "costs": .array([.object(["name": "Racks", "amount": "400.00", "due": "month"])]),
      ])
    let made = try await create(world, ["template": template.at("id"), "endsAt": "2027-01-01T00:00:00Z"])
    #expect(made.at("name") == "Hosting, yearly" && made.at("currency") == "EUR" && made.at("calendarName") == "Cover")
    #expect(made.at("renewal") == "manual" && made.at("noticeMonths") == 3 && made.at("renewalMonths") == 12)
    #expect(made.at("targets.0.budgetSeconds") == 900 && "\(made.at("targets.0.objective"))".contains("95"))
    #expect("\(made.at("costs.0.amount"))".contains("400.00"))
    let revised = try await world.call(
      "underpinning_template.revise",
      ["id": template.at("id"), "noticeMonths": 6, "costs": .array([.object(["name": "Racks", "amount": "500.00", "due": "month"])])], version: 1)
    #expect(revised.at("content.noticeMonths") == 6 && revised.at("content.targets").array?.count == 1, "what is not given is kept")
    let read = try await world.call("underpinning_contract.read", ["id": made.at("id")])
    #expect(read.at("noticeMonths") == 3 && read.at("costs.0.amount") == made.at("costs.0.amount"))
    let own = try await create(
      world, ["template": template.at("id"), "reference": "UC-2", "name": "Own", "renewal": "none", "costs": .array([])])
    #expect(own.at("name") == "Own" && own.at("renewal") == "none" && own.at("costs").array?.isEmpty == true)
    // Its costs are of its currency; its targets of no supplier; a retired one makes nothing.
    let currency = await violations { try await create(world, ["template": template.at("id"), "reference": "UC-3", "currency": "USD"]) }
    #expect(currency == ["currency underpinning_template.other_currency"])
    let service = await violations {
      try await world.call(
        "underpinning_template.create",
        [
          "name": "Bad", "currency": "EUR",
          "targets": .array([.object(["metric": "response", "service": world.service.at("id"), "budgetSeconds": 60])]),
        ])
    }
    #expect(service == ["targets[0].service underpinning_template.service"])
    let taken = await violations { try await world.call("underpinning_template.create", ["name": "Hosting, yearly", "currency": "EUR"]) }
    #expect(taken == ["underpinning_template.name_taken"])
    try await world.call("underpinning_template.revise", ["id": template.at("id"), "state": "retired"], version: 2)
    let retired = await violations { try await create(world, ["template": template.at("id"), "reference": "UC-4"]) }
    #expect(retired == ["template input.unknown_reference"])
    let nothing = await violations { try await create(world, ["reference": "UC-5"]) }
    #expect(nothing == ["name underpinning_contract.needed"])
  }

  /// The terms of a renewal are those of any contract.
  @Test func renewalTermsAreWhole() async throws {
    let world = try await SuppliersWorld()
    let cases: [(KeyValuePairs<String, Value>, [String])] = [
      (["renewal": "manual"], ["noticeMonths contract.notice_needed"]),
      (["renewal": "auto", "noticeDays": 30, "renewalMonths": 12], ["renewal contract.auto_needs_end"]),
      (["renewal": "auto", "noticeDays": 30, "endsAt": "2027-01-01T00:00:00Z"], ["renewalMonths contract.auto_needs_months"]),
      (["renewal": "manual", "noticeDays": 30, "noticeMonths": 1], ["noticeDays contract.one_notice"]),
    ]
    for (given, expected) in cases {
      let input = [Value.Member("name", "X"), Value.Member("currency", "EUR")] + given.map { Value.Member($0.key, $0.value) }
      let found = await violations {
        try await world.database.dispatcher.invoke(
          "underpinning_contract.create",
          .object(
            [
              Value.Member("supplier", world.supplier.at("id")), Value.Member("reference", "UC-9"), Value.Member("startsAt", "2026-01-01T00:00:00Z"),
            ] + input), as: world.manager, .init(requestId: "test")
        ).value
      }
      #expect(found == expected)
    }
  }
}
