import Desk
import Kernel
import Operations
import Postgres

/// What of the queue over all processes is asked for, with internal ids.
struct WorkFilter: Sendable {
  /// Whether what may concern several customers, and none in particular, is left out.
  var isNarrowed = false
  var team: Int64?
  /// Who answers for it; of a task, who is at it.
  var owner: Int64?
  var isUnowned = false
  var priority: Int64?
  var dueFrom: Instant?
  var dueBefore: Instant?
  /// Only those of one of these; nil: of any, or of none.
  var wantedTeams: [Int64]?
  /// To whom it is offered: to an account, or to one of ``offeredTeams``; nil: to anybody, or to nobody.
  var offeredTo: Int64?
  /// Whose offers count with those to the account.
  var offeredTeams: [Int64] = []
  /// Of which custom attribute it holds a value; nil: of any, or of none.
  var attribute: WorkAttribute?

  /// Of some processes those that have the attribute that is asked for.
  func holding(_ readable: [WorkProcess: Access]) -> [WorkProcess: Access] {
    guard let attribute else { return readable }
    return readable.filter { attribute.codes[$0.key] != nil }
  }
}

/// Where the work of some processes stands: of each the first so many, by the look of its own queue, in one statement. Ids and sort keys only
/// (schema-rules 23); they are not merged.
struct WorkPlaces: Statement {
  let sight: WorkSight
  let filter: WorkFilter
  let after: WorkPlace?
  let limit: Int64

  /// A process that is not asked for is not looked at: its condition is one for the whole look.
  static let sql = """
    select 'incident' as process, i.tenant_id, i.id, i.due_at, i.opened_at as since
    from finder.open_tickets(
      $2, $3, null, false, $6, $4, $5, $17, null, null, null, $7, $8, $9, $10, ($12::bigint[])[1], ($13::bigint[])[1], $14, $18, $16) i
    where 'incident' = any ($1::text[])
    union all
    select 'request', r.tenant_id, r.id, r.due_at, r.submitted_at
    from finder.open_requests(
      $2, null, $3, $4, $5, $7, $8, $9, $10, ($12::bigint[])[2], ($13::bigint[])[2], $14, $17::bigint is not null, $17, $18, $16, $6) r
    where 'request' = any ($1::text[])
    union all
    select 'task', t.tenant_id, t.id, null, t.ready_at
    from finder.open_tasks($2, $3, $4, $5, null, $11, ($12::bigint[])[3], ($13::bigint[])[3], $14, $16) t
    where 'task' = any ($1::text[])
    union all
    select 'problem', p.tenant_id, p.id, null, p.opened_at
    from finder.open_problems($2, $15, $4, $5, $6, $11, ($12::bigint[])[4], ($13::bigint[])[4], $14, $17, $18, $3, $16) p
    where 'problem' = any ($1::text[])
    union all
    select 'change', c.tenant_id, c.id, c.due_at, c.opened_at
    from finder.open_changes($2, $4, $5, $7, $8, $9, $10, ($12::bigint[])[5], ($13::bigint[])[5], $14, $17, $18, $3, $16) c
    where 'change' = any ($1::text[])
    union all
    select 'change_task', k.tenant_id, k.id, null, k.ready_at
    from finder.open_change_tasks($2, $3, $4, $5, $11, ($12::bigint[])[6], ($13::bigint[])[6], $14, $16) k
    where 'change_task' = any ($1::text[])
    """

  func bind(to parameters: inout Parameters) {
    let keys = after.map { after in WorkProcess.allCases.map { after.key(for: $0) } }
    parameters.append(sight.processes.map(\.rawValue))
    parameters.append(sight.tenants)
    parameters.append(filter.team)
    parameters.append(filter.owner)
    parameters.append(filter.isUnowned)
    parameters.append(filter.priority)
    parameters.append(filter.dueFrom)
    parameters.append(filter.dueBefore)
    parameters.append(after?.dueAt)
    parameters.append(after?.since)
    // What can never be due goes on by this alone, once all that is due was shown.
    parameters.append(after.flatMap { $0.dueAt == nil ? $0.since : nil })
    parameters.append(keys?.map(\.tenant))
    parameters.append(keys?.map(\.id))
    parameters.append(limit)
    parameters.append(filter.isNarrowed)
    parameters.append(filter.wantedTeams)
    parameters.append(filter.offeredTo)
    parameters.append(filter.offeredTeams)
  }

