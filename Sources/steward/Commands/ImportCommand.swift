import ArgumentParser
import Foundation
import Importing
import Kernel
import Operations

struct ImportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "import", abstract: "Bring in tickets, problems or outages from another system.", subcommands: [ServiceNow.self, Outages.self])

  struct ServiceNow: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "servicenow", abstract: "Import a log of incidents or problems, of ServiceNow or any that a profile describes (CSV, or CSV.gz).",
      discussion: """
        The profile says what the columns mean and what was promised; deploy/profiles has one of a ServiceNow log, and helpdesk-italian.yaml
        of a log of bare events that becomes many customers, with a contract for each level of service; volvo-bpi2013-problems.yaml of problems
        (docs/importing.md).

        A row that cannot be read stops the import before anything is written; all such rows are listed, and it ends with 3.
        Importing the same log again changes nothing; of many customers, it also finishes what was interrupted.
        """, aliases: ["log"])

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(help: "The log.")
    var file: String

    @Option(name: .long, help: ArgumentHelp("How to read it, and what was promised.", valueName: "profile.yaml"))
    var profile: String

    @Flag(name: .long, help: "Make the customers, contracts, SLAs and calendar of the profile if they are missing.")
    var create = false

    @Flag(name: .long, help: "Import the rest when rows cannot be read, and say so.")
    var skipUnreadable = false

    @Flag(name: .long, help: "Write nothing: tell what would be written.")
    var dryRun = false

    @Flag(name: .long, help: "The report as JSON.")
    var json = false

    mutating func run() async throws {
      let reader = try await settings.reader()
      guard let yaml = try? String(contentsOfFile: profile, encoding: .utf8) else {
        throw Failure(.invalid, CommandMessages.noProfile, ["path": profile])
      }
      let profile = try ImportProfile(yaml: yaml)
      let log = LogFile(path: file)
      let options = ImportLog.Options(createsMissing: create, skipsUnreadable: skipUnreadable, isTrial: dryRun)
      let json = json
      do {
        let told = try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 4) { backend in
          let bars = ImportBars()
          defer { bars.finish() }
          if profile.format == .problems {
            let importer = ImportProblems(dispatcher: backend.dispatcher, as: backend.localOperator)
            let report = try await importer.run(log, profile, options) { bars.show($0) }
            return json ? JSON.text(report.value) : report.text(Terminal.language)
          }
          let report = try await ImportLog(dispatcher: backend.dispatcher, as: backend.localOperator).run(log, profile, options) { bars.show($0) }
          return json ? JSON.text(report.value) : report.text(Terminal.language)
        }
        print(told)
      } catch let unreadable as UnreadableRows {
        if json { print(JSON.text(unreadable.value)) } else { Terminal.complain(unreadable.text(Terminal.language)) }
        throw ExitCode(UnreadableRows.exitCode)
      }
    }
  }
}

extension ImportCommand {
  struct Outages: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      commandName: "outages", abstract: "Import outages of a supplier's services (CSV, or CSV.gz).",
      discussion: """
        The format is told by the first line: service,severity,from,to (and region, instance, key, announced, title if wanted), GitHub's component
        outages or status points, or Google Cloud's incidents. A row that cannot be read stops the import before anything is written; all
        such rows are listed, and it ends with 3. Importing the same file again changes nothing.
        """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(help: "The file.")
    var file: String

    @Option(name: .long, help: ArgumentHelp("The supplier's code.", valueName: "code"))
    var supplier: String

    @Option(name: .long, help: "The name of the source; left out: that of the format. The same source again finds its outages.")
    var source: String?

    @Flag(name: .long, help: "Make the supplier and its services if they are missing.")
    var create = false

    @Flag(name: .long, help: "Import the rest when rows cannot be read, and say so.")
    var skipUnreadable = false

    @Flag(name: .long, help: "The report as JSON.")
    var json = false

    mutating func run() async throws {
      let reader = try await settings.reader()
      let log = LogFile(path: file)
      let options = ImportOutageFile.Options(supplier: supplier, source: source, createsMissing: create, skipsUnreadable: skipUnreadable)
      let json = json
      do {
        let report = try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2) { backend in
          try await ImportOutageFile(dispatcher: backend.dispatcher, as: backend.localOperator).run(log, options)
        }
        if json { print(JSON.text(report.value)) } else { print(report.text(Terminal.language), terminator: "") }
      } catch let unreadable as UnreadableRows {
        if json { print(JSON.text(unreadable.value)) } else { Terminal.complain(unreadable.text(Terminal.language)) }
        throw ExitCode(UnreadableRows.exitCode)
      }
    }
  }
}

/// A bar for each stretch of an import.
private final class ImportBars: Sendable {
  private let reading = ProgressBar(ImportProgress.reading(done: 0, all: 1).text(Terminal.language))
  private let sending = ProgressBar(ImportProgress.sending(done: 0, all: 1).text(Terminal.language))

  func show(_ progress: ImportProgress) {
    switch progress {
    case .reading(let done, let all): reading.show(done, of: all)
    case .sending(let done, let all): sending.show(done, of: all)
    case .writing, .figures:
      guard Terminal.showsProgress else { return }
      FileHandle.standardError.write(Data("\r\u{1b}[K\(progress.text(Terminal.language))...".utf8))
    }
  }

  func finish() {
    guard Terminal.showsProgress else { return }
    FileHandle.standardError.write(Data("\r\u{1b}[K".utf8))
  }
}
