import Kernel
import Postgres

/// Makes the caller the only writer of the tenant's figures until its transaction ends.
struct LockProgress: Statement {
  let tenant: TenantId
  let now: Instant

  static let sql = """
    insert into scorecard.progress (tenant_id, refreshed_at) values ($1, $2)
    on conflict (tenant_id) do update set refreshed_at = excluded.refreshed_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
  }
}

/// Takes tickets that changed, oldest first.
struct TakeChangedTickets: Statement {
  let tenant: TenantId
  let limit: Int64

  static let sql = """
    delete from operations.outbox o
    where o.tenant_id = $1 and o.consumer = 'scorecard'
      and o.id in (select w.id from operations.outbox w where w.tenant_id = $1 and w.consumer = 'scorecard' order by w.id limit $2)
    returning o.subject_kind, o.subject_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> (kind: String, id: Int64) { (try row.next(), try row.next()) }
}
