import Kernel
import Operations

enum ArticleKind: String, Sendable, CaseIterable {
  /// How something is done.
  case howTo = "how_to"
  /// What helped against a fault.
  case solution
  /// A fault whose cause is not removed yet: its symptom, its cause, and what helps meanwhile.
  case knownError = "known_error"
  case policy
}

/// Who may read an article, of those who may see its customer, if it has one.
enum ArticleAudience: String, Sendable, CaseIterable {
  /// The provider's staff.
  case staff = "internal"
  /// The customers' people too.
  case customers
}

/// What an article says: plain text with a small Markdown, in one language or both.
package struct ArticleContent: Hashable, Sendable {
  var kind: ArticleKind
  var audience: ArticleAudience
  var title: LocalText
  var body: LocalText?
  var symptom: LocalText?
  var cause: LocalText?
  var workaround: LocalText?

  /// What helped on a ticket, for staff: with the situation and what was done as its body.
  package static func solution(title: String, body: String) -> ArticleContent {
    // The language is the one that it is written in: there is no other trace of it.
    let language: Language = SearchQuery(title).grams.isEmpty ? .english : .chinese
    return ArticleContent(kind: .solution, audience: .staff, title: LocalText(title, language), body: LocalText(body, language))
  }

  /// How something was done on a ticket, for staff.
  package static func howTo(title: LocalText, body: LocalText) -> ArticleContent {
    ArticleContent(kind: .howTo, audience: .staff, title: title, body: body)
  }

  /// A known error as a problem tells it, in the language of its title.
  package static func knownError(
    title: String, symptom: String, cause: String?, workaround: String?, forCustomers: Bool
  ) -> ArticleContent {
    let language: Language = SearchQuery(title).grams.isEmpty ? .english : .chinese
    return ArticleContent(
      kind: .knownError, audience: forCustomers ? .customers : .staff, title: LocalText(title, language), symptom: LocalText(symptom, language),
      cause: cause.map { LocalText($0, language) }, workaround: workaround.map { LocalText($0, language) })
  }

  /// Its texts apart from the title, by the names of their fields.
  var texts: [(field: String, text: LocalText?)] {
    [("body", body), ("symptom", symptom), ("cause", cause), ("workaround", workaround)]
  }

  /// As it is stored.
  var value: Value {
    .object(
      [Value.Member("kind", .text(kind.rawValue)), Value.Member("audience", .text(audience.rawValue)), Value.Member("title", title.value ?? .null)]
        + texts.compactMap { field, text in text?.value.map { Value.Member(field, $0) } })
  }

  /// What it is found by.
  var searchText: SearchText {
    var search = SearchText()
    for language in Language.allCases {
      if let title = title[language] { search.add(title, as: .title) }
      for (_, text) in texts { if let text = text?[language] { search.add(text, as: .body) } }
    }
    return search
  }
}

extension LocalText {
  fileprivate init(_ text: String, _ language: Language) {
    switch language {
    case .english: self.init(english: text)
    case .chinese: self.init(chinese: text)
    }
  }
}

extension ArticleContent {
  /// As it was stored.
  init(_ value: Value) {
    func text(_ field: String) -> LocalText? { value[field].map { LocalText($0) } }
    kind = value["kind"]?.text.flatMap(ArticleKind.init) ?? .howTo
    audience = value["audience"]?.text.flatMap(ArticleAudience.init) ?? .staff
    title = LocalText(value["title"])
    body = text("body")
    symptom = text("symptom")
    cause = text("cause")
    workaround = text("workaround")
  }
}

/// Somebody who wrote.
struct Writer: Hashable, Sendable {
  let kind: String
  let id: Int64
  /// The person behind the account, where one is recorded.
  let person: Int64?
  let name: String

  /// Names change, and are no proof of who it is.
  static func == (left: Writer, right: Writer) -> Bool { left.kind == right.kind && left.id == right.id }

  func hash(into hasher: inout Hasher) {
    hasher.combine(kind)
    hasher.combine(id)
  }

  init(kind: String, id: Int64, person: Int64? = nil, name: String) {
    self.kind = kind
    self.id = id
    self.person = person
    self.name = name
  }

  var party: Party { Party(kind: kind, id: id, person: person) }

  init(_ principal: Principal) {
    self.init(kind: principal.actor.kind.rawValue, id: principal.actor.id, person: principal.person, name: principal.name)
  }

  init?(_ value: Value) {
    guard let kind = value["kind"]?.text, let id = value["id"]?.integer, let name = value["name"]?.text else { return nil }
    self.init(kind: kind, id: id, person: value["person"]?.integer, name: name)
  }

  var value: Value { .object(["kind": .text(kind), "id": .integer(id), "person": .integer(person), "name": .text(name)]) }
}
