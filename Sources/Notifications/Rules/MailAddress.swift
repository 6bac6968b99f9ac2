/// An address that mail can be sent to: `local@domain` of plain ASCII. Nothing in it could end a header field, name a second receiver, or be
/// an option of a command.
struct MailAddress: Sendable, Equatable {
  let text: String

  init?(_ text: String) {
    let bytes = Array(text.utf8)
    guard (3...254).contains(bytes.count), let at = bytes.lastIndex(of: UInt8(ascii: "@")) else { return nil }
    let (local, domain) = (bytes[..<at], bytes[(at + 1)...])
    guard (1...64).contains(local.count), local.first != UInt8(ascii: "-"), local.first != UInt8(ascii: "."), local.last != UInt8(ascii: "."),
      local.allSatisfy({ Self.isLetter($0) || Self.marks.contains($0) })
    else { return nil }
    let labels = domain.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    guard
      labels.allSatisfy({ label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
          && label.allSatisfy { Self.isLetter($0) || $0 == UInt8(ascii: "-") }
      })
    else { return nil }
    self.text = text
  }

  private static let marks = Set("!#$&'*+-/=?^_`{|}~.".utf8)

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: false
    }
  }
}
