import NIOCore
import NIOPosix
import TLS

/// A client of the admin protocol in a test: one connection, over TLS or a Unix socket, on which it sends any bytes at all.
/// It reads replies with its own few lines.
package final class AdminTestClient: Sendable {
  private let channel: any Channel
  private let inbox: NIOLoopBound<Inbox>

  private init(channel: any Channel, inbox: NIOLoopBound<Inbox>) {
    self.channel = channel
    self.inbox = inbox
  }

  package static func connect(
    port: Int, trusting authorityFile: String, identity: CertificateIdentity? = nil, applicationProtocols: [String] = ["steward-admin"], from: String? = nil
  ) async throws -> AdminTestClient {
    let context = try TLSContext(trusting: authorityFile, identity: identity, applicationProtocols: applicationProtocols)
    var bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
    if let from { bootstrap = try bootstrap.bind(to: SocketAddress(ipAddress: from, port: 0)) }
    let (channel, inbox) = try await bootstrap.connect(host: "127.0.0.1", port: port) { channel in
      channel.eventLoop.makeCompletedFuture {
        let inbox = Inbox()
        try channel.pipeline.syncOperations.addHandlers([TLSHandler(client: context, serverName: "localhost"), inbox])
        return (channel, NIOLoopBound(inbox, eventLoop: channel.eventLoop))
      }
    }
    return AdminTestClient(channel: channel, inbox: inbox)
  }

  package static func connect(socketPath: String) async throws -> AdminTestClient {
    try await plain { try await $0.connect(unixDomainSocketPath: socketPath, channelInitializer: $1) }
  }

  /// To a TLS port, but without TLS.
  package static func connect(plainPort port: Int, from: String? = nil) async throws -> AdminTestClient {
    try await plain { bootstrap, initializer in
      let bound = try from.map { bootstrap.bind(to: try SocketAddress(ipAddress: $0, port: 0)) } ?? bootstrap
      return try await bound.connect(host: "127.0.0.1", port: port, channelInitializer: initializer)
    }
  }

  private typealias Made = (any Channel, NIOLoopBound<Inbox>)

  private static func plain(
    _ connect: (ClientBootstrap, @escaping @Sendable (any Channel) -> EventLoopFuture<Made>) async throws -> Made
  ) async throws -> AdminTestClient {
    let (channel, inbox) = try await connect(ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)) { channel in
      channel.eventLoop.makeCompletedFuture {
        let inbox = Inbox()
        try channel.pipeline.syncOperations.addHandler(inbox)
        return (channel, NIOLoopBound(inbox, eventLoop: channel.eventLoop))
      }
    }
    return AdminTestClient(channel: channel, inbox: inbox)
  }

  package func send(_ text: String) async throws { try await send(Array(text.utf8)) }

  package func send(_ bytes: [UInt8]) async throws { try await channel.writeAndFlush(ByteBuffer(bytes: bytes)).get() }

  /// A command without its line end, and its reply.
  package func command(_ text: String) async throws -> [String] {
    try await send(text + "\r\n")
    return try await reply()
  }

  /// The lines of the next reply, or what came of it before the end of the connection.
  package func reply() async throws -> [String] {
    var lines: [String] = []
    while let line = try await line() {
      lines.append(line)
      if line.split(separator: " ").dropFirst().first?.first != "1" { break }
    }
    return lines
  }

  /// Nil once the server has closed. Without its CR LF.
  package func line() async throws -> String? {
    try await take { $0.takeLine() }.map { String(decoding: $0, as: UTF8.self) }
  }

  /// What comes until the server closes.
  package func rest() async throws -> String {
    var all: [UInt8] = []
    while let more = try await take({ $0.takeAny() }) { all += more }
    return String(decoding: all, as: UTF8.self)
  }

  /// Says that nothing more will come; over TLS by close_notify.
  package func closeOutput() async throws { try await channel.close(mode: .output).get() }

  /// Ends the connection without a word: over TLS without close_notify.
  package func cut() async throws {
    if (try? await channel.pipeline.handler(type: TLSHandler.self).map({ _ in }).get()) != nil {
      try await channel.triggerUserOutboundEvent(TLSHandler.Abort()).get()
    } else {
      try await channel.close().get()
    }
  }

  /// Takes nothing more from the socket, or again.
  package func read(_ reads: Bool) async throws { try await channel.setOption(.autoRead, value: reads).get() }

  package func close() async { try? await channel.close().get() }

  private func take(_ parse: @escaping @Sendable (inout Inbox.Bytes) -> [UInt8]?) async throws -> [UInt8]? {
    try await channel.eventLoop.flatSubmit { [inbox] in inbox.value.take(parse) }.get()
  }
}
