import Kernel
import Operations
import Tenancy

/// Operations that no generated call can make, each with the reason and the test that makes it instead.
enum NotGenerated {
  static let reasons: [String: String] = [
    "session.open": "needs an account whose password is known: ValidCallTests",
    "setup.complete": "possible only while there is no staff at all: ValidCallTests",
    "password.change": "needs the present password of the caller: OperationsTests",
    "change.concern": "needs a caller who serves two customers: ChangesTests",
    "job.retry": "needs a job that was given up, which no operation makes: OperationsTests",
  ]
}

extension World {
  /// A call with every field that it may have, about new rows of `twin`.
  func validCall(_ operation: RegisteredOperation, for twin: Twin, by principal: Principal) async throws -> ValidCall {
    let name = operation.declaration.name
    let rule =
      CallRule.byOperation[name] ?? CallRule.problemCalls[name] ?? CallRule.changeCalls[name] ?? CallRule.gateCalls[name]
      ?? CallRule.attributeCalls[name] ?? CallRule()
    let (given, version) = try await rule.given(self, twin, principal)
    var call = ValidCall(input: .null, version: version)
    let builder = InputBuilder(world: self, twin: twin, omitted: rule.omitted.union(rule.refused(principal)).union(["cursor"]))
    var members: [Value.Member] = []
    for field in operation.inputFields where !builder.omitted.contains(field.name) {
      if let value = given[field.name] {
        members.append(Value.Member(field.name, value))
      } else if field.name == "id", case .id(let kind) = field.type {
        let seeded = try await seeded(kind.prefix, in: twin)
        members.append(Value.Member("id", seeded.id))
        call.version = seeded.version
      } else {
        members.append(Value.Member(field.name, try await builder.value(field.name, field.type)))
      }
    }
    call.input = .object(members)
    if !operation.declaration.requiresVersion { call.version = nil }
    return call
  }
}

struct InputBuilder: Sendable {
  let world: World
  let twin: World.Twin
  let omitted: Set<String>

  func value(_ name: String, _ type: FieldType) async throws -> Value {
    if let usual = CallRule.usual(name, world) { return usual }
    switch type {
    case .text(let length, _):
      let text = "\(twin.canary) \(world.next())"
      return .text(String((text + String(repeating: "x", count: max(0, length.lowerBound - text.count))).prefix(length.upperBound)))
    case .integer(let range): return .integer(name == "limit" ? range.upperBound : range.lowerBound)
    case .boolean: return .bool(false)
    case .instant: return "2026-03-02T07:00:00Z"
    case .date: return "2026-03-02"
    case .month: return "2026-03"
    case .id(let kind): return try await world.seeded(kind.prefix, in: twin).id
    case .oneOf(let allowed): return .text(allowed.first)
    case .percent: return "99.5"
    case .amount: return "12.50"
    case .list(let element, let count):
      var elements: [Value] = []
      for _ in 0..<max(1, count.lowerBound) { elements.append(try await value(name, element)) }
      return .array(elements)
    case .object(let fields):
      var members: [Value.Member] = []
      for field in fields where !omitted.contains(field.name) { members.append(Value.Member(field.name, try await value(field.name, field.type))) }
      return .object(members)
    case .document: throw World.SeedFailure(description: "no sample of the document \(name): add it to CallRule.usual")
    }
  }
}
