import Kernel
import Postgres

/// The next number of a kind within a tenant; numbers of what was rolled back are not used again.
struct NextContractNumber: Statement {
  let tenant: TenantId

  static let sql = """
    insert into tenancy.counter (tenant_id, kind, last) values ($1, 'contract', 1)
    on conflict (tenant_id, kind) do update set last = counter.last + 1
    returning last
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertContract: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let number: Int64
  let currency: Currency
  let zone: String
  let now: Instant

  static let sql = """
    insert into contracts.contract (tenant_id, public_id, number, currency, zone, recorded_at) values ($1, $2, $3, $4, $5, $6) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(currency.code)
    parameters.append(zone)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertContractVersion: Statement {
  let tenant: TenantId
  let contract: Int64
  let validFrom: Instant
  let name: String
  let state: ContractState
  let startsAt: Instant
  let endsAt: Instant?
  let now: Instant

  static let sql = """
    insert into contracts.contract_version (tenant_id, contract_id, valid_from, name, state, starts_at, ends_at, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(validFrom)
    parameters.append(name)
    parameters.append(state.rawValue)
    parameters.append(startsAt)
    parameters.append(endsAt)
    parameters.append(now)
  }
}

/// A contract in one of its versions.
struct ContractRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let currency: String
  let zone: String
  let version: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let name: String
  let state: ContractState
  let startsAt: Instant
  let endsAt: Instant?

  /// `c` is the contract, `v` its version.
  static let columns = """
    c.id, c.public_id, c.number, c.currency, c.zone, c.version, v.valid_from, v.recorded_at, v.name, v.state, v.starts_at, v.ends_at
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    currency = try row.next()
    zone = try row.next()
    version = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    name = try row.next()
    state = ContractState(rawValue: try row.next()) ?? .ended
    startsAt = try row.next()
    endsAt = try row.next()
  }
}

/// The version of a contract in force at an instant; the newest, future ones included, for a change.
struct ContractAt: Statement {
  let tenant: TenantId
  let publicId: PublicId
  /// Nil: the newest version.
  let at: Instant?

  static let sql = """
    select \(ContractRow.columns)
    from contracts.contract c join contracts.contract_version v on v.tenant_id = c.tenant_id and v.contract_id = c.id
    where c.tenant_id = $1 and c.public_id = $2 and ($3::timestamptz is null or v.valid_from <= $3)
    order by v.valid_from desc limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> ContractRow { try ContractRow(&row) }
}

/// A customer's contracts by number, each in the version in force at an instant.
struct ContractsAt: Statement {
  let tenant: TenantId
  let at: Instant
  let state: ContractState?
  let afterNumber: Int64
  let limit: Int64

  static let sql = """
    select \(ContractRow.columns)
    from contracts.contract c
    join contracts.contract_version v on v.tenant_id = c.tenant_id and v.contract_id = c.id
      and v.valid_from = (
        select max(n.valid_from) from contracts.contract_version n
        where n.tenant_id = c.tenant_id and n.contract_id = c.id and n.valid_from <= $2)
    where c.tenant_id = $1 and ($3::text is null or v.state = $3) and c.number > $4
    order by c.number limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(at)
    parameters.append(state?.rawValue)
    parameters.append(afterNumber)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ContractRow { try ContractRow(&row) }
}

/// Counts a change of a contract; no row when another change came first.
struct AdvanceContract: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let currency: String
  let zone: String

  static let sql = """
    update contracts.contract set version = version + 1, currency = $4, zone = $5
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(currency)
    parameters.append(zone)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Every version of a contract and of its lines, newest first.
struct ContractChanges: Statement {
  struct Found: Sendable {
    let line: [UInt8]?
    let versionId: Int64
    let validFrom: Instant
    let recordedAt: Instant
    let name: String
    let state: String
    let startsAt: Instant?
    let endsAt: Instant?
    let sla: [UInt8]?
    let unit: [UInt8]?
    let monthlyFee: Int64?
    /// 0 for the contract itself.
    let lineId: Int64
  }

  let tenant: TenantId
  let contract: Int64
  let beforeValidFrom: Instant
  let afterLine: Int64
  let limit: Int64

  static let sql = """
    select h.line, h.version_id, h.valid_from, h.recorded_at, h.name, h.state, h.starts_at, h.ends_at, h.sla, h.unit, h.fee, h.line_id
    from (
      select null::bytea as line, v.id as version_id, v.valid_from, v.recorded_at, v.name, v.state, v.starts_at, v.ends_at, null::bytea as sla,
        null::bytea as unit, null::bigint as fee, 0::bigint as line_id
      from contracts.contract_version v where v.tenant_id = $1 and v.contract_id = $2
      union all
      select l.public_id, v.id, v.valid_from, v.recorded_at, v.name, v.state, null, null, s.public_id, u.public_id, v.monthly_fee_minor, l.id
      from contracts.contract_line l
      join contracts.contract_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id
      join contracts.sla s on s.id = v.sla_id
      left join tenancy.org_unit u on u.tenant_id = v.tenant_id and u.id = v.unit_id
      where l.tenant_id = $1 and l.contract_id = $2
    ) h
    where h.valid_from < $3 or (h.valid_from = $3 and h.line_id > $4)
    order by h.valid_from desc, h.line_id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(beforeValidFrom)
    parameters.append(afterLine)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), versionId: try row.next(), validFrom: try row.next(), recordedAt: try row.next(), name: try row.next(),
      state: try row.next(), startsAt: try row.next(), endsAt: try row.next(), sla: try row.next(), unit: try row.next(),
      monthlyFee: try row.next(), lineId: try row.next())
  }
}
