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

  // MARK: What becomes of the article afterwards

  /// All that makes its text doubtful, and nothing else.
  @Test func whatMakesAnArticleDoubtful() {
    func doubt(_ act: ProblemAct, _ change: (inout ProblemProcess) -> Void = { _ in }) -> ArticleDoubt? {
      var before = ProblemProcess(state: .knownError, cause: "Heat", workaround: "Cool it")
      change(&before)
      return ArticleDoubt(after: act, of: before)
    }
    #expect(doubt(.recordCause("Heat", code: .set("configuration"))) == nil)
    #expect(doubt(.recordCause("Dust", code: .keep)) == .cause)
    #expect(doubt(.recordCause("Heat", code: .keep)) { $0.cause = nil } == .cause)
    #expect(doubt(.recordWorkaround("Cool it")) == nil)
    #expect(doubt(.recordWorkaround("Wait")) == .workaround)
    #expect(doubt(.investigate) == .investigated)
    #expect(doubt(.investigate) { $0.state = .new } == nil)
    #expect(doubt(.declareKnownError) == nil)
    #expect(doubt(.resolve(solution: "Fan")) == .resolved)
    #expect(doubt(.close(outcome: "removed")) == .closed)
    #expect(doubt(.reopen(reason: "Back")) == .reopened)
    #expect(doubt(.cancel(reason: "None")) == .cancelled)
  }

  /// Whoever confirms it has to have seen that; a day that has come already stays.
  @Test func whatChangesMakesTheReviewDueNow() async throws {
    let world = try await ProblemsWorld()
    let (article, other) = (try await world.article("VPN", audience: "internal"), try await world.article("VPN too", audience: "internal"))
    func inspect(_ article: Value) async throws -> Value { try await world.call("article.inspect", ["id": article]) }
    func isDue(_ article: Value) async throws -> Bool {
      let seen = try await inspect(article)
      guard seen.at("reviewDueOn") == .date(world.database.clock.now().utcDay) else { return false }
      try await world.call("article.confirm", ["id": article], as: world.database.root, version: seen.at("version"))
      return true
    }
    var problem = try await world.problem("VPN drops")
    problem = try await world.act("cite_known_error", on: problem, ["article": article])
    #expect(try await isDue(article) == false)
    let before = try await inspect(article)
    problem = try await world.act("record_cause", on: problem, ["cause": "The firewall", "causeCode": "configuration"])
    await expectFailure(.versionMismatch) {
      try await world.call("article.confirm", ["id": article], as: world.database.root, version: before.at("version"))
    }
    #expect(try await isDue(article))
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Install the new profile"])
    #expect(try await isDue(article))
    problem = try await world.act("declare_known_error", on: problem)
    #expect(try await isDue(article) == false)
    problem = try await world.act("resolve", on: problem, ["solution": "Another firewall"])
    #expect(try await isDue(article))
    problem = try await world.act("close", on: problem)
    #expect(try await isDue(article))
    problem = try await world.act("reopen", on: problem, ["reason": "It is back"])
    #expect(try await isDue(article))
    problem = try await world.act("cancel", on: problem, ["reason": "It was another one"])
    #expect(try await isDue(article))
    problem = try await world.act("reopen", on: problem, ["reason": "It was not"])
    #expect(try await isDue(article))
    // Another one tells it: the first is to be looked through, and the second from then on.
    problem = try await world.act("cite_known_error", on: problem, ["article": other])
    #expect(try await isDue(article))
    #expect(try await isDue(other) == false)
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Dial in"])
    #expect(try await isDue(article) == false)
    #expect(try await isDue(other))
    try await world.database.runAsSuperuser("update knowledge.article set review_due_on = '2020-01-05' where title ->> 'en' = 'VPN too'")
    try await world.act("record_workaround", on: problem, ["workaround": "Wait"])
    #expect(try await inspect(other).at("reviewDueOn").text == "2020-01-05")
  }

  /// What nobody reads yet, or nobody any more, is not looked through.
  @Test func whatIsNotPublishedIsNotDue() async throws {
    let world = try await ProblemsWorld()
    var problem = try await world.problem("VPN drops")
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Install the new profile"])
    problem = try await world.act("draft_known_error", on: problem)
    problem = try await world.act("record_workaround", on: problem, ["workaround": "Dial in"])
    let draft = try await world.call("article.inspect", ["id": problem.at("article")])
    #expect(draft.at("reviewDueOn").isNull && draft.at("version").integer == 1)
    let published = try await world.call(
      "article.bypass", ["id": problem.at("article"), "reason": "A test"], as: world.database.root, version: draft.at("version"))
    let retired = try await world.call("article.retire", ["id": problem.at("article")], as: world.database.root, version: published.at("version"))
    try await world.act("resolve", on: problem, ["solution": "Another firewall"])
    #expect(try await world.call("article.inspect", ["id": problem.at("article")]).at("version") == retired.at("version"))
  }

  /// Those with a draft, or with what was retired, among them.
  @Test func knownErrorsWithoutAnArticleAreListed() async throws {
    let world = try await ProblemsWorld()
    var problems: [Value] = []
    for title in ["Drafted", "Told", "Untold"] {
      let problem = try await world.act("record_workaround", on: try await world.problem(title), ["workaround": "Wait"])
      problems.append(try await world.act("declare_known_error", on: problem))
    }
    func listed(_ without: Bool) async throws -> [String] {
      try await world.call("problem.list", ["state": "known_error", "withoutArticle": .bool(without)]).texts("title").sorted()
    }
    #expect(try await listed(true) == ["Drafted", "Told", "Untold"])
    let article = try await world.article("Told", audience: "internal")
    let (first, second) = (try #require(problems.first), try #require(problems.dropFirst().first))
    try await world.act("draft_known_error", on: first)
    try await world.act("cite_known_error", on: second, ["article": article])
    #expect(try await listed(true) == ["Drafted", "Untold"])
    #expect(try await listed(false) == ["Drafted", "Told", "Untold"])
    let seen = try await world.call("article.inspect", ["id": article])
    try await world.call("article.retire", ["id": article], as: world.database.root, version: seen.at("version"))
    #expect(try await listed(true) == ["Drafted", "Told", "Untold"])
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
