import Kernel
import Postgres
import Tenancy

struct FindIdempotent: Statement {
  struct Found: Sendable {
    let requestHash: [UInt8]
    let response: Value
  }

  let tenant: TenantId
  let actor: Actor
  let operation: String
  let key: String

  static let sql = """
    select request_hash, response from operations.idempotency
    where tenant_id = $1 and actor_kind = $2 and actor_id = $3 and operation = $4 and key = $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(operation)
    parameters.append(key)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(requestHash: try row.next(), response: try JSON.read((try row.next() as String))) }
}

struct InsertIdempotent: Statement {
  let tenant: TenantId
  let actor: Actor
  let operation: String
  let key: String
  let requestHash: [UInt8]
  let response: Value
  let recordedAt: Instant

  static let sql = """
    insert into operations.idempotency (tenant_id, actor_kind, actor_id, operation, key, request_hash, response, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(operation)
    parameters.append(key)
    parameters.append(requestHash)
    parameters.append(JSON.text(response))
    parameters.append(recordedAt)
  }

  static func decode(_ row: inout RowReader) throws {}
}
