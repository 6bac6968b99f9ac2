import Kernel
import Operations

/// Makes one input of the path's id, the query and the body.
enum RequestInput {
  /// `body` is empty where there was none. Each way can be read, so a name that comes by two of them is an input that does
  /// not hold what it must; neither is taken for the one that was meant.
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
      throw .invalid(String(member.name.prefix(80)), HTTPMessages.givenByTwoWays)
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
