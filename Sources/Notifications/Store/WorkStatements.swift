import Kernel
import Operations
import Postgres

/// Problems that the staff are told of. For one that nobody has taken who stands in the rule answers.
struct ProblemsToTell: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = """
    select p.problem_id, p.public_id, p.number, p.title, p.state, p.priority, m.public_id, m.name, p.customer_id,
      coalesce(p.owner_id, (select h.owner_id from handbooks.pub_accountable h where h.process = 'problem')), p.cause, p.workaround, p.solution, p.reason
    from problems.pub_told_problem p left join desk.pub_team m on m.team_id = p.team_id
    where p.tenant_id = $1 and p.problem_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> ToldProblem {
    let (id, publicId, number): (Int64, [UInt8], Int64) = (try row.next(), try row.next(), try row.next())
    let (title, state): (String, String) = (try row.next(), try row.next())
    let priority: Int64 = try row.next()
    let team = try ToldTeam(nullable: &row)
    let customer: TenantId? = try row.next()
    let owner: Int64? = try row.next()
    let (cause, workaround): (String?, String?) = (try row.next(), try row.next())
    let (solution, reason): (String?, String?) = (try row.next(), try row.next())
    return ToldProblem(
      id: id, publicId: publicId, number: number, title: title, state: state, priority: priority, team: team, customer: customer, owner: owner,
      cause: cause, workaround: workaround, solution: solution, reason: reason)
  }
}

extension ToldTeam {
  /// Of an outer-joined row: nil where there is none.
  init?(nullable row: inout RowReader) throws {
    let (publicId, name): ([UInt8]?, String?) = (try row.next(), try row.next())
    guard let publicId, let name else { return nil }
    self.init(publicId: publicId, name: name)
  }
}

/// Tasks of requests that the staff are told of. Of one that failed who stands in the rule hears where nobody has taken the request.
struct RequestTasksToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select r.request_id, \(ToldTask.columns), r.number, r.priority, r.owner_id,
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'request'), o.code, v.content -> 'name', '{}'::bigint[]
    from requests.pub_told_task t
    join requests.pub_told_request r on r.tenant_id = t.tenant_id and r.request_id = t.request_id
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    left join desk.pub_team m on m.team_id = t.team_id
    where t.tenant_id = $1 and t.request_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> ToldTask { try ToldTask(.request, &row) }
}

/// The same of changes.
struct ChangeTasksToTell: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = """
    select c.change_id, \(ToldTask.columns), c.number, null::bigint, coalesce(c.owner_id, case when c.author_kind = 'staff' then c.author_id end),
      (select h.owner_id from handbooks.pub_accountable h where h.process = 'change'), c.title, null::jsonb, c.concerned_ids
    from changes.pub_told_task t
    join changes.pub_told_change c on c.tenant_id = t.tenant_id and c.change_id = t.change_id
    left join desk.pub_team m on m.team_id = t.team_id
    where t.tenant_id = $1 and t.change_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> ToldTask { try ToldTask(.change, &row) }
}

extension ToldTask {
  /// Of the task `t` and its team `m`.
  fileprivate static let columns = "t.public_id, t.task_id, t.names, t.state, t.result, t.holder, m.public_id, m.name"

  init(_ subject: Subject, _ row: inout RowReader) throws {
    self.subject = subject
    id = try row.next()
    publicId = try row.next()
    task = try row.next()
    let names: Value? = try row.next()
    name = LocalText(names)
    state = try row.next()
    result = try row.next()
    holder = try row.next()
    team = try ToldTeam(nullable: &row)
    number = try row.next()
    priority = try row.next()
    owner = try row.next()
    accountable = try row.next()
    title = try row.next()
    let titles: Value? = try row.next()
    self.titles = LocalText(titles)
    let concerned: [Int64] = try row.next()
    self.concerned = concerned.map { TenantId($0) }
  }
}
