import Kernel
import Operations
import TestSupport
import Testing
@testable import TimeEntries

/// What is recorded, by whom, and who sees it.
@Suite struct EntryTests {
  @Test func timeOnATicketGoesToItsContractLine() async throws {
    let world = try await TimeWorld()
    let entry = try await world.add("10T08:00", "10T09:30", ["note": "swapped the fuser", "invoiceText": "Drucker repariert"])
    #expect(entry["line"] == world.line && entry["ticketNumber"] == "ACME-INC-000001")
    #expect(entry["minutes"] == 90 && entry["date"] == "2026-03-10" && entry["state"] == "draft" && entry["billable"] == .bool(true))
    #expect(entry["staffName"] == "Account" && entry["billedMinutes"] == .null)
    #expect(entry["lateMinutes"] == 630 && entry["isBackDated"] == .bool(false))
    let late = try await world.add("06T08:00", "06T09:00", ["workType": "meeting"])
    #expect(late["isBackDated"] == .bool(true) && late["billable"] == .bool(false), "the kind of work is not billed by itself")
    let day = try await world.call(
      "time_entry.add",
      ["customer": .id(world.acme.publicId), "line": world.line, "workType": "consulting", "date": "2026-03-09", "minutes": 45], as: world.anna)
    #expect(day["from"] == .null && day["minutes"] == 45 && day["ticket"] == .null)
  }

  @Test func whatLeadsNowhereIsRefused() async throws {
    let world = try await TimeWorld()
    func add(_ more: [String: Value]) async -> String { await refusal { try await world.add("10T08:00", "10T09:00", more) } }
    #expect(await add(["line": world.line]) == "line: time_entry.line_of_ticket")
    #expect(await add(["ticket": .null]) == "ticket: time_entry.ticket_or_line")
    #expect(await add(["workType": "sleeping"]) == "workType: time_entry.unknown_work_type")
    #expect(await add(["rateClass": "after_hours"]) == "rateClass: time_entry.unknown_rate_class", "the coverage says so, nobody else")
    #expect(await add(["to": "2026-03-10T20:01:00Z"]) == "to: time_entry.future")
    #expect(await add(["customer": .id(world.other.publicId)]) == "ticket: input.unknown_reference", "another customer's ticket")
    let early: [String: Value] = ["ticket": .null, "line": world.line, "from": "2025-12-31T08:00:00Z", "to": "2025-12-31T09:00:00Z"]
    #expect(await add(early) == "line: time_entry.line_not_in_force")
    let staff = try await world.add("10T08:00", "10T09:00")["staff"] ?? .null
    #expect(await refusal { try await world.add("10T10:00", "10T11:00", ["staff": staff], as: world.bert) } == "staff: time_entry.others_time")
    #expect(try await world.add("10T10:00", "10T11:00", ["staff": staff], as: world.manager)["staff"] == staff)
    #expect(await refusal { try await world.add("10T12:00", "10T13:00", as: world.database.root) } == "staff: time_entry.staff_needed")
  }

