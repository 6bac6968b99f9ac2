import Kernel
import Operations
import Requests
import TestSupport
import Tenancy
import Testing

/// What who ordered and who fulfils say to each other.
@Suite struct CommentTests {
  private struct Ordered {
    let world: RequestsWorld
    let orderer: Principal
    let request: Value

    init() async throws {
      world = try await RequestsWorld()
      orderer = try await world.database.user(.requester, of: world.acme, .own)
      request = try await world.call(
        "request.submit", ["offering": try await world.offering("LAPTOP", ["form": .array([])]), "published": 1], as: orderer)
    }

    @discardableResult
    func say(_ body: String, _ visibility: String? = nil, as principal: Principal) async throws -> Value {
      try await world.call("request.comment", ["id": request.at("id"), "body": .text(body), "visibility": .text(visibility)], as: principal)
    }

    func said(as principal: Principal) async throws -> [String] {
      let items = try await world.call("request.comments", ["id": request.at("id")], as: principal).at("items").array ?? []
      return items.compactMap { $0.at("body").text }
    }
  }

  @Test func whoOrderedAndWhoFulfilsSpeak() async throws {
    let ordered = try await Ordered()
    let (world, engineer, orderer) = (ordered.world, ordered.world.engineer, ordered.orderer)
    let asked = try await ordered.say("Which colour?", "public", as: engineer)
    #expect(asked.at("visibility") == "public" && asked.at("authorKind") == "staff")
    let answered = try await ordered.say("Grey", as: orderer)
    #expect(answered.at("visibility") == "public" && answered.at("authorKind") == "customer" && answered.at("authorName") == .text(orderer.name))
    // What the staff write is among them, unless they say otherwise.
    #expect(try await ordered.say("Grey is sold out", as: engineer).at("visibility") == "internal")
    #expect(try await ordered.said(as: engineer) == ["Which colour?", "Grey", "Grey is sold out"])
    #expect(try await ordered.said(as: orderer) == ["Which colour?", "Grey"])
    // Nor is that there was something to be learnt from the history.
    #expect(try await world.history(ordered.request, as: engineer).filter { $0 == "commented" }.count == 3)
    #expect(try await world.history(ordered.request, as: orderer).filter { $0 == "commented" }.count == 2)
    // A word moves nothing: whoever read the request before may act on it.
    #expect(try await world.request(ordered.request).at("version") == ordered.request.at("version"))
    #expect(await refusal { try await ordered.say("Between us", "internal", as: orderer) } == ["visibility comment.public_only"])
    #expect(await refusal { try await ordered.say("", as: orderer) } == ["body input.length"])
    #expect(try await ordered.said(as: engineer).count == 3)
  }

  /// His company's people with the right read and write as well; nobody else of them, and nobody of another customer.
  @Test func othersOfTheCustomer() async throws {
    let ordered = try await Ordered()
    let world = ordered.world
    let manager = try await world.database.user(.customerManager, of: world.acme)
    let colleague = try await world.database.user(.requester, of: world.acme, .own)
    let foreign = try await world.database.user(.customerManager, of: world.other)
    let servesOther = try await world.database.staff(.engineer, for: [world.other])
    try await ordered.say("Please hurry", as: manager)
    #expect(try await ordered.said(as: manager) == ["Please hurry"])
    for stranger in [colleague, foreign, servesOther] {
      await expectFailure(.notFound) { try await ordered.say("Me too", as: stranger) }
      await expectFailure(.notFound) { try await ordered.said(as: stranger) }
    }
    #expect(try await ordered.said(as: world.engineer) == ["Please hurry"])
  }

  /// One call that is repeated says it once; of what is over one speaks still.
  @Test func whatIsRepeatedIsSaidOnce() async throws {
    let ordered = try await Ordered()
    let world = ordered.world
    let input: KeyValuePairs<String, Value> = ["id": ordered.request.at("id"), "body": "Where is it?"]
    for _ in 0..<2 { try await world.database.call("request.comment", input, as: ordered.orderer, key: "once") }
    #expect(try await ordered.said(as: world.engineer) == ["Where is it?"])
    try await world.call(
      "request.cancel", ["id": ordered.request.at("id"), "reason": "No"], as: world.engineer, version: world.request(ordered.request).at("version"))
    try await ordered.say("Why?", as: ordered.orderer)
    #expect(try await ordered.said(as: world.engineer) == ["Where is it?", "Why?"])
  }
}
