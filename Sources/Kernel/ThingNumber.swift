/// The number of a thing for people, as they say it on the phone: `ACME-INC-000123`, of an article `KB-000123`.
package struct ThingNumber: Hashable, Sendable {
  /// The code of the customer, or of the provider; nil for an article, which belongs to nobody.
  package let code: String?
  /// The prefix of the ids of such things: `inc`.
  package let kind: String
  package let number: Int64

  /// Articles and major incidents have letters of their own; all others have the prefix of their ids in capitals.
  private static let article = (letters: "KB", kind: "art")
  private static let major = (letters: "MAJ", kind: "mji")

  /// The letters in the numbers of things whose ids have this prefix.
  package static func letters(of kind: String) -> String {
    switch kind {
    case Self.article.kind: Self.article.letters
    case Self.major.kind: Self.major.letters
    default: kind.uppercased()
    }
  }

  /// Reads a number as somebody types it: in small letters as well, with or without the leading zeros. Nil for anything else.
  package init?(_ text: String) {
    guard text.utf8.count <= 60 else { return nil }
    let parts = Substring(text).trimmingSpaces().split(separator: "-", omittingEmptySubsequences: false).map(String.init)
    guard let digits = parts.last, let number = Self.number(digits) else { return nil }
    switch parts.count {
    case 2:
      guard Self.capitals(parts[0]) == Self.article.letters else { return nil }
      code = nil
      kind = Self.article.kind
    case 3:
      guard let code = TenantCode.read(parts[0]), let letters = Self.capitals(parts[1]) else { return nil }
      self.code = code
      let kind = letters == Self.major.letters ? Self.major.kind : letters.lowercased()
      guard Self.letters(of: kind) == letters else { return nil }
      self.kind = kind
    default: return nil
    }
    self.number = number
  }

  private static func number(_ digits: String) -> Int64? {
    guard (1...18).contains(digits.utf8.count), digits.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) else { return nil }
    return Int64(digits)
  }

  /// Two to six letters.
  private static func capitals(_ text: String) -> String? {
    guard (2...6).contains(text.utf8.count), text.utf8.allSatisfy(TenantCode.isLetter) else { return nil }
    return text.uppercased()
  }
}

/// The short code of a customer or of the provider.
package enum TenantCode {
  /// The code that a text is, in small letters as well; nil for what can be none.
  package static func read(_ text: String) -> String? {
    guard (2...16).contains(text.utf8.count), let first = text.utf8.first, isLetter(first),
      text.utf8.allSatisfy({ isLetter($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) })
    else { return nil }
    return text.uppercased()
  }

  fileprivate static func isLetter(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
  }
}
