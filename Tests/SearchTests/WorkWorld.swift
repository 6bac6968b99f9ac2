import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy

@testable import Search

/// Work of all processes for two customers, with few due times and beginnings, so that many are equal.
struct WorkWorld {
  let world: SearchWorld
  let team: Value
  private(set) var rows: [WorkRow]

  var engineer: Principal { world.engineer }
  var now: Instant { world.database.clock.now() }

  init() async throws {
    world = try await SearchWorld()
    let database = world.database
    team = try await world.call("team.create", ["name": "First line"], as: database.root)["id"] ?? .null
    for customer in [world.acme, world.other] {
      for number in 1...5 {
        _ = try await world.incident("Incident \(number)", of: customer)
        _ = try await world.request("Request \(number)", of: customer)
      }
      for number in 1...3 {
        _ = try await world.problem("Problem \(number)", about: customer)
        _ = try await world.change("Change \(number)", of: customer)
      }
    }
    _ = try await world.problem("Of several", about: nil)
    try await database.runAsSuperuser(Self.scattered(at: database.clock.now(), owner: world.engineer.actor.id))
    rows = try await database.superuser.transaction { try await $0.query(WorkRows()) }
  }

  /// With the rows as they lie in their tables by now.
  func refreshed() async throws -> WorkWorld {
    var copy = self
    copy.rows = try await world.database.superuser.transaction { try await $0.query(WorkRows()) }
    return copy
  }

  /// Every second change is being implemented, with two tasks; the rest is scattered by the ids of the rows.
  private static func scattered(at now: Instant, owner: Int64) -> String {
    let dues = ([-7200, -7200, 3600, 3600, 7200] as [Int64]).map { "'\(now.adding(seconds: $0))'" }.joined(separator: ", ")
    let starts = ([-90_000, -90_000, -80_000] as [Int64]).map { "'\(now.adding(seconds: $0))'" }.joined(separator: ", ")
    func due(_ id: String) -> String { "(array[null, \(dues)]::timestamptz[])[1 + abs(hashint8(\(id))) % 6]" }
    func start(_ id: String) -> String { "(array[\(starts)]::timestamptz[])[1 + abs(hashint8(\(id) + 7)) % 3]" }
    let account = "from tenancy.account a where a.id = \(owner) and"
    let team = "(select min(m.id) from desk.team m)"
    return """
      update desk.ticket t set due_at = \(due("id")), opened_at = \(start("id")), priority = 1 + id % 3, team_id = case when id % 2 = 0 then \(team) end;
      update desk.ticket t set due_metric = case when due_at is not null then 'response' end, warned_percent = 75;
      update requests.request r set due_at = \(due("id")), submitted_at = \(start("id")), priority = 1 + id % 3;
      update requests.request r set due_metric = case when due_at is not null then 'response' end, warned_percent = 50;
      update requests.task t set state = 'ready', ready_at = \(start("id")), team_id = case when id % 2 = 0 then \(team) end;
      update problems.problem p set opened_at = \(start("id")), priority = 1 + id % 3, team_id = case when id % 2 = 0 then \(team) end;
      update changes.change c set opened_at = \(start("id")), ends_at = \(due("id")), starts_at = \(due("id")) - interval '1 hour',
        team_id = case when id % 3 = 0 then \(team) end;
      update changes.change c set state = 'implementing', risk = 'low', approval = 'approved', back_out = 'Undo', test = 'Look', ends_at = w.till,
        starts_at = w.till - interval '1 hour' from (select '\(now.adding(seconds: 3600))'::timestamptz as till) w where c.id % 2 = 0;
      insert into changes.task (tenant_id, public_id, change_id, seq, step, names, state, ready_at, team_id, recorded_at)
        select c.tenant_id, substr(sha256((c.id * 10 + n)::text::bytea), 1, 12), c.id, n, 1, '{"en": "Swap it"}', 'ready', \(start("c.id")),
          case when n = 1 then \(team) end, c.opened_at
        from changes.change c, generate_series(1, 2) n where c.state = 'implementing';
      update desk.ticket t set owner_id = a.id, owner_public_id = a.public_id \(account) t.id % 3 = 0;
      update requests.request r set owner_id = a.id, owner_public_id = a.public_id, owner_name = 'Kim' \(account) r.id % 3 = 0;
      update requests.task t set assignee_id = a.id, assignee_public_id = a.public_id \(account) t.id % 3 = 0;
      update problems.problem p set owner_id = a.id, owner_public_id = a.public_id \(account) p.id % 3 = 0;
      update changes.change c set owner_id = a.id, owner_public_id = a.public_id \(account) c.id % 3 = 0;
      update changes.task t set assignee_id = a.id, assignee_public_id = a.public_id \(account) t.id % 3 = 0;
      """
  }