  static func decode(_ row: inout RowReader) throws -> WorkPlace {
    WorkPlace(process: try WorkProcess(&row), tenant: try row.next(), id: try row.next(), dueAt: try row.next(), since: try row.next())
  }
}

extension WorkProcess {
  fileprivate init(_ row: inout RowReader) throws { self = WorkProcess(rawValue: try row.next()) ?? .incident }
}

/// The same of what holds a value of a custom attribute, by looks of their own: what few hold is found by the value, and not by walking a queue.
struct AttributeWorkPlaces: Statement {
  let places: WorkPlaces
  let attribute: WorkAttribute

  static let sql = """
    select 'incident' as process, i.tenant_id, i.id, i.due_at, i.opened_at as since
    from finder.attribute_tickets(
      $2, $19, ($20::text[])[1], 'incident' = any ($21::text[]), $3, null, false, $6, $4, $5, $17, null, null, null, $7, $8, $9, $10,
      ($12::bigint[])[1], ($13::bigint[])[1], $14, $18, $16) i
    where 'incident' = any ($1::text[])
    union all
    select 'request', r.tenant_id, r.id, r.due_at, r.submitted_at
    from finder.attribute_requests(
      $2, $19, ($20::text[])[2], 'request' = any ($21::text[]), null, $3, $4, $5, $7, $8, $9, $10, ($12::bigint[])[2], ($13::bigint[])[2], $14,
      $17::bigint is not null, $17, $18, $16, $6) r
    where 'request' = any ($1::text[])
    union all
    select 'problem', p.tenant_id, p.id, null, p.opened_at
    from finder.attribute_problems(
      $2, $19, ($20::text[])[4], $15, $4, $5, $6, $11, ($12::bigint[])[4], ($13::bigint[])[4], $14, $17, $18, $3, $16) p
    where 'problem' = any ($1::text[])
    union all
    select 'change', c.tenant_id, c.id, c.due_at, c.opened_at
    from finder.attribute_changes(
      $2, $19, ($20::text[])[5], $4, $5, $7, $8, $9, $10, ($12::bigint[])[5], ($13::bigint[])[5], $14, $17, $18, $3, $16) c
    where 'change' = any ($1::text[])
    """

  func bind(to parameters: inout Parameters) {
    places.bind(to: &parameters)
    parameters.append(attribute.key)
    parameters.append(WorkProcess.allCases.map { attribute.codes[$0] ?? "" })
    parameters.append(attribute.internals.map(\.rawValue).sorted())
  }

  static func decode(_ row: inout RowReader) throws -> WorkPlace { try WorkPlaces.decode(&row) }
}

/// How much there is of each process, up to as many as are asked for.
struct WorkCounts<Places: Statement>: Statement {
  let places: Places

  static var sql: String { "select p.process, count(*) from (\(Places.sql)) p group by p.process" }

  func bind(to parameters: inout Parameters) { places.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> (process: WorkProcess, count: Int64) {
    (process: try WorkProcess(&row), count: try row.next())
  }
}

/// What is shown of the work at some places; exactly their tenants are bound, and the provider's own. Each is found by its key.
struct WorkAt: Statement {
  struct Key: Hashable, Sendable {
    let process: WorkProcess
    let id: Int64
  }

  struct Found: Sendable {
    let process: WorkProcess
    let id: Int64
    let publicId: [UInt8]
    let number: Int64
    /// A text, or one by languages.
    let title: Value
    let priority: Int64?
    let state: String
    let dueAt: Instant?
    let dueMetric: String?
    let warnedPercent: Int64?
    let since: Instant
    /// Of what it is a part.
    let whole: [UInt8]?
    /// Whom it concerns, of whom one must be served to see it; nil: all of the staff see it.
    let serving: Value?
    let customer: PublicId?
    let customerCode: String?
    let customerName: String?
    let team: [UInt8]?
    let teamName: String?
    let owner: [UInt8]?
    let ownerName: String?
    let standIn: Accountable?
  }

