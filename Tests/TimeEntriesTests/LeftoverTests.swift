import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing
@testable import TimeEntries

/// What somebody left lying, wrote for others, or booked in the wrong place.
@Suite struct LeftoverTests {
  private func close(_ world: TimeWorld) async -> String {
    await refusal { try await world.call("time_month.close", ["customer": .id(world.acme.publicId), "month": "2026-03"], as: world.finance) }
  }

  /// Whoever reviews takes away what keeps a month from being closed, with a reason that stays.
  @Test func nobodysDraftBlocksAMonth() async throws {
    let world = try await TimeWorld()
    world.database.clock.set(try #require(Instant("2026-04-02T08:00:00Z")))
    let draft = try await world.add("10T08:00", "10T09:00")
    let returned = try await world.act(
      "return", try await world.add("10T09:00", "10T10:00", ["submit": .bool(true)]), ["reason": "what?"], as: world.manager)
    let submitted = try await world.add("10T10:00", "10T11:00", ["submit": .bool(true)])
    #expect(await close(world) == "time_month.open")
    #expect(await refusal { try await world.act("delete", draft, as: world.manager) } == "time_entry.not_owner")
    #expect(await refusal { try await world.act("drop", draft, as: world.manager) } == "reason: input.required")
    #expect(await refusal { try await world.act("drop", draft, ["reason": "She left."], as: world.bert) } == "denied")
    for entry in [draft, returned] { #expect(await refusal { try await world.act("drop", entry, ["reason": "She left."], as: world.finance) } == "accepted") }
    #expect(await refusal { try await world.act("drop", submitted, ["reason": "x"], as: world.finance) } == "time_entry.bad_transition", "it is decided")
    _ = try await world.act("approve", submitted, as: world.manager)
    #expect(await close(world) == "accepted")
    #expect(try await world.database.superuser.transaction { try await $0.query(Dropped()) } == ["She left.", "She left."])
  }

  /// A correction is its author's: the worker may not change it, and he or a reviewer opens the way for another one.
  @Test func aCorrectionIsItsAuthors() async throws {
    let world = try await TimeWorld()
    let wrong = try await world.approved("10T08:00", "10T16:00")
    let correction = try await world.act("correct", wrong, ["reason": "One hour", "date": "2026-03-10", "minutes": 60], as: world.finance)
    let returned = try await world.act("return", correction, ["reason": "Two?"], as: world.manager)
    for verb in ["change", "submit", "delete"] {
      let more: [String: Value] = verb == "change" ? ["minutes": 480, "date": "2026-03-10"] : [:]
      #expect(await refusal { try await world.act(verb, returned, more) } == "time_entry.not_owner", "\(verb): the worker")
    }
    let changed = try await world.act("change", returned, ["minutes": 120, "date": "2026-03-10"], as: world.finance)
    let again = try await world.act("submit", changed, as: world.finance)
    #expect(try await world.act("approve", again, as: world.manager)["minutes"] == 120)
    // What somebody filed and left lying keeps nobody from taking the time back.
    let second = try await world.approved("09T08:00", "09T16:00")
    let nonsense = try await world.act("correct", second, ["reason": "?", "note": "nonsense"])
    let left = try await world.act("return", nonsense, ["reason": "no"], as: world.manager)
    #expect(await refusal { try await world.act("correct", second, ["reason": "x"], as: world.finance) } == "time_entry.corrected_already")
    _ = try await world.act("drop", left, ["reason": "nonsense"], as: world.finance)
    #expect(await refusal { try await world.act("correct", second, ["reason": "Never done"], as: world.finance) } == "accepted")
  }

  /// Work on the wrong ticket goes to the right one, also of a closed month; and to whose work it was.
  @Test func aCorrectionNamesWhatIsRight() async throws {
    let world = try await TimeWorld()
    let right = try await world.call("incident.open", ["customer": .id(world.acme.publicId), "title": "Scanner"], as: world.anna)
    world.database.clock.set(try #require(Instant("2026-04-02T08:00:00Z")))
    let wrong = try await world.approved("10T08:00", "10T10:00")
    let berts = try await world.add("11T08:00", "11T09:00", ["submit": .bool(true)], as: world.bert)
    let his = berts["staff"] ?? .null
    _ = try await world.act("approve", berts, as: world.manager)
    #expect(await close(world) == "accepted")
    let correction = try await world.act(
      "correct", wrong, ["reason": "Bert's, on the scanner", "ticket": right["id"] ?? .null, "staff": his, "rateClass": "emergency"], as: world.finance)
    #expect(correction["ticket"] == right["id"] && correction["staff"] == his && correction["withdraws"] == .bool(false))
    let approved = try await world.act("approve", correction, as: world.manager)
    #expect(approved["countsOn"] == "2026-04-02" && approved["date"] == "2026-03-10" && approved["minutes"] == 120)
    let explained = try await world.act("explain", approved, as: world.finance)
    #expect(explained["stretches"]?.array?.map { $0["rateClass"] } == ["emergency"])
    #expect(try await world.totals("ticket").map { Array($0[1...2]) } == [[3, 60], [1, 120]])
    // And to a line, where it was done for no ticket.
    let moved = try await world.act("correct", approved, ["reason": "No ticket", "line": world.line], as: world.manager)
    #expect(moved["ticket"] == .null && moved["line"] == world.line)
    #expect(
      await refusal { try await world.act("correct", berts, ["reason": "x", "line": world.line, "ticket": right["id"] ?? .null], as: world.manager) }
        == "line: time_entry.line_of_ticket")
    #expect(
      await refusal { try await world.act("correct", berts, ["reason": "x", "staff": wrong["staff"] ?? .null], as: world.bert) }
        == "staff: time_entry.others_time")
  }

  /// What an integration wrote is submitted by whose time it is: its keeper would approve his own words.
  @Test func whatNoMemberOfStaffWroteIsSubmittedByItsOwner() async throws {
    let world = try await TimeWorld()
    let staff = try await world.add("10T06:00", "10T07:00")["staff"] ?? .null
    #expect(
      await refusal { try await world.add("10T08:00", "10T09:00", ["staff": staff, "submit": .bool(true)], as: world.database.root) }
        == "submit: time_entry.submitted_by_owner")
    let written = try await world.add("10T08:00", "10T09:00", ["staff": staff], as: world.database.root)
    #expect(await refusal { try await world.act("submit", written, as: world.database.root) } == "time_entry.submitted_by_owner")
    let submitted = try await world.act("submit", written)
    #expect(try await world.act("approve", submitted, as: world.manager)["state"] == "approved")
    let correction = try await world.act("correct", submitted, ["reason": "x", "note": "y"], as: world.database.root)
    #expect(correction["state"] == "draft")
    #expect(try await world.act("submit", correction)["state"] == "submitted")
  }

