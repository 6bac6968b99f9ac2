import Kernel
import Operations
import TestSupport
import Tenancy
import Testing

/// Articles on requests: suggested by what was ordered, noted, counted with those of incidents, and told to the staff alone.
@Suite struct RequestArticleTests {
  private let world: SearchWorld
  private let reviewer: Principal

  init() async throws {
    world = try await SearchWorld()
    reviewer = try await world.database.staff(.engineer)
  }

  private func cite(_ request: Value, _ article: Value, _ use: Value) async throws {
    try await world.call("request.cite", ["id": request, "article": article, "use": use])
  }

  private func history(_ request: Value, as principal: Principal? = nil) async throws -> [String] {
    let events = try await world.call("request.history", ["id": request, "limit": 200], as: principal)["items"]?.array ?? []
    return events.compactMap { $0["type"]?.text }.filter { $0.hasPrefix("request.article_") }
  }

  /// Guard: without its own rows beside those of incidents an article that only requests need would count as of no use.
  @Test func articlesAreSuggestedNotedAndCounted() async throws {
    let laptop = try await world.published("How a laptop is set up")
    _ = try await world.published("Mail quota")
    let theirs = try await world.published("Laptops of OTHER", onlyFor: world.other)
    let request = try await world.request("For travelling", as: world.manager)["id"] ?? .null
    let suggested = try await world.call("request.suggest", ["id": request])["articles"]?.array ?? []
    #expect(suggested.map { $0["id"] ?? .null } == [laptop])
    for use in ["used", "solved"] as [Value] { try await cite(request, laptop, use) }
    // What is about another customer is not there.
    await expectFailure(.invalid) { try await cite(request, theirs, "used") }
    let noted = try await world.call("request.articles", ["id": request])["items"]?.array ?? []
    #expect(noted.count == 1 && noted.first?["use"] == "solved" && noted.first?["article"]?["id"] == laptop)
    let other = try await world.request("For the office", of: world.other)["id"] ?? .null
    try await cite(other, laptop, "used")
    let incident = try await world.incident("A laptop does not start")["id"] ?? .null
    try await world.call("incident.cite", ["id": incident, "article": laptop, "use": "used"])
    let read = try await world.call("article.read", ["id": laptop])
    #expect(read["used"] == 2 && read["solved"] == 1)
    let overseer = try await world.database.staff(.accountManager)
    let figures = try await world.call("article.contributions", ["from": "2026-03-02", "before": "2026-03-03"], as: overseer)
    let author = figures["contributors"]?.array?.first
    #expect(author?["used"] == 2 && author?["solved"] == 1)
    try await world.call("request.uncite", ["id": request, "article": laptop])
    await expectFailure(.conflict) { try await world.call("request.uncite", ["id": request, "article": laptop]) }
    #expect(try await world.call("article.read", ["id": laptop])["solved"] == 0)
    // What is refused is not told, and the customer is told nothing of it.
    #expect(try await history(request) == ["request.article_cited", "request.article_cited", "request.article_uncited"])
    #expect(try await history(request, as: world.manager).isEmpty)
    for operation in ["request.articles", "request.suggest"] {
      await expectFailure(.denied) { try await world.call(operation, ["id": request], as: world.manager) }
    }
    await expectFailure(.notFound) { try await world.call("request.articles", ["id": request], as: world.servesOther) }
  }

  /// The way back: of all customers that one serves, or of one, the newest note first. Guard: without the permitted customers in the finder's function
  /// whoever serves one sees the requests of all.
  @Test func requestsOfAnArticleAreListed() async throws {
    let laptop = try await world.published("How a laptop is set up")
    var ids: [Value] = []
    for (customer, use) in [(world.acme, "used"), (world.other, "solved"), (world.acme, "solved")] as [(TenantEntry, Value)] {
      world.database.clock.advance(seconds: 60)
      let request = try await world.request("For travelling", of: customer)["id"] ?? .null
      try await cite(request, laptop, use)
      ids.append(request)
    }
    func listed(_ more: [String: Value] = [:], as principal: Principal? = nil) async throws -> [Value] {
      let members = more.merging(["id": laptop]) { $1 }.map { Value.Member($0.key, $0.value) }
      let found = try await world.database.dispatcher.invoke(
        "article.requests", .object(members), as: principal ?? reviewer, Call(requestId: "test")
      ).value
      return (found["items"]?.array ?? []).map { $0["request"] ?? .null }
    }
    #expect(try await listed() == Array(ids.reversed()))
    #expect(try await listed(["use": "used"]) == [ids[0]])
    #expect(try await listed(["customer": .id(world.other.publicId)]) == [ids[1]])
    #expect(try await listed(as: world.servesOther) == [ids[1]], "nothing of whom he does not serve")
    await expectFailure(.invalid) { try await listed(["customer": .id(world.acme.publicId)], as: world.servesOther) }
    await expectFailure(.denied) { try await listed(as: world.manager) }
    let first = try await world.call("article.requests", ["id": laptop, "limit": 2], as: reviewer)
    #expect(first["items"]?.array?.first?["use"] == "solved" && first["items"]?.array?.first?["customer"] == .id(world.acme.publicId))
    #expect(try await listed(["limit": 2, "cursor": first["next"] ?? .null]) == [ids[0]])
    // What is about a customer whom he does not serve is not there for him.
    let foreign = try await world.published("Laptops of ACME", onlyFor: world.acme)
    await expectFailure(.notFound) { try await world.call("article.requests", ["id": foreign], as: world.servesOther) }
    try await world.call("request.uncite", ["id": ids[2], "article": laptop])
    #expect(try await listed() == [ids[1], ids[0]])
  }
}