  let places: [WorkPlace]
  let provider: TenantId

  static let sql = """
    with w as materialized (select * from unnest($1::text[], $2::bigint[], $3::bigint[]) u (process, tenant_id, id)),
    x as (
      select w.process, t.ticket_id as id, t.public_id, t.number, to_jsonb(t.title) as title, t.priority, t.state, t.due_at, t.due_metric,
        t.warned_percent, t.opened_at as since, null::bytea as whole, t.tenant_id as customer_id, to_jsonb(array[t.tenant_id]) as serving, t.team_id,
        t.owner_id
      from w join desk.pub_work t on t.tenant_id = w.tenant_id and t.ticket_id = w.id where w.process = 'incident'
      union all
      select w.process, r.request_id, r.public_id, r.number, coalesce(v.content -> 'name', '{}'), r.priority, r.state, r.due_at, r.due_metric, r.warned_percent,
        r.submitted_at, null, r.tenant_id, to_jsonb(array[r.tenant_id]), null, r.owner_id
      from w join requests.pub_work r on r.tenant_id = w.tenant_id and r.request_id = w.id
      join catalog.pub_offering_version v on v.version_id = r.offering_version_id where w.process = 'request'
      union all
      select w.process, t.task_id, t.public_id, t.number, t.names, null, t.state, null, null, null, t.ready_at, t.request_public_id, t.tenant_id,
        to_jsonb(array[t.tenant_id]), t.team_id, t.assignee_id
      from w join requests.pub_task_work t on t.tenant_id = w.tenant_id and t.task_id = w.id where w.process = 'task'
      union all
      select w.process, p.problem_id, p.public_id, p.number, to_jsonb(p.title), p.priority, p.state, null, null, null, p.opened_at, null,
        p.customer_id, case when p.customer_id is not null then to_jsonb(array[p.customer_id]) end, p.team_id, p.owner_id
      from w join problems.pub_problem p on p.tenant_id = w.tenant_id and p.problem_id = w.id where w.process = 'problem'
      union all
      select w.process, c.change_id, c.public_id, c.number, to_jsonb(c.title), null, c.state, c.due_at,
        case when c.due_at is not null then 'planned_end' end, null, c.opened_at, null, case when cardinality(c.serving) = 1 then c.serving[1] end,
        to_jsonb(c.serving), c.team_id, c.owner_id
      from w join changes.pub_work c on c.tenant_id = w.tenant_id and c.change_id = w.id where w.process = 'change'
      union all
      select w.process, k.task_id, k.public_id, k.number, k.names, null, k.state, null, null, null, k.ready_at, k.change_public_id,
        case when cardinality(k.serving) = 1 then k.serving[1] end, to_jsonb(k.serving), k.team_id, k.assignee_id
      from w join changes.pub_task_work k on k.tenant_id = w.tenant_id and k.task_id = w.id where w.process = 'change_task')
    select x.process, x.id, x.public_id, x.number, x.title, x.priority, x.state, x.due_at, x.due_metric, x.warned_percent, x.since, x.whole, x.serving,
      e.handle, e.public_id, e.code, e.name, m.public_id, m.name, o.public_id, o.name,
      h.owner_id, h.owner_public_id, h.owner_name, h.rule
    from x
    left join tenancy.tenant e on e.id = x.customer_id
    left join desk.pub_team m on m.team_id = x.team_id
    left join tenancy.account o on o.tenant_id = $4 and o.id = x.owner_id
    left join handbooks.pub_accountable h on h.process = x.process
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(places.map(\.process.rawValue))
    parameters.append(places.map(\.tenant))
    parameters.append(places.map(\.id))
    parameters.append(provider)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      process: try WorkProcess(&row), id: try row.next(), publicId: try row.next(), number: try row.next(), title: try row.next(),
      priority: try row.next(), state: try row.next(), dueAt: try row.next(), dueMetric: try row.next(), warnedPercent: try row.next(), since: try row.next(),
      whole: try row.next(), serving: try row.next(), customer: try PublicId.customer(&row), customerCode: try row.next(),
      customerName: try row.next(), team: try row.next(), teamName: try row.next(), owner: try row.next(), ownerName: try row.next(),
      standIn: try Accountable(&row))
  }
}
