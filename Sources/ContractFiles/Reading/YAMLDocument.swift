import Kernel
import Yams

/// A YAML text as a value, with the line on which each of its parts stands.
///
/// Only a plain scalar that looks like one is a number or a truth value: `08:00` is a text and not, as YAML 1.1 has it, a
/// number of base 60, and so is `no`.
package struct YAMLDocument: Sendable {
  package private(set) var value: Value = .null
  /// By path (`contract.lines[0].name`), 1 the first line.
  private var lines: [String: Int] = [:]
  private var nodes = 0

  /// Far more than any contract needs.
  private static let sizeLimit = 1 << 20
  /// Aliases may repeat a part; this bounds what a small file can blow up to.
  private static let nodeLimit = 100_000
  private static let depthLimit = 50

  private struct TooLarge: Error {}

  package init(_ yaml: String) throws(Failure) {
    guard yaml.utf8.count <= Self.sizeLimit else { throw .invalid("", ContractFileMessages.tooLarge) }
    do {
      guard let root = try Yams.compose(yaml: yaml) else { throw Failure.invalid("", ContractFileMessages.empty) }
      value = try read(root, at: "", depth: 0)
    } catch let failure as Failure {
      throw failure
    } catch is TooLarge {
      throw .invalid("", ContractFileMessages.tooLarge)
    } catch {
      throw .invalid("", ContractFileMessages.notYAML, ["reason": "\(error)".trimmingWhitespace()])
    }
  }

  /// The line of the part at a path, or of the nearest part around it.
  package func line(of path: String) -> Int? {
    var path = path[...]
    while true {
      if let line = lines[String(path)] { return line }
      guard let end = path.lastIndex(where: { $0 == "." || $0 == "[" }) else { return path.isEmpty ? nil : lines[""] }
      path = path[..<end]
    }
  }

  /// The scalar at a path, as it is shown to people.
  package func text(at path: String) -> String? {
    var value = value
    for step in path.split(whereSeparator: { $0 == "." || $0 == "[" || $0 == "]" }) {
      let next = Int(step).flatMap { index in value.array.flatMap { $0.indices.contains(index) ? $0[index] : nil } } ?? value[String(step)]
      guard let next else { return nil }
      value = next
    }
    return switch value {
    case .text(let text): text
    case .integer(let integer): String(integer)
    case .decimal(let digits): digits
    case .bool(let bool): String(bool)
    case .null, .array, .object: nil
    }
  }

  private mutating func read(_ node: Node, at path: String, depth: Int) throws -> Value {
    nodes += 1
    guard nodes <= Self.nodeLimit, depth <= Self.depthLimit else { throw TooLarge() }
    if let mark = node.mark { lines[path] = mark.line }
    switch node {
    case .scalar(let scalar): return Self.value(scalar)
    case .sequence(let sequence):
      var values: [Value] = []
      for (index, element) in sequence.enumerated() { values.append(try read(element, at: "\(path)[\(index)]", depth: depth + 1)) }
      return .array(values)
    case .mapping(let mapping):
      var members: [Value.Member] = []
      for (key, element) in mapping {
        let name = key.scalar?.string ?? "?"
        let path = path.isEmpty ? name : "\(path).\(name)"
        members.append(Value.Member(name, try read(element, at: path, depth: depth + 1)))
        if let mark = key.mark { lines[path] = mark.line }
      }
      return .object(members)
    case .alias: return .null
    }
  }

  private static func value(_ scalar: Node.Scalar) -> Value {
    let text = scalar.string
    guard scalar.style == .plain || scalar.style == .any else { return .text(text) }
    switch text {
    case "", "~", "null": return .null
    case "true": return .bool(true)
    case "false": return .bool(false)
    default: break
    }
    if let integer = Int64(text), String(integer) == text { return .integer(integer) }
    return text.wholeMatch(of: /-?[0-9]+\.[0-9]+/) == nil ? .text(text) : .decimal(text)
  }
}

extension String {
  fileprivate func trimmingWhitespace() -> String {
    var text = self[...]
    while text.last?.isWhitespace == true { text.removeLast() }
    while text.first?.isWhitespace == true { text.removeFirst() }
    return String(text)
  }
}
