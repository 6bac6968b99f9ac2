import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Nobody goes round a gate, and what does not come back to one does not wait for it.
@Suite struct WayRoundTests {
  private static let urgent = [Value.Member("impact", 1), Value.Member("urgency", 1)]
  private static let slight = [Value.Member("impact", 3), Value.Member("urgency", 3)]

  @Test func anotherPriorityIsNoWayRound() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate(priority: 1)
    // Who knows of it beforehand.
    let lowered = try await world.act("classify", on: try await world.open(Self.urgent), Self.slight)
    #expect(lowered["priority"] != 1)
    #expect(try await world.act("gates", on: lowered)["ahead"]?.column("id") == [gate.at("id")])
    try await world.stopped { try await world.resolve(lowered) }
    // It is let pass all the same, by who may.
    let more = [Value.Member("gate", gate["id"] ?? .null), Value.Member("reason", "It was none of that priority")]
    try await world.act("bypass_gate", on: lowered, more, as: world.account)
    let resolved = try await world.resolve(lowered)
    #expect(try await world.passages().column("outcome") == ["bypassed"])
    // Reopened, it is what it is now.
    let reopened = try await world.act("reopen", on: resolved, [Value.Member("reason", "Still broken.")])
    #expect(try await world.act("gates", on: reopened)["ahead"] == .array([]))
    #expect(try await world.resolve(reopened)["state"] == "resolved")
  }

  @Test func whereItWasStoppedItStaysStopped() async throws {
    let world = try await GatesWorld()
    try await world.gate(priority: 5)
    let incident = try await world.open(Self.slight)
    #expect(incident["priority"] == 5)
    try await world.stopped { try await world.resolve(incident) }
    let raised = try await world.act("classify", on: incident, Self.urgent)
    try await world.stopped { try await world.resolve(raised) }
    let filled = try await world.act("change", on: raised, [Value.Member("category", "network/vpn")])
    #expect(try await world.resolve(filled)["state"] == "resolved")
    #expect(try await world.friction().first.map { [$0["came"], $0["stops"], $0["passed"], $0["left"]] } == [1, 2, 1, 0])
  }

  @Test func whatAnotherIncidentTakesInCountsToo() async throws {
    let world = try await GatesWorld()
    try await world.gate(priority: 1)
    let (serious, slight) = (try await world.open(Self.urgent), try await world.open(Self.slight))
    try await world.act("merge", on: serious, [Value.Member("into", slight["id"] ?? .null)])
    let survivor = try await world.act("read", on: slight)
    try await world.stopped { try await world.resolve(survivor) }
  }

  // MARK: While one is being opened

  private static let words = [Value.Member("resolution", "Told them")]

  /// A team that is named at once is no way round the gate before an assignment.
  @Test func whatIsGivenToATeamAtOncePassesTheGateBeforeThat() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.assign", ("fields", .array(["category"])))
    let team = try await world.database.call("team.create", ["name": "Network"], as: world.database.root)["id"] ?? .null
    try await world.stopped { try await world.open([Value.Member("team", team)]) }
    let incident = try await world.open([Value.Member("team", team), Value.Member("category", "network/vpn")])
    #expect(incident["team"] == team)
  }

  @Test func whatSomebodyWasStoppedAtGoesWithWhatHeOpens() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    let failure = try await world.stopped { try await world.open(Self.words) }
    #expect(failure.code == GateMessages.stoppedOpening.key && failure.arguments["owner"] == "Account")
    // He just opens it, and goes on half an hour later.
    world.pass(seconds: 60)
    let incident = try await world.open()
    var stay = try await world.passages().first
    #expect(stay?["incident"] == incident["id"] && stay?["outcome"] == "waiting" && stay?["stops"] == 1)
    #expect(try await world.act("gates", on: incident)["ahead"]?.column("stoppedSince") != [.null])
    world.pass(seconds: 1740)
    _ = try await world.resolve(try await world.act("change", on: incident, [Value.Member("category", "network/vpn")]))
    #expect(try await world.passages().count == 1)
    stay = try await world.passages().first
    #expect(stay?["outcome"] == "passed" && stay?["waitSeconds"] == 1800)
  }

  @Test func whoOpensNothingDoesNotWaitForEver() async throws {
    let world = try await GatesWorld()
    try await world.gate()
    try await world.stopped { try await world.open(Self.words) }
    #expect(try await world.passages().column("outcome") == ["waiting"])
    world.pass(seconds: 3601)
    #expect(try await world.passages().column("outcome") == ["left"])
    #expect(try await world.passages([Value.Member("outcome", "waiting")]) == [])
    #expect(try await world.friction().first.map { [$0["waiting"], $0["left"], $0["waitingSeconds"]] } == [0, 1, 0])
    // Nor is it of what he opens later.
    let incident = try await world.open()
    #expect(try await world.passages().column("incident") == [.null])
    #expect(try await world.act("gates", on: incident)["passages"] == .array([]))
  }

  /// What he was stopped at may have been another incident: it holds up only those that it is for.
  @Test func anotherPriorityIsOpened() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.open", priority: 1)
    try await world.stopped { try await world.open(Self.urgent) }
    let opened = try await world.open(Self.slight)
    #expect(opened["state"] == "new")
    #expect(try await world.passages().column("outcome") == ["left"])
  }

  /// A program opens many incidents, and has nobody who could give what is missing: no report of its is lost. What it does besides is asked.
  @Test func aProgramReportsWithoutBeingAsked() async throws {
    let world = try await GatesWorld()
    try await world.gate("incident.open", ("fields", .array(["nature"])), name: "Nature")
    try await world.gate()
    let program = Principal(
      actor: Actor(kind: .service, id: 1_000_000, via: .http), tenant: world.database.provider.id, side: .staff, name: "Mail gateway",
      grants: [Grant(role: "gateway", permissions: ["incident.open", "incident.work"], scope: .all)])
    try await world.stopped { try await world.open() }
    let incident = try await world.open(as: program)
    #expect(incident["state"] == "new")
    try await world.stopped { try await world.resolve(incident, as: program) }
    try await world.stopped { try await world.open(Self.words, as: program) }
    // One of them is none of another.
    let second = try await world.open(as: program)
    #expect(try await !world.passages().column("incident").contains(second.at("id")))
  }

  // MARK: Whom no gate asks

  @Test func whatIsResolvedByItselfDoesNotWait() async throws {
    let world = try await GatesWorld()
    let (before, close) = (try await world.gate(), try await world.gate("incident.close", GatesWorld.checklist, name: "Backup"))
    let source = Principal(
      actor: Actor(kind: .service, id: 99, via: .webhook), tenant: world.database.provider.id, side: .staff, name: "Monitoring",
      grants: [Grant(role: "source", permissions: ["incident.open", "incident.work", "incident.reopen"], scope: .listed([world.acme.id]))])
    let incident = try await world.open(as: source)
    try await world.stopped { try await world.resolve(incident) }
    let more = [Value.Member("gate", close["id"] ?? .null), Value.Member("reason", "Nothing to check")]
    try await world.act("bypass_gate", on: incident, more, as: world.account)
    let resolved = try await world.resolve(incident, as: source)
    func outcomes(_ gate: Value) async throws -> [Value] { try await world.passages([Value.Member("gate", gate.at("id"))]).column("outcome") }
    #expect(try await outcomes(before) == ["left"])
    #expect(try await outcomes(close) == ["waiting"], "it is yet to come there")
    // Weeks later, it is a stay of its own.
    world.pass(seconds: 20 * 86_400)
    let reopened = try await world.act("reopen", on: resolved, [Value.Member("reason", "Still broken.")], as: source)
    try await world.stopped { try await world.resolve(reopened) }
    world.pass(seconds: 10)
    _ = try await world.resolve(try await world.act("change", on: reopened, [Value.Member("category", "network/vpn")]))
    #expect(try await world.passages([Value.Member("gate", before.at("id"))]).column("waitSeconds") == [10, .null])
  }

  @Test func whatIsReopenedComesToAllGatesAnew() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("incident.close", GatesWorld.checklist)
    let resolved = try await world.resolve(try await world.open())
    let more = [Value.Member("gate", gate["id"] ?? .null), Value.Member("reason", "Nothing to check")]
    try await world.act("bypass_gate", on: resolved, more, as: world.account)
    let reopened = try await world.act("reopen", on: resolved, [Value.Member("reason", "Still broken.")])
    #expect(try await world.passages().column("outcome") == ["left"])
    let again = try await world.resolve(reopened)
    try await world.stopped { try await world.act("close", on: again) }
  }

  /// The customer's people end no stay: what was let pass or agreed to before they reopened it was another ending.
  @Test func whatTheCustomerReopensComesToAllGatesAnew() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    let gate = try await world.gate("incident.close", GatesWorld.checklist)
    try await world.gate("incident.close", GatesWorld.approval("any", [lea.id]), name: "Second look")
    let resolved = try await world.resolve(try await world.open())
    let more = [Value.Member("gate", gate.at("id")), Value.Member("reason", "Nothing to check")]
    try await world.act("bypass_gate", on: resolved, more, as: world.account)
    try await world.stopped { try await world.act("close", on: resolved) }
    try await world.agree(lea.principal)
    world.pass(seconds: 60)
    let reopened = try await world.act("reopen", on: resolved, [Value.Member("reason", "Still broken.")], as: world.manager)
    world.pass(seconds: 60)
    let again = try await world.resolve(reopened)
    #expect(try await world.act("gates", on: again)["ahead"]?.column("bypassReason") == [.null, .null])
    let failure = try await world.stopped { try await world.act("close", on: again) }
    #expect(failure.violations.map(\.message.key) == ["gate.item_missing", "gate.item_missing", "gate.approval_later"])
    #expect(try await world.passages().column("outcome") == ["waiting", "waiting", "left", "left"])
    // Let pass and agreed to once more, it is closed.
    try await world.act("bypass_gate", on: again, more, as: world.account)
    try await world.stopped { try await world.act("close", on: again) }
    try await world.agree(lea.principal)
    #expect(try await world.act("close", on: again)["state"] == "closed")
  }

  /// A bypass that was said only after the customer reopened it holds, wherever it stayed before.
  @Test func whatIsLetPassAfterAReopeningPasses() async throws {
    let world = try await GatesWorld()
    let gate = try await world.gate("incident.close", GatesWorld.checklist)
    let resolved = try await world.resolve(try await world.open())
    try await world.stopped { try await world.act("close", on: resolved) }
    world.pass(seconds: 60)
    let reopened = try await world.act("reopen", on: resolved, [Value.Member("reason", "Still broken.")], as: world.manager)
    world.pass(seconds: 60)
    let again = try await world.resolve(reopened)
    let more = [Value.Member("gate", gate.at("id")), Value.Member("reason", "Nothing to check")]
    try await world.act("bypass_gate", on: again, more, as: world.account)
    #expect(try await world.act("close", on: again)["state"] == "closed")
    #expect(try await world.passages().column("outcome") == ["bypassed", "left"])
  }
}
