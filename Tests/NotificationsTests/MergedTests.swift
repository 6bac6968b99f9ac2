import Kernel
import TestSupport
import Testing

@testable import Notifications

/// Whoever reported what went into another ticket hears on his own one how it goes on there.
@Suite struct MergedTests {
  /// Guard: he may not see the other one, and would hear nothing. Of it he is told the provider's public words and how it ends, about his own ticket,
  /// once.
  @Test func theRequesterOfAMergedTicketIsToldAboutHisOwn() async throws {
    let world = try await NotificationsWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let own = try await world.incident()
    let other = try await world.incidentOfBen("Nobody can print")
    try await world.comment(other, "Said before")
    world.database.clock.advance(seconds: 60)
    try await world.call("incident.merge", ["id": own, "into": other], as: world.engineer, version: 1)
    world.database.clock.advance(seconds: 60)
    try await world.comment(other, "The driver is at fault")
    try await world.comment(other, "Between us", visibility: "internal")
    try await world.comment(other, "My own affair", as: customer)
    for _ in 0..<3 { try await world.make() }
    let answered = try await world.inbox(world.requester)
    #expect(answered.compactMap { $0["event"]?.text } == ["incident.answered"])
    #expect(answered.first?["incident"] == own && answered.first?["subject"]?.text == "[ACME-INC-000001] News about: Printer")
    #expect(answered.first?["body"]?.text?.contains("The driver is at fault") == true)
    try await world.resolve(other)
    for _ in 0..<3 { try await world.make() }
    let told = try await world.inbox(world.requester)
    #expect(told.compactMap { $0["event"]?.text } == ["incident.resolved", "incident.answered"])
    #expect(told.first?["subject"]?.text == "[ACME-INC-000001] Resolved: Printer" && told.allSatisfy { $0["incident"] == own })
    let mails = try await world.rows("email").filter { $0.event == "incident.resolved" }
    #expect(mails.count == 1, "the other one has no address")
    let others = try await world.rows("inbox").filter { $0.receiver.hasPrefix("p") && $0.subject.contains("ACME-INC-000002") }
    #expect(others.count == 3, "its requester hears of it as before")
  }

  /// Through a ticket that itself went into a third one; who reported two of them, and watches the last, is told once.
  @Test func aChainOfMergesTellsEachOnce() async throws {
    let world = try await NotificationsWorld()
    let (first, second) = (try await world.incident("First"), try await world.incident("Second"))
    let middle = try await world.incidentOfBen("Middle")
    let last = try await world.call("incident.open", ["customer": .id(world.acme.publicId), "title": "Last"], as: world.engineer)["id"] ?? .null
    for id in [first, second] { try await world.call("incident.merge", ["id": id, "into": middle], as: world.engineer, version: 1) }
    try await world.call("incident.merge", ["id": middle, "into": last], as: world.engineer, version: 1)
    try await world.call("incident.watch", ["id": last, "person": world.requesterId], as: world.engineer)
    try await world.comment(last, "Done soon")
    for _ in 0..<2 { try await world.make() }
    let told = try await world.rows("inbox").filter { $0.event == "incident.answered" }
    #expect(told.map(\.subject).sorted() == ["[ACME-INC-000001] News about: First", "[ACME-INC-000003] News about: Middle"])
    #expect(try await world.inbox(world.requester).compactMap { $0["incident"] } == [first])
  }

  /// Guard: whoever watches the merged one may not see the other. Of what its people say he is told nothing, of the rest about the one that he watches.
  @Test func whoWatchesTheMergedOneIsToldAboutThatOne() async throws {
    let world = try await NotificationsWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let watched = try await world.incidentOfBen("Watched")
    let other = try await world.call("incident.open", ["customer": .id(world.acme.publicId), "title": "Other"], as: world.engineer)["id"] ?? .null
    try await world.call("incident.watch", ["id": watched, "person": world.requesterId], as: world.engineer)
    try await world.call("incident.merge", ["id": watched, "into": other], as: world.engineer, version: 1)
    world.database.clock.advance(seconds: 60)
    try await world.comment(other, "My own affair", as: customer)
    try await world.comment(other, "Done soon")
    for _ in 0..<2 { try await world.make() }
    let told = try await world.inbox(world.requester)
    #expect(told.compactMap { $0["event"]?.text } == ["incident.answered"])
    #expect(told.first?["incident"] == watched && told.first?["subject"]?.text == "[ACME-INC-000001] News about: Watched")
    try await world.call("incident.watch", ["id": other, "person": world.requesterId], as: world.engineer)
    world.database.clock.advance(seconds: 60)
    try await world.comment(other, "Nearly done")
    for _ in 0..<2 { try await world.make() }
    #expect(try await world.inbox(world.requester).first?["incident"] == other, "he watches this one too")
  }

  /// Whose reopening it was on the other ticket stays there.
  @Test func anActOfTheOthersNamesTheCustomerOnly() async throws {
    let world = try await NotificationsWorld()
    try await world.retireStockRules()
    try await world.rule("incident.reopened", ["audience": .array(["requester"])])
    try await world.words("set", ["event": "incident.reopened", "language": "en", "subject": "{number} again", "body": "By {actor}"])
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let own = try await world.incident()
    let other = try await world.incidentOfBen("Nobody can print")
    try await world.call("incident.merge", ["id": own, "into": other], as: world.engineer, version: 1)
    try await world.resolve(other)
    let version = try await world.call("incident.read", ["id": other], as: world.engineer)["version"]?.integer
    try await world.call("incident.reopen", ["id": other, "reason": "Not so"], as: customer, version: version)
    try await world.make()
    let told = try #require(try await world.inbox(world.requester).first)
    #expect(told["subject"]?.text == "ACME-INC-000001 again" && told["body"]?.text == "By \(world.acme.name)")
  }
}

extension NotificationsWorld {
  /// Of a second person of ACME, who has neither an address nor a login.
  fileprivate func incidentOfBen(_ title: String) async throws -> Value {
    let ben = try await call("person.add", ["customer": .id(acme.publicId), "name": "Ben", "language": "en"])["id"] ?? .null
    return try await call(
      "incident.open", ["customer": .id(acme.publicId), "title": .text(title), "requester": ben], as: engineer)["id"] ?? .null
  }

  fileprivate func resolve(_ incident: Value) async throws {
    let version = try await call("incident.read", ["id": incident], as: engineer)["version"]?.integer
    try await call("incident.resolve", ["id": incident, "resolution": "Done"], as: engineer, version: version)
  }
}
