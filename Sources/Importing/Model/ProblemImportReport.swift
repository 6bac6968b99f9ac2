import Kernel
import Problems

/// What an import of problems found and did, or would do.
package struct ProblemImportReport: Sendable {
  package let fileName: String
  /// SHA-256 of the file as it lay on the disk.
  package let fileHash: [UInt8]
  /// Nothing was written.
  package let isTrial: Bool
  /// The codes of the customers whom the log is of.
  package internal(set) var customers: [String] = []
  /// Rows of the file without its header, those that cannot be read included.
  package let rows: Int64
  /// Problems that could be read.
  package internal(set) var problems: Int64 = 0
  /// Those that were not there yet, and their events.
  package internal(set) var newProblems: Int64 = 0
  package internal(set) var newEvents: Int64 = 0
  /// How the problems of the file stand at its end, new or not, and how many of them came back.
  package internal(set) var states: [ProblemState: Int64] = [:]
  package internal(set) var reopened: Int64 = 0
  package let unreadable: [UnreadableRow]
  package let leftOut: [String]
  package let anomalies: [Anomaly: Anomaly.Count]
  /// The codes of customers that were made because they were missing.
  package internal(set) var created: [String] = []
  /// The import record; nil when there was nothing new, or several customers have one each.
  package internal(set) var record: PublicId?

  init(fileName: String, read: LogReader.Result, isTrial: Bool = false) {
    self.fileName = fileName
    self.isTrial = isTrial
    (fileHash, rows, unreadable, leftOut, anomalies) = (read.fileHash, read.rows, read.unreadable, read.leftOut, read.anomalies)
  }

  mutating func count(new: [Int], of log: IncidentLog) {
    problems += Int64(log.incidents.count)
    newProblems += Int64(new.count)
    newEvents += new.reduce(0) { $0 + Int64(log.incidents[$1].rows.count) }
    for index in log.incidents.indices {
      let problem = log.problem(index)
      states[problem.state, default: 0] += 1
      if problem.reopenCount > 0 { reopened += 1 }
    }
  }

  /// Adds what was done for one of the customers.
  static func += (sum: inout ProblemImportReport, part: ProblemImportReport) {
    sum.problems += part.problems
    sum.newProblems += part.newProblems
    sum.newEvents += part.newEvents
    sum.states.merge(part.states, uniquingKeysWith: +)
    sum.reopened += part.reopened
    sum.record = sum.customers.count == 1 ? part.record : nil
  }

  /// As `--json` prints it, and as the import record keeps it.
  package var value: Value {
    .object([
      "file": .text(fileName), "fileHash": .text(Hexadecimal.text(fileHash)), "customers": .array(customers.map(Value.text)), "rows": .integer(rows),
      "problems": .integer(problems), "newProblems": .integer(newProblems), "events": .integer(newEvents),
      "states": .object(ProblemState.allCases.compactMap { state in states[state].map { Value.Member(state.rawValue, .integer($0)) } }),
      "reopened": .integer(reopened), "unreadable": .array(unreadable.map(\.value)), "leftOut": .array(leftOut.map(Value.text)),
      "anomalies": .object(Anomaly.members(anomalies, of: "problems")), "created": .array(created.map(Value.text)), "record": .id(record),
      "dryRun": .bool(isTrial),
    ])
  }

  package func text(_ language: Language) -> String {
    var lines = [
      Self.summary.text(
        language,
        [
          "file": fileName, "problems": String(problems), "rows": String(rows),
          "customers": customers.count == 1 ? customers[0] : String(customers.count),
        ]),
      Self.written.text(language, ["new": String(newProblems), "known": String(problems - newProblems), "events": String(newEvents)]),
    ]
    if !created.isEmpty { lines.append(ImportReport.made.text(language, ["names": created.joined(separator: ", ")])) }
    if !unreadable.isEmpty {
      lines.append(Self.skipped.text(language, ["rows": String(unreadable.count), "problems": String(leftOut.count)]))
      lines += unreadable.map { "  " + $0.text(language) }
    }
    if !anomalies.isEmpty { lines += [Self.anomalies.text(language)] + Anomaly.lines(anomalies, language) }
    let counts = ProblemState.allCases.compactMap { state in states[state].map { "\(state.rawValue) \($0)" } }
    lines.append(Self.byState.text(language, ["counts": counts.joined(separator: ", "), "reopened": String(reopened)]))
    if isTrial { lines.append(AssetImportReport.nothingWritten.text(language)) }
    return lines.joined(separator: "\n") + "\n"
  }

  static let summary = Message(
    "import.problems.summary", "{file}: {problems} problems in {rows} rows; customers: {customers}", zh: "{file}：{problems} 个问题，共 {rows} 行；客户：{customers}")
  static let written = Message(
    "import.problems.written", "new {new}, already there {known}; events {events}", zh: "新增 {new}，已存在 {known}；历史事件 {events}")
  static let skipped = Message(
    "import.problems.skipped", "{rows} rows could not be read and were skipped; {problems} problems were left out with them:",
    zh: "跳过了 {rows} 行无法读取的数据，连同其所属的 {problems} 个问题均未导入：")
  static let anomalies = Message("import.problems.anomalies", "Known anomalies (problems, occurrences)", zh: "已知异常（问题数，次数）")
  static let byState = Message(
    "import.problems.states", "At the end of the log: {counts}; reopened {reopened}", zh: "日志结束时：{counts}；曾重新打开 {reopened}")

  static let messages = [summary, written, skipped, anomalies, byState]
}
