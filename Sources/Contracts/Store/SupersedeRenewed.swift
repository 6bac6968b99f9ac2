import Kernel
import Postgres

/// Takes back the outcome of cycles that the contract does not reach beyond any more: they are to be decided
/// again. What is said twice of the outcome names the index.
struct SupersedeRenewed: Statement {
  struct Found: Sendable {
    let id: Int64
    let version: Int64
  }

  let tenant: TenantId
  let contract: RenewedContract
  /// The term's end as it is now.
  let endsAt: Instant

  static let sql = """
    update contracts.renewal set outcome = 'superseded', version = version + 1
    where tenant_id = $1 and (contract_id = $2 or supplier_contract_id = $3) and outcome = 'renewed' and outcome is distinct from 'superseded'
      and cycle_ends_at >= $4
    returning id, version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(contract.customerContract)
    parameters.append(contract.supplierContract)
    parameters.append(endsAt)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), version: try row.next()) }
}
