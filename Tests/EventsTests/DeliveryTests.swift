@testable import Events
import Kernel
import Operations
import Tenancy
import TestSupport
import Testing

/// How a source proves itself, and what it may do then.
@Suite struct DeliveryTests {
  private func bearer(_ secret: String) -> [(String, String)] { [("Authorization", "Bearer \(secret)")] }

  @Test func aDeliveryIsTakenWhenItIsOnDisk() async throws {
    try await EventsServer.with { server in
      let source = try await server.world.source()
      let reply = try await server.post(source.id, EventsServer.body, bearer(source.secret))
      #expect(reply.status == 202 && reply.text == "{\"taken\":1,\"known\":0,\"truncatedAlerts\":2}", "\(reply)")
      #expect(try await server.world.received() == ["waiting": 1])
      let basic = [("Authorization", "Basic " + Base64.encode(Array("alertmanager:\(source.secret)".utf8)))]
      let again = try await server.post(source.id, EventsServer.body, basic)
      #expect(again.status == 202 && again.text.contains("\"known\":1"), "\(again)")
      try await server.world.sweep()
      #expect(try await server.world.incidents().count == 1)
      // The audit has the hash of what was delivered, and not all of it once more.
      let audit = JSON.text(try await server.world.call("audit.list", ["limit": 200]))
      #expect(audit.contains("event_source.deliver") && audit.contains("sha256 ") && !audit.contains("0123456789abcdef"), "\(audit)")
    }
  }

  @Test func nobodyElseDelivers() async throws {
    try await EventsServer.with { server in
      let world = server.world
      let (one, two) = (try await world.source(), try await world.source(name: "Another"))
      func status(_ source: Value, _ headers: [(String, String)]) async throws -> Int { try await server.post(source, EventsServer.body, headers).status }
      #expect(try await status(one.id, []) == 401)
      #expect(try await status(one.id, bearer(one.secret + "a")) == 401)
      #expect(try await status(one.id, [("Authorization", "Basic !!!!")]) == 401)
      #expect(try await status(one.id, bearer(two.secret)) == 404, "a source delivers to itself")
      let unknown = try #require(PublicId(kind: "evs", handle: world.database.provider.handle, random: SystemBytes.twelve))
      #expect(try await status(.id(unknown), bearer(one.secret)) == 404)
      #expect(try await status(.id(unknown), server.signed(EventsServer.body, "whsec_AAAA")) == 401)
      // What it proves itself by opens nothing else.
      let client = try await HTTPTestClient.connect(port: server.port, trusting: server.authorityFile)
      for path in ["/v1/customers", "/v1/event-sources", "/v1/events/triage", "/v1/tokens"] {
        #expect(try await client.get(path, headers: bearer(one.secret)).status == 403, "\(path)")
      }
      let basic = [("Authorization", "Basic " + Base64.encode(Array("x:\(one.secret)".utf8)))]
      #expect(try await client.get("/v1/customers", headers: basic).status == 401, "by that way nothing but events")
      await client.close()
      #expect(try await status(one.id, bearer(one.secret)) == 202)
      try await world.call("event_source.retire", ["id": one.id], version: 1)
      try await Task.sleep(for: .seconds(1))
      #expect(try await status(one.id, bearer(one.secret)) == 401)
      #expect(try await world.received() == ["waiting": 1])
    }
  }

  /// Whoever may grant a role to the service account of a source makes no more of its secret.
  @Test func aGrantAddsNothingToASecret() async throws {
    let world = try await EventsWorld()
    let source = try await world.source()
    let account = try await world.call("event_source.read", ["id": source.id])["account"] ?? .null
    try await world.call("staff_grant.add", ["account": account, "role": "administrator", "everyCustomer": .bool(true)], as: world.database.root)
    let authenticator = Authenticator(tenancy: world.database.tenancy)
    let principal = try #require(try await authenticator.principal(bearer: source.secret, via: .http, peer: "192.0.2.1"))
    #expect(principal.grants.map(\.permissions) == [["event.deliver"]] && principal.actor.via == .webhook)
    await expectFailure(.denied) { try await world.call("customer.list", as: principal) }
  }

  @Test func aNewSecretOverlapsTheOldOne() async throws {
    let world = try await EventsWorld()
    let source = try await world.source()
    func isGood(_ secret: String) async throws -> Bool {
      try await Authenticator(tenancy: world.database.tenancy).principal(bearer: secret, via: .http, peer: "192.0.2.1") != nil
    }
    let second = try #require(try await world.call("event_source.rotate_secret", ["id": source.id, "overlapHours": 2])["secret"]?.text)
    #expect(try await isGood(source.secret))
    #expect(try await isGood(second))
    world.database.clock.advance(seconds: 2 * 3600)
    #expect(try await !isGood(source.secret))
    #expect(try await isGood(second))
    let third = try #require(try await world.call("event_source.rotate_secret", ["id": source.id, "overlapHours": 0])["secret"]?.text)
    #expect(try await !isGood(second))
    #expect(try await isGood(third))
    world.database.clock.advance(seconds: 10 * 366 * 86_400)
    #expect(try await isGood(third), "monitoring does not fall silent by itself")
  }

