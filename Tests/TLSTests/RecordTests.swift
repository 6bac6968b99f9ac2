import Kernel
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import TLS

/// Two engines, without sockets: what one sends the other gets, whole, in single bytes, or damaged.
@Suite struct RecordTests {
  private struct Pair {
    let client: TLSEngine
    let server: TLSEngine

    init(_ trust: TLSContext, _ serve: TLSContext) throws {
      client = try TLSEngine(trust, serverName: "localhost")
      server = try TLSEngine(serve)
    }

    /// Runs the handshake; `change` may damage what is under way.
    func handshake(_ change: (inout [UInt8]) -> Void = { _ in }) {
      let allocator = ByteBufferAllocator()
      _ = client.handshake()
      var none = ByteBuffer()
      for _ in 0..<10 {
        for (from, to) in [(client, server), (server, client)] {
          guard var bytes = from.takeOutput(allocator).map({ Array($0.readableBytesView) }) else { continue }
          change(&bytes)
          if case .failed = to.receive(ByteBuffer(bytes: bytes), into: &none) { return }
        }
      }
    }
  }

  private func withContexts(_ body: (TLSContext, TLSContext) throws -> Void) throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let serve = try ServerCertificates(files: trial.server).context()
    try body(TLSContext(trusting: trial.authorityFile), serve)
  }

  @Test func carriesDataInSingleBytes() throws {
    try withContexts { trust, serve in
      let pair = try Pair(trust, serve)
      pair.handshake()
      #expect(pair.client.isHandshakeComplete && pair.server.isHandshakeComplete)
      let text = (0..<100_000).map { UInt8(truncatingIfNeeded: $0) }
      #expect(text.withUnsafeBytes { pair.client.send($0) })
      let records = try #require(pair.client.takeOutput(ByteBufferAllocator()))
      var plaintext = ByteBuffer()
      for byte in records.readableBytesView {
        guard case .wantsMore = pair.server.receive(ByteBuffer(bytes: [byte]), into: &plaintext) else {
          Issue.record("a byte was refused")
          return
        }
      }
      #expect(Array(plaintext.readableBytesView) == text)
    }
  }

  /// Ten thousand damaged records: none is taken for data, none ends the process.
  @Test func damagedRecordsAreRefused() throws {
    try withContexts { trust, serve in
      var random = SplitMix64(seed: 70)
      for _ in 0..<20 {
        let pair = try Pair(trust, serve)
        pair.handshake()
        for _ in 0..<500 {
          _ = Array("a secret of no length".utf8).withUnsafeBytes { pair.client.send($0) }
          var bytes = Array(pair.client.takeOutput(ByteBufferAllocator())?.readableBytesView ?? ByteBufferView())
          let index = Int.random(in: bytes.indices, using: &random)
          bytes[index] ^= UInt8.random(in: 1...255, using: &random)
          var plaintext = ByteBuffer()
          _ = pair.server.receive(ByteBuffer(bytes: bytes), into: &plaintext)
          #expect(plaintext.readableBytes == 0)
        }
      }
    }
  }

  @Test func damagedHandshakesAreRefused() throws {
    try withContexts { trust, serve in
      var random = SplitMix64(seed: 71)
      for _ in 0..<300 {
        let pair = try Pair(trust, serve)
        pair.handshake { bytes in
          let index = Int.random(in: bytes.indices, using: &random)
          bytes[index] ^= UInt8.random(in: 1...255, using: &random)
        }
        #expect(!(pair.client.isHandshakeComplete && pair.server.isHandshakeComplete))
      }
    }
  }

  /// The end without close_notify is told apart from the end with it.
  @Test(arguments: [true, false]) func theEndIsWholeOrNot(notified: Bool) throws {
    try withContexts { trust, serve in
      let client = try TLSEngine(trust, serverName: "localhost")
      let ends = Ends()
      let channel = EmbeddedChannel(handlers: [try TLSHandler(server: serve), ends])
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      _ = client.handshake()
      var none = ByteBuffer()
      for _ in 0..<4 {
        if let bytes = client.takeOutput(ByteBufferAllocator()) { try channel.writeInbound(bytes) }
        while let bytes = try channel.readOutbound(as: ByteBuffer.self) { _ = client.receive(bytes, into: &none) }
      }
      #expect(client.isHandshakeComplete)
      if notified {
        client.sendCloseNotify()
        if let bytes = client.takeOutput(ByteBufferAllocator()) { try channel.writeInbound(bytes) }
      }
      channel.pipeline.fireChannelInactive()
      #expect(ends.errors == (notified ? [] : [.truncated]))
      _ = try? channel.finish(acceptAlreadyClosed: true)
    }
  }

  /// Of TLS 1.3 a client sends its request with the end of its handshake, which the server has not seen yet. A server that stops then still
  /// says that it does, and the client knows that nothing was cut.
  @Test func aServerThatStopsWhileItShakesHandsSaysSo() throws {
    try withContexts { trust, serve in
      let client = try TLSEngine(trust, serverName: "localhost")
      let ends = Ends()
      let channel = EmbeddedChannel(handlers: [try TLSHandler(server: serve), ends])
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      _ = client.handshake()
      var plaintext = ByteBuffer()
      try channel.writeInbound(#require(client.takeOutput(ByteBufferAllocator())))
      while let bytes = try channel.readOutbound(as: ByteBuffer.self) { _ = client.receive(bytes, into: &plaintext) }
      #expect(client.isHandshakeComplete)
      channel.close(promise: nil)
      #expect(Array("request".utf8).withUnsafeBytes { client.send($0) })
      try channel.writeInbound(#require(client.takeOutput(ByteBufferAllocator())))
      var isEnded = false
      while let bytes = try channel.readOutbound(as: ByteBuffer.self) {
        if case .ended = client.receive(bytes, into: &plaintext) { isEnded = true }
      }
      #expect(isEnded && ends.errors.isEmpty)
      #expect(ends.byteCount == 0, "a request that came too late is not taken")
      _ = try? channel.finish(acceptAlreadyClosed: true)
    }
  }

  /// It does not wait for ever for the client's part.
  @Test func aHandshakeThatIsNotFinishedHoldsNoEndUp() throws {
    try withContexts { trust, serve in
      let client = try TLSEngine(trust, serverName: "localhost")
      let channel = EmbeddedChannel(handlers: [try TLSHandler(server: serve), Ends()])
      try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
      _ = client.handshake()
      try channel.writeInbound(#require(client.takeOutput(ByteBufferAllocator())))
      channel.close(promise: nil)
      #expect(channel.isActive)
      channel.embeddedEventLoop.advanceTime(by: TLSHandler.Limits().linger)
      #expect(!channel.isActive)
      _ = try? channel.finish(acceptAlreadyClosed: true)
    }
  }
}

private final class Ends: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private(set) var errors: [TLSError] = []
  private(set) var byteCount = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) { byteCount += unwrapInboundIn(data).readableBytes }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? TLSError { errors.append(error) }
  }
}
