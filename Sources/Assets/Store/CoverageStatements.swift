import Kernel
import Postgres

struct InsertCoverage: Statement {
  let tenant: TenantId
  let ci: Int64
  let line: Int64?
  let validFrom: CalendarDate
  /// The version of the CI that it makes.
  let seq: Int64
  let now: Instant

  static let sql = """
    insert into assets.coverage (tenant_id, ci_id, contract_line_id, valid_from, seq, recorded_at) values ($1, $2, $3, $4, $5, $6) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ci)
    parameters.append(line)
    parameters.append(validFrom)
    parameters.append(seq)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Which of a tenant's contract lines are in force: `l` is the line, $1 the tenant, $3 the instant.
enum LineCondition {
  static let inForce = """
    contracts.pub_line l
    cross join lateral (
      select t.state, t.starts_at, t.ends_at from contracts.pub_contract_term t
      where t.tenant_id = l.tenant_id and t.contract_id = l.contract_id and t.valid_from <= $3 order by t.valid_from desc limit 1) h
    cross join lateral (
      select t.state from contracts.pub_line_terms t
      where t.tenant_id = l.tenant_id and t.line_id = l.line_id and t.valid_from <= $3 order by t.valid_from desc limit 1) n
    where l.tenant_id = $1 and h.state = 'active' and h.starts_at <= $3 and (h.ends_at is null or h.ends_at > $3) and n.state = 'active'
    """
}

/// The contract lines that cover a CI one after the other, the newest first; each day once, as it was told last.
struct CoverageOfCi: Statement {
  struct Found: Sendable {
    let line: [UInt8]?
    let lineName: String?
    let validFrom: CalendarDate
    /// Whether the line is in force; nil: there is none.
    let inForce: Bool?
  }

  let tenant: TenantId
  let ci: Int64
  let now: Instant

  static let sql = """
    select distinct on (v.valid_from) k.public_id,
      (select n.name from contracts.pub_line_version n where n.tenant_id = v.tenant_id and n.line_id = v.contract_line_id order by n.valid_from desc limit 1),
      v.valid_from,
      case when v.contract_line_id is not null then exists (select from \(LineCondition.inForce) and l.line_id = v.contract_line_id) end
    from assets.coverage v
    left join contracts.pub_line k on k.tenant_id = v.tenant_id and k.line_id = v.contract_line_id
    where v.tenant_id = $1 and v.ci_id = $2
    order by v.valid_from desc, v.seq desc limit 100
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ci)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(line: try row.next(), lineName: try row.next(), validFrom: try row.next(), inForce: try row.next())
  }
}

struct LineByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select line_id from contracts.pub_line where tenant_id = $1 and public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