  @Test func whatIsTooLargeOrNoJSONIsRefused() async throws {
    try await EventsServer.with { server in
      let source = try await server.world.source()
      let large = "{\"alerts\":[{\"labels\":{\"a\":\"\(String(repeating: "x", count: 1 << 20))\"}}]}"
      #expect(try await server.post(source.id, large, bearer(source.secret)).status == 413)
      #expect(try await server.post(source.id, "{\"alerts\":[", bearer(source.secret)).status == 400)
      #expect(try await server.post(source.id, "{}", bearer(source.secret)).status == 422)
      #expect(try await server.post(source.id, EventsServer.body, bearer(source.secret), type: "text/plain").status == 415)
      #expect(try await server.world.received() == [:])
    }
  }

  @Test func aSignatureIsWhatItSays() async throws {
    try await EventsServer.with { server in
      let world = server.world
      let source = try await world.source(["proof": "signature"])
      #expect(source.secret.hasPrefix("whsec_"))
      let body = EventsServer.body
      func status(_ headers: [(String, String)], _ text: String? = nil) async throws -> Int {
        try await server.post(source.id, text ?? body, headers).status
      }
      let good = server.signed(body, source.secret)
      let first = try await server.post(source.id, body, good)
      #expect(first.status == 202 && !first.isReplay, "\(first)")
      let replayed = try await server.post(source.id, body, good)
      #expect(replayed.status == 202 && replayed.isReplay && replayed.text == first.text, "it is the same delivery")
      #expect(try await status(good, body + " ") == 401, "another body")
      #expect(try await status(good.map { $0.0 == "webhook-id" ? ($0.0, "msg_2") : $0 }) == 401, "another id")
      #expect(try await status(good.map { $0.0 == "webhook-timestamp" ? ($0.0, String((Int64($0.1) ?? 0) + 1)) : $0 }) == 401, "another time")
      #expect(try await status(good.filter { $0.0 != "webhook-timestamp" }) == 401)
      #expect(try await status(server.signed(body, "whsec_" + Base64.encode([UInt8](repeating: 1, count: 32)))) == 401, "another key")
      let now = world.database.clock.now()
      #expect(try await status(server.signed(body, source.secret, id: "old", at: now.adding(seconds: -301))) == 401, "too old")
      #expect(try await status(server.signed(body, source.secret, id: "new", at: now.adding(seconds: 301))) == 401, "from the future")
      #expect(try await status(server.signed(body, source.secret, id: "near", at: now.adding(seconds: -300))) == 202)
      #expect(try await status([("webhook-signature", "v1,"), ("webhook-id", ""), ("webhook-timestamp", "999999999999999999999")]) == 401)
      // The id of one message is not that of another.
      let other = body.replacing("Down", with: "Up")
      #expect([409, 422].contains(try await status(server.signed(other, source.secret), other)))
      // The key is no bearer secret.
      #expect(try await status(bearer(source.secret)) == 401)
      #expect(try await world.received() == ["waiting": 1])
    }
  }

  @Test func theDocumentTellsWhatADeliveryIs() async throws {
    try await EventsServer.with { server in
      let client = try await HTTPTestClient.connect(port: server.port, trusting: server.authorityFile)
      let document = try JSON.read(try await client.get("/openapi.json").body)
      await client.close()
      let deliver = document["paths"]?["/v1/event-sources/{id}/deliver"]?["post"]
      #expect(deliver?["responses"]?["202"] != nil && deliver?["responses"]?["201"] == nil)
      #expect(document["components"]?["schemas"]?["EventSourceDeliverInput"]?["additionalProperties"] == .bool(true))
      #expect(document["components"]?["schemas"]?["EventSourceCreateInput"]?["additionalProperties"] == .bool(false))
    }
  }

  /// Made-up senders are slowed like made-up tokens.
  @Test func whoGuessesSendersIsSlowed() async throws {
    let world = try await EventsWorld()
    let authenticator = Authenticator(tenancy: world.database.tenancy, strangers: TokenBuckets(perSecond: 0.001, burst: 3))
    let unknown = try #require(PublicId(kind: "evs", handle: world.database.provider.handle, random: SystemBytes.twelve))
    for _ in 0..<3 { #expect(try await authenticator.signer(unknown, peer: "192.0.2.1") == nil) }
    await #expect(throws: TooManyUnknownSecrets.self) { try await authenticator.signer(unknown, peer: "192.0.2.1") }
    #expect(try await authenticator.signer(unknown, peer: "192.0.2.2") == nil, "who asks from elsewhere is another")
  }

  @Test(arguments: [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy")])
  func base64IsRFC4648s(plain: String, coded: String) {
    #expect(Base64.encode(Array(plain.utf8)) == coded)
    #expect(Base64.decode(coded.utf8) == Array(plain.utf8))
  }

  @Test(arguments: ["Zg=", "Zg", "Zh==", "Z===", "====", "Zm9v\n", "Zm9-", "=Zm9"])
  func whatIsNoBase64IsRefused(text: String) { #expect(Base64.decode(text.utf8) == nil) }
}

enum SystemBytes {
  static var twelve: [UInt8] { (0..<12).map { _ in UInt8.random(in: .min ... .max) } }
}
