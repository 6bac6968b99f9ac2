import ArgumentParser
import Foundation
import Importing
import Kernel

struct CmdbCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "cmdb", abstract: "Bring configuration items in from a file, how they stand to one another, and what covers them.",
    discussion: "The files are described, with examples, in docs/cmdb.md.",
    subcommands: [Import.self])

  struct Import: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Import a customer's configuration items, their relations or what covers them (CSV, or CSV.gz).",
      discussion: """
        The header line says what the columns hold: name, type, state, owner, unit, ciTier, service, serial, assetTag, warrantyUntil, cost,
        currency, attributes.KEY; --map COLUMN=FIELD names another column, --map COLUMN=- passes it over. Commas, semicolons and tabs
        separate. An empty cell changes nothing.

        With --form relations a line holds from, kind and to; with --form coverage ci, contractLine (an id or a name, - for none any more)
        and on (the first day; default: today). Configuration items are named there by what --match says.

        All lines are written or none: when one is refused, all that are refused are listed. With --keep-going the good ones are written. Either
        way it ends with 3 when one is refused. Importing the same file again changes nothing.
        """)

    /// What the file tells.
    enum Form: String, CaseIterable, ExpressibleByArgument {
      case cis, relations, coverage

      var file: AssetFileForm {
        switch self {
        case .cis: .cis
        case .relations: .relations
        case .coverage: .coverage
        }
      }
    }

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(help: "The file.")
    var file: String

    @Option(name: .long, help: ArgumentHelp("The customer's code.", valueName: "code"))
    var customer: String

    @Option(name: .long, help: "What the file tells: configuration items, how they stand to one another, or which contract lines cover them.")
    var form: Form = .cis

    @Option(name: .long, help: ArgumentHelp("By what a line finds its configuration item: serial, tag or name.", valueName: "key"))
    var match: String

    @Option(name: .long, help: ArgumentHelp("What a column holds; may be given several times.", valueName: "column=field"))
    var map: [String] = []

    @Flag(name: .long, help: "Tell what would be done, and write nothing.")
    var dryRun = false

    @Flag(name: .long, help: "Take the good lines when others are refused.")
    var keepGoing = false

    @Flag(name: .long, help: "Take lines that tell nothing new as a confirmation that the configuration item was seen.")
    var confirm = false

    @Flag(name: .long, help: "The report as JSON.")
    var json = false

    func validate() throws {
      guard !confirm || form.file.confirms else { throw ValidationError(UsageMessages.goesWith, ["one": "--confirm", "other": "--form cis"]) }
    }

    mutating func run() async throws {
      let reader = try await settings.reader()
      let log = LogFile(path: file)
      let options = ImportAssetFile.Options(
        form.file, match: match, isDryRun: dryRun, keepsGoing: keepGoing, confirms: confirm, mapping: try mapping())
      let (customer, json) = (customer, json)
      let report = try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2) { backend in
        let customer = try await CommandFinder(backend: backend).customer(code: customer)
        return try await ImportAssetFile(dispatcher: backend.dispatcher, as: backend.localOperator).run(log, customer: customer, options)
      }
      if json { print(JSON.text(report.value)) } else { print(report.text(Terminal.language, isDryRun: options.isDryRun), terminator: "") }
      if report.hasFaults { throw ExitCode(UnreadableRows.exitCode) }
    }

    private func mapping() throws -> [String: String] {
      var mapping: [String: String] = [:]
      for text in map {
        guard let equals = text.lastIndex(of: "=") else { throw Failure(.invalid, CommandMessages.badMapping, ["mapping": text]) }
        mapping[String(text[..<equals])] = String(text[text.index(after: equals)...])
      }
      return mapping
    }
  }
}
