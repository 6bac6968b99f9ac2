import Kernel
import Operations

/// Imports a file of the CMDB: reads it, and hands its lines to the operation that anyone would use.
package struct ImportAssetFile: Sendable {
  package struct Options: Sendable {
    package var form: AssetFileForm
    /// serial, tag or name.
    package var match: String
    package var isDryRun: Bool
    package var keepsGoing: Bool
    /// Whether a line that tells nothing new confirms its CI, in a file that can.
    package var confirms: Bool
    /// What columns mean that the header does not call by a known name.
    package var mapping: [String: String]

    package init(
      _ form: AssetFileForm, match: String, isDryRun: Bool = false, keepsGoing: Bool = false, confirms: Bool = false, mapping: [String: String] = [:]
    ) {
      self.form = form
      self.match = match
      self.isDryRun = isDryRun
      self.keepsGoing = keepsGoing
      self.confirms = confirms
      self.mapping = mapping
    }
  }

  /// As many lines as one call takes, so that all of them or none are written.
  static let most = 20_000
  /// A file of so many lines is smaller by far.
  static let mostBytes = 64 << 20

  private let dispatcher: Dispatcher
  private let principal: Principal

  package init(dispatcher: Dispatcher, as principal: Principal) {
    self.dispatcher = dispatcher
    self.principal = principal
  }

  /// When rows cannot be read, and it is not to go on without them, the rest is only tried: all faults are told at once.
  package func run(_ file: LogFile, customer: Value, _ options: Options) async throws -> AssetImportReport {
    let read = try await Self.read(file, options.form, options.mapping)
    guard !read.lines.isEmpty else {
      guard !read.unreadable.isEmpty else { throw Failure(.invalid, ImportingMessages.noAssets) }
      return AssetImportReport(fileName: file.name, answer: .object([]), unreadable: read.unreadable)
    }
    let isTrial = options.isDryRun || (!options.keepsGoing && !read.unreadable.isEmpty)
    var input = [
      Value.Member("customer", customer), Value.Member("match", .text(options.match)), Value.Member("dryRun", .bool(isTrial)),
      Value.Member("keepGoing", .bool(options.keepsGoing)), Value.Member("lines", .array(read.lines)),
    ]
    if options.form.confirms { input.append(Value.Member("confirm", .bool(options.confirms))) }
    let answer = try await dispatcher.invoke(
      options.form.operation, .object(input), as: principal, Call(requestId: "import-" + Base32.encode(dispatcher.tenancy.random.bytes(10)))
    ).value
    return AssetImportReport(fileName: file.name, answer: answer, unreadable: read.unreadable)
  }

  static func read(_ file: LogFile, _ form: AssetFileForm, _ mapping: [String: String]) async throws -> AssetFileParser {
    var bytes: [UInt8] = []
    _ = try await file.read { chunk, _ in
      guard bytes.count + chunk.count <= mostBytes else { throw Failure(.tooLarge, ImportingMessages.tooManyAssets, ["most": String(most)]) }
      bytes.append(contentsOf: chunk)
    }
    var records = CSVReader(separator: AssetFileParser.separator(of: bytes))
    var parser = AssetFileParser(form, mapping: mapping)
    try bytes.withUnsafeBytes { try records.feed($0) { try parser.take($0) } }
    try records.finish { try parser.take($0) }
    try parser.finish()
    return parser
  }
}

/// What an import of a file of the CMDB found and did.
package struct AssetImportReport: Sendable {
  package let fileName: String
  /// Of the operation.
  package let answer: Value
  package let unreadable: [UnreadableRow]

  package var isWritten: Bool { answer["isWritten"] == .bool(true) }
  /// Whether any line was refused or could not be read.
  package var hasFaults: Bool { (answer["refused"]?.integer ?? 0) > 0 || !unreadable.isEmpty }

  package var value: Value {
    .object([Value.Member("file", .text(fileName))] + (answer.members ?? []) + [Value.Member("unreadable", .array(unreadable.map(\.value)))])
  }

  package func text(_ language: Language, isDryRun: Bool) -> String {
    let numbers = ["created", "changed", "unchanged", "refused"].reduce(into: ["file": fileName]) { numbers, name in
      numbers[name] = String(answer[name]?.integer ?? 0)
    }
    var texts = [Self.summary.text(language, numbers)]
    var untold = 0
    for line in answer["lines"]?.array ?? [] {
      let number = String(line["line"]?.integer ?? 0)
      for problem in line["problems"]?.array ?? [] {
        let why = problem[language == .chinese ? "chinese" : "english"]?.text ?? ""
        texts.append("  " + Self.problem.text(language, ["line": number, "field": problem["field"]?.text ?? "", "why": why]))
      }
      if line["outcome"] == "refused", line["problems"]?.array?.isEmpty ?? true { untold += 1 }
      guard isDryRun, let fields = line["fields"]?.array, !fields.isEmpty else { continue }
      let what = line["outcome"] == "created" ? Self.addition : Self.change
      texts.append("  " + what.text(language, ["line": number, "fields": fields.compactMap(\.text).joined(separator: ", ")]))
    }
    if untold > 0 { texts.append("  " + Self.more.text(language, ["count": String(untold)])) }
    texts += unreadable.map { "  " + $0.text(language) }
    if !isWritten { texts.append(Self.nothingWritten.text(language)) }
    return texts.joined(separator: "\n") + "\n"
  }

  static let summary = Message(
    "import.assets.summary", "{file}: {created} created, {changed} changed, {unchanged} unchanged, {refused} refused",
    zh: "{file}：新建 {created}，变更 {changed}，无变更 {unchanged}，拒绝 {refused}")
  static let problem = Message("import.assets.problem", "line {line}: {field}: {why}", zh: "第 {line} 行：{field}：{why}")
  static let change = Message("import.assets.change", "line {line}: changes {fields}", zh: "第 {line} 行：变更 {fields}")
  static let addition = Message("import.assets.addition", "line {line}: adds {fields}", zh: "第 {line} 行：新增 {fields}")
  static let more = Message("import.assets.more", "and {count} more lines that are refused", zh: "另有 {count} 行被拒绝")
  static let nothingWritten = Message("import.assets.nothing_written", "Nothing was written.", zh: "未写入任何数据。")

  static let messages = [summary, problem, change, addition, more, nothingWritten]
}
