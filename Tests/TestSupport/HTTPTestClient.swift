import NIOCore
import NIOPosix
import TLS

/// An HTTP/1.1 client of a test: one TLS connection, on which it sends what a browser would, or any bytes at all. It
/// reads answers with its own few lines, so that it does not share the server's mistakes.
package final class HTTPTestClient: Sendable {
  package struct Reply: Sendable {
    package let status: Int
    /// Names in lower case, in the order they came.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    package subscript(_ name: String) -> String? { headers.first { $0.name == name }?.value }
    package var text: String { String(decoding: body, as: UTF8.self) }
  }

  package enum Failure: Error, Equatable {
    /// The server closed where an answer, or the rest of one, should be.
    case closed
    /// Nothing came for half a minute.
    case timedOut
    case notHTTP(String)
  }

  private let channel: any Channel
  private let inbox: NIOLoopBound<Inbox>

  private init(channel: any Channel, inbox: NIOLoopBound<Inbox>) {
    self.channel = channel
    self.inbox = inbox
  }

  /// Connects to 127.0.0.1. With `reads` false it takes nothing from the socket until ``startReading()``.
  package static func connect(
    port: Int, trusting authorityFile: String, serverName: String = "localhost", identity: CertificateIdentity? = nil,
    applicationProtocols: [String] = ["http/1.1"], reads: Bool = true
  ) async throws -> HTTPTestClient {
    let context = try TLSContext(trusting: authorityFile, identity: identity, applicationProtocols: applicationProtocols)
    let (channel, inbox) = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.autoRead, value: reads)
      .channelOption(.socketOption(.so_rcvbuf), value: reads ? 1 << 18 : 1 << 12)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let inbox = Inbox()
          try channel.pipeline.syncOperations.addHandlers([TLSHandler(client: context, serverName: serverName), inbox])
          return (channel, NIOLoopBound(inbox, eventLoop: channel.eventLoop))
        }
      }
    return HTTPTestClient(channel: channel, inbox: inbox)
  }

  package func get(_ path: String, headers: [(String, String)] = []) async throws -> Reply {
    try await request("GET", path, headers: headers)
  }

  package func post(_ path: String, headers: [(String, String)] = [], body: [UInt8]) async throws -> Reply {
    try await request("POST", path, headers: headers, body: body)
  }

  /// Sends a request and reads its answer; the connection stays open for the next.
  package func request(_ method: String, _ path: String, headers: [(String, String)] = [], body: [UInt8]? = nil) async throws -> Reply {
    var head = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    for (name, value) in headers { head += "\(name): \(value)\r\n" }
    if let body { head += "Content-Length: \(body.count)\r\n" }
    try await send(Array((head + "\r\n").utf8) + (body ?? []))
    return try await reply(toHead: method == "HEAD")
  }

  package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  /// Sends exactly these bytes.
  package func send(_ bytes: [UInt8]) async throws {
    try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get()
  }

  /// Reads the next answer that is not an interim one.
  package func reply(toHead: Bool = false) async throws -> Reply {
    while true {
      let reply = try await readReply(toHead: toHead)
      if reply.status >= 200 { return reply }
    }
  }

  /// Reads the next answer, be it `100 Continue`.
  package func readReply(toHead: Bool = false) async throws -> Reply {
    let start = try await line().split(separator: " ", maxSplits: 2)
    guard start.count >= 2, start[0] == "HTTP/1.1" || start[0] == "HTTP/1.0", let status = Int(start[1]) else {
      throw Failure.notHTTP(start.joined(separator: " "))
    }
    var headers: [(name: String, value: String)] = []
    while true {
      let field = try await line()
      if field.isEmpty { break }
      guard let colon = field.firstIndex(of: ":") else { throw Failure.notHTTP(field) }
      headers.append((field[..<colon].lowercased(), String(field[field.index(after: colon)...].trimmingPrefix(" "))))
    }
    let length = headers.first { $0.name == "content-length" }.map { Int($0.value) ?? 0 }
    let isChunked = headers.contains { $0.name == "transfer-encoding" && $0.value.lowercased() == "chunked" }
    var body: [UInt8] = []
    if toHead || status < 200 || status == 204 || status == 304 {
      body = []
    } else if isChunked {
      while let size = Int(try await line().prefix { $0 != ";" }, radix: 16), size > 0 {
        body += try await bytes(size)
        guard try await line().isEmpty else { throw Failure.notHTTP("a chunk without its end") }
      }
      while try await !line().isEmpty {}
    } else if let length {
      body = try await bytes(length)
    } else {
      body = try await rest()
    }
    return Reply(status: status, headers: headers, body: body)
  }

  /// What comes until the server closes, however it does.
  package func rest() async throws -> [UInt8] {
    var all: [UInt8] = []
    while let more = try await take({ $0.takeAny() }) { all += more }
    return all
  }

  /// True once the server has closed without another byte; false if bytes came.
  package func isClosed() async throws -> Bool { try await take { $0.takeAny() } == nil }

  /// Waits for the handshake, sends, and takes nothing more from the socket.
  package func stallAfterSending(_ text: String) async throws {
    try await channel.setOption(.autoRead, value: true).get()
    try await send(text)
    try await channel.setOption(.autoRead, value: false).get()
  }

  package func startReading() async throws {
    try await channel.setOption(.autoRead, value: true).get()
  }

  package func close() async { try? await channel.close().get() }

  private func line() async throws -> String {
    guard let line = try await take({ $0.takeLine() }) else { throw Failure.closed }
    return String(decoding: line, as: UTF8.self)
  }

  private func bytes(_ count: Int) async throws -> [UInt8] {
    guard let bytes = try await take({ $0.take(count) }) else { throw Failure.closed }
    return bytes
  }

  private func take(_ parse: @escaping @Sendable (inout Inbox.Bytes) -> [UInt8]?) async throws -> [UInt8]? {
    try await channel.eventLoop.flatSubmit { [inbox] in inbox.value.take(parse) }.get()
  }
}

