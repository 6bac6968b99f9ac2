import Kernel
import Postgres

/// Who watches a ticket or a request: a person of the customer, or an account of the provider's tenant.
package enum Watcher: Sendable {
  case person(Ticket.Reference)
  case staff(Ticket.Reference)

  package var person: Int64? { if case .person(let reference) = self { reference.id } else { nil } }
  package var account: Ticket.Reference? { if case .staff(let reference) = self { reference } else { nil } }
}

/// No row when they watch it already.
struct InsertWatcher: Statement {
  let tenant: TenantId
  let ticket: Int64
  let watcher: Watcher
  let now: Instant

  static let sql = """
    insert into desk.ticket_watcher (tenant_id, ticket_id, person_id, account_id, account_public_id, recorded_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(watcher.person)
    parameters.append(watcher.account?.id)
    parameters.append(watcher.account?.publicId)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when they did not watch it.
struct DeleteWatcher: Statement {
  let tenant: TenantId
  let ticket: Int64
  let watcher: Watcher

  static let sql = "delete from desk.ticket_watcher where tenant_id = $1 and ticket_id = $2 and (person_id = $3 or account_id = $4) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(watcher.person)
    parameters.append(watcher.account?.id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// One who watches a ticket or a request: a person of the customer, by name, or an account of the provider's tenant.
package struct FoundWatcher: Sendable {
  package let id: Int64
  package let person: [UInt8]?
  package let personName: String?
  package let account: Int64?
  package let accountBits: [UInt8]?
  package let since: Instant

  /// Of the list `w`, and the persons `p` in it.
  package static let columns = "w.id, p.public_id, p.name, w.account_id, w.account_public_id, w.recorded_at"

  package init(_ row: inout RowReader) throws {
    id = try row.next()
    person = try row.next()
    personName = try row.next()
    account = try row.next()
    accountBits = try row.next()
    since = try row.next()
  }
}

/// In the order in which they began.
struct WatchersOfTicket: Statement {
  let tenant: TenantId
  let ticket: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select \(FoundWatcher.columns)
    from desk.ticket_watcher w left join tenancy.person p on p.tenant_id = w.tenant_id and p.id = w.person_id
    where w.tenant_id = $1 and w.ticket_id = $2 and w.id > $3 order by w.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> FoundWatcher { try FoundWatcher(&row) }
}

/// The random bits of an account of the provider's tenant, which is bound.
struct AccountBits: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select public_id from tenancy.account where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// Who of the staff watches a ticket watches the one that it went into. A customer's person may not see that one: he is told about his.
struct CopyWatchers: Statement {
  let tenant: TenantId
  let from: Int64
  let to: Int64
  let now: Instant

  static let sql = """
    insert into desk.ticket_watcher (tenant_id, ticket_id, person_id, account_id, account_public_id, recorded_at)
    select $1, $3, w.person_id, w.account_id, w.account_public_id, $4 from desk.ticket_watcher w
    where w.tenant_id = $1 and w.ticket_id = $2 and w.account_id is not null
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(from)
    parameters.append(to)
    parameters.append(now)
  }
}
