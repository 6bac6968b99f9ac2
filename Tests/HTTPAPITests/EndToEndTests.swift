import Kernel
import Operations
import TestSupport
import Testing

@testable import HTTPAPI

@Suite struct EndToEndTests {
  @Test func fromTheOneTimeTokenToAChangedCustomer() async throws {
    try await TestAPI.with { api in
      let setup = try #require(await Installation(tenancy: api.database.tenancy).setupToken(provider: api.database.provider))
      let made = try await api.send(
        "POST", "/v1/setup/complete",
        json: "{\"token\":\"\(setup)\",\"login\":\"ada@example.test\",\"name\":\"Ada\",\"password\":\"correct horse battery\"}")
      #expect(made.status == 201, "\(made.text)")
      let session = try await api.send(
        "POST", "/v1/sessions", json: "{\"tenant\":\"PROV\",\"login\":\"ada@example.test\",\"password\":\"correct horse battery\"}")
      #expect(session.status == 201, "\(session.text)")
      let token = try #require(session.json?["token"]?.text)

      let created = try await api.send("POST", "/v1/customers", token: token, json: "{\"code\":\"ACME\",\"name\":\"Acme\",\"zone\":\"Europe/Berlin\"}")
      #expect(created.status == 201, "\(created.text)")
      #expect(created["etag"] == "\"1\"")
      let id = try #require(created.json?["id"]?.text)
      #expect(created["location"] == "/v1/customers/\(id)")
      #expect(created["idempotency-replayed"] == nil)

      let read = try await api.send("GET", "/v1/customers/\(id)", token: token)
      #expect(read.status == 200)
      #expect(read["content-type"] == "application/json")
      #expect(read.json == created.json)

      let changed = try await api.send("PATCH", "/v1/customers/\(id)", token: token, [("If-Match", "\"1\"")], json: "{\"name\":\"Acme 2\"}")
      #expect(changed.status == 200, "\(changed.text)")
      #expect(changed["etag"] == "\"2\"")
      let listed = try await api.send("GET", "/v1/customers?limit=1", token: token)
      #expect(listed.json?["items"]?.array?.count == 1)
    }
  }

  @Test func aChangeSaysWhichVersionItSaw() async throws {
    try await TestAPI.with { api in
      let token = try await api.administrator()
      let path = "/v1/customers/\(try await api.database.customer("ACME").publicId)"
      func change(_ ifMatch: String?) async throws -> HTTPTestClient.Reply {
        try await api.send("PATCH", path, token: token, ifMatch.map { [("If-Match", $0)] } ?? [], json: "{\"name\":\"New\"}")
      }
      #expect(try await change(nil).status == 428)
      #expect(try await change("*").status == 428)
      #expect(try await change("\"7\"").status == 412)
      #expect(try await change("7").status == 400)
      #expect(try await change("\"1\", \"2\"").status == 400)
      #expect(try await change("W/\"1\"").status == 200)
      #expect(try await change("\"1\"").status == 412)
      let twice = try await api.send("PATCH", path, token: token, [("If-Match", "\"2\""), ("If-Match", "\"2\"")], json: "{\"name\":\"New\"}")
      #expect(twice.status == 400)
    }
  }

  @Test func aRepeatedKeyIsDoneOnce() async throws {
    try await TestAPI.with { api in
      let token = try await api.administrator()
      let key = [("Idempotency-Key", "key-1")]
      let first = try await api.send("POST", "/v1/samples", token: token, key, json: "{\"title\":\"a\"}")
      let second = try await api.send("POST", "/v1/samples", token: token, key, json: "{\"title\":\"a\"}")
      #expect(first.status == 201)
      #expect(second.status == 201)
      #expect(first.body == second.body)
      #expect(first["idempotency-replayed"] == nil)
      #expect(second["idempotency-replayed"] == "true")
      let other = try await api.send("POST", "/v1/samples", token: token, key, json: "{\"title\":\"b\"}")
      #expect(other.status == 422)
      #expect(other.json?["code"] == "idempotency.reused")
      #expect(try await api.send("POST", "/v1/samples", token: token, json: "{\"title\":\"a\"}").body != first.body)
      #expect(try await api.send("POST", "/v1/samples", token: token, [("Idempotency-Key", "a b")], json: "{}").status == 422)
    }
  }

