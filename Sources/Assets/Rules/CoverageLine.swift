import Kernel
import Operations

/// A line of a file of coverage: which contract line covers a CI, from which day on.
package struct CoverageLine: LineOfFile {
  package let line: Int64
  let ci: String?
  let contractLine: String?
  let validFrom: String?

  /// Says that none covers the CI any more: an empty cell could be a forgotten one.
  static let none = "-"

  private static let ci = cell("ci", "The serial number, asset tag or name of the CI, as match says.", "配置项的序列号、资产标签或名称（由 match 决定）。")
  private static let contractLine = cell(
    "contractLine", "The contract line of the customer: its id, or its name; - for none any more.", "客户的合同行：编号或名称；- 表示不再覆盖。")
  private static let validFrom = cell("on", "The first day, yyyy-mm-dd (default: today, in UTC).", "起始日（yyyy-mm-dd；默认今天，按 UTC）。")

  package static let fields: [any InputField] = [ImportWay.place, ci, contractLine, validFrom]

  package init(_ values: InputValues) throws(FieldError) {
    line = try values[ImportWay.place] ?? 0
    ci = try values.cell(Self.ci)
    contractLine = try values.cell(Self.contractLine)
    validFrom = try values.cell(Self.validFrom)
  }

  /// The coverage that it tells.
  func coverage(among cis: CisByKey, _ lines: NamedLines, today: CalendarDate) -> Result<ToldCoverage, LineRefusal> {
    var problems: [Failure.Violation] = []
    let row = cis.ci(ci, at: "ci", &problems)
    let covering = contractLine == Self.none ? nil : lines.line(contractLine, at: "contractLine", &problems)
    var day: CalendarDate? = today
    if let validFrom {
      day = CalendarDate(validFrom)
      if day == nil { problems.append(Failure.Violation(path: "on", InputMessages.notADate)) }
    }
    guard let row, let day, problems.isEmpty else { return .failure(LineRefusal(problems: problems)) }
    return .success(ToldCoverage(ci: row, coverage: Coverage(line: covering, validFrom: day)))
  }
}

/// What a line tells of a CI.
struct ToldCoverage: Sendable {
  let ci: CiRow
  let coverage: Coverage
}
