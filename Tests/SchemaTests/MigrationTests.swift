import Foundation
import Kernel
import Postgres
import Schema
import TestSupport
import Testing

/// Migrations over databases that hold something.
@Suite struct MigrationTests {
  /// Migrations run as the owner of the tables, whom forced row security hides every customer's rows from.
  @Test func aProposalOfAnEarlierVersionIsMigrated() async throws {
    try await migrating(to: "0018", holding: Self.proposal) { database in
      let terms = try await database.withConnection { try await $0.query(ProposalTerms()) }
      #expect(terms == ["{\"period\": \"month\"} 2026-01-01"])
    }
  }

  /// Tickets that had a team before there were turns, what was with suppliers, and what was measured twice.
  @Test func turnsOfAnEarlierVersionAreFilledIn() async throws {
    try await migrating(to: Self.file("_turns.sql"), holding: Self.work) { database in
      let turns = try await database.withConnection { try await $0.query(BackfilledTurns()) }
      let priorities = try await database.withConnection { try await $0.query(ToldPriorities()) }
      let covered = try await database.withConnection { try await $0.query(CoveredMeasurements()) }
      #expect(
        turns == [
          "1 1 8 2026-03-02 10:00 t", "2 1 7 2026-03-04 08:00 t", "3 2 7 2026-03-02 08:00 t", "5 1 7 2026-03-01 08:00 f", "6 1 7 2026-03-01 08:00 t",
        ], "from the assignment to the team that has it, the reopening, or else the opening; and where there was none")
      #expect(priorities == ["1 2 4", "2 3 4"], "what its clocks count, or else the ticket's")
      #expect(covered == [1, 4, 5, 8, 9], "the first of what overlaps, and what stands")
    }
  }

  /// Where a service stands was computed from its days; now it is written, and what was there stays.
  @Test func theStateOfAServiceOutlivesItsComputation() async throws {
    try await migrating(to: Self.file("_catalogue_days.sql"), holding: Self.services) { database in
      let states = try await database.withConnection { try await $0.query(ServiceStates()) }
      #expect(states == ["S1 pipeline", "S2 catalogue", "S3 retired"])
    }
  }

  /// What catalogue.read allowed is three permissions now: nobody gains or loses any of it, a limited token neither.
  @Test func whoReadTheCatalogueReadsOn() async throws {
    try await migrating(to: Self.file("_catalogue_days.sql"), holding: Self.catalogueReaders) { database in
      let held = try await database.withConnection { try await $0.query(CatalogueReaders()) }
      let tokens = try await database.withConnection { try await $0.query(TokenPermissions()) }
      let reading = ["catalogue.manual", "catalogue.read", "service.read"]
      #expect(held == reading.map { "engineer \($0)" } + ["customer_manager", "requester"].flatMap { ["\($0) catalogue.manual", "\($0) service.read"] })
      #expect(tokens == ["catalogue.manual,catalogue.read,service.read", "incident.read", "all"])
    }
  }

  /// What was taken back stays so, and what was submitted waits for the sweep; each knows the unit of its requester, the person behind the login, and its last event.
  @Test func requestsOfAnEarlierVersionAreMoved() async throws {
    try await migrating(to: Self.file("_requests.sql"), holding: Self.orders) { database in
      let orders = try await database.withConnection { try await $0.query(MovedRequests()) }
      #expect(orders == ["1 submitted 1 5 - -", "2 withdrawn 2 - 2026-03-02 3"])
    }
  }

  /// Categories were free texts before there were lists: a ticket keeps its own.
  @Test func aTicketKeepsACategoryThatNoListHas() async throws {
    try await migrating(to: Self.file("_ticket_spine.sql"), holding: Self.freeCategories) { database in
      let categories = try await database.withConnection { try await $0.query(TicketCategories()) }
      #expect(categories == ["Category 42", "network/vpn", "无线网络", "-"])
    }
  }

  /// Of terms that were over already nobody is told; those that run are looked at, and told when they end. What was withdrawn counts no more, and
  /// what has no end, or is no contract yet, has none to tell.
  @Test func termsThatWereOverAreNoNews() async throws {
    try await migrating(to: Self.file("_supplier_contracts.sql"), holding: Self.terms) { database in
      let terms = try await database.withConnection { try await $0.query(ToldLapses()) }
      #expect(
        terms == [
          "customer 1 2020-01-01 2019-02-01", "customer 2 - 2019-02-01", "customer 3 - -", "customer 4 - -", "customer 5 2020-01-01 2019-02-01",
          "supplier 1 2020-01-01 2019-02-01", "supplier 2 - 2019-02-01", "supplier 3 - -", "supplier 4 - -",
        ])
    }
  }

  /// Who of the staff opened a release answers for it; what a program opened nobody does.
  @Test func whoOpenedAReleaseAnswersForIt() async throws {
    try await migrating(to: Self.file("_release_owners.sql"), holding: Self.releases) { database in
      let owners = try await database.withConnection { try await $0.query(ReleaseOwners()) }
      #expect(owners == ["1 7", "2 -", "3 -"])
    }
  }

  /// Releases and major incidents that were there before they were searched for are left to be written.
  @Test func releasesAndMajorIncidentsAreLeftForTheSearch() async throws {
    let major = """
      insert into major_incidents.major_incident
        (tenant_id, id, public_id, number, title, description, declarer_id, declared_at, updated_at, last_seq)
      values (1, 4, substr(sha256('4'), 1, 12), 1, 'T', '', 7, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', 1)
      """
    try await migrating(to: Self.file("_releases_and_majors.sql"), holding: "\(Self.releases); \(major)") { database in
      let pending = try await database.withConnection { try await $0.query(TextsPending()) }
      #expect(pending == ["1 release 1", "1 release 2", "1 release 3", "1 major_incident 4"])
    }
  }

  /// Where the rules that came with Steward are there already, whoever watches is told as elsewhere; but whom somebody chose, or of what, stays.
  @Test func theRulesThatCameTellWhoWatches() async throws {
    try await migrating(to: Self.file("_watchers_and_files.sql"), holding: Self.rules) { database in
      let told = try await database.withConnection { try await $0.query(ToldAudiences()) }
      #expect(
        told == [
          "1 owner,watchers 2", "2 owner,requester,watchers 2", "3 account_managers,owner,requester,watchers 8", "4 owner,requester 1", "5 owner 1",
          "6 owner 1", "7 owner 1",
        ])
    }
  }

  /// What a review revoked before it was kept who took it: what was given anew, or taken by an order, afterwards waits for nobody; an order whose task was
  /// skipped took nothing, nor did one before, nor another customer's.
  @Test func whatWasTakenAlreadyIsNotToBeTaken() async throws {
    try await migrating(to: Self.file("_untaken_access.sql"), holding: Self.revoked) { database in
      let taken = try await database.withConnection { try await $0.query(TakenEntitlements()) }
      #expect(taken == ["1 2026-03-06 2", "2 - -", "3 2026-03-07 3", "4 - -", "5 - -", "6 - -", "7 - -"])
    }
  }

  /// What the queue shows of clocks lies beside tickets and turns from then on; a clock that waits is due at no time, and has warned all the same.
  @Test func whatClocksShowIsFilledIn() async throws {
    try await migrating(to: Self.file("_queue_in_one_look.sql"), holding: Self.clocks) { database in
      let shown = try await database.withConnection { try await $0.query(ShownClocks()) }
      #expect(shown == ["1 U response 50 75", "2 U - 60 80", "3 - - - -"])
    }
  }

  /// The same of requests: of what is due at once the first promise, of what waits its share alone, and of what is over nothing.
  @Test func whatClocksOfRequestsShowIsFilledIn() async throws {
    try await migrating(to: Self.file("_requests_measured.sql"), holding: Self.clocksOfRequests) { database in
      let shown = try await database.withConnection { try await $0.query(ShownRequestClocks()) }
      #expect(shown == ["1 response 50", "2 - 60", "3 - -"])
    }
  }

  /// What was ordered before requests had a priority was promised what a medium one is, and stays so.
  @Test func whatWasOrderedKeepsItsPriority() async throws {
    let order = """
      insert into requests.request (tenant_id, id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, actor_kind,
        actor_id, submitted_at)
      values (1, 1, substr(sha256('1'), 1, 12), 1, 1, 1, 1, '{}', 'fulfilling', 'staff', 1, '2026-03-01T08:00:00Z')
      """
    try await migrating(to: Self.file("_requests_have_priority.sql"), holding: order) { database in
      let rated = try await database.withConnection { try await $0.query(RatedRequests()) }
      #expect(rated == ["1 2 2 3"])
    }
  }

  /// What was counted of each rule counts for all customers: no clock that was worked out by then is worked out anew.
  @Test func whatWasCountedOfSharesCountsForAll() async throws {
    try await migrating(to: Self.file("_shares_of_customers.sql"), holding: Self.rulesWithShares) { database in
      let counted = try await database.withConnection { try await $0.query(ShareRevisions()) }
      #expect(counted == ["1 0 7"])
    }
  }

  /// What a customer was shown of work says what it was done for, also of before it was kept.
  @Test func whatWasShownOfWorkNamesIt() async throws {
    try await migrating(to: Self.file("_work_has_names.sql"), holding: Self.shownWork) { database in
      let shown = try await database.withConnection { try await $0.query(ShownWork()) }
      #expect(shown == ["1 incident -", "2 request 1", "3 problem -", "4 change -", "5 release -", "6 major_incident -", "7 - -"])
    }
  }

  /// What affects a service knows when its ticket was opened, of every customer's.
  @Test func whatAffectsAServiceHasItsPlaceInTheList() async throws {
    let rows = """
      insert into desk.ticket (tenant_id, id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at)
      select n, n, substr(sha256(n::text::bytea), 1, 12), 'incident', n, 'T', '', 'none_in_force', 2, 2, 3, 'new', make_date(2026, 3, n), 1, now(), now()
      from generate_series(1, 2) n;
      insert into desk.affected_service (tenant_id, ticket_id, service_id, is_shared, recorded_at) select id, id, 1, false, now() from desk.ticket
      """
    try await migrating(to: Self.file("_tickets_of_a_service.sql"), holding: rows) { database in
      let since = try await database.withConnection { try await $0.query(AffectedSince()) }
      #expect(since == ["1 2026-03-01", "2 2026-03-02"])
    }
  }

  /// An entry for each thing that work is done for, the last one for a line alone; all are shown.
  private static let shownWork = """
    insert into requests.request (tenant_id, id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, actor_kind, actor_id,
      submitted_at)
    values (1, 1, substr(sha256('1'), 1, 12), 1, 1, 1, 1, '{}', 'fulfilling', 'staff', 1, '2026-03-01T08:00:00Z');
    insert into time_entries.entry (tenant_id, id, public_id, kind, staff_id, staff_public_id, staff_name, work_type_id, ticket_id, request_id,
      problem_public_id, change_public_id, release_public_id, major_public_id, work_date, began_at, minutes, billable, no_coverage, note, is_parallel, source,
      late_minutes, author_kind, author_id, author_name, counts_on, step_minutes, minimum_minutes, billed_minutes, approver_kind, approver_id, approver_name,
      approved_at, recorded_at, version)
    select 1, n, t.bits, 'work', 1, t.bits, 'A', 1, case n when 1 then 1 end, case n when 2 then 1 end, case n when 3 then t.bits end,
      case n when 4 then t.bits end, case n when 5 then t.bits end, case n when 6 then t.bits end, '2026-03-01', '2026-03-01T08:00:00Z', 15, true, false, '',
      true, 'entered', 0, 'staff', 1, 'A', '2026-03-01', 1, 0, 15, 'staff', 2, 'B', '2026-03-01T09:00:00Z', '2026-03-01T09:00:00Z', 1
    from generate_series(1, 7) n, lateral (select substr(sha256(n::text::bytea), 1, 12) as bits) t;
    insert into time_entries.shown (tenant_id, public_id, ticket_id, work_type_id, work_date, minutes, billed_minutes, recorded_at)
    select e.tenant_id, e.public_id, e.ticket_id, 1, e.work_date, e.minutes, e.billed_minutes, e.recorded_at from time_entries.entry e
    """

  private static let rulesWithShares = """
    insert into escalations.rule (tenant_id, public_id, name, process, percent, age_minutes, customer_id, account_ids, account_public_ids, begins_at,
      recorded_at, share_version)
    select 1, substr(sha256(r.process::bytea), 1, 12), r.process, r.process, r.percent, r.age, r.customer, array[1],
      array[substr(sha256('lead'::bytea), 1, 12)], '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z', r.version
    from (values ('incident', 60, null::bigint, null::bigint, 4), ('request', 70, null, 5, 3), ('problem', null, 60, null, 1)
    ) r (process, percent, age, customer, version)
    """

  /// Request 1 runs, 2 waits, 3 has ended.
  private static let clocksOfRequests = """
    insert into requests.request (tenant_id, id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, actor_kind, actor_id,
      submitted_at, ended_at, due_at)
    select 1, n, substr(sha256(n::text::bytea), 1, 12), n, 1, 1, 1, '{}', case n when 3 then 'fulfilled' else 'fulfilling' end, 'staff', 1,
      '2026-03-01T08:00:00Z', case n when 3 then '2026-03-01T08:30:00Z'::timestamptz end, case n when 1 then '2026-03-01T09:00:00Z'::timestamptz end
    from generate_series(1, 3) n;
    insert into service_levels.clock (tenant_id, subject_kind, subject_id, metric, contract_line_version_id, line_reason, sla_version_id, sla_target_id,
      calendar_version_id, priority, budget_seconds, budget_open_seconds, pauses, stops_at, state, state_since, cause, started_at, last_event_at,
      consumed_seconds, run_started_at, run_started_with_seconds, due_at, last_interval_seq, last_milestone_seq, last_verdict_seq, recorded_at, warned_percent)
    select 1, 'request', c.request, c.metric, 1, 'customer', 1, 1, 1, 3, 3600, 3600, true, 'resolved', c.state, '2026-03-01T08:00:00Z', 'opened',
      '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z', 0, '2026-03-01T08:00:00Z', 0,
      case c.state when 'running' then '2026-03-01T09:00:00Z'::timestamptz end, 0, 0, 0, '2026-03-01T08:00:00Z', c.warned
    from (values (1, 'resolution', 'running', 50), (1, 'response', 'running', null), (2, 'resolution', 'paused', 60), (3, 'resolution', 'stopped', 90)
    ) c (request, metric, state, warned)
    """

  /// Ticket 1 runs, 2 waits, both with a turn; 3 has nothing, and its turn is over.
  private static let clocks = """
    insert into tenancy.org_unit (tenant_id, id, public_id, kind, name, recorded_at)
    values (1, 5, decode('000102030405060708090a0b', 'hex'), 'site', 'U', '2026-01-01T00:00:00Z');
    insert into desk.ticket (tenant_id, id, public_id, type, number, title, description, unit_id, line_reason, impact, urgency, priority, state, opened_at,
      due_at, last_seq, recorded_at, updated_at)
    select 1, n, substr(sha256(n::text::bytea), 1, 12), 'incident', n, 'T', '', case when n < 3 then 5 end, 'none_in_force', 2, 2, 3, 'active',
      '2026-03-01T08:00:00Z', case n when 1 then '2026-03-01T09:00:00Z'::timestamptz end, 1, '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z'
    from generate_series(1, 3) n;
    insert into desk.assignment (tenant_id, id, ticket_id, seq, team_id, started_at, ended_at, end_cause, due_at, recorded_at)
    select 1, n, n, 1, 7, '2026-03-01T08:00:00Z', case n when 3 then '2026-03-01T08:30:00Z'::timestamptz end, case n when 3 then 'unassigned' end,
      case n when 1 then '2026-03-01T09:00:00Z'::timestamptz end, '2026-03-01T08:00:00Z'
    from generate_series(1, 3) n;
    insert into service_levels.clock (tenant_id, subject_kind, subject_id, metric, contract_line_version_id, party_id, line_reason, sla_version_id,
      sla_target_id, calendar_version_id, priority, budget_seconds, budget_open_seconds, pauses, stops_at, state, state_since, cause, started_at,
      last_event_at, consumed_seconds, run_started_at, run_started_with_seconds, due_at, last_interval_seq, last_milestone_seq, last_verdict_seq,
      recorded_at, warned_percent)
    select 1, c.kind, c.subject, c.metric, case c.kind when 'ticket' then 1 end, case c.kind when 'ticket' then null else 7 end, 'customer', 1, 1, 1, 3,
      3600, 3600, true, 'resolved', c.state, '2026-03-01T08:00:00Z', 'opened', '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z', 0,
      '2026-03-01T08:00:00Z', 0, case c.state when 'running' then '2026-03-01T09:00:00Z'::timestamptz end, 0, 0, 0, '2026-03-01T08:00:00Z', c.warned
    from (values ('ticket', 1, 'response', 'running', 50), ('ticket', 1, 'resolution', 'running', null), ('ticket', 2, 'resolution', 'paused', 60),
      ('assignment', 1, 'resolution', 'running', 75), ('assignment', 2, 'resolution', 'paused', 80), ('assignment', 3, 'resolution', 'stopped', 90)
    ) c (kind, subject, metric, state, warned)
    """

  /// Of person 1 erp was revoked and given anew; of 2, 3 and 4 it was revoked and ordered to be taken: done, skipped, and done before; of 5 an order took it,
  /// and it was given anew. Another customer's person 3 lost it by an order that was done.
  private static let revoked = """
    insert into catalog.offering_version (id, offering_id, seq, content, published_at)
    values (1, 1, 1, '{"access": {"action": "grant", "resource": "erp"}}', '2026-01-01T00:00:00Z'),
      (2, 2, 1, '{"access": {"action": "revoke", "resourceAnswer": "what"}}', '2026-01-01T00:00:00Z');
    insert into requests.request (tenant_id, id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, requester_id, actor_kind,
      actor_id, submitted_at, ended_at)
    select r.tenant, r.id, substr(sha256(r.id::text::bytea), 1, 12), r.id, r.version, r.version, 1, '{"what": "erp"}', 'fulfilled', r.person, 'staff', 1,
      '2026-03-01T00:00:00Z', r.ended_at
    from (values (1, 1, 1, 1, '2026-03-02T00:00:00Z'::timestamptz), (1, 2, 1, 1, '2026-03-06T00:00:00Z'), (1, 3, 2, 2, '2026-03-07T00:00:00Z'),
      (1, 4, 2, 3, '2026-03-07T00:00:00Z'), (1, 5, 2, 4, '2026-03-04T00:00:00Z'), (2, 6, 2, 3, '2026-03-07T00:00:00Z')) as r (tenant, id, version, person, ended_at);
    insert into requests.task (tenant_id, public_id, request_id, seq, step, names, carries_access, state, ready_at, ended_at, recorded_at)
    select r.tenant_id, r.public_id, r.id, 1, 1, '{"en": "T"}', true, case r.id when 4 then 'skipped' else 'done' end, r.submitted_at, r.ended_at, r.submitted_at
    from requests.request r;
    insert into requests.entitlement (tenant_id, id, public_id, person_id, resource, request_id, since, ended_at, ended_request_id, ended_review_id)
    select 1, e.id, substr(sha256(e.id::text::bytea), 1, 12), e.person, 'erp', e.request, e.since, e.ended_at, e.by_request, e.by_review
    from (values
      (1, 1, 1, '2026-03-02T00:00:00Z'::timestamptz, '2026-03-05T00:00:00Z'::timestamptz, null::bigint, 1),
      (2, 1, 2, '2026-03-06T00:00:00Z', null, null, null), (3, 2, 1, '2026-03-02T00:00:00Z', '2026-03-05T00:00:00Z', null, 1),
      (4, 3, 1, '2026-03-02T00:00:00Z', '2026-03-05T00:00:00Z', null, 1), (5, 4, 1, '2026-03-02T00:00:00Z', '2026-03-05T00:00:00Z', null, 1),
      (6, 5, 1, '2026-03-02T00:00:00Z', '2026-03-05T00:00:00Z', 3, null), (7, 5, 2, '2026-03-06T00:00:00Z', null, null, null)
    ) as e (id, person, request, since, ended_at, by_request, by_review)
    """

  /// 1 to 3 as they came, of which 3 goes by mail besides; of 4 somebody chose whom it tells, of 5 of what; 6 is somebody's own, and 7 is of what nobody
  /// watches.
  private static let rules = """
    insert into notifications.rule (tenant_id, id, public_id, stock_key, name, event, audience, account_ids, account_public_ids, channels, urgent_to,
      expires_minutes, version, recorded_at)
    select 1, r.id, substr(sha256(r.id::text::bytea), 1, 12), r.key, 'R' || r.id, r.event, r.audience::text[], '{}', '{}', r.channels::text[], 1, 1440, r.version,
      '2026-01-01T00:00:00Z'
    from (values
      (1, 'problem_closed', 'problem.closed', '{owner}', '{inbox}', 1), (2, 'change_closed', 'change.closed', '{requester,owner}', '{inbox}', 1),
      (3, 'major_incident_resolved', 'major_incident.resolved', '{owner,requester,account_managers}', '{inbox,email}', 7),
      (4, 'problem_reopened', 'problem.reopened', '{owner,requester}', '{inbox}', 1), (5, 'problem_commented', 'problem.offered', '{owner}', '{inbox}', 1),
      (6, null, 'problem.closed', '{owner}', '{inbox}', 1), (7, 'action_due', 'action.due', '{owner}', '{inbox}', 1)
    ) as r (id, key, event, audience, channels, version)
    """

  private static let releases = """
    insert into tenancy.account (tenant_id, id, public_id, kind, login, name, language, recorded_at)
    values (1, 7, substr(sha256('7'), 1, 12), 'staff', 'a@msp.example', 'A', 'en', '2026-01-01T00:00:00Z'),
      (1, 8, substr(sha256('8'), 1, 12), 'service', null, 'B', 'en', '2026-01-01T00:00:00Z');
    insert into changes.release (tenant_id, id, public_id, number, title, description, author_kind, author_id, opened_at, updated_at)
    select 1, r.id, substr(sha256(r.id::text::bytea), 1, 12), r.id, 'T', '', r.kind, r.account, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z'
    from (values (1, 'staff', 7), (2, 'service', 8), (3, 'operator', 7)) as r (id, kind, account)
    """

  /// The migration whose name ends so.
  private static func file(_ ending: String) throws -> String {
    let folder = RealData.packageRoot.appending(path: "sql/migrations")
    return try #require(try FileManager.default.contentsOfDirectory(atPath: folder.path).first { $0.hasSuffix(ending) })
  }

  /// Fills a database of the version before `name` and brings it up to date.
  private func migrating(to name: String, holding rows: String, _ check: (PostgresClient) async throws -> Void) async throws {
    let database = try await TestDatabase.empty()
    let sql = RealData.packageRoot.appending(path: "sql")
    let earlier = FileManager.default.temporaryDirectory.appending(path: "steward-earlier-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: earlier) }
    for folder in ["migrations", "views", "functions"] {
      try FileManager.default.createDirectory(at: earlier.appending(path: folder), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(at: sql.appending(path: "roles.sql"), to: earlier.appending(path: "roles.sql"))
    let names = try FileManager.default.contentsOfDirectory(atPath: sql.appending(path: "migrations").path).filter { $0 < name }
    for name in names {
      try FileManager.default.copyItem(at: sql.appending(path: "migrations/\(name)"), to: earlier.appending(path: "migrations/\(name)"))
    }
    let before = try await Migrator(database: database, files: try SchemaFiles(directory: earlier.path)).migrate(permissions: [:], at: TestDatabase.start)
    #expect(before.to == names.count)
    try await database.withConnection { try await $0.runScript("begin; set local session_replication_role = replica; \(rows); commit") }
    let after = try await Migrator(database: database, files: try SchemaFiles(directory: sql.path)).migrate(permissions: [:], at: TestDatabase.start)
    #expect(after.from == before.to && after.to > before.to)
    try await check(database)
    let findings = try await database.withConnection { try await $0.query(CatalogueFindings()) }
    #expect(findings.filter { $0.rule == "row security" } == [], "forced again")
    await database.shutdown()
  }

  private static let services = """
    insert into catalog.family (id, public_id, code, names, recorded_at)
    values (1, decode('000102030405060708090a0b', 'hex'), 'F1', '{"en": "F"}', '2026-01-01T00:00:00Z');
    insert into catalog.service (public_id, family_id, code, names, mode, owner, design_on, operation_on, retirement_on, recorded_at)
    select decode(v.id, 'hex'), 1, v.code, '{"en": "S"}', 'managed', '{"en": "O"}', '2026-01-01', v.operation_on, v.retirement_on, '2026-01-01T00:00:00Z'
    from (values ('000102030405060708090a01', 'S1', null, null), ('000102030405060708090a02', 'S2', date '2026-01-02', null),
      ('000102030405060708090a03', 'S3', date '2026-01-02', date '2026-01-03')) as v (id, code, operation_on, retirement_on)
    """

  /// Of a customer and of a supplier: a term that is over, one that runs, one without an end, and a draft. The customer's fifth was extended, which
  /// was withdrawn.
  private static let terms = """
    insert into contracts.contract (tenant_id, id, public_id, number, currency, zone, recorded_at)
    select 1, n, substr(sha256(n::text::bytea), 1, 12), n, 'EUR', 'UTC', '2019-02-01T00:00:00Z' from generate_series(1, 5) n;
    insert into contracts.contract_version (tenant_id, id, contract_id, seq, valid_from, name, state, starts_at, ends_at, recorded_at)
    select 1, t.id, t.contract, t.seq, t.valid_from, 'T', t.state, '2019-01-01T00:00:00Z', t.ends_at, '2019-02-01T00:00:00Z'
    from (values (1, 1, 1, '2019-01-01T00:00:00Z'::timestamptz, 'active', '2020-01-01T00:00:00Z'::timestamptz),
      (2, 2, 1, '2019-01-01T00:00:00Z', 'suspended', '2999-01-01T00:00:00Z'), (3, 3, 1, '2019-01-01T00:00:00Z', 'active', null),
      (4, 4, 1, '2019-01-01T00:00:00Z', 'draft', '2020-01-01T00:00:00Z'), (5, 5, 1, '2019-01-01T00:00:00Z', 'active', '2020-01-01T00:00:00Z'),
      (6, 5, 2, '2019-06-01T00:00:00Z', 'active', '2999-01-01T00:00:00Z')) as t (id, contract, seq, valid_from, state, ends_at);
    insert into contracts.contract_version_withdrawal (tenant_id, contract_version_id, reason, recorded_at) values (1, 6, 'R', '2019-03-01T00:00:00Z');
    insert into suppliers.contract (id, public_id, supplier_id, reference, currency, zone, recorded_at)
    select n, substr(sha256(n::text::bytea), 1, 12), 1, 'UC ' || n, 'EUR', 'UTC', '2019-02-01T00:00:00Z' from generate_series(1, 4) n;
    insert into suppliers.contract_version (contract_id, valid_from, name, state, starts_at, ends_at, recorded_at)
    select t.contract, '2019-01-01T00:00:00Z', 'T', t.state, '2019-01-01T00:00:00Z', t.ends_at, '2019-02-01T00:00:00Z'
    from (values (1, 'active', '2020-01-01T00:00:00Z'::timestamptz), (2, 'active', '2999-01-01T00:00:00Z'), (3, 'active', null),
      (4, 'draft', '2020-01-01T00:00:00Z')) as t (contract, state, ends_at)
    """

  /// Two orders of one customer: one that stands, for somebody of a site, and one for nobody in particular that was taken back.
  private static let orders = """
    insert into tenancy.person (tenant_id, id, public_id, unit_id, name, language, recorded_at)
    values (1, 3, decode('000102030405060708090a0b', 'hex'), 5, 'P', 'en', '2026-01-01T00:00:00Z');
    insert into tenancy.org_unit (tenant_id, id, public_id, kind, name, recorded_at)
    values (1, 5, decode('000102030405060708090a0b', 'hex'), 'site', 'U', '2026-01-01T00:00:00Z');
    insert into tenancy.account (tenant_id, id, public_id, kind, person_id, login, name, language, recorded_at)
    values (1, 9, decode('000102030405060708090a0b', 'hex'), 'customer', 3, 'p', 'P', 'en', '2026-01-01T00:00:00Z');
    insert into catalog.request (tenant_id, id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, requester_id, actor_kind,
      actor_id, submitted_at, withdrawn_at, version)
    select 1, n, substr(sha256(n::text::bytea), 1, 12), n, 1, 1, 1, '{}', case n when 1 then 'submitted' else 'withdrawn' end, case n when 1 then 3 end,
      case n when 1 then 'staff' else 'customer' end, case n when 1 then 1 else 9 end, '2026-03-01T00:00:00Z', case n when 2 then '2026-03-02T00:00:00Z'::timestamptz end, n
    from generate_series(1, 2) n
    """

  private static let freeCategories = """
    insert into desk.ticket (tenant_id, id, public_id, type, number, title, description, line_reason, impact, urgency, priority, category, state, opened_at,
      last_seq, recorded_at, updated_at)
    select 1, n, substr(sha256(n::text::bytea), 1, 12), 'incident', n, 'T', '', 'none_in_force', 2, 2, 3,
      (array['Category 42', 'network/vpn', '无线网络', null])[n], 'new', '2026-03-01T08:00:00Z', 1, '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z'
    from generate_series(1, 4) n
    """

  /// Finance lost the permission to an administrator; a token has it, another has none of it, a third one has all.
  private static let catalogueReaders = """
    insert into tenancy.permission (code) values ('catalogue.read'), ('incident.read');
    insert into tenancy.role_permission (role, permission) values ('engineer', 'catalogue.read'), ('finance', 'incident.read');
    insert into tenancy.api_token (tenant_id, id, public_id, account_id, kind, name, secret_hash, permissions, expires_at, recorded_at)
    select 1, t.id, substr(sha256(t.id::text::bytea), 1, 12), 1, 'api', 'T', sha256(t.id::text::bytea), t.permissions, '2027-01-01T00:00:00Z',
      '2026-01-01T00:00:00Z'
    from (values (1, array['catalogue.read']), (2, array['incident.read']), (3, null)) as t (id, permissions)
    """

  /// A proposal with the version of a schedule that it was computed by; what else it names is not looked at here.
  private static let proposal = """
    insert into credits.schedule_version (id, schedule_id, valid_from, terms, recorded_at)
    values (1, 1, '2026-01-01T00:00:00Z', '{"period": "month"}', '2026-01-01T00:00:00Z');
    insert into credits.proposal (tenant_id, public_id, number, contract_id, contract_line_id, schedule_id, schedule_name, schedule_version_id, period_kind,
      period_name, period_from, period_to, calculation, amount_minor, currency, granted_minor, claimed_on, actor_kind, actor_id, recorded_at, state)
    values (1, decode('000102030405060708090a0b', 'hex'), 1, 1, 1, 1, 'S', 1, 'month', '2026-01', '2026-01-01', '2026-02-01', '{}', 100, 'EUR', 0,
      '2026-02-01', 'staff', 1, '2026-02-01T00:00:00Z', 'proposed')
    """

  /// Tickets of two tenants: 1 went from team 7 to 8, whose people took it in turn; 2 was reopened; 3 has a turn that is over; 4 is
  /// closed; 5 has one that goes on; 6 was never assigned, 7 has no team.
  private static let work = """
    insert into desk.ticket (tenant_id, id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, team_id, opened_at,
      closed_at, last_seq, recorded_at, updated_at)
    select 1 + n % 2, n, substr(sha256(n::text::bytea), 1, 12), 'incident', n, 'T', '', 'none_in_force', 2, 2, 3, case n when 4 then 'closed' else 'active' end,
      case n when 1 then 8 when 7 then null else 7 end, '2026-03-01T08:00:00Z', case n when 4 then '2026-03-05T08:00:00Z'::timestamptz end, 9,
      '2026-03-01T08:00:00Z', '2026-03-01T08:00:00Z'
    from generate_series(1, 7) n;
    insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
    select 1 + e.ticket % 2, e.at, 'ticket', e.ticket, e.seq, e.type, e.payload, 'staff', 1, 'http', e.at
    from (values
      (1, 2, 'incident.assigned', '{"team": "team_a"}'::jsonb, '2026-03-02T08:00:00Z'::timestamptz),
      (1, 3, 'incident.assigned', '{"team": "team_b"}', '2026-03-02T10:00:00Z'), (1, 4, 'incident.held', '{}', '2026-03-02T11:00:00Z'),
      (1, 5, 'incident.assigned', '{"team": "team_b", "assignee": "stf_x"}', '2026-03-02T12:00:00Z'),
      (2, 2, 'incident.assigned', '{"team": "team_a"}', '2026-03-02T08:00:00Z'), (2, 3, 'incident.reopened', '{}', '2026-03-04T08:00:00Z'),
      (3, 2, 'incident.assigned', '{"team": "team_a"}', '2026-03-02T08:00:00Z'), (4, 2, 'incident.assigned', '{"team": "team_a"}', '2026-03-02T08:00:00Z'),
      (5, 2, 'incident.assigned', '{"team": "team_a"}', '2026-03-02T08:00:00Z')
    ) e (ticket, seq, type, payload, at);
    insert into desk.assignment (tenant_id, ticket_id, seq, team_id, started_at, ended_at, end_cause, recorded_at)
    values (2, 3, 1, 7, '2026-03-01T08:00:00Z', '2026-03-01T09:00:00Z', 'handed_over', '2026-03-01T08:00:00Z'),
      (2, 5, 1, 7, '2026-03-01T08:00:00Z', null, null, '2026-03-01T08:00:00Z');
    insert into desk.team (id, public_id, name, recorded_at)
    select n, substr(sha256(n::text::bytea), 1, 12), 'Team ' || n, '2026-01-01T00:00:00Z' from generate_series(7, 8) n;
    insert into suppliers.supplier (id, public_id, code, name, zone, state, recorded_at)
    values (4, decode('000102030405060708090a0b', 'hex'), 'SUP', 'Supplier', 'UTC', 'active', '2026-01-01T00:00:00Z');
    insert into suppliers.contract (id, public_id, supplier_id, reference, currency, zone, recorded_at)
    values (4, decode('000102030405060708090a0b', 'hex'), 4, 'UC', 'EUR', 'UTC', '2026-01-01T00:00:00Z');
    insert into desk.dispatch (tenant_id, id, public_id, ticket_id, supplier_contract_id, supplier_contract_version_id, choice, dispatched_at, recorded_at)
    select 2, n, substr(sha256(n::text::bytea), 1, 12), n, 4, 4, 'linked', '2026-03-02T08:00:00Z', '2026-03-02T08:00:00Z' from generate_series(1, 2) n;
    update desk.dispatch set tenant_id = 1 where id = 2;
    insert into service_levels.clock (tenant_id, subject_kind, subject_id, metric, line_reason, calendar_version_id, priority, budget_seconds,
      budget_open_seconds, pauses, stops_at, state, state_since, cause, started_at, last_event_at, consumed_seconds, run_started_at,
      run_started_with_seconds, last_interval_seq, last_milestone_seq, last_verdict_seq, recorded_at, party_id, supplier_contract_version_id, supplier_target_id)
    values (2, 'dispatch', 1, 'resolution', 'linked', 1, 2, 60, 60, false, 'resolved', 'running', '2026-03-02T08:00:00Z', 'dispatched', '2026-03-02T08:00:00Z',
      '2026-03-02T08:00:00Z', 0, '2026-03-02T08:00:00Z', 0, 0, 0, 0, '2026-03-02T08:00:00Z', 4, 4, 4);
    insert into measurements.measurement (tenant_id, id, public_id, contract_line_id, metric, ci, from_at, to_at, numerator, denominator, evidence, supersedes,
      withdraws, actor_kind, actor_id, recorded_at)
    select 1, m.id, substr(sha256(m.id::text::bytea), 1, 12), 1, 'backup_success', m.ci, m.from_at, m.to_at, 1, 1, 'x', m.supersedes, m.withdraws, 'staff', 1,
      '2026-03-02T08:00:00Z'
    from (values
      (1, null, '2026-01-01T00:00:00Z'::timestamptz, '2026-02-01T00:00:00Z'::timestamptz, null::bigint, false),
      (2, null, '2026-01-10T00:00:00Z', '2026-01-10T00:00:00Z', null, false), (3, null, '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z', null, false),
      (4, null, '2026-02-02T00:00:00Z', '2026-02-02T00:00:00Z', 3, false), (5, null, '2026-02-01T00:00:00Z', '2026-02-02T00:00:00Z', null, false),
      (6, null, '2026-02-03T00:00:00Z', '2026-02-03T00:00:00Z', null, false), (7, null, '2026-02-03T00:00:00Z', '2026-02-03T00:00:00Z', 6, true),
      (8, 'SRV1', '2026-02-05T00:00:00Z', '2026-02-05T00:00:00Z', null, false), (9, 'SRV2', '2026-02-05T00:00:00Z', '2026-02-05T00:00:00Z', null, false),
      (10, null, '2026-02-04T00:00:00Z', '2026-02-06T00:00:00Z', null, false)
    ) m (id, ci, from_at, to_at, supersedes, withdraws)
    """
}

private struct ProposalTerms: Statement {
  static let sql = "select p.terms::text || ' ' || to_char(p.terms_valid_from at time zone 'UTC', 'YYYY-MM-DD') from credits.proposal p"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Ticket, place, team, beginning, and whether it was filled in.
private struct BackfilledTurns: Statement {
  static let sql = """
    select concat_ws(' ', ticket_id, seq, team_id, to_char(started_at at time zone 'UTC', 'YYYY-MM-DD HH24:MI'), backfilled)
    from desk.assignment where ended_at is null order by ticket_id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct AffectedSince: Statement {
  static let sql = "select concat_ws(' ', ticket_id, opened_at::date) from desk.affected_service order by ticket_id"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ToldPriorities: Statement {
  static let sql = "select concat_ws(' ', id, priority, supplier_id) from desk.dispatch order by id"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct RatedRequests: Statement {
  static let sql = "select concat_ws(' ', id, impact, urgency, priority) from requests.request order by id"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct CoveredMeasurements: Statement {
  static let sql = "select measurement_id from measurements.covered order by 1"
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct CatalogueReaders: Statement {
  static let sql = """
    select r.role || ' ' || r.permission from tenancy.role_permission r where r.permission in ('catalogue.manual', 'catalogue.read', 'service.read')
    order by r.role <> 'engineer', r.role, r.permission
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct TicketCategories: Statement {
  static let sql = "select coalesce(category, '-') from desk.ticket order by id"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct TokenPermissions: Statement {
  static let sql = """
    select coalesce((select string_agg(p, ',' order by p) from unnest(t.permissions) p), 'all') from tenancy.api_token t order by t.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ServiceStates: Statement {
  static let sql = "select code || ' ' || state from catalog.service order by code"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Whose contract, which, of which end people count as told, and when it is looked at.
private struct ToldLapses: Statement {
  static let sql = """
    select concat_ws(' ', c.party, c.id, coalesce(to_char(c.lapse_told at time zone 'UTC', 'YYYY-MM-DD'), '-'),
      coalesce(to_char(c.renewal_look_at at time zone 'UTC', 'YYYY-MM-DD'), '-'))
    from (
      select 'customer' as party, id, lapse_told, renewal_look_at from contracts.contract
      union all select 'supplier', id, lapse_told, renewal_look_at from suppliers.contract) c
    order by c.party, c.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ReleaseOwners: Statement {
  static let sql = """
    select concat_ws(' ', r.id, coalesce(a.id::text, '-'))
    from changes.release r left join tenancy.account a on a.tenant_id = r.tenant_id and a.id = r.owner_id and a.public_id = r.owner_public_id
    order by r.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Whose words are to be written, in their order.
private struct TextsPending: Statement {
  static let sql = "select concat_ws(' ', tenant_id, process, subject_id) from knowledge.process_text_pending order by id"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Which rule, whom it tells, and its version.
private struct ToldAudiences: Statement {
  static let sql = """
    select concat_ws(' ', r.id, (select string_agg(a, ',' order by a) from unnest(r.audience) a), r.version) from notifications.rule r order by r.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Which entitlement, when it was taken, and by which request.
private struct TakenEntitlements: Statement {
  static let sql = """
    select concat_ws(' ', id, coalesce(to_char(taken_at at time zone 'UTC', 'YYYY-MM-DD'), '-'), coalesce(taken_request_id::text, '-'))
    from requests.entitlement order by id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// Ticket, name of its unit, what is due next, and the shares that clocks warned of: its own, and of its turn.
private struct ShownClocks: Statement {
  static let sql = """
    select concat_ws(' ', t.id, coalesce(u.name, '-'), coalesce(t.due_metric, '-'), coalesce(t.warned_percent::text, '-'),
      coalesce(a.warned_percent::text, '-'))
    from desk.ticket t
    join desk.assignment a on a.tenant_id = t.tenant_id and a.ticket_id = t.id
    left join tenancy.org_unit u on u.tenant_id = t.tenant_id and u.public_id = t.unit_public_id
    order by t.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ShownRequestClocks: Statement {
  static let sql = """
    select concat_ws(' ', r.id, coalesce(r.due_metric, '-'), coalesce(r.warned_percent::text, '-')) from requests.request r order by r.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct MovedRequests: Statement {
  static let sql = """
    select concat_ws(' ', id, state, last_seq, coalesce(unit_id::text, '-'), coalesce(to_char(ended_at at time zone 'UTC', 'YYYY-MM-DD'), '-'),
      coalesce(actor_person::text, '-'))
    from requests.request order by id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ShownWork: Statement {
  static let sql = """
    select concat_ws(' ', e.id, coalesce(s.done_for, '-'), coalesce(s.request_id::text, '-'))
    from time_entries.shown s join time_entries.entry e on e.tenant_id = s.tenant_id and e.public_id = s.public_id order by e.id
    """
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct ShareRevisions: Statement {
  static let sql = "select concat_ws(' ', tenant_id, customer_id, revision) from escalations.share_revision order by 1"
  func bind(to parameters: inout Parameters) {}
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
