import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

@testable import Gates

/// Gates before steps of releases and major incidents: whose they are, and when they are asked anew.
@Suite struct ReleaseGateTests {
  private static let told: (name: String, value: Value) = ("checklist", .array([.object(["value": "told", "name": .object(["en": "User told"])])]))
  private static let checked = Value.Member("checked", .array(["told"]))

  private func types(_ process: String, _ seen: Value, as principal: Principal, _ world: GatesWorld) async throws -> [Value] {
    try await world.invoke("\(process).history", [Value.Member("id", seen.at("id"))], as: principal)["items"]?.column("type") ?? []
  }

  /// Guard: what was agreed to is one version of the release; another criterion is another question.
  @Test func aReleaseIsAgreedToAsItIs() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("release.sign_off", ("fields", .array(["description", "pilot"])), name: "Words")
    try await world.gate("release.sign_off", GatesWorld.approval("any", [lea.id], hours: 8), name: "Second look")
    var release = try await world.release(for: [world.acme])
    let root = world.database.root
    #expect(try await world.stopped { try await world.step("release.sign_off", on: release) }.arguments["missing"] == "description, pilot, approval")
    release = try await world.step("release.change", on: release, [Value.Member("description", "All of it")], as: root)
    release = try await world.step("release.pilot", on: release, [Value.Member("scope", "Two desks")], as: root)
    let result = [Value.Member("result", "passed"), Value.Member("note", "Fine")]
    release = try await world.step("release.record_pilot", on: release, result, as: root)
    try await world.stopped { try await world.step("release.sign_off", on: release) }
    #expect(try await world.asked(lea.principal).column("release") == [release.at("id")])
    #expect(try await world.inbox(lea.principal).column("event") == ["gate_approval.asked"])
    try await world.agree(lea.principal)
    release = try await world.step("release.change", on: release, [Value.Member("description", "More of it")], as: root)
    let anew = try await world.stopped { try await world.step("release.sign_off", on: release) }
    #expect(anew.violations.map(\.message.key) == ["gate.approval_asked"])
    try await world.agree(lea.principal)
    release = try await world.step("release.sign_off", on: release)
    #expect(release["state"] == "signed_off")
    #expect(try await types("release", release, as: world.engineer, world).contains("release.gate_passed"))
    let situation = try await world.invoke("release.gates", [Value.Member("id", release.at("id"))], as: world.engineer)
    #expect(situation["ahead"] == .array([]) && situation["passages"]?.column("release") == [release.at("id"), release.at("id")])
  }

  /// It passes the gates of all whom it concerns, and whoever serves one knows nothing of the other's; each deployment is asked by itself.
  @Test func aReleasePassesTheGatesOfAllWhomItConcerns() async throws {
    let world = try await GatesWorld()
    let acmes = try await world.gate("release.deploy", Self.told)
    let others = try await world.gate("release.deploy", Self.told, customer: world.other)
    try await world.gate("release.close", Self.told)
    var release = try await world.signedOff(try await world.release(for: [world.acme, world.other]))
    func deploy(_ more: [Value.Member] = []) async throws -> Value { try await world.step("release.deploy", on: release, GatesWorld.deployment + more) }
    let failure = try await world.stopped { try await deploy() }
    #expect(failure.arguments["id"] == "\(acmes["id"]?.text ?? ""), \(others["id"]?.text ?? "")" && failure.arguments["process"] == "release")
    let id = [Value.Member("id", release.at("id"))]
    #expect(try await world.invoke("release.gates", id, as: world.engineer)["ahead"]?.column("id").contains(acmes.at("id")) == true)
    #expect(try await world.invoke("release.gates", id, as: world.servesOther)["ahead"]?.column("id") == [others.at("id")])
    release = try await deploy([Self.checked])
    release = try await deploy([Self.checked])
    #expect(try await types("release", release, as: world.engineer, world).filter { $0 == "release.gate_passed" }.count == 4)
    #expect(try await types("release", release, as: world.servesOther, world).filter { $0 == "release.gate_passed" }.count == 2)
    #expect(try await world.friction().map { [$0["gate"], $0["stops"], $0["passed"]] } == [[acmes["id"], 1, 2]])
    #expect(try await world.friction(world.other).map { [$0["gate"], $0["stops"], $0["passed"]] } == [[others["id"], 1, 2]])
    // The same over all customers, and by customer.
    let totals = try await world.invoke("gate.totals", [], as: world.servesOther)["items"]?.array ?? []
    #expect(totals.map { [$0["gate"], $0["passed"]] } == [[others["id"], 2]])
    let byCustomer = try await world.invoke("gate.customer_totals", [Value.Member("gate", acmes.at("id"))], as: world.account)["items"]?.array ?? []
    #expect(byCustomer.map { [$0["customer"], $0["passed"]] } == [[.id(world.acme.publicId), 2]])
    // Who serves one of them lets it pass nothing.
    let close = try await world.gate("release.close", Self.told, customer: world.other, name: "Word of OTHER")
    let reason = [Value.Member("gate", close.at("id")), Value.Member("reason", "x")]
    await expectFailure(.denied) { try await world.step("release.bypass_gate", on: release, reason, as: world.servesOther) }
    await expectFailure(.denied) { try await world.step("release.bypass_gate", on: release, reason, as: world.engineer) }
    await expectFailure(.denied) { try await world.step("release.bypass_gate", on: release, reason, as: world.manager) }
    _ = try await world.step("release.bypass_gate", on: release, reason, as: world.account)
    #expect(try await world.step("release.close", on: release, [Self.checked])["state"] == "closed")
  }

  /// Guard: by the other change alone who serves ACME would agree to what is for who serves all.
  @Test func withAChangeThatConcernsNobodyYetItIsForWhoServesAll() async throws {
    let world = try await GatesWorld()
    let (lea, few) = (try await world.approver(), try await world.approver(.engineer, for: [world.acme]))
    try await world.gate("release.sign_off", GatesWorld.approval("any", [lea.id, few.id]))
    let gathered = try await world.release(for: [world.acme])
    let change = try await world.invoke("change.open", [Value.Member("title", "New core"), Value.Member("kind", "normal")], as: world.engineer)
    let root = world.database.root
    let wider = try await world.step("release.add_change", on: gathered, [Value.Member("change", change.at("id"))], as: root)
    _ = try await world.step("change.cancel", on: try await world.read("change", change), [Value.Member("reason", "Another way")])
    let judged = [Value.Member("criterion", 1), Value.Member("state", "met"), Value.Member("evidence", "Seen")]
    let release = try await world.step("release.judge_criterion", on: wider, judged, as: root)
    try await world.stopped { try await world.step("release.sign_off", on: release) }
    #expect(try await world.asked(lea.principal).column("release") == [release.at("id")])
    #expect(try await world.asked(few.principal) == [])
    let waiting = try #require(try await world.asked(lea.principal).first)
    let handed = await #expect(throws: Failure.self) {
      try await world.step("gate_approval.delegate", on: waiting, [Value.Member("staff", few.id)], as: lea.principal)
    }
    #expect(handed?.violations.map(\.message.key) == ["gate.approver_may_not"])
  }

  /// Guard: what is given up comes to no gate any more, and nobody is asked.
  @Test func whatIsGivenUpLeavesItsGates() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("release.sign_off", GatesWorld.approval("any", [lea.id]))
    let release = try await world.release(for: [world.acme])
    try await world.stopped { try await world.step("release.sign_off", on: release) }
    _ = try await world.step("release.cancel", on: release, [Value.Member("reason", "x")])
    #expect(try await world.passages().column("outcome") == ["left"])
    #expect(try await world.asked(lea.principal) == [])
  }

  @Test func aMajorIncidentPassesTheGatesOfAllItsCustomers() async throws {
    let world = try await GatesWorld()
    let (acmes, others) = (
      try await world.gate("major_incident.resolve", Self.told),
      try await world.gate("major_incident.resolve", ("fields", .array(["mitigation", "description"])), customer: world.other)
    )
    var major = try await world.major(for: [world.acme, world.other])
    func resolve(_ more: [Value.Member] = []) async throws -> Value {
      try await world.step("major_incident.resolve", on: major, GatesWorld.resolution + more)
    }
    let failure = try await world.stopped { try await resolve() }
    #expect(failure.arguments["id"] == "\(acmes["id"]?.text ?? ""), \(others["id"]?.text ?? "")")
    #expect(failure.arguments["process"] == "major_incident" && failure.arguments["missing"] == "told, mitigation, description")
    #expect(try await world.read("major_incident", major)["state"] == "declared")
    let seen = try await world.invoke("major_incident.gates", [Value.Member("id", major.at("id"))], as: world.servesOther)
    #expect(seen["ahead"]?.column("id") == [others.at("id")])
    let reason = [Value.Member("gate", others.at("id")), Value.Member("reason", "x")]
    await expectFailure(.denied) { try await world.step("major_incident.bypass_gate", on: major, reason, as: world.servesOther) }
    await expectFailure(.denied) { try await world.step("major_incident.bypass_gate", on: major, reason, as: world.engineer) }
    _ = try await world.step("major_incident.bypass_gate", on: major, reason, as: world.account)
    major = try await resolve([Self.checked])
    #expect(major["state"] == "resolved")
    let history = try await types("major_incident", major, as: world.engineer, world)
    #expect(history.contains("major_incident.gate_bypassed") && history.contains("major_incident.gate_passed"))
    #expect(try await !types("major_incident", major, as: world.servesOther, world).contains("major_incident.gate_passed"))
    #expect(try await world.friction().map { [$0["gate"], $0["stops"], $0["passed"]] } == [[acmes["id"], 1, 1]])
    #expect(try await world.friction(world.other).map { [$0["gate"], $0["bypassed"]] } == [[others["id"], 1]])
    let totals = try await world.invoke("gate.customer_totals", [Value.Member("gate", others.at("id"))], as: world.account)["items"]?.array ?? []
    #expect(totals.map { [$0["customer"], $0["bypassed"]] } == [[.id(world.other.publicId), 1]])
    // Reopened it comes to all of them anew.
    major = try await world.step("major_incident.reopen", on: major, [Value.Member("reason", "It is back")])
    #expect(try await world.stopped { try await resolve([Self.checked]) }.arguments["missing"] == "mitigation, description")
  }

  /// Whoever writes of it meanwhile takes nothing of what was agreed to; who is asked serves all of its customers.
  @Test func aMajorIncidentIsAgreedToWhateverIsWrittenOfIt() async throws {
    let world = try await GatesWorld()
    let (lea, few) = (try await world.approver(), try await world.approver(.engineer, for: [world.acme]))
    try await world.gate("major_incident.resolve", GatesWorld.approval("any", [lea.id, few.id]))
    let major = try await world.major(for: [world.acme, world.other])
    try await world.stopped { try await world.step("major_incident.resolve", on: major, GatesWorld.resolution) }
    #expect(try await world.asked(lea.principal).column("majorIncident") == [major.at("id")])
    #expect(try await world.asked(few.principal) == [])
    try await world.agree(lea.principal)
    let entry = [Value.Member("id", major.at("id")), Value.Member("body", "Nearly there"), Value.Member("audience", "internal")]
    _ = try await world.invoke("major_incident.log", entry, as: world.engineer)
    let seen = try await world.read("major_incident", major)
    #expect(try await world.step("major_incident.resolve", on: seen, GatesWorld.resolution)["state"] == "resolved")
  }

  /// Guard: at the gate of whom it concerns no more it would stay for good, and who is asked would be asked for good.
  @Test func whomItConcernsNoMoreItLeaves() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    let gate = try await world.gate("major_incident.resolve", GatesWorld.approval("any", [lea.id]), customer: world.other)
    let major = try await world.major(for: [world.acme, world.other])
    try await world.stopped { try await world.step("major_incident.resolve", on: major, GatesWorld.resolution) }
    #expect(try await world.asked(lea.principal).count == 1)
    let others = try await world.invoke("incident.list", [Value.Member("customer", .id(world.other.publicId))], as: world.engineer)["items"]?.array?.first
    let incident = try #require(others).at("id")
    _ = try await world.invoke(
      "major_incident.unlink", [Value.Member("id", major.at("id")), Value.Member("incident", incident), Value.Member("reason", "Another line")],
      as: world.engineer)
    let seen = try await world.read("major_incident", major)
    #expect(try await world.step("major_incident.resolve", on: seen, GatesWorld.resolution)["state"] == "resolved")
    #expect(try await world.asked(lea.principal) == [])
    let totals = try await world.invoke("gate.totals", [], as: world.account)["items"]?.array ?? []
    #expect(totals.map { [$0["gate"], $0["left"], $0["waiting"]] } == [[gate["id"], 1, 0]])
  }

  /// Guard: a reopening ends what is asked about it.
  @Test func whatIsTakenUpAgainIsAskedAboutAnew() async throws {
    let world = try await GatesWorld()
    let lea = try await world.approver()
    try await world.gate("major_incident.resolve", GatesWorld.approval("any", [lea.id]))
    let declared = try await world.major(for: [world.acme])
    let mitigated = try await world.step("major_incident.mitigate", on: declared, [Value.Member("mitigation", "Other line")])
    try await world.stopped { try await world.step("major_incident.resolve", on: mitigated, GatesWorld.resolution) }
    try await world.agree(lea.principal)
    let reopened = try await world.step("major_incident.reopen", on: mitigated, [Value.Member("reason", "It fails as well")])
    let failure = try await world.stopped { try await world.step("major_incident.resolve", on: reopened, GatesWorld.resolution) }
    #expect(failure.violations.map(\.message.key) == ["gate.approval_asked"])
  }
}
