import Kernel
import Operations
import Postgres
import TestSupport
import Testing
@testable import TimeEntries

/// Lists are read in the order of their indexes, however much there is.
@Suite struct PlanTests {
  @Test func aPageIsReadByItsIndexes() async throws {
    let world = try await TimeWorld()
    let draft = try await world.add("10T08:00", "10T09:00")
    let approved = try await world.approved("10T10:00", "10T11:00")
    try await world.database.runAsSuperuser(Self.more)
    let page = TimePage(
      tenant: world.acme.id, state: nil, staff: nil, from: nil, before: nil, beforeBegan: Instant(microseconds: .max), beforePublic: PageCursor.lastBits,
      limit: 51)
    let tickets = try await world.database.superuser.transaction { try await $0.query(TicketIds()) }
    let ticket = try #require(tickets.first)
    let (byCustomer, byTicket) = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
      (
        try await transaction.query(PlanOfCustomer(statement: .init(page: page))),
        try await transaction.query(PlanOfTicket(statement: .init(page: page, ticket: ticket, reader: TimeReader(seesAll: true, own: nil))))
      )
    }
    for (plan, indexes) in [(byCustomer, ["draft_newest", "entry_newest"]), (byTicket, ["draft_ticket", "entry_ticket"])] {
      let text = plan.joined(separator: "\n")
      for index in indexes { #expect(text.contains("using \(index)"), "\(text)") }
      #expect(!text.contains("Sort  (") && !text.contains("Seq Scan on entry") && !text.contains("Seq Scan on draft"), "\(text)")
    }
    let rows = try await world.call("time_entry.list", ["customer": .id(world.acme.publicId), "limit": 200], as: world.finance)
    #expect(rows["items"]?.array?.count == 200 && rows["next"] != .null)
    #expect(draft["id"] != approved["id"])
  }

  /// What was done for a problem is few of many, and is not looked for among the rest.
  @Test func whatWasDoneForAProblemIsReadByItsIndex() async throws {
    let world = try await TimeWorld()
    _ = try await world.add("10T08:00", "10T09:00")
    _ = try await world.approved("10T10:00", "10T11:00")
    try await world.database.runAsSuperuser(
      Self.more + """
        update time_entries.draft set ticket_id = null, problem_public_id = substr(sha256((id % 300)::text::bytea), 1, 12) where id % 2 = 0;
        update time_entries.entry set ticket_id = null, problem_public_id = substr(sha256((id % 300)::text::bytea), 1, 12) where id % 2 = 0;
        analyze time_entries.draft; analyze time_entries.entry;
        """)
    let page = TimePage(
      tenant: world.acme.id, state: nil, staff: nil, from: nil, before: nil, beforeBegan: Instant(microseconds: .max), beforePublic: PageCursor.lastBits,
      limit: 51)
    let plan = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
      let statement = TimeOfProblem(page: page, thing: [UInt8](repeating: 7, count: 12), reader: TimeReader(seesAll: false, own: 1), line: nil)
      return try await transaction.query(PlanOfProblem(statement: statement))
    }
    let text = plan.joined(separator: "\n")
    for index in ["draft_problem", "entry_problem"] { #expect(text.contains(index), "\(text)") }
    #expect(!text.contains("Seq Scan on entry") && !text.contains("Seq Scan on draft"), "\(text)")
  }

