import Kernel
import Postgres

/// Where the alerts that are not over stand, across customers: ids and sort keys only (schema-rules 23).
struct AlertPositions: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let changedAt: Instant
  }

  /// Nil: every customer.
  let tenants: [Int64]?
  let state: String?
  let before: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, changed_at from finder.open_alerts($1, $2, $3, $4, $5, $6)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(state)
    parameters.append(before?.changedAt)
    parameters.append(before?.tenant)
    parameters.append(before?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), changedAt: try row.next()) }
}

/// The alerts at positions that the finder gave.
struct AlertsAt: Statement {
  let positions: [AlertPositions.Found]

  static let sql = """
    \(AlertRow.select) join unnest($1::bigint[], $2::bigint[]) k (tenant_id, id) on k.tenant_id = a.tenant_id and k.id = a.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> AlertRow { try AlertRow(&row) }
}
