import Kernel
import Operations

/// Makes one input of the path's id, the query and the body.
enum RequestInput {
  /// `body` is empty where there was none. A name that comes by two ways is refused like one that comes twice.
  static func value(
    _ fields: [any InputField], id: String?, query: [(name: String, text: String)], body: [UInt8]
  ) throws(Failure) -> Value {
    var members: [Value.Member] = []
    if let id { members.append(Value.Member("id", .text(id))) }
    for (name, text) in query {
      // An unknown name goes through as a text: the operation's own answer is "unknown field".
      let type = fields.first { $0.name == name }?.type
      members.append(Value.Member(name, try type.map { type throws(Failure) in try QueryText.value(text, as: type, name) } ?? .text(text)))
    }
    members += try self.members(body)
    var names: Set<String> = []
    for member in members where !names.insert(member.name).inserted {
      throw Failure(.malformed, HTTPMessages.duplicate, ["name": String(member.name.prefix(80))])
    }
    return .object(members)
  }

  private static func members(_ body: [UInt8]) throws(Failure) -> [Value.Member] {
    guard !body.isEmpty else { return [] }
    let value: Value
    do throws(JSON.ReadError) {
      value = try JSON.read(body)
    } catch {
      throw error.failure
    }
    guard let members = value.members else { throw Failure(.malformed, HTTPMessages.notAnObject) }
    return members
  }
}

/// How the text of a query parameter becomes a value of its field's type. What does not fit stays a text, which the
/// field then refuses by name.
enum QueryText {
  static func value(_ text: String, as type: FieldType, _ name: String) throws(Failure) -> Value {
    switch type {
    case .text, .instant, .date, .month, .id, .oneOf, .percent, .amount: return .text(text)
    case .integer:
      // Only the form that JSON would accept too: no plus sign, no leading zeros.
      if case .integer(let integer)? = try? JSON.read(text), !text.contains(where: \.isWhitespace) { return .integer(integer) }
      return .text(text)
    case .boolean:
      switch text {
      case "true": return .bool(true)
      case "false": return .bool(false)
      default: return .text(text)
      }
    case .list(let element, _) where !element.isComposite:
      guard !text.isEmpty else { return .array([]) }
      var elements: [Value] = []
      for part in text.split(separator: ",", omittingEmptySubsequences: false) {
        elements.append(try value(String(part), as: element, name))
      }
      return .array(elements)
    case .list, .object, .document:
      do throws(JSON.ReadError) {
        return try JSON.read(text)
      } catch {
        throw error.failure
      }
    }
  }
}

extension FieldType {
  /// Whether a query parameter of this type is written as JSON rather than as a plain text.
  var isComposite: Bool {
    switch self {
    case .list, .object, .document: true
    default: false
    }
  }
}
