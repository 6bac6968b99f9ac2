import Kernel
import Postgres

/// Says that a contract's version does not stand, beside it and with the contract.
struct WithdrawContractRow: Statement {
  let tenant: TenantId
  let contract: Int64
  let version: Int64
  let reason: String
  let now: Instant

  static let sql = """
    with noted as (
      insert into contracts.contract_version_withdrawal (tenant_id, contract_version_id, reason, recorded_at) values ($1, $2, $3, $4))
    update contracts.contract set withdrawn_versions = withdrawn_versions || $2::bigint where tenant_id = $1 and id = $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(reason)
    parameters.append(now)
    parameters.append(contract)
  }
}

struct WithdrawLineRow: Statement {
  let tenant: TenantId
  let line: Int64
  let version: Int64
  let reason: String
  let now: Instant

  static let sql = """
    with noted as (
      insert into contracts.contract_line_version_withdrawal (tenant_id, contract_line_version_id, reason, recorded_at) values ($1, $2, $3, $4))
    update contracts.contract_line set withdrawn_versions = withdrawn_versions || $2::bigint where tenant_id = $1 and id = $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(reason)
    parameters.append(now)
    parameters.append(line)
  }
}

/// Says that an SLA's version does not stand, on it and beside it.
struct WithdrawSlaRow: Statement {
  let version: Int64
  let reason: String
  let onlyTenant: TenantId?
  let now: Instant

  static let sql = """
    with noted as (
      insert into contracts.sla_version_withdrawal (sla_version_id, reason, only_tenant_id, recorded_at) values ($1, $2, $3, $4))
    update contracts.sla_version set withdrawn = true where id = $1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(version)
    parameters.append(reason)
    parameters.append(onlyTenant)
    parameters.append(now)
  }
}
