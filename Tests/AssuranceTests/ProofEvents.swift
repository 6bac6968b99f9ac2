import Kernel
import Postgres

struct ProofEvents: Statement {
  let tenant: TenantId

  static let sql = "select type from operations.event where tenant_id = $1 and type like 'proof.gaps%' order by recorded_at, subject_id, seq"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
