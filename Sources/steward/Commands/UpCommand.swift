import ArgumentParser
import Foundation
import Kernel
import OperatingSystem
import Operations
import TLS

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Start a trial: a private database, its schema, certificates and the server.",
    discussion: "Everything lies in one folder and stays there. Without --demo it prints a one-time token for the first administrator.")

  @OptionGroup var settings: SettingsOptions

  @Option(name: .long, help: ArgumentHelp("The trial's folder; made if missing.", valueName: "dir"))
  var trial = "steward-trial"

  @Option(name: .long, help: "Where to listen (http.listen).")
  var listen: String?

  @OptionGroup(title: "Admin protocol (default: admin.sock in the trial's folder)") var admin: AdminOptions

  @Option(name: .long, help: "Further host names or addresses for the certificate.")
  var host: [String] = []

  @Flag(name: .long, help: "Fill an empty trial with a dozen customers and a year of tickets.")
  var demo = false

  @Option(name: .long, help: "How much of the demo data, in percent of its tickets.")
  var demoShare = 100

  @Flag(name: .long, help: "End after printing, without serving.")
  var once = false

  mutating func run() async throws {
    let reader = try await settings.reader()
    let logger = try settings.logger(reader)
    let (address, port) = try ListenAddress.parse(listen ?? reader.string(forKey: "http.listen") ?? "127.0.0.1:8443")
    let folder = URL(fileURLWithPath: trial).path
    let names = host + (["127.0.0.1", "0.0.0.0", "::1", "::", "localhost"].contains(address) ? [] : [address])
    guard (1...100).contains(demoShare) else { throw ValidationError("--demo-share", takes: 1...100) }
    let (demo, demoShare, once, adminOptions) = (demo, demoShare, once, admin)
    let couriers = try OutboundSettings.couriers(reader)
    try await Backend.run(at: .trial(folder), logger: logger, files: try FileSettings(reader), joins: false) { backend in
      try FileManager.default.createDirectory(atPath: folder + "/tls", withIntermediateDirectories: true)
      let certificates = try TrialCertificates.prepare(folder: folder + "/tls", names: names, now: SystemClock().now())
      if demo { try await DemoRun.fill(backend, share: demoShare) }
      let socket = folder + "/admin.sock"
      let admin = try adminOptions.configuration(
        reader, certificate: certificates.server, defaultSocket: socket.utf8.count <= LocalSocket.longestPath ? socket : nil)
      let server = Server(
        backend: backend.posting(by: couriers.webhook), certificates: try Server.certificates(certificates.server), host: address, port: port,
        showsMetricsToLoopback: true, admin: admin, couriers: couriers)
      try await server.run { addresses in
        if demo { await DemoRun.showScorecard(backend) }
        let welcome = Welcome(
          backend: backend, url: ListenAddress.url(address, addresses.port), authority: certificates.authorityFile, folder: folder, demo: demo,
          admin: Welcome.admin(addresses.admin, admin))
        await welcome.show()
        // By the same way out as Ctrl-C.
        if once { kill(getpid(), SIGTERM) }
      }
    }
  }
}

/// `HOST:PORT`, with `[::1]:8443` for IPv6.
enum ListenAddress {
  static func parse(_ text: String) throws -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]), (0...65_535).contains(port), colon > text.startIndex else {
      throw Failure(.invalid, CommandMessages.badListen, ["value": text])
    }
    var host = text[..<colon]
    if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
    return (String(host), port)
  }

  static func url(_ host: String, _ port: Int) -> String { "https://\(text(host, port))" }

  static func text(_ host: String, _ port: Int) -> String {
    let shown = ["0.0.0.0", "::"].contains(host) ? "localhost" : host
    return shown.contains(":") ? "[\(shown)]:\(port)" : "\(shown):\(port)"
  }
}
