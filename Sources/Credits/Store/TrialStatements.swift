import Kernel
import Postgres

/// The lines of a customer's contracts, each by its newest name.
struct TrialLines: Statement {
  struct Found: Sendable {
    let line: Int64
    let publicId: [UInt8]
    let contract: Int64
    let currency: String
    let zone: String
    let name: String
  }

  let tenant: TenantId
  let line: Int64?

  static let sql = """
    select l.line_id, l.public_id, l.contract_id, c.currency, c.zone, coalesce(
      (select v.name from contracts.pub_line_version v where v.tenant_id = $1 and v.line_id = l.line_id order by v.valid_from desc limit 1), '')
    from contracts.pub_line l join contracts.pub_contract c on c.tenant_id = l.tenant_id and c.contract_id = l.contract_id
    where l.tenant_id = $1 and ($2::bigint is null or l.line_id = $2)
    order by l.line_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), publicId: try row.next(), contract: try row.next(), currency: try row.next(), zone: try row.next(), name: try row.next())
  }
}

/// Which schedules the lines of a customer have had.
struct TrialLineSchedules: Statement {
  struct Found: Sendable {
    let line: Int64
    let schedule: Int64
    let name: String
    let validFrom: Instant
    let isAttached: Bool
  }

  let tenant: TenantId

  static let sql = """
    select l.contract_line_id, l.schedule_id, s.name, l.valid_from, l.attached
    from credits.line_schedule l join credits.schedule s on s.id = l.schedule_id
    where l.tenant_id = $1
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(line: try row.next(), schedule: try row.next(), name: try row.next(), validFrom: try row.next(), isAttached: try row.next())
  }
}

/// Every version of schedules.
struct TrialScheduleVersions: Statement {
  struct Found: Sendable {
    let schedule: Int64
    let validFrom: Instant
    let terms: Value
  }

  let schedules: [Int64]

  static let sql = "select v.schedule_id, v.valid_from, v.terms from credits.schedule_version v where v.schedule_id = any($1)"

  func bind(to parameters: inout Parameters) { parameters.append(schedules) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(schedule: try row.next(), validFrom: try row.next(), terms: try row.next())
  }
}
