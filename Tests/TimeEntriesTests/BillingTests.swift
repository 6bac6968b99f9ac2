import Kernel
import Operations
import Postgres
import TestSupport
import Testing
@testable import TimeEntries

/// Cut by the coverage, rounded, and billed at most once.
@Suite struct BillingTests {
  /// From 15:00 to 18:00 in UTC: until 16:00 the office is open.
  @Test func anEntryIsCutByTheCoverage() async throws {
    let world = try await TimeWorld()
    let entry = try await world.add("10T15:00", "10T18:00")
    let cut: [[Value]] = [[60, 60, "service_time", "normal"], [120, 120, "after_hours", "after_hours"]]
    #expect(try await world.stretches(entry) == cut, "as it would be")
    let weekend = try await world.add("07T10:00", "07T11:00")
    #expect(try await world.stretches(weekend) == [[60, 60, "off_day", "weekend_holiday"]])
    let night = try await world.add("06T22:00", "06T23:30")
    #expect(
      try await world.stretches(night) == [[60, 60, "after_hours", "after_hours"], [30, 30, "off_day", "weekend_holiday"]],
      "midnight in Berlin, where Saturday begins")
    let named = try await world.add("08T10:00", "08T11:00", ["rateClass": "emergency"])
    #expect(try await world.stretches(named) == [[60, 60, "off_day", "emergency"]])
    let submitted = try await world.act("submit", entry)
    let approved = try await world.act("approve", submitted, as: world.manager)
    #expect(approved["billedMinutes"] == 180)
    // What is approved stays as it was counted, whatever the calendar says later of that day.
    let holiday = Value.object(["zone": "Europe/Berlin", "week": .object(["sun": .array([.array(["09:00", "10:00"])])])])
    _ = try await world.call(
      "calendar.revise", ["id": world.calendar["id"] ?? .null, "definition": holiday, "validFrom": "2026-03-10T00:00:00Z"], as: world.manager,
      version: world.calendar["version"]?.integer)
    #expect(try await world.stretches(approved) == cut)
    let later = try await world.add("10T12:00", "10T13:00")
    #expect(try await world.stretches(later) == [[60, 60, "off_day", "weekend_holiday"]], "the new version holds for what is not approved")
    #expect(try await world.totals("rate_class") == [["after_hours", 1, 120, 120, 120], ["normal", 1, 60, 60, 60]])
  }

  @Test func aRuleOfTheLineRoundsAndExplains() async throws {
    let world = try await TimeWorld()
    try await world.rule(["stepMinutes": 15, "minimumMinutes": 30])
    let entry = try await world.approved("10T15:50", "10T16:10")
    #expect(entry["billedMinutes"] == 30 && entry["minutes"] == 20)
    #expect(try await world.stretches(entry) == [[10, 15, "service_time", "normal"], [10, 15, "after_hours", "after_hours"]])
    let free = try await world.approved("09T10:00", "09T10:20", ["billable": .bool(false)])
    #expect(free["billedMinutes"] == 0)
    let explained = try await world.act("explain", entry)
    #expect(explained["stepMinutes"] == 15 && explained["minimumMinutes"] == 30 && explained["rule"] != .null)
    let since = try await calendarStart(world)
    #expect(
      explained["steps"]
        == .array([
          "Worked from 2026-03-10T15:50:00Z to 2026-03-10T16:10:00Z: 20 min.",
          .text("Cut by the calendar Office (Europe/Berlin) in its version of \(since)."),
          "20 min are billed as 30: at least 30 min, rounded up to 15 min, shared out in proportion.",
          "10 min within service time: rate class normal, billed 15 min.", "10 min outside service time: rate class after_hours, billed 15 min.",
        ]))
    // A calendar of the rule's own comes before the SLA's; a later rule changes nothing that was approved.
    let always = try await world.call("calendar.create", ["name": "Always", "stock": "24x7", "zone": "UTC"], as: world.manager)
    try await world.rule(["calendar": always["id"] ?? .null, "validFrom": "2026-03-10T12:00:00Z"])
    let round = try await world.approved("10T19:00", "10T19:07")
    #expect(try await world.stretches(round) == [[7, 7, "service_time", "normal"]])
    #expect(try await world.stretches(entry).count == 2)
    #expect(try await world.totals("line") == [["Service desk", 3, 47, 27, 37]])
    // Whoever is called otherwise since then is one person.
    _ = try await world.database.superuser.transaction { try await $0.query(RenameOnFirstEntry()) }
    #expect(try await world.totals("staff").count == 1)
  }

  private func calendarStart(_ world: TimeWorld) async throws -> String {
    let entry = try await world.add("09T12:00", "09T12:05")
    return try #require(try await world.act("explain", entry)["stretches"]?.array?.first?["calendarValidFrom"]?.text)
  }

  private func sources(_ world: TimeWorld) async throws -> [[Value]] {
    let listed = try await world.call("time_source.list", ["customer": .id(world.acme.publicId)], as: world.finance)["items"]?.array ?? []
    return listed.map { one in ["kind", "rateClass", "billedMinutes"].map { one[$0] ?? .null } }
  }

  private func claim(_ world: TimeWorld, _ bill: String, _ more: [String: Value] = [:]) async throws -> [Value] {
    let members: [String: Value] = ["customer": .id(world.acme.publicId), "bill": .text(bill)]
    return try await world.call("time_source.claim", members.merging(more) { $1 }, as: world.finance)["sources"]?.array ?? []
  }

  @Test func aSourceIsBilledOnceAndWhatIsTakenBackIsCredited() async throws {
    let world = try await TimeWorld()
    let billed = try await world.approved("10T15:00", "10T17:00")
    _ = try await world.approved("10T18:00", "10T19:00", ["billable": .bool(false)])
    let never = try await world.approved("09T10:00", "09T11:00")
    let work: [[Value]] = [["work", "normal", 60], ["work", "normal", 60], ["work", "after_hours", 60]]
    #expect(try await sources(world).count == 3)
    // Taken back before it was billed: neither it nor its reversal is there.
    let gone = try await world.act("correct", never, ["reason": "Another customer's"])
    _ = try await world.act("approve", gone, as: world.manager)
    #expect(try await sources(world) == Array(work.dropFirst()))
    #expect(try await claim(world, "B-1").map { $0["billedMinutes"] ?? .null } == [60, 60])
    #expect(try await sources(world) == [])
    #expect(try await claim(world, "B-2") == [], "once")
    // Taken back after it was billed: credited, once.
    let correction = try await world.act("correct", billed, ["reason": "One hour", "from": "2026-03-10T15:00:00Z", "to": "2026-03-10T16:00:00Z"])
    _ = try await world.act("approve", correction, as: world.manager)
    let credit: [[Value]] = [["reversal", "after_hours", -60], ["reversal", "normal", -60], ["work", "normal", 60]]
    #expect(try await sources(world).sorted { "\($0)" < "\($1)" } == credit.sorted { "\($0)" < "\($1)" })
    let second = try await claim(world, "B-3")
    #expect(Set(second.compactMap { $0["source"]?.text }).count == 3)
    #expect(try await claim(world, "B-4") == [])
  }

  /// What a bill has can be looked up, and given back with a reason when the bill is void.
  @Test func aBillIsListedAndReleased() async throws {
    let world = try await TimeWorld()
    let first = try await world.approved("10T15:00", "10T17:00")
    _ = try await world.approved("09T10:00", "09T11:00")
    let customer = Value.id(world.acme.publicId)
    func billed(_ bill: Value) async throws -> [Value] {
      try await world.call("time_source.billed", ["customer": customer, "bill": bill], as: world.finance)["items"]?.array ?? []
    }
    func release(_ bill: Value) async -> String {
      await refusal { try await world.call("time_source.release", ["customer": customer, "bill": bill, "reason": "Void"], as: world.finance) }
    }
    #expect(await release("B-1") == "time_source.nothing_billed")
    let taken = try await claim(world, "B-1")
    #expect(taken.count == 3)
    #expect(try await Set(billed("B-1").map { $0["source"]?["source"] }) == Set(taken.map { $0["source"] }))
    #expect(try await billed("B-2") == [])
    #expect(await release("B-1") == "accepted")
    #expect(await release("B-1") == "time_source.nothing_billed", "once")
    #expect(try await billed("B-1").allSatisfy { $0["releaseReason"] == "Void" && $0["releasedAt"] != .null })
    #expect(try await claim(world, "B-2").count == 3)
    #expect(try await billed("B-2").allSatisfy { $0["releasedAt"] == .null })
    // Given back and then taken back: neither is there.
    #expect(await release("B-2") == "accepted")
    _ = try await world.act("approve", try await world.act("correct", first, ["reason": "x"]), as: world.manager)
    #expect(try await sources(world) == [["work", "normal", 60]])
  }

  /// Runs at once: each source goes into one bill, none is lost; without the key it would be billed twice.
  @Test func twoRunsAtOnceBillNothingTwice() async throws {
    let world = try await TimeWorld()
    for hour in 10...15 { _ = try await world.approved("09T\(hour):00", "09T\(hour):30") }
    func runs(_ round: Int) async throws -> [String] {
      try await withThrowingTaskGroup(of: [String].self) { group in
        for run in 0..<5 {
          group.addTask {
            var taken: [String] = []
            for _ in 0..<8 {
              taken += try await claim(world, "R\(round)-\(run)", ["most": 2]).compactMap { $0["source"]?.text }
            }
            return taken
          }
        }
        return try await group.reduce(into: []) { $0 += $1 }
      }
    }
    let taken = try await runs(1)
    #expect(taken.count == 6 && Set(taken).count == 6, "\(taken)")
    #expect(try await sources(world) == [])
    #expect(try await runs(2) == [])
  }

  /// By default a customer sees nothing; where the line says so, the work, and neither who nor a note.
  @Test func aCustomerSeesWhatItsLineShows() async throws {
    let world = try await TimeWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    func shown() async throws -> [Value] { try await world.call("work_record.list", [:], as: customer)["items"]?.array ?? [] }
    _ = try await world.approved("09T10:00", "09T11:00", ["note": "CANARY"])
    #expect(try await shown() == [])
    try await world.rule(["customerSees": .bool(true)])
    let entry = try await world.approved("10T08:00", "10T09:00", ["note": "CANARY", "invoiceText": "Drucker repariert"])
    let records = try await shown()
    #expect(records.map { $0["invoiceText"] ?? .null } == ["Drucker repariert"] && records.first?["minutes"] == 60)
    #expect(!JSON.text(.array(records)).contains("CANARY") && !JSON.text(.array(records)).contains("Account"))
    let withdrawn = try await world.act("correct", entry, ["reason": "x"])
    _ = try await world.act("approve", withdrawn, as: world.manager)
    #expect(try await shown().compactMap { $0["minutes"]?.integer }.reduce(0, +) == 0)
    for operation in ["time_entry.list", "time_entry.queue", "time_source.list", "time_entry.totals"] {
      #expect(await refusal { try await world.call(operation, ["customer": .id(world.acme.publicId)], as: customer) } == "denied", "\(operation)")
    }
    // The second wall: a customer's transaction sees nothing of the staff's tables.
    let seen = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer, readOnly: true) { transaction in
      try await transaction.query(
        TimeOfCustomer(
          page: .init(
            tenant: world.acme.id, state: nil, staff: nil, from: nil, before: nil, beforeBegan: Instant(microseconds: .max),
            beforePublic: PageCursor.lastBits, limit: 10)))
    }
    #expect(seen.isEmpty)
  }
}

/// As if whoever worked was called otherwise when that was recorded.
private struct RenameOnFirstEntry: Statement {
  static let sql = "update time_entries.entry set staff_name = 'Maiden' where id = (select min(id) from time_entries.entry) returning id"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
