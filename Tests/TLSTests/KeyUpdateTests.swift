import COpenSSL
import Kernel
import NIOCore
import NIOEmbedded
import TestSupport
import Testing

@testable import TLS

/// A peer of TLS 1.3 may ask for new keys whenever it likes, and each time costs both sides a computation.
@Suite struct KeyUpdateTests {
  private static let floodCount = 20_000

  @Test func someAreAnswered() throws {
    try withConnection { client, channel, ends in
      for _ in 0..<1000 {
        client.requestKeyUpdate()
        try exchange(client, channel)
      }
      _ = Array("ping".utf8).withUnsafeBytes { client.send($0) }
      let plaintext = try exchange(client, channel)
      #expect(String(buffer: plaintext) == "ping" && ends.errors.isEmpty)
    }
  }

  @Test func aFloodEndsTheConnection() throws {
    try withConnection { client, channel, ends in
      var count = 0
      while ends.errors.isEmpty, count < Self.floodCount {
        client.requestKeyUpdate()
        try exchange(client, channel)
        count += 1
      }
      #expect(ends.errors == [.protocolViolation("too much without data")])
      #expect(count < Self.floodCount)
    }
  }

  /// Whoever makes us answer and takes none of it fills no memory of ours.
  @Test func aFloodWithoutReadingEndsTheConnection() throws {
    try withConnection { client, channel, ends in
      channel.isWritable = false
      var count = 0
      while ends.errors.isEmpty, count < Self.floodCount {
        client.requestKeyUpdate()
        if let bytes = client.takeOutput(ByteBufferAllocator()) { try channel.writeInbound(bytes) }
        count += 1
      }
      #expect(ends.errors == [.peerDoesNotRead])
    }
  }

  /// Data in the smallest pieces is still data.
  @Test func singleBytesAreNoFlood() throws {
    try withConnection { client, channel, ends in
      for _ in 0..<20_000 {
        _ = [UInt8(7)].withUnsafeBytes { client.send($0) }
        try exchange(client, channel)
      }
      #expect(ends.errors.isEmpty && ends.byteCount == 20_000)
    }
  }

  private func withConnection(_ body: (TLSEngine, EmbeddedChannel, Ends) throws -> Void) throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let client = try TLSEngine(TLSContext(trusting: trial.authorityFile), serverName: "localhost")
    let ends = Ends()
    let channel = EmbeddedChannel(handlers: [try TLSHandler(server: ServerCertificates(files: trial.server).context()), ends])
    try channel.connect(to: SocketAddress(ipAddress: "127.0.0.1", port: 1)).wait()
    _ = client.handshake()
    for _ in 0..<4 { try exchange(client, channel) }
    #expect(client.isHandshakeComplete && client.version == "TLSv1.3")
    try body(client, channel, ends)
    _ = try? channel.finish(acceptAlreadyClosed: true)
  }

  /// Carries what each side has to say to the other; what the client reads.
  @discardableResult
  private func exchange(_ client: TLSEngine, _ channel: EmbeddedChannel) throws -> ByteBuffer {
    if let bytes = client.takeOutput(ByteBufferAllocator()) { try channel.writeInbound(bytes) }
    var plaintext = ByteBuffer()
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) { _ = client.receive(bytes, into: &plaintext) }
    return plaintext
  }
}

/// Sends back what it reads, and notes how the connection ended.
private final class Ends: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private(set) var errors: [TLSError] = []
  private(set) var byteCount = 0

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    byteCount += unwrapInboundIn(data).readableBytes
    context.writeAndFlush(data, promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? TLSError { errors.append(error) }
  }
}

extension TLSEngine {
  /// Makes new keys and asks the peer to do the same.
  fileprivate func requestKeyUpdate() {
    SSL_key_update(ssl, SSL_KEY_UPDATE_REQUESTED)
    _ = handshake()
  }
}
