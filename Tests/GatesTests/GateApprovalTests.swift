import Approvals
import Desk
import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Gates that ask for somebody's approval.
@Suite struct GateApprovalTests {
  @Test func whoIsAskedIsToldAndAgreesAndTheActPasses() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    let gate = try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]), name: "Second look")
    #expect(gate["kind"] == "approval" && gate["approval"] == .object(["rule": "any", "ownWork": .bool(false), "staff": .array([lea.id])]))
    let incident = try await world.open()
    let failure = try await world.stopped { try await world.resolve(incident) }
    #expect(failure.violations.map { "\($0.path) \($0.message.key)" } == ["approval gate.approval_asked"])
    #expect(failure.arguments["missing"] == "approval")
    // In her list and in her inbox, once.
    let asked = try await world.asked(lea.principal)
    #expect(
      asked.map { [$0["incident"], $0["gate"], $0["askedBy"], $0["state"]] } == [
        [incident.at("id"), gate.at("id"), .text(world.engineer.name), "asked"]
      ])
    #expect(try await world.inbox(lea.principal).column("event") == ["gate_approval.asked"])
    #expect(try await world.inbox(lea.principal).count == 1)
    let ahead = try await world.act("gates", on: incident)["ahead"]?.array?.first
    #expect(ahead?["missing"] == .array(["approval"]) && ahead?["asked"]?.array?.first?["state"] == "asked")
    // It waits; the same message, and nobody is asked again.
    let waiting = try await world.stopped { try await world.resolve(incident) }
    #expect(waiting.violations.map(\.message.key) == ["gate.approval_waits"])
    #expect(try await world.asked(lea.principal).count == 1)
    world.pass(seconds: 60)
    let given = try await world.step("gate_approval.approve", on: asked[0], [Value.Member("reason", "Looks right")], as: lea.principal)
    #expect(given["state"] == "approved" && given["reason"] == "Looks right")
    #expect(try await world.asked(lea.principal) == [])
    #expect(try await world.inbox(world.engineer).column("event") == ["gate_approval.decided"])
    let resolved = try await world.resolve(incident)
    #expect(resolved["state"] == "resolved")
    let event = try await world.history(resolved).first { $0["type"] == "incident.gate_passed" }
    #expect(event?["payload"]?["approvedBy"] == .array([lea.id]) && event?["payload"]?["gate"] == gate.at("id"))
    #expect(try await world.friction().map { [$0["kind"], $0["stops"], $0["passed"], $0["totalWaitSeconds"]] } == [["approval", 2, 1, 60]])
  }

  /// What a gate stops on its way to end with its parent is left, and the approval is asked for as of whoever ended the parent.
  @Test func whatIsStoppedOnItsWayToEndWithItsParentIsAskedFor() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]), priority: 3, name: "Second look")
    let parent = try await world.open([Value.Member("impact", 1), Value.Member("urgency", 1)])
    let child = try await world.open([Value.Member("impact", 2), Value.Member("urgency", 2)])
    let link = [Value.Member("id", child.at("id")), Value.Member("kind", "child_of"), Value.Member("to", parent.at("id"))]
    _ = try await world.invoke("incident.link", link, as: world.engineer)
    _ = try await world.resolve(parent, [Value.Member("cascade", .bool(true))])
    let sweep = CascadeSweep(world.database.dispatcher, majors: { _, _ in .goesOn })
    for _ in 0..<2 { try await sweep.run(at: world.database.clock.now(), world.database.tenancy) }
    let report = try await world.act("cascade", on: parent)["items"]?.array ?? []
    #expect(report.column("state") == ["left"] && report.column("fault") == ["gate.approval_asked"], "\(report)")
    let asked = try await world.asked(lea.principal)
    #expect(asked.map { [$0["incident"], $0["askedBy"]] } == [[child.at("id"), .text(world.engineer.name)]])
    #expect(try await world.friction().column("stops") == [1])
    // Once she agrees, it is ended by hand.
    _ = try await world.step("gate_approval.approve", on: asked[0], [Value.Member("reason", "Looks right")], as: lea.principal)
    #expect(try await world.resolve(try await world.act("read", on: child))["state"] == "resolved")
  }

  @Test func aRefusalIsToldAndWhoTriesAgainAsksAgain() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let first = try await world.asked(lea.principal)[0]
    await expectFailure(.invalid) { try await world.step("gate_approval.reject", on: first, as: lea.principal) }
    _ = try await world.step("gate_approval.reject", on: first, [Value.Member("reason", "Say what you did.")], as: lea.principal)
    let situation = try await world.act("gates", on: incident)["ahead"]?.array?.first?["asked"]?.array?.first
    #expect(situation?["state"] == "rejected" && situation?["reason"] == "Say what you did.")
    #expect(try await world.inbox(world.engineer).column("event") == ["gate_approval.decided"])
    // Decided once.
    await expectFailure(.conflict) { try await world.step("gate_approval.approve", on: first, as: lea.principal) }
    let again = try await world.stopped { try await world.resolve(incident, key: "again") }
    #expect(again.violations.map(\.message.key) == ["gate.approval_asked"])
    let second = try await world.asked(lea.principal)
    #expect(second.count == 1 && second.first?["id"] != first["id"])
    _ = try await world.step("gate_approval.reject", on: second[0], [Value.Member("reason", "Still not.")], as: lea.principal)
    // The same call is no other try.
    let repeated = try await world.stopped { try await world.resolve(incident, key: "again") }
    #expect(repeated.violations.map(\.message.key) == ["gate.approval_refused"] && repeated.violations.first?.arguments["reason"] == "Still not.")
    #expect(try await world.asked(lea.principal) == [])
  }

  @Test func ofAllEachOneAgreesAndOneRefusalIsOne() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver(.accountManager))
    try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id, kim.id]))
    let (agreed, refused) = (try await world.open(), try await world.open())
    for incident in [agreed, refused] { try await world.stopped { try await world.resolve(incident) } }
    let (leas, kims) = (try await world.asked(lea.principal), try await world.asked(kim.principal))
    #expect(leas.column("incident") == [agreed.at("id"), refused.at("id")] && leas.column("suffices") == [.bool(false), .bool(false)])
    _ = try await world.step("gate_approval.approve", on: leas[0], as: lea.principal)
    let waiting = try await world.stopped { try await world.resolve(agreed) }
    #expect(waiting.violations.first?.arguments["approvers"] == "Account")
    _ = try await world.step("gate_approval.approve", on: kims[0], as: kim.principal)
    #expect(try await world.resolve(agreed)["state"] == "resolved")
    _ = try await world.step("gate_approval.reject", on: leas[1], [Value.Member("reason", "No.")], as: lea.principal)
    // Nobody else is asked any more.
    #expect(try await world.asked(kim.principal) == [])
    await expectFailure(.conflict) { try await world.step("gate_approval.approve", on: kims[1], as: kim.principal) }
  }

  /// Of any, one is enough, and the others are asked no more.
  @Test func ofAnyOneIsEnough() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id, kim.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let kims = try await world.asked(kim.principal)
    _ = try await world.step("gate_approval.approve", on: try await world.asked(lea.principal)[0], as: lea.principal)
    #expect(try await world.asked(kim.principal) == [])
    await expectFailure(.conflict) { try await world.step("gate_approval.approve", on: kims[0], as: kim.principal) }
    #expect(try await world.resolve(incident)["state"] == "resolved")
  }

  @Test func nobodyApprovesWhatHeDoesHimselfUnlessTheGateSaysSo() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver())
    let gate = try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id, kim.id]))
    let incident = try await world.open()
    // Who takes the step is not asked.
    try await world.stopped { try await world.resolve(incident, as: lea.principal) }
    #expect(try await world.asked(lea.principal) == [])
    _ = try await world.step("gate_approval.approve", on: try await world.asked(kim.principal)[0], as: kim.principal)
    // Who agreed does not take it.
    let own = try await world.stopped { try await world.resolve(incident, as: kim.principal) }
    #expect(own.violations.map(\.message.key) == ["gate.approval_own"])
    #expect(try await world.resolve(incident, as: lea.principal)["state"] == "resolved")
    // Alone he asks nobody.
    _ = try await world.invoke(
      "gate.retire", [Value.Member("id", gate.at("id")), Value.Member("reason", "x")], as: world.account, version: 1)
    let alone = try await world.gate("incident.resolve", GatesWorld.approval("all", [lea.id]))
    let another = try await world.open()
    let nobody = try await world.stopped { try await world.resolve(another, as: lea.principal) }
    #expect(nobody.violations.map(\.message.key) == ["gate.approval_nobody"])
    _ = try await world.invoke(
      "gate.retire", [Value.Member("id", alone.at("id")), Value.Member("reason", "x")], as: world.account, version: 1)
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id], ownWork: true))
    let third = try await world.open()
    try await world.stopped { try await world.resolve(third, as: lea.principal) }
    _ = try await world.step("gate_approval.approve", on: try await world.asked(lea.principal)[0], as: lea.principal)
    #expect(try await world.resolve(third, as: lea.principal)["state"] == "resolved")
  }

  /// Nobody agrees to what is not ready, nor to what is not there yet.
  @Test func itIsAskedOnceNothingElseIsMissing() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]), name: "Second look")
    let incident = try await world.open()
    let first = try await world.stopped { try await world.resolve(incident) }
    #expect(first.violations.map(\.message.key) == ["gate.field_missing", "gate.approval_later"] && first.arguments["missing"] == "category, approval")
    #expect(try await world.asked(lea.principal) == [])
    let changed = try await world.act("change", on: incident, [Value.Member("category", "network/vpn")])
    try await world.stopped { try await world.resolve(changed) }
    #expect(try await world.asked(lea.principal).count == 1)
    let unrecorded = try await world.stopped { try await world.open([Value.Member("category", "network/vpn"), Value.Member("resolution", "x")]) }
    #expect(unrecorded.violations.map(\.message.key) == ["gate.approval_unrecorded"])
    #expect(try await world.asked(lea.principal).count == 1)
  }

  @Test func whoIsNotAskedFindsNothing() async throws {
    let world = try await GatesWorld()
    let (lea, kim) = (try await world.approver(), try await world.approver(.engineer, for: [world.other]))
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident) }
    let approval = try await world.asked(lea.principal)[0]
    for principal in [world.engineer, world.administrator, kim.principal] {
      await expectFailure(.notFound) { try await world.step("gate_approval.approve", on: approval, as: principal) }
    }
    await expectFailure(.denied) { try await world.step("gate_approval.approve", on: approval, as: world.manager) }
    // Who does not serve the customer any more decides nothing of it, and sees none of it.
    let limited = Principal(
      actor: lea.principal.actor, tenant: lea.principal.tenant, side: .staff, name: "Lea",
      grants: [Grant(role: "engineer", permissions: world.database.permissions(of: .engineer), scope: .listed([world.other.id]))])
    #expect(try await world.asked(limited) == [])
    await expectFailure(.notFound) { try await world.step("gate_approval.approve", on: approval, as: limited) }
    // Nor is anybody put into a gate who may not decide.
    let failure = await #expect(throws: Failure.self) { try await world.gate("incident.resolve", GatesWorld.approval("any", [kim.id])) }
    #expect(failure?.violations.map { "\($0.path) \($0.message.key)" } == ["approval.staff[0] gate.approver_may_not"])
    try await world.gate("incident.resolve", GatesWorld.approval("any", [kim.id]), customer: world.other)
    let twice = await #expect(throws: Failure.self) { try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id, lea.id])) }
    #expect(twice?.violations.map { "\($0.path) \($0.message.key)" } == ["approval.staff[1] gate.twice"])
    let open = await #expect(throws: Failure.self) { try await world.gate("incident.open", GatesWorld.approval("any", [lea.id])) }
    #expect(open?.violations.map { "\($0.path) \($0.message.key)" } == ["approval gate.no_approval_before"])
  }

  @Test func whatIsLetPassOrGoesAnotherWayIsAskedNoMore() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    let gate = try await world.gate("incident.close", GatesWorld.approval("any", [lea.id]))
    var incidents: [Value] = []
    for _ in 0..<4 {
      let resolved = try await world.resolve(try await world.open())
      try await world.stopped { try await world.act("close", on: resolved) }
      incidents.append(resolved)
    }
    let asked = try await world.asked(lea.principal)
    #expect(asked.count == 4)
    // Let pass beforehand, with the act, closed by the customer, reopened.
    let reason = [Value.Member("gate", gate.at("id")), Value.Member("reason", "x")]
    _ = try await world.act("bypass_gate", on: incidents[0], reason, as: world.account)
    _ = try await world.act("close", on: incidents[1], [world.bypass(gate)], as: world.administrator)
    _ = try await world.act("close", on: incidents[2], as: world.manager)
    _ = try await world.act("reopen", on: incidents[3], [Value.Member("reason", "Still broken")])
    #expect(try await world.asked(lea.principal) == [])
    for approval in asked {
      await expectFailure(.conflict) { try await world.step("gate_approval.approve", on: approval, as: lea.principal) }
    }
  }

  /// Guard: what a customer closes or takes back leaves nobody asked behind; what goes on is asked about still.
  @Test func whatACustomerEndsIsNotAskedForEver() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    for step in ["incident.close", "task.claim"] { try await world.gate(step, GatesWorld.approval("any", [lea.id])) }
    let (closed, open) = (try await world.resolve(try await world.open()), try await world.resolve(try await world.open()))
    for incident in [closed, open] { try await world.stopped { try await world.act("close", on: incident) } }
    let order = try await world.order()
    let task = try await world.task(0, of: order)
    try await world.stopped { try await world.step("task.claim", on: task) }
    _ = try await world.act("close", on: closed, as: world.manager)
    _ = try await world.step("request.withdraw", on: try await world.read("request", order), as: world.manager)
    #expect(try await world.stored("asked") == 3)
    let sweep = CloseSweep(world.database.dispatcher)
    for _ in 0..<2 { try await sweep.run(at: world.database.clock.now(), world.database.tenancy) }
    let (asked, lapsed) = (try await world.stored("asked"), try await world.stored("lapsed"))
    #expect(asked == 1 && lapsed == 2)
    #expect(try await world.asked(lea.principal).count == 1)
  }

  /// Two who are stopped at once, and the same call twice: one round.
  @Test func itIsAskedOnce() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]))
    let incident = try await world.open()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<6 { group.addTask { _ = try? await world.resolve(incident, key: number < 3 ? "same" : "key \(number)") } }
    }
    #expect(try await world.asked(lea.principal).count == 1)
    #expect(try await world.inbox(lea.principal).count == 1)
    // Two who decide at once: one decision.
    let approval = try await world.asked(lea.principal)[0]
    let done = await withTaskGroup(of: Bool.self) { group in
      for index in 0..<4 {
        group.addTask {
          (try? await world.step(
            index % 2 == 0 ? "gate_approval.approve" : "gate_approval.reject", on: approval, [Value.Member("reason", "x")], as: lea.principal)) != nil
        }
      }
      return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
    }
    #expect(done == 1)
    #expect(try await world.inbox(world.engineer).count == 1)
  }

  @Test func requestsProblemsAndChangesWaitForAnApproval() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver(.engineer, for: [world.acme])
    let both = try await world.approver()
    let served = GatesWorld.approval("any", [lea.id])
    for step in ["task.claim", "problem.close", "change.start"] { try await world.gate(step, served) }
    let task = try await world.task(0, of: try await world.order())
    try await world.stopped { try await world.step("task.claim", on: task) }
    var problem = try await world.step("problem.resolve", on: try await world.problem(for: world.acme), [Value.Member("solution", "x")])
    try await world.stopped { try await world.step("problem.close", on: problem) }
    var change = try await world.agreed(try await world.step("change.submit", on: try await world.change(for: [world.acme])))
    try await world.stopped { try await world.step("change.start", on: change) }
    let asked = try await world.asked(lea.principal)
    #expect(asked.column("step") == ["task.claim", "problem.close", "change.start"])
    #expect(asked[1]["problem"] == problem.at("id") && asked[2]["change"] == change.at("id") && asked[0]["request"] != .null)
    #expect(try await world.inbox(lea.principal).count == 3)
    for approval in asked { _ = try await world.step("gate_approval.approve", on: approval, as: lea.principal) }
    _ = try await world.step("task.claim", on: task)
    problem = try await world.step("problem.close", on: problem)
    change = try await world.step("change.start", on: change)
    #expect(problem["state"] == "closed" && change["state"] == "implementing")
    #expect(try await world.friction().map { [$0["kind"], $0["passed"]] } == [["approval", 1], ["approval", 1], ["approval", 1]])
    // What concerns another customer besides is not for who serves one.
    let wide = try await world.agreed(try await world.step("change.submit", on: try await world.change(for: [world.acme, world.other])))
    try await world.gate("change.start", GatesWorld.approval("any", [both.id]), customer: world.other)
    try await world.stopped { try await world.step("change.start", on: wide) }
    #expect(try await world.asked(lea.principal) == [])
    #expect(try await world.asked(both.principal).column("change") == [wide.at("id")])
  }

  /// The recorded ask is gone with a server that dies: the next try asks.
  @Test func whatWasNotAskedIsAskedByTheNextTry() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("incident.resolve", GatesWorld.approval("any", [lea.id]))
    let incident = try await world.open()
    try await world.stopped { try await world.resolve(incident, key: "first") }
    try await world.database.runAsSuperuser("delete from gates.approval; delete from gates.passage")
    try await world.stopped { try await world.resolve(incident, key: "first") }
    #expect(try await world.asked(lea.principal).count == 1)
  }
}

extension GatesWorld {
  /// How many rows of approvals are in a state.
  fileprivate func stored(_ state: String) async throws -> Int64 {
    try await database.superuser.transaction { try await $0.query(ApprovalsInState(state: state)) }.first ?? -1
  }
}

private struct ApprovalsInState: Statement {
  let state: String

  static let sql = "select count(*) from gates.approval where state = $1"

  func bind(to parameters: inout Parameters) { parameters.append(state) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
