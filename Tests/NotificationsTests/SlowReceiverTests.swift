import Kernel
import NIOCore
import NIOPosix
import Outbound
import TLS
import TestSupport
import Testing

@testable import Notifications

/// A receiver that is never silent and never done: a byte of the head of an answer now and then. It is no handler of HTTP, which would wait for a
/// whole line.
private final class Dribbling: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var hasBegun = false

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    guard !hasBegun else { return }
    hasBegun = true
    let channel = context.channel
    channel.writeAndFlush(ByteBuffer(string: "HTTP/1.1 200 OK\r\nx-slow: "), promise: nil)
    context.eventLoop.scheduleRepeatedTask(initialDelay: .milliseconds(20), delay: .milliseconds(20)) { task in
      guard channel.isActive else {
        task.cancel()
        return
      }
      channel.writeAndFlush(ByteBuffer(string: "x"), promise: nil)
    }
  }
}

/// A webhook that answers byte by byte holds nobody longer than one that is silent.
@Suite struct SlowReceiverTests {
  /// Guard: were the time counted from the last byte on, this would not end.
  @Test func whoAnswersByteByByteIsNotWaitedFor() async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let context = try TLSContext(serving: try CertificateIdentity(certificateFile: trial.server.certificate, keyFile: trial.server.key))
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(TLSHandler(server: context))
          try channel.pipeline.syncOperations.addHandler(Dribbling())
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    var limits = WebhookClient.Limits()
    limits.total = .milliseconds(1500)
    let client = try WebhookClient(
      trusting: trial.authorityFile, allowing: AllowedAddresses("127.0.0.1, ::1") ?? .none, limits: limits, version: "test")
    let address = try #require(WebhookAddress("https://localhost:\(channel.localAddress?.port ?? 0)/"))
    let started = ContinuousClock.now
    let delivery = await client.post(Array("{}".utf8), to: address, headers: [])
    #expect(delivery == .later("no answer in time"))
    #expect(started.duration(to: .now) < .seconds(15))
    try await channel.close().get()
  }
}