  /// What a queue shows page by page, as the bits of the ids.
  func walk(_ input: KeyValuePairs<String, Value> = [:], by limit: Int64 = 200, as principal: Principal? = nil) async throws -> [[UInt8]] {
    var (walked, cursor, pages): ([[UInt8]], Value, Int) = ([], .null, 0)
    repeat {
      let paging = [Value.Member("limit", .integer(limit)), Value.Member("cursor", cursor)]
      let members = input.map { Value.Member($0.key, $0.value) } + paging
      let page = try await world.database.dispatcher.invoke("work.queue", .object(members), as: principal ?? engineer, Call(requestId: "test")).value
      walked += (page["items"]?.array ?? []).compactMap { $0["id"]?.text.flatMap { PublicId($0) }?.random }
      cursor = page["next"] ?? .null
      pages += 1
    } while !cursor.isNull && pages <= rows.count
    return walked
  }

  /// The rows that are meant, in the order in which they are to come: by texts, not by the places of the queue.
  func expected(_ isMeant: (WorkRow) -> Bool = { _ in true }) -> [[UInt8]] {
    rows.filter(isMeant).sorted { $0.text < $1.text }.map(\.publicId)
  }

  func counts(_ input: KeyValuePairs<String, Value> = [:], as principal: Principal? = nil) async throws -> [String: Int64] {
    let counted = try await world.call("work.count", input, as: principal)["processes"]?.array ?? []
    return Dictionary(counted.map { ($0["process"]?.text ?? "", $0["count"]?.integer ?? -1) }) { first, _ in first }
  }

  /// Somebody with these rights.
  func somebody(_ grants: [Grant]) -> Principal {
    Principal(actor: engineer.actor, tenant: engineer.tenant, side: .staff, name: "somebody", grants: grants)
  }

  var rights: Set<String> { world.database.permissions(of: .engineer) }
}

/// A row that is to be done, as it lies in its table.
struct WorkRow: Sendable {
  let process: String
  let tenant: Int64
  let id: Int64
  let publicId: [UInt8]
  let dueAt: Instant?
  let since: Instant
  /// Nil: it may concern any.
  let customers: [Int64]?
  let teams: [Int64]
  let owner: Int64?
  let priority: Int64?

  static let processes = ["incident", "request", "task", "problem", "change", "change_task"]

  /// A text by whose letters rows are in order.
  var text: String {
    let rank = Self.processes.firstIndex(of: process) ?? 9
    let parts: [Int64] = [dueAt?.microseconds ?? 1 << 60, since.microseconds, Int64(rank), tenant, id]
    return parts.map { pad($0, 20) }.joined(separator: " ")
  }

  func isDue(before instant: Instant) -> Bool { dueAt.map { $0 < instant } ?? false }

  func concerns(_ customer: TenantEntry, orAny: Bool = true) -> Bool { customers?.contains(customer.id.rawValue) ?? orAny }
}

private struct WorkRows: Statement {
  static let sql = """
    select 'incident', tenant_id, id, public_id, due_at, opened_at, array[tenant_id], array_remove(array[team_id], null), owner_id, priority
    from desk.ticket where state in ('new', 'active', 'pending')
    union all
    select 'request', r.tenant_id, r.id, r.public_id, r.due_at, r.submitted_at, array[r.tenant_id],
      array(select t.team_id from requests.task t where t.tenant_id = r.tenant_id and t.request_id = r.id and t.team_id is not null), r.owner_id, r.priority
    from requests.request r where r.ended_at is null
    union all
    select 'task', tenant_id, id, public_id, null, ready_at, array[tenant_id], array_remove(array[team_id], null), assignee_id, null
    from requests.task where state = 'ready'
    union all
    select 'problem', tenant_id, id, public_id, null, opened_at, case when customer_id is not null then array[customer_id] end,
      array_remove(array[team_id], null), owner_id, priority
    from problems.problem where state = 'new'
    union all
    select 'change', c.tenant_id, c.id, c.public_id, c.ends_at, c.opened_at,
      array(select n.customer_id from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id),
      array_remove(array[c.team_id], null), c.owner_id, null
    from changes.change c where c.ended_at is null
    union all
    select 'change_task', t.tenant_id, t.id, t.public_id, null, t.ready_at,
      array(select n.customer_id from changes.concerned n where n.tenant_id = t.tenant_id and n.change_id = t.change_id),
      array_remove(array[t.team_id], null), t.assignee_id, null
    from changes.task t where t.state = 'ready'
    """

  static func decode(_ row: inout RowReader) throws -> WorkRow {
    WorkRow(
      process: try row.next(), tenant: try row.next(), id: try row.next(), publicId: try row.next(), dueAt: try row.next(), since: try row.next(),
      customers: try row.next(), teams: try row.next(), owner: try row.next(), priority: try row.next())
  }
}
