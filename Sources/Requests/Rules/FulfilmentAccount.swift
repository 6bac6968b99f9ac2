import Catalog
import Kernel
import Operations

/// How a request was fulfilled, as an article about it begins: what was asked for, and what came of its tasks.
struct FulfilmentAccount: Sendable {
  /// What was ordered, in the languages of that version.
  let title: LocalText
  /// In each language of the title, and in no other.
  let body: LocalText

  /// Of each of the two parts.
  private static let mostCharacters = 9000

  /// - Parameter content: the version of the offering that it was ordered by.
  init(code: String, content: Value, answers: Value, tasks: [RequestTask]) {
    let named = LocalText(content["name"])
    let title = named.isEmpty ? LocalText(english: code) : named
    func told(_ language: Language) -> String? {
      guard let name = title[language] else { return nil }
      let asked = (content["form"]?.array ?? []).compactMap { Self.answered($0, answers, language) }
      let done = tasks.filter { $0.state == .done }.map { Self.line(LocalText($0.names), $0.result, language) }
      let parts = [asked, done].filter { !$0.isEmpty }.map { Self.limited($0.joined(separator: "\n")) }
      return parts.isEmpty ? name : parts.joined(separator: "\n\n---\n\n")
    }
    self.title = title
    body = LocalText(english: told(.english), chinese: told(.chinese))
  }

  /// Nil: it was not answered, or by what tells nobody how it is done: a person, or yes or no.
  private static func answered(_ field: Value, _ answers: Value, _ language: Language) -> String? {
    guard let answer = field["key"]?.text.flatMap({ answers[$0] }), let type = field["type"]?.text.flatMap(FormFieldType.init) else { return nil }
    let text: String? =
      switch type {
      case .text, .lines, .date: answer.text
      case .number: answer.integer.map { String($0) }
      case .choice: LocalText((field["choices"]?.array ?? []).first { $0["value"] == answer }?["name"]).text(language) ?? answer.text
      case .boolean, .person: nil
      }
    return text.map { line(LocalText(field["label"]), $0, language) }
  }

  private static func line(_ name: LocalText, _ text: String?, _ language: Language) -> String {
    "- " + [name.text(language), text].compactMap { $0 }.joined(separator: ": ")
  }

  private static func limited(_ text: String) -> String { String(String.UnicodeScalarView(text.unicodeScalars.prefix(mostCharacters))) }
}
