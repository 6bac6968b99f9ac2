import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing
@testable import TimeEntries

/// Four eyes, corrections, closed months.
@Suite struct ApprovalTests {
  @Test func somebodyElseApproves() async throws {
    let world = try await TimeWorld()
    let draft = try await world.add("10T08:00", "10T09:00")
    #expect(await refusal { try await world.act("approve", draft, as: world.manager) } == "time_entry.bad_transition")
    let submitted = try await world.act("submit", draft)
    #expect(await refusal { try await world.act("change", submitted, ["note": "x"]) } == "time_entry.bad_transition")
    let queue = try await world.call("time_entry.queue", [:], as: world.finance)["items"]?.array ?? []
    #expect(queue.map { $0["id"] } == [draft["id"]])
    let returned = try await world.act("return", submitted, ["reason": "Which printer?"], as: world.finance)
    #expect(returned["state"] == "returned" && returned["returnReason"] == "Which printer?")
    let changed = try await world.act("change", returned, ["note": "The one in room 5"])
    let again = try await world.act("submit", changed)
    let approved = try await world.act("approve", again, as: world.manager)
    #expect(approved["state"] == "approved" && approved["id"] == draft["id"] && approved["countsOn"] == "2026-03-10")
    #expect(await refusal { try await world.act("change", approved, ["note": "x"]) } == "time_entry.bad_transition", "it never changes")
    #expect(await refusal { try await world.act("delete", approved) } == "time_entry.bad_transition")
    #expect(await refusal { try await world.act("approve", again, as: world.finance) } == "version.mismatch")
  }

  /// Decisions at once: one of them counts, and the entry is there once.
  @Test func oneDecisionCounts() async throws {
    let world = try await TimeWorld()
    let entry = try await world.add("10T08:00", "10T09:00", ["submit": .bool(true)])
    let outcomes = await withTaskGroup(of: String.self) { group in
      for number in 0..<8 {
        group.addTask {
          await refusal {
            guard number % 2 == 0 else { return try await world.act("return", entry, ["reason": "no"], as: world.finance) }
            return try await world.act("approve", entry, as: world.manager)
          }
        }
      }
      return await group.reduce(into: [String]()) { $0.append($1) }
    }
    #expect(outcomes.filter { $0 == "accepted" }.count == 1, "\(outcomes)")
    let listed = try await world.call("time_entry.list", ["customer": .id(world.acme.publicId)], as: world.finance)["items"]?.array ?? []
    #expect(listed.map { $0["id"] } == [entry["id"]])
  }

  @Test func nobodyApprovesHisOwn() async throws {
    let world = try await TimeWorld()
    let own = try await world.add("10T08:00", "10T09:00", ["submit": .bool(true)], as: world.manager)
    #expect(await refusal { try await world.act("approve", own, as: world.manager) } == "time_entry.own_entry", "whose time it is")
    let staff = try await world.add("10T06:00", "10T07:00")["staff"] ?? .null
    let written = try await world.add("10T08:00", "10T09:00", ["staff": staff, "submit": .bool(true)], as: world.manager)
    #expect(await refusal { try await world.act("approve", written, as: world.manager) } == "time_entry.own_entry", "who wrote it down")
    #expect(await refusal { try await world.act("approve", written, as: world.database.root) } == "time_entry.person_required")
    // Another account of the same person is the same pair of eyes.
    let alias = Principal(
      actor: Actor(kind: .staff, id: world.finance.actor.id, via: .http), tenant: world.finance.tenant, side: .staff, name: "alias",
      person: world.anna.person, grants: world.finance.grants)
    #expect(await refusal { try await world.act("approve", written, as: alias) } == "time_entry.own_entry")
    #expect(try await world.act("approve", written, as: world.finance)["state"] == "approved")
  }

  /// The privilege, and not only the code, keeps what was approved.
  @Test func theServerMayNotChangeWhatWasApproved() async throws {
    let world = try await TimeWorld()
    let held = try await world.database.superuser.transaction { try await $0.query(HeldPrivileges()) }
    #expect(held == ["draft delete", "draft update"])
  }

  @Test func aCorrectionIsAReversalAndANewEntryAndSumsAreTrue() async throws {
    let world = try await TimeWorld()
    let wrong = try await world.approved("10T08:00", "10T10:00")
    #expect(try await world.totals("month") == [["2026-03", 1, 120, 120, 120]])
    let correction = try await world.act(
      "correct", wrong, ["reason": "One hour only", "from": "2026-03-10T08:00:00Z", "to": "2026-03-10T09:00:00Z"])
    #expect(correction["state"] == "submitted" && correction["corrects"] == wrong["id"])
    #expect(try await world.totals("month") == [["2026-03", 1, 120, 120, 120]], "until somebody has approved it")
    #expect(await refusal { try await world.act("correct", wrong, ["reason": "x"]) } == "time_entry.corrected_already")
    let right = try await world.act("approve", correction, as: world.manager)
    #expect(right["minutes"] == 60)
    #expect(try await world.totals("month") == [["2026-03", 3, 60, 60, 60]])
    let taken = try await world.act("read", wrong)
    #expect(taken["minutes"] == 120, "it stays as it was")
    let reversal = try await world.call("time_entry.read", ["id": taken["reversedBy"] ?? .null], as: world.anna)
    #expect(reversal["kind"] == "reversal" && reversal["minutes"] == -120 && reversal["reverses"] == wrong["id"])
    #expect(await refusal { try await world.act("correct", wrong, ["reason": "x"]) } == "time_entry.corrected_already")
    #expect(await refusal { try await world.act("correct", reversal, ["reason": "x"]) } == "time_entry.reversal")
    // The hour that was given back is free.
    #expect(await refusal { try await world.add("10T09:00", "10T10:00") } == "accepted")
    #expect(await refusal { try await world.add("10T08:30", "10T09:00") } == "time_entry.overlaps")
    let withdrawn = try await world.act("correct", right, ["reason": "Another customer's"])
    #expect(withdrawn["withdraws"] == .bool(true))
    #expect(await refusal { try await world.act("approve", withdrawn, as: world.manager) } == "accepted")
    #expect(try await world.totals("staff").map { Array($0.dropFirst(2)) } == [[0, 0, 0]])
  }

