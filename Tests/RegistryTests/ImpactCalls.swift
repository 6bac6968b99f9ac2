import Kernel
import Operations
import Tenancy

/// What fails with the CIs of an incident, for generated calls.
extension CallRule {
  static let impactCalls: [String: CallRule] = [
    // Its CI belongs to a service of its own, which is not recorded yet.
    "incident.take_affected": CallRule(given: { world, twin, _ in
      let ci = try await world.seed(
        "ci.create", ["customer": .text(twin.id), "type": "server", "name": world.name(twin), "service": try await world.catalogueService()])
      let incident = try await world.seed(
        "incident.open", ["customer": .text(twin.id), "title": world.name(twin), "description": world.name(twin), "primaryCi": ci["id"] ?? .null])
      return (["id": incident["id"] ?? .null], incident["version"]?.integer)
    })
  ]
}
