import Kernel
import Operations
import Requests
import Tenancy
import TestSupport
import Testing

/// Who could decide an approval may leave, or lose the right, while it waits.
@Suite struct StandInTests {
  /// An offering to which one of the customer's managers agrees.
  private func offering(_ world: RequestsWorld) async throws -> Value {
    let approver = Value.object([Value.Member("name", RequestsWorld.name("IT manager")), Value.Member("role", "customer_manager")])
    return try await world.offering("TRIP", ["approval": .object([Value.Member("rule", "all"), Value.Member("approvers", .array([approver]))])])
  }

  /// An account of the customer's, with this role on record.
  private func person(_ role: StockRole, _ scope: String, _ world: RequestsWorld) async throws -> (principal: Principal, id: Value) {
    let principal = try await world.database.user(.customerManager, of: world.acme)
    let id = try await world.ids(of: principal).account
    try await world.call("account_grant.add", ["account": id, "role": .text(role.rawValue), "scope": .text(scope)], as: world.database.root)
    return (principal, id)
  }

  private func sweep(_ world: RequestsWorld) async throws {
    for size in [1, 200] as [Int64] { try await ApproverSweep(batch: size).run(at: world.database.clock.now(), world.database.tenancy) }
  }

  private func keeper(_ world: RequestsWorld) async throws {
    let keeper = try await world.ids(of: world.manager).account
    try await world.call("staff_grant.add", ["account": keeper, "role": "account_manager", "everyCustomer": .bool(true)], as: world.database.root)
  }

  /// Guard: who was asked believes that another one decides, who cannot.
  @Test func aDelegationEndsWithTheRightToDecide() async throws {
    let world = try await RequestsWorld()
    let boss = try await person(.customerManager, "tenant", world)
    let deputy = try await person(.requester, "own", world)
    let made = try await world.submit(try await offering(world), as: world.engineer)
    let asked = try await world.request(made).at("approvals.0")
    let delegated = try await world.call(
      "approval.delegate", ["id": asked.at("id"), "account": deputy.id], as: boss.principal, version: asked.at("version"))
    try await sweep(world)
    #expect(try await world.request(made).at("approvals.0.delegated") == .bool(true), "he may")
    try await world.call("account.disable", ["id": deputy.id], as: world.database.root)
    try await sweep(world)
    let left = try await world.request(made).at("approvals.0")
    #expect(left.at("delegated") == .bool(false) && left.at("standIn").isNull && left.at("state") == "asked")
    #expect(left.at("version") == .integer((delegated.at("version").integer ?? 0) + 1))
    #expect(try await world.history(made).filter { $0 == "approval_delegation_ended" }.count == 1)
    try await world.call("approval.approve", ["id": asked.at("id")], as: boss.principal)
    #expect(try await world.request(made).at("state") == "approved")
  }

  /// Guard: who agreed in his own place cannot decide what he was given besides, and who is asked would wait for him.
  @Test func aDelegationEndsWhenHeAgreesInHisOwnPlace() async throws {
    let world = try await RequestsWorld()
    let approvers = ["customer_manager", "account_manager"].map { role in
      Value.object([Value.Member("name", RequestsWorld.name(role)), Value.Member("role", .text(role))])
    }
    let both = try await world.offering("TRIP", ["approval": .object([Value.Member("rule", "all"), Value.Member("approvers", .array(approvers))])])
    let boss = try await person(.customerManager, "tenant", world)
    try await keeper(world)
    let made = try await world.submit(both, as: world.engineer)
    let asked = try await world.request(made).at("approvals").array ?? []
    let (first, second) = (try #require(asked.first), try #require(asked.last))
    let colleague = try await world.ids(of: world.manager).account
    try await world.call("approval.reassign", ["id": first.at("id"), "staff": colleague], as: world.database.root, version: first.at("version"))
    try await sweep(world)
    #expect(try await world.request(made).at("approvals.0.delegated") == .bool(true), "he may")
    try await world.call("approval.approve", ["id": second.at("id")], as: world.manager)
    try await sweep(world)
    #expect(try await world.request(made).at("approvals.0.delegated") == .bool(false))
    #expect(try await world.history(made).filter { $0 == "approval_delegation_ended" }.count == 1)
    try await world.call("approval.approve", ["id": first.at("id")], as: boss.principal)
    #expect(try await world.request(made).at("state") == "approved")
  }

  /// Guard: only while it is asked would be looked for a stand-in, and what was asked of the only manager would wait for nobody once he has left.
  @Test func whatNobodyCanDecideAnyMoreGoesToAStandIn() async throws {
    let world = try await RequestsWorld()
    let boss = try await person(.customerManager, "tenant", world)
    let made = try await world.submit(try await offering(world), as: world.engineer)
    try await sweep(world)
    #expect(try await world.request(made).at("approvals.0.standIn").isNull, "he is there")
    try await world.call("account.disable", ["id": boss.id], as: world.database.root)
    try await sweep(world)
    #expect(try await world.request(made).at("approvals.0.standIn").isNull, "there is nobody at all")
    try await keeper(world)
    try await sweep(world)
    #expect(try await world.request(made).at("approvals.0.standIn") == "account_manager")
    #expect(try await world.history(made).filter { $0 == "approval_stand_in" }.count == 1)
    try await world.call("approval.approve", ["id": try await world.request(made).at("approvals.0.id")], as: world.manager)
    #expect(try await world.request(made).at("state") == "fulfilling")
  }
}
