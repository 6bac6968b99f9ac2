import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import Operations
import Postgres
import ServiceLifecycle
import Synchronization
import TLS
import Tenancy
import UnixSignals

/// The running server: the HTTP interface and, unless another process has them, the jobs, over one backend, until a signal
/// asks it to end.
struct Server {
  let backend: Backend
  let certificates: ServerCertificates
  let host: String
  let port: Int
  let showsMetricsToLoopback: Bool
  var runsJobs = true

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
    let api = try APIServer(
      configuration, dispatcher: backend.dispatcher, authenticator: Authenticator(tenancy: backend.tenancy), logger: backend.logger,
      readiness: { [backend] in await Self.readiness(backend, draining) })
    warnOfExpiry()
    let jobs = runsJobs ? [ServiceGroupConfiguration.ServiceConfiguration(service: Worker(backend: backend).service)] : []
    // Ended in reverse: first no new requests, then the jobs.
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: jobs + [
          .init(service: Work { [certificates, logger = backend.logger] in await Self.reloadOnHangup(certificates, logger) }),
          .init(
            service: Work(onShutdown: { draining.begin() }) { try await api.run(onListening: onListening) }),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: backend.logger))
    try await group.run()
  }

  private func warnOfExpiry() {
    let days = certificates.daysLeft(at: SystemClock().now())
    guard days <= ServerCertificates.warningDays else { return }
    backend.logger.warning("certificate expires soon", metadata: ["days": "\(days)"])
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
struct Work: Service {
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
