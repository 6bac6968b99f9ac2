import Kernel

/// The key of a code: small letters, digits, `_` and `-`, a letter or digit first; of a category up to five of those with `/` between, the
/// one above first; of impact, urgency and priority a number.
enum CodeKey {
  static let longest = 100
  static let deepest = 5

  static func isSound(_ key: String, of list: CodeList) -> Bool {
    guard !list.isOfNumbers else { return number(key) != nil }
    let parts = key.split(separator: "/", omittingEmptySubsequences: false)
    return key.utf8.count <= longest && parts.count <= (list == .category ? deepest : 1) && parts.allSatisfy(isSound)
  }

  /// The number that a key is, of impact, urgency and priority; nil: it is none, or is written otherwise than tickets tell it.
  static func number(_ key: String) -> Int64? { Int64(key).flatMap { Rating.numbers.contains($0) && String($0) == key ? $0 : nil } }

  /// The key of the category above; nil of one that stands at the top.
  static func parent(of key: String) -> String? { key.lastIndex(of: "/").map { String(key[..<$0]) } }

  /// It and all above it: `network/vpn`, `network`.
  static func branch(of key: String) -> [String] {
    var branch: [String] = []
    var next: String? = key
    while let key = next, branch.count < deepest {
      branch.append(key)
      next = parent(of: key)
    }
    return branch
  }

  private static func isSound(_ part: Substring) -> Bool {
    guard let first = part.utf8.first, isAlphanumeric(first) else { return false }
    return part.utf8.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "-") }
  }

  private static func isAlphanumeric(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }
}
