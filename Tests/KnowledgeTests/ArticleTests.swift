import Kernel
import Knowledge
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@Suite struct ArticleTests {
  /// Guard: whoever may not see an article is told of its number what he is told of one that nobody has.
  @Test func aHiddenNumberIsLikeNone() async throws {
    let world = try await KnowledgeWorld()
    let hidden = try await world.published("Internal")
    let told = try await world.published("For all", audience: "customers")
    #expect(try await world.call("article.read", ["id": told.at("number")], as: world.reader).at("id") == told.at("id"))
    for name in [hidden.at("number"), hidden.at("id"), "KB-000777", "kb-0"] as [Value] {
      #expect(await refusals { try await world.call("article.read", ["id": name], as: world.reader) } == ["not_found"])
    }
  }

  @Test func anArticleIsWrittenReviewedPublishedAndRevised() async throws {
    let world = try await KnowledgeWorld()
    var article = try await world.draft("Reset a VPN token", "Open the portal.")
    #expect(article.at("number") == "KB-000001" && article.at("state") == "unpublished" && article.at("draftState") == "draft")
    article = try await world.act("change", on: article, ["body": .object(["en": "Open the portal, then *Reset*."])])
    #expect(await refusals { try await world.act("change", on: article, ["title": article.at("title")]) } == ["article.nothing_to_change"])
    #expect(
      await refusals { try await world.act("change", on: article, ["title": .object(["zh-Hans": "重置令牌"])]) } == ["body article.other_languages"])
    article = try await world.act("submit", on: article)
    #expect(await refusals { try await world.act("change", on: article, ["kind": "policy"]) } == ["article.not_now"])
    article = try await world.act("send_back", on: article, ["remark": "Which portal?"], as: world.reviewer)
    #expect(article.at("remark") == "Which portal?" && article.at("draftState") == "draft")
    article = try await world.act("submit", on: try await world.act("change", on: article, ["body": .object(["en": "Open the ACME portal."])]))
    // Whoever wrote at it does not publish it.
    #expect(await refusals { try await world.act("publish", on: article) } == ["article.own_work"])
    article = try await world.act("publish", on: article, as: world.reviewer)
    #expect(article.at("state") == "published" && article.at("revision") == 1 && article.at("draft") == .null)
    #expect(article.at("reviewDueOn") == "2027-03-02")
    let read = try await world.call("article.read", ["id": article.at("id")])
    #expect(read.at("body.en") == "Open the ACME portal." && read.at("revision") == 1)

    // A new version is written beside the published one, which stays as it is.
    article = try await world.act("revise", on: article, as: world.reviewer)
    article = try await world.act("change", on: article, ["body": .object(["en": "Call the desk."]), "kind": "solution"], as: world.writer)
    #expect(article.at("writers") == .array([.text(world.reviewer.name), .text(world.writer.name)]) && article.at("kind") == "how_to")
    article = try await world.act("submit", on: article)
    for author in [world.writer, world.reviewer] {
      #expect(await refusals { try await world.act("publish", on: article, as: author) } == ["article.own_work"])
    }
    #expect(try await world.call("article.read", ["id": article.at("id")]).at("body.en") == "Open the ACME portal.")
    article = try await world.act("publish", on: article, as: try await world.database.staff(.engineer))
    #expect(article.at("kind") == "solution")
    #expect(try await world.call("article.read", ["id": article.at("id")]).at("body.en") == "Call the desk.")
    let versions = try await world.call("article.versions", ["id": article.at("id")]).at("items")
    #expect(versions.at("0.revision") == 2 && versions.at("1.content.body.en") == "Open the ACME portal.")
    #expect(versions.at("0.author") == .text(world.reviewer.name) && versions.at("0.contributors") == .array([.text(world.writer.name)]))
    #expect(versions.at("1.publishedBy") == .text(world.reviewer.name) && versions.at("1.bypassReason") == .null)

    article = try await world.act("retire", on: article)
    await expectFailure(.notFound) { try await world.call("article.read", ["id": article.at("id")]) }
    #expect(try await world.found("desk") == [])
    article = try await world.act("revise", on: article)
    #expect(article.at("draft.body.en") == "Call the desk.")
    await expectFailure(.versionMismatch) { try await world.call("article.submit", ["id": article.at("id")], version: 1) }
  }

  @Test func theReviewIsBypassedWithAReasonByThoseWhoMay() async throws {
    let world = try await KnowledgeWorld()
    let administrator = try await world.database.staff(.administrator)
    let draft = try await world.draft("Outage of the mail gateway")
    await expectFailure(.denied) { try await world.act("bypass", on: draft, ["reason": "urgent"]) }
    let article = try await world.act("bypass", on: draft, ["reason": "The outage goes on."], as: administrator)
    let version = try await world.call("article.versions", ["id": article.at("id")]).at("items.0")
    #expect(version.at("bypassReason") == "The outage goes on." && version.at("publishedBy") == .text(administrator.name))
  }

  /// Published versions are there for good: the server's own role may not touch them.
  @Test func publishedVersionsNeverChange() async throws {
    let world = try await KnowledgeWorld()
    _ = try await world.published("For good")
    try await expectRefused(Tamper(), in: world)
    try await expectRefused(Destroy(), in: world)
    try await expectRefused(Reattribute(), in: world)
  }

  private func expectRefused(_ act: some Statement, in world: KnowledgeWorld) async throws {
    await #expect(throws: PostgresError.self) {
      try await world.database.tenancy.transaction(binding: [world.database.provider.id], side: .staff) { _ = try await $0.execute(act) }
    }
  }

  @Test func reviewsComeDue() async throws {
    let world = try await KnowledgeWorld()
    var article = try await world.draft("Monthly")
    article = try await world.act("change", on: article, ["reviewMonths": 3])
    article = try await world.act("publish", on: try await world.act("submit", on: article), as: world.reviewer)
    _ = try await world.published("Yearly")
    func due(_ until: Value = .null) async throws -> [Value] {
      (try await world.call("article.due", ["until": until]).at("items").array ?? []).map { $0.at("title.en") }
    }
    #expect(try await due() == [])
    #expect(try await due("2026-06-01") == [])
    #expect(try await due("2026-06-02") == ["Monthly"])
    #expect(try await due("2027-03-02") == ["Monthly", "Yearly"])
    world.database.clock.set(try #require(Instant("2026-06-10T08:00:00Z")))
    #expect(try await due() == ["Monthly"])
    article = try await world.act("confirm", on: article, as: world.reviewer)
    #expect(article.at("reviewDueOn") == "2026-09-10" && article.at("revision") == 1)
    #expect(try await due() == [])
  }

  /// What concerns all customers is for those who may act for all; what concerns one, for those who serve it.
  @Test func whoMayPublishAndWhoSees() async throws {
    let world = try await KnowledgeWorld()
    let ours = try await world.published("Ours", audience: "customers", onlyFor: world.acme)
    let runbook = try await world.published("Runbook of OTHER", onlyFor: world.other)
    let everybody = try await world.act("submit", on: try await world.draft("For everybody", audience: "customers"))
    #expect(await refusals { try await world.act("publish", on: everybody, as: world.servesAcme) } == ["article.for_all_only"])
    let published = try await world.act("publish", on: everybody, as: world.reviewer)
    #expect(await refusals { try await world.act("retire", on: published, as: world.servesAcme) } == ["article.for_all_only"])
    _ = try await world.act("confirm", on: ours, as: world.servesAcme)
    // Staff who do not serve a customer do not see what is about it, in no way.
    for operation in ["article.read", "article.inspect", "article.versions"] {
      await expectFailure(.notFound) { try await world.call(operation, ["id": runbook.at("id")], as: world.servesAcme) }
    }
    await expectFailure(.notFound) { try await world.act("retire", on: runbook, as: world.servesAcme) }
    let listed = try await world.call("article.list", [:], as: world.servesAcme).at("items").array ?? []
    #expect(Set(listed.compactMap { $0.at("title.en").text }) == ["Ours", "For everybody"])
    #expect(try await world.found("runbook", as: world.servesAcme) == [])
    #expect(try await world.found("runbook") == ["Runbook of OTHER"])
    await expectFailure(.invalid) {
      try await world.call(
        "article.create",
        [
          "kind": "how_to", "onlyFor": .id(world.other.publicId), "title": .object(["en": "x"]), "body": .object(["en": "x"]),
        ], as: world.servesAcme)
    }
    // Readers see what is for customers, without whom else it concerns.
    #expect(try await world.call("article.search", [:], as: world.reader).at("items").array?.count == 2)
    #expect(try await world.call("article.search", [:], as: world.stranger).at("items").array?.count == 1)
    let read = try await world.call("article.read", ["id": ours.at("id")], as: world.reader)
    #expect(read.at("title.en") == "Ours" && read.at("audience") == .null && read.at("onlyFor") == .null && read.at("used") == .null)
    await expectFailure(.notFound) { try await world.call("article.read", ["id": ours.at("id")], as: world.stranger) }
    await expectFailure(.notFound) { try await world.call("article.read", ["id": runbook.at("id")], as: world.stranger) }
    await expectFailure(.denied) { try await world.call("article.inspect", ["id": ours.at("id")], as: world.reader) }
  }

  @Test func readersSayWhetherItHelped() async throws {
    let world = try await KnowledgeWorld()
    let article = try await world.published("Shared", audience: "customers")
    let id = article.at("id")
    for reader in [world.reader, world.stranger, world.writer] { try await world.call("article.rate", ["id": id, "isHelpful": .bool(true)], as: reader) }
    try await world.call("article.rate", ["id": id, "isHelpful": .bool(false), "remark": "Step 2 is missing."], as: world.reader)
    let read = try await world.call("article.read", ["id": id])
    #expect(read.at("helpful") == 2 && read.at("unhelpful") == 1)
    let said = try await world.call("article.ratings", ["id": id, "customer": .id(world.acme.publicId)], as: world.servesAcme).at("items")
    #expect(said.array?.count == 1 && said.at("0.remark") == "Step 2 is missing." && said.at("0.isHelpful") == .bool(false))
    // Without a customer: all that the reader serves, the newest word first, and whose people they are.
    let all = try await world.call("article.ratings", ["id": id]).at("items")
    let customers = Set((all.array ?? []).map { $0.at("customer") })
    #expect(all.array?.count == 3 && customers == [.id(world.acme.publicId), .id(world.other.publicId), .null])
    #expect(all.at("0.remark") == "Step 2 is missing." || all.at("0.at") == all.at("1.at"))
    let served = try await world.call("article.ratings", ["id": id], as: world.servesAcme).at("items")
    #expect(Set((served.array ?? []).map { $0.at("customer") }) == [.id(world.acme.publicId), .null])
    var (walked, cursor): ([Value], Value) = ([], .null)
    repeat {
      let page = try await world.call("article.ratings", ["id": id, "limit": 1, "cursor": cursor])
      walked += page.at("items").array ?? []
      cursor = page.at("next")
    } while !cursor.isNull && walked.count < 9
    #expect(walked == all.array)
    await expectFailure(.invalid) { try await world.call("article.ratings", ["id": id, "customer": .id(world.other.publicId)], as: world.servesAcme) }
    // What is said of the version before is not counted for the newest one.
    let revised = try await world.act("submit", on: try await world.act("revise", on: article))
    _ = try await world.act("publish", on: revised, as: world.reviewer)
    #expect(try await world.call("article.read", ["id": id]).at("unhelpful") == 0)
    try await world.call("article.rate", ["id": id, "isHelpful": .bool(true)], as: world.reader)
    #expect(try await world.call("article.read", ["id": id]).at("helpful") == 1)
    let hidden = try await world.published("Internal")
    await expectFailure(.notFound) { try await world.call("article.rate", ["id": hidden.at("id"), "isHelpful": .bool(true)], as: world.reader) }
  }
}

private struct Tamper: Statement {
  static let sql = "update knowledge.article_version set content = '{}'"
}

private struct Destroy: Statement {
  static let sql = "delete from knowledge.article_version"
}

private struct Reattribute: Statement {
  static let sql = "update knowledge.contributor set actor_name = 'somebody else'"
}
