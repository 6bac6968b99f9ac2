import Kernel

/// An e-mail address that a message can be sent to, in one spelling.
package enum EmailAddress {
  /// The canonical form of what somebody typed; nil for what no mail server would take.
  package static func read(_ text: String) -> String? {
    let address = LoginName.canonical(text)
    let parts = address.utf8.split(separator: UInt8(ascii: "@"), omittingEmptySubsequences: false)
    guard (3...254).contains(address.utf8.count), parts.count == 2, (1...64).contains(parts[0].count) else { return nil }
    let words = parts[0].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    let labels = parts[1].split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
    // A command that sends mail must not take an address for one of its options.
    guard parts[0].first != UInt8(ascii: "-"), words.allSatisfy({ !$0.isEmpty && $0.allSatisfy(isOfName) }) else { return nil }
    guard labels.count >= 2, labels.allSatisfy({ isLabel($0) }) else { return nil }
    return address
  }

  private static func isLabel(_ label: Substring.UTF8View) -> Bool {
    (1...63).contains(label.count) && label.first != UInt8(ascii: "-") && label.last != UInt8(ascii: "-")
      && label.allSatisfy { isLetterOrDigit($0) || $0 == UInt8(ascii: "-") }
  }

  private static func isOfName(_ byte: UInt8) -> Bool { isLetterOrDigit(byte) || "#$&'*+-/=?^_`{}~".utf8.contains(byte) }

  private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}

extension Field where Wrapped == String {
  /// An e-mail address, in its one spelling.
  package static func email(_ name: String, _ length: ClosedRange<Int>, _ english: String, _ chinese: String) -> Field {
    let text = Field.text(name, length, english, chinese)
    return Field(name, text.type, english, chinese) { value, path throws(FieldError) in
      guard let address = EmailAddress.read(try text.read(value, path)) else { throw FieldError(path, InputMessages.notAnEmail) }
      return address
    }
  }
}
