import ArgumentParser
import Configuration
import Foundation
import Kernel
import TLS

struct AdminCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "admin", abstract: "Give commands to a running server by the admin protocol.",
    discussion: """
      Every operation is a command: "incident open" is incident.open. HELP lists them; docs/admin-protocol.md has the rules.

        steward admin --socket DIR/admin.sock -c 'customer list'
        steward admin --connect HOST:8444 --ca ca.pem -c 'incident queue limit=5' --json     (STEWARD_TOKEN holds the token)
        steward admin --socket DIR/admin.sock -f commands.txt

      Without -c and -f, commands are read from standard input, one a line; # begins a comment. The first command that
      fails ends a script (--keep-going: it does not). What a command gives goes to standard output, without tag and code;
      failures go to standard error, as they came. Exit codes are those of steward; that of the first failure counts.
      """)

  @OptionGroup var settings: SettingsOptions

  @Option(name: .long, help: ArgumentHelp("The server's Unix socket (admin.socket).", valueName: "path"))
  var socket: String?

  @Option(name: .long, help: ArgumentHelp("The server's TLS port.", valueName: "host:port"))
  var connect: String?

  @Option(name: .long, help: ArgumentHelp("The authority of the server's certificate, PEM; left out: the system's.", valueName: "file"))
  var ca: String?

  @Option(name: .long, help: ArgumentHelp("A file that holds a token; left out: STEWARD_TOKEN.", valueName: "file"))
  var tokenFile: String?

  @Option(name: .long, help: ArgumentHelp("A client certificate, PEM, to be known by instead of a token.", valueName: "file"))
  var certificate: String?

  @Option(name: .long, help: ArgumentHelp("Its private key, PEM.", valueName: "file"))
  var key: String?

  @Option(name: .long, help: ArgumentHelp("With --certificate: the customer whose account it is; left out: the provider.", valueName: "code"))
  var tenant: String?

  @Option(name: .shortAndLong, help: "A command; may be given more than once.")
  var command: [String] = []

  @Option(name: .shortAndLong, help: ArgumentHelp("A file of commands; - is standard input.", valueName: "file"))
  var file: String?

  @Flag(name: .long, help: "Ask for JSON: one object a line.")
  var json = false

  @Flag(name: .long, help: "Go on after a command that failed.")
  var keepGoing = false

  mutating func validate() throws {
    guard command.isEmpty || file == nil else { throw ValidationError(UsageMessages.eitherOr, ["one": "-c", "other": "-f"]) }
    guard socket == nil || connect == nil else { throw ValidationError(UsageMessages.eitherOr, ["one": "--socket", "other": "--connect"]) }
    guard (certificate == nil) == (key == nil) else { throw ValidationError(UsageMessages.together, ["one": "--certificate", "other": "--key"]) }
    guard tenant == nil || certificate != nil else { throw ValidationError(UsageMessages.goesWith, ["one": "--tenant", "other": "--certificate"]) }
    guard connect != nil || (ca == nil && tokenFile == nil && certificate == nil) else {
      throw ValidationError(UsageMessages.adminOverTLS)
    }
  }

  mutating func run() async throws {
    let reader = try await settings.reader()
    let (address, greeting) = (try address(reader), try greeting(reader))
    var commands = try AdminCommands(texts: command, file: file)
    let options = self
    var status = ArgumentParser.ExitCode.success
    try await AdminConnection.open(address) { connection in
      for line in greeting {
        guard try await connection.ask(line, report: { $0.isDone ? nil : .failure }) == .success else {
          throw ArgumentParser.ExitCode(2)
        }
      }
      while let next = try commands.next() {
        let outcome = try await connection.ask(next, report: { $0.isData || $0.isDone ? .result : .failure })
        if outcome != .success, status == .success { status = outcome }
        if outcome != .success, !options.keepGoing, !commands.isInteractive { break }
      }
    }
    if status != .success { throw status }
  }

  private func address(_ reader: ConfigReader) throws -> AdminAddress {
    if let connect {
      let (host, port) = try ListenAddress.parse(connect)
      let identity = try certificate.flatMap { file in try key.map { try CertificateIdentity(certificateFile: file, keyFile: $0) } }
      return .tls(host: host, port: port, context: try TLSContext(trusting: ca, identity: identity, applicationProtocols: ["steward-admin"]))
    }
    guard let path = socket ?? reader.string(forKey: "admin.socket") else {
      throw ValidationError(UsageMessages.whichServer)
    }
    return .socket(path)
  }

  /// What is said before the commands: who is there, and how replies are to be written.
  private func greeting(_ reader: ConfigReader) throws -> [[UInt8]] {
    var lines: [String] = []
    if certificate != nil {
      lines.append("AUTH" + (tenant.map { " tenant=\($0)" } ?? ""))
    } else if connect != nil {
      let given = try tokenFile.map { path in
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { throw Failure(.invalid, CommandMessages.noTokenFile, ["path": path]) }
        return text.trimmingCharacters(in: .whitespacesAndNewlines)
      }
      guard let token = given ?? reader.string(forKey: "token", isSecret: true), !token.isEmpty else {
        throw ValidationError(UsageMessages.adminCredential)
      }
      lines.append("AUTH token=\(token)")
    }
    if Terminal.language != .english { lines.append("LANG \(Terminal.language.rawValue)") }
    if json { lines.append("FORMAT json") }
    return try lines.map { line in
      guard line.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else { throw Failure(.invalid, CommandMessages.adminBadCredential) }
      return Array((line + "\r\n").utf8)
    }
  }
}

/// The commands of -c, of a file, or of standard input; with a prompt when a person types them.
private struct AdminCommands {
  let isInteractive: Bool
  private var script: AdminScript

  init(texts: [String], file: String?) throws {
    if !texts.isEmpty {
      script = AdminScript(text: texts.joined(separator: "\n"))
    } else if let file, file != "-" {
      guard let handle = FileHandle(forReadingAtPath: file) else { throw Failure(.invalid, CommandMessages.noCommandFile, ["path": file]) }
      script = AdminScript(handle)
    } else {
      script = AdminScript(.standardInput)
    }
    isInteractive = texts.isEmpty && file == nil && isatty(STDIN_FILENO) == 1
  }

  mutating func next() throws -> [UInt8]? {
    if isInteractive { FileHandle.standardError.write(Data("steward> ".utf8)) }
    return try script.next()
  }
}

private enum AdminOutput { case result, failure }

extension AdminConnection {
  /// Sends a command and prints its reply. A server that ends the connection instead, or says that it does, is a failure.
  fileprivate mutating func ask(_ command: [UInt8], report: (AdminReplyLine) -> AdminOutput?) async throws -> ArgumentParser.ExitCode {
    try await send(command)
    while let line = try await next() {
      switch report(line) {
      case .result where !line.payload.isEmpty: print(line.payload)
      case .failure: Terminal.complain("\(line.code) \(line.payload)")
      default: break
      }
      if line.tag == "*" { throw ArgumentParser.ExitCode(admin: line.code) }
      if !line.isData {
        fflush(nil)
        return ArgumentParser.ExitCode(admin: line.code)
      }
    }
    throw Failure(.outcomeUnknown, CommandMessages.adminClosed)
  }
}

extension ArgumentParser.ExitCode {
  /// The exit code for a reply of the admin protocol: as for the failure that it stands for.
  init(admin code: Int) {
    switch (code / 100, code) {
    case (2, _): self = .success
    case (_, 304), (_, 309), (_, 312), (_, 328), (4, _): self.init(2)
    case (3, _): self.init(3)
    case (5, _), (7, _): self.init(4)
    default: self.init(1)
    }
  }
}
