import ArgumentParser
import Backtest
import BillingEngine
import ContractFiles
import Contracts
import Credits
import Foundation
import Kernel
import Operations
import ServiceTime
import Tenancy

struct SlaCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "sla", abstract: "Try an SLA before it is signed.", subcommands: [Backtest.self])
}

extension SlaCommand {
  struct Backtest: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Try an SLA on past tickets: attainment, changed verdicts, credits. Writes nothing.",
      discussion: """
        The SLA is one of FILE (a contract file, or one with only calendars, slas and waits; see docs/backtest.md), or with --sla alone a stored one.
        Every ticket is judged by the rules that judge tickets every day, from its recorded history, as if the SLA had held since it was
        opened; what is still open is judged as of now.
        """)

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(help: ArgumentHelp("The draft; left out: the stored SLA that --sla names.", valueName: "file.yaml"))
    var file: String?

    @Option(name: .long, help: "Which SLA: of the file, where it has several, or the stored one of that name.")
    var sla: String?

    @Option(name: .long, help: "A customer's code; may be given several times. Left out: all customers.")
    var customer: [String] = []

    @Option(name: .long, help: "The first day, yyyy-mm-dd, in each customer's zone.")
    var from: String?

    @Option(name: .long, help: "The last day.")
    var to: String?

    @Option(name: .long, help: "What puts a ticket into the period and its month: opened (default) or closed.")
    var basis = "opened"

    @Option(name: .long, help: "Only tickets under the contract line of this name; for one customer.")
    var line: String?

    @Option(name: .long, help: "Only one priority, 1 to 9.")
    var priority: Int64?

    @Option(name: .long, help: "Only one category.")
    var category: String?

    @Option(
      name: .long,
      help: ArgumentHelp(
        "Credit by this schedule: a file as in deploy/credit-schedules, or the name of a stored one. Left out: what each contract line has.",
        valueName: "schedule"))
    var credits: String?

    @Option(name: .long, help: "How many tickets with a changed verdict to list.")
    var changes = 20

    @Flag(name: .long, help: "As JSON.")
    var json = false

    @Flag(name: .long, help: "The figures as CSV; with --changed the tickets.")
    var csv = false

    @Flag(name: .long, help: "Only the tickets with a changed verdict.")
    var changed = false

    /// Here, and not in ``run()``, so that what is wrong is told with the usage of this command.
    func validate() throws {
      guard !(json && csv) else { throw ValidationError(UsageMessages.eitherOr, ["one": "--json", "other": "--csv"]) }
      guard file != nil || sla != nil else { throw ValidationError(CommandMessages.fileOrSla) }
      guard (0...1_000_000).contains(changes) else { throw ValidationError("--changes", takes: 0...1_000_000) }
      guard line == nil || customer.count == 1 else { throw ValidationError(CommandMessages.lineNeedsCustomer) }
      guard priority.map(Rating.numbers.contains) ?? true else { throw ValidationError("--priority", takes: Rating.numbers) }
      _ = try SlaBacktest(self)
    }

    mutating func run() async throws {
      let reader = try await settings.reader()
      let run = try SlaBacktest(self)
      do {
        try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 3) { try await run.run($0) }
      } catch let problems as ContractFileProblems {
        Terminal.complain(problems.text(Terminal.language, file: file ?? ""))
        throw ExitCode(3)
      }
    }
  }
}
