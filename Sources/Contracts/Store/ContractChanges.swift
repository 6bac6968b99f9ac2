import Kernel
import Postgres

/// Every version of a contract and of its lines, newest first, those that were withdrawn included.
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
    let withdrawnAt: Instant?
    let withdrawnBecause: String?
    /// 0 for the contract itself.
    let lineId: Int64
  }

  let tenant: TenantId
  let contract: Int64
  let beforeValidFrom: Instant
  let afterLine: Int64
  let afterVersion: Int64
  let limit: Int64

  static let sql = """
    select h.line, h.version_id, h.valid_from, h.recorded_at, h.name, h.state, h.starts_at, h.ends_at, h.sla, h.unit, h.fee, h.withdrawn_at, h.reason,
      h.line_id
    from (
      select null::bytea as line, v.id as version_id, v.valid_from, v.recorded_at, v.name, v.state, v.starts_at, v.ends_at, null::bytea as sla,
        null::bytea as unit, null::bigint as fee, w.recorded_at as withdrawn_at, w.reason, 0::bigint as line_id
      from contracts.contract_version v
      left join contracts.contract_version_withdrawal w on w.tenant_id = v.tenant_id and w.contract_version_id = v.id
      where v.tenant_id = $1 and v.contract_id = $2
      union all
      select l.public_id, v.id, v.valid_from, v.recorded_at, v.name, v.state, null, null, s.public_id, u.public_id, v.monthly_fee_minor,
        w.recorded_at, w.reason, l.id
      from contracts.contract_line l
      join contracts.contract_line_version v on v.tenant_id = l.tenant_id and v.contract_line_id = l.id
      left join contracts.contract_line_version_withdrawal w on w.tenant_id = v.tenant_id and w.contract_line_version_id = v.id
      join contracts.sla s on s.id = v.sla_id
      left join tenancy.org_unit u on u.tenant_id = v.tenant_id and u.id = v.unit_id
      where l.tenant_id = $1 and l.contract_id = $2
    ) h
    where h.valid_from < $3 or (h.valid_from = $3 and (h.line_id, h.version_id) > ($4, $5))
    order by h.valid_from desc, h.line_id, h.version_id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract)
    parameters.append(beforeValidFrom)
    parameters.append(afterLine)
    parameters.append(afterVersion)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      line: try row.next(), versionId: try row.next(), validFrom: try row.next(), recordedAt: try row.next(), name: try row.next(),
      state: try row.next(), startsAt: try row.next(), endsAt: try row.next(), sla: try row.next(), unit: try row.next(),
      monthlyFee: try row.next(), withdrawnAt: try row.next(), withdrawnBecause: try row.next(), lineId: try row.next())
  }
}
