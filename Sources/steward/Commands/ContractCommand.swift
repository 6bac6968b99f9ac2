import ArgumentParser
import ContractFiles
import Foundation
import Kernel

struct ContractCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "contract", abstract: "Make or amend a customer and its contract from one reviewed file.",
    discussion: "The file is described, with three examples, in docs/contracts.md.", subcommands: [Plan.self, Apply.self, Export.self])

  struct FileOptions: ParsableArguments {
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    @Argument(help: ArgumentHelp("The file: customer, units, people, calendars, SLAs, contract and lines.", valueName: "file.yaml"))
    var file: String

    func run(_ body: @escaping @Sendable (ContractFileRun) async throws -> Void) async throws {
      guard let yaml = try? String(contentsOfFile: file, encoding: .utf8) else {
        throw Failure(.invalid, CommandMessages.unreadable, ["file": file])
      }
      let reader = try await settings.reader()
      do {
        try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2) { backend in
          try await body(try ContractFileRun(yaml: yaml, dispatcher: backend.dispatcher, as: backend.localOperator, Terminal.language))
        }
      } catch let problems as ContractFileProblems {
        Terminal.complain(problems.text(Terminal.language, file: file))
        throw problems.failure.map { ArgumentParser.ExitCode($0) } ?? ExitCode(3)
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write a customer's contract as a file, in its newest versions.",
      discussion: "Applied to what it was written from, the file changes nothing. Suppliers and the catalogue are not in it.")

    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    @Option(name: .long, help: ArgumentHelp("The customer.", valueName: "code"))
    var customer: String

    @Option(name: .long, help: ArgumentHelp("The contract, where the customer has several.", valueName: "name"))
    var contract: String?

    @Option(name: .long, help: ArgumentHelp("Where to write it (default: the terminal).", valueName: "file.yaml"))
    var to: String?

    mutating func run() async throws {
      let (customer, contract, to) = (customer, contract, to)
      let reader = try await settings.reader()
      try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2) { backend in
        let export = ContractExport(dispatcher: backend.dispatcher, as: backend.localOperator, Terminal.language)
        try CatalogCommand.write(try await export.yaml(customer: customer, contract: contract), to: to)
      }
    }
  }

  struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what apply would do, and change nothing.")

    @OptionGroup var options: FileOptions

    mutating func run() async throws {
      try await options.run { run in print(try await run.plan().text) }
    }
  }

  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the plan, ask, and carry it out.",
      discussion: """
        What is done is the plan that was shown; what somebody changed since stops it. A run that stopped half way is \
        finished by running it again; a second run says that there is nothing to do. Afterwards it tells which \
        promises no team or supplier backs.
        """)

    @OptionGroup var options: FileOptions

    @Flag(name: .long, help: "Do not ask.")
    var yes = false

    mutating func run() async throws {
      let yes = yes
      try await options.run { run in
        let plan = try await run.plan()
        print(plan.text)
        guard !plan.isEmpty else { return }
        guard yes || Terminal.isConfirmed(ContractFileMessages.ask) else { throw Failure(.conflict, ContractFileMessages.notConfirmed) }
        try await run.apply(plan)
        print(([ContractFileMessages.done.text(Terminal.language)] + (try await run.backing())).joined(separator: "\n"))
      }
    }
  }
}
