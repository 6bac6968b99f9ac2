/// An address that mail can be sent to: `local@domain` of plain ASCII, the domain of two labels at least: what has one is a name of the mail
/// host's own. Nothing in it could end a header field, name a second receiver, or be
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
    guard labels.count >= 2,
      labels.allSatisfy({ label in
        (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
          && label.allSatisfy { Self.isLetter($0) || $0 == UInt8(ascii: "-") }
      })
    else { return nil }
    self.text = text
  }

  /// What an address is counted by: letters' case and what follows a plus sign do not make another one.
  static func key(_ text: String) -> String {
    let lower = text.lowercased()
    guard let plus = lower.firstIndex(of: "+"), let at = lower.lastIndex(of: "@"), plus < at else { return lower }
    return String(lower[..<plus] + lower[at...])
  }

  private static let marks = Set("#$&'*+-/=?^_`{}~.".utf8)

  private static func isLetter(_ byte: UInt8) -> Bool {
    switch byte {
    case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
    default: false
    }
  }
}
