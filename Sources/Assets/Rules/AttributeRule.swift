import Kernel
import Operations
import TypedFields

/// Values against the attributes of a CI's type.
struct AttributeRule: Sendable {
  let definitions: [AttributeDefinition]
  private let keys: Set<String>

  init(definitions: [AttributeDefinition]) {
    self.definitions = definitions
    keys = Set(definitions.map(\.key))
  }

  /// As many as one call may tell: all that a type has, and as many that older versions of it had.
  static let most = 200

  /// The attributes after a change. Only what is told is looked at: what a newer version of the type would refuse stays as it
  /// is until somebody changes it, and so does what it would require.
  /// - Parameters:
  ///   - told: by key; null takes away.
  ///   - isNew: of a CI that is being recorded, all that is required must be told.
  ///   - path: what stands before a key: `attributes.`.
  func applied(_ told: [Value.Member], to current: [String: Value], isNew: Bool, path: String = "attributes.") -> (
    values: [String: Value], violations: [Failure.Violation]
  ) {
    guard told.count <= Self.most else {
      return (current, [Failure.Violation(path: String(path.dropLast()), AssetsMessages.tooManyAttributes, ["most": String(Self.most)])])
    }
    var values = current
    var violations: [Failure.Violation] = []
    var unknown: [String] = []
    func refuse(_ key: String, _ problem: Problem) { violations.append(Failure.Violation(path: path + key, problem.message, problem.arguments)) }
    for member in told {
      if member.value.isNull {
        values[member.name] = nil
      } else if current[member.name] == member.value {
        // What is told as it is stands, as it was valid once, also when the type has no such attribute any more.
        continue
      } else if let definition = definitions.first(where: { $0.key == member.name }) {
        do throws(Problem) { values[member.name] = try Self.stored(member.value, definition) } catch { refuse(member.name, error) }
      } else {
        unknown.append(member.name)
      }
    }
    if let first = unknown.first {
      refuse(first.shown, Problem(AssetsMessages.unknownAttribute, ["keys": unknown.shown, "allowed": definitions.map(\.key).shown]))
    }
    let toldKeys = Set(told.map(\.name))
    for definition in definitions where definition.required && values[definition.key] == nil {
      guard isNew || toldKeys.contains(definition.key) else { continue }
      if !violations.contains(where: { $0.path == path + definition.key }) { refuse(definition.key, Problem(InputMessages.required)) }
    }
    return (values, violations)
  }

  /// What is missing or not as the newest version wants it, and what it does not know any more, by key.
  func findings(in values: [String: Value]) -> [Failure.Violation] {
    let leftovers = values.keys.filter { !keys.contains($0) }.sorted().map { Failure.Violation(path: $0, AssetsMessages.leftover) }
    return unsound(in: values) + leftovers
  }

  private func unsound(in values: [String: Value]) -> [Failure.Violation] {
    definitions.compactMap { definition -> Failure.Violation? in
      guard let value = values[definition.key] else {
        return definition.required ? Failure.Violation(path: definition.key, InputMessages.required) : nil
      }
      do throws(Problem) {
        _ = try Self.stored(value, definition)
        return nil
      } catch {
        return Failure.Violation(path: definition.key, error.message, error.arguments)
      }
    }
  }

  /// What is wrong with a value.
  struct Problem: Error {
    let message: Message
    let arguments: [String: String]

    init(_ message: Message, _ arguments: [String: String] = [:]) {
      self.message = message
      self.arguments = arguments
    }

    init(_ problem: TypedField.Problem) {
      switch problem {
      case .wrongType(let expected): self.init(InputMessages.wrongType, ["expected": expected])
      case .length(let least, let most): self.init(InputMessages.badLength, ["least": String(least), "most": String(most)])
      case .blank: self.init(AssetsMessages.blank)
      case .range(let least, let most): self.init(InputMessages.outOfRange, ["least": least, "most": most])
      case .otherForm(let pattern): self.init(AssetsMessages.otherForm, ["pattern": pattern])
      case .notADate: self.init(InputMessages.notADate)
      case .notAnInstant: self.init(InputMessages.notAnInstant)
      case .notAChoice(let allowed): self.init(InputMessages.notAllowed, ["allowed": allowed.shown])
      case .chosenTwice: self.init(AssetsMessages.choiceTwice)
      }
    }
  }

  /// The one form in which a value is stored.
  static func stored(_ value: Value, _ definition: AttributeDefinition) throws(Problem) -> Value {
    do throws(TypedField.Problem) { return try definition.definition.field.stored(value) } catch { throw Problem(error) }
  }

  /// What a cell of a file means for an attribute; what does not fit stays a text, which the rule refuses by name.
  static func value(ofText text: String, _ definition: AttributeDefinition) -> Value {
    switch definition.type {
    case .text, .date, .choice: return .text(text)
    case .integer: return Int64(text).map { .integer($0) } ?? .text(text)
    case .decimal: return .text(text)
    case .boolean:
      return truth(text).map { .bool($0) } ?? .text(text)
    }
  }

  private static func truth(_ text: String) -> Bool? {
    switch text.lowercased() {
    case "true", "yes", "y", "1", "是": true
    case "false", "no", "n", "0", "否": false
    default: nil
    }
  }

  /// Whether a cell of a file tells a value that is there already, of whatever type it was.
  static func isSame(_ text: String, _ value: Value) -> Bool {
    switch value {
    case .text(let known): text == known
    case .integer(let number): Int64(text) == number
    case .decimal(let digits): TypedField.decimal(.text(text)).map { $0 == Rate(digits) } ?? false
    case .bool(let known): truth(text) == known
    case .null, .array, .object: false
    }
  }
}
