import Kernel
import Operations
import Synchronization
import TestSupport
import Testing

@testable import HTTPAPI

@Suite struct BuiltInTests {
  @Test func livenessAndReadinessNeedNoToken() async throws {
    try await TestAPI.with { api in
      #expect(try await api.send("GET", "/healthz").text == "{\"status\":\"alive\"}")
      let ready = try await api.send("GET", "/readyz")
      #expect(ready.status == 200)
      #expect(ready.json?["ready"] == .bool(true))
    }
    try await TestAPI.with(isReady: false) { api in
      let ready = try await api.send("GET", "/readyz")
      #expect(ready.status == 503)
      #expect(ready["retry-after"] != nil)
      #expect(ready.json?["checks"]?["draining"] == .bool(false))
      #expect(try await api.send("GET", "/healthz").status == 200)
    }
  }

  @Test func aCrowdThatAsksForReadinessCostsOneLook() async {
    let looks = Mutex(0)
    let cache = ReadinessCache {
      looks.withLock { $0 += 1 }
      return Readiness([])
    }
    let started = ContinuousClock.now
    await withTaskGroup { group in
      for _ in 0..<100 { group.addTask { _ = await cache.readiness() } }
    }
    // One for each second that the crowd took, on however slow a machine.
    let seconds = Int(started.duration(to: .now).components.seconds)
    #expect((1...1 + seconds).contains(looks.withLock { $0 }))
  }

  @Test func metricsAreForTheHostAndForWhoMayReadThem() async throws {
    try await TestAPI.with { api in
      let own = try await api.send("GET", "/metrics")
      #expect(own.status == 200)
      // A proxy on this host speaks for somebody else.
      for (name, value) in [("X-Forwarded-For", "203.0.113.9"), ("Forwarded", "for=203.0.113.9"), ("Via", "1.1 proxy")] {
        #expect(try await api.send("GET", "/metrics", [(name, value)]).status == 401)
      }
    }
    try await TestAPI.with(showsMetricsToLoopback: false) { api in
      let engineer = try await api.token(api.database.staff(.engineer))
      #expect(try await api.send("GET", "/metrics").status == 401)
      #expect(try await api.send("GET", "/metrics", token: engineer).status == 403)
      try await api.permit(APIServer.permissions)
      #expect(try await api.send("GET", "/metrics", token: api.administrator()).status == 200)
      #expect(try await api.send("GET", "/metrics", token: engineer).status == 403)
    }
  }

  @Test func metricsCountOperationsAndStatusesAndNothingElse() async throws {
    try await TestAPI.with { api in
      let token = try await api.administrator()
      for number in 0..<50 {
        _ = try await api.send("GET", "/v1/unknown-\(number)")
        _ = try await api.send("GET", "/v1/customers/cus_\(number)", token: token)
      }
      let text = try await api.send("GET", "/metrics").text
      #expect(text.contains("steward_http_responses_total{status=\"404\"} 100\n"))
      #expect(text.contains("steward_operation_duration_seconds_count{operation=\"customer.read\",code=\"notFound\"} 50\n"))
      #expect(text.contains("steward_operation_duration_seconds_bucket{operation=\"customer.read\",code=\"notFound\",le=\"+Inf\"} 50\n"))
      #expect(text.contains("steward_build_info{version=\"1.2.3\"} 1\n"))
      #expect(text.contains("steward_database_up 1\n"))
      #expect(!text.contains("unknown-"))
      #expect(!text.contains("cus_"))
      for line in text.split(separator: "\n") where !line.hasPrefix("#") {
        #expect(line.wholeMatch(of: /[a-z_]+(\{[a-z]+="[^"]*"(,[a-z]+="[^"]*")*\})? [0-9.e+-]+/) != nil, "\(line)")
      }
      let figure = { (name: String) in text.split(separator: "\n").first { $0.hasPrefix("\(name) ") }.flatMap { Double($0.dropFirst(name.count + 1)) } }
      #expect((figure("process_resident_memory_bytes") ?? 0) > 1_000_000)
      #expect((figure("process_open_fds") ?? 0) > 3)
      #expect((figure("process_max_fds") ?? 0) > 3)
      let started = try #require(figure("process_start_time_seconds"))
      #expect(abs(started - Double(SystemClock().now().seconds)) < 86_400)
    }
  }

  @Test func theDocumentIsServedInBothLanguages() async throws {
    try await TestAPI.with { api in
      let english = try await api.send("GET", "/openapi.json")
      let chinese = try await api.send("GET", "/openapi.json", [("Accept-Language", "zh-CN,zh;q=0.9")])
      #expect(english.json == OpenAPI.document(api.database.registry, .english))
      #expect(chinese.json == OpenAPI.document(api.database.registry, .chinese))
      #expect(chinese["content-language"] == "zh-Hans")
    }
  }
}
