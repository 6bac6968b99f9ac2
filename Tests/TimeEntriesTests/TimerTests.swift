import Jobs
import Kernel
import Operations
import Postgres
import TestSupport
import Testing
@testable import TimeEntries

@Suite struct TimerTests {
  private func start(_ world: TimeWorld, _ more: [String: Value] = [:]) async throws -> Value {
    let members: [String: Value] = ["customer": .id(world.acme.publicId), "ticket": world.ticket["id"] ?? .null, "workType": "remote_support"]
    return try await world.call("timer.start", members.merging(more) { $1 }, as: world.anna)
  }

  @Test func aTimerBecomesADraft() async throws {
    let world = try await TimeWorld()
    world.database.clock.advance(seconds: 20)
    let timer = try await start(world, ["note": "on the phone"])
    #expect(await refusal { try await start(world) } == "timer.runs", "one for each person")
    #expect(try await world.call("timer.read", [:], as: world.anna)["timer"] == timer)
    #expect(try await world.call("timer.read", [:], as: world.bert)["timer"] == .null)
    #expect(await refusal { try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.bert) } == "not_found", "nobody else's")
    #expect(await refusal { try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna) } == "timer.too_short")
    world.database.clock.advance(seconds: 25 * 60 + 15)
    let entry = try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna)
    #expect(entry["minutes"] == 25 && entry["source"] == "timer" && entry["state"] == "draft" && entry["note"] == "on the phone")
    #expect(entry["from"] == "2026-03-10T20:00:00Z", "whole minutes")
    #expect(await refusal { try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna) } == "not_found", "once")
    #expect(await refusal { try await start(world) } == "accepted")
  }

  /// The ticket tells whose it is; another customer's tells nobody who does not serve that one.
  @Test func theTicketTellsTheCustomer() async throws {
    let world = try await TimeWorld()
    let input: KeyValuePairs<String, Value> = ["ticket": world.ticket["id"] ?? .null, "workType": "remote_support"]
    let other = try await world.database.customer("ELSEWHERE")
    let stranger = try await world.database.staff(.engineer, for: [other])
    let refused = await #expect(throws: Failure.self) { try await world.database.call("timer.start", input, as: stranger) }
    #expect(refused?.violations.map { "\($0.path) \($0.message.key)" } == ["ticket input.unknown_reference"])
    let nothing = await #expect(throws: Failure.self) { try await world.database.call("timer.start", ["workType": "remote_support"], as: world.anna) }
    #expect(nothing?.violations.map { "\($0.path) \($0.message.key)" } == ["customer input.customer_required"])
    let timer = try await world.database.call("timer.start", input, as: world.anna)
    #expect(timer["ticket"] == world.ticket["id"])
  }

  /// A forgotten timer is found once, at the instant at which its limit passed, and bills nothing by itself.
  @Test func aForgottenTimerIsMarkedAndNotBilled() async throws {
    let world = try await TimeWorld()
    let timer = try await start(world, ["limitMinutes": 30])
    func sweep() async throws -> [String] {
      try await TimerSweep().run(at: world.database.clock.now(), world.database.tenancy)
      return try await world.database.superuser.withConnection {
        try await $0.query(ForgottenEvents())
      }
    }
    #expect(try await sweep() == [])
    world.database.clock.advance(seconds: 3 * 3600)
    // Also before anybody has swept.
    #expect(await refusal { try await world.call("timer.stop", ["id": timer["id"] ?? .null], as: world.anna) } == "timer.forgotten")
    #expect(try await sweep() == ["2026-03-10 20:30:00"])
    #expect(try await sweep() == ["2026-03-10 20:30:00"], "once")
    #expect(try await world.call("timer.read", [:], as: world.anna)["timer"]?["forgottenAt"] == "2026-03-10T20:30:00Z")
    #expect(try await world.call("time_entry.mine", [:], as: world.anna)["items"] == .array([]))
    let late: [String: Value] = ["id": timer["id"] ?? .null, "at": "2026-03-11T00:00:00Z"]
    #expect(await refusal { try await world.call("timer.stop", late, as: world.anna) } == "at: time_entry.future")
    let entry = try await world.call("timer.stop", ["id": timer["id"] ?? .null, "at": "2026-03-10T20:12:00Z"], as: world.anna)
    #expect(entry["minutes"] == 12 && entry["source"] == "forgotten_timer" && entry["state"] == "draft")
  }

  /// One that cannot be marked ended the run, and the next one with it.
  @Test func oneAtFaultHoldsUpNoOther() async throws {
    let world = try await TimeWorld()
    let members: [String: Value] = [
      "customer": .id(world.acme.publicId), "ticket": world.ticket["id"] ?? .null, "workType": "remote_support", "limitMinutes": 30,
    ]
    _ = try await world.call("timer.start", members, as: world.anna)
    world.database.clock.advance(seconds: 60)
    _ = try await world.call("timer.start", members, as: world.bert)
    try await world.database.runAsSuperuser(
      """
      create function time_entries.fault() returns trigger language plpgsql as $$
      begin
        if old.due_at = (select min(t.due_at) from time_entries.timer t) then raise exception 'at fault'; end if;
        return new;
      end
      $$;
      create trigger fault before update on time_entries.timer for each row execute function time_entries.fault()
      """)
    world.database.clock.advance(seconds: 3 * 3600)
    let (tenancy, now) = (world.database.tenancy, world.database.clock.now())
    await #expect(throws: LeftUndone.self) { try await TimerSweep(batch: 1).run(at: now, tenancy) }
    let marked = try await world.database.superuser.transaction { try await $0.query(ForgottenEvents()) }
    #expect(marked == ["2026-03-10 20:31:00"])
  }

  @Test func aDiscardedTimerLeavesNothing() async throws {
    let world = try await TimeWorld()
    let timer = try await start(world, ["startedAt": "2026-03-10T18:00:00Z"])
    #expect(await refusal { try await world.call("timer.discard", ["timer": timer["id"] ?? .null], as: world.bert) } == "not_found")
    #expect(try await world.call("timer.discard", ["timer": timer["id"] ?? .null], as: world.anna)["id"] == timer["id"])
    #expect(try await world.call("time_entry.mine", [:], as: world.anna)["items"] == .array([]))
    #expect(await refusal { try await start(world, ["startedAt": "2026-03-09T19:59:00Z"]) } == "startedAt: timer.start_range")
  }
}

private struct ForgottenEvents: Statement {
  static let sql = "select to_char(occurred_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI:SS') from operations.event where type = 'timer.forgotten'"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
