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
  }

  @Test func anArticleIsMadeOfAClosedIncident() async throws {
    let world = try await KnowledgeWorld()
    let incident = try await world.open("打印机卡纸", "三楼打印机")
    let id = incident.at("id")
    #expect(await refusals { try await world.call("knowledge_candidate.mark", ["id": id]) } == ["knowledge_candidate.not_resolved"])
    #expect(await refusals { try await world.call("knowledge_candidate.draft", ["id": id]) } == ["knowledge_candidate.none"])
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
    // Until its writers decide otherwise it is about this customer, and internal.
    #expect(article.at("onlyFor") == customer && article.at("audience") == "internal")
    #expect(await refusals { try await world.call("knowledge_candidate.draft", ["id": id]) } == ["knowledge_candidate.none"])
    let listed = try await world.call("knowledge_candidate.list", ["customer": customer, "state": "drafted"]).at("items")
    #expect(listed.at("0.article") == drafted.at("article") && listed.at("0.number") == "ACME-INC-000001")
    let published = try await world.act("publish", on: try await world.act("submit", on: article), as: world.reviewer)
    #expect(published.at("state") == "published")
    #expect(try await world.found("卡纸") == ["打印机卡纸"])
  }
}