  @Test func queryAndBodyReachTheOperationAlike() async throws {
    try await TestAPI.with { api in
      let token = try await api.administrator()
      let query =
        "title=a+b&count=5000000000&isOpen=true&at=2026-03-01T09:00:00%2B01:00&sizes=1,2&parts=[{%22name%22:%22p%22}]&detail={%22x%22:null}"
      let found = try await api.send("GET", "/v1/samples/find?\(query)", token: token)
      let body =
        "{\"title\":\"a b\",\"count\":5000000000,\"isOpen\":true,\"at\":\"2026-03-01T09:00:00+01:00\",\"sizes\":[1,2],\"parts\":[{\"name\":\"p\"}],\"detail\":{\"x\":null}}"
      let checked = try await api.send("POST", "/v1/samples/check", token: token, json: body)
      #expect(found.status == 200, "\(found.text)")
      #expect(found.body == checked.body)
      #expect(found.json?["seen"]?["at"] == "2026-03-01T08:00:00Z")

      let unknown = try await api.send("GET", "/v1/samples/find?tenant_id=1", token: token)
      #expect(unknown.status == 422)
      #expect(unknown.json?["errors"]?.array?.first?["code"] == "input.unknown_field")
      let wrong = try await api.send("GET", "/v1/samples/find?count=x&sizes=1,y", token: token, [("Accept-Language", "zh-CN")])
      #expect(wrong.json?["errors"]?.array?.map { $0["path"] } == ["count", "sizes[1]"])
      #expect(wrong.json?["errors"]?.array?.map { $0["value"] } == ["x", "y"])
      #expect(wrong["content-language"] == "zh-Hans")
      #expect(wrong.json?["title"] == "输入无效")
    }
  }

  /// Reliability 1: an id of another tenant, an id that nobody has, and a text that is no id read the same.
  @Test func aForeignIdAndAnUnknownOneReadTheSame() async throws {
    try await TestAPI.with { api in
      let acme = try await api.database.customer("ACME")
      let twin = try await api.database.customer("TWIN")
      let user = try await api.token(api.database.user(.customerManager, of: acme), of: acme)
      #expect(try await api.send("GET", "/v1/customers/\(acme.publicId)", token: user).status == 200)
      let none = PublicId(kind: "cus", handle: TenantHandle(0x1234_5678), random: [UInt8](repeating: 7, count: 12))
      var answers: Set<String> = []
      for id in [twin.publicId.description, none?.description ?? "", "nonsense", api.database.provider.publicId.description] {
        let reply = try await api.send("GET", "/v1/customers/\(id)", token: user)
        #expect(reply.status == 404)
        answers.insert(reply.withoutCorrelation)
      }
      #expect(answers.count == 1, "\(answers)")
    }
  }

  /// Reliability 19: whatever is wrong with a token, the answer is one.
  @Test func everyBadTokenIsAnsweredAlike() async throws {
    try await TestAPI.with { api in
      let principal = try await api.database.staff(.administrator)
      let expired = try await api.token(principal, lifetimeSeconds: -1)
      let good = try await api.token(principal)
      let unknownSecret = String(good.dropLast(3)) + "000"
      var answers: Set<String> = []
      for authorization in [nil, "Bearer \(expired)", "Bearer \(unknownSecret)", "Bearer x", "Basic YTpi", "Bearer", "Bearer \(good) \(good)", "\(good)"] {
        let reply = try await api.send("GET", "/v1/customers", authorization.map { [("Authorization", $0)] } ?? [])
        #expect(reply.status == 401)
        #expect(reply["www-authenticate"] == "Bearer realm=\"steward\"")
        answers.insert(reply.withoutCorrelation)
      }
      #expect(answers.count == 1, "\(answers)")
      #expect(try await api.send("GET", "/v1/customers", token: good).status == 200)
      let both = try await api.send("GET", "/v1/customers", [("Authorization", "Bearer \(good)"), ("Authorization", "Bearer \(good)")])
      #expect(both.status == 401)
    }
  }

  @Test func aTokenMayDoNoMoreThanItSays() async throws {
    try await TestAPI.with { api in
      let principal = try await api.database.staff(.administrator)
      let reader = try await api.token(principal, permissions: ["customer.read"])
      #expect(try await api.send("GET", "/v1/customers", token: reader).status == 200)
      let denied = try await api.send("POST", "/v1/customers", token: reader, json: "{\"code\":\"NEW\",\"name\":\"New\",\"zone\":\"Europe/Berlin\"}")
      #expect(denied.status == 403)
      #expect(denied.json?["code"] == "denied")
    }
  }

  @Test func whatFailsInsideTellsNothing() async throws {
    try await TestAPI.with { api in
      let reply = try await api.send("GET", "/v1/samples/fail", token: api.administrator(), [("X-Request-Id", "mine-1")])
      #expect(reply.status == 500)
      #expect(reply["x-request-id"] == "mine-1")
      #expect(reply.json?["correlationId"] == "mine-1")
      #expect(!reply.text.contains("Defect"))
    }
  }
}
