import Kernel
import Operations
import Tenancy
import Testing

/// Every writing operation is done once for one idempotency key, refuses another body under it, and knows which version
/// it changes.
@Suite struct RepetitionTests {
  @Test(arguments: Portion.quarters) func aKeyIsUsedOnce(portion: Portion) async throws {
    let world = try await World.make()
    let callers = try await Callers(world)
    for operation in Self.writing(portion.operations(of: world)) {
      let name = operation.declaration.name
      let caller = try #require(callers.holding(operation.declaration).first, "\(name)")
      let call = try await world.validCall(operation, for: world.a, by: caller.principal)
      let key = "key-\(world.next())"
      let first = await world.answer(name, call.input, as: caller.principal, version: call.version, key: key)
      #expect(first.failure == nil, "\(name): \(String(describing: first.failure))")
      let before = try await world.effects()
      let second = await world.answer(name, call.input, as: caller.principal, version: call.version, key: key)
      let shown = world.shownOnce(first.value ?? .null)
      #expect(JSON.text(second.value ?? .null) == JSON.text(shown), "\(name): \(second.result) after \(first.result)")
      #expect(try await world.effects() == before, "\(name) is done twice under one key")
      // The same members in another order are the same request; another value, or another version, is another one.
      let reversed = Value.object(Array((call.input.members ?? []).reversed()))
      let again = await world.answer(name, reversed, as: caller.principal, version: call.version, key: key)
      #expect(JSON.text(again.value ?? .null) == JSON.text(shown), "\(name): the order of members matters")
      if let other = try await differing(operation, call, world) {
        let refused = await world.answer(name, other.input, as: caller.principal, version: other.version, key: key)
        #expect(refused.failure?.code == OperationMessages.keyReused.key, "\(name): \(refused.result)")
      }
      #expect(try await world.effects() == before, "\(name)")
    }
  }

  /// The call with another free text, or another version.
  private func differing(_ operation: RegisteredOperation, _ call: ValidCall, _ world: World) async throws -> ValidCall? {
    let text = PlacedField.all(operation.inputFields, in: call.input).first { field in
      if case .text(let length, _) = field.type, length.upperBound >= 30, !field.isSecret { true } else { false }
    }
    var other = call
    if call.version != nil {
      other.version = call.version.map { $0 + 1 }
    } else if let text, CallRule.usual("\(text.path)", world) == nil {
      other.input = call.input.replacing(text.path, with: .text("\(world.a.canary) other \(world.next())"))
    } else {
      return nil
    }
    return other
  }

  @Test func aChangeSaysWhichVersionItSaw() async throws {
    let world = try await World.make()
    let callers = try await Callers(world)
    var tried = 0
    for operation in Self.writing(world.registry.operations) where operation.declaration.requiresVersion {
      let name = operation.declaration.name
      let caller = try #require(callers.holding(operation.declaration).first, "\(name)")
      let call = try await world.validCall(operation, for: world.a, by: caller.principal)
      let version = try #require(call.version, "\(name): the seeded row shows no version")
      let before = try await world.effects()
      let missing = await world.answer(name, call.input, as: caller.principal)
      #expect(missing.failure?.kind == .versionRequired, "\(name): \(missing.result)")
      for stale in [version - 1, version + 1, 0, -1, .max, .min] {
        let answer = await world.answer(name, call.input, as: caller.principal, version: stale)
        #expect(answer.failure?.kind == .versionMismatch, "\(name) with version \(stale) of \(version): \(answer.result)")
      }
      #expect(try await world.effects() == before, "\(name)")
      let done = await world.answer(name, call.input, as: caller.principal, version: version)
      #expect(done.failure == nil, "\(name): \(String(describing: done.failure))")
      // Once done, the version that was seen is stale; what is deleted has none.
      let late = await world.answer(name, call.input, as: caller.principal, version: version)
      let expected: Failure.Kind = operation.declaration.effect == .delete ? .notFound : .versionMismatch
      #expect(late.failure?.kind == expected, "\(name) again: \(late.result)")
      tried += 1
    }
    print("versions: \(tried) operations")
  }

  @Test func aKeyBelongsToItsCallerAndOperation() async throws {
    let world = try await World.make()
    let input: Value = .object(["customer": .text(world.a.id), "name": "same key"])
    let one = try await world.database.staff(.engineer, for: [world.a.entry])
    let other = try await world.database.staff(.engineer, for: [world.a.entry])
    let first = await world.answer("person.add", input, as: one, key: "shared")
    let second = await world.answer("person.add", input, as: other, key: "shared")
    #expect(first.value?["id"] != nil && second.value?["id"] != nil && first.value?["id"] != second.value?["id"])
    for bad in ["", " ", "a b", "\u{e9}", String(repeating: "k", count: 129), "a\n", "\u{0}"] {
      let answer = await world.answer("person.add", input, as: one, key: bad)
      #expect(answer.failure?.code == OperationMessages.badKey.key, "\(bad.debugDescription)")
    }
  }

  static func writing(_ operations: [RegisteredOperation]) -> [RegisteredOperation] {
    operations.filter { operation in
      if case .anonymous = operation.declaration.reach { return false }
      return operation.declaration.effect.writes && NotGenerated.reasons[operation.declaration.name] == nil
    }
  }
}

extension World {
  /// How many rows there are of everything that an act leaves.
  func effects() async throws -> [String] { try await rowCounts(a.entry, b.entry, provider) }

  /// A token, or the key of a webhook: shown once.
  static func isSecret(_ text: String) -> Bool { ["stw_", "whsec_"].contains { text.hasPrefix($0) } }

  /// What a repeated call gets of a result: secrets are null there.
  func shownOnce(_ value: Value) -> Value {
    guard let members = value.members else { return value }
    return .object(members.map { $0.value.text.map(Self.isSecret) == true ? Value.Member($0.name, .null) : $0 })
  }
}
