import Attributes
import Kernel
import Postgres

/// Where requests stand that are not over, across customers, the next due first: ids and sort keys only (schema-rules 23).
struct RequestPositions: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let dueAt: Instant?
    let submittedAt: Instant
  }

  /// Nil: every customer.
  let tenants: [Int64]?
  let state: RequestState?
  /// Only what this team has a task of that is to be done.
  let team: Int64?
  let owner: Int64?
  let isUnowned: Bool
  let dueFrom: Instant?
  let dueBefore: Instant?
  /// Only what is offered to the reader, or to one of these teams.
  let isOffered: Bool
  let reader: Int64?
  let offeredTeams: [Int64]
  /// Only what one of these has a task of that is to be done; nil: whichever.
  let wantedTeams: [Int64]?
  let priority: Int64?
  let after: Found?
  let limit: Int64

  static let sql = """
    select tenant_id, id, due_at, submitted_at
    from finder.open_requests($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(state?.rawValue)
    parameters.append(team)
    parameters.append(owner)
    parameters.append(isUnowned)
    parameters.append(dueFrom)
    parameters.append(dueBefore)
    parameters.append(after?.dueAt)
    parameters.append(after?.submittedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
    parameters.append(isOffered)
    parameters.append(reader)
    parameters.append(offeredTeams)
    parameters.append(wantedTeams)
    parameters.append(priority)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), id: try row.next(), dueAt: try row.next(), submittedAt: try row.next())
  }
}

/// The same of those that hold a value of a custom attribute.
struct AttributeRequestPositions: Statement {
  let requests: RequestPositions
  let attribute: AttributeFilter

  static let sql = """
    select tenant_id, id, due_at, submitted_at
    from finder.attribute_requests($1, $18, $19, $20, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
    """

  func bind(to parameters: inout Parameters) {
    requests.bind(to: &parameters)
    parameters.append(attribute.key)
    parameters.append(attribute.code)
    parameters.append(attribute.isInternal)
  }

  static func decode(_ row: inout RowReader) throws -> RequestPositions.Found { try RequestPositions.decode(&row) }
}

/// The requests at positions that the finder gave, each with what is due next of its promises and the highest share of a budget of which it warned.
struct RequestsAt: Statement {
  struct Found: Sendable {
    let request: RequestRow
    let dueMetric: String?
    let warnedPercent: Int64?
  }

  let positions: [RequestPositions.Found]

  static let sql = """
    \(RequestRow.selectQueued) join unnest($1::bigint[], $2::bigint[]) k (tenant_id, id) on k.tenant_id = r.tenant_id and k.id = r.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(request: try RequestRow(&row), dueMetric: try row.next(), warnedPercent: try row.next())
  }
}
