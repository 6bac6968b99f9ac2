import Kernel
import Operations
import TestSupport
import Testing

@testable import Problems

/// What a problem is behind, and who sees of it what.
@Suite struct LinkTests {
  @Test func bothSidesTellOfALink() async throws {
    let world = try await ProblemsWorld()
    let (incident, problem) = (try await world.incident("Slow"), try await world.problem("Index", of: world.acme))
    try await world.link(incident, to: problem)
    #expect(await refusal { try await world.linked(incident, problem) } == "problem.linked_already")
    #expect(try await world.call("problem.incidents", ["id": problem.at("id")]).texts("number") == ["ACME-INC-000001"])
    let behind = try await world.call("incident.problems", ["id": incident])
    #expect(behind.texts("title") == ["Index"] && behind.texts("kind") == ["caused_by"])
    try await world.call("problem.unlink_incident", ["id": problem.at("id"), "incident": incident, "reason": "Another index"])
    #expect(try await world.call("incident.problems", ["id": incident]).texts("title") == [])
    let again = await refusal {
      try await world.call("problem.unlink_incident", ["id": problem.at("id"), "incident": incident, "reason": "x"])
    }
    #expect(again == "problem.not_linked")
    #expect(try await world.news(of: incident) == ["linked", "unlinked"])
    #expect(try await world.news(of: incident, as: world.manager) == [], "what the provider thinks is behind it is not the customer's affair")
    // It may be linked anew.
    try await world.link(incident, to: problem)
    #expect(try await world.events(of: problem) == ["opened", "incident_linked", "incident_unlinked", "incident_linked"])
  }

  /// A link raises no version of the incident: whoever read it before may still act.
  @Test func aLinkIsInNobodysWay() async throws {
    let world = try await ProblemsWorld()
    let opened = try await world.call("incident.open", ["customer": .id(world.acme.publicId), "title": "Slow", "impact": 2, "urgency": 2])
    let problem = try await world.problem("Index", incidents: [])
    try await world.link(opened.at("id"), to: problem)
    try await world.call("incident.start", ["id": opened.at("id")], version: opened.at("version"))
    let types = try await world.call("incident.history", ["id": opened.at("id")]).texts("type")
    #expect(types.contains("incident.problem_linked") && types.last != "incident.opened")
    #expect(try await world.act("investigate", on: problem).at("state").text == "investigating")
  }

  @Test func anIncidentHasFewProblems() async throws {
    let world = try await ProblemsWorld()
    let incident = try await world.incident("Slow")
    for number in 1...5 { _ = try await world.problem("Problem \(number)", of: world.acme, incidents: [incident]) }
    let sixth = try await world.problem("Sixth", of: world.acme)
    #expect(await refusal { try await world.linked(incident, sixth) } == "problem.linked_too_often")
  }

  @Test func aProblemOfOneCustomerTakesNothingOfAnother() async throws {
    let world = try await ProblemsWorld()
    let (incident, ci) = (try await world.incident("Slow", of: world.other), try await world.ci("erp", of: world.other))
    let problem = try await world.problem("Index", of: world.acme)
    #expect(await refusal { try await world.linked(incident, problem) } == "incident problem.of_another")
    #expect(await refusal { try await world.call("problem.add_ci", ["id": problem.at("id"), "ci": ci]) } == "ci problem.of_another")
    let wide = try await world.act("widen", on: problem, ["reason": "Others too"])
    try await world.link(incident, to: wide)
    try await world.call("problem.add_ci", ["id": wide.at("id"), "ci": ci])
  }

  /// Of a problem of several customers one sees what belongs to those whom one serves: neither the others' incidents and CIs, nor how many
  /// there are, nor that anything was done about them.
  @Test func whoServesSomeSeesOfSome() async throws {
    let world = try await ProblemsWorld()
    let (own, foreign) = (try await world.incident("Ours", of: world.acme), try await world.incident("Secret", of: world.other))
    let problem = try await world.problem("Shared link")
    for incident in [foreign, own] { try await world.link(incident, to: problem) }
    let (ownCi, foreignCi) = (try await world.ci("ours-01"), try await world.ci("secret-01", of: world.other))
    for ci in [foreignCi, ownCi] { try await world.call("problem.add_ci", ["id": problem.at("id"), "ci": ci]) }
    let all = try await world.call("problem.read", ["id": problem.at("id")])
    #expect(all.at("incidents").integer == 2 && all.texts("name", in: "cis") == ["ours-01", "secret-01"])
    let some = try await world.call("problem.read", ["id": problem.at("id")], as: world.servesAcme)
    #expect(some.at("incidents").integer == 1 && some.texts("name", in: "cis") == ["ours-01"])
    #expect(some.at("version") == all.at("version") && some.at("updatedAt") == some.at("openedAt"))
    #expect(try await world.call("problem.incidents", ["id": problem.at("id")], as: world.servesAcme).texts("title") == ["Ours"])
    #expect(try await world.events(of: problem) == ["opened", "incident_linked", "incident_linked", "ci_added", "ci_added"])
    #expect(try await world.events(of: problem, as: world.servesAcme) == ["opened", "incident_linked", "ci_added"])
    let history = try await world.call("problem.history", ["id": problem.at("id")])
    #expect((history.at("items").array ?? []).allSatisfy { $0.at("payload.customerRow").isNull }, "internal keys are shown to nobody")
    await expectFailure(.invalid) { try await world.linked(foreign, problem, as: world.servesAcme) }
  }

