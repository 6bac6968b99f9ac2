import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import OperatingSystem
import Operations
import Postgres
import ServiceLifecycle
import Synchronization
import TLS
import Tenancy
import UnixSignals

/// The running server: jobs and the HTTP interface over one backend, until a signal asks it to end.
struct Server {
  let backend: Backend
  let certificates: ServerCertificates
  let host: String
  let port: Int
  let showsMetricsToLoopback: Bool

  private static let httpVersion = "http/1.1"
  static func certificates(_ files: ServerCertificates.Files) throws -> ServerCertificates {
    try ServerCertificates(files: files, applicationProtocols: [httpVersion])
  }

  /// Serves until SIGTERM or SIGINT; then it turns unready, finishes what is under way, and returns. SIGHUP reads the
  /// certificate again.
  func run(onListening: @escaping @Sendable (_ port: Int) async -> Void) async throws {
    let draining = Draining()
    var configuration = APIConfiguration(host: host, port: port, certificates: certificates, version: Steward.version)
    configuration.showsMetricsToLoopback = showsMetricsToLoopback
    // Descriptors must be left for the database, files and the socket itself: a connection that cannot be refused for
    // want of one waits in the kernel.
    let openFiles = try Int(clamping: ProcessLimits.raiseOpenFiles())
    configuration.limits.connections = min(configuration.limits.connections, openFiles / 4 * 3)
    let api = try APIServer(
      configuration, dispatcher: backend.dispatcher, authenticator: Authenticator(tenancy: backend.tenancy), logger: backend.logger,
      readiness: { [backend] in await Self.readiness(backend, draining) })
    let jobs = JobRunner(tenancy: backend.tenancy, sweeps: Modules.sweeps, logger: backend.logger)
    // Ended in reverse: first no new requests, then the jobs.
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: [
          .init(service: Work { await jobs.run() }),
          .init(service: Work { [certificates, logger = backend.logger] in await Self.reloadOnHangup(certificates, logger) }),
          .init(service: Work { [certificates, logger = backend.logger] in await Self.warnOfExpiry(certificates, logger) }),
          .init(
            service: Work(onShutdown: { draining.begin() }) { try await api.run(onListening: onListening) }),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: backend.logger))
    try await group.run()
  }

  /// At the start and twice a day: a server runs for longer than a certificate lasts.
  private static func warnOfExpiry(_ certificates: ServerCertificates, _ logger: Logger) async {
    while !Task.isCancelled {
      if let days = certificates.expiryWarning(at: SystemClock().now()) {
        logger.warning("certificate expires soon", metadata: ["days": "\(days)"])
      }
      try? await Task.sleep(for: .seconds(12 * 3600))
    }
  }

  private static func reloadOnHangup(_ certificates: ServerCertificates, _ logger: Logger) async {
    for await _ in await UnixSignalsSequence(trapping: .sighup) {
      do {
        try certificates.reload()
        logger.notice("certificate reloaded", metadata: ["days": "\(certificates.daysLeft(at: SystemClock().now()))"])
      } catch {
        logger.error("certificate not reloaded; the old one stays", metadata: ["error": "\(error)"])
      }
    }
  }

  private static func readiness(_ backend: Backend, _ draining: Draining) async -> Readiness {
    let health = await backend.tenancy.health()
    guard health.isReachable && health.takesWrites else { return Readiness([.init("draining", !draining.hasBegun), .init("database", false)]) }
    let months = try? await backend.tenancy.transaction(binding: [], side: .staff, readOnly: true) { transaction in
      try await transaction.first(PartitionMonthsAhead(now: SystemClock().now()))
    }
    let schema: Void? = try? await backend.schemaCheck.run()
    return Readiness([
      .init("draining", !draining.hasBegun), .init("database", true), .init("partitions", (months ?? 0) >= 2), .init("schema", schema != nil),
    ])
  }
}

/// Whether the server has begun to end.
final class Draining: Sendable {
  private let state = Mutex(false)
  func begin() { state.withLock { $0 = true } }
  var hasBegun: Bool { state.withLock { $0 } }
}

/// A part that ends by being cancelled.
private struct Work: Service {
  private let onShutdown: @Sendable () -> Void
  private let body: @Sendable () async throws -> Void

  init(onShutdown: @escaping @Sendable () -> Void = {}, _ body: @escaping @Sendable () async throws -> Void) {
    self.onShutdown = onShutdown
    self.body = body
  }

  func run() async throws {
    try await withGracefulShutdownHandler {
      try await cancelWhenGracefulShutdown { try await body() }
    } onGracefulShutdown: {
      onShutdown()
    }
  }
}
