import Kernel
import Operations
import Tenancy

/// Imports a list of outages of a supplier: reads the file, and hands the outages to the operation that anyone would use.
/// What is already there just so is left as it is.
package struct ImportOutageFile: Sendable {
  package struct Options: Sendable {
    /// The supplier's code.
    package var supplier: String
    /// The name of the source; nil: that of the format.
    package var source: String?
    /// Make the supplier and the services that are missing.
    package var createsMissing: Bool
    /// Leave out what cannot be read, instead of stopping.
    package var skipsUnreadable: Bool

    package init(supplier: String, source: String? = nil, createsMissing: Bool = false, skipsUnreadable: Bool = false) {
      self.supplier = supplier
      self.source = source
      self.createsMissing = createsMissing
      self.skipsUnreadable = skipsUnreadable
    }
  }

  /// As many as one call takes.
  static let batch = 5000

  private let dispatcher: Dispatcher
  private let principal: Principal

  package init(dispatcher: Dispatcher, as principal: Principal) {
    self.dispatcher = dispatcher
    self.principal = principal
  }

  /// Throws ``UnreadableRows`` when rows cannot be read and are not to be skipped: nothing was written then.
  package func run(_ file: LogFile, _ options: Options) async throws -> OutageImportReport {
    let read = try await Self.read(file)
    guard options.skipsUnreadable || read.unreadable.isEmpty else { throw UnreadableRows(fileName: file.name, rows: read.unreadable) }
    guard let format = read.format, !read.outages.isEmpty else { throw Failure(.invalid, ImportingMessages.nothingToImport) }
    let requestId = "import-" + Base32.encode(dispatcher.tenancy.random.bytes(10))
    let supplier = try await supplier(options, requestId)
    var report = OutageImportReport(
      fileName: file.name, supplier: options.supplier, format: format.rawValue, rows: read.rowCount, outages: Int64(read.outages.count),
      unreadable: read.unreadable)
    for start in stride(from: 0, to: read.outages.count, by: Self.batch) {
      let outages = read.outages[start..<min(start + Self.batch, read.outages.count)]
      report.count(
        try await call(
          "outage.import",
          [
            "supplier": supplier, "source": .text(options.source ?? format.rawValue), "createServices": .bool(options.createsMissing),
            "outages": .array(outages.map(\.value)),
          ], requestId))
    }
    return report
  }

  static func read(_ file: LogFile) async throws -> OutageParser {
    var parser = OutageParser()
    var records = CSVReader()
    _ = try await file.read { chunk, _ in try records.feed(chunk) { try parser.take($0) } }
    try records.finish { try parser.take($0) }
    try parser.finish()
    return parser
  }

  private func supplier(_ options: Options, _ requestId: String) async throws -> Value {
    var cursor: String?
    repeat {
      let page = try await call("supplier.list", cursor.map { ["limit": 200, "cursor": .text($0)] } ?? ["limit": 200], requestId)
      if let found = page["items"]?.array?.first(where: { $0["code"] == .text(options.supplier) })?["id"] { return found }
      cursor = page["next"]?.text
    } while cursor != nil
    guard options.createsMissing else { throw Failure(.notFound, ImportingMessages.noSupplier, ["code": options.supplier]) }
    let made = try await call("supplier.create", ["code": .text(options.supplier), "name": .text(options.supplier), "zone": "UTC"], requestId)
    return made["id"] ?? .null
  }

  private func call(_ operation: String, _ input: KeyValuePairs<String, Value>, _ requestId: String) async throws -> Value {
    try await dispatcher.invoke(operation, .object(input), as: principal, Call(requestId: requestId)).value
  }
}

/// What an import of outages found and did.
package struct OutageImportReport: Sendable {
  package let fileName: String
  package let supplier: String
  package let format: String
  package let rows: Int64
  package let outages: Int64
  package let unreadable: [UnreadableRow]
  package private(set) var servicesMade: Int64 = 0
  package private(set) var recorded: Int64 = 0
  package private(set) var changed: Int64 = 0
  package private(set) var unchanged: Int64 = 0
  /// Told differently, and left as they were corrected by hand.
  package private(set) var kept: Int64 = 0

  init(fileName: String, supplier: String, format: String, rows: Int64, outages: Int64, unreadable: [UnreadableRow]) {
    self.fileName = fileName
    self.supplier = supplier
    self.format = format
    self.rows = rows
    self.outages = outages
    self.unreadable = unreadable
  }

  mutating func count(_ answer: Value) {
    servicesMade += answer["servicesMade"]?.integer ?? 0
    recorded += answer["recorded"]?.integer ?? 0
    changed += answer["changed"]?.integer ?? 0
    unchanged += answer["unchanged"]?.integer ?? 0
    kept += answer["kept"]?.integer ?? 0
  }

  package var value: Value {
    .object([
      "file": .text(fileName), "supplier": .text(supplier), "format": .text(format), "rows": .integer(rows), "outages": .integer(outages),
      "servicesMade": .integer(servicesMade), "recorded": .integer(recorded), "changed": .integer(changed), "unchanged": .integer(unchanged),
      "kept": .integer(kept),
      "unreadable": .array(unreadable.map(\.value)),
    ])
  }

  package func text(_ language: Language) -> String {
    let lines = [
      Self.summary.text(
        language, ["file": fileName, "format": format, "outages": String(outages), "rows": String(rows), "supplier": supplier]),
      Self.written.text(
        language,
        [
          "recorded": String(recorded), "changed": String(changed), "unchanged": String(unchanged), "kept": String(kept),
          "services": String(servicesMade),
        ]),
    ]
    return (lines + unreadable.map { "  " + $0.text(language) }).joined(separator: "\n") + "\n"
  }

  static let summary = Message(
    "import.outages.summary", "{file} ({format}): {outages} outages in {rows} rows for {supplier}", zh: "{file}（{format}）：{supplier} 的 {outages} 次中断，共 {rows} 行"
  )
  static let written = Message(
    "import.outages.written", "recorded {recorded}, changed {changed}, already there {unchanged}, corrected by hand and kept {kept}; services made {services}",
    zh: "新登记 {recorded}，变更 {changed}，已存在 {unchanged}，已人工更正而保留 {kept}；新建服务 {services}")

  static let messages = [summary, written]
}
