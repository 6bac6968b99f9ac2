import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Changes

@Suite struct ApprovalTests {
  @Test func nobodyApprovesAChangeOfHisOwn() async throws {
    let world = try await ChangesWorld()
    let asked = try await world.submitted(try await world.change())
    let approval = try await world.read(asked).at("approvals.0")
    func approve(_ principal: Principal) async -> String {
      await refusal { try await world.call("change_approval.approve", ["id": approval.at("id")], as: principal) }
    }
    #expect(approval.at("roles").array == ["engineer"])
    #expect(await approve(world.engineer) == "change.own_change")
    // By another login of his neither.
    let login = Principal(
      actor: Actor(kind: .staff, id: 987_654, via: .http), tenant: world.engineer.tenant, side: .staff, name: "again", person: world.engineer.person,
      grants: world.engineer.grants)
    #expect(await approve(login) == "change.own_change")
    // One of the others is for the account manager, and is named.
    #expect(await approve(world.account) == "change.another_is_yours")
    let others = try await world.read(asked).at("approvals").array?.first { $0.at("roles").array == ["account_manager"] }?.at("id").text ?? "-"
    let refused = await #expect(throws: Failure.self) {
      try await world.call("change_approval.approve", ["id": approval.at("id")], as: world.account)
    }
    #expect(refused?.text(.english).contains(others) == true)
    #expect(await approve(world.manager) == "denied")
    let service = Principal(
      actor: Actor(kind: .service, id: 5, via: .http), tenant: world.peer.tenant, side: .staff, name: "robot", person: nil, grants: world.peer.grants)
    #expect(await approve(service) == "change.needs_person")
    #expect(await approve(world.peer) == "accepted")
    #expect(await approve(world.peer) == "change.agreed_already")
  }

  @Test func nobodyApprovesWhatHeHadAPartIn() async throws {
    let world = try await ChangesWorld()
    // Somebody opened it; the peer wrote it.
    let written = try await world.act("change.change", on: try await world.change(), ["plan": "Mine"], as: world.peer)
    #expect(await refusal { try await world.decide(try await world.submitted(written), role: "engineer", as: world.peer) } == "change.own_change")
    // Or submitted it, or answers for it.
    let judged = try await world.act("change.assess", on: try await world.change(), ["answers": ChangesWorld.lowest])
    let asked = try await world.act("change.submit", on: judged, as: world.peer)
    #expect(await refusal { try await world.decide(asked, role: "engineer", as: world.peer) } == "change.own_change")
    let owned = try await world.act("change.take", on: try await world.change(as: world.database.root), as: world.peer)
    #expect(await refusal { try await world.decide(try await world.submitted(owned), role: "engineer", as: world.peer) } == "change.own_change")
    // Taken back and written anew by another, it stays his.
    let back = try await world.act("change.revise", on: asked, ["reason": "More"])
    #expect(await refusal { try await world.decide(try await world.submitted(back), role: "engineer", as: world.peer) } == "change.own_change")
    #expect(try await world.decide(try await world.read(back), role: "administrator", as: world.administrator).at("state") == "approved")
  }

  @Test func theRiskSaysWhoAgrees() async throws {
    let world = try await ChangesWorld()
    func roles(_ answers: Value) async throws -> [[Value]] {
      let judged = try await world.act("change.assess", on: try await world.change(), ["answers": answers])
      return try await world.read(try await world.act("change.submit", on: judged)).at("approvals").array?.map { $0.at("roles").array ?? [] } ?? []
    }
    #expect(try await roles(ChangesWorld.lowest) == [["engineer"], ["administrator"], ["account_manager"]])
    #expect(
      try await roles(.object(["impact": "site", "outage": "outside", "experience": "some", "back_out": "easy", "tested": "fully"])) == [
        ["administrator"], ["account_manager"],
      ])
    // High: one after the other's word is not enough.
    let risky = try await world.submitted(try await world.change(), isRisky: true)
    let once = try await world.decide(risky, role: "administrator", as: world.administrator)
    #expect(once.at("state") == "awaiting_approval")
    #expect(try await world.decide(once, "reject", role: "account_manager", as: world.account).at("state") == "rejected")
    // From there it is written anew, or given up.
    let rejected = try await world.read(risky)
    #expect(rejected.at("reason") == "Seen")
    #expect(try await world.act("change.revise", on: rejected, ["reason": "Better"]).at("state") == "draft")
  }

  @Test func thePolicyIsChangedForLaterChanges() async throws {
    let world = try await ChangesWorld()
    let before = try await world.submitted(try await world.change())
    func rule(_ role: Value, hours: Value = .null) -> Value {
      .object(["rule": "all", "approvers": .array([.object(["name": .object(["en": "A"]), "role": role])]), "hours": hours])
    }
    func change(low: Value, emergency: Value, version: Int64 = 1) async -> String {
      await refusal {
        try await world.call(
          "change_policy.change", ["low": low, "medium": .object(["rule": "none"]), "high": rule("finance"), "emergency": emergency], as: world.account,
          version: .integer(version))
      }
    }
    #expect(await change(low: rule("administrator"), emergency: rule("administrator", hours: 2)) == "high.approvers change.staff_approve")
    func good(low: Value, emergency: Value, high: Value = .null, version: Int64 = 1) async -> String {
      let high = high.isNull ? rule("administrator") : high
      return await refusal {
        try await world.call(
          "change_policy.change", ["low": low, "medium": .object(["rule": "none"]), "high": high, "emergency": emergency],
          as: world.account, version: .integer(version))
      }
    }
    #expect(await good(low: rule("customer_manager"), emergency: rule("administrator", hours: 2)) == "low.approvers change.staff_approve")
    let urgent = rule("administrator", hours: 2)
    #expect(await good(low: rule("administrator"), emergency: urgent, high: .object(["rule": "none"])) == "high.rule change.high_unasked")
    #expect(await good(low: rule("administrator"), emergency: rule("administrator")) == "emergency.hours input.required_here")
    #expect(await good(low: rule("administrator"), emergency: rule("administrator", hours: 2)) == "accepted")
    #expect(await good(low: rule("administrator"), emergency: rule("administrator", hours: 2)) == "version.mismatch")
    #expect(try await world.read(before).at("approvals").array?.count == 3)
    #expect(try await world.read(try await world.submitted(try await world.change())).at("approvals").array?.count == 1)
    // Nobody is asked at medium risk: it is agreed to at once.
    let medium: Value = .object(["impact": "site", "outage": "outside", "experience": "some", "back_out": "easy", "tested": "fully"])
    let judged = try await world.act("change.assess", on: try await world.change(), ["answers": medium])
    #expect(try await world.act("change.submit", on: judged).at("state") == "approved")
  }

  @Test func aWordIsHandedOn() async throws {
    let world = try await ChangesWorld()
    let asked = try await world.submitted(try await world.change(), isRisky: true)
    let approval = try await world.read(asked).at("approvals").array?.first { $0.at("roles").array == ["account_manager"] } ?? .null
    func staff(_ grants: Bool) async throws -> Value {
      let made = try await world.call(
        "staff.create", ["login": .text("s\(grants)@example.test"), "name": "S", "password": "correct horse battery"], as: world.database.root)
      if grants {
        try await world.call("staff_grant.add", ["account": made.at("id"), "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
      }
      return made.at("id")
    }
    let (able, unable) = (try await staff(true), try await staff(false))
    let seen = approval.at("version").integer ?? 0
    func hand(_ verb: String, _ to: Value, as principal: Principal, seeing version: Int64) async -> String {
      await refusal {
        try await world.call("change_approval.\(verb)", ["id": approval.at("id"), "staff": to], as: principal, version: .integer(version))
      }
    }
    #expect(await hand("delegate", able, as: world.peer, seeing: seen) == "change.not_yours")
    #expect(await hand("delegate", unable, as: world.account, seeing: seen) == "staff change.may_not")
    // It would take the place of one whose word counts.
    let author = try await world.read(asked).at("owner")
    try await world.call("staff_grant.add", ["account": author, "role": "engineer", "everyCustomer": .bool(true)], as: world.database.root)
    #expect(await hand("delegate", author, as: world.account, seeing: seen) == "staff change.reassigned_to_own")
    #expect(await hand("delegate", able, as: world.account, seeing: seen) == "accepted")
    #expect(await hand("reassign", able, as: world.administrator, seeing: seen) == "version.mismatch", "it went to somebody meanwhile")
    #expect(await hand("reassign", able, as: world.peer, seeing: seen + 1) == "denied")
    #expect(await hand("reassign", unable, as: world.account, seeing: seen + 1) == "staff change.may_not")
    #expect(await hand("reassign", able, as: world.administrator, seeing: seen + 1) == "accepted")
    #expect(try await world.events(of: asked).suffix(2) == ["approval_delegated", "approval_reassigned"])
    // What waits for whom.
    func waiting(_ principal: Principal, all: Bool = false) async throws -> Int {
      try await world.call("change_approval.list", ["all": .bool(all)], as: principal).at("items").array?.count ?? -1
    }
    #expect(try await waiting(world.account) == 1)
    #expect(try await waiting(world.peer) == 0)
    #expect(try await waiting(world.peer, all: true) == 2)
    // Guard: who was asked would believe that another one decides, who cannot any more.
    try await world.sweep()
    #expect(try await world.events(of: asked).last == "approval_reassigned", "he may")
    try await world.database.narrow(able, to: [world.other])
    for _ in 0..<2 { try await world.sweep() }
    #expect(try await world.events(of: asked).suffix(2) == ["approval_reassigned", "approval_delegation_ended"])
    let left = try await world.read(asked).at("approvals").array?.first { $0.at("id") == approval.at("id") }
    #expect(left?.at("delegated") == .bool(false) && left?.at("state") == "asked")
    #expect(left?.at("version") == .integer(seen + 2), "given, not given any more: that it went once more to whom it was given altered nothing")
  }

  /// Guard: who agreed in his own place cannot decide what he was given besides, and who is asked would wait for him.
  @Test func aDelegationEndsWhenHeAgreesInHisOwnPlace() async throws {
    let world = try await ChangesWorld()
    let id = try await world.grant(world.administrator, .administrator)
    try await world.grant(world.account, .accountManager)
    let asked = try await world.submitted(try await world.change(), isRisky: true)
    let approval = try await world.read(asked).at("approvals").array?.first { $0.at("roles").array == ["account_manager"] } ?? .null
    try await world.call("change_approval.delegate", ["id": approval.at("id"), "staff": id], as: world.account, version: approval.at("version"))
    try await world.sweep()
    #expect(try await world.events(of: asked).last == "approval_delegated", "he may")
    _ = try await world.decide(asked, role: "administrator", as: world.administrator)
    for _ in 0..<2 { try await world.sweep() }
    #expect(try await world.events(of: asked).filter { $0 == "approval_delegation_ended" }.count == 1)
    #expect(try await world.decide(asked, role: "account_manager", as: world.account).at("state") == "approved")
  }
}
