import Events
import Kernel
import Operations
import Tenancy

/// Calls of events: what is delivered is settled by a sweep.
enum EventCalls {
  /// A source belongs to one customer, or has rules.
  static let create = CallRule(omitted: ["rules"])

  static let change = CallRule(given: { world, twin, _ in
    let seeded = try await world.seeded("evs", in: twin)
    let rule = Value.object(["label": "site", "value": .text("V\(world.next())"), "customer": .text(twin.id)])
    return (["id": seeded.id, "customer": .null, "rules": .array([rule])], seeded.version)
  })

  static let deliver = CallRule(given: { world, twin, _ in (["alerts": .array([alert(world)])], nil) })

  static func alert(_ world: World, _ title: Value? = nil) -> Value {
    .object([
      "status": "firing",
      "labels": .object(["alertname": .text("Alert \(world.next())"), "site": .text("Site \(world.next())"), "severity": "warning"]),
      "annotations": .object(["summary": title ?? .text("Summary \(world.next())")]), "startsAt": "2026-03-02T07:59:00.123456789Z",
    ])
  }
}

extension CallRule {
  static let eventCalls: [String: CallRule] = [
    "maintenance_window.create": CallRule(given: { _, _, _ in
      (["startsAt": "2026-03-01T00:00:00Z", "endsAt": "2026-03-20T00:00:00Z", "label": "site", "value": "Berlin"], nil)
    }),
    "maintenance_window.change": CallRule(given: { world, twin, _ in
      let seeded = try await world.seeded("mwn", in: twin)
      return (["id": seeded.id, "endsAt": "2026-03-21T00:00:00Z"], seeded.version)
    }),
  ]
}

extension World {
  func eventSource(of twin: Twin? = nil) async throws -> Value {
    try await seed("event_source.create", ["name": .text("Source \(next())"), "customer": .text(twin?.id)])
  }

  /// An event that no rule says whose it is.
  func eventInTriage() async throws -> Value {
    let source = try await eventSource()["id"] ?? .null
    try await seed("event_source.deliver", ["id": source, "alerts": .array([EventCalls.alert(self)])])
    try await settle()
    var cursor: Value = .null
    repeat {
      let page = try await seed("event.triage", ["limit": 200, "cursor": cursor])
      if let event = page["items"]?.array?.first(where: { $0["source"] == source }) { return event }
      cursor = page["next"] ?? .null
    } while !cursor.isNull
    throw SeedFailure(description: "no event in triage")
  }

  func alert(_ twin: Twin) async throws -> Value {
    let source = try await eventSource(of: twin)["id"] ?? .null
    try await seed("event_source.deliver", ["id": source, "alerts": .array([EventCalls.alert(self, name(twin))])])
    try await settle()
    let alerts = try await seed("alert.list", ["customer": .text(twin.id), "limit": 200])
    guard let alert = alerts["items"]?.array?.first(where: { $0["source"] == source }) else { throw SeedFailure(description: "no alert") }
    return alert
  }

  private func settle() async throws { try await EventSweep(dispatcher).run(at: database.clock.now(), database.tenancy) }
}
