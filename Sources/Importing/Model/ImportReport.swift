import Kernel

/// What an import found and did.
package struct ImportReport: Sendable {
  package let fileName: String
  /// SHA-256 of the file as it lay on the disk.
  package let fileHash: [UInt8]
  package let customerCode: String
  /// How many customers the log is of, and contracts; 1 where the profile names the customer.
  package var customers: Int64 = 1
  package var contracts: Int64 = 1
  /// By service level, where the log has several.
  package var levels: [String: VerdictTally] = [:]
  /// Rows of the file without its header, those that cannot be read included.
  package let rows: Int64
  /// Incidents that could be read.
  package let incidents: Int64
  /// Those that were not there yet, and are now.
  package let newIncidents: Int64
  package let newEvents: Int64
  package let newPersons: Int64
  package let newSites: Int64
  /// Rows that could not be read and were skipped, and the incidents that were left out with them, by their numbers.
  package let unreadable: [UnreadableRow]
  package let leftOut: [String]
  package let anomalies: [Anomaly: Anomaly.Count]
  /// Over all incidents of the file, new or not, by their last priority.
  package let verdicts: [Int64: VerdictTally]
  /// What was made because it was missing: customer, calendar, sla, contract.
  package let created: [String]
  /// The import record; nil when there was nothing new.
  package let record: PublicId?
  /// Nothing was written: the figures are those of what would be.
  package var isTrial = false

  package var allVerdicts: VerdictTally { verdicts.values.reduce(VerdictTally(), +) }

  /// As `--json` prints it, and as the import record keeps it.
  package var value: Value {
    .object([
      "file": .text(fileName), "fileHash": .text(Hexadecimal.text(fileHash)), "customer": .text(customerCode), "rows": .integer(rows),
      "incidents": .integer(incidents), "newIncidents": .integer(newIncidents), "events": .integer(newEvents), "persons": .integer(newPersons),
      "sites": .integer(newSites), "unreadable": .array(unreadable.map(\.value)), "leftOut": .array(leftOut.map(Value.text)),
      "anomalies": .object(
        Anomaly.members(anomalies, of: "incidents")),
      "verdicts": .object(allVerdicts.members + [Value.Member("byPriority", .object(verdicts.keys.sorted().map(verdictMember)))]),
      "created": .array(created.map(Value.text)), "record": .id(record), "customers": .integer(customers), "contracts": .integer(contracts),
      "serviceLevels": .object(levels.keys.sorted().map { Value.Member($0, levels[$0]?.value ?? .null) }), "dryRun": .bool(isTrial),
    ])
  }

  private func verdictMember(_ priority: Int64) -> Value.Member { Value.Member(String(priority), verdicts[priority]?.value ?? .null) }

  // MARK: On a terminal

  package func text(_ language: Language) -> String {
    var lines = [
      (isOfMany ? Self.summaryOfMany : Self.summary).text(
        language,
        [
          "file": fileName, "customer": customerCode, "customers": String(customers), "contracts": String(contracts), "incidents": String(incidents),
          "rows": String(rows),
        ]),
      Self.written.text(
        language,
        [
          "new": String(newIncidents), "known": String(incidents - newIncidents), "events": String(newEvents), "persons": String(newPersons),
          "sites": String(newSites),
        ]),
    ]
    if !created.isEmpty, isOfMany {
      let counts = Dictionary(grouping: created) { $0 }.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.count)" }
      lines.append(Self.made.text(language, ["names": counts.joined(separator: ", ")]))
    } else if !created.isEmpty {
      lines.append(Self.made.text(language, ["names": created.joined(separator: ", ")]))
    }
    if !unreadable.isEmpty {
      lines.append(Self.skipped.text(language, ["rows": String(unreadable.count), "incidents": String(leftOut.count)]))
      lines += unreadable.map { "  " + $0.text(language) }
    }
    if !anomalies.isEmpty { lines += [Self.anomalies.text(language)] + Anomaly.lines(anomalies, language) }
    lines.append(Self.verdicts.text(language))
    for priority in verdicts.keys.sorted() { lines.append(Self.line("P\(priority)", verdicts[priority] ?? VerdictTally())) }
    lines.append(Self.line(Self.total.text(language), allVerdicts))
    if !levels.isEmpty {
      lines.append(Self.byLevel.text(language))
      for (level, tally) in levels.sorted(by: { $0.key < $1.key }) { lines.append(Self.line(level, tally)) }
    }
    if isTrial { lines.append(AssetImportReport.nothingWritten.text(language)) }
    return lines.joined(separator: "\n") + "\n"
  }

  private var isOfMany: Bool { customers != 1 || contracts != 1 }

  /// The reports of one file's customers and contracts as one.
  static func sum(_ reports: [ImportReport], read: LogReader.Result, levels: [String: VerdictTally], customers: Int64) -> ImportReport {
    var verdicts: [Int64: VerdictTally] = [:]
    for report in reports { verdicts.merge(report.verdicts, uniquingKeysWith: +) }
    func sum(_ count: KeyPath<ImportReport, Int64>) -> Int64 { reports.reduce(0) { $0 + $1[keyPath: count] } }
    return ImportReport(
      fileName: reports.first?.fileName ?? "", fileHash: read.fileHash, customerCode: reports.first?.customerCode ?? "", customers: customers,
      contracts: Int64(reports.count), levels: levels, rows: read.rows, incidents: sum(\.incidents), newIncidents: sum(\.newIncidents),
      newEvents: sum(\.newEvents), newPersons: sum(\.newPersons), newSites: sum(\.newSites), unreadable: read.unreadable, leftOut: read.leftOut,
      anomalies: read.anomalies, verdicts: verdicts, created: reports.flatMap(\.created), record: nil, isTrial: reports.contains(where: \.isTrial))
  }

  private static func line(_ name: String, _ tally: VerdictTally) -> String {
    let numbers = [tally.recorded, tally.recordedMet, tally.judged, tally.recomputedMet, tally.notJudged, tally.agreeing]
    return "  " + right(name, 6) + numbers.map { right(String($0), 12) }.joined()
  }

  static func right(_ text: String, _ width: Int) -> String { String(repeating: " ", count: max(0, width - text.count)) + text }

  static let summary = Message(
    "import.report.summary", "{file}: {incidents} incidents in {rows} rows for {customer}", zh: "{file}：{customer} 的 {incidents} 个事件，共 {rows} 行")
  static let summaryOfMany = Message(
    "import.report.summary_of_many", "{file}: {incidents} incidents in {rows} rows for {customers} customers with {contracts} contracts",
    zh: "{file}：{customers} 个客户、{contracts} 份合同的 {incidents} 个事件，共 {rows} 行")
  static let byLevel = Message("import.report.by_level", "By service level", zh: "按服务级别")
  static let written = Message(
    "import.report.written", "new {new}, already there {known}; events {events}, people {persons}, sites {sites}",
    zh: "新增 {new}，已存在 {known}；历史事件 {events}，人员 {persons}，站点 {sites}")
  static let made = Message("import.report.created", "made because missing: {names}", zh: "因缺失而新建：{names}")
  static let skipped = Message(
    "import.report.skipped", "{rows} rows could not be read and were skipped; {incidents} incidents were left out with them:",
    zh: "跳过了 {rows} 行无法读取的数据，连同其所属的 {incidents} 个事件均未导入：")
  static let anomalies = Message("import.report.anomalies", "Known anomalies (incidents, occurrences)", zh: "已知异常（事件数，次数）")
  static let verdicts = Message(
    "import.report.verdicts", "Verdicts    recorded         met  recomputed         met  not judged    agreeing",
    zh: "判定　　有记录　　其中达成　　重新判定　　其中达成　　未判定　　一致")
  static let total = Message("import.report.total", "all", zh: "合计")

  static let messages = [summary, summaryOfMany, byLevel, written, made, skipped, anomalies, verdicts, total]
}

