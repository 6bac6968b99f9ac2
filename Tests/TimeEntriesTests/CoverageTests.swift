import Kernel
import Operations
import Postgres
import TestSupport
import Testing
@testable import TimeEntries

/// By what an entry is cut, and on which line it is billed: as they are when it is approved.
@Suite struct CoverageTests {
  /// Where nothing tells what service time is, that is said, and not taken silently for service time.
  @Test func noCoverageIsTold() async throws {
    let world = try await TimeWorld()
    let ticket = try await world.call("incident.open", ["customer": .id(world.other.publicId), "title": "No contract"], as: world.anna)
    let there: [String: Value] = ["customer": .id(world.other.publicId), "ticket": ticket["id"] ?? .null, "submit": .bool(true)]
    let entry = try await world.add("07T10:00", "07T11:00", there)
    #expect(entry["noCoverage"] == .bool(true))
    let queued = try await world.call("time_entry.queue", [:], as: world.manager)["items"]?.array ?? []
    #expect(queued.map { $0["noCoverage"] ?? .null } == [.bool(true)])
    #expect(try await world.act("approve", entry, as: world.manager)["noCoverage"] == .bool(true))
    #expect(try await world.add("10T08:00", "10T09:00")["noCoverage"] == .bool(false))
  }

  /// Work on a ticket after its contract has ended is cut as when the ticket was opened; a rule's calendar counts on, too.
  @Test func workGoesOnWhenTheContractHasEnded() async throws {
    let world = try await TimeWorld()
    world.database.clock.advance(seconds: 3600)
    _ = try await world.call("contract_line.end", ["id": world.line], as: world.manager, version: 1)
    world.database.clock.set(try #require(Instant("2026-03-14T20:00:00Z")))
    let saturday = try await world.approved("14T10:00", "14T11:00")
    #expect(saturday["line"] == world.line && saturday["noCoverage"] == .bool(false))
    #expect(try await world.stretches(saturday) == [[60, 60, "off_day", "weekend_holiday"]])
  }

  /// Line and priority are those of the ticket when the entry is approved, also where it was recorded before they changed.
  @Test func theLineIsThatOfTheApproval() async throws {
    let world = try await TimeWorld()
    let entry = try await world.add("10T08:00", "10T09:00", ["submit": .bool(true)])
    let always = try await world.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: world.manager)
    let target = Value.object(["metric": "resolution", "budgetSeconds": 3600, "calendar": always["id"] ?? .null])
    let sla = try await world.call("sla.create", ["name": "Gold", "targets": .array([target])], as: world.manager)
    let contract = try await world.call(
      "contract.create",
      [
        "customer": .id(world.acme.publicId), "name": "Gold", "currency": "EUR", "startsAt": "2026-01-01T00:00:00Z",
        "lines": .array([.object(["name": "Gold desk", "sla": sla["id"] ?? .null])]),
      ], as: world.manager)
    let gold = contract["lines"]?.array?.first?["id"] ?? .null
    try await world.database.runAsSuperuser(
      """
      update desk.ticket t set contract_line_id = l.line_id from contracts.pub_line l
      where l.tenant_id = t.tenant_id and l.line_id <> t.contract_line_id
      """)
    #expect(entry["line"] == world.line)
    let approved = try await world.act("approve", entry, as: world.manager)
    #expect(approved["line"] == gold)
    #expect(try await world.totals("rate_class") == [["normal", 1, 60, 60, 60]])
    let night = try await world.approved("10T19:00", "10T20:00")
    #expect(try await world.stretches(night).map { $0[2] } == ["service_time"], "the line's SLA counts around the clock")
  }

  /// Whether it is billed follows from what it is, unless somebody said so.
  @Test func billableFollowsUnlessItWasSaid() async throws {
    let world = try await TimeWorld()
    let entry = try await world.add("10T08:00", "10T09:00")
    #expect(entry["billable"] == .bool(true))
    let meeting = try await world.act("change", entry, ["workType": "meeting"])
    #expect(meeting["billable"] == .bool(false))
    let said = try await world.act("change", meeting, ["billable": .bool(true)])
    #expect(try await world.act("change", said, ["workType": "administration"])["billable"] == .bool(true))
    let wrong = try await world.approved("09T08:00", "09T09:00")
    let correction = try await world.act("correct", wrong, ["reason": "It was a meeting", "workType": "meeting"])
    let approved = try await world.act("approve", correction, as: world.manager)
    #expect(approved["billable"] == .bool(false) && approved["billedMinutes"] == 0)
    // A rule that came meanwhile counts at the approval.
    let later = try await world.add("10T10:00", "10T11:00", ["submit": .bool(true)])
    try await world.rule(["billable": .bool(false)])
    #expect(try await world.act("approve", later, as: world.manager)["billable"] == .bool(false))
  }
}
