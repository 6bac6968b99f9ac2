import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import Web

@Suite struct LimitTests {
  @Test func headerBombLeavesTheProcessAlive() async throws {
    try await TestServer.with { server in
      let bomb = "GET / HTTP/1.1\r\nHost: a\r\n" + String(repeating: "a:1\r\n", count: 200_000) + "\r\n"
      let client = try await server.client()
      // The server may close while we still write.
      try? await client.send(bomb)
      let answer = String(decoding: try await client.rest(), as: UTF8.self)
      #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 431 "))
      await client.close()
      #expect(try await server.client().get("/alive").status == 200)
    }
  }

  @Test func bodiesStopAtTheLimit() async throws {
    var limits = WebLimits()
    limits.bodyBytes = 1000
    try await TestServer.with(limits: limits) { server in
      let client = try await server.client()
      #expect(try await client.post("/", body: Array(repeating: 1, count: 1000)).text.hasPrefix("POST / 1000"))
      #expect(try await client.post("/", body: Array(repeating: 1, count: 1001)).status == 413)
      let chunk = "c8\r\n" + String(repeating: "x", count: 200) + "\r\n"
      let chunked = try await server.client()
      try await chunked.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      for _ in 0..<50 { try? await chunked.send(chunk) }
      let reply = try await chunked.reply()
      #expect(reply.status == 413)
      #expect(try await chunked.isClosed())
    }
  }

  /// Nobody reads chunk extensions: a body that is mostly these is a flood by another name.
  @Test(arguments: ["1;x=" + String(repeating: "y", count: 1 << 20), String(repeating: "1;\(String(repeating: "y", count: 4000))\r\nx\r\n", count: 250)])
  func framingWithoutABodyIsRefused(chunks: String) async throws {
    try await TestServer.with { server in
      let client = try await server.client()
      try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      // The server may close while we still write.
      try? await client.send(chunks)
      #expect(try await client.reply().status == 400)
      #expect(try await client.isClosed())
      // Small chunks are a body like any other.
      let small = try await server.client()
      let chunk = "1\r\nx\r\n"
      try await small.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + String(repeating: chunk, count: 100_000) + "0\r\n\r\n")
      #expect(try await small.reply().text.hasPrefix("POST / 100000 "))
    }
  }

  @Test(arguments: ["", "GET", "GET / HTTP/1.1\r\nHost: a\r\n", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nab"])
  func slowRequestsAreCut(start: String) async throws {
    var limits = WebLimits()
    limits.header = .milliseconds(300)
    limits.bodyGrace = .milliseconds(300)
    try await TestServer.with(limits: limits) { server in
      let answer = try await server.exchange(start)
      #expect(answer.hasPrefix("HTTP/1.1 408 "))
    }
  }

  @Test func slowBodiesAreCutWhateverTheyDribble() async throws {
    var limits = WebLimits()
    limits.bodyGrace = .milliseconds(500)
    limits.bodyBytesPerSecond = 1 << 20
    try await TestServer.with(limits: limits) { server in
      let client = try await server.client()
      try await client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n")
      let dribble = Task {
        while !Task.isCancelled {
          try await client.send("1\r\nx\r\n")
          try await Task.sleep(for: .milliseconds(50))
        }
      }
      #expect(try await client.reply().status == 408)
      dribble.cancel()
    }
  }

  @Test func idleConnectionsAreClosed() async throws {
    var limits = WebLimits()
    limits.idle = .milliseconds(200)
    try await TestServer.with(limits: limits) { server in
      let client = try await server.client()
      #expect(try await client.get("/").status == 200)
      #expect(try await client.isClosed())
    }
  }

  @Test func connectionsCarrySoManyRequests() async throws {
    var limits = WebLimits()
    limits.requestsPerConnection = 3
    try await TestServer.with(limits: limits) { server in
      let busy = try await server.client()
      for index in 1...3 { #expect(try await busy.get("/")["connection"] == (index == 3 ? "close" : nil)) }
      #expect(try await busy.isClosed())
    }
  }

  @Test func readersWhoDoNotReadAreCut() async throws {
    var limits = WebLimits()
    limits.write = .milliseconds(300)
    let ended = Counter()
    try await TestServer.with(
      limits: limits,
      respond: { _, _ in
        Response(
          status: .ok,
          body: ResponseBody { writer in
            defer { ended.increment() }
            for _ in 0..<1000 { try await writer.write(ByteBuffer(repeating: 7, count: 1 << 16)) }
            try await writer.finish(nil)
          })
      }
    ) { server in
      let stalled = try await server.client(reads: false)
      try await stalled.stallAfterSending("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      for _ in 0..<500 where ended.value == 0 { try await Task.sleep(for: .milliseconds(20)) }
      #expect(ended.value == 1, "the writer of an answer that nobody reads is let go")
      await stalled.close()
    }
  }

  @Test func connectionsAreCounted() async throws {
    var limits = WebLimits()
    limits.connectionsPerAddress = 5
    try await TestServer.with(limits: limits) { server in
      var clients: [HTTPTestClient] = []
      for _ in 0..<5 {
        let client = try await server.client()
        #expect(try await client.get("/").status == 200)
        clients.append(client)
      }
      let refused = try await server.client()
      try? await refused.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(try await refused.isClosed())
      await clients[0].close()
      // The server learns of the close a moment later.
      var status = 0
      for _ in 0..<200 where status != 200 {
        try await Task.sleep(for: .milliseconds(20))
        status = (try? await server.client().get("/").status) ?? 0
      }
      #expect(status == 200)
    }
  }

  @Test func plainHTTPIsClosed() async throws {
    try await TestServer.with { server in
      let answer = try await server.curl(["http://127.0.0.1:\(server.port)/"])
      #expect(answer.contains("curl: ("))
      #expect(try await server.client().get("/alive").status == 200)
    }
  }

  @Test func largeBodiesGoBothWays() async throws {
    var limits = WebLimits()
    limits.bodyBytes = 64 << 20
    let size = 64 << 20
    try await TestServer.with(
      limits: limits,
      respond: { request, _ in
        Response(
          status: .ok,
          body: ResponseBody(contentLength: size) { writer in
            for try await part in request.body { try await writer.write(part) }
            try await writer.finish(nil)
          })
      }
    ) { server in
      var filled = [UInt8](repeating: 0, count: size)
      for index in stride(from: 0, to: size, by: 4093) { filled[index] = UInt8(truncatingIfNeeded: index) }
      let body = filled
      let client = try await server.client()
      let sending = Task { try await client.send(Array("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \(size)\r\n\r\n".utf8) + body) }
      let reply = try await client.reply()
      try await sending.value
      #expect(reply.body == body)
    }
  }
}
