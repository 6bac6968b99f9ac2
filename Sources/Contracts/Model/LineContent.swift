import Kernel

/// What a line version holds.
struct LineContent: Hashable, Sendable {
  struct Quantity: Hashable, Sendable {
    let count: Int64
    let unit: String
  }

  var name: String
  var sla: Int64
  /// Empty, with no persons either: the whole customer.
  var units: [Int64]
  var persons: [Int64]
  var quantity: Quantity?
  var exclusions: LocalText
  var priceReference: String?
  var monthlyFee: Int64?
}

/// A text that people write in two languages.
package struct LocalText: Hashable, Sendable {
  package var english: String?
  package var chinese: String?

  package init(english: String? = nil, chinese: String? = nil) {
    self.english = english
    self.chinese = chinese
  }

  init(_ value: Value?) { self.init(english: value?[Language.english.rawValue]?.text, chinese: value?[Language.chinese.rawValue]?.text) }

  /// Nil where there is none.
  var value: Value? {
    guard english != nil || chinese != nil else { return nil }
    return .object(
      [(Language.english, english), (.chinese, chinese)].compactMap { language, text in text.map { Value.Member(language.rawValue, .text($0)) } })
  }

  /// In that language, or in the other.
  package func text(_ language: Language) -> String? {
    switch language {
    case .english: english ?? chinese
    case .chinese: chinese ?? english
    }
  }
}
