import Kernel
import Operations
import Tenancy
import Testing

/// An id of another customer, in any field of any operation, is answered exactly like an id that nothing has; nothing of
/// the other customer is read, shown or written.
@Suite struct ForeignIdTests {
  @Test(arguments: Portion.quarters) func foreignIdsAreAnsweredLikeUnknownOnes(portion: Portion) async throws {
    let world = try await World.make()
    let callers = try await Callers(world)
    let foreign = try await world.oneOfEachKind(in: world.b)
    let own = try await world.oneOfEachKind(in: world.a)
    let strangers = (foreign: foreign, own: own)
    var probes = 0
    var references = 0
    for operation in portion.operations(of: world) where NotGenerated.reasons[operation.declaration.name] == nil {
      let counts = try await world.rowCounts(world.b.entry)
      for caller in callers.all where caller.scope != .all && operation.declaration.allows(caller) {
        let call = try await world.validCall(operation, for: world.a, by: caller.principal)
        for reference in Self.references(operation.inputFields, in: call.input) {
          references += 1
          probes += try await probe(operation, reference, call, caller, world, strangers)
        }
      }
      let after = try await world.rowCounts(world.b.entry)
      #expect(after == counts, "\(operation.declaration.name) wrote rows of B")
    }
    print("foreign ids: \(probes) probes of \(references) references")
    #expect(references > 0)
  }

  /// The id fields of a valid input, and those that it leaves out.
  private static func references(_ fields: [any InputField], in input: Value) -> [(path: InputPath, kind: IdKind)] {
    let given = PlacedField.all(fields, in: input).compactMap { field -> (path: InputPath, kind: IdKind)? in
      if case .id(let kind) = field.type { (field.path, kind) } else { nil }
    }
    let missing = fields.compactMap { field -> (path: InputPath, kind: IdKind)? in
      guard input[field.name] == nil else { return nil }
      switch field.type {
      case .id(let kind): return (InputPath([.member(field.name)]), kind)
      default: return nil
      }
    }
    return given + missing
  }

  /// Fields beside which an operation does not take one of its references.
  private static let excluded = ["incident.list.requester": ["ci", "attribute"]]

  /// Of fields of which one names what it is about, the input without the others.
  private static func alone(_ path: InputPath, in input: Value, of declaration: Declaration) -> Value {
    guard case .oneOf(let fields) = declaration.reach, let name = path.steps.first, path.steps.count == 1 else { return input }
    guard case .member(let field) = name, fields.contains(field) else { return input }
    return .object((input.members ?? []).filter { $0.name == field || !fields.contains($0.name) })
  }

