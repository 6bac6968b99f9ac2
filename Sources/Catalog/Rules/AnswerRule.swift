import Kernel
import TypedFields

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
    guard let typed = field.typed else {
      guard let text = answer.text else { return reading.refuse(field.key, CatalogMessages.wrongType, ["expected": "id"]) }
      guard let id = PublicId(text), id.kind == "per" else { return reading.refuse(field.key, CatalogMessages.unknownPerson) }
      reading.persons[field.key] = id
      return answer
    }
    do throws(TypedField.Problem) { return try typed.stored(answer) } catch { return reading.refuse(field.key, error, answer) }
  }
}

extension FormField {
  /// Nil: a person, whom the store must know.
  fileprivate var typed: TypedField? {
    let bounds = AnswerRule.bounds(of: self)
    let range = bounds.least...max(bounds.least, bounds.most)
    return switch type {
    case .text: .text(length: range)
    case .lines: .text(length: range, isMultiline: true)
    case .number: .integer(range)
    case .choice: .choice(choices.map(\.value))
    case .date: .date
    case .boolean: .boolean
    case .person: nil
    }
  }
}

extension AnswerRule.Reading {
  fileprivate mutating func refuse(_ key: String, _ problem: TypedField.Problem, _ answer: Value) -> Value? {
    func wrongType(_ expected: String) -> Value? { refuse(key, CatalogMessages.wrongType, ["expected": expected]) }
    return switch problem {
    case .wrongType(let expected): wrongType(expected)
    case .length(let least, let most): refuse(key, CatalogMessages.badLength, ["least": String(least), "most": String(most)])
    case .blank: refuse(key, CatalogMessages.blank)
    case .range(let least, let most): refuse(key, CatalogMessages.outOfRange, ["least": least, "most": most])
    case .notADate: wrongType("yyyy-mm-dd")
    case .notAChoice(let allowed) where answer.text != nil:
      refuse(key, CatalogMessages.notAChoice, ["allowed": allowed.joined(separator: ", ")])
    case .notAChoice, .otherForm, .notAnInstant, .chosenTwice: wrongType("text")
    }
  }

  /// - Returns: nothing to store.
  @discardableResult
  fileprivate mutating func refuse(_ key: String, _ message: Message, _ arguments: [String: String] = [:]) -> Value? {
    violations.append(Failure.Violation(path: "answers.\(key)", message, arguments))
    return nil
  }
}
