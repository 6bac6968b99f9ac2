import Desk
import Jobs
import Kernel
import Operations
import Postgres
import ServiceLevels
import Tenancy
import TestSupport
import Testing

@testable import Escalations

/// What is to be escalated does not wait for the schedule of the sweep, and is found without going through all there is.
@Suite struct DueEscalationTests {
  @Test func anAgeThatIsReachedIsSeenInItsSecond() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "staff": .array([world.leadId])])
    _ = try await world.incident()
    #expect(try await world.isDue(in: "2026-03-02T08:09:59Z") == false)
    #expect(try await world.isDue(in: "2026-03-02T08:10:00Z"))
    #expect(try await world.isDue(in: "2026-03-02T08:10:01Z") == false)
  }

  /// Thousands come to an age that concerns no rule of their customer and priority: the sweep, which goes through all rules, is not called for them.
  @Test func anAgeOfARuleForOthersCallsNothing() async throws {
    let world = try await EscalationsWorld()
    let staff = Value.array([world.leadId])
    try await world.rule(["ageMinutes": 10, "staff": staff, "customer": .id(world.other.publicId)], name: "Of another")
    try await world.rule(["ageMinutes": 10, "staff": staff, "priorityTo": 2], name: "Urgent")
    _ = try await world.incident()
    #expect(try await world.isDue(in: "2026-03-02T08:10:00Z") == false)
    try await world.rule(["ageMinutes": 10, "staff": staff, "customer": .id(world.acme.publicId), "priorityTo": 3], name: "Of this one")
    #expect(try await world.isDue(in: "2026-03-02T08:10:00Z"))
  }

  /// By its calendar it may come to that age at any time later: the schedule finds it.
  @Test func anAgeByACalendarIsLeftToTheSchedule() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "staff": .array([world.leadId]), "calendar": world.office])
    _ = try await world.incident()
    #expect(try await world.isDue(in: "2026-03-02T08:10:00Z") == false)
  }

  @Test func wordOfTheClocksIsSeenInItsSecond() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["percent": 50, "toTeam": world.secondLine])
    _ = try await world.incident()
    try world.at("2026-03-02T08:31:00Z")
    try await WarnSweep(keepers: [.ticket: TicketKeeper()]).run(at: world.database.clock.now(), world.database.tenancy)
    #expect(try await world.isDue(in: "2026-03-02T08:31:00Z"))
    #expect(try await world.isDue(in: "2026-03-02T08:31:01Z") == false, "what is left lying does not call the sweep again and again")
    try await world.escalate()
    #expect(try await world.isDue(in: "2026-03-02T08:31:00Z") == false, "it is carried out")
  }

  @Test func whatWaitsForItsCalendarIsSeenWhenThatOpens() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "staff": .array([world.leadId])])
    _ = try await world.incident()
    try world.at("2026-03-02T08:11:00Z")
    try await world.escalate()
    #expect(try await world.isDue(in: "2026-03-03T08:00:00Z") == false, "what is done is not due")
    try await world.script("update escalations.escalation set state = 'waiting', settled_at = null, due_at = '2026-03-03T08:00:00.5Z'")
    #expect(try await world.isDue(in: "2026-03-03T08:00:00Z"))
    #expect(try await world.isDue(in: "2026-03-03T08:00:01Z") == false)
  }

  /// Twenty thousand releases and major incidents that are open: each look goes by the index on when they were recorded.
  @Test func whatComesToItsAgeIsFoundByWhenItWasRecorded() async throws {
    let world = try await EscalationsWorld()
    let now = world.database.clock.now()
    for (process, operation, table, column, index) in [
      (EscalationProcess.release, "release.open", "changes.release", "opened_at", "release_aging"),
      (EscalationProcess.majorIncident, "major_incident.declare", "major_incidents.major_incident", "declared_at", "major_incident_aging"),
    ] {
      try await world.database.call(operation, ["title": "Spring"], as: world.engineer)
      try await world.script(
        """
        insert into \(table)
        select (jsonb_populate_record(t, jsonb_build_object('id', 100000 + n, 'number', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12),
          '\(column)', t.\(column) + n * interval '1 second'))).*
        from \(table) t cross join generate_series(1, 20000) n
        """)
      try await world.script("analyze \(table)")
      let scans = try await world.database.scans(of: table) { transaction in
        // Often enough for the plan that holds for all arguments.
        for _ in 0..<7 {
          let start = RecordedTickets.Place(tenant: world.database.provider.id, id: .max, recordedAt: now)
          let look = RecordedTickets(process: process, after: start, until: now.adding(seconds: 60), customer: nil, limit: 200)
          let found = try await transaction.query(look)
          #expect(found.count == 60, "\(process)")
        }
      }
      #expect(scans.sequential == 0 && scans.ofIndexes[index, default: 0] > 0, "\(process): \(scans)")
    }
  }

  /// Sixty thousand that were carried out, twenty thousand open tickets: each look goes by the index on when something is due.
  @Test func whatIsDueIsFoundByItsTime() async throws {
    let world = try await EscalationsWorld()
    try await world.rule(["ageMinutes": 10, "staff": .array([world.leadId])])
    _ = try await world.incident()
    try world.at("2026-03-02T08:11:00Z")
    try await world.escalate()
    for script in [
      """
      insert into escalations.escalation
      select (jsonb_populate_record(e, jsonb_build_object('id', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12), 'metric', 'm' || n,
        'state', case when n <= 220 then 'waiting' else e.state end, 'settled_at', case when n > 220 then e.settled_at end,
        'due_at', case when n <= 20 then e.due_at else e.due_at + n * interval '1 second' end))).*
      from escalations.escalation e cross join generate_series(1, 60000) n
      """,
      """
      insert into desk.ticket
      select (jsonb_populate_record(t, jsonb_build_object('id', 100000 + n, 'number', 100000 + n, 'public_id', substr(sha256(n::text::bytea), 1, 12),
        'recorded_at', t.recorded_at + n * interval '1 second'))).*
      from desk.ticket t cross join generate_series(1, 20000) n
      """,
      """
      insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at)
      select t.id, c.name, 'ticket', 1, n, '2026-03-02T08:00:00Z' from tenancy.tenant t
      cross join (values ('escalations', 2000), ('notifications', 20000)) c (name, most) cross join lateral generate_series(1, c.most) n where t.code = 'ACME'
      """,
      "analyze escalations.escalation; analyze desk.ticket; analyze operations.outbox",
    ] { try await world.script(script) }
    let now = world.database.clock.now()
    // In which nothing is due but the age of a ticket, so that all is looked at.
    let later = now.adding(seconds: 3600)
    func look(_ transaction: Transaction) async throws {
      // Often enough for the plan that holds for all arguments.
      for _ in 0..<7 {
        #expect(try await transaction.query(DueEscalations(now: now, limit: 200)).count == 20)
        _ = try await transaction.query(HasDueEscalations(stretch: later..<later.adding(seconds: 1)))
        let start = RecordedTickets.Place(tenant: world.acme.id, id: .max, recordedAt: now)
        let tickets = RecordedTickets(process: .incident, after: start, until: now.adding(seconds: 60), customer: nil, limit: 200)
        #expect(try await transaction.query(tickets).count == 60)
      }
    }
    for (table, index) in [
      ("escalations.escalation", "escalation_due"), ("desk.ticket", "ticket_aging"), ("operations.outbox", "outbox_consumer"),
    ] {
      let scans = try await world.database.scans(of: table, look)
      #expect(scans.sequential == 0 && scans.ofIndexes[index, default: 0] > 0, "\(table): \(scans)")
    }
    let plan = try await world.database.finderPlan("due_escalations", given: .object(["reference": .text("'\(now)'")]))
    #expect(plan.contains { $0.contains("escalation_due") } && !plan.contains { $0.contains("Seq Scan") }, "\(plan.joined(separator: "\n"))")
  }
}

extension EscalationsWorld {
  /// Whether the sweep is called for what came in the second that begins so.
  fileprivate func isDue(in second: String) async throws -> Bool {
    let start = try #require(Instant(second))
    return try await EscalationSweep(database.dispatcher).cameDue(in: start..<start.adding(seconds: 1), database.tenancy)
  }
}
