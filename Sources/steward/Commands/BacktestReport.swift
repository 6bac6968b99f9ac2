import Backtest
import Contracts
import Credits
import Kernel
import Operations
import ServiceLevels
import Tenancy

/// A back-test as a person reads it.
struct BacktestReport {
  private struct Part {
    let customer: TenantEntry
    let output: BacktestOutput
    var outcome: Outcome
    /// In which its credits are.
    let currencies: Set<Currency>
  }

  let sla: String
  let changeLimit: Int
  private var parts: [Part] = []
  private(set) var changes: [Value] = []

  init(sla: String, changeLimit: Int) {
    self.sla = sla
    self.changeLimit = changeLimit
  }

  /// Of the changes that all customers have so far, each keeps its share.
  mutating func add(_ customer: TenantEntry, _ result: TrialRun.Result) {
    let lines = Dictionary(
      uniqueKeysWithValues: result.lines.map { ($0.id, (id: customer.id(IdKind.contractLine.prefix, $0.publicId), name: $0.name)) })
    let credited = Set((result.credits + result.creditsNow).map(\.line))
    parts.append(
      Part(
        customer: customer, output: BacktestOutput(result, customer: customer.publicId, lines: lines, language: Terminal.language), outcome: result.outcome,
        currencies: Set(result.lines.filter { credited.contains($0.id) }.map(\.currency))))
    let shares = FairShares.of(parts.map { $0.outcome.listed.count }, quota: changeLimit)
    for index in parts.indices where parts[index].outcome.listed.count > shares[index] { parts[index].outcome.trim(to: shares[index]) }
  }

  /// Reads the tickets of the changes that are listed, customer by customer.
  mutating func show(_ read: (TenantEntry, [VerdictChange]) async throws -> [ChangedTicketOutput]) async throws {
    for part in withTickets where !part.outcome.listed.isEmpty {
      let shown = try await read(part.customer, part.outcome.listed)
      changes += shown.map(\.value)
    }
  }

  func print(json: Bool, csv: Bool, onlyChanges: Bool) {
    if json { return Swift.print(JSON.text(value)) }
    if csv { return Swift.print(Terminal.csv(onlyChanges ? changeRows : figureRows), terminator: "") }
    Swift.print(onlyChanges ? changeTable : text)
  }

  // MARK: All customers

  private var outcome: Outcome { parts.reduce(Outcome()) { $0 + $1.outcome } }
  private var withTickets: [Part] { parts.filter { $0.outcome.tickets > 0 } }

  private var value: Value {
    let outcome = outcome
    return .object([
      "sla": .text(sla), "tickets": .integer(outcome.tickets), "changed": .integer(outcome.changed), "withoutHistory": .integer(outcome.withoutHistory),
      "newlyMissed": .integer(outcome.count(.newlyMissed)), "newlyMet": .integer(outcome.count(.newlyMet)),
      "newlyJudged": .integer(outcome.count(.newlyJudged)), "noLongerJudged": .integer(outcome.count(.noLongerJudged)),
      "figures": .array(AttainmentOutput.all(of: outcome).map(\.value)),
      "customers": .array(
        withTickets.map { part in .object([Value.Member("code", .text(part.customer.code))] + (part.output.value.members ?? [])) }),
      "changes": .array(changes),
    ])
  }

  private var text: String {
    let outcome = outcome
    let language = Terminal.language
    var sections = [
      CommandMessages.backtestHead.text(
        language, ["sla": sla, "tickets": String(outcome.tickets), "customers": String(withTickets.count)])
    ]
    guard outcome.tickets > 0 else { return sections.joined(separator: "\n") + "\n" }
    for metric in outcome.metrics { sections.append(table(of: metric, outcome)) }
    if withTickets.count > 1 { sections.append(customerTable) }
    sections.append(
      CommandMessages.backtestChanged.text(
        language,
        [
          "changed": String(outcome.changed), "missed": String(outcome.count(.newlyMissed)), "met": String(outcome.count(.newlyMet)),
          "judged": String(outcome.count(.newlyJudged)), "gone": String(outcome.count(.noLongerJudged)),
        ]))
    if outcome.withoutHistory > 0 {
      sections.append(CommandMessages.backtestNoHistory.text(language, ["tickets": String(outcome.withoutHistory)]))
    }
    let all = outcome.changes.values.reduce(0, +)
    if !changes.isEmpty { sections.append(changeTable) }
    if all > Int64(changes.count) {
      sections.append(CommandMessages.backtestMore.text(language, ["shown": String(changes.count), "all": String(all)]))
    }
    sections.append(credits)
    return sections.joined(separator: "\n\n")
  }

