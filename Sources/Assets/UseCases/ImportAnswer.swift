import Kernel
import Operations

/// What a file's lines came to.
package struct ImportAnswer: OperationOutput {
  let customer: PublicId
  let isWritten: Bool
  let lines: [Line]

  enum Outcome: String, Sendable {
    case created, changed, unchanged, refused
  }

  package struct Line: OperationOutput {
    let line: Int64
    let outcome: Outcome
    let id: PublicId?
    let changed: [String]
    let problems: [Failure.Violation]

    package static let fields: [OutputField<Line>] = [
      OutputField("line", .integer, "Where it stands in the file.", "行号。") { .integer($0.line) },
      OutputField("outcome", .text, "created, changed, unchanged or refused.", "结果：created（新建）、changed（变更）、unchanged（无变更）或 refused（拒绝）。") {
        .text($0.outcome.rawValue)
      },
      OutputField(
        "ci", .id, "The CI, of a relation the one that it is read from; null when the line is refused, or the CI not made yet.",
        "配置项（关系则为从其读起的一端）；该行被拒绝或配置项尚未新建时为 null。"
      ) { .id($0.id) },
      OutputField("fields", .list(.text), "The fields of its history that change; none of a new CI.", "变更历史中变更的字段；新配置项为空。") {
        .array($0.changed.map { .text($0) })
      },
      OutputField(
        "problems", .list(.document), "Why it is refused: field, English, Chinese. At most 20 of a line and 5,000 of a file are told.",
        "拒绝原因：字段、英文、中文；每行最多 20 条，每个文件最多 5000 条。"
      ) {
        .array($0.problems.map { $0.told("field") })
      },
    ]
  }

  private func count(_ outcome: Outcome) -> Value { .integer(Int64(lines.count { $0.outcome == outcome })) }

  package static let fields: [OutputField<ImportAnswer>] = [
    OutputField("customer", .id, "The customer.", "客户编号。") { .id($0.customer) },
    OutputField(
      "isWritten", .boolean, "Whether it was done: not in a dry run, and not when a line is refused without keepGoing.", "是否已写入：预演或（未设 keepGoing 时）有行被拒绝则否。"
    ) {
      .bool($0.isWritten)
    },
    OutputField("created", .integer, "Lines that record what was not there: a CI, a relation, a coverage.", "新建（配置项、关系或合同覆盖）的行数。") { $0.count(.created) },
    OutputField("changed", .integer, "Lines that change what is there.", "变更的行数。") { $0.count(.changed) },
    OutputField("unchanged", .integer, "Lines that tell nothing new.", "无变更的行数。") { $0.count(.unchanged) },
    OutputField("refused", .integer, "Lines that cannot be taken.", "被拒绝的行数。") { $0.count(.refused) },
    OutputField("lines", listOf: Line.self, "Every line but the unchanged ones.", "除无变更外的各行。") { $0.lines.filter { $0.outcome != .unchanged } },
  ]
}

/// What is told of the lines of a file, one after the other.
struct LineReport: Sendable {
  /// Of so many refusals an answer tells why: it must not be many times as large as what was sent.
  static let mostProblems = 5000

  private(set) var lines: [ImportAnswer.Line] = []
  private var room = LineReport.mostProblems

  init() {}

  mutating func add(_ line: Int64, _ outcome: ImportAnswer.Outcome, _ ci: PublicId?, _ fields: [String] = []) {
    lines.append(ImportAnswer.Line(line: line, outcome: outcome, id: ci, changed: fields, problems: []))
  }

  mutating func refuse(_ line: Int64, _ problems: [Failure.Violation]) {
    let told = Array(problems.prefix(room))
    room -= told.count
    lines.append(ImportAnswer.Line(line: line, outcome: .refused, id: nil, changed: [], problems: told))
  }
}

extension OperationContext {
  /// Of two imports at once the second sees what the first has made.
  func holdImports(_ way: ImportWay) async throws {
    if !way.dryRun { _ = try await transaction.first(LockCis(tenant: tenant.id, act: .imports)) }
  }

  func answer(_ report: LineReport, isWritten: Bool) -> ImportAnswer {
    subject(tenant.publicId)
    return ImportAnswer(customer: tenant.publicId, isWritten: isWritten, lines: report.lines)
  }
}
