import Kernel
import Postgres

/// Where requests stand that are not over, across customers: ids and sort keys only (schema-rules 23).
struct RequestPositions: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let submittedAt: Instant
  }

  /// Nil: every customer.
  let tenants: [Int64]?
  let state: RequestState?
  /// Only what is offered to the reader, or to a team.
  let isOffered: Bool
  let reader: Int64?
  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, submitted_at from finder.open_requests($1, $2, $3, $4, $5, $6, $7, $8)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(state?.rawValue)
    parameters.append(after?.submittedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
    parameters.append(isOffered)
    parameters.append(reader)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), submittedAt: try row.next()) }
}

/// The requests at positions that the finder gave.
struct RequestsAt: Statement {
  let positions: [RequestPositions.Found]

  static let sql = """
    \(RequestRow.selectListed) join unnest($1::bigint[], $2::bigint[]) k (tenant_id, id) on k.tenant_id = r.tenant_id and k.id = r.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> RequestRow { try RequestRow(&row) }
}
