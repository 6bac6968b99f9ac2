import Kernel
import Logging
import Operations
import Postgres
import Synchronization
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

      // In another order, without one, with another beside them: an act is known by what it says.
      let other = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "four")], json: Self.create("TWO", "THREE", "ONE"))
      #expect(other.json?["items"]?.array?.map { $0["replayed"] == .bool(true) } == [true, false, true], "\(other.text)")
      // Under another key it is another act.
      let anew = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "five")], json: Self.create("ONE"))
      #expect(Self.statuses(anew) == [409])
      // However its members are ordered and spaced.
      let spaced = "{\"acts\": [ {\"input\": {\"zone\": \"Europe/Berlin\", \"name\": \"ONE\", \"code\": \"ONE\"}, \"operation\": \"customer.create\"} ]}"
      #expect(Self.statuses(try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "four")], json: spaced)) == [201])
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
        let rows = try await api.database.superuser.transaction { try await $0.query(AuditRows(request: request, outcome: outcome)) }
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
        ("{\"acts\":[\(good),{\"operation\":\"staff.create\"}]}", "acts[1].operation", 422),
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
      // What goes beside the acts is refused, not left unseen.
      let aside = try await api.send("POST", "/v1/batch?dry_run=true", token: token, [("Idempotency-Key", "bad")], json: "{\"acts\":[\(good)]}")
      #expect(aside.status == 422 && aside.json?["errors"]?.array?.first?["path"] == "dry_run", "\(aside.text)")
      let matched = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", "bad"), ("If-Match", "\"1\"")], json: "{\"acts\":[\(good)]}")
      #expect(matched.status == 400)
      #expect(!(try await api.send("GET", "/v1/customers?limit=200", token: token).text.contains("GOOD")))
      // The longest key that is taken leaves room for what names the last of two hundred equal acts: 26 letters and a number.
      #expect(Batch.longestKey + "/".utf8.count + 26 + ".200".utf8.count <= 128)
      let acts = Array(repeating: good, count: 3).joined(separator: ",")
      let longest = String(repeating: "k", count: Batch.longestKey)
      let reply = try await api.send("POST", "/v1/batch", token: token, [("Idempotency-Key", longest)], json: "{\"acts\":[\(acts)]}")
      #expect(Self.statuses(reply) == [201, 409, 409], "\(reply.text)")
    }
  }

  private static func batch(_ api: TestAPI, _ key: String, _ principal: @escaping () async throws -> Principal) -> Batch {
    Batch(
      dispatcher: api.database.dispatcher, requestId: key, key: key, language: .english, peer: "local",
      logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }, principal: principal)
  }

  @Test func whatIsLeftIsGoneOnWithByTheSameKey() async throws {
    try await TestAPI.with { api in
      let principal = try await api.database.staff(.administrator)
      _ = try await api.token(principal)
      let acts = try BatchInput.read(Array(Self.create("A1", "A2", "A3").utf8), api.database.registry).acts
      var late = Self.batch(api, "slow") { principal }
      late.patience = .zero
      let none = await late.run(acts)
      #expect(none.value["left"] == 3 && none.value["done"] == 0 && none.retryAfterSeconds == 1)
      #expect(none.value["items"]?.array?.allSatisfy { $0["problem"]?["code"] == "http.batch_left" && $0["status"] == 503 } == true)

      // The token is revoked after the first act: who asks is asked each time, and then nothing more is begun.
      let asked = Mutex(0)
      let some = await Self.batch(api, "slow") {
        guard
          asked.withLock({
            $0 += 1; return $0
          }) == 1
        else { throw Failure(.unauthenticated, OperationMessages.unauthenticated) }
        return principal
      }.run(acts)
      #expect(some.value["done"] == 1 && some.value["failed"] == 0 && some.value["left"] == 2)
      #expect(some.value["items"]?.array?.compactMap { $0["status"]?.integer } == [201, 401, 503] && asked.withLock { $0 } == 2)

      // Twice at once, as a client's impatience has it: each act once.
      async let one = Self.batch(api, "slow") { principal }.run(acts)
      async let two = Self.batch(api, "slow") { principal }.run(acts)
      for result in await [one, two] {
        #expect(result.value["done"] == 3 && result.value["left"] == 0 && result.retryAfterSeconds == nil, "\(result.value)")
      }
      let rows = try await api.database.superuser.transaction { try await $0.query(AuditRows(request: "slow", outcome: "done")) }
      #expect(rows.first == 3)
    }
  }

  @Test func whatCouldNotBeDoneNowIsLeftWithTheTimeToWait() async throws {
    try await TestAPI.with { api in
      let principal = try await api.database.staff(.administrator)
      _ = try await api.token(principal)
      let acts = try BatchInput.read(Array(Self.create("B1", "B2", "B3").utf8), api.database.registry).acts
      let asked = Mutex(0)
      // One act meets a busy server, and the next one does not; then too much was asked.
      let result = await Self.batch(api, "busy") {
        switch asked.withLock({
          $0 += 1; return $0
        }) {
        case 1: throw Failure(.busy, OperationMessages.busy)
        case 2: return principal
        default: throw Failure(.limited, OperationMessages.tooMany, ["seconds": "7"], retryAfterSeconds: 7)
        }
      }.run(acts)
      #expect(result.value["items"]?.array?.compactMap { $0["status"]?.integer } == [503, 201, 429])
      #expect(result.value["done"] == 1 && result.value["failed"] == 0 && result.value["left"] == 2 && result.retryAfterSeconds == 7)
    }
  }

  @Test func theDocumentTellsWhatABatchTakes() throws {
    let registry = try Registry([PlatformModule.self, SampleModule.self])
    let document = OpenAPI.document(registry, .english)
    let act = document["paths"]?["/v1/batch"]?["post"]?["requestBody"]?["content"]?["application/json"]?["schema"]?["properties"]?["acts"]?["items"]
    let names = Set((act?["properties"]?["operation"]?["enum"]?.array ?? []).compactMap(\.text))
    #expect(names.contains("customer.create") && !names.contains("customer.list") && !names.contains("session.open"))
    #expect(!names.contains("staff.create"), "it takes a password")
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
