import BillingEngine
import Kernel
import Postgres

struct InsertProposal: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let number: Int64
  let line: CreditedLine.Found
  let schedule: ScheduleRow
  let period: BillingPeriod
  let calculation: Value
  let amount: Money
  let granted: Int64
  let supersedes: Int64?
  let claimBy: CalendarDate?
  let claimedOn: CalendarDate
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into credits.proposal
      (tenant_id, public_id, number, contract_id, contract_line_id, schedule_id, schedule_name, schedule_version_id, period_kind, period_name, period_from,
       period_to, calculation, amount_minor, currency, granted_minor, supersedes, claim_by, claimed_on, actor_kind, actor_id, recorded_at, terms,
       terms_valid_from, state)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23, $24, 'proposed')
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(line.contract)
    parameters.append(line.line)
    parameters.append(schedule.id)
    parameters.append(schedule.name)
    parameters.append(schedule.versionId)
    parameters.append(period.kind.rawValue)
    parameters.append(period.description)
    parameters.append(period.first)
    parameters.append(period.end)
    parameters.append(json: calculation)
    parameters.append(amount.minorUnits)
    parameters.append(amount.currency.code)
    parameters.append(granted)
    parameters.append(supersedes)
    parameters.append(claimBy)
    parameters.append(claimedOn)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(now)
    parameters.append(json: schedule.terms)
    parameters.append(schedule.validFrom)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ProposalRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let line: [UInt8]
  let lineId: Int64
  let contract: [UInt8]
  let schedule: [UInt8]
  let scheduleId: Int64
  /// What it was called when the proposal was made.
  let scheduleName: String
  let scheduleVersion: Int64
  let scheduleValidFrom: Instant
  let terms: Value
  let periodName: String
  let periodFrom: CalendarDate
  let periodTo: CalendarDate
  let calculation: Value
  let amount: Int64
  let currency: String
  let granted: Int64
  let supersedes: [UInt8]?
  let claimBy: CalendarDate?
  let claimedOn: CalendarDate
  let recordedAt: Instant
  let state: CreditState
  let version: Int64

  /// `p` is the proposal, `v` its version of the schedule `s`. What it points to in the same tenant is looked up row by row:
  /// joined, the lines of a tenant would be multiplied by all schedules before the page narrows them.
  static let columns = """
    p.id, p.public_id, p.number,
    (select l.public_id from contracts.pub_line l where l.tenant_id = p.tenant_id and l.line_id = p.contract_line_id), p.contract_line_id,
    (select c.public_id from contracts.pub_contract c where c.tenant_id = p.tenant_id and c.contract_id = p.contract_id),
    s.public_id, p.schedule_id, p.schedule_name, p.schedule_version_id, v.valid_from, v.terms, p.period_name, p.period_from, p.period_to, p.calculation,
    p.amount_minor, p.currency, p.granted_minor,
    (select b.public_id from credits.proposal b where b.tenant_id = p.tenant_id and b.id = p.supersedes), p.claim_by, p.claimed_on, p.recorded_at,
    p.state, p.version
    """

  static let joins = """
    join credits.schedule_version v on v.id = p.schedule_version_id
    join credits.schedule s on s.id = v.schedule_id
    """

  var story: CreditStory {
    CreditStory(
      scheduleName: scheduleName, validFrom: scheduleValidFrom, terms: terms, periodName: periodName, calculation: calculation, amount: amount,
      granted: granted, currency: currency)
  }

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    line = try row.next()
    lineId = try row.next()
    contract = try row.next()
    schedule = try row.next()
    scheduleId = try row.next()
    scheduleName = try row.next()
    scheduleVersion = try row.next()
    scheduleValidFrom = try row.next()
    terms = try row.next()
    periodName = try row.next()
    periodFrom = try row.next()
    periodTo = try row.next()
    calculation = try row.next()
    amount = try row.next()
    currency = try row.next()
    granted = try row.next()
    supersedes = try row.next()
    claimBy = try row.next()
    claimedOn = try row.next()
    recordedAt = try row.next()
    state = CreditState(rawValue: try row.next()) ?? .superseded
    version = try row.next()
  }
}

struct ProposalByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select \(ProposalRow.columns) from credits.proposal p \(ProposalRow.joins) where p.tenant_id = $1 and p.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ProposalRow { try ProposalRow(&row) }
}

/// The newest proposal of a line for a schedule and period, and whether a computation comes to the same: one that still waits
/// only while what is granted for the period is what it was proposed against.
struct NewestProposal: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let state: CreditState
    let version: Int64
    let claimedOn: CalendarDate
    let isSame: Bool
  }

  let tenant: TenantId
  let line: Int64
  let schedule: ScheduleRow
  let period: BillingPeriod
  let calculation: Value

  static let sql = """
    select p.id, p.public_id, p.state, p.version, p.claimed_on, p.calculation = $6 and p.schedule_version_id = $7
      and (p.state not in ('proposed', 'half_approved') or p.granted_minor = coalesce(
        (select g.amount_minor from credits.proposal g where g.tenant_id = $1 and g.contract_line_id = $2 and g.schedule_id = $3 and g.period_from = $4
          and g.period_to = $5 and g.state = 'approved'), 0))
    from credits.proposal p
    where p.tenant_id = $1 and p.contract_line_id = $2 and p.schedule_id = $3 and p.period_from = $4 and p.period_to = $5
    order by p.id desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(schedule.id)
    parameters.append(period.first)
    parameters.append(period.end)
    parameters.append(json: calculation)
    parameters.append(schedule.versionId)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), state: CreditState(rawValue: try row.next()) ?? .superseded, version: try row.next(),
      claimedOn: try row.next(), isSame: try row.next())
  }
}

/// The proposal that is granted for a line, schedule and period.
struct GrantedProposal: Statement {
  struct Found: Sendable {
    let id: Int64
    let version: Int64
    let amount: Int64
  }

  let tenant: TenantId
  let line: Int64
  let schedule: Int64
  let from: CalendarDate
  let to: CalendarDate

  static let sql = """
    select id, version, amount_minor from credits.proposal
    where tenant_id = $1 and contract_line_id = $2 and schedule_id = $3 and period_from = $4 and period_to = $5 and state = 'approved'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(schedule)
    parameters.append(from)
    parameters.append(to)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), version: try row.next(), amount: try row.next()) }
}

/// No row when another change came first.
struct AdvanceProposal: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let state: CreditState

  static let sql = """
    update credits.proposal set state = $4, version = version + 1 where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(state.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A customer's proposals, newest first.
struct ProposalsOfTenant: Statement {
  let tenant: TenantId
  let beforeId: Int64
  let limit: Int64

  // The page first: joined before the limit, all of a customer's proposals would be looked up.
  static let sql = """
    select \(ProposalRow.columns)
    from (select * from credits.proposal q where q.tenant_id = $1 and q.id < $2 order by q.id desc limit $3) p
    \(ProposalRow.joins)
    where p.tenant_id = $1 order by p.id desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ProposalRow { try ProposalRow(&row) }
}

/// The same of one state.
struct ProposalsInState: Statement {
  let tenant: TenantId
  let state: CreditState
  let beforeId: Int64
  let limit: Int64

  static let sql = """
    select \(ProposalRow.columns)
    from (select * from credits.proposal q where q.tenant_id = $1 and q.state = $2 and q.id < $3 order by q.id desc limit $4) p
    \(ProposalRow.joins)
    where p.tenant_id = $1 order by p.id desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(state.rawValue)
    parameters.append(beforeId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ProposalRow { try ProposalRow(&row) }
}
