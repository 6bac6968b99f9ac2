import Kernel
import Postgres

/// Changes the amounts of a customer's proposals, as nobody may.
struct Tamper: Statement {
  let tenant: TenantId

  static let sql = "update credits.proposal set amount_minor = 1 where tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}
