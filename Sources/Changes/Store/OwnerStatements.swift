import Kernel
import Postgres

/// Changes that go on, of those who left.
struct ChangesOfTheGone: Statement {
  struct Found: Sendable {
    let id: Int64
    let owner: Int64
    let staff: [UInt8]
  }

  let provider: TenantId
  let after: Int64
  let limit: Int64

  static let sql = """
    select c.id, a.id, a.public_id from tenancy.account a
    join changes.change c on c.tenant_id = a.tenant_id and c.owner_id = a.id and c.owner_id is not null and c.ended_at is null
    where a.tenant_id = $1 and a.kind = 'staff' and a.state = 'disabled' and c.id > $2 order by c.id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), owner: try row.next(), staff: try row.next()) }
}

/// Takes a change from who answers for it; no row where another one does by now, he is back, or it is over.
struct LoseChangeOwner: Statement {
  let provider: TenantId
  let change: Int64
  let owner: Int64
  let now: Instant

  static let sql = """
    update changes.change c set owner_id = null, owner_public_id = null, version = c.version + 1, updated_at = $4
    where c.tenant_id = $1 and c.id = $2 and c.owner_id = $3 and c.ended_at is null
      and exists (select from tenancy.account a where a.tenant_id = $1 and a.id = $3 and a.state = 'disabled')
    returning c.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(owner)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
