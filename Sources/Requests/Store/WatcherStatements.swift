import Desk
import Kernel
import Postgres

/// No row when they watch it already.
struct InsertRequestWatcher: Statement {
  let tenant: TenantId
  let request: Int64
  let watcher: Watcher
  let now: Instant

  static let sql = """
    insert into requests.watcher (tenant_id, request_id, person_id, account_id, account_public_id, recorded_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(watcher.person)
    parameters.append(watcher.account?.id)
    parameters.append(watcher.account?.publicId)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when they did not watch it.
struct DeleteRequestWatcher: Statement {
  let tenant: TenantId
  let request: Int64
  let watcher: Watcher

  static let sql = "delete from requests.watcher where tenant_id = $1 and request_id = $2 and (person_id = $3 or account_id = $4) returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(watcher.person)
    parameters.append(watcher.account?.id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// In the order in which they began.
struct WatchersOfRequest: Statement {
  let tenant: TenantId
  let request: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    select \(FoundWatcher.columns)
    from requests.watcher w left join tenancy.person p on p.tenant_id = w.tenant_id and p.id = w.person_id
    where w.tenant_id = $1 and w.request_id = $2 and w.id > $3 order by w.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> FoundWatcher { try FoundWatcher(&row) }
}
