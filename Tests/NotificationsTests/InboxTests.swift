import Desk
import Jobs
import Kernel
import Operations
import Postgres
import Problems
import ServiceLevels
import Tenancy
import TestSupport
import Testing

@testable import Notifications

/// Who is told of what, once, and nobody else.
@Suite struct InboxTests {
  /// Guard: who has left is told nothing any more, not even by mail, for the address may be somebody else's by now.
  @Test func whoHasLeftIsToldNothing() async throws {
    let world = try await NotificationsWorld()
    let incident = try await world.incident()
    let person = try await world.call("person.read", ["id": world.requesterId])
    try await world.call("person.change", ["id": world.requesterId, "left": .bool(true)], version: person["version"]?.integer)
    try await world.comment(incident, "We look into it")
    for _ in 0..<3 { try await world.make() }
    #expect(try await world.events(world.requester) == [])
    #expect(try await world.left() == 0)
  }

  /// A public word of the staff reaches the requester; nobody is told what he did himself, and nobody of another customer is told anything.
  @Test func whoIsToldIsToldOnce() async throws {
    let world = try await NotificationsWorld()
    let (own, foreign) = (try await world.incident(), try await world.incident("Elsewhere", of: world.other))
    for incident in [own, foreign] { try await world.comment(incident, "We look into it") }
    try await world.comment(own, "Between us", visibility: "internal")
    for _ in 0..<3 { try await world.make() }
    #expect(try await world.events(world.requester) == ["incident.answered"])
    #expect(try await world.events(world.engineer) == [], "it was her own word")
    let told = try #require(try await world.inbox(world.requester).first)
    #expect(told["incident"] == own && told["customer"] == .id(world.acme.publicId) && told["readAt"] == .null)
    #expect(told["subject"]?.text == "[ACME-INC-000001] News about: Printer")
    #expect(told["body"]?.text?.contains("We look into it") == true)
    #expect(try await world.inbox(world.stranger).compactMap { $0["subject"]?.text } == ["[OTHER-INC-000001] 有新答复：Elsewhere"])
    #expect(try await world.left() == 0)
  }

