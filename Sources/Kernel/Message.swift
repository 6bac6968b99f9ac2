/// The languages of every user-facing text.
package enum Language: String, Sendable, CaseIterable {
  case english = "en"
  case chinese = "zh-Hans"

  /// The language of a tag (BCP 47), in any case: `zh-CN` is Simplified Chinese.
  package init?(tag: String) {
    switch tag.lowercased() {
    case "zh", "zh-hans", "zh-cn", "zh-sg", "zh-hans-cn", "zh-hans-sg": self = .chinese
    case "en": self = .english
    case let tag where tag.hasPrefix("en-"): self = .english
    default: return nil
    }
  }

  /// The best of the languages named by an `Accept-Language` header (RFC 9110, 12.5.4); English when none fits.
  package init(acceptLanguage header: String?) {
    var best: (language: Language, weight: Int) = (.english, 0)
    for range in (header ?? "").prefix(1000).split(separator: ",") {
      let parts = range.split(separator: ";").map { $0.trimmingSpaces() }
      guard let tag = parts.first?.lowercased() else { continue }
      let quality = parts.dropFirst().first { $0.hasPrefix("q=") }.flatMap { Rate(String($0.dropFirst(2))) }?.units
      let weight = Int(clamping: quality ?? Rate.scale)
      guard let language = tag == "*" ? Language.english : Language(tag: tag) else { continue }
      if weight > best.weight { best = (language, weight) }
    }
    self = best.language
  }
}

/// A text of the catalogue, in both languages, with `{name}` for its arguments. A module keeps its messages beside the
/// code that speaks them; the catalogue is the union of the modules' lists and is checked by a test. The key doubles
/// as the stable code of a failure.
package struct Message: Hashable, Sendable {
  package let key: String
  package let english: String
  package let chinese: String

  package init(_ key: String, _ english: String, zh chinese: String) {
    self.key = key
    self.english = english
    self.chinese = chinese
  }

  package func text(_ language: Language, _ arguments: [String: String] = [:]) -> String {
    let template =
      switch language {
      case .english: english
      case .chinese: chinese
      }
    guard !arguments.isEmpty else { return template }
    // One pass, so that an argument which itself holds braces is never filled in again.
    var result = ""
    var rest = template[...]
    while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
      result += rest[..<open]
      let name = String(rest[rest.index(after: open)..<close])
      result += arguments[name] ?? "{\(name)}"
      rest = rest[rest.index(after: close)...]
    }
    return result + rest
  }

  /// The names of the arguments of one language's text.
  package func placeholders(_ language: Language) -> Set<String> {
    Set(text(language).split(separator: "{", omittingEmptySubsequences: false).dropFirst().compactMap { $0.split(separator: "}").first.map(String.init) })
  }
}

/// Lists the messages of a module, for the catalogue.
package protocol MessageCatalog {
  static var all: [Message] { get }
}

extension Sequence<String> {
  /// As a message lists what is allowed: with commas; `-` where nothing is.
  package var asAllowed: String {
    let list = joined(separator: ", ")
    return list.isEmpty ? "-" : list
  }
}

extension Substring {
  func trimmingSpaces() -> Substring {
    var rest = self
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return rest
  }
}
