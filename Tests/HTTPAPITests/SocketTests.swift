import Kernel
import Operations
import TestSupport
import Testing

@testable import HTTPAPI

/// Reliability 29, 45, 77 to 84 as far as this layer answers them: bytes that no friendly client sends.
@Suite struct SocketTests {
  @Test func everyAnswerHasTheSecurityFields() async throws {
    let api = try await TestAPI.shared()
    for path in ["/healthz", "/v1/customers", "/nowhere", "/openapi.json"] {
      let reply = try await api.send("GET", path)
      #expect(reply["strict-transport-security"] == "max-age=63072000")
      #expect(reply["x-content-type-options"] == "nosniff")
      #expect(reply["cache-control"] == "no-store")
      #expect(reply["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
      #expect(reply["server"] == nil)
      #expect(reply["x-request-id"]?.isEmpty == false)
    }
  }

  /// Also when the server below answers, before any route has seen the request.
  @Test func refusalsHaveTheSecurityFieldsAndACorrelationId() async throws {
    let api = try await TestAPI.shared()
    let get = "GET /v1/customers HTTP/1.1\r\nHost: a\r\nX-Request-Id: mine-1\r\n"
    for (bytes, status, id) in [
      (get + "Transfer-Encoding: gzip\r\n\r\n", 400, "mine-1"), (get + "Content-Length: 99999999\r\n\r\n", 413, "mine-1"),
      (get + "Expect: x\r\n\r\n", 417, "mine-1"),
      ("nonsense\r\n\r\n", 400, nil), (get + "X: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431, nil),
    ] as [(String, Int, String?)] {
      let client = try await api.client()
      try await client.send(bytes)
      let reply = try await client.reply()
      #expect(reply.status == status || id == nil && reply.status == 405, "\(reply.status) \(bytes.prefix(90))")
      #expect(reply["strict-transport-security"] == "max-age=63072000")
      #expect(reply["x-content-type-options"] == "nosniff")
      #expect(reply["cache-control"] == "no-store")
      #expect(reply["content-security-policy"]?.hasPrefix("default-src 'none'") == true)
      #expect(reply.headers.count { $0.name == "content-length" } == 1)
      let own = try #require(reply["x-request-id"])
      #expect(reply.json?["correlationId"] == .text(own))
      if let id { #expect(own == id) }
      await client.close()
    }
    #expect(try await api.send("GET", "/metrics").text.contains("steward_http_responses_total{status=\"417\"} 1\n"))
  }

  @Test func methodsThatAPathDoesNotTakeAreToldWhichItTakes() async throws {
    let api = try await TestAPI.shared()
    for method in ["PUT", "DELETE", "TRACE", "OPTIONS", "PROPFIND"] {
      let reply = try await api.send(method, "/v1/customers")
      #expect(reply.status == 405, "\(method)")
      #expect(reply["allow"] == "GET, HEAD, POST", "\(method)")
      #expect(reply.json?["code"] == "http.method")
    }
    // An override by header or query changes nothing.
    let overridden = try await api.send("GET", "/v1/customers?_method=POST", [("X-HTTP-Method-Override", "POST")])
    #expect(overridden.status == 401)
    #expect(try await api.send("GET", "/v1/nothing").status == 404)
    #expect(try await api.send("GET", "/v1/customers/").json?["code"] == "http.unknown_path")
  }

  @Test func unknownMethodsAreRefusedWithAProblem() async throws {
    let api = try await TestAPI.shared()
    let reply = try await api.send("BREW", "/v1/customers")
    #expect(reply.status == 405)
    #expect(reply["allow"] != nil)
    #expect(reply["content-type"] == "application/problem+json")
    #expect(reply.json?["correlationId"]?.text?.isEmpty == false)
  }

  @Test func headAnswersLikeGetWithoutTheBody() async throws {
    let api = try await TestAPI.shared()
    let token = try await api.administrator()
    // Nothing that other tests change meanwhile.
    for path in ["/v1/identity", "/healthz", "/v1/customers/nonsense", "/openapi.json"] {
      let client = try await api.client()
      let headers = [("Authorization", "Bearer \(token)"), ("X-Request-Id", "same")]
      let get = try await client.request("GET", path, headers: headers)
      let head = try await client.request("HEAD", path, headers: headers)
      #expect(head.status == get.status)
      #expect(head.body.isEmpty)
      #expect(head["content-length"] == String(get.body.count))
      #expect(head["content-type"] == get["content-type"])
      // The connection is still in step.
      #expect(try await client.request("GET", "/healthz").status == 200)
      await client.close()
    }
  }

  @Test func bodiesThatAreNotJSONAreRefused() async throws {
    let api = try await TestAPI.shared()
    let token = try await api.administrator()
    for type in ["text/plain", "application/x-www-form-urlencoded", "application/json; charset=utf-16", "multipart/form-data"] {
      #expect(try await api.send("POST", "/v1/samples/check", token: token, [("Content-Type", type)], json: "{}").status == 415, "\(type)")
    }
    #expect(try await api.send("GET", "/v1/customers", token: token, json: "{}").json?["code"] == "http.unexpected_body")
    // Without a body there is no type to be wrong.
    #expect(try await api.send("POST", "/v1/samples/check", token: token).status == 200)
  }

  @Test func hostileJSONIsRefused() async throws {
    let cases = [
      ("{\"title\":\"a\\u0000b\"}", 400), ("{\"title\":\"a\",\"title\":\"b\"}", 400), ("{\"title\":\"\\ud800\"}", 400), ("\u{feff}{}", 400),
      ("{\"count\":NaN}", 400), ("{\"count\":1}garbage", 400), ("[]", 400), ("{\"count\":1e400}", 422), ("{\"count\":99999999999999999999999}", 422),
      ("{\"title\":\"a\\r\\nX: y\"}", 422), ("{\"title\":5}", 422), ("{\"count\":1.5}", 422), ("{\"tenant_id\":1}", 422), ("{\"\":1}", 422),
    ]
    let api = try await TestAPI.shared()
    let token = try await api.administrator()
    for (json, status) in cases {
      let reply = try await api.send("POST", "/v1/samples/check", token: token, json: json)
      #expect(reply.status == status, "\(json): \(reply.text)")
      #expect(reply["content-type"] == "application/problem+json")
    }
    #expect(try await api.send("POST", "/v1/samples/check", token: token, json: "{\"count\":1.0}").status == 200, "1.0 is an integer, says JSON Schema")
  }

  @Test func deepAndWideJSONIsRefusedOrReadInBounds() async throws {
    let api = try await TestAPI.shared()
    let token = try await api.administrator()
    let deep = "{\"detail\":" + String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000) + "}"
    #expect(try await api.send("POST", "/v1/samples/check", token: token, json: deep).status == 400)
    let wide = "{" + (0..<50_000).map { "\"k\($0)\":1" }.joined(separator: ",") + "}"
    let refused = try await api.send("POST", "/v1/samples/check", token: token, json: wide)
    #expect(refused.status == 422 && refused.json?["errors"]?.array?.count == 50, "told of some, not of all")
    #expect(try await api.send("GET", "/healthz").status == 200)
  }

  @Test func aBodyOverTheLimitIsRefusedAndUnderItRead() async throws {
    let api = try await TestAPI.shared()
    let token = try await api.administrator()
    let frame = "{\"title\":\"\"}".utf8.count
    let fits = "{\"title\":\"\(String(repeating: "a", count: APIConfiguration.bodyBytes - frame))\"}"
    #expect(try await api.send("POST", "/v1/samples/check", token: token, json: fits).status == 422)
    let client = try await api.client()
    try await client.send(
      "POST /v1/samples/check HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer \(token)\r\nContent-Type: application/json\r\nContent-Length: \(APIConfiguration.bodyBytes + 1)\r\n\r\n"
    )
    let declared = try await client.reply()
    #expect(declared.status == 413)
    #expect(declared.json?["status"] == 413)
    await client.close()
  }

  @Test func aStrangersBodyIsNotWaitedFor() async throws {
    let api = try await TestAPI.shared()
    let client = try await api.client()
    try await client.send("POST /v1/customers HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{")
    #expect(try await client.reply().status == 401)
    await client.close()
  }

  @Test func namesGivenTwiceAreRefused() async throws {
    let api = try await TestAPI.shared()
    let token = try await api.administrator()
    #expect(try await api.send("GET", "/v1/customers?limit=1&limit=200", token: token).status == 400)
    #expect(try await api.send("GET", "/v1/customers?limit=1&%6cimit=200", token: token).status == 400)
    #expect(try await api.send("POST", "/v1/samples/check?count=1", token: token, json: "{\"count\":2}").status == 422)
    let acme = try await api.database.customer("ACME").publicId
    let twin = try await api.database.customer("TWIN").publicId
    #expect(try await api.send("GET", "/v1/customers/\(acme)?id=\(twin)", token: token).status == 422)
    let patched = try await api.send("PATCH", "/v1/customers/\(acme)", token: token, [("If-Match", "\"1\"")], json: "{\"id\":\"\(twin)\"}")
    #expect(patched.status == 422)
  }

  @Test func nothingReflectedSplitsAnAnswer() async throws {
    let api = try await TestAPI.shared()
    for id in ["a%0d%0aX-Evil:%201", "x\tSet-Cookie:1", "\u{e4}", String(repeating: "a", count: 5000)] {
      let reply = try await api.send("GET", "/healthz", [("X-Request-Id", id)])
      #expect(reply.headers.allSatisfy { $0.name != "x-evil" && $0.name != "set-cookie" })
      #expect(reply["x-request-id"] != id)
    }
    let path = try await api.send("GET", "/v1/customers/x%0d%0aX-Evil:%201", token: api.administrator())
    #expect(path.status == 404)
    #expect(path["x-evil"] == nil)
  }
}
