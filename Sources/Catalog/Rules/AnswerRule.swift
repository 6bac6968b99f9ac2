import Kernel

/// Answers against an order form.
package struct AnswerRule: Sendable {
  let form: [FormField]

  package init(form: [FormField]) { self.form = form }

  /// What is stored, and what is wrong.
  package struct Reading: Equatable, Sendable {
    /// The answers that were given, in the form's order.
    package internal(set) var answers: [Value.Member] = []
    /// The persons that they name, whom the store must know, by the key of the field.
    package internal(set) var persons: [String: PublicId] = [:]
    package internal(set) var violations: [Failure.Violation] = []
  }

  /// The limits of a text's characters or of a number, those that are not given included.
  static func bounds(of field: FormField) -> (least: Int64, most: Int64) {
    switch field.type {
    case .number: (field.least ?? -9_000_000_000_000_000, field.most ?? 9_000_000_000_000_000)
    case .text: (max(field.least ?? 1, 1), min(field.most ?? 200, 500))
    case .lines: (max(field.least ?? 1, 1), min(field.most ?? 4000, 20_000))
    case .choice, .date, .boolean, .person: (0, 0)
    }
  }

  /// Reads the answers of a request. A field that is not shown must not be answered: what nobody was asked is not stored.
  package func read(_ answers: Value) -> Reading {
    var reading = Reading()
    let given = Dictionary((answers.members ?? []).map { ($0.name, $0.value) }) { _, last in last }
    var decisions: [String: String] = [:]
    for field in form {
      let answer = given[field.key].flatMap { $0.isNull ? nil : $0 }
      guard field.shownWhen.map({ decisions[$0.field] == $0.equals }) ?? true else {
        if answer != nil { reading.refuse(field.key, CatalogMessages.notAsked) }
        continue
      }
      guard let answer else {
        if field.required { reading.refuse(field.key, CatalogMessages.needsAnswer) }
        continue
      }
      guard let stored = stored(answer, for: field, in: &reading) else { continue }
      reading.answers.append(Value.Member(field.key, stored))
      if field.type.decides { decisions[field.key] = Self.decision(stored) }
    }
    let keys = Set(form.map(\.key))
    for member in answers.members ?? [] where !keys.contains(member.name) { reading.refuse(member.name, CatalogMessages.notAsked) }
    return reading
  }

  /// The form in which conditions name an answer.
  private static func decision(_ answer: Value) -> String? {
    switch answer {
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .bool(let bool): String(bool)
    case .null, .decimal, .array, .object: nil
    }
  }

  private func stored(_ answer: Value, for field: FormField, in reading: inout Reading) -> Value? {
    let bounds = Self.bounds(of: field)
    let limits = ["least": String(bounds.least), "most": String(bounds.most)]
    switch (field.type, answer) {
    case (.text, .text(let text)), (.lines, .text(let text)):
      guard text.utf8.count <= 80_000, (bounds.least...max(bounds.least, bounds.most)).contains(Int64(text.unicodeScalars.count)) else {
        return reading.refuse(field.key, CatalogMessages.badLength, limits)
      }
      guard Self.isPlain(text, multiline: field.type == .lines) else { return reading.refuse(field.key, CatalogMessages.wrongType, ["expected": "text"]) }
      return answer
    case (.number, .integer(let number)):
      guard bounds.least <= number, number <= bounds.most else { return reading.refuse(field.key, CatalogMessages.outOfRange, limits) }
      return answer
    case (.choice, .text(let value)):
      guard field.choices.contains(where: { $0.value == value }) else {
        return reading.refuse(field.key, CatalogMessages.notAChoice, ["allowed": field.choices.map(\.value).joined(separator: ", ")])
      }
      return answer
    case (.date, .text(let text)):
      guard let day = CalendarDate(text) else { return reading.refuse(field.key, CatalogMessages.wrongType, ["expected": "yyyy-mm-dd"]) }
      return .date(day)
    case (.boolean, .bool): return answer
    case (.person, .text(let text)):
      guard let id = PublicId(text), id.kind == "per" else { return reading.refuse(field.key, CatalogMessages.unknownPerson) }
      reading.persons[field.key] = id
      return answer
    default: return reading.refuse(field.key, CatalogMessages.wrongType, ["expected": Self.expected(field.type)])
    }
  }

  private static func expected(_ type: FormFieldType) -> String {
    switch type {
    case .text, .lines, .choice: "text"
    case .number: "integer"
    case .date: "yyyy-mm-dd"
    case .boolean: "true/false"
    case .person: "id"
    }
  }

  private static func isPlain(_ text: String, multiline: Bool) -> Bool {
    text.unicodeScalars.allSatisfy { scalar in
      scalar.properties.generalCategory != .control || multiline && (scalar == "\n" || scalar == "\t" || scalar == "\r")
    }
  }
}

extension AnswerRule.Reading {
  /// - Returns: nothing to store.
  @discardableResult
  fileprivate mutating func refuse(_ key: String, _ message: Message, _ arguments: [String: String] = [:]) -> Value? {
    violations.append(Failure.Violation(path: "answers.\(key)", message, arguments))
    return nil
  }
}
