import Kernel
import Synchronization
import TestSupport
import Testing

@testable import Notifications

/// Who is told of an incident whose requester was corrected.
@Suite struct NewRequesterTests {
  /// Guard: whatever was told before, whoever is the requester now is told once that it is there, and who was by mistake nothing from then on.
  @Test(arguments: [false, true]) func theNewRequesterIsToldOnce(_ wasTold: Bool) async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    for event in ["incident.opened", "incident.answered"] { try await world.rule(event, ["audience": .array(["requester", "watchers"])], name: event) }
    let opened = try await world.incidentOfBen()
    if wasTold { try await world.make() }
    try await world.correct(opened)
    for _ in 0..<3 { try await world.make() }
    #expect(try await world.events(world.requester) == ["incident.opened"])
    try await world.comment(opened, "We are at it")
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.events(world.requester) == ["incident.answered", "incident.opened"])
    let others = try await world.rows("inbox").filter { $0.receiver.hasPrefix("p") }
    #expect(others.count == (wasTold ? 3 : 2), "Ben heard of it as long as it was his, and not of the answer")
    #expect(try await world.left() == 0)
  }

  /// Guard: the staff and webhooks heard of it when it was opened, and hear of a correction nothing again.
  @Test func nobodyElseIsToldAgain() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.opened", ["audience": .array(["requester"]), "staff": .array([world.colleagueId])])
    let opened = try await world.incidentOfBen()
    try await world.make()
    // One who was not meant then is not told now either.
    try await world.rule("incident.opened", ["audience": .array(["watchers", "account_managers"]), "staff": .array([world.engineerId])], name: "Later")
    try await world.call("incident.watch", ["id": opened], as: world.colleague)
    try await world.correct(opened)
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.rows().filter { $0.receiver.hasPrefix("a") }.count == 1)
    #expect(try await world.events(world.requester) == ["incident.opened"])
  }

  /// Of what is resolved by then the new requester is told that: he is to object if it is not so.
  @Test(arguments: [false, true]) func ofAResolvedOneThatIsTold(_ wasTold: Bool) async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    for event in ["incident.opened", "incident.resolved"] { try await world.rule(event, ["audience": .array(["requester"])], name: event) }
    let opened = try await world.incidentOfBen()
    try await world.make()
    try await world.call("incident.resolve", ["id": opened, "resolution": "Done"], as: world.engineer, version: 1)
    if wasTold { try await world.make() }
    try await world.correct(opened)
    for _ in 0..<3 { try await world.make() }
    #expect(try await world.events(world.requester) == ["incident.resolved"])
  }

  /// Nobody's any more: nobody is told.
  @Test func withoutARequesterNobodyIsTold() async throws {
    let world = try await NotificationsWorld()
    let opened = try await world.incident()
    try await world.make()
    let before = try await world.rows().count
    try await world.correct(opened, to: .null)
    try await world.comment(opened, "We are at it")
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.rows().count == before)
  }

  /// Guard: what waits for who was requester by mistake is not sent.
  @Test func mailThatWaitsForTheFormerOneIsNotSent() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.opened", ["audience": .array(["requester"]), "channels": .array(["email"])])
    let mistaken = try await world.incident("Not hers")
    _ = try await world.incident("Hers")
    try await world.make()
    try await world.correct(mistaken, to: .null)
    let reached = Mutex<Int>(0)
    try await world.deliver(
      Couriers.mail { _, _ in
        reached.withLock { $0 += 1 }
        return .sent
      })
    #expect(reached.withLock { $0 } == 1)
    let rows = try await world.rows("email")
    #expect(rows.filter { $0.state == "sent" }.count == 1 && rows.first { $0.subject.contains("Not hers") }?.state == "dead")
  }

  /// Guard: nor does the summary of a full hour name it, and one of which nothing is left is not sent.
  @Test(arguments: [false, true]) func theSummaryOfTheFormerOneDoesNotNameIt(_ isAll: Bool) async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.answered", ["audience": .array(["requester"]), "channels": .array(["email"])])
    let (mistaken, other) = (try await world.incident("Not hers"), try await world.incident("Hers"))
    for number in 1...30 { try await world.comment(other, "Word \(number)") }
    for incident in [mistaken, other] { try await world.comment(incident, "We are at it") }
    try await world.make()
    #expect(try await world.rows("email").filter { $0.state == "folded" }.count == 2)
    let subjects = Mutex<[String]>([])
    let couriers = Couriers.mail { message, _ in
      subjects.withLock { $0.append(String(decoding: message, as: UTF8.self)) }
      return .sent
    }
    try await world.deliver(couriers)
    for incident in isAll ? [mistaken, other] : [mistaken] { try await world.correct(incident, to: .null) }
    world.database.clock.advance(seconds: 3661)
    try await world.deliver(couriers)
    let summaries = subjects.withLock { $0.filter { $0.contains("more notifications in the last hour") } }
    #expect(summaries.count == (isAll ? 0 : 1) && summaries.allSatisfy { $0.contains("Subject: 1 more") })
    #expect(try await world.rows("email").contains { $0.event == "notification.summary" && $0.state == (isAll ? "dead" : "sent") })
  }
}

extension NotificationsWorld {
  /// Of a second person of ACME, who has no login.
  fileprivate func incidentOfBen() async throws -> Value {
    let ben = try await call("person.add", ["customer": .id(acme.publicId), "name": "Ben", "language": "en"])["id"] ?? .null
    return try await call("incident.open", ["customer": .id(acme.publicId), "title": "Printer", "requester": ben], as: engineer)["id"] ?? .null
  }

  /// - Parameter person: nil: Anna.
  fileprivate func correct(_ incident: Value, to person: Value? = nil) async throws {
    let version = try await call("incident.read", ["id": incident], as: engineer)["version"]?.integer
    try await call("incident.change", ["id": incident, "requester": person ?? requesterId], as: engineer, version: version)
  }
}
