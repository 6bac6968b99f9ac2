import ArgumentParser
import ContractFiles
import Foundation
import Kernel

struct CatalogCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "catalog", abstract: "Export, review and apply the service catalogue, and print its manual.",
    discussion: "The file is described, with an example, in docs/catalog.md.", subcommands: [Export.self, Plan.self, Apply.self, Manual.self])

  struct PlaceOptions: ParsableArguments {
    @OptionGroup var settings: SettingsOptions
    @OptionGroup var database: DatabaseOptions

    func run(_ body: @escaping @Sendable (Backend) async throws -> Void) async throws {
      let reader = try await settings.reader()
      try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2, body)
    }
  }

  struct FileOptions: ParsableArguments {
    @OptionGroup var place: PlaceOptions

    @Argument(help: ArgumentHelp("The file: families, services, offerings.", valueName: "file.yaml"))
    var file: String

    /// Reads the file, and tells what is wrong with it by its lines.
    func run(_ body: @escaping @Sendable (Backend, CatalogFile) async throws -> Void) async throws {
      guard let yaml = try? String(contentsOfFile: file, encoding: .utf8) else { throw Failure(.invalid, CommandMessages.unreadable, ["file": file]) }
      do {
        let catalogue = try CatalogFile(yaml)
        try await place.run { backend in try await body(backend, catalogue) }
      } catch let problems as ContractFileProblems {
        Terminal.complain(problems.text(Terminal.language, file: file))
        throw ExitCode(3)
      }
    }
  }

  struct Export: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Write the whole catalogue as YAML, in a stable order.")

    @OptionGroup var place: PlaceOptions

    @Option(name: .long, help: ArgumentHelp("Where to write it (default: the terminal).", valueName: "file.yaml"))
    var to: String?

    mutating func run() async throws {
      let to = to
      try await place.run { backend in
        let exported = try await backend.call("catalogue.export", .object([]))
        try CatalogCommand.write(try YAMLText.text(exported["catalogue"] ?? .null), to: to)
      }
    }
  }

  struct Plan: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show what apply would do, and change nothing.")

    @OptionGroup var options: FileOptions

    mutating func run() async throws {
      try await options.run { backend, file in print(try await file.plan(backend).text) }
    }
  }

  struct Apply: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Show the plan, ask, and carry it out.",
      discussion: "All of it or nothing. What somebody changed since the plan was shown stops it. What the file does not name stays as it is.")

    @OptionGroup var options: FileOptions

    @Flag(name: .long, help: "Do not ask.")
    var yes = false

    mutating func run() async throws {
      let yes = yes
      try await options.run { backend, file in
        let plan = try await file.plan(backend)
        print(plan.text)
        guard !plan.isEmpty else { return }
        guard yes || Terminal.isConfirmed(ContractFileMessages.ask) else { throw Failure(.conflict, ContractFileMessages.notConfirmed) }
        try await file.apply(plan, backend)
        print(ContractFileMessages.done.text(Terminal.language))
      }
    }
  }

  struct Manual: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
      abstract: "Write the service product manual (服务产品手册), of all or for one customer.",
      discussion: "HTML is one file for the printer, A4, with contents and tables.")

    @OptionGroup var place: PlaceOptions

    @Option(name: .long, help: "markdown or html.")
    var format = "markdown"

    @Option(name: .long, help: "en or zh-Hans.")
    var language = Terminal.language.rawValue

    @Option(name: .long, help: ArgumentHelp("Only this family (default: all).", valueName: "code"))
    var family: String?

    @Option(name: .long, help: ArgumentHelp("Only what this customer's contracts in force sell (default: all that is for all).", valueName: "code"))
    var customer: String?

    @Option(name: .long, help: ArgumentHelp("Where to write it (default: the terminal).", valueName: "file"))
    var to: String?

    mutating func run() async throws {
      let (format, language, family, customer, to) = (format, language, family, customer, to)
      try await place.run { backend in
        var input: [Value.Member] = [Value.Member("format", .text(format)), Value.Member("language", .text(language))]
        if let customer { input.append(Value.Member("customer", try await CommandFinder(backend: backend).customer(code: customer))) }
        if let family { input.append(Value.Member("family", try await CatalogCommand.family(family, backend))) }
        let manual = try await backend.call("catalogue.manual", .object(input))
        try CatalogCommand.write(manual["text"]?.text ?? "", to: to)
      }
    }
  }

  private static func family(_ code: String, _ backend: Backend) async throws -> Value {
    var cursor: Value = .null
    repeat {
      let page = try await backend.call("service_family.list", .object(["limit": 200, "cursor": cursor]))
      if let found = page["items"]?.array?.first(where: { $0["code"]?.text == code }) { return found["id"] ?? .null }
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    throw Failure.invalid("family", CommandMessages.unknownFamily, ["code": code])
  }

  static func write(_ text: String, to file: String?) throws {
    guard let file else { return print(text, terminator: "") }
    do {
      try Data(text.utf8).write(to: URL(filePath: file), options: .atomic)
    } catch {
      throw Failure(.invalid, CommandMessages.unwritable, ["file": file])
    }
  }
}

/// A catalogue file against a database.
struct CatalogFile: Sendable {
  private let document: YAMLDocument

  struct Plan: Sendable {
    fileprivate let revision: Value
    fileprivate let steps: [Value]

    var isEmpty: Bool { steps.isEmpty }

    var text: String {
      guard !isEmpty else { return ContractFileMessages.nothing.text(Terminal.language) }
      let language = Terminal.language == .chinese ? "chinese" : "english"
      return steps.flatMap { step in
        [step[language]?.text].compactMap(\.self) + (step["\(language)Details"]?.array ?? []).compactMap { $0.text.map { "      \($0)" } }
      }.joined(separator: "\n")
    }
  }

  init(_ yaml: String) throws(ContractFileProblems) {
    do throws(Failure) {
      document = try YAMLDocument(yaml)
    } catch {
      throw ContractFileProblems(error.violations, in: nil)
    }
  }

  func plan(_ backend: Backend) async throws -> Plan {
    let answer = try await call(backend, [Value.Member("planOnly", .bool(true))])
    return Plan(revision: answer["revision"] ?? .null, steps: answer["steps"]?.array ?? [])
  }

  func apply(_ plan: Plan, _ backend: Backend) async throws { _ = try await call(backend, [Value.Member("revision", plan.revision)]) }

  private func call(_ backend: Backend, _ more: [Value.Member]) async throws -> Value {
    do {
      return try await backend.call("catalogue.apply", .object((document.value.members ?? []) + more))
    } catch let failure as Failure where !failure.violations.isEmpty {
      throw ContractFileProblems(failure.violations, in: document)
    }
  }
}
