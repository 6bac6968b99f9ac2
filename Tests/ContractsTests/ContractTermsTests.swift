import Contracts
import Kernel
import Operations
import Postgres
import ServiceTime
import Tenancy
import TestSupport
import Testing

extension ContractsWorld {
  func terms(unit: Int64? = nil, at: String, explicit: Int64? = nil) async throws -> LineTerms? {
    let instant = try #require(Instant(at))
    return try await inside(acme) {
      try await ContractTerms.line(tenant: acme.id, unit: unit, at: instant, explicit: explicit, in: $0)
    }
  }
}

/// What others ask, against PostgreSQL.
@Suite struct ContractTermsTests {
  @Test func targetsTakeTheCalendarVersionInForce() async throws {
    let world = try await ContractsWorld()
    _ = try await world.contract()
    _ = try await world.database.call(
      "calendar.revise", ["id": world.calendar.at("id"), "stock": "24x7", "zone": "UTC", "validFrom": "2026-06-01T00:00:00Z"], as: world.manager, version: 1)
    let line = try #require(try await world.terms(at: "2026-03-02T08:00:00Z"))
    let june = try #require(Instant("2026-06-01T00:00:00Z"))
    // On the customer's side too: its own request starts the clocks.
    for side in [Side.staff, .customer] {
      try await world.inside(world.acme, side: side) { transaction in
        let facts = TargetFacts(priority: 1)
        let before = try await ContractTerms.targets(slaVersion: line.slaVersion, facts: facts, at: june.adding(seconds: -1), in: transaction)
        let after = try await ContractTerms.targets(slaVersion: line.slaVersion, facts: facts, at: june, in: transaction)
        #expect(before.map(\.metric) == [.response, .resolution])
        #expect(before.map(\.id) == after.map(\.id))
        #expect(before[0].calendarVersion != after[0].calendarVersion)
        #expect(before[0].objective == Rate(percent: "95"))
        #expect(try await ContractTerms.targets(slaVersion: line.slaVersion, facts: TargetFacts(priority: 2), at: june, in: transaction).isEmpty)
        let compiled = try await ContractTerms.calendar(version: before[0].calendarVersion, in: transaction)
        #expect(compiled.definition.zone.identifier == "Europe/Berlin")
        #expect(try await ContractTerms.calendar(version: before[0].calendarVersion, in: transaction) === compiled)
        #expect(try await ContractTerms.calendar(version: after[0].calendarVersion, in: transaction).definition.zone.identifier == "UTC")
      }
    }
    await #expect(throws: ContractTerms.UnknownCalendarVersion.self) {
      try await world.inside(world.acme) { try await ContractTerms.calendar(version: 0, in: $0) }
    }
  }

  @Test func anotherTenantsLineIsNeverChosen() async throws {
    let world = try await ContractsWorld()
    let theirs = try await world.contract(of: world.other)
    #expect(theirs.at("inForce") == .bool(true))
    let otherLine = try #require(
      try await world.inside(world.other) {
        try await ContractTerms.line(tenant: world.other.id, unit: nil, at: TestDatabase.start, explicit: nil, in: $0)
      })
    #expect(try await world.terms(at: "2026-03-02T08:00:00Z") == nil)
    #expect(try await world.terms(at: "2026-03-02T08:00:00Z", explicit: otherLine.line) == nil)
  }

  /// Random contracts, lines, units and versions: the statement, the book and a naive reading of what was written agree.
  @Test func statementBookAndNaiveReadingAgree() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    var random = SplitMix64(seed: 7)
    var units: [(id: PublicId, parent: Int?)] = []
    for index in 0..<6 {
      let parent = index == 0 || Int.random(in: 0...3, using: &random) == 0 ? nil : Int.random(in: 0..<index, using: &random)
      let added = try await database.call(
        "unit.add",
        [
          "customer": .id(world.acme.publicId), "kind": "site", "name": .text("Unit \(index)"),
          "parent": parent.map { .id(units[$0].id) } ?? .null,
        ], as: world.manager)
      units.append((try #require(added.at("id").text.flatMap { PublicId($0) }), parent))
    }
    var model: [ModelLine] = []
    func day(_ number: Int64) -> Instant { Instant(seconds: 1_767_225_600 + number * 86_400) }
    for contractNumber in 0..<5 {
      let startsOn = Int64.random(in: 0...40, using: &random)
      let endsOn: Int64? = Bool.random(using: &random) ? startsOn + Int64.random(in: 1...60, using: &random) : nil
      let isDraft = Int.random(in: 0...3, using: &random) == 0
      let contract = try await database.call(
        "contract.create",
        [
          "customer": .id(world.acme.publicId), "name": .text("C\(contractNumber)"), "state": isDraft ? "draft" : "active", "currency": "EUR",
          "startsAt": .instant(day(startsOn)), "endsAt": .instant(endsOn.map(day)),
        ], as: world.manager)
      var states: [(from: Instant, isActive: Bool)] = [(Instant(seconds: 0), !isDraft)]
      var version: Int64 = 1
      if !isDraft, Bool.random(using: &random) {
        let from = Int64.random(in: 0...60, using: &random)
        _ = try await database.call(
          "contract.change", ["id": contract.at("id"), "event": "suspend", "validFrom": .instant(day(from))], as: world.manager, version: version)
        version += 1
        states.append((day(from), false))
        if Bool.random(using: &random) {
          _ = try await database.call(
            "contract.change", ["id": contract.at("id"), "event": "resume", "validFrom": .instant(day(from + 7))], as: world.manager, version: version)
          states.append((day(from + 7), true))
        }
      }
      for lineNumber in 0..<Int.random(in: 1...3, using: &random) {
        let unit: Int? = Bool.random(using: &random) ? nil : Int.random(in: 0..<units.count, using: &random)
        let from = Int64.random(in: 0...50, using: &random)
        let line = try await database.call(
          "contract_line.add",
          [
            "contract": contract.at("id"), "name": .text("L\(contractNumber).\(lineNumber)"), "sla": world.sla.at("id"),
            "unit": unit.map { .id(units[$0].id) } ?? .null, "validFrom": .instant(day(from)),
          ], as: world.manager)
        var end: Instant?
        if Int.random(in: 0...2, using: &random) == 0 {
          end = day(from + Int64.random(in: 1...30, using: &random))
          _ = try await database.call("contract_line.end", ["id": line.at("id"), "validFrom": .instant(end)], as: world.manager, version: 1)
        }
        model.append(
          ModelLine(
            name: "L\(contractNumber).\(lineNumber)", unit: unit, from: day(from), to: end, startsAt: day(startsOn), endsAt: endsOn.map(day), states: states,
            order: model.count))
      }
    }

    let unitIds = try await world.inside(world.acme) { transaction in
      try await transaction.query(UnitIds(tenant: world.acme.id))
    }
    let book = try await world.inside(world.acme) { try await TermsBook(tenant: world.acme.id, contract: nil, in: $0) }
    for _ in 0..<300 {
      let unit: Int? = Int.random(in: 0...2, using: &random) == 0 ? nil : Int.random(in: 0..<units.count, using: &random)
      // Days on which something begins, and a second before.
      let at = day(Int64.random(in: 0...110, using: &random)).adding(seconds: Bool.random(using: &random) ? 0 : -1)
      let unitId = unit.flatMap { unitIds[units[$0].id.random] ?? nil }
      let found = try await world.inside(world.acme) {
        try await ContractTerms.line(tenant: world.acme.id, unit: unitId, at: at, explicit: nil, in: $0)
      }
      #expect(found?.lineName == ModelLine.best(model, unit, units.map(\.parent), at))
      #expect(book.line(unit: unitId, at: at, explicit: nil) == found)
      if let found {
        let targets = try await world.inside(world.acme) {
          try await ContractTerms.targets(slaVersion: found.slaVersion, facts: TargetFacts(priority: 1), at: at, in: $0)
        }
        #expect(book.targets(slaVersion: found.slaVersion, facts: TargetFacts(priority: 1), at: at) == targets)
        #expect(targets.allSatisfy { book.calendar(version: $0.calendarVersion) != nil })
      }
    }
  }
}

