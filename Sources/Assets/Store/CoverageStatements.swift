import Kernel
import Postgres

struct InsertCoverages: Statement {
  let tenant: TenantId
  /// With the versions of the CIs that they make.
  let coverages: [(ci: Int64, coverage: Coverage, seq: Int64)]
  let now: Instant

  static let sql = """
    insert into assets.coverage (tenant_id, ci_id, contract_line_id, valid_from, seq, recorded_at)
    select $1, x.ci_id, x.line_id, x.valid_from, x.seq, $6
    from unnest($2::bigint[], $3::bigint[], $4::date[], $5::bigint[]) as x (ci_id, line_id, valid_from, seq)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(coverages.map { $0.ci })
    parameters.append(coverages.map { $0.coverage.line?.row })
    parameters.append(coverages.map { $0.coverage.validFrom })
    parameters.append(coverages.map { $0.seq })
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

/// What covers CIs one after the other, the oldest first; each day once, as it was told last.
struct CoverageOfCis: Statement {
  struct Found: Sendable {
    let ci: Int64
    let coverage: Coverage
  }

  let tenant: TenantId
  let cis: [Int64]

  static let sql = """
    select distinct on (v.ci_id, v.valid_from) v.ci_id, v.contract_line_id, k.public_id, v.valid_from
    from assets.coverage v
    left join contracts.pub_line k on k.tenant_id = v.tenant_id and k.line_id = v.contract_line_id
    where v.tenant_id = $1 and v.ci_id = any($2)
    order by v.ci_id, v.valid_from, v.seq desc
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(cis)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let ci: Int64 = try row.next()
    let (line, bits): (Int64?, [UInt8]?) = (try row.next(), try row.next())
    return Found(ci: ci, coverage: Coverage(line: line.map { CiContent.Reference(row: $0, bits: bits ?? []) }, validFrom: try row.next()))
  }
}

/// The contract lines of a customer with what they are called: no customer has so many that reading them all would be felt.
struct NamedLineRows: Statement {
  let tenant: TenantId

  static let sql = """
    select l.line_id, l.public_id,
      (select t.name from contracts.pub_line_terms t where t.tenant_id = l.tenant_id and t.line_id = l.line_id order by t.valid_from desc limit 1)
    from contracts.pub_line l where l.tenant_id = $1
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> (line: CiContent.Reference, name: String?) {
    (CiContent.Reference(row: try row.next(), bits: try row.next()), try row.next())
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
