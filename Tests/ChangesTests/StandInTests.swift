import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

@testable import Changes

/// What nobody can decide who is asked goes to somebody else as well.
@Suite struct StandInTests {
  /// At low risk holders of these roles agree from now on.
  private func agreeing(_ roles: [StockRole], rule: Value = "all", _ world: ChangesWorld) async throws {
    func asks(_ rule: Value, _ roles: [StockRole], hours: Value = .null) -> Value {
      let approvers = roles.map { Value.object(["name": .object(["en": .text($0.rawValue)]), "role": .text($0.rawValue)]) }
      return .object(["rule": rule, "approvers": .array(approvers), "hours": hours])
    }
    let manager = asks("all", [.administrator])
    try await world.call(
      "change_policy.change",
      ["low": asks(rule, roles), "medium": manager, "high": manager, "emergency": asks("all", [.administrator], hours: 2)], as: world.account, version: 1)
  }

  private func sweep(_ world: ChangesWorld) async throws {
    for size in [1, 200] as [Int64] { try await ChangeApproverSweep(batch: size).run(at: world.database.clock.now(), world.database.tenancy) }
  }

  /// Who is asked besides, by the order of the rule.
  private func standIns(_ change: Value, _ world: ChangesWorld) async throws -> [Value] {
    try await world.read(change).at("approvals").array?.map { $0.at("standIn") } ?? []
  }

  private func count(_ change: Value, _ world: ChangesWorld) async throws -> Int {
    try await world.events(of: change).filter { $0 == "approval_stand_in" }.count
  }

  private func waiting(_ principal: Principal, _ world: ChangesWorld) async throws -> [Value] {
    try await world.call("change_approval.list", [:], as: principal).at("items").array ?? []
  }

  /// Guard: only while it is asked would be looked for a stand-in, and what was asked of the only engineer would wait for nobody once he has left.
  @Test func whatNobodyCanDecideAnyMoreGoesToAStandIn() async throws {
    let world = try await ChangesWorld()
    try await agreeing([.engineer], world)
    let peer = try await world.grant(world.peer, .engineer)
    let asked = try await world.submitted(try await world.change())
    try await sweep(world)
    #expect(try await standIns(asked, world) == [.null], "he is there")
    try await world.database.narrow(peer)
    try await sweep(world)
    #expect(try await standIns(asked, world) == [.null], "there is nobody at all")
    #expect(try await world.read(asked).at("version") == asked.at("version"))
    try await world.grant(world.account, .accountManager)
    try await sweep(world)
    #expect(try await standIns(asked, world) == ["account_manager"])
    // The one that was found stays, also where another one comes.
    try await world.grant(world.administrator, .administrator)
    try await sweep(world)
    #expect(try await standIns(asked, world) == ["account_manager"])
    #expect(try await count(asked, world) == 1)
    let approval = try #require(try await waiting(world.account, world).first)
    #expect(approval.at("roles").array == ["account_manager", "engineer"] && approval.at("standIn") == "account_manager")
    #expect(try await waiting(world.administrator, world).isEmpty)
    #expect(await refusal { try await world.call("change_approval.approve", ["id": approval.at("id")], as: world.administrator) } == "change.not_yours")
    try await world.call("change_approval.approve", ["id": approval.at("id")], as: world.account)
    #expect(try await world.read(asked).at("state") == "approved")
  }

  /// Guard: who had a part in it holds the role, and his word does not count; by another login of his neither.
  @Test func whoHadAPartInItIsNobodyWhoCouldAgree() async throws {
    let world = try await ChangesWorld()
    try await agreeing([.engineer], world)
    try await world.grant(world.engineer, .engineer)
    let login = try await world.database.staff(.engineer)
    let person = try #require(world.engineer.person)
    try await world.database.runAsSuperuser("update tenancy.account set person_id = \(person) where id = \(login.actor.id)")
    try await world.grant(login, .engineer)
    try await world.grant(world.administrator, .administrator)
    let own = try await world.submitted(try await world.change())
    #expect(try await standIns(own, world) == ["administrator"])
    let byPeer = try await world.change(as: world.peer)
    let judged = try await world.act("change.assess", on: byPeer, ["answers": ChangesWorld.lowest], as: world.peer)
    #expect(try await standIns(try await world.act("change.submit", on: judged, as: world.peer), world) == [.null], "she agrees to what others do")
  }

  /// Guard: who serves some of those whom it concerns does not agree for the others.
  @Test func whoServesSomeIsNobodyWhoCouldAgreeForAll() async throws {
    let world = try await ChangesWorld()
    try await agreeing([.engineer], world)
    try await world.database.narrow(try await world.staffId(world.servesAcme), to: [world.acme])
    try await world.grant(world.administrator, .administrator)
    #expect(try await standIns(try await world.submitted(try await world.change()), world) == [.null])
    let wide = try await world.act("change.concern", on: try await world.change(), ["customer": .id(world.other.publicId)])
    #expect(try await standIns(try await world.submitted(wide), world) == ["administrator"])
  }

  /// Guard: where one of several is enough, what one can decide waits for nobody else; and one stand-in is enough for all.
  @Test func whereOneIsEnoughOneStandsIn() async throws {
    let world = try await ChangesWorld()
    try await agreeing([.engineer, .accountManager], rule: "any", world)
    let peer = try await world.grant(world.peer, .engineer)
    try await world.grant(world.administrator, .administrator)
    let asked = try await world.submitted(try await world.change())
    #expect(try await standIns(asked, world) == [.null, .null])
    try await world.database.narrow(peer)
    try await sweep(world)
    #expect(try await standIns(asked, world) == ["administrator", .null])
    #expect(try await count(asked, world) == 1)
  }

  /// What was given to somebody waits for him, and not for a stand-in.
  @Test func whatWasGivenToSomebodyNeedsNoStandIn() async throws {
    let world = try await ChangesWorld()
    try await agreeing([.engineer], world)
    let asked = try await world.submitted(try await world.change())
    let peer = try await world.grant(world.peer, .engineer)
    let approval = try await world.read(asked).at("approvals.0")
    try await world.call("change_approval.reassign", ["id": approval.at("id"), "staff": peer], as: world.account, version: approval.at("version"))
    try await sweep(world)
    #expect(try await standIns(asked, world) == [.null])
    try await world.database.narrow(peer)
    try await world.grant(world.account, .accountManager)
    try await sweep(world)
    #expect(try await standIns(asked, world) == [.null], "it waits for whom it was given to, until that ends")
    try await world.sweep()
    try await sweep(world)
    #expect(try await standIns(asked, world) == ["account_manager"])
    #expect(try await world.events(of: asked).suffix(2) == ["approval_delegation_ended", "approval_stand_in"])
  }
}
