import Kernel
import Operations
import Yams

/// A mapping of a profile on its way into a record. What is wrong is collected, so that all of it is told at once; what
/// a getter returns is meaningful only when there was nothing.
struct ProfileSection {
  final class Problems {
    var violations: [Failure.Violation] = []

    func add(_ path: String, _ message: Message, _ arguments: [String: String] = [:]) {
      violations.append(Failure.Violation(path: path, message, arguments))
    }
  }

  let path: String
  let problems: Problems
  private let members: [String: Node]
  private let order: [String]

  init(_ node: Node?, at path: String, knowing names: [String]? = nil, _ problems: Problems) {
    self.path = path
    self.problems = problems
    var members: [String: Node] = [:]
    var order: [String] = []
    if case .mapping(let mapping)? = node {
      for (key, value) in mapping {
        guard let name = key.scalar?.string else {
          problems.add(path, ImportingMessages.profileWrongType, ["expected": "text"])
          continue
        }
        members[name] = value
        order.append(name)
        if let names, !names.contains(name) {
          problems.add(Self.join(path, name), ImportingMessages.profileUnknownKey, ["allowed": names.joined(separator: ", ")])
        }
      }
    } else {
      problems.add(path, node == nil ? ImportingMessages.profileMissing : ImportingMessages.profileWrongType, ["expected": "mapping"])
    }
    self.members = members
    self.order = order
  }

  /// The names of the members as they stand in the file.
  var names: [String] { order }

  private static func join(_ path: String, _ name: String) -> String { path.isEmpty ? name : "\(path).\(name)" }

  func path(_ name: String) -> String { Self.join(path, name) }

  func node(_ name: String) -> Node? { members[name] }

  func refuse(_ name: String, _ message: Message, _ arguments: [String: String] = [:]) { problems.add(path(name), message, arguments) }

  func section(_ name: String, knowing names: [String]? = nil) -> ProfileSection {
    ProfileSection(members[name], at: path(name), knowing: names, problems)
  }

  func text(_ name: String) -> String {
    if members[name] == nil { refuse(name, ImportingMessages.profileMissing) }
    return optionalText(name) ?? ""
  }

  func optionalText(_ name: String) -> String? {
    guard let node = members[name] else { return nil }
    return text(node, at: path(name))
  }

  private func text(_ node: Node, at path: String) -> String? {
    guard let text = node.scalar?.string, (1...500).contains(text.unicodeScalars.count) else {
      problems.add(path, ImportingMessages.profileWrongType, ["expected": "text"])
      return nil
    }
    return text
  }

  func texts(_ name: String) -> [String] {
    guard let node = members[name] else { return [] }
    guard let sequence = node.sequence else {
      refuse(name, ImportingMessages.profileWrongType, ["expected": "list"])
      return []
    }
    return sequence.enumerated().compactMap { text($0.element, at: "\(path(name))[\($0.offset)]") }
  }

  func integer(_ name: String, _ range: ClosedRange<Int64>) -> Int64 {
    guard let integer = members[name]?.scalar.flatMap({ Int64($0.string) }), range.contains(integer) else {
      refuse(name, InputMessages.outOfRange, ["least": String(range.lowerBound), "most": String(range.upperBound)])
      return range.lowerBound
    }
    return integer
  }

  func boolean(_ name: String) -> Bool {
    switch members[name]?.scalar?.string {
    case "true": return true
    case "false": return false
    default:
      refuse(name, ImportingMessages.profileWrongType, ["expected": "true, false"])
      return false
    }
  }

  func optionalBoolean(_ name: String) -> Bool? { members[name] == nil ? nil : boolean(name) }

  func choice<Choice: RawRepresentable & CaseIterable>(_ name: String, _ type: Choice.Type) -> Choice? where Choice.RawValue == String {
    choice(name, type, among: Array(type.allCases))
  }

  func choice<Choice: RawRepresentable>(_ name: String, _ type: Choice.Type, among allowed: [Choice]) -> Choice? where Choice.RawValue == String {
    if let text = members[name]?.scalar?.string, let choice = allowed.first(where: { $0.rawValue == text }) { return choice }
    refuse(name, InputMessages.notAllowed, ["allowed": allowed.map(\.rawValue).joined(separator: " | ")])
    return nil
  }

  /// A mapping of the log's names to numbers.
  func numbers(_ name: String, _ range: ClosedRange<Int64>) -> [String: Int64] {
    let section = section(name)
    return Dictionary(uniqueKeysWithValues: section.names.map { ($0, section.integer($0, range)) })
  }

  /// The member as a value: what another module's reader checks.
  func value(_ name: String) -> Value { members[name].map(Self.value) ?? .null }

  private static func value(_ node: Node) -> Value {
    switch node {
    case .scalar(let scalar): .text(scalar.string)
    case .sequence(let sequence): .array(sequence.map(value))
    case .mapping(let mapping): .object(mapping.map { Value.Member($0.key.scalar?.string ?? "", value($0.value)) })
    default: .null
    }
  }
}
