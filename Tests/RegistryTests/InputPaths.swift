import Kernel
import Operations

/// A place in an input: members and indices from the root.
struct InputPath: Hashable, Sendable, CustomStringConvertible {
  enum Step: Hashable, Sendable { case member(String), index(Int) }

  let steps: [Step]

  init(_ steps: [Step] = []) { self.steps = steps }

  func appending(_ step: Step) -> InputPath { InputPath(steps + [step]) }

  var description: String {
    steps.reduce(into: "") { text, step in
      switch step {
      case .member(let name): text += text.isEmpty ? name : ".\(name)"
      case .index(let index): text += "[\(index)]"
      }
    }
  }
}

/// A field and where it stands in a given input.
struct PlacedField: Sendable {
  let path: InputPath
  let type: FieldType
  let isRequired: Bool
  let isSecret: Bool

  /// Every field and list element that `input` holds, at every depth.
  static func all(_ fields: [any InputField], in input: Value, at path: InputPath = InputPath()) -> [PlacedField] {
    fields.flatMap { field -> [PlacedField] in
      guard let value = input[field.name] else { return [] }
      let here = path.appending(.member(field.name))
      let placed = PlacedField(path: here, type: field.type, isRequired: field.isRequired, isSecret: field.isSecret)
      return [placed] + inside(field.type, value, here, isSecret: field.isSecret)
    }
  }

  private static func inside(_ type: FieldType, _ value: Value, _ path: InputPath, isSecret: Bool) -> [PlacedField] {
    switch type {
    case .object(let fields): return all(fields, in: value, at: path)
    case .list(let element, _):
      return (value.array ?? []).enumerated().flatMap { index, value -> [PlacedField] in
        let here = path.appending(.index(index))
        return [PlacedField(path: here, type: element, isRequired: true, isSecret: isSecret)] + inside(element, value, here, isSecret: isSecret)
      }
    default: return []
    }
  }

  /// The paths of all objects with a field list: the input itself and the records inside it.
  static func objects(_ fields: [any InputField], in input: Value) -> [InputPath] {
    [InputPath()] + all(fields, in: input).filter { if case .object = $0.type { true } else { false } }.map(\.path)
  }
}

extension Value {
  subscript(_ path: InputPath) -> Value? {
    path.steps.reduce(self) { value, step in
      switch step {
      case .member(let name): value?[name]
      case .index(let index): value?.array.flatMap { $0.indices.contains(index) ? $0[index] : nil }
      }
    }
  }

  /// The same value with another at `path`; nil there takes the member away.
  func replacing(_ path: InputPath, with new: Value?) -> Value { replacing(path.steps[...], with: new) ?? .null }

  private func replacing(_ steps: ArraySlice<InputPath.Step>, with new: Value?) -> Value? {
    guard let step = steps.first else { return new }
    switch (self, step) {
    case (.object(let members), .member(let name)):
      if members.contains(where: { $0.name == name }) {
        return .object(
          members.compactMap { member in
            guard member.name == name else { return member }
            return member.value.replacing(steps.dropFirst(), with: new).map { Member(name, $0) }
          })
      }
      return .object(members + (new.map { [Member(name, $0)] } ?? []))
    case (.array(let elements), .index(let index)):
      return .array(elements.enumerated().compactMap { $0.offset == index ? $0.element.replacing(steps.dropFirst(), with: new) : $0.element })
    default: return self
    }
  }
}
