import Kernel
import Operations
import Postgres
import Tenancy

/// A task as it is shown, with what it is for. Where the reader may not see teams, the team is not told.
struct TaskRow: Sendable {
  let task: RequestTask
  let team: [UInt8]?
  let teamName: String?
  let withheldTeam: [UInt8]?
  let withheldTeamName: String?
  let request: [UInt8]
  let requestNumber: Int64
  let offeringCode: String
  let requesterName: String?
  /// Where it is to be done.
  let unit: [UInt8]?
  let unitName: String?
  let answers: Value

  static let select = """
    select \(RequestTask.columns), m.public_id, m.name, x.public_id, x.name, r.public_id, r.number, o.code, p.name, s.public_id, s.name, r.answers
    """
  static let others = """
    join requests.request r on r.tenant_id = t.tenant_id and r.id = t.request_id
    join catalog.pub_offering o on o.offering_id = r.offering_id
    left join desk.pub_team m on m.team_id = t.team_id
    left join desk.pub_team x on x.team_id = t.withheld_team_id
    left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
    left join tenancy.org_unit s on s.tenant_id = r.tenant_id and s.id = coalesce(r.place_id, r.unit_id)
    """

  init(_ row: inout RowReader) throws {
    task = try RequestTask(&row)
    team = try row.next()
    teamName = try row.next()
    withheldTeam = try row.next()
    withheldTeamName = try row.next()
    request = try row.next()
    requestNumber = try row.next()
    offeringCode = try row.next()
    requesterName = try row.next()
    unit = try row.next()
    unitName = try row.next()
    answers = try row.next()
  }
}

struct TasksShown: Statement {
  let tenant: TenantId
  let request: Int64

  static let sql = "\(TaskRow.select) from requests.task t \(TaskRow.others) where t.tenant_id = $1 and t.request_id = $2 order by t.seq"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
  }

  static func decode(_ row: inout RowReader) throws -> TaskRow { try TaskRow(&row) }
}

struct TaskShown: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(TaskRow.select) from requests.task t \(TaskRow.others) where t.tenant_id = $1 and t.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> TaskRow { try TaskRow(&row) }
}

/// The request that a task is of.
struct RequestOfTask: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = """
    select r.id, r.public_id from requests.task t join requests.request r on r.tenant_id = t.tenant_id and r.id = t.request_id
    where t.tenant_id = $1 and t.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, publicId: [UInt8]) { (try row.next(), try row.next()) }
}

/// The random bits of a staff account's public id; the provider's tenant is bound.
struct StaffById: Statement {
  let provider: TenantId
  let id: Int64

  static let sql = "select public_id from tenancy.account where tenant_id = $1 and id = $2 and kind = 'staff'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// Where the tasks that can be done stand, across tenants.
struct OpenTasks: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let readyAt: Instant
  }

  /// Nil: every tenant.
  let tenants: [Int64]?
  let team: Int64?
  /// Only those of one of these; nil: of any, or of none.
  let wantedTeams: [Int64]?
  let assignee: Int64?
  let unclaimedOnly: Bool
  let state: String?
  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, ready_at from finder.open_tasks($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(team)
    parameters.append(assignee)
    parameters.append(unclaimedOnly)
    parameters.append(state)
    parameters.append(after?.readyAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
    parameters.append(wantedTeams)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), readyAt: try row.next()) }
}

/// The tasks at positions that the finder gave, with their customers; exactly those tenants are bound.
struct TasksAt: Statement {
  struct Found: Sendable {
    let row: TaskRow
    let id: Int64
    let tenant: TenantEntry
  }

  let positions: [OpenTasks.Found]

  static let sql = """
    \(TaskRow.select), t.id, e.id, e.handle, e.public_id, e.kind, e.code, e.name, e.zone, e.language, e.state, e.version
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join requests.task t on t.tenant_id = w.tenant_id and t.id = w.id
    join tenancy.tenant e on e.id = t.tenant_id
    \(TaskRow.others)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(row: try TaskRow(&row), id: try row.next(), tenant: try TenantEntry(&row))
  }
}
