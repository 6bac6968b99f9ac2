import Kernel
import Operations
import TestSupport
import Testing

@Suite struct ArticleUseTests {
  @Test func articlesAreSuggestedCitedAndCounted() async throws {
    let world = try await KnowledgeWorld()
    let printer = try await world.published("Paper jam in a printer", "Open the back.", audience: "customers")
    _ = try await world.published("Mail quota")
    let foreign = try await world.published("Printer runbook of OTHER", onlyFor: world.other)
    let incident = try await world.open("Printer jammed again")
    let suggested = try await world.call("incident.suggest", ["id": incident.at("id")]).at("articles")
    #expect(suggested.array?.map { $0.at("title.en") } == ["Paper jam in a printer"])
    try await world.call("incident.cite", ["id": incident.at("id"), "article": printer.at("id"), "use": "used"])
    try await world.call("incident.cite", ["id": incident.at("id"), "article": printer.at("id"), "use": "solved"])
    // What is about another customer is not there.
    await expectFailure(.invalid) {
      try await world.call("incident.cite", ["id": incident.at("id"), "article": foreign.at("id"), "use": "used"])
    }
    let cited = try await world.call("incident.articles", ["id": incident.at("id")]).at("items")
    #expect(cited.array?.count == 1 && cited.at("0.use") == "solved" && cited.at("0.article.number") == printer.at("number"))
    let other = try await world.open("Printer of OTHER", for: world.other)
    try await world.call("incident.cite", ["id": other.at("id"), "article": printer.at("id"), "use": "used"])
    let read = try await world.call("article.read", ["id": printer.at("id")])
    #expect(read.at("used") == 1 && read.at("solved") == 1)
    // Who contributed what, and how often it was of use.
    let manager = try await world.database.staff(.accountManager)
    let figures = try await world.call("article.contributions", ["from": "2026-03-02", "before": "2026-03-03"], as: manager).at("contributors")
    #expect(figures.array?.count == 1 && figures.at("0.name") == .text(world.writer.name) && figures.at("0.staff").text?.hasPrefix("stf_") == true)
    #expect(figures.at("0.articles") == 3 && figures.at("0.versions") == 3 && figures.at("0.used") == 1 && figures.at("0.solved") == 1)
    let before = try await world.call("article.contributions", ["from": "2026-03-01", "before": "2026-03-02"], as: manager)
    #expect(before.at("contributors") == .array([]))
    try await world.call("incident.uncite", ["id": other.at("id"), "article": printer.at("id")])
    #expect(
      await refusals { try await world.call("incident.uncite", ["id": other.at("id"), "article": printer.at("id")]) } == ["article_use.none"])
    #expect(try await world.call("article.read", ["id": printer.at("id")]).at("used") == 0)
    await expectFailure(.denied) { try await world.call("incident.articles", ["id": incident.at("id")], as: world.reader) }
    // What is retired is still named, so that the note can be taken back.
    try await world.act("retire", on: printer)
    let left = try await world.call("incident.articles", ["id": incident.at("id")]).at("items.0.article")
    #expect(left.at("id") == printer.at("id") && left.at("number") == printer.at("number") && left.at("title") == .null)
    try await world.call("incident.uncite", ["id": incident.at("id"), "article": left.at("id")])
  }

  /// Guard: without the events the list of the staff is empty; were they public, the customer's would not be.
  @Test func citingIsToldInTheHistoryToTheStaffAlone() async throws {
    let world = try await KnowledgeWorld()
    let article = try await world.published("Paper jam in a printer", "Open the back.", audience: "customers")
    let incident = try await world.open("Printer jammed again")
    let (id, named) = (incident.at("id"), article.at("id"))
    for use in ["used", "solved"] { try await world.call("incident.cite", ["id": id, "article": named, "use": .text(use)]) }
    try await world.call("incident.uncite", ["id": id, "article": named])
    // What is refused is not told.
    #expect(await refusals { try await world.call("incident.uncite", ["id": id, "article": named]) } == ["article_use.none"])
    func told(to principal: Principal) async throws -> [Value] {
      let events = try await world.call("incident.history", ["id": id], as: principal).at("items").array ?? []
      return events.filter { $0.at("type").text?.hasPrefix("incident.article_") ?? false }
    }
    let events = try await told(to: world.writer)
    #expect(events.map { $0.at("type") } == ["incident.article_cited", "incident.article_cited", "incident.article_uncited"])
    #expect(events.map { $0.at("payload.article") } == [named, named, named])
    #expect(events.map { $0.at("payload.use") } == ["used", "solved", .null])
    #expect(events.map { $0.at("activity") } == ["IM3", "IM3", .null])
    #expect(events.map { $0.at("actorKind") } == ["staff", "staff", "staff"])
    #expect(try await told(to: world.database.user(.customerManager, of: world.acme)) == [])
    // Whoever read the incident before may still act on it.
    #expect(try await world.call("incident.read", ["id": id]).at("version") == incident.at("version"))
  }

  @Test func anArticleIsMadeOfAClosedIncident() async throws {
    let world = try await KnowledgeWorld()
    let incident = try await world.open("打印机卡纸", "三楼打印机")
    let id = incident.at("id")
    #expect(await refusals { try await world.call("knowledge_candidate.mark", ["id": id]) } == ["knowledge_candidate.not_resolved"])
    #expect(await refusals { try await world.call("knowledge_candidate.draft", ["id": id]) } == ["knowledge_candidate.not_resolved"])
    #expect(await refusals { try await world.call("knowledge_candidate.decline", ["id": id]) } == ["knowledge_candidate.none"])
    try await world.call("incident.resolve", ["id": id, "resolution": "打开后盖取出纸张"], version: incident.at("version"))
    try await world.call("knowledge_candidate.mark", ["id": id, "remark": "Often"])
    #expect(await refusals { try await world.call("knowledge_candidate.mark", ["id": id]) } == ["knowledge_candidate.already"])
    try await world.call("knowledge_candidate.decline", ["id": id])
    try await world.call("knowledge_candidate.mark", ["id": id])
    let customer = Value.id(world.acme.publicId)
    #expect(try await world.call("knowledge_candidate.list", ["customer": customer]).at("items.0.incident") == id)
    let drafted = try await world.call("knowledge_candidate.draft", ["id": id])
    let article = try await world.call("article.inspect", ["id": drafted.at("article")])
    #expect(article.at("draft.title.zh-Hans") == "打印机卡纸" && article.at("kind") == "solution")
    #expect(article.at("draft.body.zh-Hans") == "三楼打印机\n\n---\n\n打开后盖取出纸张")
    // It is about this customer for good, and internal until its writers decide otherwise.
    #expect(article.at("onlyFor") == customer && article.at("audience") == "internal")
    #expect(await refusals { try await world.call("knowledge_candidate.draft", ["id": id]) } == ["knowledge_candidate.none"])
    let listed = try await world.call("knowledge_candidate.list", ["customer": customer, "state": "drafted"]).at("items")
    #expect(listed.at("0.article") == drafted.at("article") && listed.at("0.number") == "ACME-INC-000001")
    let published = try await world.act("publish", on: try await world.act("submit", on: article), as: world.reviewer)
    #expect(published.at("state") == "published")
    #expect(try await world.found("卡纸") == ["打印机卡纸"])
  }

  /// What is said of it did not help, so no article is made of that; its mark stays. Guards: without the state in the finder's function it waits for one,
  /// without that in the operation one is begun of a description alone.
  @Test(arguments: [false, true])
  func whatIsOpenedAgainIsNoCandidateUntilItIsOverAgain(_ isClosed: Bool) async throws {
    let world = try await KnowledgeWorld()
    let incident = try await world.open("Printer jams", "On the third floor")
    let id = incident.at("id")
    func listed(_ state: String = "open") async throws -> [Value] {
      (try await world.call("knowledge_candidate.list", ["state": .text(state)]).at("items").array ?? []).map { $0.at("incident") }
    }
    var over = try await world.call("incident.resolve", ["id": id, "resolution": "Paper taken out"], version: incident.at("version"))
    if isClosed { over = try await world.call("incident.close", ["id": id], version: over.at("version")) }
    try await world.call("knowledge_candidate.mark", ["id": id, "remark": "Often"])
    #expect(try await listed() == [id])
    let opened = try await world.call("incident.reopen", ["id": id, "reason": "It jams still"], version: over.at("version"))
    #expect(try await listed().isEmpty)
    for act in ["draft", "mark"] {
      #expect(await refusals { try await world.call("knowledge_candidate.\(act)", ["id": id]) } == ["knowledge_candidate.not_resolved"])
    }
    try await world.call("incident.resolve", ["id": id, "resolution": "New rollers"], version: opened.at("version"))
    #expect(try await listed() == [id])
    let again = try await world.call("knowledge_candidate.list", [:]).at("items.0")
    #expect(again.at("remark") == "Often" && again.at("state") == "open")
    let drafted = try await world.call("knowledge_candidate.draft", ["id": id])
    let body = try await world.call("article.inspect", ["id": drafted.at("article")]).at("draft.body.en")
    #expect(body == "On the third floor\n\n---\n\nNew rollers")
    #expect(try await listed("drafted") == [id])
  }

  /// Whoever sees that no article will come of it says so while it is open again, too; and what is settled is listed however it goes on.
  @Test func whatIsSettledStaysSoWhenItIsOpenedAgain() async throws {
    let world = try await KnowledgeWorld()
    let incident = try await world.open("Printer jams")
    let id = incident.at("id")
    let resolved = try await world.call("incident.resolve", ["id": id, "resolution": "Paper taken out"], version: incident.at("version"))
    try await world.call("knowledge_candidate.mark", ["id": id])
    try await world.call("incident.reopen", ["id": id, "reason": "It jams still"], version: resolved.at("version"))
    try await world.call("knowledge_candidate.decline", ["id": id])
    #expect(try await world.call("knowledge_candidate.list", ["state": "declined"]).at("items.0.incident") == id)
  }

  /// The queue of all customers, the newest first; of those that one serves.
  @Test func candidatesAreListedOverAllCustomers() async throws {
    let world = try await KnowledgeWorld()
    for (title, customer) in [("One", world.acme), ("Two", world.other), ("Three", world.acme)] {
      world.database.clock.advance(seconds: 60)
      let incident = try await world.open(title, for: customer)
      try await world.call("incident.resolve", ["id": incident.at("id"), "resolution": "done"], version: incident.at("version"))
      try await world.call("knowledge_candidate.mark", ["id": incident.at("id")])
    }
    func titles(_ input: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [String] {
      (try await world.call("knowledge_candidate.list", input, as: principal).at("items").array ?? []).compactMap { $0.at("title").text }
    }
    let all = try await world.call("knowledge_candidate.list", [:]).at("items")
    #expect(all.array?.map { $0.at("number") } == ["ACME-INC-000002", "OTHER-INC-000001", "ACME-INC-000001"])
    #expect(all.at("1.customer") == .id(world.other.publicId))
    #expect(try await titles(as: world.servesAcme) == ["Three", "One"])
    #expect(try await titles(["customer": .id(world.other.publicId)]) == ["Two"])
    await expectFailure(.invalid) { try await titles(["customer": .id(world.other.publicId)], as: world.servesAcme) }
    let first = try await world.call("knowledge_candidate.list", ["limit": 2])
    #expect(try await titles(["limit": 2, "cursor": first.at("next")]) == ["One"])
  }

  /// On which incidents an article was of use: of all customers that one serves, or of one, the newest note first.
  @Test func incidentsOfAnArticleAreListed() async throws {
    let world = try await KnowledgeWorld()
    let article = try await world.published("Paper jam in a printer", "Open the back.", audience: "customers")
    let another = try await world.published("Mail quota")
    for (title, customer, use) in [("One", world.acme, "used"), ("Two", world.other, "solved"), ("Three", world.acme, "solved")] {
      world.database.clock.advance(seconds: 60)
      let incident = try await world.open(title, for: customer)
      try await world.call("incident.cite", ["id": incident.at("id"), "article": article.at("id"), "use": .text(use)])
    }
    func titles(_ input: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [String] {
      let members = [Value.Member("id", article.at("id"))] + input.map { Value.Member($0.key, $0.value) }
      let found = try await world.database.dispatcher.invoke(
        "article.incidents", .object(members), as: principal ?? world.writer, Call(requestId: "test")
      ).value
      return (found.at("items").array ?? []).compactMap { $0.at("title").text }
    }
    let all = try await world.call("article.incidents", ["id": article.at("id")]).at("items")
    #expect(all.array?.map { $0.at("number") } == ["ACME-INC-000002", "OTHER-INC-000001", "ACME-INC-000001"])
    #expect(all.at("1.customer") == .id(world.other.publicId) && all.at("1.use") == "solved" && all.at("1.by") == .text(world.writer.name))
    #expect(try await titles(["use": "solved"]) == ["Three", "Two"])
    #expect(try await titles(["customer": .id(world.other.publicId)]) == ["Two"])
    #expect(try await titles(as: world.servesAcme) == ["Three", "One"], "nothing of whom he does not serve")
    await expectFailure(.invalid) { try await titles(["customer": .id(world.other.publicId)], as: world.servesAcme) }
    await expectFailure(.denied) { try await titles(as: world.reader) }
    let first = try await world.call("article.incidents", ["id": article.at("id"), "limit": 2])
    #expect(try await titles(["limit": 2, "cursor": first.at("next")]) == ["One"])
    #expect(try await world.call("article.incidents", ["id": another.at("id")]).at("items") == .array([]))
    // What is about a customer whom he does not serve is not there for him.
    let foreign = try await world.published("Runbook of OTHER", onlyFor: world.other)
    await expectFailure(.notFound) { try await world.call("article.incidents", ["id": foreign.at("id")], as: world.servesAcme) }
    try await world.act("retire", on: article)
    #expect(try await titles() == ["Three", "Two", "One"], "also of what nobody reads any more")
  }
}