  /// What was sent back and deleted leaves the entry as it was, open to another correction.
  @Test func aCorrectionMayBeDropped() async throws {
    let world = try await TimeWorld()
    let wrong = try await world.approved("10T08:00", "10T10:00")
    let correction = try await world.act("correct", wrong, ["reason": "x", "billable": .bool(false)])
    let returned = try await world.act("return", correction, ["reason": "It is billed"], as: world.manager)
    _ = try await world.act("delete", returned)
    #expect(await refusal { try await world.add("10T08:30", "10T09:00") } == "time_entry.overlaps", "the original keeps its time")
    #expect(await refusal { try await world.act("correct", wrong, ["reason": "y"]) } == "accepted")
  }

  @Test func aClosedMonthTakesOnlyCorrectionsThatCountToday() async throws {
    let world = try await TimeWorld()
    func close(_ month: Value) async -> String {
      await refusal { try await world.call("time_month.close", ["customer": .id(world.acme.publicId), "month": month], as: world.finance) }
    }
    world.database.clock.set(try #require(Instant("2026-04-02T08:00:00Z")))
    let wrong = try await world.approved("10T08:00", "10T10:00")
    let draft = try await world.add("11T08:00", "11T09:00")
    #expect(await close("2026-04") == "time_month.not_over")
    #expect(await close("2026-03") == "time_month.open", "a draft waits")
    _ = try await world.act("delete", draft)
    #expect(await close("2026-03") == "accepted")
    #expect(await close("2026-03") == "accepted", "again, nothing changes")
    #expect(try await world.call("time_month.list", ["customer": .id(world.acme.publicId)], as: world.anna)["items"]?.array?.count == 1)
    #expect(await refusal { try await world.add("31T08:00", "31T09:00") } == "time_entry.month_closed")
    #expect(
      await refusal { try await world.add("10T08:00", "10T09:00", ["from": "2026-04-01T08:00:00Z", "to": "2026-04-01T09:00:00Z"]) } == "accepted")
    let correction = try await world.act(
      "correct", wrong, ["reason": "One hour only", "from": "2026-03-10T08:00:00Z", "to": "2026-03-10T09:00:00Z"])
    let right = try await world.act("approve", correction, as: world.manager)
    #expect(right["date"] == "2026-03-10" && right["countsOn"] == "2026-04-02")
    #expect(try await world.totals("month") == [["2026-03", 1, 120, 120, 120], ["2026-04", 2, -60, -60, -60]], "March stays as it was")
  }

  /// Who records and who closes at once come one after the other: nothing of a closed month is left unapproved.
  @Test func recordingAndClosingAtOnceLeaveNoDraftBehind() async throws {
    let world = try await TimeWorld()
    world.database.clock.set(try #require(Instant("2026-04-02T08:00:00Z")))
    let outcomes = await withTaskGroup(of: (String, Bool).self) { group in
      for hour in 0..<6 {
        group.addTask { (await refusal { try await world.add("1\(hour)T08:00", "1\(hour)T09:00") }, true) }
        group.addTask {
          (await refusal { try await world.call("time_month.close", ["customer": .id(world.acme.publicId), "month": "2026-03"], as: world.finance) }, false)
        }
      }
      return await group.reduce(into: [(String, Bool)]()) { $0.append($1) }
    }
    let recorded = outcomes.filter { $0.1 && $0.0 == "accepted" }.count
    let closed = outcomes.filter { !$0.1 && $0.0 == "accepted" }.count
    #expect(recorded == 0 || closed == 0, "\(outcomes)")
    #expect(recorded + closed > 0)
  }
}

/// What the server may do to the tables of time beside reading and adding.
private struct HeldPrivileges: Statement {
  static let sql = """
    select t.name || ' ' || p.name
    from unnest(array['draft', 'entry', 'stretch', 'billed', 'shown', 'rule', 'closing', 'dropped', 'released']) as t (name), unnest(array['update', 'delete', 'truncate']) as p (name)
    where case p.name when 'update' then has_any_column_privilege('steward_app', 'time_entries.' || t.name, p.name)
      else has_table_privilege('steward_app', 'time_entries.' || t.name, p.name) end
    order by 1
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
