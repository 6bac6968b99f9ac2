import Kernel
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import ServiceLevels

/// A worker asks once a second whether time has moved a clock. Among many thousands that run it finds those by when they are due.
@Suite struct DueClockPlanTests {
  @Test func clocksAreFoundByWhenTheyAreDue() async throws {
    let world = try await DeskWorld()
    _ = try await world.open()
    let now = world.database.clock.now()
    // A few are due, a few wait for a customer until then.
    try await world.database.runAsSuperuser(
      """
      insert into service_levels.clock
      select (jsonb_populate_record(c, jsonb_build_object('id', 1000000 + n, 'subject_id', 100000 + n,
        'due_at', d.due_at, 'breach_at', d.due_at, 'next_warn_at', d.due_at))).*
      from service_levels.clock c cross join generate_series(1, 20000) n
      cross join lateral (select '\(now)'::timestamptz + (n - 100) * interval '1 second' as due_at) d
      where c.state = 'running' and c.metric = 'resolution';
      insert into service_levels.clock
      select (jsonb_populate_record(c, jsonb_build_object('id', 2000000 + n, 'subject_id', 300000 + n, 'state', 'paused', 'due_at', null, 'breach_at', null,
        'next_warn_at', null, 'pause_ends_at', '\(now)'::timestamptz + (n - 10) * interval '1 hour'))).*
      from service_levels.clock c cross join generate_series(1, 1000) n where c.id = 1000001;
      -- A rule was made since these were worked out; a few pass its share.
      insert into escalations.rule (tenant_id, public_id, name, percent, account_ids, account_public_ids, begins_at, recorded_at)
      select t.id, substr(sha256('rule'::bytea), 1, 12), 'Rule', 85, array[1], array[substr(sha256('lead'::bytea), 1, 12)], '\(now)'::timestamptz, '\(now)'::timestamptz
      from tenancy.tenant t where t.kind = 'provider';
      insert into escalations.share_revision (tenant_id, customer_id, revision, changed_at)
      select t.id, 0, 1, '\(now)'::timestamptz from tenancy.tenant t where t.kind = 'provider';
      update service_levels.clock set next_share_at = breach_at where id between 1000001 and 1000050;
      analyze service_levels.clock
      """)
    let stretch = now..<now.adding(seconds: 1)
    let scans = try await world.database.scans(of: "service_levels.clock") { (transaction) async throws in
      // Often enough for the plan that holds for all arguments.
      for _ in 0..<7 {
        #expect(try await transaction.query(DueClocks(now: now, after: .first, limit: 500)).count == 109, "99 that ran out, 10 waits")
        #expect(try await transaction.query(DueWarnings(now: now, after: .first, limit: 500)).count == 150)
        #expect(try await transaction.query(HasDueClocks(stretch: stretch)) == [true])
        #expect(try await transaction.query(HasDueWarnings(stretch: stretch)) == [true])
        #expect(try await transaction.query(UnwatchedClocks(changedSince: nil, after: .first, limit: 500)).count == 500)
        // Where nothing is due, all indexes are looked at.
        let quiet = now.adding(seconds: -5400)..<now.adding(seconds: -5399)
        #expect(try await transaction.query(HasDueClocks(stretch: quiet)) == [false])
      }
    }
    #expect(scans.sequential == 0, "\(scans)")
    for index in ["clock_breach", "clock_pause_ends", "clock_next_warn", "clock_next_share", "clock_unwatched"] {
      #expect(scans.ofIndexes[index, default: 0] > 0, "\(index): \(scans)")
    }

    let place: [Value.Member] = [
      .init("reference", .text("'\(now)'")), .init("after_due", "'1970-01-01T00:00:00Z'"), .init("after_tenant", "0"), .init("after_clock", "0"),
    ]
    for (function, indexes) in [("due_clocks", ["clock_breach", "clock_pause_ends"]), ("due_warnings", ["clock_next_warn", "clock_next_share"])] {
      let plan = try await world.database.finderPlan(function, given: .object(place))
      for index in indexes { #expect(plan.contains { $0.contains(index) }, "\(plan.joined(separator: "\n"))") }
      #expect(!plan.contains { $0.contains("Seq Scan") }, "\(plan.joined(separator: "\n"))")
    }
  }
}
