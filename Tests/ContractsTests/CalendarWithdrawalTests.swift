import Kernel
import Postgres
import TestSupport
import Testing

@testable import Contracts

/// Calendar versions that are withdrawn before they begin, and holiday sets of one customer alone.
@Suite struct CalendarWithdrawalTests {
  private func revise(_ world: ContractsWorld, _ stock: String, from validFrom: Value, version: Int64) async throws -> Value {
    try await world.database.call(
      "calendar.revise", ["id": world.calendar.at("id"), "stock": .text(stock), "zone": "UTC", "validFrom": validFrom], as: world.manager, version: version)
  }

  private func definition(_ world: ContractsWorld, at instant: Value) async throws -> Value {
    try await world.database.call("calendar.read", ["id": world.calendar.at("id"), "asOf": instant], as: world.manager).at("definition")
  }

  @Test func aVersionIsWithdrawnBeforeItHoldsAndNotAfter() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let (id, june): (Value, Value) = (world.calendar.at("id"), "2026-06-01T00:00:00Z")
    let office = try await definition(world, at: june)
    await expectFailure(.conflict) { try await database.call("calendar.withdraw", ["id": id, "reason": "No"], as: world.manager, version: 1) }
    _ = try await revise(world, "24x7", from: june, version: 1)
    #expect(try await definition(world, at: june) != office)
    await expectFailure(.versionMismatch) { try await database.call("calendar.withdraw", ["id": id, "reason": "No"], as: world.manager, version: 1) }
    let withdrawn = try await database.call("calendar.withdraw", ["id": id, "reason": "Not agreed"], as: world.manager, version: 2)
    #expect(withdrawn.at("version") == 3)
    #expect(try await definition(world, at: june) == office)
    // Everything that judges by it agrees: targets, the series that clocks follow, the list.
    _ = try await world.contract()
    let far = Instant(seconds: 2_000_000_000)
    let (first, series) = try await world.inside(world.acme) { transaction in
      let first = try #require(try await transaction.first(FirstCalendarVersion()))
      return (first, try await ContractTerms.series(of: [first], until: far, in: transaction))
    }
    #expect(series.successor(of: first, until: far) == nil)
    let listed = try await database.call("calendar.list", ["asOf": june], as: world.manager).at("items").array ?? []
    #expect(listed.count == 1 && listed.first?.at("validFrom") == "1970-01-01T00:00:00Z")
    // Nothing later stands in the way of another one from the same instant; nor is it the old one's.
    let again = try await revise(world, "5x12", from: june, version: 3)
    #expect(again.at("validFrom") == june)
    #expect(try await definition(world, at: june) == again.at("definition"))
    let customer = try await database.user(.customerManager, of: world.acme)
    #expect(try await database.call("calendar.read", ["id": id, "asOf": june], as: customer).at("definition") == again.at("definition"))
    database.clock.set(try #require(Instant("2026-06-01T00:00:00Z")))
    await expectFailure(.conflict) { try await database.call("calendar.withdraw", ["id": id, "reason": "Late"], as: world.manager, version: 4) }
    let narrow = try await database.staff(.accountManager, for: [world.acme])
    await expectFailure(.denied) { try await database.call("calendar.withdraw", ["id": id, "reason": "Mine"], as: narrow, version: 4) }
  }

  /// The customer's own side does not see what was withdrawn either.
  @Test func aCustomerReadsWhatStands() async throws {
    let world = try await ContractsWorld()
    _ = try await world.contract()
    let june: Value = "2026-06-01T00:00:00Z"
    let office = try await definition(world, at: june)
    _ = try await revise(world, "24x7", from: june, version: 1)
    try await world.database.call("calendar.withdraw", ["id": world.calendar.at("id"), "reason": "Not agreed"], as: world.manager, version: 2)
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let read = try await world.database.call("calendar.read", ["id": world.calendar.at("id"), "asOf": june], as: customer)
    #expect(read.at("definition") == office)
  }

  @Test func aSetOfOneCustomerIsForNoOther() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let day: Value = .array([.object(["date": "2026-12-24"])])
    let made = try await database.call(
      "holiday_set.create", ["name": "Acme's shutdown", "days": day, "onlyFor": .id(world.acme.publicId)], as: world.manager)
    #expect(made.at("onlyFor") == .id(world.acme.publicId))
    let sets: Value = .array([made.at("id")])
    func calendar(_ name: String, for customer: Value) async throws -> Value {
      try await database.call(
        "calendar.create", ["name": .text(name), "stock": "24x7", "zone": "UTC", "holidaySets": sets, "onlyFor": customer], as: world.manager)
    }
    #expect(await violations { try await calendar("Anybody's", for: .null) } == ["holidaySets[0] holiday_set.other_customer"])
    #expect(await violations { try await calendar("Other's", for: .id(world.other.publicId)) } == ["holidaySets[0] holiday_set.other_customer"])
    let own = try await calendar("Acme's", for: .id(world.acme.publicId))
    #expect(own.at("holidaySets.0.name") == "Acme's shutdown")
    #expect(
      await violations {
        try await database.call("calendar.revise", ["id": world.calendar.at("id"), "holidaySets": sets], as: world.manager, version: 1)
      } == ["holidaySets[0] holiday_set.other_customer"])

    // Who serves the other customer does not see it, by whatever way.
    let others = try await database.staff(.accountManager, for: [world.other])
    #expect(try await database.call("holiday_set.list", as: others).at("items") == .array([]))
    for operation in ["holiday_set.read", "holiday_set.due"] {
      await expectFailure(.notFound) { try await database.call(operation, ["id": made.at("id")], as: others) }
    }
    #expect(
      await violations { try await database.call("calendar.try", ["stock": "24x7", "zone": "UTC", "holidaySets": sets], as: others) }
        == ["holidaySets[0] input.unknown_reference"])
    await expectFailure(.invalid) {
      try await database.call("holiday_set.create", ["name": "X", "days": day, "onlyFor": .id(world.acme.publicId)], as: others)
    }
    let acmes = try await database.staff(.accountManager, for: [world.acme])
    #expect(try await database.call("holiday_set.list", as: acmes).at("items").array?.count == 1)
  }
}

private struct FirstCalendarVersion: Statement {
  static let sql = "select id from contracts.calendar_version order by id limit 1"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
