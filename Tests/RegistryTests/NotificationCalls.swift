import Kernel
import Operations
import Tenancy

@testable import Notifications

/// Calls of notifications: what is told is made by a sweep, so a row of it is written as the sweep would.
enum NotificationCalls {
  /// The channels must fit who is told, and hours that are none are refused.
  static let create = CallRule(given: { _, _, _ in (settings, nil) })

  static let change = CallRule(given: { world, twin, _ in
    let seeded = try await world.seeded("ntr", in: twin)
    return (settings.merging(["id": seeded.id]) { $1 }, seeded.version)
  })

  private static let settings: [String: Value] = [
    "event": "incident.opened", "audience": .array(["owner", "requester"]), "channels": .array(["inbox", "email", "webhook"]), "quietFrom": "22:00",
    "quietTo": "07:00", "metric": .null, "percentFrom": .null,
  ]

  static let webhook = CallRule(given: { world, _, _ in (["url": .text("https://hooks.example.com/\(world.next())")], nil) })

  static let changedWebhook = CallRule(given: { world, twin, _ in
    let seeded = try await world.seeded("whk", in: twin)
    return (["id": seeded.id, "url": .text("https://hooks.example.com/\(world.next())")], seeded.version)
  })

  static let template = CallRule(given: { world, _, _ in
    (
      ["event": "incident.opened", "language": "en", "subject": "[{number}] {title}", "body": .text("{state} \(world.next())")],
      try await world.versionOfWords()
    )
  })

  static let reset = CallRule(
    omitted: ["audience"],
    given: { world, _, _ in
      let named: [String: Value] = ["event": "incident.opened", "language": "en"]
      try await world.seed(
        "notification_template.set", ["event": "incident.opened", "language": "en", "subject": "{title}", "body": "{state}"],
        version: try await world.versionOfWords())
      return (named, try await world.versionOfWords())
    })

  /// Whoever read it is a receiver: the operator at the machine is none.
  static let read = CallRule(given: { world, twin, principal in
    (["id": try await world.notification(twin, for: principal)], nil)
  })

  /// One switch for all: it stands as the call needs it.
  static func switched(_ isHeld: Bool) -> CallRule {
    CallRule(given: { world, _, _ in
      let wanted: (String, Value) = isHeld ? ("notification.hold", ["reason": "x"].value) : ("notification.release", .object([]))
      _ = await world.answer(wanted.0, wanted.1, as: world.database.root)
      return ([:], nil)
    })
  }
}

extension [String: Value] {
  fileprivate var value: Value { .object(map { Value.Member($0.key, $0.value) }) }
}

extension World {
  func webhook() async throws -> Value {
    try await seed("webhook.create", ["name": .text("Hook \(next())"), "url": "https://hooks.example.com/steward"])
  }

  /// Of what is said in English of an incident that was opened.
  func versionOfWords() async throws -> Int64? {
    let lines = try await seed("notification_template.list", [:])["items"]?.array ?? []
    return lines.first { $0["event"] == "incident.opened" && $0["language"] == "en" }?["version"]?.integer
  }

  func notificationRule() async throws -> Value {
    let staff = try await seed("staff.create", ["login": login(), "name": "Told", "password": .text(Samples.password)])["id"] ?? .null
    return try await seed(
      "notification_rule.create", ["name": .text("Rule \(next())"), "event": "incident.opened", "staff": .array([staff])])
  }

  /// In somebody's inbox, or, for nobody, what could not be sent to a person of the twin's.
  func notification(_ twin: Twin, for principal: Principal? = nil) async throws -> Value {
    let who: Receiver.Who =
      switch principal?.side {
      case .staff: .staff(principal?.actor.id ?? 0)
      default: .person(principal?.person ?? 0)
      }
    let home = principal.map { $0.side == .staff ? database.provider : twin.entry } ?? twin.entry
    let (bits, now) = (database.tenancy.random.publicIdBits(), database.clock.now())
    let draft = NotificationDraft(
      tenant: home.id, publicId: bits, cause: "test:\(next())", receiver: who.name, channel: principal == nil ? .email : .inbox, rule: nil,
      event: .opened, address: principal == nil ? "somebody@example.test" : nil, customer: twin.entry.id, ticket: nil, language: .english,
      text: NotificationText(subject: "\(twin.canary) \(next())", body: twin.canary), state: principal == nil ? "dead" : "inbox", dueAt: now,
      expiresAt: now.adding(seconds: 3600), occurredAt: now)
    try await database.tenancy.transaction(binding: [home.id], side: .staff) { $0.enqueue(InsertNotifications(drafts: [draft], now: now)) }
    return .id(home.id(IdKind.notification.prefix, bits))
  }
}
