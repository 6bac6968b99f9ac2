import Hummingbird
import Kernel
import NIOCore
import TLS
import TestSupport
import Testing

@testable import Web

@Suite struct ServingTests {
  @Test func answersOnAKeptConnection() async throws {
    try await TestServer.with { server in
      let client = try await server.client()
      for index in 0..<20 {
        let reply = try await client.post("/v1/things?i=\(index)", body: Array(repeating: 7, count: index * 1000))
        #expect(reply.status == 200)
        #expect(reply.text == "POST /v1/things?i=\(index) \(index * 1000) https 127.0.0.1 -")
        #expect(reply["date"]?.hasSuffix(" GMT") == true)
      }
      await client.close()
    }
  }

  @Test func answersCurl() async throws {
    try await TestServer.with { server in
      for version in ["--tlsv1.2", "--tlsv1.3"] {
        let answer = try await server.curl([version, "https://localhost:\(server.port)/a"])
        #expect(answer == "GET /a 0 https 127.0.0.1 -")
      }
      #expect(try await server.curl(["--tls-max", "1.1", "https://localhost:\(server.port)/"]).contains("curl: (35)"))
      #expect(try await server.curl(["-H", "Expect: 100-continue", "-d", "abc", "https://localhost:\(server.port)/"]) == "POST / 3 https 127.0.0.1 -")
      #expect(try await server.curl(["-I", "https://localhost:\(server.port)/"]).contains("200"))
    }
  }

  @Test func aLargeBodyArrivesWhole() async throws {
    let body = (0..<300_000).map { UInt8(truncatingIfNeeded: $0 * 7 / 3) }
    try await TestServer.with(respond: { _, context in Response(status: .ok, body: ResponseBody(inPieces: body, on: context.eventLoop)) }) { server in
      let client = try await server.client()
      for _ in 0..<3 { #expect(try await client.get("/").body == body) }
      await client.close()
    }
  }

  /// What a client does not read stays unwritten, but for what the system's own buffers take.
  @Test func aClientThatDoesNotReadGetsNoMore() async throws {
    let whole = 96 << 20
    let body = Array(repeating: UInt8(7), count: whole)
    let taken = Counter()
    let respond: TestServer.Respond = { _, context in
      Response(
        status: .ok,
        body: ResponseBody(inPieces: body, on: context.eventLoop).map { piece in
          taken.increment(by: piece.readableBytes)
          return piece
        })
    }
    try await TestServer.with(respond: respond) { server in
      let client = try await server.client(reads: false)
      try await client.stallAfterSending("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      var seen = -1
      while taken.value == 0 || taken.value != seen {
        seen = taken.value
        try await Task.sleep(for: .milliseconds(300))
      }
      #expect(seen < 16 << 20)
      await client.close()
    }
  }

  /// New certificates, again and again, while clients connect and ask: nobody notices.
  @Test func certificatesAreExchangedUnderLoad() async throws {
    try await TestServer.with { server in
      let clients = Task {
        try await withThrowingTaskGroup(of: Int.self) { group in
          for _ in 0..<4 {
            group.addTask {
              var answered = 0
              for _ in 0..<40 {
                let client = try await server.client()
                answered += try await client.get("/").status == 200 ? 1 : 0
                answered += try await client.get("/").status == 200 ? 1 : 0
                await client.close()
              }
              return answered
            }
          }
          return try await group.reduce(0, +)
        }
      }
      var before = server.certificates.context()
      for index in 0..<20 {
        _ = try TrialCertificates.prepare(folder: server.folder, names: ["host\(index).example"], now: SystemClock().now())
        try server.certificates.reload()
        #expect(server.certificates.context() !== before)
        before = server.certificates.context()
        try await Task.sleep(for: .milliseconds(20))
      }
      #expect(try await clients.value == 320)
    }
  }

  @Test func answersPipelinedRequestsInOrder() async throws {
    try await TestServer.with { server in
      let client = try await server.client()
      let requests = (0..<50).map { "POST /\($0) HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc" }
      try await client.send(requests.joined())
      for index in 0..<50 {
        let text = try await client.reply().text
        #expect(text.hasPrefix("POST /\(index) 3 "))
      }
      #expect(try await client.get("/last").status == 200)
      await client.close()
    }
  }
}
