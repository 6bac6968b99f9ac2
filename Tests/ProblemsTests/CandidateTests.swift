import Kernel
import Operations
import TestSupport
import Testing

@testable import Problems

/// What comes back is found, and only that.
@Suite struct CandidateTests {
  @Test func repetitionIsFoundByCiAndCategory() async throws {
    let world = try await ProblemsWorld()
    let ci = try await world.ci("erp-01")
    for number in 1...3 { _ = try await world.incident("ERP \(number)", category: number < 3 ? "application/erp" : nil, ci: ci) }
    for number in 1...4 { _ = try await world.incident("VPN \(number)", of: world.other, category: "network/vpn") }
    _ = try await world.incident("Once", category: "device/printer")
    let found = try await world.candidates([:])
    #expect(found.map { $0.at("basis").text } == ["category", "ci"])
    #expect(found.map { $0.at("customerCode").text } == ["OTHER", "ACME"])
    #expect(found.first?.at("category").text == "network/vpn" && found.first?.at("incidents").integer == 4)
    #expect(found.last?.at("ciName").text == "erp-01" && found.last?.at("ofOneCategory").integer == 2)
    #expect(found.last?.texts("title", in: "newest") == ["ERP 3", "ERP 2", "ERP 1"])
    #expect(try await world.candidates(["least": 4]).map { $0.at("customerCode").text } == ["OTHER"])
    #expect(try await world.candidates(["least": 2, "customer": .id(world.acme.publicId)]).map { $0.at("basis").text } == ["ci", "category"])
    #expect(try await world.candidates(["limit": 1]).count == 1)
    // Nobody is told of customers whom he does not serve.
    #expect(try await world.candidates([:], as: world.servesAcme).map { $0.at("customerCode").text } == ["ACME"])
    await expectFailure(.invalid) { try await world.call("problem.candidates", ["customer": .id(world.other.publicId)], as: world.servesAcme) }
  }

  /// What is old does not count, nor what went into another ticket, nor what has a problem behind it; what was unlinked, or whose
  /// problem was cancelled, counts again.
  @Test func onlyWhatIsUnexplainedCounts() async throws {
    let world = try await ProblemsWorld()
    _ = try await world.incident("Old", category: "network/vpn")
    world.database.clock.advance(seconds: 31 * 86_400)
    let first = try await world.incident("First", category: "network/vpn")
    let second = try await world.incident("Second", category: "network/vpn")
    let third = try await world.incident("Third", category: "network/vpn")
    #expect(try await world.candidates([:]).first?.at("incidents").integer == 3)
    #expect(try await world.candidates(["days": 60]).first?.at("incidents").integer == 4)
    let problem = try await world.problem("VPN", of: world.acme, incidents: [first, second, third])
    #expect(try await world.candidates([:]).isEmpty)
    try await world.act("cancel", on: problem, ["reason": "None"])
    #expect(try await world.candidates([:]).count == 1)
    try await world.call("incident.merge", ["id": third, "into": second], version: 1)
    #expect(try await world.candidates([:]).isEmpty)
  }

  /// One that was reopened counts twice in the order; services are told apart.
  @Test func reopeningsWeigh() async throws {
    let world = try await ProblemsWorld()
    for number in 1...3 { _ = try await world.incident("Mail \(number)", category: "mail/client") }
    var last = Value.null
    for number in 1...3 { last = try await world.incident("VPN \(number)", of: world.other, category: "network/vpn") }
    // The latest first.
    #expect(try await world.candidates([:]).map { $0.at("category").text }.count == 2)
    world.database.clock.advance(seconds: 60)
    _ = try await world.incident("Mail 4", category: "mail/client")
    #expect(try await world.candidates([:]).first?.at("category").text == "mail/client")
    let resolved = try await world.call("incident.resolve", ["id": last, "resolution": "x"], version: 1)
    try await world.call("incident.reopen", ["id": last, "reason": "Again"], version: resolved.at("version"))
    let again = try await world.incident("VPN 4", of: world.other, category: "network/vpn")
    #expect(!again.isNull)
    let found = try await world.candidates([:])
    #expect(found.first?.at("category").text == "network/vpn" && found.first?.at("reopened").integer == 1)
  }