/// What the test itself wrote.
private struct ModelLine {
  let name: String
  let unit: Int?
  let from: Instant
  let to: Instant?
  let startsAt: Instant
  let endsAt: Instant?
  let states: [(from: Instant, isActive: Bool)]
  let order: Int

  func counts(_ at: Instant) -> Bool {
    from <= at && (to.map { at < $0 } ?? true) && startsAt <= at && (endsAt.map { at < $0 } ?? true)
      && (states.last { $0.from <= at }?.isActive ?? false)
  }

  static func best(_ lines: [ModelLine], _ unit: Int?, _ parents: [Int?], _ at: Instant) -> String? {
    let open = lines.filter { $0.counts(at) }
    var next = unit
    while let unit = next {
      if let found = newest(open.filter { $0.unit == unit }) { return found }
      next = parents[unit]
    }
    return newest(open.filter { $0.unit == nil })
  }

  private static func newest(_ lines: [ModelLine]) -> String? {
    lines.sorted { ($0.startsAt, $0.from, Instant(seconds: Int64($0.order))) < ($1.startsAt, $1.from, Instant(seconds: Int64($1.order))) }.last?.name
  }
}

private struct UnitIds: Statement {
  let tenant: TenantId

  static let sql = "select public_id, id from tenancy.org_unit where tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> (bits: [UInt8], id: Int64) { (try row.next(), try row.next()) }
}

extension [(bits: [UInt8], id: Int64)] {
  fileprivate subscript(_ bits: [UInt8]) -> Int64? { first { $0.bits == bits }?.id }
}
