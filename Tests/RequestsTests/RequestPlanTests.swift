import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Requests

@Suite struct RequestPlanTests {
  /// Among thousands of others' requests, somebody's own are read by their index.
  @Test func ownRequestsAreReadByTheirIndex() async throws {
    let world = try await RequestsWorld()
    let customer = try await world.database.user(.customerManager, of: world.acme)
    let offering = try await world.offering("SITE", [:])
    let (munich, berlin) = (try await world.unit("Munich"), try await world.unit("Berlin"))
    for place in [munich, berlin, munich] { _ = try await world.submit(offering, for: try await world.person("P", place), as: customer) }
    let rows = try await world.database.superuser.withConnection { connection in
      _ = try await connection.query(MultiplyRequests(copies: 5000))
      _ = try await connection.query(AnalyzeRequests())
      _ = try await connection.query(AnalyzePersons())
      return try await connection.query(UnitOfName(name: "Munich"))
    }
    let scope = RowScope(everything: false, units: Set(rows), person: nil)
    func page(_ before: Int64, _ limit: Int64) async throws -> [Int64] {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer, readOnly: true) {
        try await $0.query(RequestsOfScope(tenant: world.acme.id, scope: scope, state: nil, before: before, limit: limit)).map(\.number)
      }
    }
    #expect(try await page(.max, 10) == [3, 1])
    #expect(try await page(.max, 1) == [3])
    #expect(try await page(3, 10) == [1])
    let both = RowScope(everything: false, units: scope.units, person: 1)
    let plan = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer, readOnly: true) {
      try await $0.query(RequestsPlan(requests: RequestsOfScope(tenant: world.acme.id, scope: both, state: nil, before: .max, limit: 51)))
    }
    let text = plan.joined(separator: "\n")
    #expect(plan.count { $0.contains("using request_requester on request") } == 2, "\(text)")
    #expect(!text.contains("Seq Scan on request"), "\(text)")
    // What they are is then looked up by number.
    let walked = plan.filter { $0.contains("request_number_unique") }
    #expect(walked.count <= 1 && (walked.isEmpty || text.contains("number = ANY")), "\(text)")
    let all = try await world.call("request.list", ["limit": 200], as: customer)
    #expect(all.at("items").array?.count == 200 && all.at("next") != .null)
  }

  /// Among thousands of others' the approvals of one customer, and the tasks of one customer or of one member of the staff, are read by an
  /// index of theirs. As the finder asks, which is planned for each call.
  @Test func queuesOfFewAreReadByTheirIndex() async throws {
    let world = try await RequestsWorld()
    let made = try await world.submit(try await world.offering("PLAIN", [:]))
    #expect(made.at("tasks").array?.count == 1)
    let plans = try await world.database.superuser.transaction { transaction in
      try await transaction.execute(LeaveReferences())
      try await transaction.execute(MultiplyTasks())
      try await transaction.execute(MultiplyApprovals())
      try await transaction.execute(AnalyzeTasks())
      try await transaction.execute(AnalyzeApprovals())
      return (
        try await transaction.query(PlanOfApprovals()), try await transaction.query(PlanOfTasks()), try await transaction.query(PlanOfOwnTasks())
      )
    }
    #expect(plans.0.contains { $0.contains("approval_waiting_tenant") }, "\(plans.0)")
    #expect(plans.1.contains { $0.contains("task_queue_tenant") }, "\(plans.1)")
    #expect(plans.2.contains { $0.contains("task_queue_assignee") }, "\(plans.2)")
  }
}

extension RequestPlanTests {
  /// Among thousands of open requests, and thousands of tasks of a team, those of some customers that it has something to do for are found from its tasks
  /// there. As the finder asks, which is planned for each call. Guard: without the index all tasks of the team are read, or all requests of the customers.
  @Test func requestsOfATeamAreFoundFromItsTasks() async throws {
    let world = try await RequestsWorld()
    let plan = try await world.database.superuser.transaction { transaction in
      try await transaction.execute(LeaveReferences())
      try await transaction.execute(MultiplyOrders())
      try await transaction.execute(MultiplyTeamTasks())
      try await transaction.execute(AnalyzeRequests())
      try await transaction.execute(AnalyzeTasks())
      return try await transaction.query(PlanOfTeam())
    }
    #expect(plan.contains { $0.contains("task_open_team") } && !plan.contains { $0.contains("request_queue") }, "\(plan)")
  }
}

/// Nothing else is made of what the many rows refer to.
private struct LeaveReferences: Statement {
  static let sql = "set local session_replication_role = replica"
}

