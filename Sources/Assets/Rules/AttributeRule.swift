import Kernel
import Operations

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

  /// The longest text that an attribute holds.
  static let longestText: Int64 = 500

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
  }

  /// The one form in which a value is stored.
  static func stored(_ value: Value, _ definition: AttributeDefinition) throws(Problem) -> Value {
    func wrongType(_ expected: String) -> Problem { Problem(InputMessages.wrongType, ["expected": expected]) }
    switch definition.type {
    case .text:
      guard let text = value.text, text.unicodeScalars.allSatisfy({ $0.properties.generalCategory != .control }) else { throw wrongType("text") }
      let limits = Self.limits(of: definition)
      let most = min(limits.most?.units ?? .max, longestText * Rate.scale)
      guard text.utf8.count <= 4 * Int(longestText),
        ((limits.least?.units ?? 1)...max(most, limits.least?.units ?? 1)).contains(
          Int64(text.unicodeScalars.count) * Rate.scale)
      else { throw outside(definition, InputMessages.badLength, least: "1", most: String(longestText)) }
      if let pattern = definition.pattern, !TextPattern(pattern).matches(text) { throw Problem(AssetsMessages.otherForm, ["pattern": pattern]) }
      return value
    case .integer:
      guard case .integer(let number) = value else { throw wrongType("integer") }
      guard let rate = Rate(String(number)), isInside(rate, definition) else { throw outside(definition, InputMessages.outOfRange) }
      return value
    case .decimal:
      guard let rate = decimal(value) else { throw wrongType("decimal") }
      guard isInside(rate, definition) else { throw outside(definition, InputMessages.outOfRange) }
      return Int64(rate.description).map { .integer($0) } ?? .decimal(rate.description)
    case .date:
      guard let day = value.text.flatMap({ CalendarDate($0) }) else { throw Problem(InputMessages.notADate) }
      return .date(day)
    case .boolean:
      guard case .bool = value else { throw wrongType("true/false") }
      return value
    case .choice:
      guard let text = value.text, definition.choices.contains(where: { $0.value == text }) else {
        throw Problem(InputMessages.notAllowed, ["allowed": definition.choices.map(\.value).shown])
      }
      return value
    }
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
    case .decimal(let digits): decimal(.text(text)).map { $0 == Rate(digits) } ?? false
    case .bool(let known): truth(text) == known
    case .null, .array, .object: false
    }
  }

  /// A decimal of at most six decimals, as a number or as a text.
  private static func decimal(_ value: Value) -> Rate? {
    switch value {
    case .integer(let number): Rate(String(number))
    case .decimal(let digits), .text(let digits): digits.utf8.count <= 24 ? Rate(digits) : nil
    case .null, .bool, .array, .object: nil
    }
  }

  private static func limits(of definition: AttributeDefinition) -> (least: Rate?, most: Rate?) {
    (definition.least.flatMap { Rate($0) }, definition.most.flatMap { Rate($0) })
  }

  private static func isInside(_ rate: Rate, _ definition: AttributeDefinition) -> Bool {
    let limits = Self.limits(of: definition)
    return (limits.least.map { $0 <= rate } ?? true) && (limits.most.map { rate <= $0 } ?? true)
  }

  private static func outside(_ definition: AttributeDefinition, _ message: Message, least: String = "-9000000000000", most: String = "9000000000000")
    -> Problem
  {
    Problem(message, ["least": definition.least ?? least, "most": definition.most ?? most])
  }
}
