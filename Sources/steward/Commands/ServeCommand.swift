import ArgumentParser
import Foundation
import Kernel
import OperatingSystem
import TLS

struct ServeCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve", abstract: "Serve the HTTPS API and run the jobs.",
    discussion: """
      It checks the schema and the database's protections before it listens, and never migrates by itself.
      SIGTERM: stop taking requests, finish those under way, end. SIGHUP: read the certificate again.
      """)

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var database: DatabaseOptions

  @Option(name: .long, help: "Where to listen (http.listen; default 127.0.0.1:8443).")
  var listen: String?

  @Option(name: .long, help: ArgumentHelp("The certificate and its chain, PEM (tls.certificate).", valueName: "file"))
  var certificate: String?

  @Option(name: .long, help: ArgumentHelp("Its private key, PEM (tls.key).", valueName: "file"))
  var key: String?

  @Option(name: .long, help: "Database connections (database.connections; default 10).")
  var connections: Int?

  mutating func run() async throws {
    let reader = try await settings.reader()
    let logger = try settings.logger(reader)
    let (address, port) = try ListenAddress.parse(listen ?? reader.string(forKey: "http.listen") ?? "127.0.0.1:8443")
    guard let certificate = certificate ?? reader.string(forKey: "tls.certificate"), let key = key ?? reader.string(forKey: "tls.key") else {
      throw ValidationError("Give --certificate and --key: Steward does not serve without TLS.")
    }
    let connections = connections ?? reader.int(forKey: "database.connections") ?? 10
    guard (2...1000).contains(connections) else { throw ValidationError("--connections takes 2 to 1000.") }
    let showsMetrics = reader.bool(forKey: "http.metrics.loopback", default: true)
    let certificates = try Server.certificates(.init(certificate: certificate, key: key))
    try ProcessLimits.forbidCoreDumps()
    let notifier = ServiceNotifier(notifySocket: ProcessInfo.processInfo.environment["NOTIFY_SOCKET"])
    try await Backend.run(at: try database.place(reader), logger: logger, connections: connections) { backend in
      let server = Server(backend: backend, certificates: certificates, host: address, port: port, showsMetricsToLoopback: showsMetrics)
      try await server.run { port in
        Terminal.complain(CommandMessages.listening.text(Terminal.language, ["url": ListenAddress.url(address, port)]))
        try? notifier?.notify(.ready)
      }
    }
    try? notifier?.notify(.stopping)
  }
}