  /// Nobody works twice at once, for whichever customer, unless he says so: the database refuses it.
  @Test func nothingOverlaps() async throws {
    let world = try await TimeWorld()
    let first = try await world.add("10T08:00", "10T10:00")
    #expect(await refusal { try await world.add("10T09:59", "10T10:30") } == "time_entry.overlaps")
    #expect(await refusal { try await world.add("10T10:00", "10T10:30") } == "accepted", "one after the other")
    #expect(await refusal { try await world.add("10T09:00", "10T09:30", ["parallel": .bool(true)]) } == "accepted")
    #expect(await refusal { try await world.add("10T09:00", "10T09:30", as: world.bert) } == "accepted", "somebody else's")
    let elsewhere = try await world.call(
      "incident.open", ["customer": .id(world.other.publicId), "title": "Printer on fire"], as: world.anna)
    let there: [String: Value] = ["customer": .id(world.other.publicId), "ticket": elsewhere["id"] ?? .null]
    #expect(await refusal { try await world.add("10T08:30", "10T09:00", there) } == "time_entry.overlaps", "another customer's time is one's time too")
    let moved = try await world.act("change", first, ["from": "2026-03-10T06:00:00Z", "to": "2026-03-10T07:00:00Z"])
    #expect(moved["minutes"] == 60)
    let again = try await world.add("10T08:30", "10T09:00", there)
    #expect(await refusal { try await world.act("change", moved, ["from": "2026-03-10T08:45:00Z", "to": "2026-03-10T09:15:00Z"]) } == "time_entry.overlaps")
    _ = try await world.act("delete", again)
    #expect(await refusal { try await world.add("10T08:30", "10T09:00") } == "accepted", "what is deleted makes room")
    // At once, each seeing nothing of the others.
    let outcomes = await withTaskGroup(of: String.self) { group in
      for minute in 0..<4 {
        group.addTask { await refusal { try await world.add("10T14:0\(minute)", "10T15:00") } }
      }
      return await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "accepted" }.count == 1, "\(outcomes)")
    try await world.database.runAsSuperuser("alter table time_entries.busy drop constraint busy_overlap_exclude")
    #expect(await refusal { try await world.add("10T14:10", "10T15:10") } == "accepted", "it is the constraint that refuses")
  }

  /// Minutes on a day overlap nothing, but a day is no longer than it is, for whichever customers.
  @Test func noDayHasMoreThanItsHours() async throws {
    let world = try await TimeWorld()
    @Sendable func day(_ date: String, _ minutes: Int64, _ more: [String: Value] = [:]) async throws -> Value {
      let members: [String: Value] = [
        "customer": .id(world.acme.publicId), "ticket": world.ticket["id"] ?? .null, "workType": "remote_support", "date": .text(date),
        "minutes": .integer(minutes),
      ]
      return try await world.call("time_entry.add", members.merging(more) { $1 }, as: world.anna)
    }
    let full = "time_entry.day_is_full"
    _ = try await world.add("09T08:00", "09T20:00")
    let half = try await day("2026-03-09", 720)
    #expect(await refusal { try await day("2026-03-09", 1) } == full, "24 hours")
    #expect(await refusal { try await day("2026-03-08", 1440) } == "accepted", "another day's")
    #expect(await refusal { try await day("2026-03-09", 60, ["parallel": .bool(true)]) } == "accepted")
    #expect(await refusal { try await world.act("change", half, ["date": "2026-03-09", "minutes": 721]) } == full)
    let elsewhere = try await world.call("incident.open", ["customer": .id(world.other.publicId), "title": "Printer on fire"], as: world.anna)
    let there: [String: Value] = ["customer": .id(world.other.publicId), "ticket": elsewhere["id"] ?? .null]
    // Its day ends in Shanghai at 16:00 UTC: 8 of the 12 hours lie in it.
    #expect(await refusal { try await day("2026-03-09", 241, there) } == full, "another customer's time is one's time too")
    #expect(await refusal { try await day("2026-03-09", 240, there) } == "accepted")
    _ = try await world.act("delete", half)
    #expect(await refusal { try await day("2026-03-09", 480) } == "accepted", "what is deleted makes room")
    // At once, each seeing nothing of the others.
    let outcomes = await withTaskGroup(of: String.self) { group in
      for _ in 0..<4 { group.addTask { await refusal { try await day("2026-03-06", 700) } } }
      return await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "accepted" }.count == 2 && outcomes.filter { $0 == full }.count == 2, "\(outcomes)")
  }

  /// The time of what is corrected is free when the correction is approved.
  @Test func aCorrectionIsAskedForRoomWhenItIsApproved() async throws {
    let world = try await TimeWorld()
    let wrong = try await world.approved("09T08:00", "09T20:00")
    _ = try await world.add("09T21:00", "09T22:00")
    let long = try await world.act("correct", wrong, ["reason": "All day", "date": "2026-03-09", "minutes": 1381])
    #expect(await refusal { try await world.act("approve", long, as: world.manager) } == "time_entry.day_is_full")
    let changed = try await world.act("return", long, ["reason": "Too long"], as: world.manager)
    let right = try await world.act("change", changed, ["date": "2026-03-09", "minutes": 1380])
    let submitted = try await world.act("submit", right)
    #expect(try await world.act("approve", submitted, as: world.manager)["minutes"] == 1380)
  }

  @Test func everybodySeesHisOwnAndReviewersAll() async throws {
    let world = try await TimeWorld()
    let mine = try await world.add("10T08:00", "10T09:00")
    let his = try await world.add("10T09:00", "10T10:00", as: world.bert)
    #expect(await refusal { try await world.act("read", his) } == "not_found")
    #expect(await refusal { try await world.act("explain", his) } == "not_found")
    #expect(await refusal { try await world.act("change", his, ["note": "x"]) } == "not_found")
    #expect(await refusal { try await world.act("change", mine, ["note": "x"], as: world.manager) } == "time_entry.not_owner", "a reviewer sends it back")
    #expect(try await world.act("read", his, as: world.finance)["id"] == his["id"])
    let own = try await world.call("time_entry.mine", [:], as: world.anna)["items"]?.array ?? []
    #expect(own.map { $0["id"] } == [mine["id"]])
    func list(_ more: [String: Value]) async throws -> [Value?] {
      let members = more.merging(["customer": .id(world.acme.publicId)]) { $1 }
      return try await world.call("time_entry.list", members, as: world.manager)["items"]?.array?.map { $0["id"] } ?? []
    }
    #expect(try await list([:]) == [his["id"], mine["id"]])
    #expect(try await list(["staff": mine["staff"] ?? .null]) == [mine["id"]])
    #expect(try await list(["ticket": world.ticket["id"] ?? .null]) == [his["id"], mine["id"]])
    #expect(try await list(["line": world.line, "state": "approved"]) == [])
    let all = await refusal { try await world.call("time_entry.list", ["customer": .id(world.acme.publicId)], as: world.anna) }
    #expect(all == "ticket: time_entry.ticket_or_review")
  }

  /// Whoever works on a ticket sees what others spent on it, but not what they have not submitted. Guard: without the condition on
  /// states Bert's draft is listed.
  @Test func whoReadsATicketReadsTheTimeOnIt() async throws {
    let world = try await TimeWorld()
    let mine = try await world.add("10T08:00", "10T09:00")
    let his = try await world.add("10T09:00", "10T10:00", as: world.bert)
    let ticket = world.ticket["id"] ?? .null
    func list(_ more: [String: Value] = [:]) async throws -> [Value?] {
      try await world.call("time_entry.list", more.merging(["ticket": ticket]) { $1 }, as: world.anna)["items"]?.array?.map { $0["id"] } ?? []
    }
    #expect(try await list() == [mine["id"]])
    _ = try await world.act("submit", his, as: world.bert)
    #expect(try await list() == [his["id"], mine["id"]])
    #expect(try await list(["staff": his["staff"] ?? .null]) == [his["id"]])
    let stranger = try await world.database.staff(.engineer, for: [])
    #expect(await refusal { try await world.call("time_entry.list", ["ticket": ticket], as: stranger) } != "accepted")
  }

  /// Retired codes are taken for nothing new; what has them keeps them.
  @Test func listsAreTheProvidersOwn() async throws {
    let world = try await TimeWorld()
    let made = try await world.call(
      "time_code.create",
      ["kind": "work_type", "code": "cabling", "name": .object(["en": "Cabling", "zh-Hans": "布线"]), "billable": .bool(false)], as: world.manager)
    let entry = try await world.add("10T08:00", "10T09:00", ["workType": "cabling"])
    #expect(entry["billable"] == .bool(false))
    let retired = try await world.call("time_code.retire", ["id": made["id"] ?? .null], as: world.manager, version: 1)
    #expect(await refusal { try await world.add("10T09:00", "10T10:00", ["workType": "cabling"]) } == "workType: time_entry.unknown_work_type")
    #expect(try await world.act("read", entry)["workType"] == "cabling")
    _ = try await world.call("time_code.restore", ["id": made["id"] ?? .null], as: world.manager, version: retired["version"]?.integer)
    #expect(await refusal { try await world.add("10T09:00", "10T10:00", ["workType": "cabling"]) } == "accepted")
    let rates = try await world.call("time_code.list", ["kind": "rate_class"], as: world.anna)["items"]?.array ?? []
    let normal = try #require(rates.first { $0["code"] == "normal" })
    #expect(
      await refusal { try await world.call("time_code.retire", ["id": normal["id"] ?? .null], as: world.manager, version: 1) } == "time_code.needed")
    let second: [String: Value] = ["kind": "rate_class", "code": "night", "name": .object(["en": "Night"]), "applies": "after_hours"]
    #expect(await refusal { try await world.call("time_code.create", second, as: world.manager) } == "time_code.applies_taken")
  }
}
