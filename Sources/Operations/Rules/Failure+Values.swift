import Kernel

extension Failure {
  /// The same with what the input holds in each place that is wrong, so that nobody has to look for it. What is too long or no single value
  /// is left out, and a secret always is.
  /// - Parameter fields: those of the input.
  func quoting(_ input: Value, by fields: [any InputField]) -> Failure {
    guard !violations.isEmpty else { return self }
    return Failure(
      kind, message, arguments, violations: violations.map { $0.quoting(input, by: fields) }, retryAfterSeconds: retryAfterSeconds, debug: debug)
  }
}

extension Failure.Violation {
  /// Of a text, in Unicode scalars.
  private static let longest = 100
  /// What a name holds that is nobody's business, where the form of the input is known to an operation's own rules only.
  private static let secretWords = ["password", "secret", "token", "credential"]

  /// One step of a path such as `targets[2].budgetSeconds`.
  private enum Step {
    case member(String)
    case index(Int)
  }

  fileprivate func quoting(_ input: Value, by fields: [any InputField]) -> Failure.Violation {
    // A name that is no field's may be a password's misspelt one; and an id that leads nowhere reads as a hidden one does.
    guard message != InputMessages.unknownField, message != InputMessages.unknownReference,
      let value = Self.scalar(at: Self.steps(path)[...], in: input, .object(fields))
    else { return self }
    return Failure.Violation(path: path, message, arguments, value: value)
  }

  private static func steps(_ path: String) -> [Step] {
    path.split(separator: ".").flatMap { part -> [Step] in
      let pieces = part.split(separator: "[", omittingEmptySubsequences: false)
      let indices = pieces.dropFirst().map { Step.index(Int($0.dropLast()) ?? -1) }
      return (pieces.first.map { $0.isEmpty ? [] : [Step.member(String($0))] } ?? []) + indices
    }
  }

  /// - Parameter type: nil where the form is not known.
  private static func scalar(at steps: ArraySlice<Step>, in value: Value, _ type: FieldType?) -> Value? {
    guard let step = steps.first else { return told(value) }
    switch step {
    case .member(let name):
      guard let member = value[name] else { return nil }
      if case .object(let fields)? = type {
        guard let field = fields.first(where: { $0.name == name }), !field.isSecret, !field.isKeptElsewhere else { return nil }
        return scalar(at: steps.dropFirst(), in: member, field.type)
      }
      let lowercased = name.lowercased()
      guard !secretWords.contains(where: { lowercased.contains($0) }) else { return nil }
      return scalar(at: steps.dropFirst(), in: member, nil)
    case .index(let index):
      guard let elements = value.array, elements.indices.contains(index) else { return nil }
      guard case .list(let element, _)? = type else { return scalar(at: steps.dropFirst(), in: elements[index], nil) }
      return scalar(at: steps.dropFirst(), in: elements[index], element)
    }
  }

  private static func told(_ value: Value) -> Value? {
    switch value {
    case .bool, .integer: value
    case .decimal(let digits): digits.utf8.count <= longest ? value : nil
    case .text(let text): text.unicodeScalars.count <= longest ? value : nil
    case .null, .array, .object: nil
    }
  }
}