  /// What is internal reaches no customer's person, even where a rule named whoever watches; and a staff member who lost the right to read
  /// the customer's tickets is told nothing more.
  @Test func nobodyIsToldWhatIsNotHis() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.internally_commented", ["audience": .array(["watchers"]), "staff": .array([world.colleagueId])])
    let incident = try await world.incident()
    try await world.call("incident.watch", ["id": incident, "person": world.requesterId], as: world.engineer)
    try await world.comment(incident, "Between us", visibility: "internal")
    try await world.make()
    #expect(try await world.events(world.requester) == [])
    #expect(try await world.events(world.colleague) == ["incident.internally_commented"])
    for grant in try await world.call("staff_grant.list", ["account": world.colleagueId])["items"]?.array ?? [] {
      try await world.call("staff_grant.revoke", ["id": grant["id"] ?? .null])
    }
    try await world.comment(incident, "Between us again", visibility: "internal")
    try await world.make()
    #expect(try await world.events(world.colleague) == ["incident.internally_commented"])
  }

  @Test func onesOwnInboxAlone() async throws {
    let world = try await NotificationsWorld()
    let incident = try await world.incident()
    try await world.comment(incident, "One")
    try await world.comment(incident, "Two")
    try await world.make()
    #expect(try await world.call("notification.count", as: world.requester)["unread"] == 2)
    let newest = try #require(try await world.inbox(world.requester).first)
    #expect(newest["body"]?.text?.contains("Two") == true)
    let id = newest["id"] ?? .null
    for other in [world.stranger, world.engineer, try await world.database.user(.customerManager, of: world.acme)] {
      #expect(await refusal { try await world.call("notification.mark_read", ["id": id], as: other) } == "not_found")
      #expect(try await world.inbox(other) == [])
    }
    let read = try await world.call("notification.mark_read", ["id": id], as: world.requester)
    #expect(read["readAt"] == .instant(world.database.clock.now()))
    world.database.clock.advance(seconds: 60)
    #expect(try await world.call("notification.mark_read", ["id": id], as: world.requester)["readAt"] == read["readAt"], "read once")
    #expect(try await world.call("notification.list", ["unread": .bool(true)], as: world.requester)["items"]?.array?.count == 1)
    #expect(try await world.call("notification.mark_all_read", as: world.requester)["read"] == 1)
    #expect(try await world.call("notification.count", as: world.requester)["unread"] == 0)
    #expect(try await world.call("notification.count", as: world.database.root)["unread"] == 0, "the operator has no inbox")
  }

  /// Several rules that mean one person make one notification; a rule of another customer, of another priority or a retired one makes none.
  @Test func rulesMeetWhatTheyName() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.answered", ["audience": .array(["requester"]), "staff": .array([world.colleagueId])], name: "A")
    try await world.rule("incident.answered", ["staff": .array([world.colleagueId])], name: "B")
    try await world.rule("incident.resolved", ["staff": .array([world.colleagueId]), "customer": .id(world.other.publicId)], name: "C")
    try await world.rule("incident.opened", ["staff": .array([world.colleagueId]), "priorityTo": 2], name: "D")
    let incident = try await world.incident()
    _ = try await world.incident("Down", priority: 1)
    try await world.comment(incident, "Word")
    try await world.call("incident.resolve", ["id": incident, "resolution": "Done"], as: world.engineer, version: 2)
    try await world.make()
    #expect(try await world.events(world.colleague).sorted() == ["incident.answered", "incident.opened"])
  }

  @Test func rulesAreRefusedThatTellNobodyOrTooMuch() async throws {
    let world = try await NotificationsWorld()
    let staff = Value.array([world.colleagueId])
    func answer(_ event: String, _ more: [String: Value]) async -> String { await refusal { try await world.rule(event, more) } }
    #expect(await answer("incident.opened", [:]) == "audience notification_rule.nobody")
    #expect(await answer("clock.warned", ["audience": .array(["requester"])]) == "audience notification_rule.not_for_customers")
    #expect(await answer("incident.opened", ["staff": staff, "channels": .array(["webhook"])]) == "webhook notification_rule.webhook")
    #expect(await answer("incident.opened", ["staff": staff, "quietFrom": "22:00"]) == "quietTo notification_rule.quiet")
    #expect(await answer("incident.opened", ["staff": staff, "quietFrom": "24:00", "quietTo": "07:00"]) == "quietFrom notification_rule.time")
    #expect(
      await answer("incident.opened", ["staff": staff, "quietFrom": "22:00", "quietTo": "22:00"]) == "quietTo notification_rule.quiet_never")
    #expect(await answer("incident.open", ["staff": staff]) == "event input.choice")
    #expect(await answer("incident.opened", ["staff": .array(["stf_unknown"])]) == "staff[0] input.unknown_reference")
    #expect(await answer("incident.opened", ["staff": staff]) == "accepted")
    #expect(await answer("incident.opened", ["staff": staff]) == "notification_rule.name_taken")
  }

  /// A rule of each event can be made; a metric and a share belong to clocks.
  @Test func everyEventHasRules() async throws {
    let world = try await NotificationsWorld()
    for event in NotificationEvent.forRules {
      let made = try await world.rule(event.rawValue, ["staff": .array([world.colleagueId])], name: event.rawValue)
      #expect(made["event"]?.text == event.rawValue)
    }
    #expect(try await world.call("notification_rule.list", ["limit": 200])["items"]?.array?.count == NotificationEvent.forRules.count)
  }

  /// Guard: the database would refuse a metric or a share of what happens to the clocks of requests.
  @Test func rulesChooseAmongThePromisesOfRequests() async throws {
    let world = try await NotificationsWorld()
    let staff = Value.array([world.colleagueId])
    let warned = try await world.rule("request.clock_warned", ["staff": staff, "metric": "response", "percentFrom": 80], name: "Warned")
    #expect(warned["metric"] == "response" && warned["percentFrom"] == 80)
    let breached = try await world.rule("request.clock_breached", ["staff": staff, "metric": "resolution"], name: "Breached")
    #expect(breached["metric"] == "resolution")
  }

  /// A ticket that nobody has taken is not silent: its promises reach the account managers of the customer.
  @Test func whatNobodyOwnsIsTold() async throws {
    let world = try await NotificationsWorld()
    try await world.promise()
    let made = try await world.call("staff.create", ["login": "am@provider.test", "name": "Max", "password": "correct horse battery"])["id"] ?? .null
    try await world.call("staff_grant.add", ["account": made, "role": "account_manager", "everyCustomer": .bool(true)])
    let incident = try await world.incident()
    try await world.clocks(after: 1900)
    let told = try await world.rows("inbox").filter { $0.event == "clock.warned" }
    #expect(told.count == 1)
    try await world.call("incident.take", ["id": incident], as: world.engineer, version: 1)
    try await world.clocks(after: 1100)
    let later = try await world.rows("inbox").filter { $0.event == "clock.warned" }
    #expect(later.count == 2 && Set(later.map(\.receiver)).count == 2, "from then on his who took it")
  }

  /// One event that cannot be told holds up no other, and is told when it can be.
  @Test func aPoisonedEventStopsNobodyElse() async throws {
    let world = try await NotificationsWorld()
    let (poisoned, good) = (try await world.incident("Poison"), try await world.incident("Good"))
    try await world.comment(poisoned, "x")
    try await world.comment(good, "y")
    try await world.comment(try await world.incident("Far", of: world.other), "z")
    try await world.script(
      "alter table notifications.notification add constraint poison check (subject not like '%Poison%') not valid")
    await #expect(throws: (any Error).self) { try await world.make() }
    #expect(try await world.inbox(world.requester).compactMap { $0["subject"]?.text } == ["[ACME-INC-000002] News about: Good"])
    #expect(try await world.events(world.stranger) == ["incident.answered"])
    #expect(try await world.left() > 0)
    try await world.script("alter table notifications.notification drop constraint poison")
    try await world.make()
    #expect(try await world.inbox(world.requester).count == 2)
    #expect(try await world.left() == 0)
  }

  /// A look that found as many tenants as it may was the last one, and whoever came behind them was told nothing.
  @Test func tenantsBehindALookAreTold() async throws {
    let world = try await NotificationsWorld()
    for number in 1...3 { try await world.comment(try await world.incident("Near \(number)"), "x") }
    try await world.comment(try await world.incident("Far", of: world.other), "y")
    try await world.make(batch: 1, tenantsAtOnce: 1)
    #expect(try await world.events(world.stranger) == ["incident.answered"])
    #expect(try await world.inbox(world.requester).count == 3)
    #expect(try await world.left() == 0)
  }

  /// However little time a run has, the next turn goes on behind the tenant whose turn was the last.
  @Test func aTurnThatIsOverGoesOnBehindItsLastTenant() async throws {
    let world = try await NotificationsWorld()
    for number in 1...3 { try await world.comment(try await world.incident("Near \(number)"), "x") }
    try await world.comment(try await world.incident("Far", of: world.other), "y")
    let (sweep, tenancy, now) = (MakeNotifications(hasMail: false), world.database.tenancy, world.database.clock.now())
    var first = SweepTurn(after: nil, time: .zero)
    try await sweep.run(at: now, tenancy, &first)
    #expect(first.place == [world.acme.id.rawValue])
    #expect(try await world.inbox(world.requester).count == 3)
    #expect(try await world.events(world.stranger) == [])
    var second = SweepTurn(after: first.place, time: .zero)
    try await sweep.run(at: now, tenancy, &second)
    #expect(try await world.events(world.stranger) == ["incident.answered"])
  }

  /// Several workers at once tell nobody twice.
  @Test func workersShareIt() async throws {
    let world = try await NotificationsWorld()
    let incident = try await world.incident()
    for number in 1...12 { try await world.comment(incident, "Word \(number)") }
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try await world.make(batch: 2) } }
      try await group.waitForAll()
    }
    try await world.make()
    #expect(try await world.inbox(world.requester).count == 12)
    #expect(try await world.left() == 0)
  }

  /// Warnings and breaches of promises reach whoever answers for the ticket, each once; what is hours old is told in the inbox alone.
  @Test func clocksAreTold() async throws {
    let world = try await NotificationsWorld()
    try await world.promise()
    let incident = try await world.incident()
    try await world.call("incident.take", ["id": incident], as: world.engineer, version: 1)
    for _ in 0..<3 {
      try await world.clocks(after: 2400)
    }
    #expect(
      try await world.inbox(world.engineer).compactMap { $0["subject"]?.text } == [
        "[ACME-INC-000001] response breached: Printer", "[ACME-INC-000001] 80% of response used: Printer",
        "[ACME-INC-000001] 50% of response used: Printer",
      ])
    #expect(try await world.rows("email").map(\.event) == ["incident.opened", "clock.breached"])
    #expect(try await world.events(world.requester) == [], "promises are the provider's own affair")
  }

  /// Escalation: the higher the share of the budget, the higher whom it reaches; each step once, and only of the customer, the priority and
  /// the promise that the rule names.
  @Test func whoeverIsNextInLineIsTold() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.promise()
    let staff = { (id: Value) -> Value in .array([id]) }
    try await world.rule("clock.warned", ["staff": staff(world.engineerId), "percentFrom": 50, "metric": "response"], name: "First")
    try await world.rule("clock.warned", ["staff": staff(world.colleagueId), "percentFrom": 80, "priorityTo": 3], name: "Second")
    try await world.rule("clock.warned", ["staff": staff(world.colleagueId), "metric": "resolution"], name: "Another promise")
    try await world.rule("clock.warned", ["staff": staff(world.colleagueId), "priorityTo": 2], name: "Another priority")
    try await world.rule("clock.breached", ["staff": staff(world.colleagueId), "customer": .id(world.other.publicId)], name: "Another customer")
    _ = try await world.incident()
    try await world.clocks(after: 1900)
    #expect(try await world.events(world.engineer) == ["clock.warned"])
    #expect(try await world.events(world.colleague) == [])
    for _ in 0..<2 { try await world.clocks(after: 700) }
    #expect(try await world.events(world.engineer) == ["clock.warned", "clock.warned"])
    #expect(try await world.inbox(world.colleague).compactMap { $0["subject"]?.text } == ["[ACME-INC-000001] 80% of response used: Printer"])
    #expect(
      await refusal { try await world.rule("incident.opened", ["staff": staff(world.engineerId), "metric": "response"], name: "X") }
        == "metric notification_rule.of_clocks_only")
    #expect(
      await refusal { try await world.rule("clock.breached", ["staff": staff(world.engineerId), "percentFrom": 5], name: "X") }
        == "percentFrom notification_rule.of_warnings_only")
  }

  /// What becomes of the problem behind it reaches the owner.
  @Test func problemsAreTold() async throws {
    let world = try await NotificationsWorld()
    let incident = try await world.incident()
    try await world.call("incident.take", ["id": incident], as: world.colleague, version: 1)
    let problem = try await world.call(
      "problem.open",
      ["customer": .id(world.acme.publicId), "title": "Spooler", "description": "Noticed", "impact": 2, "urgency": 2, "incidents": .array([incident])],
      as: world.engineer)
    try await world.call(
      "problem.record_workaround", ["id": problem["id"] ?? .null, "workaround": "Restart"], as: world.engineer, version: problem["version"]?.integer)
    try await TellingSweep().run(at: world.database.clock.now(), world.database.tenancy)
    try await world.make()
    #expect(try await world.inbox(world.colleague).compactMap { $0["subject"]?.text } == ["[ACME-INC-000001] Problem PROV-PRB-000001: Printer"])
  }

  /// What is a week old is history.
  @Test func historyIsNotTold() async throws {
    let world = try await NotificationsWorld()
    try await world.comment(try await world.incident(), "Old")
    world.database.clock.advance(seconds: 8 * 86_400)
    try await world.make()
    #expect(try await world.inbox(world.requester) == [])
    #expect(try await world.left() == 0)
  }
}

