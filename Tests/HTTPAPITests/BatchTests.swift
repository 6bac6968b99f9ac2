import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import HTTPAPI

@Suite struct BatchTests {
  private static func create(_ codes: String...) -> String {
    let acts = codes.map { "{\"operation\":\"customer.create\",\"input\":{\"code\":\"\($0)\",\"name\":\"\($0)\",\"zone\":\"Europe/Berlin\"}}" }
    return "{\"acts\":[\(acts.joined(separator: ","))]}"
  }

  private static func statuses(_ reply: HTTPTestClient.Reply) -> [Int64] { (reply.json?["items"]?.array ?? []).compactMap { $0["status"]?.integer } }

  @Test func eachActHasItsOwnResultAndSentAgainNothingIsDoubled() async throws {
    try await TestAPI.with { api in
      let token = try await api.administrator()
      // The second code is taken, the third is none: neither keeps the others from being done.
      _ = try await api.send("POST", "/v1/customers", token: token, json: "{\"code\":\"TAKEN\",\"name\":\"Taken\",\"zone\":\"Europe/Berlin\"}")
      let body = Self.create("ONE", "TAKEN", "no code", "TWO")
      let first = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "four")], json: body)
      #expect(first.status == 200, "\(first.text)")
      #expect(Self.statuses(first) == [201, 409, 422, 201])
      #expect(first.json?["done"] == 2 && first.json?["failed"] == 2 && first.json?["left"] == 0)
      let items = first.json?["items"]?.array ?? []
      #expect(items[1]["problem"]?["detail"]?.text?.isEmpty == false && items[1]["value"]?.isNull == true)
      #expect(items[2]["problem"]?["errors"]?.array?.first?["path"] == "code")

      let again = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "four")], json: body)
      #expect(Self.statuses(again) == [201, 409, 422, 201])
      let repeated = again.json?["items"]?.array ?? []
      #expect(repeated.map { $0["replayed"] == .bool(true) } == [true, false, false, true])
      #expect(repeated[0]["value"] == items[0]["value"] && repeated[3]["value"] == items[3]["value"])
      let codes = try await api.send("GET", "/v1/customers?limit=200", token: token).json?["items"]?.array?.compactMap { $0["code"]?.text } ?? []
      #expect(codes.count { $0 == "ONE" } == 1 && codes.count { $0 == "TWO" } == 1)

      // The same place under the same key with something else is told, not done.
      let other = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "four")], json: Self.create("THREE"))
      #expect(Self.statuses(other) == [422])
    }
  }

  @Test func aVersionIsSaidForEachAct() async throws {
    try await TestAPI.with { api in
      let token = try await api.administrator()
      let id = try await api.database.customer("ACME").publicId
      func change(_ version: String) -> String { "{\"operation\":\"customer.change\",\"input\":{\"id\":\"\(id)\",\"name\":\"New\"}\(version)}" }
      let body = "{\"acts\":[\(change("")),\(change(",\"version\":7")),\(change(",\"version\":1")),\(change(",\"version\":1"))]}"
      let reply = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "versions")], json: body)
      #expect(Self.statuses(reply) == [428, 412, 200, 412], "\(reply.text)")
    }
  }

  @Test func eachActNeedsItsOwnRightAndIsAudited() async throws {
    try await TestAPI.with { api in
      let principal = try await api.database.staff(.administrator)
      let reader = try await api.token(principal, permissions: ["customer.read"])
      let denied = try await api.send("POST", "/v1/batch", token: reader, [("Idempotency-Key", "x"), ("X-Request-Id", "batch-1")], json: Self.create("NEW"))
      #expect(denied.status == 200 && Self.statuses(denied) == [403], "\(denied.text)")
      let token = try await api.administrator()
      _ = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "y"), ("X-Request-Id", "batch-2")], json: Self.create("NEW", "NEWER"))
      for (request, outcome, count) in [("batch-1", "denied", 1), ("batch-2", "done", 2)] {
        let rows = try await api.database.superuser.withConnection { try await $0.query(AuditRows(request: request, outcome: outcome)) }
        #expect(rows.first == Int64(count), "\(request)")
      }
    }
  }

  /// What cannot be meant is refused whole: not even the acts before it are begun.
  @Test func whatCannotBeReadDoesNothing() async throws {
    try await TestAPI.with { api in
      let token = try await api.administrator()
      let good = "{\"operation\":\"customer.create\",\"input\":{\"code\":\"GOOD\",\"name\":\"Good\",\"zone\":\"Europe/Berlin\"}}"
      let many = Array(repeating: good, count: BatchInput.most + 1).joined(separator: ",")
      let bodies: [(String, String, Int)] = [
        ("{\"acts\":[\(good),{\"operation\":\"customer.list\"}]}", "acts[1].operation", 422),
        ("{\"acts\":[\(good),{\"operation\":\"session.open\"}]}", "acts[1].operation", 422),
        ("{\"acts\":[\(good),{\"operation\":\"no.such\"}]}", "acts[1].operation", 422),
        ("{\"acts\":[\(good),{\"operation\":\"customer.create\",\"more\":1}]}", "acts[1].more", 422),
        ("{\"acts\":[\(good),{\"operation\":\"customer.create\",\"input\":[]}]}", "acts[1].input", 422),
        ("{\"acts\":[\(good),{\"operation\":\"customer.create\",\"version\":-1}]}", "acts[1].version", 422),
        ("{\"acts\":[]}", "acts", 422), ("{}", "acts", 422), ("{\"acts\":[\(many)]}", "acts", 422), ("[]", "", 400), ("{", "", 400),
      ]
      for (body, path, status) in bodies {
        let reply = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "bad")], json: body)
        #expect(reply.status == status, "\(body.prefix(200)): \(reply.text)")
        if !path.isEmpty { #expect(reply.json?["errors"]?.array?.first?["path"]?.text == path, "\(reply.text)") }
      }
      for key in [nil, "", "with space", String(repeating: "k", count: Batch.longestKey + 1)] as [String?] {
        let reply = try await api.send("POST", "/v1/batch", token: token, key.map { [("Idempotency-Key", $0)] } ?? [], json: "{\"acts\":[\(good)]}")
        #expect(reply.status == 400 || reply.status == 422, "\(key ?? "none"): \(reply.text)")
      }
      #expect(try await api.send("POST", "/v1/batch", [("Idempotency-Key", "bad")], json: "{\"acts\":[\(good)]}").status == 401)
      let get = try await api.send("GET", "/v1/batch", token: token)
      #expect(get.status == 405 && get["allow"] == "POST")
      let codes = try await api.send("GET", "/v1/customers?limit=200", token: token).text
      #expect(!codes.contains("GOOD"))
      // The longest key that is taken leaves room for the last place.
      let longest = String(repeating: "k", count: Batch.longestKey)
      let acts = Array(repeating: "{\"operation\":\"customer.create\"}", count: BatchInput.most).joined(separator: ",")
      let reply = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", longest)], json: "{\"acts\":[\(acts)]}")
      #expect(Set(Self.statuses(reply)) == [422] && !reply.text.contains("idempotency.bad_key"))
    }
  }

  @Test func whatTakesTooLongIsGoneOnWithByTheSameKey() async throws {
    try await TestAPI.with { api in
      let principal = try await api.database.staff(.administrator)
      _ = try await api.token(principal)
      var batch = Batch(dispatcher: api.database.dispatcher, requestId: "r", key: "slow", language: .english, peer: "local", principal: { principal })
      let acts = try BatchInput.read(Array(Self.create("A1", "A2").utf8), api.database.registry).acts
      batch.patience = .zero
      let none = await batch.run(acts)
      #expect(none["left"] == 2 && none["done"] == 0)
      #expect(none["items"]?.array?.allSatisfy { $0["problem"]?["code"] == "http.batch_left" && $0["status"] == 503 } == true)
      batch.patience = .seconds(600)
      let all = await batch.run(acts)
      #expect(all["done"] == 2 && all["left"] == 0)
      // Whoever loses the right meanwhile does no more.
      batch = Batch(
        dispatcher: api.database.dispatcher, requestId: "r", key: "revoked", language: .english, peer: "local",
        principal: { throw Failure(.unauthenticated, OperationMessages.unauthenticated) })
      let refused = await batch.run(acts)
      #expect(refused["failed"] == 2 && refused["items"]?.array?.allSatisfy { $0["status"] == 401 } == true)
    }
  }

  @Test func theDocumentTellsWhatABatchTakes() throws {
    let registry = try Registry([PlatformModule.self, SampleModule.self])
    let document = OpenAPI.document(registry, .english)
    let act = document["paths"]?["/v1/batch"]?["post"]?["requestBody"]?["content"]?["application/json"]?["schema"]?["properties"]?["acts"]?["items"]
    let names = Set((act?["properties"]?["operation"]?["enum"]?.array ?? []).compactMap(\.text))
    #expect(names.contains("customer.create") && !names.contains("customer.list") && !names.contains("session.open"))
    for name in names { #expect(throws: Never.self) { try BatchInput.read(Array("{\"acts\":[{\"operation\":\"\(name)\"}]}".utf8), registry) } }
  }
}

private struct AuditRows: Statement {
  let request: String
  let outcome: String

  static let sql = "select count(*) from operations.audit where request_id = $1 and outcome = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(request)
    parameters.append(outcome)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
