import Contracts
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Handbooks

/// Exactly one answers for what nobody has taken: whom the handbook names, else the provider, else the first administrator.
@Suite struct AccountableTests {
  private static func staff(_ number: UInt8) -> AccountableRule.Staff {
    AccountableRule.Staff(id: Int64(number), publicId: [UInt8](repeating: number, count: 12), name: "S\(number)")
  }

  /// The rule against all cases of who is there: 1 the process owner, 2 its manager, 3 whom the provider names, 4 the first administrator.
  @Test func theFirstWhoIsThereAnswers() {
    for there in 0..<16 as Range<UInt8> {
      func isThere(_ number: UInt8) -> Bool { there & (1 << (number - 1)) != 0 }
      let able = ([1, 2, 3] as [UInt8]).filter(isThere).map(Self.staff)
      let rule = AccountableRule(able: able, administrator: isThere(4) ? Self.staff(4) : nil)
      let bits = { (number: UInt8) in Self.staff(number).publicId }
      let chosen = rule.choose(handbook: [bits(1), bits(2)], named: bits(3))
      let expected = ([1, 2, 3, 4] as [UInt8]).first(where: isThere)
      #expect(chosen?.id == expected.map { Int64($0) }, "\(there)")
      #expect(chosen?.rule == expected.map { $0 <= 2 ? Accountable.Rule.handbook : .standard }, "\(there)")
      #expect(rule.choose(handbook: [], named: nil)?.id == (isThere(4) ? 4 : nil), "nobody is named")
    }
  }

  private func sweep(_ world: HandbooksWorld) async throws {
    world.database.clock.advance(seconds: 15)
    try await AccountableSweep().run(at: world.database.clock.now(), world.database.tenancy)
  }

  private func grant(_ account: Value, _ role: String, _ world: HandbooksWorld) async throws {
    try await world.database.call("staff_grant.add", ["account": account, "role": .text(role), "everyCustomer": .bool(true)], as: world.database.root)
  }

  /// Who answers for incidents, and by what.
  private func answers(_ world: HandbooksWorld, for process: String = "incident") async throws -> [Value] {
    let lines = try await world.database.call("ownership.read", as: world.engineer).at("processes").array ?? []
    let line = lines.first { $0.at("process") == .text(process) } ?? .null
    return [line.at("owner"), line.at("ownerBy")]
  }

  /// From an administrator by way of a default to the handbook, and back as people leave; an incident tells it as it is.
  @Test func theRuleFollowsWhoIsThere() async throws {
    let world = try await HandbooksWorld()
    let customer = try await world.database.customer("ACME")
    let ticket = try await world.database.call(
      "incident.open", ["customer": .id(customer.publicId), "title": "Printer on fire"], as: world.engineer)
    try await sweep(world)
    #expect(try await answers(world) == [.null, .null], "nobody is there who could")
    #expect(ticket.at("owner").isNull)
    let admin = try await world.database.call(
      "staff.create", ["login": "first@provider.test", "name": "First", "password": "correct horse battery"], as: world.database.root
    ).at("id")
    try await grant(admin, "administrator", world)
    try await sweep(world)
    #expect(try await answers(world) == [admin, "default"])
    #expect(try await answers(world, for: "change") == [admin, "default"])
    world.database.clock.advance(seconds: 15)
    try await world.database.set("ownership.set", ["process": "incident", "staff": world.cleo], as: world.manager)
    #expect(try await answers(world) == [world.cleo, "default"], "at once")
    #expect(try await answers(world, for: "change") == [admin, "default"])
    _ = try await world.published()
    try await sweep(world)
    #expect(try await answers(world) == [world.ann, "handbook"])
    let read = try await world.database.call("incident.read", ["id": ticket.at("id")], as: world.engineer)
    #expect(read.at("owner") == world.ann && read.at("ownerBy") == "handbook")
    let opened = try await world.database.call(
      "incident.open", ["customer": .id(customer.publicId), "title": "Another"], as: world.engineer)
    #expect(opened.at("owner") == world.ann && opened.at("ownerBy") == "handbook")
    let order: [(leaves: Value, follows: [Value])] = [
      (world.ann, [world.ben, "handbook"]), (world.ben, [world.cleo, "default"]), (world.cleo, [admin, "default"]),
    ]
    for (leaves, follows) in order {
      try await world.leave(leaves)
      try await sweep(world)
      #expect(try await answers(world) == follows)
    }
    let history = try await world.database.superuser.transaction { try await $0.query(RulesOfIncidents()) }
    #expect(history == ["default", "default", "handbook", "handbook", "default", "default"], "what changed nothing left no row")
  }

  /// Who stands in the handbook or was named, and lost the right to work for all customers, is passed over for who comes next, and back.
  @Test func whoMayNotWorkIsPassedOver() async throws {
    let world = try await HandbooksWorld()
    let customer = try await world.database.customer("ACME")
    let admin = try await world.database.call(
      "staff.create", ["login": "first@provider.test", "name": "First", "password": "correct horse battery"], as: world.database.root
    ).at("id")
    try await grant(admin, "administrator", world)
    try await world.database.set("ownership.set", ["process": "incident", "staff": world.cleo], as: world.manager)
    _ = try await world.published()
    try await sweep(world)
    #expect(try await answers(world) == [world.ann, "handbook"])
    try await world.database.narrow(world.ann, to: [customer])
    try await sweep(world)
    #expect(try await answers(world) == [world.ben, "handbook"])
    try await world.database.narrow(world.ben, to: [customer], .accountManager)
    try await sweep(world)
    #expect(try await answers(world) == [world.cleo, "default"])
    try await world.database.narrow(world.cleo)
    try await sweep(world)
    #expect(try await answers(world) == [admin, "default"])
    try await grant(world.ben, "engineer", world)
    try await sweep(world)
    #expect(try await answers(world) == [world.ben, "handbook"])
  }

  @Test func onlyWhoIsThereIsNamed() async throws {
    let world = try await HandbooksWorld()
    let nobody: Value = .id(world.database.provider.id("stf", [UInt8](repeating: 7, count: 12)))
    func refusal(_ staff: Value) async -> [String] {
      await world.refusal { try await world.database.set("ownership.set", ["process": "incident", "staff": staff], as: world.manager) }
    }
    #expect(await refusal(nobody) == ["staff input.unknown_reference"])
    try await world.leave(world.cleo)
    #expect(await refusal(world.cleo) == ["staff ownership.left"])
    #expect(await refusal(world.ann) == ["accepted"])
    try await world.database.narrow(world.ben, to: [try await world.database.customer("ACME")])
    #expect(await refusal(world.ben) == ["staff ownership.may_not_work"], "he may work for one customer only")
    try await world.database.narrow(world.ben)
    try await grant(world.ben, "account_manager", world)
    #expect(await refusal(world.ben) == ["staff ownership.may_not_work"], "his role does not work on incidents")
    let set = try await world.database.set("ownership.set", ["process": "incident"], as: world.manager)
    let line = set.at("processes").array?.first { $0.at("process") == "incident" }
    #expect(line?.at("default") == .null)
    await expectFailure(.denied) { try await world.database.set("ownership.set", ["process": "request", "staff": world.ann], as: world.engineer) }
  }
}

/// By which rule somebody answered for incidents, in order.
private struct RulesOfIncidents: Statement {
  static let sql = "select rule from handbooks.accountable where process = 'incident' order by id"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
