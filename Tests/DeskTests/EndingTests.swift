import Kernel
import Operations
import ServiceTime
import TestSupport
import Testing

@testable import Desk

/// Tickets that close by themselves, and come back.
@Suite struct EndingTests {
  @Test func whatNobodyObjectsToClosesByItselfOnce() async throws {
    let world = try await DeskWorld()
    let resolved = try await world.act("resolve", on: try await world.open(), ["resolution": "Replaced the fuser"])
    let other = try await world.act("resolve", on: try await world.open("Other"), ["resolution": "Restarted"])
    #expect(resolved["closesAt"] == "2026-03-09T08:00:00Z")
    let closed = try await world.act("close", on: other)
    #expect(closed["closesAt"] == .null, "confirmed earlier")
    try world.at("2026-03-09T07:59:59Z")
    try await world.close()
    #expect(try await world.read(resolved)["state"] == "resolved")
    try world.at("2026-03-09T08:00:00Z")
    for _ in 0..<2 { try await world.close() }
    let read = try await world.read(resolved)
    #expect(read["state"] == "closed" && read["closedAt"] == "2026-03-09T08:00:00Z" && read["closesAt"] == .null)
    let events = try await world.list("history", of: resolved).filter { $0["type"] == "incident.closed" }
    #expect(events.count == 1 && events.first?["payload"]?["timeOut"] == .bool(true) && events.first?["actorKind"] == "system", "\(events)")
    #expect(try await world.list("history", of: other).filter { $0["type"] == "incident.closed" }.count == 1)
  }

  /// Whenever the sweep comes, the time was over when it was; its customer has his time to reopen it from when that was recorded.
  @Test func whatTheSweepCameLateToWasOverInTime() async throws {
    let world = try await DeskWorld(stopsAt: "closed")
    let user = try await world.database.user(.customerManager, of: world.acme)
    let resolved = try await world.act("resolve", on: try await world.open(), ["resolution": "Replaced the fuser"])
    try world.at("2026-03-20T08:00:00Z")
    try await world.close()
    let read = try await world.read(resolved)
    #expect(read["state"] == "closed" && read["closedAt"] == "2026-03-09T08:00:00Z", "\(read)")
    #expect(try await world.explain(resolved, "resolution")["observedAt"] == "2026-03-09T08:00:00Z")
    try world.at("2026-04-18T08:00:00Z")
    #expect(try await world.act("reopen", on: read, ["reason": "Again"], as: user)["state"] == "active")
  }

