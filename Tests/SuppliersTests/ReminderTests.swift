import Jobs
import Kernel
import Operations
import Postgres
import TestSupport
import Testing

@testable import Suppliers

/// When it is left to be told that a certification expires and that an action is due.
@Suite struct ReminderTests {
  @Test(
    arguments: [
      // today, the last day, what is told, when there is more to tell
      ("2026-05-30", "2026-05-31", Reminder.near, "2026-06-01"), ("2026-05-31", "2026-05-31", .near, "2026-06-01"), ("2026-06-01", "2026-05-31", .over, nil),
      ("2028-01-01", "2026-05-31", .over, nil),
    ] as [(String, String, Reminder, String?)])
  func whatADayTells(today: String, lastDay: String, told: Reminder, next: String?) throws {
    let (today, lastDay) = (try #require(CalendarDate(today)), try #require(CalendarDate(lastDay)))
    #expect(Reminder.on(today, lastDay: lastDay) == told)
    #expect(told.next(lastDay: lastDay)?.description == next)
  }

  @Test(arguments: [("2026-05-31", "2026-05-24"), ("2026-03-10", "2026-03-03"), ("2026-03-09", "2026-03-09"), ("2026-03-02", "2026-03-02")])
  func anActionIsToldAWeekAheadOrOnItsDay(dueOn: String, first: String) throws {
    let today = try #require(CalendarDate("2026-03-02"))
    #expect(Reminder.ofAction(dueOn: try #require(CalendarDate(dueOn)), today: today).description == first)
  }

  private func sweep(_ world: SuppliersWorld, at text: String, batch: Int64 = 200) async throws {
    world.database.clock.set(try #require(Instant(text)))
    try await ReminderSweep(batch: batch).run(at: world.database.clock.now(), world.database.tenancy)
  }

  private func record(_ world: SuppliersWorld, _ name: String, _ expires: String, warn: Int64) async throws -> Value {
    try await world.call(
      "certification.record",
      [
        "supplier": world.supplier.at("id"), "name": .text(name), "validOn": "2023-03-01", "expiresOn": .text(expires), "warnDays": .integer(warn),
      ])
  }

  private func told(_ world: SuppliersWorld) async throws -> [String] {
    try await world.database.superuser.transaction { try await $0.query(ToldOfSuppliers()) }
  }

  /// Once on its warning day and once on the day after its last, by the calendar of the provider in Berlin; a renewal anew; nothing of what
  /// was ended, and of a supplier that is none any more.
  @Test func aCertificationIsToldTwice() async throws {
    let world = try await SuppliersWorld()
    let certification = try await record(world, "ISO 9001", "2026-04-30", warn: 30)
    _ = try await record(world, "Expired", "2026-02-28", warn: 30)
    let ended = try await record(world, "Ended", "2026-04-30", warn: 30)
    try await world.call("certification.end", ["id": ended.at("id")], version: 1)
    try await sweep(world, at: "2026-03-30T21:59:59Z")
    #expect(try await told(world) == ["certification.expired Expired"], "of what is over nobody is told that it is about to be")
    for _ in 0..<2 { try await sweep(world, at: "2026-03-30T22:00:00Z") }
    #expect(try await told(world).last == "certification.expiring ISO 9001")
    try await sweep(world, at: "2026-04-30T21:59:59Z")
    #expect(try await told(world).count == 2)
    for _ in 0..<2 { try await sweep(world, at: "2026-04-30T22:00:00Z") }
    #expect(try await told(world).count == 3)
    #expect(try await told(world).last == "certification.expired ISO 9001")
    _ = try await record(world, "ISO 9001", "2026-05-10", warn: 30)
    try await world.call("certification.end", ["id": certification.at("id")], version: 1)
    try await sweep(world, at: "2026-04-30T22:05:00Z")
    #expect(try await told(world).last == "certification.expiring ISO 9001")
    try await world.call("supplier.change", ["id": world.supplier.at("id"), "state": "ended"], version: 1)
    try await sweep(world, at: "2026-06-01T00:00:00Z")
    #expect(try await told(world).count == 4)
  }

  /// One that cannot be told holds up no other, whatever the size of a batch, and is told when it can be; workers at once tell nothing twice.
  @Test func aPoisonedOneHoldsUpNoOther() async throws {
    let world = try await SuppliersWorld()
    for number in 1...5 { _ = try await record(world, "C\(number)", "2026-04-0\(number)", warn: 60) }
    try await world.database.runAsSuperuser(
      "alter table suppliers.certification add constraint poison check (name <> 'C2' or tell_on <= expires_on) not valid")
    await #expect(throws: LeftUndone.self) { try await sweep(world, at: "2026-03-02T08:00:00Z", batch: 2) }
    await #expect(throws: LeftUndone.self) { try await sweep(world, at: "2026-03-02T08:05:00Z", batch: 1) }
    #expect(try await told(world) == ["C1", "C3", "C4", "C5"].map { "certification.expiring \($0)" })
    try await world.database.runAsSuperuser("alter table suppliers.certification drop constraint poison")
    let (now, tenancy) = (world.database.clock.now(), world.database.tenancy)
    try await withThrowingTaskGroup(of: Void.self) { group in
      for _ in 0..<3 { group.addTask { try await ReminderSweep().run(at: now, tenancy) } }
      try await group.waitForAll()
    }
    #expect(try await told(world).sorted() == (1...5).map { "certification.expiring C\($0)" })
  }

  /// With tens of thousands of them what is to be told is found by index.
  @Test func whatIsToBeToldIsFoundByIndex() async throws {
    let world = try await SuppliersWorld()
    _ = try await record(world, "C", "2026-04-30", warn: 30)
    try await world.database.runAsSuperuser(
      """
      insert into suppliers.certification (public_id, supplier_id, name, valid_from, expires_on, warn_on, recorded_at, tell_on)
      select substr(sha256(i::text::bytea), 1, 12), c.supplier_id, 'x', c.valid_from, c.expires_on + i % 4000, c.expires_on, c.recorded_at,
        case when i % 50 = 0 then c.warn_on + i % 4000 end
      from suppliers.certification c, generate_series(1, 30000) i;
      set session_replication_role = replica;
      insert into suppliers.appraisal_action (tenant_id, public_id, appraisal_id, supplier_id, what, due_on, state, recorded_at, tell_on)
      select t.id, substr(sha256(i::text::bytea), 1, 12), 1, 1, 'x', '2026-04-30'::date + i % 4000, 'open', t.recorded_at,
        case when i % 50 = 0 then '2026-04-01'::date + i % 4000 end
      from tenancy.tenant t, generate_series(1, 30000) i where t.kind = 'provider';
      set session_replication_role = origin;
      analyze suppliers.certification; analyze suppliers.appraisal_action
      """)
    let (provider, today) = (world.database.provider.id, try #require(CalendarDate("2026-04-02")))
    let plans = try await world.database.tenancy.transaction(binding: [provider], side: .staff) { transaction in
      try await [
        transaction.query(ExplainedReminders(statement: CertificationsToTell(on: today, after: nil, limit: 200))),
        transaction.query(ExplainedReminders(statement: ActionsToTell(tenant: provider, on: today, after: nil, limit: 200))),
      ]
    }
    #expect(plans[0].contains { $0.contains("certification_to_tell") }, "\(plans[0])")
    #expect(plans[1].contains { $0.contains("appraisal_action_to_tell") }, "\(plans[1])")
  }
}

private struct ToldOfSuppliers: Statement {
  static let sql = """
    select e.type || ' ' || c.name from operations.outbox o
    join operations.event e on e.tenant_id = o.tenant_id and e.subject_kind = o.subject_kind and e.subject_id = o.subject_id and e.seq = o.seq
      and e.recorded_at = o.recorded_at
    join suppliers.certification c on c.id = o.subject_id
    where o.consumer = 'notifications' and o.subject_kind = 'certification' order by o.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ExplainedReminders<S: Statement>: Statement {
  let statement: S

  static var sql: String { "explain \(S.sql)" }
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
