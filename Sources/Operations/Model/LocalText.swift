import Kernel

/// A text that people write in two languages.
package struct LocalText: Hashable, Sendable {
  package var english: String?
  package var chinese: String?

  package init(english: String? = nil, chinese: String? = nil) {
    self.english = english
    self.chinese = chinese
  }

  package init(_ value: Value?) { self.init(english: value?[Language.english.rawValue]?.text, chinese: value?[Language.chinese.rawValue]?.text) }

  /// Nil where there is none.
  package var value: Value? {
    guard !isEmpty else { return nil }
    return .object(
      [(Language.english, english), (.chinese, chinese)].compactMap { language, text in text.map { Value.Member(language.rawValue, .text($0)) } })
  }

  package var isEmpty: Bool { english == nil && chinese == nil }

  /// In that language, and in no other.
  package subscript(_ language: Language) -> String? {
    switch language {
    case .english: english
    case .chinese: chinese
    }
  }

  /// In that language, or in the other.
  package func text(_ language: Language) -> String? {
    switch language {
    case .english: english ?? chinese
    case .chinese: chinese ?? english
    }
  }
}

extension Field where Wrapped == LocalText {
  /// A text as an object of its languages: `{"en": ..., "zh-Hans": ...}`, one of them at least.
  package static func localText(
    _ name: String, _ length: ClosedRange<Int>, multiline: Bool = false, _ english: String, _ chinese: String
  ) -> Field {
    func part(_ language: Language, _ english: String, _ chinese: String) -> Field<String> {
      multiline ? .longText(language.rawValue, length, english, chinese) : .text(language.rawValue, length, english, chinese)
    }
    let parts = (english: part(.english, "In English.", "英文。"), chinese: part(.chinese, "In Chinese.", "中文。"))
    return Field(name, .object([parts.english.optional, parts.chinese.optional]), english, chinese) { value, path throws(FieldError) in
      guard let members = value.members else { throw FieldError(path, InputMessages.wrongType, ["expected": "object"]) }
      var text = LocalText()
      for member in members where !member.value.isNull {
        switch member.name {
        case parts.english.name: text.english = try parts.english.read(member.value, "\(path).\(member.name)")
        case parts.chinese.name: text.chinese = try parts.chinese.read(member.value, "\(path).\(member.name)")
        default:
          throw FieldError("\(path).\(member.name)", InputMessages.unknownField, ["allowed": "\(parts.english.name), \(parts.chinese.name)"])
        }
      }
      guard !text.isEmpty else { throw FieldError(path, InputMessages.oneLanguage) }
      return text
    }
  }
}
