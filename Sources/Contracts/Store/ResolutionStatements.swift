import Kernel
import Postgres

/// What the lines that were asked are called, and their SLAs.
struct LinesAsTold: Statement {
  struct Found: Sendable {
    let line: Int64
    let linePublicId: [UInt8]
    let contractPublicId: [UInt8]
    let slaPublicId: [UInt8]
    let slaName: String
    let slaValidFrom: Instant
  }

  let tenant: TenantId
  let lines: [LineTerms]

  static let sql = """
    select l.id, l.public_id, c.public_id, s.public_id, s.name, v.valid_from
    from unnest($2::bigint[], $3::bigint[]) w (line_id, sla_version_id)
    join contracts.contract_line l on l.tenant_id = $1 and l.id = w.line_id
    join contracts.contract c on c.tenant_id = $1 and c.id = l.contract_id
    join contracts.sla_version v on v.id = w.sla_version_id
    join contracts.sla s on s.id = v.sla_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(lines.map(\.line))
    parameters.append(lines.map(\.slaVersion))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), linePublicId: try row.next(), contractPublicId: try row.next(), slaPublicId: try row.next(), slaName: try row.next(),
      slaValidFrom: try row.next())
  }
}

/// What targets are called, and their calendars; of those that the reader may know.
struct TargetsAsTold: Statement {
  struct Found: Sendable {
    let id: Int64
    let label: TargetLabel
    let calendarPublicId: [UInt8]?
    let calendarName: String?
  }

  let targets: [Int64]

  static let sql = """
    select g.id, \(TargetLabel.columns), c.public_id, c.name
    from contracts.sla_target g
    left join contracts.calendar c on c.id = g.calendar_id
    left join catalog.pub_service s on s.service_id = g.service_id
    where g.id = any($1) and \(TargetLabel.isTold)
    """

  func bind(to parameters: inout Parameters) { parameters.append(targets) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), label: try TargetLabel(&row), calendarPublicId: try row.next(), calendarName: try row.next())
  }
}

/// The rows that a question about a ticket names; nil in each that is not there.
struct NamedForResolution: Statement {
  struct Found: Sendable {
    let person: Int64?
    /// Of the person.
    let personUnit: Int64?
    let unit: Int64?
    let line: Int64?
    let coveringLine: Int64?
  }

  let tenant: TenantId
  let requester: PublicId?
  let unit: PublicId?
  let line: PublicId?
  let coveringLine: PublicId?

  static let sql = """
    select p.id, p.unit_id,
      (select u.id from tenancy.org_unit u where u.tenant_id = $1 and u.public_id = $3),
      (select l.id from contracts.contract_line l where l.tenant_id = $1 and l.public_id = $4),
      (select l.id from contracts.contract_line l where l.tenant_id = $1 and l.public_id = $5)
    from (select) one left join tenancy.person p on p.tenant_id = $1 and p.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(requester?.random)
    parameters.append(unit?.random)
    parameters.append(line?.random)
    parameters.append(coveringLine?.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(person: try row.next(), personUnit: try row.next(), unit: try row.next(), line: try row.next(), coveringLine: try row.next())
  }
}
