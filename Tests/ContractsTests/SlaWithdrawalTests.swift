import BillingEngine
import Kernel
import Postgres
import TestSupport
import Testing

@testable import Contracts

/// SLA versions that are withdrawn before they begin.
@Suite struct SlaWithdrawalTests {
  private static let june: Value = "2026-06-01T00:00:00Z"

  private func revise(_ world: ContractsWorld, seconds: Int64, from validFrom: Value, version: Int64) async throws -> Value {
    try await world.database.call(
      "sla.revise",
      ["id": world.sla.at("id"), "targets": .array([ContractsWorld.target(world.calendar, seconds: seconds)]), "validFrom": validFrom],
      as: world.manager, version: version)
  }

  private func withdraw(_ world: ContractsWorld, version: Int64) async throws -> Value {
    try await world.database.call("sla.withdraw", ["id": world.sla.at("id"), "reason": "Not agreed"], as: world.manager, version: version)
  }

  @Test func aVersionIsWithdrawnBeforeItHoldsAndNotAfter() async throws {
    let world = try await ContractsWorld()
    let (database, id) = (world.database, world.sla.at("id"))
    func response(_ at: Value) async throws -> Value {
      try await database.call("sla.read", ["id": id, "asOf": at], as: world.manager).at("targets.0.budgetSeconds")
    }
    await expectFailure(.conflict) { try await withdraw(world, version: 1) }
    _ = try await revise(world, seconds: 60, from: Self.june, version: 1)
    #expect(try await response(Self.june) == 60)
    // What stands in the way is told with what to do about it; once it holds, only a later one goes.
    #expect(await violations { try await revise(world, seconds: 90, from: "2026-05-01T00:00:00Z", version: 2) } == ["validFrom version.not_later_than_planned"])
    await expectFailure(.versionMismatch) { try await withdraw(world, version: 1) }
    #expect(try await withdraw(world, version: 2).at("version") == 3)
    #expect(try await response(Self.june) == 3600)
    let listed = try await database.call("sla.list", ["asOf": Self.june], as: world.manager).at("items").array ?? []
    #expect(listed.count == 1 && listed.first?.at("validFrom") == "1970-01-01T00:00:00Z")
    // Nothing stands in the way of a nearer one, nor of another one from the same instant.
    _ = try await revise(world, seconds: 90, from: "2026-05-01T00:00:00Z", version: 3)
    _ = try await revise(world, seconds: 120, from: Self.june, version: 4)
    #expect(try await response("2026-05-15T00:00:00Z") == 90)
    #expect(try await response(Self.june) == 120)
    database.clock.set(try #require(Instant("2026-06-01T00:00:00Z")))
    await expectFailure(.conflict) { try await withdraw(world, version: 5) }
    #expect(await violations { try await revise(world, seconds: 90, from: Self.june, version: 5) } == ["validFrom version.not_later"])
    let narrow = try await database.staff(.accountManager, for: [world.acme])
    await expectFailure(.denied) { try await database.call("sla.withdraw", ["id": id, "reason": "Mine"], as: narrow, version: 5) }
  }

  /// Who had to wait for another change looks at the clock again: the version may have begun, and be judged by.
  @Test func aVersionThatBeginsDuringTheWaitIsNotWithdrawn() async throws {
    let world = try await ContractsWorld()
    _ = try await revise(world, seconds: 60, from: Self.june, version: 1)
    let begun = try #require(Instant("2026-06-01T00:00:00Z"))
    let withdrawn = try await world.database.superuser.transaction { holder in
      _ = try await holder.query(HeldSlas())
      let withdrawn = Task { try await withdraw(world, version: 2) }
      try await holder.waitForLocks(1)
      world.database.clock.set(begun)
      return withdrawn
    }
    await expectFailure(.conflict) { try await withdrawn.value }
    let read = try await world.database.call("sla.read", ["id": world.sla.at("id"), "asOf": Self.june], as: world.manager)
    #expect(read.at("targets.0.budgetSeconds") == 60)
  }

  /// Whoever judges by an SLA judges by what stands: the choice of lines and targets, what is read once for many tickets, what is measured,
  /// the objectives of a period, the comparison, the line and its customer.
  @Test func nothingIsJudgedByWhatWasWithdrawn() async throws {
    let world = try await ContractsWorld()
    let database = world.database
    let measured: Value = .object(["metric": "availability", "objective": .decimal("99")])
    _ = try await database.call(
      "sla.revise",
      ["id": world.sla.at("id"), "targets": .array([ContractsWorld.target(world.calendar), measured]), "validFrom": "2026-04-01T00:00:00Z"],
      as: world.manager, version: 1)
    let contract = try await world.contract()
    func told() async throws -> [String] {
      let at = try #require(Instant("2026-07-01T12:00:00Z"))
      let (lines, book, objectives) = try await world.inside(world.acme) { transaction in
        let lines = try await transaction.query(LinesInForce(tenant: world.acme.id, at: at))
        let book = try await TermsBook(tenant: world.acme.id, contract: nil, in: transaction)
        let contract = try #require(lines.first?.terms.contract)
        let june = try #require(BillingPeriod(.month, named: "2026-06"))
        let objectives = try await transaction.query(ObjectivesAtEnd(tenant: world.acme.id, contracts: [contract], periods: [june], now: at))
        return (lines, book, objectives)
      }
      let line = try #require(lines.first?.terms)
      let facts = TargetFacts(ticketType: .incident, priority: 1)
      let (targets, trial, measured) = try await world.inside(world.acme) { transaction in
        let targets = try await ContractTerms.targets(slaVersion: line.slaVersion, facts: facts, at: at, in: transaction)
        let id = try #require(PublicId(world.sla.at("id").text ?? ""))
        var trial = try #require(try await SlaTrial.stored(id, at: at, customers: nil, in: transaction))
        let measured = try await transaction.query(MeasuredTargets(sla: line.sla, at: at)).compactMap(\.self)
        return (targets, trial.targets(facts, at: at), measured)
      }
      let inBook = book.line(unit: nil, at: at, explicit: nil)
      let fromBook = inBook.map { book.targets(slaVersion: $0.slaVersion, facts: facts, at: at) } ?? []
      let read = try await database.call("contract.read", ["id": contract.at("id"), "asOf": "2026-07-01T12:00:00Z"], as: world.manager)
      let compared = try await database.call(
        "contract.compare", ["id": contract.at("id"), "from": "2026-05-01T00:00:00Z", "to": "2026-07-01T12:00:00Z"], as: world.manager)
      func budgets(_ targets: [TargetTerms]) -> String { targets.map { "\($0.metric) \($0.budget)" }.sorted().joined(separator: ", ") }
      return [
        budgets(targets), budgets(trial), budgets(fromBook), "\(objectives.compactMap(\.self).map(\.slaVersion))",
        measured.map { "\($0.objective?.percent ?? "")" }.joined(),
        read.at("lines.0.targets").array?.map { $0.at("budgetSeconds").integer.map(String.init) ?? "-" }.joined(separator: ",") ?? "",
        "\(compared.at("changes").array?.count ?? -1)",
      ]
    }
    let before = try await told()
    _ = try await revise(world, seconds: 60, from: Self.june, version: 2)
    let planned = try await told()
    // Each of them tells the difference that a version makes, or this test could not fail.
    for (index, pair) in zip(before, planned).enumerated() { #expect(pair.0 != pair.1, "\(index): \(pair.0)") }
    _ = try await withdraw(world, version: 3)
    #expect(try await told() == before)
  }
}

private struct HeldSlas: Statement {
  static let sql = "select id from contracts.sla for update"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
