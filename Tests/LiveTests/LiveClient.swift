import Kernel
import NIOCore
import NIOPosix
import Synchronization
import TLS

/// A listener: one TLS connection that reads a stream of events with its own few lines.
final class LiveClient: Sendable {
  struct Block: Sendable, Equatable {
    var id: String?
    var event: String?
    var data: Value?
  }

  struct Refused: Error, Equatable {
    let status: Int
  }

  enum Trouble: Error { case nothingCame, notHTTP(String) }

  private struct State {
    var raw: [UInt8] = []
    var text: [UInt8] = []
    var isClosed = false
    /// The answer came to its proper end.
    var isComplete = false
    var lastId: String?
    var heartbeats = 0
    var headers: [String: String] = [:]
  }

  private let channel: any Channel
  private let state: Box

  private final class Box: Sendable {
    let state = Mutex(State())
  }

  private final class Collector: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    private let box: Box

    init(_ box: Box) { self.box = box }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
      let bytes = Array(unwrapInboundIn(data).readableBytesView)
      box.state.withLock { $0.raw += bytes }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { box.state.withLock { $0.isClosed = true } }
    func channelInactive(context: ChannelHandlerContext) { box.state.withLock { $0.isClosed = true } }
  }

  private init(_ channel: any Channel, _ box: Box) {
    self.channel = channel
    state = box
  }

  static func connect(port: Int, trusting authorityFile: String, reads: Bool) async throws -> LiveClient {
    let context = try TLSContext(trusting: authorityFile, applicationProtocols: ["http/1.1"])
    let box = Box()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.socketOption(.so_rcvbuf), value: reads ? 1 << 18 : 1 << 12)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([TLSHandler(client: context, serverName: "localhost"), Collector(box)])
          return channel
        }
      }
    return LiveClient(channel, box)
  }

  /// Sends the request and waits for the head, and for the first position.
  func ask(_ target: String, token: String, lastEventId: String?) async throws {
    let last = lastEventId.map { "Last-Event-ID: \($0)\r\n" } ?? ""
    let request = "GET \(target) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(token)\r\n\(last)\r\n"
    try await channel.writeAndFlush(ByteBuffer(string: request)).get()
    let head = try await wait { state -> [UInt8]? in
      guard let end = state.raw.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
      let head = Array(state.raw[..<end.lowerBound])
      state.raw.removeSubrange(..<end.upperBound)
      return head
    }
    let lines = String(decoding: head, as: UTF8.self).components("\r\n")
    guard let status = lines.first?.split(separator: " ").dropFirst().first.flatMap({ Int($0) }) else { throw Trouble.notHTTP(lines.first ?? "") }
    guard status == 200 else { throw Refused(status: status) }
    let headers = lines.dropFirst().compactMap { line in
      line.firstIndex(of: ":").map { (line[..<$0].lowercased(), String(line[line.index(after: $0)...].drop { $0 == " " })) }
    }
    state.state.withLock { $0.headers = Dictionary(headers) { first, _ in first } }
  }

  var headers: [String: String] { state.state.withLock { $0.headers } }

  /// The position to come back to.
  var lastId: String? { state.state.withLock { $0.lastId } }
  var heartbeats: Int { state.state.withLock { $0.heartbeats } }
  /// Whether the answer ended as an answer ends, and not in its middle.
  var isComplete: Bool { state.state.withLock { $0.isComplete } }

  /// Takes nothing more from the socket.
  func stall() async throws { try await channel.setOption(.autoRead, value: false).get() }
  func goOn() async throws { try await channel.setOption(.autoRead, value: true).get() }

  func close() async { try? await channel.close().get() }

  /// Waits until there is a position.
  func position() async throws -> String {
    try await wait { state in
      while state.lastId == nil, let block = Self.take(&state) {
        if block.event != nil { throw Trouble.notHTTP("an event before the position") }
      }
      return state.lastId
    }
  }

  /// The next event; nil when the stream has ended.
  func next(within: Duration = .seconds(20)) async throws -> Block? {
    try await wait(within: within) { state -> Block?? in
      while let block = Self.take(&state) {
        if block.event != nil { return .some(block) }
      }
      return state.isComplete || state.isClosed ? .some(nil) : nil
    }
  }

  /// All events of this length of time.
  func events(during: Duration) async throws -> [Block] {
    let end = ContinuousClock.now.advanced(by: during)
    var found: [Block] = []
    while ContinuousClock.now < end {
      let left = ContinuousClock.now.duration(to: end)
      do {
        guard let block = try await next(within: left) else { break }
        found.append(block)
      } catch Trouble.nothingCame { break }
    }
    return found
  }

  private func wait<T: Sendable>(within: Duration = .seconds(20), _ look: (inout State) throws -> T?) async throws -> T {
    let end = ContinuousClock.now.advanced(by: within)
    while true {
      if let found = try state.state.withLock({ try look(&$0) }) { return found }
      guard ContinuousClock.now < end else { throw Trouble.nothingCame }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  /// Takes chunks apart, and of what is in them the next block.
  private static func take(_ state: inout State) -> Block? {
    while let end = state.raw.firstRange(of: [13, 10]), let size = Int(String(decoding: state.raw[..<end.lowerBound], as: UTF8.self), radix: 16),
      state.raw.count >= end.upperBound + size + 2
    {
      state.text += state.raw[end.upperBound..<end.upperBound + size]
      if size == 0 { state.isComplete = true }
      state.raw.removeSubrange(..<(end.upperBound + size + 2))
    }
    guard let end = state.text.firstRange(of: [10, 10]) else { return nil }
    let lines = String(decoding: state.text[..<end.lowerBound], as: UTF8.self).components("\n")
    state.text.removeSubrange(..<end.upperBound)
    var block = Block()
    for line in lines {
      if line.hasPrefix(":") { state.heartbeats += 1 }
      if line.hasPrefix("id: ") { block.id = String(line.dropFirst(4)) }
      if line.hasPrefix("event: ") { block.event = String(line.dropFirst(7)) }
      if line.hasPrefix("data: ") { block.data = try? JSON.read(Array(line.dropFirst(6).utf8)) }
    }
    if let id = block.id { state.lastId = id }
    return block
  }
}

extension LiveClient.Block {
  var incident: Value? { data?["incident"] }
}

extension String {
  fileprivate func components(_ separator: String) -> [String] { split(separator: separator, omittingEmptySubsequences: false).map(String.init) }
}
