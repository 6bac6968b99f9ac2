import Foundation
import Hummingbird
import NIOCore
import TestSupport
import Testing

@testable import Web

/// Byte for byte what a client could send to make two readers disagree. Each must get one refusal and a close, and no
/// route may see any of it.
@Suite struct FramingTests {
  @Test func refusesWhatCanBeReadInTwoWays() async throws {
    let seen = Counter()
    let head = "POST / HTTP/1.1\r\nHost: a\r\n"
    let smuggled = "GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
    let corpus = [
      head + "Content-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n" + smuggled,
      head + "Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc" + smuggled,
      head + "Content-Length: 3\r\nContent-Length: 3\r\n\r\nabc" + smuggled,
      head + "Content-Length: 3, 3\r\n\r\nabc" + smuggled,
      head + "Content-Length: +3\r\n\r\nabc" + smuggled,
      head + "Content-Length: -1\r\n\r\n" + smuggled,
      head + "Content-Length: 0x3\r\n\r\nabc" + smuggled,
      head + "Content-Length: 3 4\r\n\r\nabc" + smuggled,
      head + "Content-Length:\r\n\r\n" + smuggled,
      head + "Content-Length : 3\r\n\r\nabc" + smuggled,
      head + "Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: identity, chunked\r\n\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: gzip\r\n\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding:\u{0b}chunked\r\n\r\n0\r\n\r\n" + smuggled,
      head + "X: a\u{0b}\r\n\r\n" + smuggled,
      head + "X: a\u{0b} \r\n\r\n" + smuggled,
      head + "X: a\r\n Transfer-Encoding: chunked\r\n\r\n" + smuggled,
      head + "X: a\r\n\tfolded\r\n\r\n" + smuggled,
      head + "X: a\0b\r\n\r\n" + smuggled,
      head + "X: a\rb\r\n\r\n" + smuggled,
      head + "X y: a\r\n\r\n" + smuggled,
      head + ": a\r\n\r\n" + smuggled,
      head + "no colon\r\n\r\n" + smuggled,
      "POST / HTTP/1.1\nHost: a\n\n" + smuggled,
      head + "X: a\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\n\r\n0x3\r\nabc\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\n\r\n-1\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\n\r\n3\r\nabcd\r\n0\r\n\r\n" + smuggled,
      head + "Transfer-Encoding: chunked\r\n\r\n3\nabc\n0\n\n" + smuggled,
      "GET / HTTP/1.1\r\n\r\n" + smuggled,
      "GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n" + smuggled,
      "GET / HTTP/1.1\r\nHost: a b\r\n\r\n" + smuggled,
      "GET / HTTP/1.1\r\nHost: a/b@c\r\n\r\n" + smuggled,
      "GET / HTTP/1.1\r\nHost:\r\n\r\n" + smuggled,
      "GET http://other/ HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled,
      "GET other HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled,
      "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled,
      "GET /\u{e9} HTTP/1.1\r\nHost: a\r\n\r\n" + smuggled,
      "GET / HTTP/2.0\r\nHost: a\r\n\r\n" + smuggled,
      "GET / HTTP/0.9\r\nHost: a\r\n\r\n" + smuggled,
      "GET /\r\n\r\n" + smuggled,
      "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + smuggled,
      "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ]
    // What is not refused at once shows as a 408 or a second answer.
    var limits = WebLimits()
    limits.header = .seconds(30)
    limits.bodyGrace = .seconds(30)
    limits.idle = .seconds(30)
    try await TestServer.with(
      limits: limits,
      respond: { request, context in
        seen.increment()
        return try await TestServer.echo(request, context)
      }
    ) { server in
      for bytes in corpus {
        let answer = try await server.exchange(bytes)
        #expect(answer.hasPrefix("HTTP/1.1 400 "), "\(bytes.debugDescription) -> \(answer.debugDescription)")
        #expect(answer.components(separatedBy: "HTTP/1.1 ").count == 2, "\(bytes.debugDescription) -> \(answer.debugDescription)")
        #expect(!answer.contains("smuggled") && !answer.contains("200 OK"), "\(bytes.debugDescription) -> \(answer.debugDescription)")
      }
      #expect(try await server.client().get("/alive").status == 200)
    }
  }

  @Test func refusesByStatusAndLanguage() async throws {
    try await TestServer.with { server in
      let get = "GET / HTTP/1.1\r\nHost: a\r\n"
      let cases = [
        ("BREW / HTTP/1.1\r\nHost: a\r\n\r\n", 405), ("\u{16}\u{3}\u{1}nonsense\r\n\r\n", 405), ("CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", 405),
        (get.replacingOccurrences(of: "/ ", with: "/" + String(repeating: "a", count: 9000) + " ") + "\r\n", 414),
        (get + "Expect: magic\r\n\r\n", 417), (get + "X: \(String(repeating: "a", count: 20_000))\r\n\r\n", 431),
        (get + String(repeating: "a:1\r\n", count: 150) + "\r\n", 431), (get + "Content-Length: 99999999999999999999\r\n\r\n", 400),
        (get + "Content-Length: \(Int.max)\r\n\r\n", 413),
        (get + "Content-Length: 10485761\r\n\r\n", 413), (get + "Expect: 100-continue\r\nContent-Length: 10485761\r\n\r\n", 413),
      ]
      for (bytes, status) in cases {
        let client = try await server.client()
        try await client.send(bytes)
        let reply = try await client.readReply()
        #expect(reply.status == status, "\(bytes.prefix(60).debugDescription)")
        #expect(reply["content-type"] == "application/problem+json")
        #expect(reply["connection"] == "close")
        #expect(reply["x-content-type-options"] == "nosniff" && reply["date"]?.hasSuffix(" GMT") == true)
        #expect(reply.text.contains("\"status\":\(status)"))
        if status == 405 { #expect(reply["allow"]?.contains("GET") == true) }
        #expect(try await client.isClosed())
        await client.close()
      }
      let chinese = try await server.exchange(get + "Accept-Language: zh\r\nExpect: magic\r\n\r\n")
      #expect(chinese.contains(WebMessages.expectationUnknown.chinese) && chinese.lowercased().contains("content-language: zh-hans"))
      // What cannot be parsed is not answered in the language of the request before it.
      let second = try await server.exchange(get + "Accept-Language: zh\r\n\r\n" + "nonsense\r\n\r\n")
      #expect(second.contains(WebMessages.malformed.english) || second.contains(WebMessages.methodUnknown.english), "\(second)")
    }
  }

  /// A refusal waits for the answers of the requests before it.
  @Test func answersWhatCameBeforeTheMistake() async throws {
    try await TestServer.with { server in
      let answer = try await server.exchange("GET /good HTTP/1.1\r\nHost: a\r\n\r\nGET bad HTTP/1.1\r\nHost: a\r\n\r\n")
      #expect(answer.hasPrefix("HTTP/1.1 200 ") && answer.contains("GET /good"))
      #expect(answer.contains("HTTP/1.1 400 "))
    }
  }

  @Test func takesWhatIsUnusualButClear() async throws {
    try await TestServer.with { server in
      let client = try await server.client()
      try await client.send("POST /c HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: Chunked\r\n\r\n3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: dropped\r\n\r\n")
      #expect(try await client.reply().text.hasPrefix("POST /c 5 "))
      try await client.send("POST /e HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n")
      #expect(try await client.readReply().status == 100)
      try await client.send("ab")
      #expect(try await client.reply().text.hasPrefix("POST /e 2 "))
      #expect(try await client.request("HEAD", "/h").status == 200)
      #expect(try await client.request("TRACE", "/t").text.hasPrefix("TRACE"))
      await client.close()
      // Blanks around a value are none of it.
      let blanks = try await server.exchange("GET /b HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer \r\nX: \ta b\t \r\nY: \r\nConnection: close\r\n\r\n")
      #expect(blanks.contains("200 OK") && blanks.contains("GET /b"), "\(blanks)")
      let old = try await server.exchange("GET /old HTTP/1.0\r\n\r\n")
      #expect(old.contains("200 OK") && old.contains("GET /old"))
      let closing = try await server.exchange("GET /x HTTP/1.1\r\nHost: a\r\nConnection: Close\r\n\r\n")
      #expect(closing.contains("connection: close"))
      let upgrade = try await server.exchange("GET /x HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n")
      #expect(upgrade.contains("200 OK"))
    }
  }

  /// A value that holds a line break never becomes a line of the answer's header.
  @Test func noValueSplitsTheAnswer() async throws {
    try await TestServer.with(respond: { _, _ in
      Response(status: .ok, headers: [.location: "/a\r\nSet-Cookie: stolen=1\r\n\r\n<html>"], body: ResponseBody(byteBuffer: ByteBuffer(string: "x")))
    }) { server in
      let answer = try await server.exchange("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
      #expect(!answer.lowercased().contains("\r\nset-cookie"))
      #expect(!answer.contains("\r\n<html>"))
    }
  }
}
