import Kernel
import Operations
import TestSupport
import Testing

@testable import Problems

/// What customers see of a problem: the article that tells it, if it is published for them.
@Suite struct KnownErrorTests {
  @Test func aKnownErrorIsDraftedReviewedAndSeen() async throws {
    let world = try await ProblemsWorld()
    let incident = try await world.incident("VPN drops")
    var problem = try await world.problem("VPN drops when idle", of: world.acme, incidents: [incident])
    #expect(await refusal { try await world.act("draft_known_error", on: problem) } == "problem.nothing_known")
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Install the new profile"])
    problem = try await world.act("draft_known_error", on: problem, ["audience": "customers"])
    #expect(await refusal { try await world.act("draft_known_error", on: problem) } == "problem.has_article")
    try await world.tell()
    #expect(try await world.news(of: incident) == ["linked", "workaround", "known_error"])
    let article = problem.at("article")
    let draft = try await world.call("article.inspect", ["id": article])
    #expect(draft.at("kind").text == "known_error" && draft.at("onlyFor").text == world.acme.publicId.description)
    #expect(try await world.seen(incident, by: world.manager) == [], "nothing is published")
    let submitted = try await world.call("article.submit", ["id": article], version: draft.at("version"))
    // Who wrote it does not publish it.
    await expectFailure(.denied) { try await world.call("article.publish", ["id": article], version: submitted.at("version")) }
    try await world.call("article.publish", ["id": article], as: world.servesAcme, version: submitted.at("version"))
    #expect(try await world.seen(incident, by: world.manager) == ["VPN drops when idle"])
    let told = try await world.call("incident.known_errors", ["id": incident], as: world.manager)
    #expect(told.at("knownErrors.0.workaround.en").text == "Install the new profile")
    // An incident that is linked later has it at once.
    let later = try await world.incident("VPN again")
    try await world.link(later, to: problem)
    #expect(try await world.seen(later, by: world.manager) == ["VPN drops when idle"])
    try await world.call("problem.unlink_incident", ["id": problem.at("id"), "incident": later, "reason": "Another fault"])
    #expect(try await world.seen(later, by: world.manager) == [])
  }

  /// What is for the staff, a customer does not see; the staff do.
  @Test func theArticleDecidesWhoSeesIt() async throws {
    let world = try await ProblemsWorld()
    let (own, foreign) = (try await world.incident("VPN", of: world.acme), try await world.incident("VPN", of: world.other))
    let stranger = try await world.database.user(.customerManager, of: world.other)
    let problem = try await world.problem("VPN")
    for incident in [own, foreign] { try await world.link(incident, to: problem) }
    let staffOnly = try await world.article("For the staff", audience: "internal")
    let ofAcme = try await world.article("About ACME", audience: "customers", onlyFor: .id(world.acme.publicId))
    let forAll = try await world.article("For all", audience: "customers")
    let solution = try await world.article("A solution", audience: "customers", kind: "solution")
    var cited = try await world.act("cite_known_error", on: problem, ["article": staffOnly])
    try await world.tell()
    #expect(try await world.seen(own, by: world.manager) == [])
    #expect(try await world.seen(own, by: world.servesAcme) == ["For the staff"])
    // A problem of several customers is told by no article about one of them, and by no solution.
    for article in [ofAcme, solution] {
      let now = cited
      #expect(await refusal { try await world.act("cite_known_error", on: now, ["article": article]) } == "article input.unknown_reference")
    }
    cited = try await world.act("cite_known_error", on: cited, ["article": forAll])
    try await world.tell()
    #expect(try await world.seen(own, by: world.manager) == ["For all"])
    #expect(try await world.seen(foreign, by: stranger) == ["For all"])
    await expectFailure(.notFound) { try await world.call("incident.known_errors", ["id": own], as: stranger) }
    let retired = try await world.call("article.inspect", ["id": forAll], as: world.database.root)
    try await world.call("article.retire", ["id": forAll], version: retired.at("version"))
    #expect(try await world.seen(own, by: world.manager) == [])
  }

  /// What was none is told to no customer any more.
  @Test func whatIsGivenUpIsNoKnownError() async throws {
    let world = try await ProblemsWorld()
    let incident = try await world.incident("VPN")
    var problem = try await world.problem("VPN")
    try await world.link(incident, to: problem)
    problem = try await world.act("cite_known_error", on: problem, ["article": try await world.article("For all", audience: "customers")])
    try await world.tell()
    #expect(try await world.seen(incident, by: world.manager) == ["For all"])
    problem = try await world.act("cancel", on: problem, ["reason": "The line was cut"])
    try await world.tell()
    #expect(try await world.seen(incident, by: world.manager) == [])
    try await world.act("reopen", on: problem, ["reason": "It was not"])
    try await world.tell()
    #expect(try await world.seen(incident, by: world.manager) == ["For all"])
  }

  /// Unlinked before the sweep has told of the article: it does not come back with it.
  @Test func whatWasUnlinkedStaysUnlinked() async throws {
    let world = try await ProblemsWorld()
    let incident = try await world.incident("VPN")
    let problem = try await world.problem("VPN", incidents: [])
    try await world.link(incident, to: problem)
    let article = try await world.article("For all", audience: "customers")
    try await world.act("cite_known_error", on: problem, ["article": article])
    try await world.call("problem.unlink_incident", ["id": problem.at("id"), "incident": incident, "reason": "No"])
    try await world.tell()
    #expect(try await world.seen(incident, by: world.manager) == [])
  }
}

extension ProblemsWorld {
  fileprivate func seen(_ incident: Value, by principal: Principal) async throws -> [String] {
    (try await call("incident.known_errors", ["id": incident], as: principal).at("knownErrors").array ?? []).compactMap { $0.at("title.en").text }
  }

  fileprivate func article(_ title: String, audience: String, onlyFor: Value = .null, kind: String = "known_error") async throws -> Value {
    let text = Value.object(["en": .text(title)])
    let isKnownError = kind == "known_error"
    let made = try await call(
      "article.create",
      [
        "kind": .text(kind), "audience": .text(audience), "onlyFor": onlyFor, "title": text, "symptom": isKnownError ? text : .null,
        "workaround": isKnownError ? text : .null, "body": isKnownError ? .null : text,
      ])
    try await call("article.bypass", ["id": made.at("id"), "reason": "A test"], as: database.root, version: made.at("version"))
    return made.at("id")
  }
}