/// Rows that cannot be read stopped the import before anything was written. The command line ends with 3.
package struct UnreadableRows: Error, Sendable {
  package let fileName: String
  package let rows: [UnreadableRow]

  package static let exitCode: Int32 = 3

  package func text(_ language: Language) -> String {
    let head = Self.message.text(language, ["file": fileName, "count": String(rows.count)])
    return ([head] + rows.map { "  " + $0.text(language) }).joined(separator: "\n") + "\n"
  }

  package var value: Value {
    .object(["code": .text(Self.message.key), "file": .text(fileName), "unreadable": .array(rows.map(\.value))])
  }

  static let message = Message(
    "import.unreadable", "{count} rows of {file} cannot be read; nothing was written (--skip-unreadable imports the rest):",
    zh: "{file} 中有 {count} 行无法读取，未写入任何内容（--skip-unreadable 可导入其余部分）：")
}

/// How far an import is.
package enum ImportProgress: Sendable, Equatable {
  /// Bytes of the file as it lies on the disk.
  case reading(done: Int64, all: Int64)
  /// Incidents on their way into the database.
  case sending(done: Int64, all: Int64)
  case writing
  case figures

  package func text(_ language: Language) -> String {
    switch self {
    case .reading: Self.readingText.text(language)
    case .sending: Self.sendingText.text(language)
    case .writing: Self.writingText.text(language)
    case .figures: Self.figuresText.text(language)
    }
  }

  static let readingText = Message("import.progress.reading", "Reading", zh: "读取")
  static let sendingText = Message("import.progress.sending", "Sending", zh: "传送")
  static let writingText = Message("import.progress.writing", "Writing", zh: "写入")
  static let figuresText = Message("import.progress.figures", "Computing figures", zh: "计算指标")

  static let messages = [readingText, sendingText, writingText, figuresText]
}
