/// One command as it was written: what it means is not known here.
package struct AdminCommand: Equatable, Sendable {
  package struct Argument: Equatable, Sendable {
    package let key: String
    /// Nil for `key=`, which is null.
    package let value: String?

    package init(_ key: String, _ value: String?) {
      self.key = key
      self.value = value
    }
  }

  /// Without its `@`.
  package let tag: String?
  /// At least one.
  package let words: [String]
  /// In their order; no key occurs twice.
  package let arguments: [Argument]

  package init(tag: String? = nil, words: [String], arguments: [Argument] = []) {
    self.tag = tag
    self.words = words
    self.arguments = arguments
  }

  package func argument(_ key: String) -> Argument? { arguments.first { $0.key == key } }

  /// The command as a client writes it, CR LF included. A value of more than `longestQuoted` bytes goes as a literal.
  package func bytes(longestQuoted: Int = 200) -> [UInt8] {
    var bytes: [UInt8] = []
    if let tag { bytes += "@\(tag) ".utf8 }
    bytes += words.joined(separator: " ").utf8
    for argument in arguments {
      bytes += " \(argument.key)=".utf8
      guard let value = argument.value else { continue }
      if value.utf8.count > longestQuoted {
        bytes += "{\(value.utf8.count)}\r\n".utf8
        bytes += value.utf8
      } else {
        QuotedText.append(value, to: &bytes)
      }
    }
    return bytes + [UInt8(ascii: "\r"), UInt8(ascii: "\n")]
  }
}
