import Kernel
import Postgres

/// Where what is with suppliers stands, across tenants (schema-rules 23).
struct DispatchPositions: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let dueAt: Instant?
    let dispatchedAt: Instant
  }

  /// Nil: every tenant.
  let tenants: [Int64]?
  let supplier: Int64?
  let isAnswered: Bool?
  /// Only what was due before; nil: all.
  let overdueAt: Instant?
  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, due_at, dispatched_at from finder.open_dispatches($1, $2, $3, $4, $5, $6, $7, $8, $9)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(supplier)
    parameters.append(isAnswered)
    parameters.append(overdueAt)
    parameters.append(after?.dueAt)
    parameters.append(after?.dispatchedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(tenant: try row.next(), id: try row.next(), dueAt: try row.next(), dispatchedAt: try row.next())
  }
}

/// The dispatches of a page of that list, with their tickets and customers; exactly those tenants are bound.
struct DispatchesOfQueue: Statement {
  struct Found: Sendable {
    let dispatch: SupplierTurn
    let dueAt: Instant?
    let number: Int64
    let title: String
    let handle: TenantHandle
    let code: String
    let customer: [UInt8]
  }

  let positions: [DispatchPositions.Found]

  /// Pair by pair, as in ``TicketsOfQueue``.
  static let sql = """
    select \(SupplierTurn.columns), d.due_at, t.number, t.title, e.handle, e.code, e.public_id
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join desk.dispatch d on d.tenant_id = w.tenant_id and d.id = w.id
    join desk.ticket t on t.tenant_id = d.tenant_id and t.id = d.ticket_id
    join tenancy.tenant e on e.id = d.tenant_id
    \(SupplierTurn.others)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let dispatch = try SupplierTurn(&row)
    let (dueAt, number, title): (Instant?, Int64, String) = (try row.next(), try row.next(), try row.next())
    let handle: Int64 = try row.next()
    return Found(
      dispatch: dispatch, dueAt: dueAt, number: number, title: title, handle: TenantHandle(UInt32(truncatingIfNeeded: handle)), code: try row.next(),
      customer: try row.next())
  }
}

/// A supplier that an input names.
struct SupplierOfId: Statement {
  let publicId: PublicId

  static let sql = "select supplier_id from suppliers.pub_supplier where public_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(publicId.random) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
