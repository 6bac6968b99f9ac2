import Kernel
import Operations
import Tenancy

/// Custom attributes for generated calls: numbers, of incidents and problems in turn.
extension World {
  func attribute() async throws -> Value {
    try await seed(
      "attribute.create",
      ["process": next() % 2 == 0 ? "incident" : "problem", "key": .text("number_\(next())"), "type": "decimal", "label": Samples.localName])
  }

  /// One that was written more than once.
  func attributeWrittenAnew() async throws -> Value {
    let made = try await attribute()
    let id = made["id"] ?? .null
    try await seed("attribute.change", ["id": id, "unit": "kg"], version: made["version"]?.integer)
    return id
  }

  /// What is told of a request.
  func requestAttributes(_ twin: Twin) async throws -> Value {
    let key = "remark_\(next())"
    try await seed("attribute.create", ["process": "request", "key": .text(key), "type": "text", "label": Samples.localName])
    return .object([Value.Member(key, name(twin))])
  }
}

extension CallRule {
  // What it is for only grows: one of all customers gets none.
  private static let omittedOfChange = omittedOfAttributes.union(["customers"])
  private static let omittedOfAttributes: Set<String> = ["pattern", "choices"]

  static let attributeCalls: [String: CallRule] = [
    "attribute.create": CallRule(
      omitted: omittedOfAttributes,
      given: { world, _, _ in
        (["key": .text("own_\(world.next())"), "process": "incident", "type": "decimal", "unit": "kg", "categories": .array(["network"])], nil)
      }),
    "attribute.change": CallRule(
      omitted: omittedOfChange,
      given: { world, _, _ in
        let made = try await world.seed(
          "attribute.create",
          [
            "process": "incident", "key": .text("wider_\(world.next())"), "type": "decimal", "label": Samples.localName,
            "categories": .array(["network/vpn"]),
          ])
        return (["id": made["id"] ?? .null, "unit": "kg", "categories": .array(["network"])], made["version"]?.integer)
      }),
    // One that customers see, who read it as well.
    "attribute.read": CallRule(given: { world, _, _ in
      let made = try await world.seed(
        "attribute.create",
        ["process": "incident", "key": .text("seen_\(world.next())"), "type": "boolean", "label": Samples.localName, "visible": .bool(true)])
      return (["id": made["id"] ?? .null], nil)
    }),
    "attribute.restore": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("atr", in: twin)
      let retired = try await world.seed("attribute.retire", ["id": seeded.id], version: seeded.version)
      return (["id": seeded.id], retired["version"]?.integer)
    }),
    "request.change": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("req", in: twin)
      return (["id": seeded.id, "attributes": try await world.requestAttributes(twin), "source": "phone"], seeded.version)
    }),
  ]
}
