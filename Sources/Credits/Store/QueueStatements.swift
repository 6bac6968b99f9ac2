import Kernel
import Postgres

/// What a look over all customers' proposals is narrowed to.
struct CreditFilter: Sendable {
  /// Nil: those that wait for a decision; `all`: all.
  let state: String?
  /// Only those whose period touches these days.
  let days: Range<CalendarDate>?
  /// Nil: every customer.
  let tenants: [Int64]?
}

/// Where the proposals that may be seen stand, across tenants.
struct CreditPositions: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let recordedAt: Instant
  }

  let filter: CreditFilter
  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, recorded_at from finder.credits($1, $2, $3, $4, $5, $6, $7, $8)"

  func bind(to parameters: inout Parameters) {
    parameters.append(filter.tenants)
    parameters.append(filter.state)
    parameters.append(filter.days?.lowerBound)
    parameters.append(filter.days?.upperBound)
    parameters.append(after?.recordedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), recordedAt: try row.next()) }
}

/// The proposals at positions that the finder gave, with their customers.
struct CreditsAt: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let number: Int64
    let contract: [UInt8]
    let line: [UInt8]
    let scheduleName: String
    let periodName: String
    let amount: Int64
    let granted: Int64
    let currency: String
    let state: CreditState
    let recordedAt: Instant
    let version: Int64
    let handle: TenantHandle
    let customer: [UInt8]
    let code: String
    let customerName: String
  }

  let positions: [CreditPositions.Found]

  static let sql = """
    select p.id, p.public_id, p.number, c.public_id, l.public_id, p.schedule_name, p.period_name, p.amount_minor, p.granted_minor, p.currency, p.state,
      p.recorded_at, p.version, t.handle, t.public_id, t.code, t.name
    from unnest($1::bigint[], $2::bigint[]) as w (tenant_id, id)
    join credits.proposal p on p.tenant_id = w.tenant_id and p.id = w.id
    join contracts.pub_contract c on c.tenant_id = p.tenant_id and c.contract_id = p.contract_id
    join contracts.pub_line l on l.tenant_id = p.tenant_id and l.line_id = p.contract_line_id
    join tenancy.tenant t on t.id = p.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant.rawValue))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), number: try row.next(), contract: try row.next(), line: try row.next(), scheduleName: try row.next(),
      periodName: try row.next(), amount: try row.next(), granted: try row.next(), currency: try row.next(),
      state: CreditState(rawValue: try row.next()) ?? .superseded, recordedAt: try row.next(), version: try row.next(),
      handle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), customer: try row.next(), code: try row.next(),
      customerName: try row.next())
  }
}

/// The customers that have proposals of a filter, by id.
struct CreditTenants: Statement {
  /// As many as one transaction may be bound to.
  static let most = 500

  let filter: CreditFilter
  let after: TenantId

  static let sql = "select tenant_id from finder.credit_tenants($1, $2, $3, $4, $5, $6)"

  func bind(to parameters: inout Parameters) {
    parameters.append(filter.tenants)
    parameters.append(filter.state)
    parameters.append(filter.days?.lowerBound)
    parameters.append(filter.days?.upperBound)
    parameters.append(after)
    parameters.append(Int64(Self.most))
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// What the proposals of customers come to, by currency and state.
struct CreditSums: Statement {
  struct Found: Sendable {
    let currency: String
    let state: CreditState
    let count: Int64
    let amount: Int64
    let granted: Int64
  }

  let tenants: [Int64]
  let filter: CreditFilter

  static let sql = """
    select p.currency, p.state, count(*), sum(p.amount_minor)::bigint, sum(p.granted_minor)::bigint
    from credits.proposal p
    where p.tenant_id = any($1)
      and case when $2::text is null then p.state in ('proposed', 'half_approved') else $2 = 'all' or p.state = $2 end
      and ($3::date is null or p.period_to > $3) and ($4::date is null or p.period_from < $4)
    group by p.currency, p.state
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(filter.state)
    parameters.append(filter.days?.lowerBound)
    parameters.append(filter.days?.upperBound)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      currency: try row.next(), state: CreditState(rawValue: try row.next()) ?? .superseded, count: try row.next(), amount: try row.next(),
      granted: try row.next())
  }
}

/// What a customer was granted, the last decision first: of its own rows alone, for schedules are the provider's. What a later one
/// took the place of was granted all the same.
struct CreditsGranted: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let number: Int64
    let contract: [UInt8]
    let line: [UInt8]
    let periodFrom: CalendarDate
    let periodTo: CalendarDate
    let grantedAt: Instant
    /// The number of the one that was granted in its place.
    let replacedBy: Int64?
    let story: CreditStory
  }

  let tenant: TenantId
  let before: (at: Instant, id: Int64)?
  let limit: Int64

  static let sql = """
    select p.id, p.public_id, p.number,
      (select c.public_id from contracts.pub_contract c where c.tenant_id = p.tenant_id and c.contract_id = p.contract_id),
      (select l.public_id from contracts.pub_line l where l.tenant_id = p.tenant_id and l.line_id = p.contract_line_id),
      p.period_from, p.period_to, d.recorded_at,
      -- Of a line, schedule and period one after the other is granted.
      (select r.number from credits.proposal r
       where r.tenant_id = p.tenant_id and r.contract_line_id = p.contract_line_id and r.schedule_id = p.schedule_id
         and r.period_from = p.period_from and r.period_to = p.period_to and r.id > p.id
         and exists (select from credits.decision g where g.tenant_id = r.tenant_id and g.proposal_id = r.id and g.event = 'approval')
       order by r.id limit 1),
      p.schedule_name, p.terms_valid_from, p.terms, p.period_name, p.calculation, p.amount_minor, p.granted_minor, p.currency
    from credits.decision d join credits.proposal p on p.tenant_id = d.tenant_id and p.id = d.proposal_id
    where d.tenant_id = $1 and d.event = 'approval' and (d.recorded_at, d.proposal_id) < (coalesce($2, 'infinity'::timestamptz), $3)
    order by d.recorded_at desc, d.proposal_id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(before?.at)
    parameters.append(before?.id ?? .max)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), publicId: try row.next(), number: try row.next(), contract: try row.next(), line: try row.next(),
      periodFrom: try row.next(), periodTo: try row.next(), grantedAt: try row.next(), replacedBy: try row.next(),
      story: CreditStory(
        scheduleName: try row.next(), validFrom: try row.next(), terms: try row.next(), periodName: try row.next(), calculation: try row.next(),
        amount: try row.next(), granted: try row.next(), currency: try row.next()))
  }
}
