import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Approvals at gates that nobody decides in time, and those that somebody else decides.
@Suite struct HandedOnTests {
  private static let hour: Int64 = 3600

  /// Guard: whose time is over decides no more, before any sweep has come; and who tries again asks again.
  @Test func whatNobodyDecidesInTimeIsRefusedAtThatInstant() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    let gate = try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id], hours: 4))
    #expect(gate["approval"]?["hours"] == 4)
    let incident = try await world.open()
    let asked = world.database.clock.now()
    try await world.stopped { try await world.resolve(incident, key: "first") }
    let waiting = try #require(try await world.asked(lea.principal).first)
    let due = Value.instant(asked.adding(seconds: 4 * Self.hour))
    #expect(waiting["dueAt"] == due && waiting["version"] == 1)
    world.pass(seconds: 4 * Self.hour - 1)
    #expect(try await world.asked(lea.principal).count == 1)
    world.pass(seconds: 61)
    #expect(try await world.asked(lea.principal) == [])
    await expectFailure(.conflict) { try await world.step("gate_approval.approve", on: waiting, as: lea.principal) }
    let seen = try await world.act("gates", on: incident)["ahead"]?.array?.first?["asked"]?.array?.first
    #expect(seen?["state"] == "rejected" && seen?["decidedAt"] == due && seen?["reason"] == .null && seen?["dueAt"] == .null)
    let repeated = try await world.stopped { try await world.resolve(incident, key: "first") }
    #expect(repeated.violations.map(\.message.key) == ["gate.approval_expired"])
    let again = try await world.stopped { try await world.resolve(incident, key: "again") }
    #expect(again.violations.map(\.message.key) == ["gate.approval_asked"])
    // It was told by that, though no sweep came; and the sweep does not say it twice.
    let anew = try await world.asked(lea.principal)
    #expect(anew.column("dueAt") == [.instant(world.database.clock.now().adding(seconds: 4 * Self.hour))] && anew.first?["id"] != waiting["id"])
    try await world.sweep()
    #expect(try await world.inbox(world.engineer).column("event") == ["gate_approval.decided"])
    try await world.agree(lea.principal)
    #expect(try await world.resolve(incident)["state"] == "resolved")
  }

  /// Guard: the sweep writes the instant at which the time was over, and not the one at which it came; and tells once.
  @Test func theSweepTellsWhoAskedOnce() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id, kim.id], hours: 2))
    let incident = try await world.open()
    let asked = world.database.clock.now()
    try await world.stopped { try await world.resolve(incident) }
    world.pass(seconds: 2 * Self.hour - 1)
    try await world.sweep()
    #expect(try await world.states() == ["asked", "asked"])
    world.pass(seconds: 3 * Self.hour)
    for _ in 0..<2 { try await world.sweep() }
    #expect(try await world.states() == ["rejected", "rejected"])
    let rows = try await world.act("gates", on: incident)["ahead"]?.array?.first?["asked"]?.array ?? []
    #expect(rows.column("decidedAt") == Array(repeating: .instant(asked.adding(seconds: 2 * Self.hour)), count: 2))
    let told = try await world.inbox(world.engineer)
    #expect(told.column("event") == ["gate_approval.decided"])
    #expect(told.first?["body"]?.text?.contains("not decided in time") == true, "\(told)")
  }

  /// Of all, one who does not decide refuses; who agreed before stays as he decided. What is over is not told of.
  @Test func ofAllOneWhoDoesNotDecideIsARefusal() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    let gate = try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id, kim.id], hours: 1))
    let (incident, other) = (try await world.open(), try await world.open())
    for one in [incident, other] { try await world.stopped { try await world.resolve(one) } }
    try await world.agree(lea.principal)
    let reason = [Value.Member("gate", gate.at("id")), Value.Member("reason", "x")]
    _ = try await world.act("bypass_gate", on: other, reason, as: world.account)
    world.pass(seconds: Self.hour)
    try await world.sweep()
    #expect(try await world.states() == ["approved", "rejected", "lapsed", "lapsed"])
    #expect(try await world.inbox(world.engineer).column("event") == ["gate_approval.decided"])
    let failure = try await world.stopped { try await world.resolve(incident) }
    #expect(failure.violations.map(\.message.key) == ["gate.approval_asked"])
  }

  @Test func aColleagueDecidesAsWell() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    let few = try await world.approver(.engineer, for: [world.other])
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id], hours: 4))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let waiting = try #require(try await world.asked(lea.principal).first)
    func delegate(to staff: Value, as principal: Principal, version: Int64? = 1) async throws -> Value {
      try await world.invoke(
        "gate_approval.delegate", [Value.Member("id", waiting.at("id")), Value.Member("staff", staff)], as: principal, version: version)
    }
    // Nobody whose word would not count: himself, who takes the step, who may not decide on this.
    let engineer = try await GatesWorld.id(of: world.engineer, world.database)
    for (staff, key) in [(lea.id, "gate.handed_to_own"), (engineer, "gate.handed_to_own"), (few.id, "gate.approver_may_not")] {
      let failure = await #expect(throws: Failure.self) { try await delegate(to: staff, as: lea.principal) }
      #expect(failure?.violations.map { "\($0.path) \($0.message.key)" } == ["staff \(key)"])
    }
    await expectFailure(.notFound) { try await delegate(to: kim.id, as: kim.principal) }
    await expectFailure(.versionRequired) { try await delegate(to: kim.id, as: lea.principal, version: nil) }
    await expectFailure(.versionMismatch) { try await delegate(to: kim.id, as: lea.principal, version: 2) }
    let given = try await delegate(to: kim.id, as: lea.principal)
    #expect(given["version"] == 2 && given["dueAt"] == waiting["dueAt"] && given["delegateName"] == "Account")
    await expectFailure(.versionMismatch) { try await delegate(to: kim.id, as: lea.principal) }
    #expect(try await world.asked(kim.principal).column("id") == [waiting.at("id")])
    #expect(try await world.asked(lea.principal).count == 1)
    #expect(try await world.inbox(kim.principal).column("event") == ["gate_approval.asked"])
    #expect(try await world.inbox(lea.principal).count == 1)
    try await world.agree(kim.principal)
    #expect(try await world.asked(lea.principal) == [])
    // Who agreed in another's place does not take the step.
    let own = try await world.stopped { try await world.resolve(incident, as: kim.principal) }
    #expect(own.violations.map(\.message.key) == ["gate.approval_own"])
    let resolved = try await world.resolve(incident, as: lea.principal)
    let event = try await world.history(resolved).first { $0["type"] == "incident.gate_passed" }
    #expect(event?["payload"]?["approvedBy"] == .array([kim.id]))
  }

  /// Guard: where all must agree he would agree once, and the other approval would wait in vain.
  @Test func itGoesToNobodyWhoIsAskedHimself() async throws {
    let world = try await GatesWorld()
    let (lea, kim, sam) = (try await world.approver(), try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id, kim.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let waiting = try #require(try await world.asked(lea.principal).first)
    func give(_ verb: String, to staff: Value, as principal: Principal) async throws -> Value {
      try await world.step("gate_approval.\(verb)", on: waiting, [Value.Member("staff", staff)], as: principal)
    }
    let asked = await #expect(throws: Failure.self) { try await give("delegate", to: kim.id, as: lea.principal) }
    let same = await #expect(throws: Failure.self) { try await give("reassign", to: lea.id, as: world.account) }
    for failure in [asked, same] { #expect(failure?.violations.map { "\($0.path) \($0.message.key)" } == ["staff gate.handed_to_own"]) }
    #expect(try await give("delegate", to: sam.id, as: lea.principal)["version"] == 2)
    for one in [kim, sam] { try await world.agree(one.principal) }
    #expect(try await world.resolve(incident)["state"] == "resolved")
  }

  /// Guard: who was asked would believe that another one decides, who cannot on this any more, though he may on other things.
  @Test func aDelegationEndsWithTheRightToDecide() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let waiting = try #require(try await world.asked(lea.principal).first)
    _ = try await world.step("gate_approval.delegate", on: waiting, [Value.Member("staff", kim.id)], as: lea.principal)
    try await world.lookAgain()
    #expect(try await world.asked(kim.principal).column("version") == [2], "he may")
    #expect(try await world.inbox(lea.principal).column("event") == ["gate_approval.asked"])
    try await world.database.narrow(kim.id, to: [world.other])
    for _ in 0..<2 { try await world.lookAgain() }
    let left = try #require(try await world.asked(lea.principal).first)
    #expect(left["delegateName"] == .null && left["state"] == "asked" && left["version"] == 3)
    #expect(try await world.asked(kim.principal) == [])
    await expectFailure(.notFound) { try await world.step("gate_approval.approve", on: waiting, as: kim.principal) }
    #expect(try await world.inbox(lea.principal).column("event") == ["gate_approval.asked", "gate_approval.asked"])
    try await world.agree(lea.principal)
    #expect(try await world.resolve(incident)["state"] == "resolved")
  }

  /// Guard: who agreed in another's place is no second person, and who is asked would wait for him. What is decided by time or over stays as it is.
  @Test func aDelegationEndsWhenHeHasAgreedInAnothersPlace() async throws {
    let world = try await GatesWorld()
    let (lea, kim, sam) = (try await world.approver(), try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id, kim.id], hours: 1))
    let (incident, other) = (try await world.open(), try await world.open())
    for one in [incident, other] {
      try await world.stopped { try await world.resolve(one) }
      for asked in [lea, kim] {
        let waiting = try #require(try await world.asked(asked.principal).last)
        _ = try await world.step("gate_approval.delegate", on: waiting, [Value.Member("staff", sam.id)], as: asked.principal)
      }
    }
    try await world.agree(sam.principal)
    try await world.lookAgain()
    // Of the first incident one waits for who is asked alone; of the other both are his still.
    #expect(try await world.asked(sam.principal).count == 2)
    let asked = try await world.asked(lea.principal) + world.asked(kim.principal)
    #expect(asked.count == 3 && asked.filter { $0["delegateName"] == .null }.map { $0.at("incident") } == [incident.at("id")])
    world.pass(seconds: Self.hour)
    try await world.database.narrow(sam.id)
    try await world.lookAgain()
    #expect(try await world.delegated() == 3, "one that is decided, and two whose time is over")
  }

  @Test func whoKeepsGatesGivesItToSomebodyElse() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let asked = try await world.act("gates", on: incident)["ahead"]?.array?.first?["asked"]?.array?.first ?? .null
    func reassign(as principal: Principal, to staff: Value? = nil) async throws -> Value {
      try await world.step("gate_approval.reassign", on: asked, [Value.Member("staff", staff ?? kim.id)], as: principal)
    }
    await expectFailure(.denied) { try await reassign(as: world.engineer) }
    await expectFailure(.denied) { try await reassign(as: world.manager) }
    await expectFailure(.notFound) { try await reassign(as: world.servesOther) }
    let own = await #expect(throws: Failure.self) { try await reassign(as: world.account, to: world.owner) }
    #expect(own?.violations.map { "\($0.path) \($0.message.key)" } == ["staff gate.approver_may_not"])
    #expect(try await reassign(as: world.account)["delegateName"] == "Account")
    await expectFailure(.versionMismatch) { try await reassign(as: world.account) }
    // The one who is asked may have left: what waits for the other is waited for.
    try await world.database.runAsSuperuser("update tenancy.account set state = 'disabled' where id = \(lea.principal.actor.id)")
    let waiting = try await world.stopped { try await world.resolve(incident, key: "again") }
    #expect(waiting.violations.map(\.message.key) == ["gate.approval_waits"])
    try await world.agree(kim.principal)
    #expect(try await world.resolve(incident)["state"] == "resolved")
    // What is decided goes to nobody.
    let over = try await world.invoke("incident.gates", [Value.Member("id", incident.at("id"))], as: world.engineer)
    #expect(over["passages"]?.column("outcome") == ["passed"])
    await expectFailure(.conflict) {
      try await world.invoke(
        "gate_approval.reassign", [Value.Member("id", asked.at("id")), Value.Member("staff", kim.id)], as: world.account, version: 3)
    }
  }
}

extension GatesWorld {
  fileprivate func sweep() async throws { try await GateApprovalSweep(batch: 1).run(at: database.clock.now(), database.tenancy) }

  fileprivate func lookAgain() async throws { try await GateApproverSweep(batch: 1).run(at: database.clock.now(), database.tenancy) }

  /// How many were given to somebody else.
  fileprivate func delegated() async throws -> Int64 {
    try await database.superuser.transaction { try await $0.query(DelegatedApprovals()) }.first ?? 0
  }

  /// Of all approvals, in the order in which they were asked for.
  fileprivate func states() async throws -> [String] { try await database.superuser.transaction { try await $0.query(StatesOfApprovals()) } }
}

private struct DelegatedApprovals: Statement {
  static let sql = "select count(*) from gates.approval where delegate_id is not null"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct StatesOfApprovals: Statement {
  static let sql = "select state from gates.approval order by id"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