  private func table(of metric: ServiceLevels.Metric, _ outcome: Outcome) -> String {
    let language = Terminal.language
    let head = [
      Self.word(metric.rawValue).uppercased(), CommandMessages.columnNow.text(language), CommandMessages.columnThen.text(language),
      CommandMessages.columnMet.text(language), CommandMessages.columnJudged.text(language), CommandMessages.columnOpen.text(language),
    ]
    let figures = AttainmentOutput.all(of: outcome).filter { $0.metric == metric && ($0.attainment.judged + $0.attainment.judgedNow + $0.attainment.open > 0) }
    return Terminal.table(
      head,
      figures.map { figure in
        let name = figure.priority.map { "P\($0)" } ?? figure.month?.description ?? CommandMessages.allTickets.text(language)
        return [name] + Self.cells(figure.attainment)
      }, rightAligned: [1, 2, 3, 4, 5])
  }

  private static func cells(_ attainment: Attainment) -> [String] {
    [
      attainment.rateNow.map { "\($0.percent) %" } ?? "-", attainment.rate.map { "\($0.percent) %" } ?? "-", String(attainment.met),
      String(attainment.judged), String(attainment.open),
    ]
  }

  private var customerTable: String {
    let language = Terminal.language
    let metrics = outcome.metrics
    let rows = withTickets.flatMap { part in
      metrics.map { [part.customer.code, Self.word($0.rawValue), String(part.outcome.tickets)] + Self.cells(part.outcome.sum($0)) }
    }
    return Terminal.table(
      [
        CommandMessages.columnCustomer.text(language), CommandMessages.columnMetric.text(language), CommandMessages.columnTickets.text(language),
        CommandMessages.columnNow.text(language), CommandMessages.columnThen.text(language), CommandMessages.columnMet.text(language),
        CommandMessages.columnJudged.text(language), CommandMessages.columnOpen.text(language),
      ], rows, rightAligned: [2, 3, 4, 5, 6, 7])
  }

  // MARK: Changes

  private static let shownColumns: [(field: String, heading: Message)] = [
    ("number", CommandMessages.columnNumber), ("priority", CommandMessages.columnPriority), ("metric", CommandMessages.columnMetric),
    ("verdictNow", CommandMessages.columnVerdictNow), ("elapsedNow", CommandMessages.columnElapsedNow), ("budgetNow", CommandMessages.columnBudgetNow),
    ("verdict", CommandMessages.columnVerdict), ("elapsed", CommandMessages.columnElapsed), ("budget", CommandMessages.columnBudget),
    ("title", CommandMessages.columnTitle),
  ]

  private var changeTable: String {
    Terminal.table(
      Self.shownColumns.map { $0.heading.text(Terminal.language) },
      changes.map { change in Self.shownColumns.map { Self.shown($0.field, change[$0.field] ?? .null) } }, rightAligned: [1, 4, 5, 7, 8])
  }

  private static func word(_ metric: String) -> String { DifferenceWords.metric(metric, Terminal.language) }

  /// Times and words as people say them; --csv has the names and seconds, as --json does.
  private static func shown(_ column: String, _ value: Value) -> String {
    if column == "metric", let metric = value.text { return word(metric) }
    if value == "met" || value == "missed", column.hasPrefix("verdict") {
      return (value == "met" ? CommandMessages.verdictMet : CommandMessages.verdictMissed).text(Terminal.language)
    }
    guard ["elapsedNow", "budgetNow", "elapsed", "budget"].contains(column), let seconds = value.integer else { return ScorecardTable.cell(value) }
    return "\(seconds / 3600):\(pad(seconds / 60 % 60, 2)) h"
  }