/// Thousands of open tasks, of a hundred customers and of as many members of the staff.
private struct MultiplyTasks: Statement {
  static let sql = """
    insert into requests.task (tenant_id, public_id, request_id, seq, step, names, state, ready_at, assignee_id, assignee_public_id, recorded_at)
    select 1 + n % 100, substr(sha256(n::text::bytea), 1, 12), n, 1, 1, '{"en": "T"}', 'active', now() - n * interval '1 minute', 1 + n % 100,
      substr(sha256(n::text::bytea), 1, 12), now()
    from generate_series(1000, 21000) n
    """
}

/// Thousands of open requests, of a hundred customers.
private struct MultiplyOrders: Statement {
  static let sql = """
    insert into requests.request (tenant_id, id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, actor_kind, actor_id,
      submitted_at)
    select 1 + n % 100, n, substr(sha256(n::text::bytea), 1, 12), n, 1, 1, 1, '{}', 'fulfilling', 'staff', 1, now() - n * interval '1 minute'
    from generate_series(1000, 21000) n
    """
}

/// One task of each, of ten teams, which each have some of every customer's.
private struct MultiplyTeamTasks: Statement {
  static let sql = """
    insert into requests.task (tenant_id, public_id, request_id, seq, step, names, team_id, state, ready_at, recorded_at)
    select 1 + n % 100, substr(sha256(n::text::bytea), 1, 12), n, 1, 1, '{"en": "T"}', 1 + n / 100 % 10, 'ready', now() - n * interval '1 minute', now()
    from generate_series(1000, 21000) n
    """
}

private struct MultiplyApprovals: Statement {
  static let sql = """
    insert into requests.approval (tenant_id, public_id, request_id, seq, step, suffices, names, role, state, asked_at, recorded_at)
    select 1 + n % 100, substr(sha256(n::text::bytea), 1, 12), n, 1, 1, false, '{"en": "A"}', 'finance', 'asked', now() - n * interval '1 minute', now()
    from generate_series(1000, 21000) n
    """
}

private struct AnalyzeTasks: Statement {
  static let sql = "analyze requests.task"
}

private struct AnalyzeApprovals: Statement {
  static let sql = "analyze requests.approval"
}

private struct PlanOfApprovals: Statement {
  static let sql = "explain select a.id from requests.approval a where a.state = 'asked' and a.tenant_id = 7 order by a.asked_at, a.tenant_id, a.id limit 51"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PlanOfTasks: Statement {
  static let sql = """
    explain select t.id from requests.task t where t.state in ('ready', 'active', 'failed') and t.tenant_id = 7
    order by t.ready_at, t.tenant_id, t.id limit 51
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PlanOfOwnTasks: Statement {
  static let sql = """
    explain select t.id from requests.task t where t.state in ('ready', 'active', 'failed') and t.assignee_id = 7
    order by t.ready_at, t.tenant_id, t.id limit 51
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PlanOfTeam: Statement {
  static let sql = """
    explain select r.tenant_id, r.id from requests.request r
    where r.state in ('submitted', 'awaiting_approval', 'approved', 'fulfilling') and r.tenant_id = any ('{7,8}') and exists (
      select from requests.task t
      where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id = 7 and t.state in ('ready', 'active', 'failed')
        and t.tenant_id = any ('{7,8}'))
    order by coalesce(r.due_at, 'infinity'::timestamptz), r.submitted_at, r.tenant_id, r.id limit 51
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// More requests of nobody in particular.
private struct MultiplyRequests: Statement {
  let copies: Int64

  static let sql = """
    insert into requests.request (tenant_id, public_id, number, offering_id, offering_version_id, contract_line_id, answers, state, actor_kind, actor_id,
      submitted_at)
    select r.tenant_id, substr(sha256(n::text::bytea), 1, 12), 100 + n, r.offering_id, r.offering_version_id, r.contract_line_id, r.answers, r.state,
      r.actor_kind, r.actor_id, r.submitted_at
    from requests.request r cross join generate_series(1, $1) n where r.number = 1
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }
}

private struct AnalyzeRequests: Statement {
  static let sql = "analyze requests.request"
}

private struct AnalyzePersons: Statement {
  static let sql = "analyze tenancy.person"
}

private struct RequestsPlan: Statement {
  let requests: RequestsOfScope

  static let sql = "explain \(RequestsOfScope.sql)"

  func bind(to parameters: inout Parameters) { requests.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