  /// What is billed is not walked through for what is open.
  @Test func openSourcesAreReadByTheirIndex() async throws {
    let world = try await TimeWorld()
    _ = try await world.add("10T08:00", "10T09:00")
    _ = try await world.approved("10T10:00", "10T11:00")
    try await world.database.runAsSuperuser(
      Self.more + """
        insert into time_entries.stretch (tenant_id, entry_id, seq, minutes, billed_minutes, situation, rate_class_id)
        select e.tenant_id, e.id, 1, 15, 15, 'service_time', r.id from time_entries.entry e, time_entries.code r
        where r.code = 'normal' on conflict do nothing;
        insert into time_entries.billed (tenant_id, entry_id, seq, turn, bill, actor_kind, actor_id, recorded_at)
        select s.tenant_id, s.entry_id, s.seq, 1, 'B' || s.entry_id % 100, 'staff', 1, '2026-03-10T00:00:00Z' from time_entries.stretch s
        where not exists (select from time_entries.open_source o where o.tenant_id = s.tenant_id and o.entry_id = s.entry_id and o.seq = s.seq);
        analyze time_entries.stretch; analyze time_entries.billed; analyze time_entries.open_source;
        """)
    let (open, bill) = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .staff, readOnly: true) { transaction in
      (
        try await transaction.query(
          PlanOfSources(
            statement: .init(
              tenant: world.acme.id, line: nil, before: TimePages.lastDay, afterDate: TimePages.firstDay, afterPublic: [], afterSeq: 0, limit: 51))),
        try await transaction.query(
          PlanOfBill(statement: .init(tenant: world.acme.id, bill: "B7", after: (entry: 0, seq: 0, turn: 0), limit: 51)))
      )
    }
    let (openText, billText) = (open.joined(separator: "\n"), bill.joined(separator: "\n"))
    #expect(!openText.contains("billed") && !openText.contains("Seq Scan on entry") && !openText.contains("Seq Scan on stretch"), "\(openText)")
    #expect(billText.contains("billed_bill") && !billText.contains("Seq Scan on billed"), "\(billText)")
    let listed = try await world.call("time_source.list", ["customer": .id(world.acme.publicId)], as: world.finance)
    #expect(listed["items"]?.array?.count == 1)
  }

  /// 20,000 more of each kind, of a year and of some hundred tickets.
  private static let more = """
    insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at, last_seq,
      recorded_at, updated_at)
    select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), 'incident', n, 'T', '', 'none_in_force', 2, 2, 3, 'new', t.opened_at, 1, t.opened_at,
      t.opened_at
    from desk.ticket t, generate_series(2, 300) n;
    insert into time_entries.draft (tenant_id, public_id, staff_id, staff_public_id, staff_name, work_type_id, ticket_id, work_date, began_at, minutes, billable,
      no_coverage, note, is_parallel, source, late_minutes, author_kind, author_id, author_name, recorded_at)
    select d.tenant_id, substr(sha256(('d' || n)::bytea), 1, 12), d.staff_id, d.staff_public_id, d.staff_name, d.work_type_id, t.id, d.work_date,
      d.began_at - n * interval '20 minutes', 15, true, false, '', true, 'entered', 0, 'staff', d.author_id, d.author_name, d.recorded_at
    from time_entries.draft d, generate_series(1, 20000) n, desk.ticket t where t.number = 1 + n % 300;
    insert into time_entries.entry (tenant_id, public_id, kind, staff_id, staff_public_id, staff_name, work_type_id, ticket_id, work_date, began_at, minutes,
      billable, no_coverage, note, is_parallel, source, late_minutes, author_kind, author_id, author_name, counts_on, step_minutes, minimum_minutes, billed_minutes,
      approver_kind, approver_id, approver_name, approved_at, recorded_at, version)
    select e.tenant_id, substr(sha256(('e' || n)::bytea), 1, 12), 'work', e.staff_id, e.staff_public_id, e.staff_name, e.work_type_id, t.id, e.work_date,
      e.began_at - n * interval '20 minutes', 15, true, false, '', true, 'entered', 0, 'staff', e.author_id, e.author_name, e.counts_on, 1, 0, 15, 'staff',
      e.approver_id, e.approver_name, e.approved_at, e.recorded_at, 3
    from time_entries.entry e, generate_series(1, 20000) n, desk.ticket t where t.number = 1 + n % 300;
    analyze time_entries.draft; analyze time_entries.entry; analyze desk.ticket;
    """
}

private struct TicketIds: Statement {
  static let sql = "select id from desk.ticket where number = 7"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct PlanOfSources: Statement {
  let statement: TimeSources
  static let sql = "explain " + TimeSources.sql
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PlanOfBill: Statement {
  let statement: BilledSources
  static let sql = "explain " + BilledSources.sql
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PlanOfCustomer: Statement {
  let statement: TimeOfCustomer
  static let sql = "explain " + TimeOfCustomer.sql
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PlanOfProblem: Statement {
  let statement: TimeOfProblem
  static let sql = "explain " + TimeOfProblem.sql
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PlanOfTicket: Statement {
  let statement: TimeOfTicket
  static let sql = "explain " + TimeOfTicket.sql
  func bind(to parameters: inout Parameters) { statement.bind(to: &parameters) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
