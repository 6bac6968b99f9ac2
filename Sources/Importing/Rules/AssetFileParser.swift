import Kernel

/// Makes lines of the records of a file of the CMDB. What the columns mean is told by the header line; what cannot be read is told by
/// its line.
struct AssetFileParser {
  enum Column: Hashable {
    case field(String)
    case attribute(String)
    case ignored
    /// A cell of the header that says nothing: what stands below it is not guessed.
    case unnamed
  }

  /// The longest cell that is read.
  static let longestCell = 2000

  /// By the column's name: a field, `attributes.KEY`, or `-` for one that is passed over.
  private let mapping: [String: String]
  private let form: AssetFileForm
  private var columns: [(name: String, meaning: Column)] = []
  /// As the operation of the form takes them.
  private(set) var lines: [Value] = []
  private(set) var unreadable: [UnreadableRow] = []

  init(_ form: AssetFileForm, mapping: [String: String]) {
    self.form = form
    self.mapping = mapping
  }

  /// What separates the columns of a file: whichever its header line holds most of.
  static func separator(of header: some Sequence<UInt8>) -> UInt8 {
    let candidates = [UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t")]
    var counts = [UInt8: Int]()
    for byte in header {
      guard byte != UInt8(ascii: "\n") else { break }
      if candidates.contains(byte) { counts[byte, default: 0] += 1 }
    }
    return candidates.reduce(UInt8(ascii: ",")) { counts[$1, default: 0] > counts[$0, default: 0] ? $1 : $0 }
  }

  mutating func take(_ record: CSVRecord) throws(Failure) {
    // Spreadsheets write lines of nothing but separators behind the last one.
    guard record.defect != nil || !(0..<record.count).allSatisfy({ record[$0].isEmpty }) else { return }
    guard !columns.isEmpty else { return try readHeader(record) }
    guard lines.count + unreadable.count < ImportAssetFile.most else {
      throw Failure(.tooLarge, ImportingMessages.tooManyAssets, ["most": String(ImportAssetFile.most)])
    }
    do throws(Refusal) { lines.append(try line(of: record)) } catch { unreadable.append(error.row) }
  }

  /// To be called after the last record.
  func finish() throws(Failure) {
    guard !columns.isEmpty else { throw Failure(.malformed, ImportingMessages.emptyFile) }
  }

  private struct Refusal: Error {
    let row: UnreadableRow
  }

  private mutating func readHeader(_ record: CSVRecord) throws(Failure) {
    guard record.defect == nil else { throw Failure(.malformed, ImportingMessages.unreadableHeader, ["reason": record.defect?.rawValue ?? ""]) }
    var seen: Set<Column> = []
    for index in 0..<record.count {
      guard let name = String(validating: record[index], as: UTF8.self) else { throw Failure(.malformed, ImportingMessages.headerNotText) }
      let meaning = try meaning(of: name)
      if meaning != .ignored, meaning != .unnamed, !seen.insert(meaning).inserted {
        throw Failure(.malformed, ImportingMessages.duplicateColumn, ["column": name])
      }
      columns.append((name, meaning))
    }
    let missing = form.needed.filter { !seen.contains(.field($0)) }
    guard missing.isEmpty else {
      throw Failure(
        .malformed, ImportingMessages.assetColumnMissing, ["missing": missing.joined(separator: ", "), "needed": form.needed.joined(separator: ", ")])
    }
  }

  private func meaning(of name: String) throws(Failure) -> Column {
    let told = mapping[name] ?? name
    if told.allSatisfy(\.isWhitespace) { return .unnamed }
    if told == "-" { return .ignored }
    if form.takesAttributes, told.hasPrefix(AssetFileForm.attributePrefix) {
      return .attribute(String(told.dropFirst(AssetFileForm.attributePrefix.count)))
    }
    guard let field = form.field(called: told) else {
      throw Failure(
        .malformed, ImportingMessages.unknownAssetColumn,
        ["column": name, "allowed": form.fields.joined(separator: ", "), "field": form.needed.first ?? "name"])
    }
    return .field(field)
  }

  private func line(of record: CSVRecord) throws(Refusal) -> Value {
    func refused(_ reason: UnreadableRow.Reason, _ column: String? = nil, _ found: String = "") -> Refusal {
      Refusal(row: UnreadableRow(line: record.line, reason, column: column, found: found))
    }
    switch record.defect {
    case .tooLong: throw refused(.tooLong)
    case .badQuoting: throw refused(.badQuoting)
    case .openQuote: throw refused(.openQuote)
    case nil: break
    }
    guard record.count == columns.count else { throw refused(.columnCount, nil, String(record.count)) }
    var members = [Value.Member("line", .integer(record.line))]
    var attributes: [Value.Member] = []
    for (index, column) in columns.enumerated() where !record[index].isEmpty && column.meaning != .ignored {
      guard let text = String(validating: record[index], as: UTF8.self), text.unicodeScalars.allSatisfy(Self.isText) else {
        throw refused(.notText, column.name)
      }
      guard text.unicodeScalars.count <= Self.longestCell else { throw refused(.fieldTooLong, column.name, text) }
      switch column.meaning {
      case .field(let field): members.append(Value.Member(field, .text(text)))
      case .attribute(let key): attributes.append(Value.Member(key, .text(text)))
      case .unnamed: throw refused(.unnamedColumn, nil, text)
      case .ignored: break
      }
    }
    if !attributes.isEmpty { members.append(Value.Member("attributes", .object(attributes))) }
    return .object(members)
  }

  private static func isText(_ scalar: Unicode.Scalar) -> Bool {
    scalar == "\n" || scalar == "\t" || scalar == "\r" || (scalar.properties.generalCategory != .control && scalar.value != 0xfeff)
  }
}