/// Collects what arrives until somebody asks for it.
final class Inbox: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  struct Bytes {
    var buffer = ByteBuffer()

    mutating func take(_ count: Int) -> [UInt8]? { buffer.readBytes(length: count) }

    mutating func takeAny() -> [UInt8]? { buffer.readableBytes > 0 ? buffer.readBytes(length: buffer.readableBytes) : nil }

    /// Without its CR LF.
    mutating func takeLine() -> [UInt8]? {
      guard let end = buffer.readableBytesView.firstIndex(of: UInt8(ascii: "\n")), var line = buffer.readBytes(length: end - buffer.readerIndex + 1)
      else { return nil }
      line.removeLast()
      if line.last == UInt8(ascii: "\r") { line.removeLast() }
      return line
    }
  }

  private var bytes = Bytes()
  private var ended = false
  private var loop: (any EventLoop)?
  private var waiting: (parse: @Sendable (inout Bytes) -> [UInt8]?, promise: EventLoopPromise<[UInt8]?>, timeout: Scheduled<Void>)?

  func handlerAdded(context: ChannelHandlerContext) { loop = context.eventLoop }

  func take(_ parse: @escaping @Sendable (inout Bytes) -> [UInt8]?) -> EventLoopFuture<[UInt8]?> {
    guard let loop else { return MultiThreadedEventLoopGroup.singleton.next().makeSucceededFuture(nil) }
    if let found = parse(&bytes) { return loop.makeSucceededFuture(found) }
    if ended { return loop.makeSucceededFuture(nil) }
    let promise = loop.makePromise(of: [UInt8]?.self)
    let timeout = loop.scheduleTask(in: .seconds(240)) { promise.fail(HTTPTestClient.Failure.timedOut) }
    waiting = (parse, promise, timeout)
    return promise.futureResult
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var data = unwrapInboundIn(data)
    bytes.buffer.writeBuffer(&data)
    guard let (parse, promise, timeout) = waiting, let found = parse(&bytes) else { return }
    waiting = nil
    timeout.cancel()
    promise.succeed(found)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { end() }

  func channelInactive(context: ChannelHandlerContext) { end() }

  private func end() {
    ended = true
    guard let (_, promise, timeout) = waiting else { return }
    waiting = nil
    timeout.cancel()
    promise.succeed(nil)
  }
}
