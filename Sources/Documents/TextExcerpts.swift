/// Two texts as a sentence shows how they differ: long ones around their first difference.
package struct TextExcerpts: Hashable, Sendable {
  package let before: String
  package let after: String

  /// The longest text that a sentence quotes whole.
  private static let whole = 120
  /// What is shown of a longer one before the first difference, and in all.
  private static let lead = 30
  private static let window = 90

  package init(_ before: String, _ after: String) {
    guard max(before.count, after.count) > Self.whole else {
      (self.before, self.after) = (before, after)
      return
    }
    let common = zip(before, after).prefix { $0 == $1 }.count
    self.before = Self.excerpt(before, around: common)
    self.after = Self.excerpt(after, around: common)
  }

  /// What a sentence shows of one text.
  package static func of(_ text: String) -> String { TextExcerpts(text, "").before }

  private static func excerpt(_ text: String, around place: Int) -> String {
    let start = max(0, place - lead)
    let part = text.dropFirst(start).prefix(window)
    let isCutBehind = start + part.count < text.count
    return "\(start > 0 ? "…" : "")\(part)\(isCutBehind ? "…" : "")"
  }
}
