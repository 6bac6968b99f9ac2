import ArgumentParser
import Foundation
import Kernel
import OperatingSystem
import TLS

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the HTTPS API and the admin protocol, and run the jobs.",
    discussion: """
      It checks the schema and the database's protections before it listens, and never migrates by itself.
      SIGTERM: stop taking requests, finish those under way, end. SIGHUP: read the certificate again.
      With --only the API and the jobs are processes apart, of which there may be several each: one that dies does not take
      the others with it. A worker listens nowhere and needs no certificate.
      Some settings have no option and stand in the file of --config, or in the environment (STEWARD_MAIL_COMMAND is mail.command):
      mail.command, mail.sender, webhooks.allow, webhooks.authority (docs/notifications.md), attachments.folder,
      attachments.file_megabytes, attachments.quota_megabytes, attachments.programs (docs/attachments.md), http.metrics.loopback.
      """)

  /// What of the server a process runs.
  enum Part: String, CaseIterable, ExpressibleByArgument {
    case api, worker
  }

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var database: DatabaseOptions

  @Option(name: .long, help: "Where to listen (http.listen; default 127.0.0.1:8443).")
  var listen: String?

  @Option(name: .long, help: ArgumentHelp("The certificate and its chain, PEM (tls.certificate).", valueName: "file"))
  var certificate: String?

  @Option(name: .long, help: ArgumentHelp("Its private key, PEM (tls.key).", valueName: "file"))
  var key: String?

  @OptionGroup(title: "Admin protocol") var admin: AdminOptions

  @Option(name: .long, help: "Database connections (database.connections; default 15).")
  var connections: Int?

  @Option(name: .long, help: "Of these, how many may begin to read at once (database.readers; default two for each processor, at least 4).")
  var readers: Int?

  @Option(name: .long, help: "Run only the API, or only the jobs.")
  var only: Part?

  mutating func run() async throws {
    #if DEBUG
      try FaultArming.arm(ProcessInfo.processInfo.environment)
    #endif
    let reader = try await settings.reader()
    let logger = try settings.logger(reader)
    // The jobs of a worker, when all run at once, take thirteen at the most: some are left for requests.
    let connections = connections ?? reader.int(forKey: "database.connections") ?? 15
    guard (2...1000).contains(connections) else { throw ValidationError("--connections", takes: 2...1000) }
    let readers = readers ?? reader.int(forKey: "database.readers")
    guard readers.map((1...1000).contains) ?? true else { throw ValidationError("--readers", takes: 1...1000) }
    let couriers = try OutboundSettings.couriers(reader)
    let fileSettings = try FileSettings(reader)
    let notifier = ServiceNotifier(notifySocket: ProcessInfo.processInfo.environment["NOTIFY_SOCKET"])
    if only == .worker {
      try ProcessLimits.forbidCoreDumps()
      try await Backend.run(at: try database.place(reader), logger: logger, connections: connections, readers: readers, files: fileSettings, joins: false) {
        backend in
        try await Worker(backend: backend, couriers: couriers).run {
          Terminal.complain(CommandMessages.working.text(Terminal.language))
          try? notifier?.notify(.ready)
        }
      }
      try? notifier?.notify(.stopping)
      return
    }
    let (address, port) = try ListenAddress.parse(listen ?? reader.string(forKey: "http.listen") ?? "127.0.0.1:8443")
    guard let certificate = certificate ?? reader.string(forKey: "tls.certificate"), let key = key ?? reader.string(forKey: "tls.key") else {
      throw ValidationError(UsageMessages.noTLS)
    }
    let showsMetrics = reader.bool(forKey: "http.metrics.loopback", default: true)
    let files = ServerCertificates.Files(certificate: certificate, key: key)
    let certificates = try Server.certificates(files)
    let admin = try admin.configuration(reader, certificate: files)
    try ProcessLimits.forbidCoreDumps()
    let runsJobs = only != .api
    try await Backend.run(at: try database.place(reader), logger: logger, connections: connections, readers: readers, files: fileSettings, joins: false) {
      backend in
      let server = Server(
        backend: backend.posting(by: couriers.webhook), certificates: certificates, host: address, port: port, showsMetricsToLoopback: showsMetrics,
        runsJobs: runsJobs, admin: admin, couriers: couriers)
      try await server.run { addresses in
        Terminal.complain(CommandMessages.listening.text(Terminal.language, ["url": ListenAddress.url(address, addresses.port)]))
        Welcome.admin(addresses.admin, admin).forEach(Terminal.complain)
        try? notifier?.notify(.ready)
      }
    }
    try? notifier?.notify(.stopping)
  }
}
