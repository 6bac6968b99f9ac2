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
      members.append(try fields.member(name, ofText: text))
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
