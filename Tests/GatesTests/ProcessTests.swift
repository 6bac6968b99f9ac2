import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Gates before steps of requests, problems, changes, releases and major incidents.
@Suite struct ProcessTests {
  private static let told: (name: String, value: Value) = ("checklist", .array([.object(["value": "told", "name": .object(["en": "User told"])])]))
  private static let checked = Value.Member("checked", .array(["told"]))

  /// Each step is stopped, bypassed by who may, and passed; each is one stay in the figures.
  @Test(arguments: GateStep.allCases.filter { $0.process != .incident })
  func everyStepIsStoppedBypassedAndPassed(step: GateStep) async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate(step.rawValue, Self.told)
    func act(_ seen: Value, _ more: [Value.Member] = [], as principal: Principal? = nil) async throws -> Value {
      try await world.step(step.rawValue, on: seen, Self.needed(for: step) + more, as: principal)
    }
    let (bypassed, passed) = (try await ready(for: step, world), try await ready(for: step, world))
    try await world.stopped { try await act(bypassed) }
    // An engineer may not, and is stopped as anybody is; an account manager has no such step, but that he signs releases off.
    let refused = try await world.stopped { try await act(bypassed, [world.bypass(gate)]) }
    #expect(refused.violations.map(\.path) == ["bypass[0]", "checked"])
    if step != .signOffRelease { await expectFailure(.denied) { try await act(bypassed, [world.bypass(gate)], as: world.account) } }
    _ = try await act(bypassed, [world.bypass(gate)], as: world.administrator)
    _ = try await act(passed, [Self.checked])
    let row = try #require(try await world.friction().first { $0["gate"] == gate["id"] })
    #expect([row["stops"], row["stopped"], row["subjects"], row["came"], row["passed"], row["bypassed"], row["waiting"]] == [2, 1, 1, 2, 1, 1, 0])
    let listed = try await world.passages([Value.Member("gate", gate.at("id"))])
    #expect(listed.column("outcome") == ["passed", "bypassed"] && listed.column("bypassReason") == [.null, "The user left"])
    let subject = step.process == .majorIncident ? "majorIncident" : step.process.rawValue
    #expect(!listed.column(subject).contains(.null) && listed.column("incident") == [.null, .null])
  }

  /// What the step asks for besides.
  private static func needed(for step: GateStep) -> [Value.Member] {
    switch step {
    case .deployRelease: GatesWorld.deployment
    case .resolveMajor: GatesWorld.resolution
    case .resolveProblem: [Value.Member("solution", "x")]
    default: []
    }
  }

  /// Something that may take the step at once.
  private func ready(for step: GateStep, _ world: GatesWorld) async throws -> Value {
    switch step {
    case .claimTask, .completeTask: try await world.task(0, of: try await world.order())
    case .declareKnownError, .resolveProblem: try await world.problem(for: world.acme)
    case .closeProblem: try await world.step("problem.resolve", on: try await world.problem(for: world.acme), [Value.Member("solution", "x")])
    case .submitChange: try await world.change(for: [world.acme])
    case .startChange: try await world.agreed(try await world.step("change.submit", on: try await world.change(for: [world.acme])))
    case .closeChange:
      try await world.step(
        "change.complete",
        on: try await world.step(
          "change.start", on: try await world.agreed(try await world.step("change.submit", on: try await world.change(for: [world.acme])))),
        [Value.Member("outcome", "success")])
    case .signOffRelease: try await world.release(for: [world.acme])
    case .deployRelease: try await world.signedOff(try await world.release(for: [world.acme]))
    case .closeRelease:
      try await world.step("release.deploy", on: try await world.signedOff(try await world.release(for: [world.acme])), GatesWorld.deployment)
    case .resolveMajor: try await world.major(for: [world.acme])
    case .open, .assign, .dispatch, .resolve, .close: .null
    }
  }

  // MARK: Requests

  @Test func aRequestIsStoppedBeforeItsFirstTaskAndItsLast() async throws {
    let world = try await GatesWorld()
    try await world.gate("task.claim", Self.told, name: "Word")
    try await world.gate("task.complete", ("fields", .array(["result"])), name: "Result")
    let order = try await world.order(tasks: 2)
    let first = try await world.task(0, of: order)
    // By whichever act it is begun.
    for (operation, more) in [
      ("task.claim", []), ("task.complete", []), ("task.skip", [Value.Member("reason", "x")]), ("task.fail", [Value.Member("reason", "x")]),
    ] as [(String, [Value.Member])] {
      let failure = try await world.stopped { try await world.step(operation, on: first, more) }
      #expect(failure.arguments["missing"] == "told" && failure.arguments["process"] == "request", "\(operation)")
    }
    #expect(try await world.read("request", order)["tasksDone"] == 0)
    _ = try await world.step("task.claim", on: first, [Self.checked])
    _ = try await world.step("task.complete", on: first)
    // It is begun already, and is not over yet.
    let last = try await world.task(1, of: order)
    _ = try await world.step("task.claim", on: last)
    let failure = try await world.stopped { try await world.step("task.complete", on: last) }
    #expect(failure.violations.map(\.path) == ["result"])
    _ = try await world.step("task.complete", on: last, [Value.Member("result", "Delivered")])
    #expect(try await world.read("request", order)["state"] == "fulfilled")
    let rows = try await world.friction()
    #expect(
      rows.map { [$0["step"], $0["kind"], $0["stops"], $0["subjects"], $0["incidents"], $0["passed"], $0["waiting"]] } == [
        ["task.claim", "checklist", 4, 1, 0, 1, 0], ["task.complete", "field", 1, 1, 0, 1, 0],
      ])
    #expect(try await world.passages().column("request") == [order.at("id"), order.at("id")])
    let types = try await world.invoke("request.history", [Value.Member("id", order.at("id"))], as: world.engineer)["items"]?.column("type") ?? []
    #expect(types.contains("request.gate_passed"))
    let customers = try await world.invoke("request.history", [Value.Member("id", order.at("id"))], as: world.manager)["items"]?.column("type") ?? []
    #expect(!customers.contains("request.gate_passed") && customers.contains("request.fulfilled"))
  }

  /// What was begun and failed is not begun again: its gate is not asked twice, and the customer takes it back no more.
  @Test func whatIsTriedAgainIsNotBegunAgain() async throws {
    let world = try await GatesWorld()
    try await world.gate("task.claim", Self.told)
    let order = try await world.order()
    let task = try await world.task(0, of: order)
    _ = try await world.step("task.fail", on: task, [Self.checked, Value.Member("reason", "No access")])
    _ = try await world.step("task.retry", on: task)
    await expectFailure(.conflict) { try await world.step("request.withdraw", on: try await world.read("request", order), as: world.manager) }
    _ = try await world.step("task.claim", on: task)
    #expect(try await world.passages().column("outcome") == ["passed"])
  }

  @Test func oneTaskDoneAtOncePassesBoth() async throws {
    let world = try await GatesWorld()
    try await world.gate("task.claim", Self.told, name: "Word")
    try await world.gate("task.complete", ("fields", .array(["result"])), name: "Result")
    let order = try await world.order()
    let task = try await world.task(0, of: order)
    #expect(try await world.stopped { try await world.step("task.complete", on: task) }.arguments["missing"] == "told, result")
    _ = try await world.step("task.complete", on: task, [Self.checked, Value.Member("result", "Done")])
    #expect(try await world.read("request", order)["state"] == "fulfilled")
  }

  @Test func aRequestIsLetPassBeforehandAndWhatIsOverDoesNotWait() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("task.claim", Self.told)
    let order = try await world.order()
    let reason = [Value.Member("gate", gate.at("id")), Value.Member("reason", "In a hurry")]
    #expect(try await world.invoke("request.gates", [Value.Member("id", order.at("id"))], as: world.engineer)["ahead"]?.column("id") == [gate.at("id")])
    await expectFailure(.denied) { try await world.step("request.bypass_gate", on: order, reason) }
    _ = try await world.step("request.bypass_gate", on: order, reason, as: world.account)
    _ = try await world.step("task.claim", on: try await world.task(0, of: order))
    #expect(try await world.passages().column("outcome") == ["bypassed"])
    // Cancelled by the staff, withdrawn by the customer.
    let (cancelled, withdrawn) = (try await world.order(), try await world.order())
    for order in [cancelled, withdrawn] { try await world.stopped { try await world.step("task.claim", on: try await world.task(0, of: order)) } }
    #expect(try await world.friction().first?["waiting"] == 2)
    _ = try await world.step("request.cancel", on: try await world.read("request", cancelled), [Value.Member("reason", "x")])
    _ = try await world.step("request.withdraw", on: try await world.read("request", withdrawn), as: world.manager)
    #expect(try await world.friction().first.map { [$0["left"], $0["waiting"], $0["bypassed"]] } == [2, 0, 1])
  }

  /// Guard: without what its history says of it in the gates' facts, the lower priority passes.
  @Test func aLowerPriorityIsNoWayRoundForARequest() async throws {
    let world = try await GatesWorld()
    try await world.gate("task.claim", Self.told, priority: 1)
    func rated(_ order: Value, _ impact: Value, _ urgency: Value) async throws -> Value {
      try await world.step(
        "request.change", on: try await world.read("request", order), [Value.Member("impact", impact), Value.Member("urgency", urgency)])
    }
    let (usual, urgent, quick) = (try await world.order(), try await world.order(), try await world.order())
    _ = try await world.step("task.claim", on: try await world.task(0, of: usual))
    #expect(try await rated(urgent, 1, 1)["priority"] == 1)
    #expect(try await rated(urgent, 2, 2)["priority"] == 3)
    #expect(try await world.invoke("request.gates", [Value.Member("id", urgent.at("id"))], as: world.engineer)["ahead"]?.array?.count == 1)
    try await world.stopped { try await world.step("task.claim", on: try await world.task(0, of: urgent)) }
    _ = try await world.step("task.claim", on: try await world.task(0, of: urgent), [Self.checked])
    _ = try await rated(quick, 1, 1)
    try await world.stopped { try await world.step("task.claim", on: try await world.task(0, of: quick)) }
    #expect(try await world.invoke("request.gates", [Value.Member("id", usual.at("id"))], as: world.engineer)["ahead"] == .array([]))
  }

  // MARK: Problems

  @Test func aProblemIsStoppedBeforeItIsAKnownErrorAndBeforeItIsClosed() async throws {
    let world = try await GatesWorld()
    let known = try await world.gate("problem.declare_known_error", ("fields", .array(["category", "workaround"])))
    try await world.gate("problem.close", Self.told, name: "Word")
    let problem = try await world.problem(for: world.acme)
    let failure = try await world.stopped { try await world.step("problem.declare_known_error", on: problem) }
    #expect(failure.arguments["missing"] == "category" && failure.arguments["id"] == known["id"]?.text)
    let declared = try await world.step(
      "problem.declare_known_error", on: try await world.step("problem.change", on: problem, [Value.Member("category", "network/vpn")]))
    #expect(declared["state"] == "known_error")
    let resolved = try await world.step("problem.resolve", on: declared, [Value.Member("solution", "Replaced")])
    try await world.stopped { try await world.step("problem.close", on: resolved) }
    #expect(try await world.step("problem.close", on: resolved, [Self.checked])["state"] == "closed")
    #expect(try await world.passages().column("problem") == [problem.at("id"), problem.at("id")])
    #expect(try await world.friction().map { [$0["step"], $0["stops"], $0["passed"]] } == [["problem.declare_known_error", 1, 1], ["problem.close", 1, 1]])
    // Another customer's gates are none of its affair, and a problem of several passes those for all.
    #expect(try await world.friction(world.other) == [])
    let wide = try await world.problem(for: nil)
    #expect(try await world.step("problem.declare_known_error", on: wide)["state"] == "known_error")
    try await world.gate("problem.declare_known_error", Self.told, forAll: true)
    let another = try await world.problem(for: nil)
    try await world.stopped { try await world.step("problem.declare_known_error", on: another) }
  }

  /// Guard: a problem need not be a known error first, and would be resolved and closed without anybody saying what lay behind it.
  @Test func aProblemIsStoppedBeforeItIsResolved() async throws {
    let world = try await GatesWorld()
    try await world.gate("problem.declare_known_error", Self.told, name: "Word")
    try await world.gate("problem.resolve", ("fields", .array(["cause", "causeCode"])), name: "Cause")
    let solution = [Value.Member("solution", "Replaced")]
    var problem = try await world.problem(for: world.acme)
    try await world.stopped { [problem] in try await world.step("problem.declare_known_error", on: problem) }
    let ahead = try await world.invoke("problem.gates", [Value.Member("id", problem.at("id"))], as: world.engineer)["ahead"]
    #expect(ahead?.column("missing") == [.array(["told"]), .array(["cause", "causeCode"])])
    let failure = try await world.stopped { [problem] in try await world.step("problem.resolve", on: problem, solution) }
    #expect(failure.violations.map(\.path) == ["cause", "causeCode"])
    #expect(try await world.read("problem", problem)["state"] == "new")
    problem = try await world.step("problem.record_cause", on: problem, [Value.Member("cause", "A worn seal")])
    let still = try await world.stopped { [problem] in try await world.step("problem.resolve", on: problem, solution) }
    #expect(still.violations.map(\.path) == ["causeCode"])
    let cause = [Value.Member("cause", "A worn seal"), Value.Member("causeCode", "environment")]
    problem = try await world.step("problem.record_cause", on: problem, cause)
    problem = try await world.step("problem.resolve", on: problem, solution)
    #expect(problem["state"] == "resolved")
    // What it goes past it does not come back to.
    #expect(
      try await world.friction().map { [$0["step"], $0["stops"], $0["passed"], $0["left"]] } == [
        ["problem.declare_known_error", 1, 0, 1], ["problem.resolve", 2, 1, 0],
      ])
    // Of one that is a known error it is asked as well, and anew of one that is reopened.
    problem = try await world.step("problem.reopen", on: problem, [Value.Member("reason", "It is back")])
    problem = try await world.step("problem.declare_known_error", on: problem, [Self.checked])
    problem = try await world.step("problem.record_cause", on: problem, [Value.Member("cause", "Nobody knows"), Value.Member("causeCode", .null)])
    try await world.stopped { [problem] in try await world.step("problem.resolve", on: problem, solution) }
  }

  @Test func aLowerPriorityIsNoWayRound() async throws {
    let world = try await GatesWorld()
    let urgent = try await world.problem(for: world.acme, [])
    let priority = urgent["priority"]?.integer
    try await world.gate("problem.declare_known_error", Self.told, priority: priority)
    let lowered = try await world.step("problem.change", on: urgent, [Value.Member("impact", 3), Value.Member("urgency", 3)])
    #expect(lowered["priority"]?.integer != priority)
    try await world.stopped { try await world.step("problem.declare_known_error", on: lowered) }
    #expect(try await world.step("problem.declare_known_error", on: lowered, [Self.checked])["state"] == "known_error")
  }

  @Test func whatGoesAnotherWayIsLeft() async throws {
    let world = try await GatesWorld()
    try await world.gate("problem.declare_known_error", Self.told)
    let (resolved, cancelled) = (try await world.problem(for: world.acme), try await world.problem(for: world.acme))
    for problem in [resolved, cancelled] { try await world.stopped { try await world.step("problem.declare_known_error", on: problem) } }
    _ = try await world.step("problem.resolve", on: resolved, [Value.Member("solution", "x")])
    _ = try await world.step("problem.cancel", on: cancelled, [Value.Member("reason", "x")])
    #expect(try await world.passages().column("outcome") == ["left", "left"])
  }

  /// Who serves one customer lets nothing pass that concerns several.
  @Test func whatConcernsSeveralIsLetPassByWhoServesThemAll() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("problem.declare_known_error", Self.told, forAll: true)
    let problem = try await world.problem(for: nil)
    let engineer = Principal(
      actor: world.servesOther.actor, tenant: world.servesOther.tenant, side: .staff, name: "Both",
      grants: world.servesOther.grants + [Grant(role: "engineer", permissions: ["problem.work"], scope: .all)])
    let failure = try await world.stopped { try await world.step("problem.declare_known_error", on: problem, [world.bypass(gate)], as: engineer) }
    #expect(failure.violations.contains { $0.message.key == "gate.may_not_bypass" })
    let change = try await world.change(for: [world.acme, world.other])
    let submit = try await world.gate("change.submit", Self.told, forAll: true)
    let reason = [Value.Member("gate", submit.at("id")), Value.Member("reason", "x")]
    await expectFailure(.denied) { try await world.step("change.bypass_gate", on: change, reason, as: world.servesOther) }
    _ = try await world.step("change.bypass_gate", on: change, reason, as: world.account)
    #expect(try await world.step("change.submit", on: change)["state"] == "awaiting_approval")
  }

  // MARK: Changes

  @Test func aChangeIsStoppedBeforeApprovalBeforeImplementationAndBeforeClosing() async throws {
    let world = try await GatesWorld()
    try await world.gate("change.submit", ("fields", .array(["publicText", "tasks"])))
    try await world.gate("change.start", Self.told, name: "Word")
    try await world.gate("change.close", ("fields", .array(["review"])), name: "Review")
    var change = try await world.change(for: [world.acme])
    #expect(try await world.stopped { try await world.step("change.submit", on: change) }.arguments["missing"] == "publicText, tasks")
    #expect(try await world.read("change", change)["state"] == "assessed")
    change = try await world.step("change.change", on: change, [Value.Member("publicText", "Five minutes")])
    change = try await world.step("change.plan_tasks", on: change, [Value.Member("tasks", .array([.object(["name": .object(["en": "Swap"]), "step": 1])]))])
    let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
    if change["state"] == "draft" { change = try await world.step("change.assess", on: change, [Value.Member("answers", answers)]) }
    change = try await world.step("change.submit", on: change)
    #expect(change["state"] == "awaiting_approval")
    change = try await world.agreed(change)
    try await world.stopped { try await world.step("change.start", on: change) }
    change = try await world.step("change.start", on: change, [Self.checked])
    #expect(change["state"] == "implementing")
    change = try await world.step("change.complete", on: change, [Value.Member("outcome", "failed")])
    change = try await world.step("change.review", on: change, [Value.Member("review", "Too old")])
    change = try await world.step("change.close", on: change)
    #expect(change["state"] == "closed")
    #expect(
      try await world.friction().map { [$0["step"], $0["stops"], $0["subjects"], $0["passed"]] } == [
        ["change.submit", 1, 1, 1], ["change.start", 1, 1, 1], ["change.close", 0, 0, 1],
      ])
    // All that is the provider's own, to who serves everybody.
    #expect(try await world.invoke("gate.passages", [], as: world.account)["items"]?.column("change") == [change.at("id"), change.at("id"), change.at("id")])
    #expect(try await world.invoke("gate.friction", [], as: world.account)["gates"]?.array?.count == 3)
    await expectFailure(.invalid) { try await world.invoke("gate.friction", [], as: world.servesOther) }
    await expectFailure(.invalid) { try await world.invoke("gate.passages", [], as: world.servesOther) }
  }

  @Test func aChangePassesTheGatesOfAllWhomItConcerns() async throws {
    let world = try await GatesWorld()
    let (acmes, others) = (try await world.gate("change.submit", Self.told), try await world.gate("change.submit", Self.told, customer: world.other))
    let change = try await world.change(for: [world.acme, world.other])
    let failure = try await world.stopped { try await world.step("change.submit", on: change) }
    #expect(failure.arguments["id"] == "\(acmes["id"]?.text ?? ""), \(others["id"]?.text ?? "")")
    // Each customer's figures have its own gate.
    #expect(try await world.friction().column("gate") == [acmes.at("id")])
    #expect(try await world.friction(world.other).column("gate") == [others.at("id")])
    #expect(try await world.step("change.submit", on: change, [Self.checked])["state"] == "awaiting_approval")
    let own = try await world.change(for: [world.acme])
    #expect(try await world.stopped { try await world.step("change.submit", on: own) }.arguments["id"] == acmes["id"]?.text)
  }

  @Test func whatIsTakenBackComesToItsGatesAnew() async throws {
    let world = try await GatesWorld()
    let start = try await world.gate("change.start", Self.told)
    var change = try await world.agreed(try await world.step("change.submit", on: try await world.change(for: [world.acme])))
    let reason = [Value.Member("gate", start.at("id")), Value.Member("reason", "x")]
    _ = try await world.step("change.bypass_gate", on: change, reason, as: world.account)
    change = try await world.step("change.revise", on: change, [Value.Member("reason", "Another plan")])
    #expect(try await world.passages().column("outcome") == ["left"])
    let answers = Value.object(["impact": "few", "outage": "none", "experience": "often", "back_out": "easy", "tested": "fully"])
    change = try await world.step("change.assess", on: change, [Value.Member("answers", answers)])
    change = try await world.agreed(try await world.step("change.submit", on: change))
    try await world.stopped { try await world.step("change.start", on: change) }
    _ = try await world.step("change.cancel", on: change, [Value.Member("reason", "x")])
    #expect(try await world.passages().column("outcome") == ["left", "left"])
  }

  /// A process without gates reads and writes none.
  @Test func withoutGatesNothingIsAsked() async throws {
    let world = try await GatesWorld()
    let order = try await world.order()
    _ = try await world.step("task.complete", on: try await world.task(0, of: order))
    _ = try await world.step("problem.declare_known_error", on: try await world.problem(for: world.acme))
    _ = try await world.step("change.submit", on: try await world.change(for: [world.acme]))
    #expect(try await world.passages() == [])
    #expect(try await world.invoke("gate.passages", [], as: world.account)["items"] == .array([]))
    // What nobody asks for is a mistake of who says it.
    let refused = await #expect(throws: Failure.self) {
      try await world.step("task.claim", on: try await world.task(0, of: try await world.order()), [Self.checked])
    }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["checked[0] gate.not_asked"])
  }

  @Test func whatAProcessHasNotIsRefused() async throws {
    let world = try await GatesWorld()
    func refused(_ step: String, _ needs: (name: String, value: Value), priority: Int64? = nil) async -> String {
      do {
        try await world.gate(step, needs, priority: priority)
        return "accepted"
      } catch let failure as Failure {
        return failure.violations.map { "\($0.path) \($0.message.key)" }.joined(separator: ", ")
      } catch { return "\(error)" }
    }
    #expect(await refused("task.claim", Self.told, priority: 1) == "accepted")
    #expect(await refused("change.start", Self.told, priority: 1) == "priority gate.no_priority")
    #expect(await refused("problem.close", Self.told, priority: 1) == "accepted")
    #expect(await refused("task.claim", ("attributes", .array(["region"]))) == "attributes[0] attribute.unknown")
    #expect(await refused("problem.close", ("attributes", .array(["region"]))) == "attributes gate.no_attributes_before")
    #expect(await refused("task.claim", ("fields", .array(["result"]))) == "fields[0] gate.never_there")
    #expect(await refused("problem.close", ("fields", .array(["cause"]))) == "fields[0] gate.never_there")
    #expect(await refused("problem.resolve", ("fields", .array(["outcome"]))) == "fields[0] gate.never_there")
    #expect(await refused("change.start", ("fields", .array(["plan"]))) == "fields[0] gate.never_there")
    #expect(await refused("change.submit", ("fields", .array(["review"]))) == "fields[0] gate.never_there")
    #expect(await refused("incident.resolve", ("fields", .array(["plan"]))) == "fields[0] gate.never_there")
    #expect(await refused("major_incident.resolve", Self.told, priority: 1) == "priority gate.no_priority")
    #expect(await refused("release.deploy", ("fields", .array(["pilot"]))) == "fields[0] gate.never_there")
    #expect(await refused("release.sign_off", ("fields", .array(["mitigation"]))) == "fields[0] gate.never_there")
  }
}
