import Kernel
import NIOCore
import NIOPosix
import NIOTLS
import Subprocess
import Synchronization
import TLS
import TestSupport

/// A TLS server on a free port that sends back what it reads, and notes how its connections ended.
final class EchoServer: Sendable {
  let port: Int
  let folder: String
  let trial: TrialCertificates
  let certificates: ServerCertificates
  private let channel: any Channel

  private init(port: Int, folder: String, trial: TrialCertificates, certificates: ServerCertificates, channel: any Channel, notes: Notes) {
    self.port = port
    self.folder = folder
    self.trial = trial
    self.certificates = certificates
    self.channel = channel
    self.notes = notes
  }

  final class Notes: Sendable {
    let errors = Mutex<[TLSError]>([])
  }

  let notes: Notes

  static func with(
    limits: TLSHandler.Limits = .init(), clients: (String) throws -> ClientCertificates = { _ in .none }, protocols: [String] = ["echo"],
    _ body: (EchoServer) async throws -> Void
  ) async throws {
    let folder = try TemporaryFolder.make()
    defer { TemporaryFolder.remove(folder) }
    let trial = try TrialCertificates.prepare(folder: folder, now: SystemClock().now())
    let certificates = try ServerCertificates(files: trial.server, clientCertificates: clients(folder), applicationProtocols: protocols)
    let notes = Notes()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 1024)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers([TLSHandler(server: certificates.context(), limits: limits), Echo(notes)])
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    let server = EchoServer(
      port: channel.localAddress?.port ?? 0, folder: folder, trial: trial, certificates: certificates, channel: channel, notes: notes)
    do {
      try await body(server)
    } catch {
      try? await channel.close().get()
      throw error
    }
    try await channel.close().get()
  }

  /// `openssl s_client` against this server; what it prints on both outputs. `feed` is the shell's command that writes
  /// its input, in which `$0` is `input`.
  func sClient(_ arguments: [String], input: String = "", feed: String = "printf '%s' \"$0\"") async throws -> String {
    // Through a shell, as the library ends the process when a program leaves before it has read its input.
    let command = ["-c", "{ \(feed); } | openssl s_client \"$@\" 2>&1", input]
    let result = try await Subprocess.run(
      .name("sh"), arguments: Arguments(command + ["-connect", "127.0.0.1:\(port)", "-CAfile", trial.authorityFile] + arguments),
      output: .string(limit: 1 << 20), error: .string(limit: 1 << 20))
    return result.standardOutput + result.standardError
  }
}

extension EchoServer {
  /// A session that a client has kept, with its ticket, and what the client printed.
  func session(_ version: String) async throws -> (file: String, output: String) {
    let file = folder + "/session\(version).pem"
    // In TLS 1.3 the ticket comes when it comes, after the handshake: the client stays until then, at most a minute.
    let wait = "for i in $(seq 600); do [ -s \"$0\" ] && break; sleep 0.1; done; sleep 0.2"
    return (file, try await sClient([version, "-sess_out", file], input: file, feed: wait))
  }
}

private final class Echo: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private let notes: EchoServer.Notes

  init(_ notes: EchoServer.Notes) {
    self.notes = notes
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    context.writeAndFlush(data, promise: nil)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if let error = error as? TLSError { notes.errors.withLock { $0.append(error) } }
    context.close(promise: nil)
  }
}