  @Test func whoToldItLateLeavesTheTimeToReopenIt() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    try world.at("2026-03-31T08:00:00Z")
    let input: KeyValuePairs<String, Value> = [
      "customer": .id(world.acme.publicId), "title": "Locked out", "openedAt": "2026-03-02T09:00:00Z", "resolvedAt": "2026-03-02T10:00:00Z",
      "resolution": "Unlocked", "close": .bool(true),
    ]
    let (one, other) = (
      try await world.database.call("incident.open", input, as: world.engineer), try await world.database.call("incident.open", input, as: world.engineer)
    )
    #expect(one["closedAt"] == "2026-03-02T10:00:00Z")
    try world.at("2026-04-30T08:00:00Z")
    #expect(try await world.act("reopen", on: one, ["reason": "Again"], as: user)["state"] == "active")
    try world.at("2026-04-30T08:00:01Z")
    await expectFailure(.conflict) { try await world.act("reopen", on: other, ["reason": "Again"], as: user) }
  }

  /// One at which something is at fault holds up no other, and is tried again.
  @Test func aPoisonedOneIsPutOff() async throws {
    let world = try await DeskWorld()
    let poisoned = try await world.act("resolve", on: try await world.open("Poison"), ["resolution": "Done"])
    let other = try await world.act("resolve", on: try await world.open("Slow"), ["resolution": "Done"])
    try world.at("2026-03-09T08:00:00Z")
    try await world.database.runAsSuperuser("alter table desk.ticket add constraint poison check (title <> 'Poison' or state <> 'closed') not valid")
    await #expect(throws: (any Error).self) { try await world.close() }
    #expect(try await world.read(other)["state"] == "closed")
    #expect(try await world.read(poisoned)["closesAt"] == "2026-03-09T08:05:00Z")
    try await world.database.runAsSuperuser("alter table desk.ticket drop constraint poison")
    try await world.close()
    #expect(try await world.read(poisoned)["state"] == "resolved")
    try world.at("2026-03-09T08:05:00Z")
    try await world.close()
    #expect(try await world.read(poisoned)["state"] == "closed")
  }

  /// Several workers at once close each once.
  @Test func workersShareIt() async throws {
    let world = try await DeskWorld()
    var incidents: [Value] = []
    for number in 1...6 { incidents.append(try await world.act("resolve", on: try await world.open("\(number)"), ["resolution": "Done"])) }
    try world.at("2026-03-10T08:00:00Z")
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try await world.close(batch: 2) } }
      try await group.waitForAll()
    }
    try await world.close()
    for incident in incidents {
      #expect(try await world.list("history", of: incident).filter { $0["type"] == "incident.closed" }.count == 1)
      #expect(try await world.read(incident)["state"] == "closed")
    }
  }

  /// The requester says that it is not solved, or only says something: nothing closes over that.
  @Test func whoObjectsIsNotClosed() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    let resolved = try await world.act("resolve", on: try await world.open(), ["resolution": "Replaced the fuser"])
    let doubted = try await world.act("resolve", on: try await world.open("Slow"), ["resolution": "Restarted"])
    try world.at("2026-03-08T08:00:00Z")
    let reopened = try await world.act("reopen", on: resolved, ["reason": "It burns again"], as: user)
    #expect(reopened["closesAt"] == .null && reopened["state"] == "active")
    try await world.act("comment", on: doubted, ["body": "Is it?"], as: user)
    try world.at("2026-03-09T08:00:00Z")
    try await world.close()
    #expect(try await world.read(resolved)["state"] == "active")
    #expect(try await world.read(doubted)["state"] == "resolved")
    #expect(try await world.read(doubted)["closesAt"] == "2026-03-15T08:00:00Z", "the time begins anew")
  }

  @Test func policiesAreOfTheProviderTheCustomerAndTheContract() async throws {
    let world = try await DeskWorld()
    let database = world.database
    let acme = Value.id(world.acme.publicId)
    let contract = world.contract["id"] ?? .null
    func resolved(_ customer: Bool = true) async throws -> Value {
      let incident = try await world.open(for: customer ? world.acme : world.other)
      return try await world.act("resolve", on: incident, ["resolution": "Done"])["closesAt"] ?? .null
    }
    let stock = try await database.call("ticket_policy.read", as: world.manager)
    #expect(stock["closeAfterDays"] == 7 && stock["closeCounts"] == "calendar_days" && stock["reopenWithinDays"] == 30 && stock["showsNames"] == .bool(false))
    try await database.set("ticket_policy.set", ["closeAfterDays": 3], as: world.manager)
    #expect(try await resolved() == "2026-03-05T08:00:00Z")
    let own = try await database.set("ticket_policy.set", ["customer": acme, "closeAfterDays": 0], as: world.manager)
    #expect(own["own"] == .array(["closeAfterDays"]) && own["reopenWithinDays"] == 30)
    #expect(try await resolved() == .null, "never, for this customer")
    #expect(try await resolved(false) == "2026-03-05T08:00:00Z")
    // Of two business days by the contract's calendar, Monday to Friday until 17:00 in Berlin: Wednesday evening.
    let input: KeyValuePairs<String, Value> = ["customer": acme, "contract": contract, "closeAfterDays": 2, "closeCounts": "service_days"]
    try await database.set("ticket_policy.set", input, as: world.manager)
    #expect(try await resolved() == "2026-03-04T16:00:00Z")
    try world.at("2026-03-06T08:00:00Z")
    #expect(try await resolved() == "2026-03-10T16:00:00Z", "a weekend has no service")
    // What is cleared is what stands above.
    let cleared = try await database.set("ticket_policy.set", ["customer": acme, "contract": contract, "closeAfterDays": .null], as: world.manager)
    #expect(cleared["closeAfterDays"] == 0 && cleared["own"] == .array(["closeCounts"]))
    await expectFailure(.invalid) { try await database.set("ticket_policy.set", ["closeAfterDays": .null], as: world.manager) }
    await expectFailure(.invalid) { try await database.set("ticket_policy.set", [:], as: world.manager) }
    let engineer = world.engineer
    await expectFailure(.denied) { try await database.set("ticket_policy.set", ["closeAfterDays": 1], as: engineer) }
    let names: KeyValuePairs<String, Value> = ["customer": acme, "contract": contract, "showsNames": .bool(true)]
    func refused(_ input: KeyValuePairs<String, Value>) async -> String? {
      do throws(Failure) {
        _ = try await database.set("ticket_policy.set", input, as: world.manager)
        return nil
      } catch { return error.violations.first?.message.key ?? error.code }
    }
    #expect(await refused(names) == "ticket_policy.names_of_customers")
    #expect(await refused(["closeAfterDays": .null]) == "ticket_policy.needs_value")
    #expect(await refused(["contract": contract, "closeAfterDays": 1]) == "input.unknown_reference")
    // Requests have days of their own.
    let requests = try await database.set("ticket_policy.set", ["customer": acme, "closeRequestsAfterDays": 5], as: world.manager)
    #expect(stock["closeRequestsAfterDays"] == 7 && requests["closeRequestsAfterDays"] == 5)
    #expect(requests["own"] == .array(["closeAfterDays", "closeRequestsAfterDays"]))
    let below = try await database.call("ticket_policy.read", ["customer": acme, "contract": contract], as: world.manager)
    #expect(below["closeRequestsAfterDays"] == 5 && below["own"] == .array(["closeCounts"]))
    #expect(await refused(["closeRequestsAfterDays": .null]) == "ticket_policy.needs_value")
    #expect(await refused(["closeRequestsAfterDays": 366]) == "input.range")
  }

  @Test func whatIsReopenedHasNoResolutionAndKeepsItInItsPast() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    let resolved = try await world.act("resolve", on: try await world.open(), ["resolution": "Replaced the fuser", "closureCode": "workaround"])
    await expectFailure(.invalid) { try await world.act("reopen", on: resolved) }
    await expectFailure(.invalid) { try await world.act("reopen", on: resolved, ["reason": "x", "visibility": "internal"], as: user) }
    let reopened = try await world.act("reopen", on: resolved, ["reason": "It burns again"], as: user)
    #expect(reopened["resolution"] == .null && reopened["closureCode"] == .null && reopened["resolvedAt"] == .null)
    let past = try await world.list("past_resolutions", of: reopened, as: user)
    #expect(past.count == 1 && past.first?["resolution"] == "Replaced the fuser" && past.first?["closureCode"] == "workaround")
    let comments = try await world.list("comments", of: reopened)
    #expect(comments.compactMap { $0["body"] } == ["It burns again"])
    let event = try await world.list("history", of: reopened).first { $0["type"] == "incident.reopened" }
    #expect(event?["payload"]?["comment"] == comments.first?["id"] && event?["payload"]?["code"] == "workaround")
  }

  @Test func whatWasClosedForLongIsContinuedByAnother() async throws {
    let world = try await DeskWorld()
    let user = try await world.database.user(.customerManager, of: world.acme)
    var closed = try await world.act("resolve", on: try await world.open(), ["resolution": "Done"])
    closed = try await world.act("close", on: closed)
    try world.at("2026-04-01T08:00:00Z")
    let inTime = try await world.act("reopen", on: closed, ["reason": "Again"], as: user)
    closed = try await world.act("close", on: try await world.act("resolve", on: inTime, ["resolution": "Done"]))
    try world.at("2026-05-01T08:00:01Z")
    do {
      try await world.act("reopen", on: closed, ["reason": "Again"], as: user)
      Issue.record("it came back")
    } catch let failure as Failure {
      #expect(failure.code == "ticket.reopen_too_late" && failure.text(.english).contains("ACME-INC-000001 was closed at 2026-04-01T08:00:00Z"))
      #expect(failure.text(.chinese).contains(closed["id"]?.text ?? "?"))
    }
    let input: KeyValuePairs<String, Value> = ["title": "It burns again", "relatesTo": closed["id"] ?? .null]
    let next = try await world.database.call("incident.open", input, as: user)
    let links = try await world.list("links", of: next)
    #expect(links.count == 1 && links.first?["incident"] == closed["id"] && links.first?["kind"] == "relates_to")
    for one in [next, closed] { #expect(try await world.list("history", of: one).contains { $0["type"] == "incident.linked" }) }
    // What one may not see one does not go on from.
    let ben = try await world.database.user(.requester, of: world.acme, .own)
    await expectFailure(.invalid) { try await world.database.call("incident.open", input, as: ben) }
  }

  @Test func daysAreCountedByTheRule() throws {
    let calendar = CompiledCalendar(try .fiveByEight(zone: "Europe/Berlin"))
    var policy = TicketPolicy(closeAfterDays: 1, closeCounts: .service, reopenWithinDays: 0, showsNames: false, closeRequestsAfterDays: 0)
    let friday = try #require(Instant("2026-03-06T08:00:00Z"))
    #expect(policy.closing(after: friday, by: nil) == friday.adding(seconds: 86_400), "nothing is promised")
    let closing = try #require(policy.closing(after: friday, by: calendar))
    #expect(calendar.date(at: closing).description == "2026-03-09")
    policy.closeCounts = .calendar
    #expect(policy.closing(after: friday, by: calendar) == friday.adding(seconds: 86_400))
    policy.closeAfterDays = 0
    #expect(policy.closing(after: friday, by: calendar) == nil)
    #expect(policy.lastReopening(ofClosing: friday) == friday)
  }
}

extension DeskWorld {
  func close(batch: Int64 = 200) async throws {
    try await CloseSweep(database.dispatcher, batch: batch).run(at: database.clock.now(), database.tenancy)
  }
}
