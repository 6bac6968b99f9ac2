import ArgumentParser
import Foundation
import Kernel
import Operations

struct ScorecardCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "scorecard", abstract: "Print a month's figures of a customer or of one of its contracts.",
    discussion: "Each figure shows what it was made of. --tickets lists the tickets behind one figure, with those left out and why.")

  @OptionGroup var settings: SettingsOptions
  @OptionGroup var database: DatabaseOptions

  @Option(name: .long, help: "The customer's code.")
  var customer: String

  @Option(name: .long, help: "The contract's name; left out: the whole customer.")
  var contract: String?

  @Option(name: .long, help: "The month, yyyy-mm; left out: the last complete one.")
  var month: String?

  @Option(name: .long, help: "Which day puts a ticket into the month: opened, resolved or closed (default).")
  var basis = "closed"

  @Option(name: .long, help: ArgumentHelp("List the tickets behind this measure instead, such as attainment.", valueName: "measure"))
  var tickets: String?

  @Option(name: .long, help: "With --tickets: response or resolution.")
  var metric: String?

  @Option(name: .long, help: "With --tickets: one priority, 1 to 9.")
  var priority: Int64?

  @Option(name: .long, help: "With --tickets: the period in which the month lies: month (default), quarter, year or rolling_year.")
  var period: String?

  @Flag(name: .long, help: "As JSON.")
  var json = false

  @Flag(name: .long, help: "As CSV.")
  var csv = false

  func validate() throws {
    guard !(json && csv) else { throw ValidationError(UsageMessages.eitherOr, ["one": "--json", "other": "--csv"]) }
  }

  mutating func run() async throws {
    let reader = try await settings.reader()
    let command = self
    try await Backend.run(at: try database.place(reader), logger: try settings.logger(reader), connections: 2) { backend in
      try await command.show(backend)
    }
  }

  private func show(_ backend: Backend) async throws {
    let finder = CommandFinder(backend: backend)
    let customer = try await finder.customer(code: self.customer)
    var input: [Value.Member] = [
      Value.Member("customer", customer), Value.Member("basis", .text(basis)), Value.Member("month", .text(month ?? ScorecardTable.lastMonth)),
    ]
    if let contract { input.append(Value.Member("contract", try await finder.contract(named: contract, of: customer, code: self.customer))) }
    guard let tickets else {
      let card = try await backend.call("scorecard.read", .object(input))
      print(text(of: card))
      return
    }
    input.append(Value.Member("measure", .text(tickets)))
    if let metric { input.append(Value.Member("metric", .text(metric))) }
    if let priority { input.append(Value.Member("priority", .integer(priority))) }
    if let period { input.append(Value.Member("period", .text(period))) }
    let rows = try await finder.all("scorecard.tickets", input)
    let columns = rows.first?.members?.map(\.name) ?? []
    if json {
      print(JSON.text(.array(rows)))
    } else if csv {
      print(Terminal.csv([columns] + rows.map { row in columns.map { ScorecardTable.cell(row[$0] ?? .null) } }), terminator: "")
    } else {
      print(Terminal.table(columns.map { $0.uppercased() }, rows.map { row in columns.map { ScorecardTable.cell(row[$0] ?? .null) } }))
    }
  }

  private func text(of card: Value) -> String {
    if json { return JSON.text(card) }
    let table = ScorecardTable(card: card, title: customer + (contract.map { " · \($0)" } ?? ""))
    return csv ? table.csv : table.text
  }
}

/// A scorecard as a person reads it.
struct ScorecardTable {
  let card: Value
  let title: String

  static var lastMonth: String {
    let today = CalendarDate(daysSinceEpoch: SystemClock().now().seconds / 86_400)
    return CalendarMonth(containing: CalendarMonth(containing: today).firstDay.adding(days: -1)).description
  }

  private static let columns = ["measure", "metric", "basis", "priority", "value", "unit", "numerator", "denominator", "sampleSize", "objective"]

  private var figures: [Value] { card["figures"]?.array ?? [] }

  private func row(_ figure: Value) -> [String] { Self.columns.map { Self.cell(figure[$0] ?? .null) } }

  var csv: String { String(Terminal.csv([Self.columns] + figures.map(row)).dropLast(2)) }

  var text: String {
    // On a terminal the priorities matter where something was promised for each; --json and --csv have all.
    let shown = figures.filter { $0["priority"]?.isNull == true || ($0["measure"] == "attainment" && ($0["sampleSize"]?.integer ?? 0) > 0) }
    let table = Terminal.table(Self.columns.map { $0.uppercased() }, shown.map(row), rightAligned: [3, 4, 6, 7, 8, 9])
    // A month's objective stands in its figure already.
    let objectives = (card["objectives"]?.array ?? []).filter { $0["periodKind"] != "month" }.compactMap { $0["words"]?.text }
    return (["\(title) · \(card["month"]?.text ?? "") (\(card["basis"]?.text ?? ""))\n\n\(table)"] + objectives).joined(separator: "\n")
  }

  static func cell(_ value: Value) -> String {
    switch value {
    case .null: "-"
    case .bool(let bool): bool ? "yes" : "no"
    case .integer(let integer): String(integer)
    case .decimal(let digits): digits
    case .text(let text): text
    case .array, .object: JSON.text(value)
    }
  }
}

/// Finds by a person's names what the operations name by id.
struct CommandFinder {
  let backend: Backend

  /// - Parameter code: in capitals or not; codes are kept in capitals.
  func customer(code: String) async throws -> Value {
    let customers = try await all("customer.list", [])
    if let found = customers.first(where: { $0["code"]?.text == code.uppercased() })?["id"] { return found }
    let codes = CommandMessages.list(customers.compactMap { $0["code"]?.text })
    throw Failure(.notFound, CommandMessages.noCustomer, ["code": code, "codes": codes])
  }

  func contract(named name: String, of customer: Value, code: String) async throws -> Value {
    let contracts = try await all("contract.list", [Value.Member("customer", customer)])
    if let found = contracts.first(where: { $0["name"]?.text == name })?["id"] { return found }
    let names = CommandMessages.list(contracts.compactMap { $0["name"]?.text })
    throw Failure(.notFound, CommandMessages.noContract, ["customer": code, "name": name, "names": names])
  }

  /// All pages of a listing.
  func all(_ operation: String, _ input: [Value.Member]) async throws -> [Value] {
    var items: [Value] = []
    var cursor: String?
    repeat {
      let position = cursor.map { [Value.Member("cursor", .text($0))] } ?? []
      let page = try await backend.call(operation, .object(input + [Value.Member("limit", 200)] + position))
      items += page["items"]?.array ?? []
      cursor = page["next"]?.text
    } while cursor != nil
    return items
  }
}
