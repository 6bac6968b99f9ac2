import Kernel
import Operations
import Postgres

/// Who of the staff sees a thing of the provider's, and so may watch it.
package struct Readership: Sendable {
  /// What it takes to read such things.
  let permission: String
  /// Of whom somebody must serve one; nil: of any. With nobody in it, it is for who serves all.
  let serving: [Int64]?
  /// Accounts that see it besides, whomever they serve.
  let besides: [Int64]

  package init(permission: String, serving: [Int64]?, besides: [Int64] = []) {
    self.permission = permission
    self.serving = serving
    self.besides = besides
  }

  /// SQL: whether the account `a` is one who sees it. $3 the permission, $4 whom he serves one of, $5 the accounts besides, $6 now.
  static let sees = """
    (a.kind = 'staff' and a.state = 'active' and exists (
      select from tenancy.role_grant g join tenancy.role_permission q on q.role = g.role and q.permission = $3
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $6)
        and (g.scope = 'all' or g.scope = 'listed' and ($4::bigint[] is null or a.id = any ($5) or exists (
          select from tenancy.role_grant_tenant l
          where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = any ($4))))))
    """
}

extension Parameters {
  /// $3 to $6 of ``Readership/sees``.
  fileprivate mutating func append(_ readers: Readership, at now: Instant) {
    append(readers.permission)
    append(readers.serving)
    append(readers.besides)
    append(now)
  }
}

/// An active member of the staff, and whether he sees what he is to watch.
struct StaffToWatch: Statement {
  struct Found: Sendable {
    let id: Int64
    let sees: Bool
  }

  let provider: TenantId
  let publicId: PublicId
  let readers: Readership
  let now: Instant

  static let sql = """
    select a.id, \(Readership.sees) from tenancy.account a
    where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(readers, at: now)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), sees: try row.next()) }
}

/// No row when he watches it already.
struct InsertProcessWatcher: Statement {
  let provider: TenantId
  let subject: OfferSubject
  let watcher: Ticket.Reference
  let now: Instant

  static let sql = """
    insert into desk.process_watcher (tenant_id, subject_kind, subject_id, account_id, account_public_id, recorded_at) values ($1, $2, $3, $4, $5, $6)
    on conflict do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject.kind)
    parameters.append(subject.id)
    parameters.append(watcher.id)
    parameters.append(watcher.publicId)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when he did not watch it.
struct DeleteProcessWatcher: Statement {
  let provider: TenantId
  let subject: OfferSubject
  let account: Int64

  static let sql = """
    delete from desk.process_watcher where tenant_id = $1 and subject_kind = $2 and subject_id = $3 and account_id = $4 returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject.kind)
    parameters.append(subject.id)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Those who see it still, in the order in which they began.
struct WatchersOfProcess: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
    let name: String
    let since: Instant
  }

  let provider: TenantId
  let subject: OfferSubject
  let readers: Readership
  let now: Instant
  let after: Int64
  let limit: Int64

  static let sql = """
    select w.id, w.account_public_id, a.name, w.recorded_at
    from desk.process_watcher w join tenancy.account a on a.tenant_id = w.tenant_id and a.id = w.account_id
    where w.tenant_id = $1 and w.subject_kind = $2 and w.subject_id = $7 and \(Readership.sees) and w.id > $8 order by w.id limit $9
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subject.kind)
    parameters.append(readers, at: now)
    parameters.append(subject.id)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), publicId: try row.next(), name: try row.next(), since: try row.next())
  }
}
