import Kernel
import Postgres

/// Says that a contract's version does not stand.
struct WithdrawContractRow: Statement {
  let tenant: TenantId
  let version: Int64
  let reason: String
  let now: Instant

  static let sql = """
    insert into contracts.contract_version_withdrawal (tenant_id, contract_version_id, reason, recorded_at) values ($1, $2, $3, $4)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(reason)
    parameters.append(now)
  }
}

struct WithdrawLineRow: Statement {
  let tenant: TenantId
  let version: Int64
  let reason: String
  let now: Instant

  static let sql = """
    insert into contracts.contract_line_version_withdrawal (tenant_id, contract_line_version_id, reason, recorded_at) values ($1, $2, $3, $4)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(version)
    parameters.append(reason)
    parameters.append(now)
  }
}
