import Kernel
import Postgres

/// Open tickets of those who left, across tenants: ids only.
struct TicketsOfTheGone: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let owner: Int64
  }

  let after: Int64
  let limit: Int64

  static let sql = "select tenant_id, id, owner_id from finder.tickets_of_the_gone($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), owner: try row.next()) }
}

/// The public id of a member of the staff whose account is disabled; no row: he is there.
struct GoneStaff: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select public_id from tenancy.account where tenant_id = $1 and id = $2 and kind = 'staff' and state = 'disabled'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// Takes a ticket from who answers for it; no row where another one does by now, or it is over.
struct LoseTicketOwner: Statement {
  let tenant: TenantId
  let ticket: Int64
  let owner: Int64
  let now: Instant

  static let sql = """
    update desk.ticket set owner_id = null, owner_public_id = null, version = version + 1, updated_at = $4
    where tenant_id = $1 and id = $2 and owner_id = $3 and state in ('new', 'active', 'pending') returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(owner)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