extension NotificationsWorld {
  /// Time passes, and is told of.
  func clocks(after seconds: Int64) async throws {
    database.clock.advance(seconds: seconds)
    try await WarnSweep(keepers: [.ticket: TicketKeeper()]).run(at: database.clock.now(), database.tenancy)
    try await BreachSweep(keepers: [.ticket: TicketKeeper()]).run(at: database.clock.now(), database.tenancy)
    try await make()
  }

  /// Acme is promised a response within an hour, with a warning at half of it.
  func promise() async throws {
    let day = Value.array([.array(["00:00", "24:00"])])
    let week = Value.object(["mon": day, "tue": day, "wed": day, "thu": day, "fri": day, "sat": day, "sun": day])
    let calendar = try await call("calendar.create", ["name": "Always", "definition": .object(["zone": "Europe/Berlin", "week": week])])
    let target = Value.object([
      "metric": "response", "priority": 3, "budgetSeconds": 3600, "calendar": calendar["id"] ?? .null, "warnPercents": .array([50, 80]),
    ])
    let sla = try await call("sla.create", ["name": "Silver", "targets": .array([target])])
    try await call(
      "contract.create",
      [
        "customer": .id(acme.publicId), "name": "Support", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Service desk", "sla": sla["id"] ?? .null])]),
      ])
  }

  func script(_ sql: String) async throws { try await database.runAsSuperuser(sql) }
}
