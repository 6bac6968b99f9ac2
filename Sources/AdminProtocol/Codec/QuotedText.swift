/// How a value is written, in commands and in replies: bare where nothing in it could be misunderstood, else in quotes.
package enum QuotedText {
  package static func append(_ text: String, to bytes: inout [UInt8]) {
    guard !isBare(text) else { return bytes += text.utf8 }
    bytes.append(UInt8(ascii: "\""))
    appendEscaped(text, quotes: true, to: &bytes)
    bytes.append(UInt8(ascii: "\""))
  }

  /// Control, formatting and line-breaking characters as escapes: what a terminal would obey or hide, and what ends a
  /// line for somebody, never leaves as it is.
  static func appendEscaped(_ text: String, quotes: Bool, to bytes: inout [UInt8]) {
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"" where quotes: bytes += "\\\"".utf8
      case "\\": bytes += "\\\\".utf8
      case "\n": bytes += "\\n".utf8
      case "\r": bytes += "\\r".utf8
      case "\t": bytes += "\\t".utf8
      case _ where scalar.value >= 0x20 && scalar.value < 0x7f: bytes.append(UInt8(truncatingIfNeeded: scalar.value))
      case _ where isUnsafe(scalar): bytes += "\\u{\(String(scalar.value, radix: 16))}".utf8
      default: bytes += String(scalar).utf8
      }
    }
  }

  private static func isUnsafe(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator: true
    default: false
    }
  }

  /// `[]` in a reply is an empty list.
  private static func isBare(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "{"), text != "[]" else { return false }
    return text.utf8.allSatisfy { (0x21...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\") }
  }
}
