import Kernel
import Operations
import TestSupport
import Testing

@testable import Search

/// What of the one queue waits for the reader: the work of his teams, and what he is offered.
@Suite struct WorkOfMineTests {
  /// Guard: a look that is not told of the teams shows everybody's work.
  @Test func oneFindsTheWorkOfAllTeamsThatHeIsIn() async throws {
    let made = try await WorkWorld()
    let database = made.world.database
    #expect(try await made.walk(["myTeams": .bool(true)]) == [], "in no team")
    for name in ["Second line", "Third line"] { _ = try await made.world.call("team.create", ["name": .text(name)], as: database.root) }
    let given = ["desk.ticket", "requests.task", "problems.problem", "changes.change", "changes.task"].map { table in
      """
      update \(table) t set team_id = m.id from desk.team m
      where t.team_id is null and m.name = (array['Second line', 'Third line'])[1 + (t.id / 2 % 2)::integer];
      """
    }
    try await database.runAsSuperuser(given.joined(separator: "\n"))
    try await database.runAsSuperuser(Self.membership(of: made.engineer.actor.id, in: "m.name <> 'Third line'", at: made.now))
    let work = try await made.refreshed()
    let teams = Set(work.rows.flatMap(\.teams)).sorted()
    #expect(teams.count == 3)
    func check(_ input: KeyValuePairs<String, Value>, _ isMeant: (WorkRow) -> Bool) async throws {
      let expected = work.expected(isMeant)
      #expect(!expected.isEmpty, "\(input)")
      #expect(try await work.walk(input) == expected, "\(input)")
      #expect(try await work.walk(input, by: 2) == expected, "\(input)")
      let counts = Dictionary(grouping: work.rows.filter(isMeant), by: \.process).mapValues { Int64($0.count) }
      #expect(try await work.counts(input).filter { $0.value != 0 } == counts, "\(input)")
    }
    func isMine(_ row: WorkRow) -> Bool { row.teams.contains { $0 != teams.last } }
    try await check(["myTeams": .bool(true)], isMine)
    try await check(["myTeams": .bool(true), "unowned": .bool(true)]) { isMine($0) && $0.owner == nil }
    try await check(["myTeams": .bool(true), "processes": .array(["task", "change_task"])]) { isMine($0) && $0.process.hasSuffix("task") }
    try await check(["myTeams": .bool(true), "team": work.team]) { row in row.teams.contains { $0 == teams.first } }
    #expect(Set(work.rows.filter(isMine).map(\.process)) == Set(WorkRow.processes))
  }

  /// Guard: what others are offered, or was answered, stands in everybody's list of what waits for him.
  @Test func oneFindsWhatOneIsOffered() async throws {
    let work = try await WorkWorld()
    let (database, me) = (work.world.database, work.engineer.actor.id)
    #expect(try await work.walk(["offered": .bool(true)]) == [])
    _ = try await work.world.call("team.create", ["name": "Others"], as: database.root)
    let other = work.world.servesOther.actor.id
    try await database.runAsSuperuser(
      """
      insert into tenancy.role_grant (tenant_id, public_id, account_id, role, scope, recorded_at)
        select a.tenant_id, a.public_id, a.id, 'engineer', 'all', a.recorded_at from tenancy.account a where a.id = \(other);
      \(Self.membership(of: me, in: "m.name <> 'Others'", at: work.now));
      \(Self.membership(of: other, in: "m.name = 'Others'", at: work.now));
      \(Self.offers("desk.handover", of: "desk.ticket", "ticket_id", "x.id", to: me, or: other));
      \(Self.offers("requests.handover", of: "requests.request", "request_id", "x.id", to: me, or: other));
      \(Self.offers("desk.offer", of: "problems.problem", "subject_kind, subject_id", "'problem', x.id", to: me, or: other));
      \(Self.offers("desk.offer", of: "changes.change", "subject_kind, subject_id", "'change', x.id", to: me, or: other))
      """)
    func isOffered(_ row: WorkRow) -> Bool { !row.process.hasSuffix("task") && [0, 2].contains(row.id % 6) }
    let expected = work.expected(isOffered)
    #expect(Set(work.rows.filter(isOffered).map(\.process)) == ["incident", "request", "problem", "change"])
    #expect(try await work.walk(["offered": .bool(true)]) == expected)
    #expect(try await work.walk(["offered": .bool(true)], by: 1) == expected)
    let counts = Dictionary(grouping: work.rows.filter(isOffered), by: \.process).mapValues { Int64($0.count) }
    #expect(try await work.counts(["offered": .bool(true)]) == counts)
    #expect(try await work.walk(["offered": .bool(true), "processes": .array(["task", "change_task"])]) == [])
    let acme = work.world.acme
    let served = work.somebody([Grant(role: "engineer", permissions: work.rights, scope: .listed([acme.id]))])
    #expect(try await work.walk(["offered": .bool(true)], as: served) == work.expected { isOffered($0) && $0.concerns(acme) })
  }

  private static func membership(of account: Int64, in teams: String, at now: Instant) -> String {
    """
    insert into desk.team_member (tenant_id, team_id, account_id, recorded_at)
      select a.tenant_id, m.id, a.id, '\(now)'::timestamptz from tenancy.account a, desk.team m where a.id = \(account) and \(teams)
    """
  }

  /// By the id of what is offered: to the reader, to another one, to the reader's team, to the other's, and to the reader, who answered; of every sixth
  /// nothing is.
  private static func offers(
    _ table: String, of source: String, _ columns: String, _ values: String, to reader: Int64, or other: Int64
  ) -> String {
    """
    insert into \(table) (tenant_id, \(columns), from_id, from_public_id, to_id, to_public_id, to_team_id, actor_kind, actor_id, actor_name, recorded_at,
        outcome, answer_reason, answerer_kind, answerer_id, answerer_name, answered_at)
      select x.tenant_id, \(values), a.id, a.public_id, a.account, case when a.account is not null then a.public_id end, a.team, 'staff', a.id, 'Kim',
        a.recorded_at, case when a.answered then 'returned' end, case when a.answered then 'No' end, case when a.answered then 'staff' end,
        case when a.answered then a.id end, case when a.answered then 'Kim' end, case when a.answered then a.recorded_at end
      from \(source) x cross join lateral (
        select k.id, k.public_id, k.recorded_at, x.id % 6 = 4 as answered,
          case when x.id % 6 in (0, 4) then \(reader) when x.id % 6 = 1 then \(other) end as account,
          case when x.id % 6 in (2, 3) then (select m.id from desk.team m where (m.name = 'Others') = (x.id % 6 = 3)) end as team
        from tenancy.account k where k.id = \(other)) a
      where x.id % 6 < 5
    """
  }
}
