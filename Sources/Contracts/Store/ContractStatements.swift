import Kernel
import Postgres
import Renewals

struct InsertContract: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let number: Int64
  let currency: Currency
  let zone: String
  let now: Instant

  static let sql = """
    insert into contracts.contract (tenant_id, public_id, number, currency, zone, recorded_at, renewal_look_at)
    values ($1, $2, $3, $4, $5, $6, $6) returning id
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
  /// The contract's counter after the change.
  let seq: Int64
  let validFrom: Instant
  let content: ContractContent
  let now: Instant

  static let sql = """
    insert into contracts.contract_version
      (tenant_id, contract_id, seq, valid_from, name, state, starts_at, ends_at, renewal, notice_count, notice_unit, renewal_months, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(seq)
    parameters.append(validFrom)
    parameters.append(content.name)
    parameters.append(content.state.rawValue)
    parameters.append(content.startsAt)
    parameters.append(content.endsAt)
    parameters.append(content.renewal.mode.rawValue)
    parameters.append(content.renewal.notice?.count)
    parameters.append(content.renewal.notice?.unit)
    parameters.append(content.renewal.months)
    parameters.append(now)
  }
}

/// What a contract version holds.
struct ContractContent: Hashable, Sendable {
  var name: String
  var state: ContractState
  var startsAt: Instant
  var endsAt: Instant?
  var renewal: RenewalTerms
}

/// A contract in one of its versions.
struct ContractRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let currency: String
  let zone: String
  let version: Int64
  let versionId: Int64
  let validFrom: Instant
  let recordedAt: Instant
  let content: ContractContent

  var name: String { content.name }
  var state: ContractState { content.state }
  var startsAt: Instant { content.startsAt }
  var endsAt: Instant? { content.endsAt }
  var renewal: RenewalTerms { content.renewal }

  /// `c` is the contract, `v` its version.
  static let columns = """
    c.id, c.public_id, c.number, c.currency, c.zone, c.version, v.id, v.valid_from, v.recorded_at, v.name, v.state, v.starts_at, v.ends_at,
    v.renewal, v.notice_count, v.notice_unit, v.renewal_months
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    currency = try row.next()
    zone = try row.next()
    version = try row.next()
    versionId = try row.next()
    validFrom = try row.next()
    recordedAt = try row.next()
    content = ContractContent(
      name: try row.next(), state: ContractState(rawValue: try row.next()) ?? .ended, startsAt: try row.next(), endsAt: try row.next(),
      renewal: try RenewalTerms(&row))
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
    from contracts.contract c join contracts.standing_contract_version v on v.tenant_id = c.tenant_id and v.contract_id = c.id
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
    join contracts.standing_contract_version v on v.tenant_id = c.tenant_id and v.contract_id = c.id
      and v.valid_from = (
        select max(n.valid_from) from contracts.standing_contract_version n
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

/// Counts a change of a contract, and has its renewal looked at; no row when another change came first.
struct AdvanceContract: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let currency: String
  let zone: String
  let now: Instant

  static let sql = """
    update contracts.contract set version = version + 1, currency = $4, zone = $5, renewal_look_at = $6
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(currency)
    parameters.append(zone)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