  /// Who has left still has time that is looked up, and records none.
  @Test func whoHasLeftIsStillListed() async throws {
    let world = try await TimeWorld()
    let entry = try await world.add("10T08:00", "10T09:00", as: world.bert)
    try await world.database.runAsSuperuser("update tenancy.account set state = 'disabled' where id = \(world.bert.actor.id)")
    let listed = try await world.call(
      "time_entry.list", ["customer": .id(world.acme.publicId), "staff": entry["staff"] ?? .null], as: world.finance)
    #expect(listed["items"]?.array?.map { $0["id"] } == [entry["id"]])
    #expect(
      await refusal { try await world.add("10T10:00", "10T11:00", ["staff": entry["staff"] ?? .null], as: world.manager) }
        == "staff: input.unknown_reference")
  }

  /// A kind of work that was retired while the clock ran is what was done all the same.
  @Test func aTimerKeepsItsKindOfWork() async throws {
    let world = try await TimeWorld()
    let code = try await world.call(
      "time_code.create", ["kind": "work_type", "code": "cabling", "name": .object(["en": "Cabling"]), "billable": .bool(true)], as: world.manager)
    let timer = try await world.call(
      "timer.start", ["customer": .id(world.acme.publicId), "ticket": world.ticket["id"] ?? .null, "workType": "cabling"], as: world.anna)
    _ = try await world.call("time_code.retire", ["id": code["id"] ?? .null], as: world.manager, version: 1)
    world.database.clock.advance(seconds: 600)
    let entry = try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna)
    #expect(entry["workType"] == "cabling" && entry["minutes"] == 10 && entry["billable"] == .bool(true))
  }
}

private struct Dropped: Statement {
  static let sql = "select reason from time_entries.dropped order by public_id"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