  private var changeRows: [[String]] {
    let columns = ChangedTicketOutput.fields.map(\.name)
    return [columns] + changes.map { change in columns.map { ScorecardTable.cell(change[$0] ?? .null) } }
  }

  private var figureRows: [[String]] {
    let columns = AttainmentOutput.fields.map(\.name)
    func rows(_ customer: String, _ outcome: Outcome) -> [[String]] {
      AttainmentOutput.all(of: outcome).map { figure in [customer] + columns.map { ScorecardTable.cell(figure.value[$0] ?? .null) } }
    }
    return [["customer"] + columns] + rows("", outcome) + withTickets.flatMap { rows($0.customer.code, $0.outcome) }
  }

  // MARK: Credits

  private var credits: String {
    let language = Terminal.language
    guard withTickets.contains(where: { !$0.output.credits.isEmpty || !$0.output.creditsNow.isEmpty }) else {
      return CommandMessages.noCredits.text(language)
    }
    let head = CommandMessages.creditTotal.text(
      language, ["amount": sum(withTickets.flatMap(\.output.credits)), "now": sum(withTickets.flatMap(\.output.creditsNow))])
    let rows = withTickets.flatMap(creditRows)
    guard !rows.isEmpty else { return head }
    return head + "\n"
      + Terminal.table(
        [
          CommandMessages.columnCustomer.text(language), CommandMessages.columnLine.text(language), CommandMessages.columnSchedule.text(language),
          CommandMessages.columnMetric.text(language), CommandMessages.columnPeriod.text(language), CommandMessages.columnThen.text(language),
          CommandMessages.columnMet.text(language), CommandMessages.columnCredit.text(language), CommandMessages.columnCreditNow.text(language),
        ], rows, rightAligned: [5, 6, 7, 8])
  }

  /// By currency, also where nothing is credited.
  private func sum(_ credits: [TrialCreditOutput]) -> String {
    let nothing = Set(withTickets.flatMap(\.currencies)).map { Money(minorUnits: 0, currency: $0) }
    let totals = TrialTotal.all(of: credits.compactMap(\.period.amount) + nothing)
    return totals.map { $0.sum?.description ?? "\($0.currency.code) ?" }.joined(separator: ", ")
  }

  /// The periods of a customer that pay under the SLA that is tried out, or do so now.
  private func creditRows(_ part: Part) -> [[String]] {
    func key(_ credit: TrialCreditOutput) -> [String] {
      [credit.lineName, credit.period.schedule, credit.period.measure.rawValue, credit.period.period.description]
    }
    func pays(_ credit: TrialCreditOutput?) -> Bool { credit.map { ($0.period.amount?.minorUnits ?? 1) != 0 } ?? false }
    func amount(_ credit: TrialCreditOutput?) -> String {
      credit.map { $0.period.amount?.description ?? $0.period.problem?.text(Terminal.language) ?? "-" } ?? "-"
    }
    let now = Dictionary(part.output.creditsNow.map { (key($0), $0) }) { first, _ in first }
    let tried = Dictionary(part.output.credits.map { (key($0), $0) }) { first, _ in first }
    let gone = part.output.creditsNow.map(key).filter { tried[$0] == nil }
    return (part.output.credits.map(key) + gone).filter { pays(tried[$0]) || pays(now[$0]) }.map { key in
      let words = [key[0], key[1], Self.word(key[2]), key[3]]
      let count = tried[key]?.period.count
      let value = count.flatMap { Rate($0.met, of: $0.judged)?.percent }.map { "\($0) %" }
      return [part.customer.code] + words
        + [value ?? "-", count.map { "\($0.met)/\($0.judged)" } ?? "-", amount(tried[key]), amount(now[key])]
    }
  }
}
