import AdminProtocol
import Foundation
import HTTPAPI
import Jobs
import Kernel
import Logging
import Notifications
import OperatingSystem
import Operations
import Postgres
import ServiceLifecycle
import Synchronization
import TLS
import Tenancy
import UnixSignals

/// The running server: the HTTP interface, the admin protocol and, unless another process has them, the jobs, over one
/// backend, until a signal asks it to end.
struct Server {
  let backend: Backend
  let certificates: ServerCertificates
  let host: String
  let port: Int
  let showsMetricsToLoopback: Bool
  var runsJobs = true
  let admin: AdminConfiguration
  let couriers: Couriers

  /// Where it is reached.
  struct Addresses: Sendable {
    let port: Int
    let admin: AdminServer.Addresses?
  }

  private static let httpVersion = "http/1.1"
  static func certificates(_ files: ServerCertificates.Files) throws -> ServerCertificates {
    try ServerCertificates(files: files, applicationProtocols: [httpVersion])
  }

  /// Serves until SIGTERM or SIGINT; then it turns unready, finishes what is under way, and returns. SIGHUP reads the
  /// certificate again.
  func run(onListening: @escaping @Sendable (Addresses) async -> Void) async throws {
    let draining = Draining()
    var configuration = APIConfiguration(host: host, port: port, certificates: certificates, version: Steward.version)
    configuration.showsMetricsToLoopback = showsMetricsToLoopback
    // Descriptors must be left for the database, files and the socket itself: a connection that cannot be refused for
    // want of one waits in the kernel.
    let openFiles = try Int(clamping: ProcessLimits.raiseOpenFiles())
    configuration.limits.connections = min(configuration.limits.connections, openFiles / 4 * 3)
    // One for all interfaces: what it keeps of a token that is no good is good for all of them.
    let authenticator = Authenticator(tenancy: backend.tenancy)
    let console = AdminServer(admin, dispatcher: backend.dispatcher, authenticator: authenticator, logger: backend.logger)
    configuration.furtherMetrics = { [files = backend.files, tenancy = backend.tenancy] in
      let jobs = await JobMetrics.of(tenancy)
      return console.figures.metrics + EventMetrics.of(Modules.eventFigures) + (files.map { FileMetrics.of($0.figures) } ?? []) + jobs
    }
    let api = try APIServer(
      configuration, dispatcher: backend.dispatcher, authenticator: authenticator, logger: backend.logger,
      readiness: { [backend] in await Self.readiness(backend, draining) })
    let all = [certificates] + (admin.remote.map { [$0.certificates] } ?? [])
    let jobs = runsJobs ? [ServiceGroupConfiguration.ServiceConfiguration(service: Worker(backend: backend, couriers: couriers).service)] : []
    // Ended in reverse: first no new requests, then the jobs.
    let group = ServiceGroup(
      configuration: ServiceGroupConfiguration(
        services: jobs + [
          .init(service: Work { [logger = backend.logger] in await Self.reloadOnHangup(all, logger) }),
          .init(service: Work { [logger = backend.logger] in await Self.warnOfExpiry(all, logger) }),
          .init(
            service: Work(onShutdown: { draining.begin() }) { [admin] in
              try await Self.serve(api, admin.isOff ? nil : console, onListening)
            }),
        ],
        gracefulShutdownSignals: [.sigterm, .sigint], logger: backend.logger))
    try await group.run()
  }

  /// Both interfaces at once: they begin together, and they end together.
  private static func serve(_ api: APIServer, _ console: AdminServer?, _ onListening: @escaping @Sendable (Addresses) async -> Void) async throws {
    let (addresses, found) = AsyncStream<AdminServer.Addresses>.makeStream()
    try await withThrowingTaskGroup(of: Void.self) { group in
      if let console {
        group.addTask {
          defer { found.finish() }
          try await console.run { found.yield($0) }
        }
      } else {
        found.finish()
      }
      group.addTask {
        try await api.run { port in
          let admin = await addresses.first { _ in true }
          if console == nil || admin != nil { await onListening(Addresses(port: port, admin: admin)) }
        }
      }
      for try await _ in group {}
    }
  }

  /// At the start and twice a day: a server runs for longer than a certificate lasts.
  private static func warnOfExpiry(_ all: [ServerCertificates], _ logger: Logger) async {
    while !Task.isCancelled {
      if let days = all.compactMap({ $0.expiryWarning(at: SystemClock().now()) }).min() {
        logger.warning("certificate expires soon", metadata: ["days": "\(days)"])
      }
      try? await Task.sleep(for: .seconds(12 * 3600))
    }
  }

  private static func reloadOnHangup(_ all: [ServerCertificates], _ logger: Logger) async {
    for await _ in await UnixSignalsSequence(trapping: .sighup) {
      for certificates in all {
        do {
          try certificates.reload()
          logger.notice("certificate reloaded", metadata: ["days": "\(certificates.daysLeft(at: SystemClock().now()))"])
        } catch {
          logger.error("certificate not reloaded; the old one stays", metadata: ["error": "\(error)"])
        }
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
    var checks: [Readiness.Check] = [
      .init("draining", !draining.hasBegun), .init("database", true), .init("partitions", (months ?? 0) >= 2), .init("schema", schema != nil),
    ]
    if let files = backend.files { checks.append(.init("files", await files.isOwned(by: backend.provider.publicId.description))) }
    return Readiness(checks)
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

extension AdminFigures {
  /// For `/metrics`.
  fileprivate var metrics: [FurtherMetric] {
    [
      FurtherMetric("steward_admin_connections", "Connections of the admin protocol.", .gauge, [([], Double(connections))]),
      FurtherMetric("steward_admin_sessions", "Those of which it is known who is there.", .gauge, [([], Double(sessions))]),
      FurtherMetric("steward_admin_connections_total", "Connections of the admin protocol since the start.", .counter, [([], Double(opened))]),
      FurtherMetric(
        "steward_admin_replies_total", "Replies of the admin protocol by class.", .counter,
        replies.sorted { $0.key < $1.key }.map { ([("class", String($0.key))], Double($0.value)) }),
    ]
  }
}
