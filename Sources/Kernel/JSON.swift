/// JSON (RFC 8259), read strictly and written compactly.
///
/// Foundation's decoder keeps the last of two equal names and turns large integers into floating point. A request must
/// mean one thing to every reader, so this reader refuses duplicate names, invalid UTF-8, lone surrogates, NUL (which
/// PostgreSQL cannot store), trailing bytes and nesting beyond a limit, and keeps numbers exact.
package enum JSON {
  package static let depthLimit = 32

  package struct ReadError: Error, Equatable, Sendable {
    package let reason: String
    package let offset: Int

    package var failure: Failure { Failure(.malformed, KernelMessages.badJSON, ["reason": reason, "offset": String(offset)]) }
  }

  /// Reads one value; it must be all that `bytes` hold.
  package static func read(_ bytes: some Collection<UInt8>) throws(ReadError) -> Value {
    var reader = JSONReader(Array(bytes))
    return try reader.document()
  }

  package static func read(_ text: String) throws(ReadError) -> Value { try read(text.utf8) }

  package static func write(_ value: Value) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(512)
    append(value, to: &bytes)
    return bytes
  }

  package static func text(_ value: Value) -> String { String(decoding: write(value), as: UTF8.self) }

  package static func append(_ value: Value, to bytes: inout [UInt8]) {
    switch value {
    case .null: bytes += "null".utf8
    case .bool(let bool): bytes += (bool ? "true" : "false").utf8
    case .integer(let integer): bytes += String(integer).utf8
    case .decimal(let digits): bytes += digits.utf8
    case .text(let text): append(text, to: &bytes)
    case .array(let elements):
      bytes.append(UInt8(ascii: "["))
      for (index, element) in elements.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(element, to: &bytes)
      }
      bytes.append(UInt8(ascii: "]"))
    case .object(let members):
      bytes.append(UInt8(ascii: "{"))
      for (index, member) in members.enumerated() {
        if index > 0 { bytes.append(UInt8(ascii: ",")) }
        append(member.name, to: &bytes)
        bytes.append(UInt8(ascii: ":"))
        append(member.value, to: &bytes)
      }
      bytes.append(UInt8(ascii: "}"))
    }
  }

  private static let hex = Array("0123456789abcdef".utf8)

  /// What needs no escape, which is nearly everything, goes over in stretches.
  private static func append(_ text: String, to bytes: inout [UInt8]) {
    var text = text
    text.withUTF8 { utf8 in
      bytes.append(UInt8(ascii: "\""))
      var start = 0
      for (index, byte) in utf8.enumerated() where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") || byte == 0x7f {
        bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start..<index]))
        escape(byte, to: &bytes)
        start = index + 1
      }
      bytes.append(contentsOf: UnsafeBufferPointer(rebasing: utf8[start...]))
      bytes.append(UInt8(ascii: "\""))
    }
  }

  private static func escape(_ byte: UInt8, to bytes: inout [UInt8]) {
    switch byte {
    case UInt8(ascii: "\""): bytes += "\\\"".utf8
    case UInt8(ascii: "\\"): bytes += "\\\\".utf8
    case 0x0a: bytes += "\\n".utf8
    case 0x0d: bytes += "\\r".utf8
    case 0x09: bytes += "\\t".utf8
    default:
      bytes += "\\u00".utf8
      bytes.append(hex[Int(byte >> 4)])
      bytes.append(hex[Int(byte & 15)])
    }
  }
}

private struct JSONReader {
  private let bytes: [UInt8]
  private var position = 0
  private var depth = 0

  init(_ bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func document() throws(JSON.ReadError) -> Value {
    let value = try value()
    skipSpace()
    guard position == bytes.count else { throw error("something follows the value") }
    return value
  }

  private func error(_ reason: String) -> JSON.ReadError { JSON.ReadError(reason: reason, offset: position) }

  private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

  private mutating func skipSpace() {
    while let byte = current, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  private mutating func value() throws(JSON.ReadError) -> Value {
    skipSpace()
    switch current {
    case UInt8(ascii: "{"): return try nested { reader throws(JSON.ReadError) in try reader.object() }
    case UInt8(ascii: "["): return try nested { reader throws(JSON.ReadError) in try reader.array() }
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try literal("true", .bool(true))
    case UInt8(ascii: "f"): return try literal("false", .bool(false))
    case UInt8(ascii: "n"): return try literal("null", .null)
    case let byte? where byte == UInt8(ascii: "-") || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte): return try number()
    case nil: throw error("it ends too early")
    default: throw error("a value was expected")
    }
  }

  private mutating func nested(_ body: (inout JSONReader) throws(JSON.ReadError) -> Value) throws(JSON.ReadError) -> Value {
    depth += 1
    guard depth <= JSON.depthLimit else { throw error("it is nested deeper than \(JSON.depthLimit)") }
    position += 1
    let value = try body(&self)
    depth -= 1
    return value
  }

  private mutating func literal(_ word: StaticString, _ value: Value) throws(JSON.ReadError) -> Value {
    let word = "\(word)".utf8
    guard bytes[position...].starts(with: word) else { throw error("a value was expected") }
    position += word.count
    return value
  }

  private mutating func array() throws(JSON.ReadError) -> Value {
    var elements: [Value] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return .array(elements) }
    while true {
      elements.append(try value())
      skipSpace()
      if take(UInt8(ascii: "]")) { return .array(elements) }
      guard take(UInt8(ascii: ",")) else { throw error("a comma or ] was expected") }
    }
  }

