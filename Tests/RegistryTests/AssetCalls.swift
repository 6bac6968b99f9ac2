import Kernel
import Operations
import Tenancy

/// Files about CIs, for generated calls.
extension CallRule {
  static let assetCalls: [String: CallRule] = [
    "ci.import_relations": CallRule(given: { world, twin, _ in
      let (one, other) = (try await world.namedCi(twin), try await world.namedCi(twin))
      return (["match": "name", "lines": .array([.object(["line": 2, "from": one, "kind": "uses", "to": other])])], nil)
    }),
    "ci.import_coverage": CallRule(given: { world, twin, _ in
      let (_, line) = try await world.lineOfItsOwn(twin)
      let told = Value.object(["line": 2, "ci": try await world.namedCi(twin), "contractLine": line, "on": "2026-02-01"])
      return (["match": "name", "lines": .array([told])], nil)
    }),
  ]
}

extension World {
  /// What a CI is called that no other is.
  fileprivate func namedCi(_ twin: Twin) async throws -> Value {
    let name = name(twin)
    try await seed("ci.create", ["customer": .text(twin.id), "type": "server", "name": name])
    return name
  }
}
