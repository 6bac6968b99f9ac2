import Kernel

/// Writes replies as lines. No value can end a line or begin another: see ``QuotedText`` and ``JSON``.
package enum ReplyWriter {
  package static func bytes(_ reply: AdminReply, tag: ReplyTag, _ format: ReplyFormat) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(256)
    let tag = Array(tag.text.utf8)
    var last = reply.fields
    switch (reply.content, format) {
    case (.fields, _): break
    case (.listing(let table), .csv), (.thing(let table), .csv):
      appendTable(table, tag, to: &bytes)
      last.insert(count(table), at: 0)
    case (.listing(let table), _):
      for row in table.rows { appendLine(tag, .row, row.members ?? [], format, to: &bytes) }
      last.insert(count(table), at: 0)
    case (.thing(let table), _):
      last = (table.rows.first?.members ?? []) + last
    }
    appendLine(tag, reply.code, last, format, to: &bytes)
    return bytes
  }

  private static func count(_ table: AdminReply.Table) -> Value.Member { Value.Member("rows", .integer(Int64(table.rows.count))) }

  private static func appendLine(_ tag: [UInt8], _ code: ReplyCode, _ fields: [Value.Member], _ format: ReplyFormat, to bytes: inout [UInt8]) {
    appendHead(tag, code, to: &bytes)
    switch format {
    case .json:
      bytes.append(UInt8(ascii: " "))
      JSON.append(.object(fields), to: &bytes)
    case .text, .csv:
      for field in fields { appendField(field.name, field.value, to: &bytes) }
    }
    bytes += "\r\n".utf8
  }

  private static func appendHead(_ tag: [UInt8], _ code: ReplyCode, to bytes: inout [UInt8]) {
    bytes += tag
    bytes.append(UInt8(ascii: " "))
    bytes += String(code.number).utf8
  }

  private static func appendField(_ name: String, _ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .object(let members) where !members.isEmpty:
      for member in members { appendField("\(name).\(member.name)", member.value, to: &bytes) }
    case .array(let elements) where !elements.isEmpty:
      for (index, element) in elements.enumerated() { appendField("\(name).\(index)", element, to: &bytes) }
    default:
      bytes += " \(name)=".utf8
      switch value {
      case .null: break
      case .bool(let bool): bytes += (bool ? "true" : "false").utf8
      case .integer(let integer): bytes += String(integer).utf8
      case .decimal(let digits): bytes += digits.utf8
      case .text(let text): QuotedText.append(text, to: &bytes)
      case .array: bytes += "[]".utf8
      case .object: bytes += "\"{}\"".utf8
      }
    }
  }

  // MARK: CSV

  private static func appendTable(_ table: AdminReply.Table, _ tag: [UInt8], to bytes: inout [UInt8]) {
    appendRecord(tag, .heading, table.columns, to: &bytes)
    for row in table.rows {
      appendRecord(tag, .row, table.columns.map { CSVCell.text(row, at: $0) }, to: &bytes)
    }
  }

  private static func appendRecord(_ tag: [UInt8], _ code: ReplyCode, _ cells: [String], to bytes: inout [UInt8]) {
    appendHead(tag, code, to: &bytes)
    bytes.append(UInt8(ascii: " "))
    bytes += cells.joined(separator: ",").utf8
    bytes += "\r\n".utf8
  }
}

/// A cell of RFC 4180, on one line, that no spreadsheet takes for a formula.
enum CSVCell {
  static func text(_ row: Value, at path: String) -> String {
    var value: Value? = row
    for name in path.split(separator: ".") { value = value?[String(name)] }
    switch value ?? .null {
    case .null: return ""
    case .bool(let bool): return bool ? "true" : "false"
    case .integer(let integer): return String(integer)
    case .decimal(let digits): return digits
    case .text(let text): return cell(text)
    case .array, .object: return cell(JSON.text(value ?? .null))
    }
  }

  private static func cell(_ text: String) -> String {
    var bytes: [UInt8] = []
    if let first = text.unicodeScalars.first, "=+-@\t\r\n".unicodeScalars.contains(first), text != "-", !isNumber(text) { bytes.append(UInt8(ascii: "'")) }
    QuotedText.appendEscaped(text, quotes: false, to: &bytes)
    let escaped = String(decoding: bytes, as: UTF8.self)
    guard escaped.contains(where: { $0 == "," || $0 == "\"" }) || escaped.first == " " || escaped.last == " " else { return escaped }
    return "\"" + escaped.split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\"\"") + "\""
  }

  private static func isNumber(_ text: String) -> Bool {
    switch try? JSON.read(text) {
    case .integer, .decimal: true
    default: false
    }
  }
}