  private mutating func object() throws(JSON.ReadError) -> Value {
    var members: [Value.Member] = []
    var names: Set<String> = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return .object(members) }
    while true {
      skipSpace()
      guard current == UInt8(ascii: "\"") else { throw error("a name in quotes was expected") }
      let name = try string()
      guard names.insert(name).inserted else { throw error("a name occurs twice") }
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("a colon was expected") }
      members.append(Value.Member(name, try value()))
      skipSpace()
      if take(UInt8(ascii: "}")) { return .object(members) }
      guard take(UInt8(ascii: ",")) else { throw error("a comma or } was expected") }
    }
  }

  private mutating func digits() -> Int {
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) { position += 1 }
    return position - start
  }

  private mutating func number() throws(JSON.ReadError) -> Value {
    let start = position
    _ = take(UInt8(ascii: "-"))
    let leadingZero = current == UInt8(ascii: "0")
    let whole = digits()
    guard whole > 0, !(leadingZero && whole > 1) else { throw error("a number is malformed") }
    var integral = true
    if take(UInt8(ascii: ".")) {
      integral = false
      guard digits() > 0 else { throw error("a number is malformed") }
    }
    if current == UInt8(ascii: "e") || current == UInt8(ascii: "E") {
      integral = false
      position += 1
      if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
      guard digits() > 0 else { throw error("a number is malformed") }
    }
    guard position - start <= 40 else { throw error("a number has more than 40 characters") }
    let text = String(decoding: bytes[start..<position], as: UTF8.self)
    if integral, let integer = Int64(text) { return .integer(integer) }
    return .decimal(text)
  }

  private mutating func string() throws(JSON.ReadError) -> String {
    position += 1
    var content: [UInt8] = []
    while true {
      guard let byte = current else { throw error("a string does not end") }
      switch byte {
      case UInt8(ascii: "\""):
        position += 1
        guard let text = String(validating: content, as: UTF8.self) else { throw error("a string is not UTF-8") }
        return text
      case UInt8(ascii: "\\"):
        position += 1
        try escape(into: &content)
      case 0..<0x20: throw error("a control character stands in a string")
      default:
        content.append(byte)
        position += 1
      }
    }
  }

  private mutating func escape(into content: inout [UInt8]) throws(JSON.ReadError) {
    guard let byte = current else { throw error("a string does not end") }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): content.append(byte)
    case UInt8(ascii: "b"): content.append(0x08)
    case UInt8(ascii: "f"): content.append(0x0c)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"):
      var scalar = try hexQuad()
      if (0xd800..<0xdc00).contains(scalar) {
        guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else { throw error("a surrogate stands alone") }
        let low = try hexQuad()
        guard (0xdc00..<0xe000).contains(low) else { throw error("a surrogate stands alone") }
        scalar = 0x10000 + (scalar - 0xd800) << 10 + (low - 0xdc00)
      }
      guard scalar != 0 else { throw error("the character NUL cannot be stored") }
      guard let character = Unicode.Scalar(scalar) else { throw error("a surrogate stands alone") }
      content += String(character).utf8
    default: throw error("an escape is unknown")
    }
  }

  private mutating func hexQuad() throws(JSON.ReadError) -> UInt32 {
    guard bytes.count - position >= 4, let quad = UInt32(String(decoding: bytes[position..<position + 4], as: UTF8.self), radix: 16),
      bytes[position] != UInt8(ascii: "+"), bytes[position] != UInt8(ascii: "-")
    else { throw error("\\u needs four hex digits") }
    position += 4
    return quad
  }
}
