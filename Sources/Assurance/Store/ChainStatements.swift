import Kernel
import Postgres

/// A team of a chain, as it is written.
struct ChainTeam: Hashable, Sendable {
  let team: Int64
  let tier: Int64
  let metrics: [String]
  let calendar: Int64?
  /// As ``HandlingTimes`` are written.
  let handling: [Int64]
}

struct InsertChainVersion: Statement {
  let tenant: TenantId
  let line: Int64
  let validFrom: Instant
  let supplierMetrics: [String]
  let now: Instant

  static let sql = """
    insert into assurance.chain_version (tenant_id, contract_line_id, valid_from, supplier_metrics, recorded_at) values ($1, $2, $3, $4, $5) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
    parameters.append(validFrom)
    parameters.append(supplierMetrics)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertChainTeam: Statement {
  let tenant: TenantId
  let version: Int64
  let seq: Int64
  let team: ChainTeam

  static let sql = """
    insert into assurance.chain_team (tenant_id, chain_version_id, seq, team_id, tier, metrics, calendar_id, handling_seconds)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(seq)
    parameters.append(team.team)
    parameters.append(team.tier)
    parameters.append(team.metrics)
    parameters.append(team.calendar)
    parameters.append(team.handling)
  }
}

/// A version of a chain with one of its teams, or none.
struct ChainRow: Sendable {
  let line: Int64
  let version: Int64
  let validFrom: Instant
  let supplierMetrics: [String]
  let recordedAt: Instant
  let team: ChainTeam?
  let teamPublicId: [UInt8]?
  let teamName: String?
  let calendarPublicId: [UInt8]?
  let calendarName: String?

  static let select = """
    select v.contract_line_id, v.id, v.valid_from, v.supplier_metrics, v.recorded_at, t.team_id, t.tier::bigint, t.metrics, t.calendar_id, t.handling_seconds,
      d.public_id, d.name, c.public_id, c.name
    from assurance.chain_version v
    left join assurance.chain_team t on t.tenant_id = v.tenant_id and t.chain_version_id = v.id
    left join desk.pub_team d on d.team_id = t.team_id
    left join contracts.pub_calendar c on c.calendar_id = t.calendar_id
    """

  init(_ row: inout RowReader) throws {
    line = try row.next()
    version = try row.next()
    validFrom = try row.next()
    supplierMetrics = try row.next()
    recordedAt = try row.next()
    let (team, tier): (Int64?, Int64?) = (try row.next(), try row.next())
    let metrics: [String]? = try row.next()
    let calendar: Int64? = try row.next()
    let handling: [Int64]? = try row.next()
    self.team = team.map { ChainTeam(team: $0, tier: tier ?? 1, metrics: metrics ?? [], calendar: calendar, handling: handling ?? []) }
    teamPublicId = try row.next()
    teamName = try row.next()
    calendarPublicId = try row.next()
    calendarName = try row.next()
  }
}

/// The chains of a contract's lines in all versions.
struct ChainsOfContract: Statement {
  let tenant: TenantId
  let contract: Int64

  static let sql = """
    \(ChainRow.select)
    where v.tenant_id = $1 and v.contract_line_id in (select l.line_id from contracts.pub_line l where l.tenant_id = $1 and l.contract_id = $2)
    order by v.contract_line_id, v.valid_from, t.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
  }

  static func decode(_ row: inout RowReader) throws -> ChainRow { try ChainRow(&row) }
}

/// The versions of one line's chain.
struct ChainOfLine: Statement {
  let tenant: TenantId
  let line: Int64

  static let sql = "\(ChainRow.select) where v.tenant_id = $1 and v.contract_line_id = $2 order by v.valid_from, t.seq"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> ChainRow { try ChainRow(&row) }
}

/// Teams that ids name, as the service desk publishes them.
struct TeamsOfIds: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  let ids: [PublicId]

  static let sql = "select team_id, public_id from desk.pub_team where public_id = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(ids.map(\.random)) }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}

/// Calendars that ids name, as far as they are for the customer.
struct CalendarsOfIds: Statement {
  let tenant: TenantId
  let ids: [PublicId]

  static let sql = """
    select calendar_id, public_id from contracts.pub_calendar where public_id = any($2) and (only_tenant_id is null or only_tenant_id = $1)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> TeamsOfIds.Found { TeamsOfIds.Found(id: try row.next(), publicId: try row.next()) }
}
