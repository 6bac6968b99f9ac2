import Kernel
import Logging
import NIOCore
import NIOPosix
import OperatingSystem
import Operations
import TLS
import Tenancy

/// The admin protocol as a service: the operations of a registry, on a Unix socket and over TLS.
package struct AdminServer: Sendable {
  /// Where it listens.
  package struct Addresses: Sendable {
    package let socketPath: String?
    package let port: Int?
  }

  private let configuration: AdminConfiguration
  private let dispatcher: Dispatcher
  private let worker: SessionWorker
  private let register: SessionRegister
  private let logger: Logger

  package init(_ configuration: AdminConfiguration, dispatcher: Dispatcher, authenticator: Authenticator, logger: Logger) {
    self.configuration = configuration
    self.dispatcher = dispatcher
    self.logger = logger
    register = SessionRegister(limits: configuration.limits)
    worker = SessionWorker(
      dispatcher: dispatcher, authenticator: authenticator, register: register, limits: configuration.limits, logger: logger)
  }

  package var figures: AdminFigures { register.figures }

  /// Serves until the task is cancelled; then takes nobody in any more, tells every session, lets the commands under way
  /// finish, at most ``AdminLimits/stop``, and returns. Throws when it cannot listen.
  package func run(onListening: @escaping @Sendable (Addresses) async -> Void = { _ in }) async throws {
    let socket = try configuration.local.map { local throws(SystemCallError) in try LocalSocket(path: local.path, group: local.groupId) }
    defer { socket?.removePath() }
    var listeners: [any Channel] = []
    do {
      if let socket { listeners.append(try await listen(on: socket)) }
      var port: Int?
      if let remote = configuration.remote {
        let listener = try await listen(on: remote)
        listeners.append(listener)
        port = listener.localAddress?.port
      }
      await onListening(Addresses(socketPath: socket?.path, port: port))
      await untilCancelled()
    } catch {
      await close(listeners)
      throw error
    }
    await close(listeners)
    await stop()
  }

  private func untilCancelled() async {
    let (stream, ending) = AsyncStream<Never>.makeStream()
    await withTaskCancellationHandler {
      for await _ in stream {}
    } onCancel: {
      ending.finish()
    }
  }

  private func close(_ listeners: [any Channel]) async {
    for listener in listeners { try? await listener.close().get() }
  }

  /// Runs in a cancelled task, so it must not wait by sleeping in it.
  private func stop() async {
    register.stop()
    let (register, limits, logger) = (register, configuration.limits, logger)
    await Task {
      let deadline = ContinuousClock.now + limits.stop
      while !register.isEmpty, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(20)) }
      guard !register.isEmpty else { return }
      logger.warning("admin sessions still under way are cut", metadata: ["connections": "\(register.figures.connections)"])
      register.abort()
    }.value
  }

  // MARK: Listening

  private func listen(on socket: LocalSocket) async throws -> any Channel {
    let (configuration, dispatcher, worker, register) = (configuration, dispatcher, worker, register)
    let rule = LocalPeerRule(groupId: configuration.local?.groupId)
    let tenancy = dispatcher.tenancy
    return try await bootstrap().childChannelInitializer { channel in
      guard register.open(channel, from: .local), let options = channel as? any SocketOptionProvider else {
        return channel.eventLoop.makeFailedFuture(TooManyConnections())
      }
      // The kernel's word about the peer, and the name service's about its name, before the channel can read.
      let peer: EventLoopFuture<PeerCredentials.Raw> = options.unsafeGetSocketOption(
        level: .init(rawValue: CInt(PeerCredentials.optionLevel)), name: .init(rawValue: CInt(PeerCredentials.optionName)))
      return peer.flatMap { raw in
        channel.eventLoop.makeFutureWithTask { () async throws -> Principal? in
          guard let name = rule.operatorName(try PeerCredentials(raw)), let provider = try await tenancy.provider() else { return nil }
          return .localOperator(name: name, provider: provider.id, permissions: configuration.permissions, via: .admin)
        }
      }.flatMapThrowing { principal in
        let handler = AdminHandler(worker: worker, tls: nil, localOperator: principal) {
          Self.session($0, configuration, dispatcher, peer: channel.peerName)
        }
        try channel.pipeline.syncOperations.addHandlers([WriteDeadline(TimeAmount(configuration.limits.write)), handler])
      }
    }.withBoundSocket(socket.descriptor).get()
  }

  private func listen(on remote: AdminConfiguration.Remote) async throws -> any Channel {
    let (configuration, dispatcher, worker, register) = (configuration, dispatcher, worker, register)
    return try await bootstrap().serverChannelOption(.socketOption(.so_reuseaddr), value: 1).childChannelInitializer { channel in
      channel.eventLoop.makeCompletedFuture {
        guard register.open(channel, from: .remote(AddressGroup.of(channel.peerName))) else { throw TooManyConnections() }
        var limits = TLSHandler.Limits()
        limits.handshake = TimeAmount(configuration.limits.handshake)
        limits.drain = TimeAmount(configuration.limits.write)
        let tls = try TLSHandler(server: remote.certificates.context(), limits: limits)
        let peer = channel.peerName
        let handler = AdminHandler(worker: worker, tls: tls) { Self.session($0, configuration, dispatcher, peer: peer) }
        try channel.pipeline.syncOperations.addHandlers([WriteDeadline(TimeAmount(configuration.limits.write)), tls, handler])
      }
    }.bind(host: remote.host, port: remote.port).get()
  }

  private func bootstrap() -> ServerBootstrap {
    ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .serverChannelOption(.backlog, value: 4096)
      .childChannelOption(.autoRead, value: false)
      .childChannelOption(.allowRemoteHalfClosure, value: true)
      // What a reply leaves unwritten beyond this stops the session from beginning anything.
      .childChannelOption(.writeBufferWaterMark, value: .init(low: 32 << 10, high: 64 << 10))
  }

  private static func session(
    _ identity: AdminSession.Identity?, _ configuration: AdminConfiguration, _ dispatcher: Dispatcher, peer: String
  ) -> AdminSession {
    AdminSession(
      registry: dispatcher.registry, limits: configuration.limits, version: configuration.version, random: dispatcher.tenancy.random, peer: peer,
      identity: identity, at: .now)
  }
}

/// Closes the connection before a byte of it is read.
private struct TooManyConnections: Error {}

extension Channel {
  /// The address as the socket tells it; peers of a Unix socket have none and are one.
  var peerName: String { remoteAddress?.ipAddress ?? "local" }
}