  private func probe(
    _ operation: RegisteredOperation, _ reference: (path: InputPath, kind: IdKind), _ call: ValidCall, _ caller: Caller, _ world: World,
    _ rows: (foreign: [String: PublicId], own: [String: PublicId])
  ) async throws -> Int {
    let name = operation.declaration.name
    let kind = reference.kind
    let bits = (0..<12).map { _ in UInt8.random(in: .min ... .max) }
    let home = kind.owner == .provider ? world.provider.handle : world.a.entry.handle
    func id(_ handle: TenantHandle) throws -> PublicId { try #require(PublicId(kind: kind.prefix, handle: handle, random: bits)) }
    let excluded = Self.excluded["\(name).\(reference.path)"] ?? []
    let taken = Value.object((call.input.members ?? []).filter { !excluded.contains($0.name) })
    let input = Self.alone(reference.path, in: taken, of: operation.declaration)
    func answer(_ id: PublicId) async -> World.Answer {
      await world.answer(name, input.replacing(reference.path, with: .id(id)), as: caller.principal, version: call.version)
    }
    var strangers: [(what: String, id: PublicId)] = [
      ("an unknown handle", try id(TenantHandle(0x1234_5678))),
      ("B's handle with unknown bits", try id(world.b.entry.handle)),
    ]
    if let foreign = rows.foreign[kind.prefix], !Seeders.shared.contains(kind.prefix) { strangers.append(("B's row", foreign)) }
    // The rows of another kind: the bits exist, under another prefix.
    for (prefix, row) in rows.own.sorted(by: { $0.key < $1.key }).prefix(20) where prefix != kind.prefix {
      strangers.append(("a row of kind \(prefix)", row))
      break
    }
    let unknown = await answer(try id(home))
    guard let expected = unknown.failure else {
      Issue.record("\(name).\(reference.path) as \(caller): an unknown id is accepted")
      return 1
    }
    #expect(expected.kind != .internal, "\(name).\(reference.path) as \(caller): \(expected)")
    for stranger in strangers {
      let place = Comment(rawValue: "\(name).\(reference.path) as \(caller), \(stranger.what)")
      let other = await answer(stranger.id)
      guard let failure = other.failure else {
        Issue.record("accepted: \(place.rawValue)")
        continue
      }
      #expect(Said(failure) == Said(expected), place)
      #expect(!world.b.isShown(in: "\(Said(failure))"), place)
    }
    return strangers.count + 1
  }

  /// A member of a customer who sees only what concerns himself, or a unit, gets the same answer for another person's row
  /// of his own customer.
  @Test func rowsOutsideTheScopeAreAnsweredLikeUnknownOnes() async throws {
    let world = try await World.shared.value
    let callers = try await Callers(world)
    let others = try await world.oneOfEachKind(in: world.a)
    var probes = 0
    for operation in world.registry.operations {
      for caller in callers.all where [.own, .unit].contains(caller.scope) && operation.declaration.allows(caller) {
        guard let target = operation.inputFields.first(where: { $0.name == "id" }), case .id(let kind) = target.type,
          ScopedKinds.prefixes.contains(kind.prefix), let other = others[kind.prefix]
        else { continue }
        let valid = try await world.validCall(operation, for: world.a, by: caller.principal)
        let path = InputPath([.member("id")])
        let unknown = try #require(PublicId(kind: kind.prefix, handle: world.a.entry.handle, random: [UInt8](repeating: 7, count: 12)))
        func answer(_ id: PublicId) async -> World.Answer {
          await world.answer(operation.declaration.name, valid.input.replacing(path, with: .id(id)), as: caller.principal, version: 1)
        }
        let (expected, failure) = (await answer(unknown).failure, await answer(other).failure)
        #expect(failure != nil && failure.map(Said.init) == expected.map(Said.init), "\(operation.declaration.name) as \(caller)")
        probes += 1
      }
    }
    print("rows outside the scope: \(probes) probes")
  }
}

/// Kinds whose rows a customer's people see by unit or person.
enum ScopedKinds {
  static let prefixes: Set<String> = ["inc", "per", "ci"]
}

/// All that a caller is told.
struct Said: Equatable, CustomStringConvertible {
  let kind: Failure.Kind
  let code: String
  let violations: [Failure.Violation]
  let texts: [String]
  let retryAfterSeconds: Int?

  init(_ failure: Failure) {
    kind = failure.kind
    code = failure.code
    violations = failure.violations
    texts =
      Language.allCases.map(failure.text)
      + failure.violations.flatMap { violation in
        Language.allCases.map { violation.message.text($0, violation.arguments) }
      }
    retryAfterSeconds = failure.retryAfterSeconds
  }

  var description: String { "\(kind.rawValue) \(code) \(violations.map { "\($0.path): \($0.message.key) \($0.arguments)" }) \(texts)" }
}

extension Declaration {
  /// What the declaration says of a caller: the role holds the operation, and the scope counts in it.
  func allows(_ caller: Caller) -> Bool { roles.contains(caller.role) && scopes.contains(caller.scope) }
}

extension World {
  /// A row of every kind of id that any operation takes.
  func oneOfEachKind(in twin: Twin) async throws -> [String: PublicId] {
    var rows: [String: PublicId] = [:]
    for kind in Set(registry.operations.flatMap { IdKinds.all($0.inputFields) }) where NotSeeded.reasons[kind] == nil {
      rows[kind] = try await seeded(kind, in: twin).id.text.flatMap { PublicId($0) }
    }
    return rows
  }
}

/// Kinds of id that no operation makes a row of, with the reason.
enum NotSeeded {
  static let reasons: [String: String] = ["job": "jobs are made by Steward itself"]
}

/// The kinds of id that fields take.
enum IdKinds {
  static func all(_ fields: [any InputField]) -> Set<String> { fields.reduce(into: []) { $0.formUnion(of($1.type)) } }

  private static func of(_ type: FieldType) -> Set<String> {
    switch type {
    case .id(let kind): [kind.prefix]
    case .list(let element, _): of(element)
    case .object(let fields): all(fields)
    default: []
    }
  }
}