  /// What is about a customer whom one does not serve is not there at all.
  @Test func whatIsAboutAnotherIsNotThere() async throws {
    let world = try await ProblemsWorld()
    let problem = try await world.problem("Secret", of: world.other)
    #expect(try await world.call("problem.list", [:], as: world.servesAcme).texts("title") == [])
    for operation in ["problem.read", "problem.history", "problem.comments", "problem.incidents"] {
      await expectFailure(.notFound) { try await world.call(operation, ["id": problem.at("id")], as: world.servesAcme) }
    }
    await expectFailure(.notFound) { try await world.act("cancel", on: problem, ["reason": "x"], as: world.servesAcme) }
    let incident = try await world.incident("Ours")
    await expectFailure(.notFound) { try await world.linked(incident, problem, as: world.servesAcme) }
    await expectFailure(.denied) { try await world.call("problem.read", ["id": problem.at("id")], as: world.manager) }
  }

  /// A CI that the provider shares: where it affects the customer.
  @Test func sharedCisAreNamedWhereTheyAffect() async throws {
    let world = try await ProblemsWorld()
    let shared = try await world.call(
      "ci.create", ["customer": .id(world.database.provider.publicId), "type": "server", "name": "core-01"], as: world.database.root
    ).at("id")
    let problem = try await world.problem("Core", of: world.acme)
    func add() async throws -> Value { try await world.call("problem.add_ci", ["id": problem.at("id"), "ci": shared], as: world.servesAcme) }
    #expect(await refusal(add) == "ci input.unknown_reference")
    try await world.call("shared_ci.affect", ["id": shared, "customer": .id(world.acme.publicId)], as: world.database.root)
    _ = try await add()
    #expect(await refusal(add) == "problem.names_ci")
    let read = try await world.call("problem.read", ["id": problem.at("id")], as: world.servesAcme)
    #expect(read.at("cis.0.shared") == .bool(true) && read.at("cis.0.name").text == "core-01")
    #expect(try await world.call("problem.list", ["ci": shared], as: world.servesAcme).texts("title") == ["Core"])
    try await world.call("problem.remove_ci", ["id": problem.at("id"), "ci": shared])
    #expect(await refusal { try await world.call("problem.remove_ci", ["id": problem.at("id"), "ci": shared]) } == "problem.names_not_ci")
  }

  /// By what it names, then by its category; known errors first.
  @Test func openProblemsAreSuggested() async throws {
    let world = try await ProblemsWorld()
    let ci = try await world.ci("erp-01")
    let incident = try await world.incident("Slow", category: "application/erp", ci: ci)
    let byCategory = try await world.problem("By category", of: world.acme)
    try await world.act("change", on: byCategory, ["category": "application/erp"])
    let known = try await world.problem("Known")
    let changed = try await world.act("change", on: known, ["category": "application/erp"])
    try await world.act("declare_known_error", on: try await world.act("record_workaround", on: changed, ["workaround": "Wait"]))
    let byCi = try await world.problem("By CI", of: world.acme)
    try await world.call("problem.add_ci", ["id": byCi.at("id"), "ci": ci])
    let elsewhere = try await world.problem("Of another", of: world.other)
    try await world.act("change", on: elsewhere, ["category": "application/erp"])
    func titles() async throws -> [String] {
      try await world.call("problem.suggest", ["incident": incident], as: world.servesAcme).texts("title", in: "problems")
    }
    #expect(try await titles() == ["By CI", "Known", "By category"])
    try await world.link(incident, to: byCi)
    #expect(try await titles() == ["Known", "By category"])
  }
}

extension ProblemsWorld {
  fileprivate func linked(_ incident: Value, _ problem: Value, as principal: Principal? = nil) async throws -> Value {
    try await call("problem.link_incident", ["id": problem.at("id"), "incident": incident], as: principal)
  }
}
