import Kernel
import Operations
import Postgres
import Tenancy

/// What the newest editions say, of each process that has one.
struct NewestContents: Statement {
  struct Found: Sendable {
    let process: String
    let content: Value
  }

  static let sql = """
    select h.process, e.content from handbooks.handbook h join handbooks.edition e on e.handbook_id = h.id and e.seq = h.newest_seq
    """

  static func decode(_ row: inout RowReader) throws -> Found { Found(process: try row.next(), content: try row.next()) }
}

/// Whom the provider names.
struct OwnershipDefaults: Statement {
  struct Found: Sendable {
    let process: String
    let staff: [UInt8]
  }

  static let sql = "select d.process, d.staff_public_id from handbooks.ownership_default d"

  static func decode(_ row: inout RowReader) throws -> Found { Found(process: try row.next(), staff: try row.next()) }
}

struct SetOwnershipDefault: Statement {
  let process: OwnedProcess
  let staff: PublicId
  let now: Instant

  static let sql = """
    insert into handbooks.ownership_default (process, staff_public_id, recorded_at) values ($1, $2, $3)
    on conflict (process) do update set staff_public_id = excluded.staff_public_id, recorded_at = excluded.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(process.rawValue)
    parameters.append(staff.random)
    parameters.append(now)
  }
}

struct DropOwnershipDefault: Statement {
  let process: OwnedProcess

  static let sql = "delete from handbooks.ownership_default where process = $1"

  func bind(to parameters: inout Parameters) { parameters.append(process.rawValue) }
}

/// Of some members of the staff those who are still there and have permissions for all customers, with each of these that they have; the provider's
/// tenant is bound.
struct StaffWhoMayAnswer: Statement {
  struct Found: Sendable {
    let permission: String
    let staff: AccountableRule.Staff
  }

  let provider: TenantId
  let publicIds: [[UInt8]]
  let permissions: [String]
  let now: Instant

  static let sql = """
    select w.permission, a.id, a.public_id, a.name from tenancy.account a cross join unnest($3::text[]) w (permission)
    where a.tenant_id = $1 and a.public_id = any ($2) and a.kind = 'staff' and a.state = 'active' and exists (
      select from tenancy.role_grant g join tenancy.role_permission q on q.role = g.role and q.permission = w.permission
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.scope = 'all' and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > $4))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicIds)
    parameters.append(permissions)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(permission: try row.next(), staff: AccountableRule.Staff(id: try row.next(), publicId: try row.next(), name: try row.next()))
  }
}

/// The administrator of all customers who has been there longest.
struct FirstAdministrator: Statement {
  let provider: TenantId
  let now: Instant

  static let sql = """
    select a.id, a.public_id, a.name from tenancy.account a
    where a.tenant_id = $1 and a.kind = 'staff' and a.state = 'active' and exists (
      select from tenancy.role_grant g
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.role = $3 and g.scope = 'all' and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > $2))
    order by a.recorded_at, a.id limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(now)
    parameters.append(StockRole.administrator.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> AccountableRule.Staff {
    AccountableRule.Staff(id: try row.next(), publicId: try row.next(), name: try row.next())
  }
}

/// Who answers now, of each process.
struct AccountablesInForce: Statement {
  struct Found: Sendable {
    let process: String
    let since: Instant
    let accountable: Accountable?
  }

  static let sql = """
    select a.process, a.valid_from, a.owner_id, a.owner_public_id, a.owner_name, a.rule from handbooks.pub_accountable a order by a.process
    """

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(process: try row.next(), since: try row.next(), accountable: try Accountable(&row))
  }
}

/// Who answered does not from now on.
struct EndAccountable: Statement {
  let process: OwnedProcess
  let now: Instant

  static let sql = "update handbooks.accountable set ended_at = greatest($2, valid_from) where process = $1 and ended_at is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(process.rawValue)
    parameters.append(now)
  }
}

/// Who answers from now on. Where another one was resolved meanwhile, that one stays until the next look.
struct KeepAccountable: Statement {
  let process: OwnedProcess
  let accountable: Accountable
  let now: Instant

  static let sql = """
    insert into handbooks.accountable (process, owner_id, owner_public_id, owner_name, rule, valid_from) values ($1, $2, $3, $4, $5, $6)
    on conflict (process) where ended_at is null do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(process.rawValue)
    parameters.append(accountable.id)
    parameters.append(accountable.publicId)
    parameters.append(accountable.name)
    parameters.append(accountable.rule.rawValue)
    parameters.append(now)
  }
}
