import Kernel
import Operations
import Tenancy

/// What fails with the CIs of an incident or a change, for generated calls.
extension CallRule {
  static let impactCalls: [String: CallRule] = [
    "incident.take_affected": CallRule(given: { world, twin, _ in
      let incident = try await world.seed(
        "incident.open",
        [
          "customer": .text(twin.id), "title": world.name(twin), "description": world.name(twin), "primaryCi": try await world.ciOfService(twin),
        ])
      return (["id": incident["id"] ?? .null], incident["version"]?.integer)
    }),
    "change.take_affected": CallRule(given: { world, twin, _ in
      let change = try await world.seed(
        "change.open", ["customer": .text(twin.id), "kind": "normal", "title": world.name(twin), "cis": .array([try await world.ciOfService(twin)])])
      return (["id": change["id"] ?? .null], change["version"]?.integer)
    }),
  ]
}

extension World {
  /// A CI that belongs to a service of its own, which is not recorded as affected yet.
  fileprivate func ciOfService(_ twin: Twin) async throws -> Value {
    let ci = try await seed(
      "ci.create", ["customer": .text(twin.id), "type": "server", "name": name(twin), "service": try await catalogueService()])
    return ci["id"] ?? .null
  }
}