  /// Whoever ends an incident says that the problem behind it should be looked at; a problem or a reason settles that.
  @Test func whoEndsAnIncidentMarksIt() async throws {
    let world = try await ProblemsWorld()
    let incident = try await world.incident("Restarted once more")
    let marking: KeyValuePairs<String, Value> = ["id": incident, "reason": "A restart helps for a week"]
    #expect(await refusal { try await world.call("problem_candidate.mark", marking) } == "problem_candidate.not_resolved")
    try await world.call("incident.resolve", ["id": incident, "resolution": "Restarted"], version: 1)
    #expect(await refusal { try await world.call("problem_candidate.decline", marking) } == "problem_candidate.none")
    try await world.call("problem_candidate.mark", marking, as: world.servesAcme)
    #expect(await refusal { try await world.call("problem_candidate.mark", marking) } == "problem_candidate.already")
    await #expect(throws: Failure.self) { try await world.call("problem_candidate.mark", marking, as: world.manager) }
    let marked = try await world.marked()
    #expect(marked.map { $0.at("incident") } == [incident])
    #expect(marked.first?.at("reason") == "A restart helps for a week" && marked.first?.at("customerCode") == "ACME")

    try await world.call("problem_candidate.decline", ["id": incident, "reason": "It is replaced next week"])
    #expect(try await world.marked().isEmpty)
    let declined = try await world.call("problem_candidate.read", ["id": incident], as: world.servesAcme)
    #expect(declined.at("state") == "declined" && declined.at("decision") == "It is replaced next week")
    #expect(declined.at("reason") == "A restart helps for a week" && declined.at("by") == .text(world.servesAcme.name))
    #expect(declined.at("settledBy") == .text(world.engineer.name) && declined.at("settledAt") != .null)
    try await world.call("problem_candidate.mark", marking)
    let again = try await world.call("problem_candidate.read", ["id": incident])
    #expect(again.at("state") == "open" && again.at("decision") == .null && again.at("settledBy") == .null)
    #expect(try await world.marked().count == 1)
    // Opening a problem of it settles it; what has one is marked no more.
    let problem = try await world.problem("Restarts", of: world.acme, incidents: [incident])
    #expect(try await world.marked().isEmpty)
    let opened = try await world.call("problem_candidate.read", ["id": incident])
    #expect(opened.at("state") == "opened" && opened.at("problem") == problem.at("id") && opened.at("by") == .text(world.engineer.name))
    #expect(await refusal { try await world.call("problem_candidate.mark", marking) } == "problem_candidate.has_problem")
    try await world.act("cancel", on: problem, ["reason": "None"])
    try await world.call("problem_candidate.mark", marking)
    #expect(try await world.marked().count == 1)
  }

  @Test func whatIsMarkedIsForThoseWhoServeTheCustomer() async throws {
    let world = try await ProblemsWorld()
    for customer in [world.acme, world.other] {
      world.database.clock.advance(seconds: 60)
      let incident = try await world.incident("Down", of: customer)
      try await world.call("incident.resolve", ["id": incident, "resolution": "x"], version: 1)
      try await world.call("problem_candidate.mark", ["id": incident, "reason": "Again"])
    }
    #expect(try await world.marked().map { $0.at("customerCode").text } == ["OTHER", "ACME"])
    #expect(try await world.marked(as: world.servesAcme).map { $0.at("customerCode").text } == ["ACME"])
    let bare = try await world.incident("Not marked")
    let foreign = try #require(try await world.marked().first).at("incident")
    for id in [bare, foreign] { await expectFailure(.notFound) { try await world.call("problem_candidate.read", ["id": id], as: world.servesAcme) } }
    #expect(try await world.call("problem.candidates", ["customer": .id(world.other.publicId)]).at("marked").array?.count == 1)
    #expect(try await world.call("problem.candidates", ["limit": 1]).at("marked").array?.count == 1)
  }

  @Test func aCandidateBecomesAProblem() async throws {
    let world = try await ProblemsWorld()
    let ci = try await world.ci("erp-01")
    for number in 1...3 { _ = try await world.incident("ERP \(number)", ci: ci) }
    let found = try #require(try await world.candidates([:]).first)
    let incidents = (found.at("newest").array ?? []).map { $0.at("id") }
    let problem = try await world.call(
      "problem.open",
      [
        "customer": found.at("customer"), "title": "ERP", "impact": 2, "urgency": 2, "incidents": .array(incidents), "cis": .array([found.at("ci")]),
      ], as: world.servesAcme)
    let read = try await world.call("problem.read", ["id": problem.at("id")])
    #expect(read.at("incidents").integer == 3 && read.at("cis.0.id") == ci)
    #expect(try await world.candidates([:]).isEmpty)
  }
}

extension ProblemsWorld {
  fileprivate func candidates(_ input: KeyValuePairs<String, Value>, as principal: Principal? = nil) async throws -> [Value] {
    try await call("problem.candidates", input, as: principal).at("candidates").array ?? []
  }

  fileprivate func marked(as principal: Principal? = nil) async throws -> [Value] {
    try await call("problem.candidates", [:], as: principal).at("marked").array ?? []
  }
}
