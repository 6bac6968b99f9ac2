/// Reads one segment of a command: from its beginning, or from the end of a literal, to the next CR LF, which is not part
/// of it. The grammar of docs/admin-protocol.md without the literals' octets.
struct SegmentReader {
  /// What the segments so far have given.
  struct Command: Equatable {
    var tag: String?
    var words: [String] = []
    var arguments: [AdminCommand.Argument] = []
    var keys: Set<String> = []
  }

  /// A literal that the end of the segment announces.
  struct Announcement: Equatable {
    let key: String
    let byteCount: Int
  }

  private let bytes: ArraySlice<UInt8>
  private var position: Int

  init(_ bytes: ArraySlice<UInt8>) {
    self.bytes = bytes
    position = bytes.startIndex
  }

  /// The first segment of a command.
  mutating func begin(_ command: inout Command) throws(SyntaxError) -> Announcement? {
    if current == UInt8(ascii: "@") {
      position += 1
      guard let tag = token(atMost: 32), take(UInt8(ascii: " ")) else { throw .tag }
      command.tag = tag
    }
    return try parts(&command)
  }

  /// What follows a literal's octets: nothing, or a space and further arguments.
  mutating func proceed(_ command: inout Command) throws(SyntaxError) -> Announcement? {
    guard current != nil else { return nil }
    guard take(UInt8(ascii: " ")) else { throw .literal }
    return try parts(&command)
  }

  private mutating func parts(_ command: inout Command) throws(SyntaxError) -> Announcement? {
    while true {
      guard let word = token(atMost: 64) else { throw command.keys.isEmpty ? .word : .argument }
      if take(UInt8(ascii: "=")) {
        guard !command.words.isEmpty else { throw .word }
        guard command.keys.insert(word).inserted else { throw .duplicate }
        if current == UInt8(ascii: "{") { return Announcement(key: word, byteCount: try announcedByteCount()) }
        command.arguments.append(AdminCommand.Argument(word, try value()))
      } else {
        guard current == nil || current == UInt8(ascii: " ") else { throw command.keys.isEmpty ? .word : .argument }
        guard command.keys.isEmpty else { throw .argument }
        command.words.append(word)
      }
      guard current != nil else { return nil }
      guard take(UInt8(ascii: " ")) else { throw .value }
    }
  }

  private var current: UInt8? { position < bytes.endIndex ? bytes[position] : nil }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard current == byte else { return false }
    position += 1
    return true
  }

  /// 1 to `limit` letters, digits, `.`, `_` and `-`; nil for none, or for more.
  private mutating func token(atMost limit: Int) -> String? {
    let start = position
    while let byte = current, Self.isTokenByte(byte), position - start <= limit { position += 1 }
    guard (1...limit).contains(position - start) else { return nil }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  private static func isTokenByte(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "-"): true
    default: false
    }
  }

  /// `{N}` at the segment's end.
  private mutating func announcedByteCount() throws(SyntaxError) -> Int {
    position += 1
    let start = position
    while let byte = current, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte), position - start < 8 { position += 1 }
    let digits = bytes[start..<position]
    guard (1...7).contains(digits.count), take(UInt8(ascii: "}")), current == nil, let count = Int(String(decoding: digits, as: UTF8.self)) else {
      throw .literal
    }
    return count
  }

  private mutating func value() throws(SyntaxError) -> String? {
    switch current {
    case nil, UInt8(ascii: " "): return nil
    case UInt8(ascii: "\""): return try quoted()
    default: return try bare()
    }
  }

  private mutating func bare() throws(SyntaxError) -> String {
    let start = position
    while let byte = current, byte != UInt8(ascii: " ") {
      guard byte > 0x20, byte != 0x7f else { throw .characters }
      guard byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\") else { throw .value }
      position += 1
    }
    guard let text = String(validating: bytes[start..<position], as: UTF8.self) else { throw .characters }
    return text
  }

  private mutating func quoted() throws(SyntaxError) -> String {
    position += 1
    var content: [UInt8] = []
    while let byte = current {
      position += 1
      switch byte {
      case UInt8(ascii: "\""):
        guard let text = String(validating: content, as: UTF8.self) else { throw .characters }
        return text
      case UInt8(ascii: "\\"): try escape(into: &content)
      case 0..<0x20, 0x7f: throw .characters
      default: content.append(byte)
      }
    }
    throw .value
  }

  private mutating func escape(into content: inout [UInt8]) throws(SyntaxError) {
    guard let byte = current else { throw .escape }
    position += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"): content.append(byte)
    case UInt8(ascii: "n"): content.append(0x0a)
    case UInt8(ascii: "r"): content.append(0x0d)
    case UInt8(ascii: "t"): content.append(0x09)
    case UInt8(ascii: "u"): content += String(try scalar()).utf8
    default: throw .escape
    }
  }

  /// `{` and 1 to 6 hexadecimal digits and `}`. PostgreSQL cannot store NUL.
  private mutating func scalar() throws(SyntaxError) -> Unicode.Scalar {
    guard take(UInt8(ascii: "{")) else { throw .escape }
    var number: UInt32 = 0
    var digits = 0
    while let byte = current, let digit = Self.hexadecimal(byte), digits < 7 {
      // Seven digits have 28 bits.
      number = number << 4 | digit
      digits += 1
      position += 1
    }
    guard (1...6).contains(digits), take(UInt8(ascii: "}")), number != 0, let scalar = Unicode.Scalar(number) else { throw .escape }
    return scalar
  }

  private static func hexadecimal(_ byte: UInt8) -> UInt32? {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): UInt32(byte - UInt8(ascii: "0"))
    case UInt8(ascii: "a")...UInt8(ascii: "f"): UInt32(byte - UInt8(ascii: "a")) + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): UInt32(byte - UInt8(ascii: "A")) + 10
    default: nil
    }
  }
}
