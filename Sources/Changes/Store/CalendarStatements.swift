import Kernel
import Operations
import Postgres

/// Changes whose window overlaps a period, in the order in which the windows begin.
struct ChangesOfPeriod: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let from: Instant
  let to: Instant
  let customer: TenantId?
  let after: (startsAt: Instant, id: Int64)?
  let limit: Int64
  /// Until when what is being done lasts at least.
  let now: Instant

  // A window has at most 90 days: what begins earlier is over.
  static let sql = """
    \(ChangeRow.select) where \(ChangeRow.isVisible) and c.starts_at > $8 and c.starts_at < $4
      and (c.ends_at > $3 or c.state = 'implementing' and $10::timestamptz > $3)
      and c.state not in ('cancelled', 'rejected')
      and ($5::bigint is null or exists (
        select from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id and n.customer_id = $5))
      and ($6::timestamptz is null or (c.starts_at, c.id) > ($6, $7))
    order by c.starts_at, c.id limit $9
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(from)
    parameters.append(to)
    parameters.append(customer)
    parameters.append(after?.startsAt)
    parameters.append(after?.id ?? 0)
    parameters.append(from.adding(seconds: -(ChangeFields.mostDays * 86_400 + 1)))
    parameters.append(limit)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> ChangeRow { try ChangeRow(&row) }
}

/// Other changes that lie ahead, overlap a window and touch one of these CIs.
struct ChangesClashing: Statement {
  struct Found: Sendable {
    let row: ChangeRow
    /// Those of these CIs that it touches.
    let cis: [Int64]
  }

  let provider: TenantId
  let customers: [Int64]?
  let change: Int64
  let cis: [Int64]
  let from: Instant
  let to: Instant
  let after: (startsAt: Instant, id: Int64)?
  let limit: Int64
  /// Until when what is being done lasts at least.
  let now: Instant

  static let sql = """
    select \(ChangeRow.columns), (
      select to_json(array_agg(l.ci_id order by l.ci_id)) from changes.ci_link l where l.tenant_id = c.tenant_id and l.change_id = c.id and l.ci_id = any ($4))
    \(ChangeRow.tables) where \(ChangeRow.isVisible) and c.id <> $3 and c.starts_at > $9 and c.starts_at < $6
      and (c.ends_at > $5 or c.state = 'implementing' and $11::timestamptz > $5)
      and c.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing')
      and exists (select from changes.ci_link l where l.tenant_id = c.tenant_id and l.change_id = c.id and l.ci_id = any ($4))
      and ($7::timestamptz is null or (c.starts_at, c.id) > ($7, $8))
    order by c.starts_at, c.id limit $10
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(change)
    parameters.append(cis)
    parameters.append(from)
    parameters.append(to)
    parameters.append(after?.startsAt)
    parameters.append(after?.id ?? 0)
    parameters.append(from.adding(seconds: -(ChangeFields.mostDays * 86_400 + 1)))
    parameters.append(limit)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(row: try ChangeRow(&row), cis: (try row.next() as Value?)?.array?.compactMap(\.integer) ?? [])
  }
}

struct FreezeRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let customer: PublicId?
  let service: String?
  let reason: String
  let startsAt: Instant
  let endsAt: Instant
  let author: String
  let version: Int64

  static let select = """
    select f.id, f.public_id, e.handle, e.public_id, f.service_code, f.reason, f.starts_at, f.ends_at, f.actor_name, f.version
    from changes.freeze f left join tenancy.tenant e on e.id = f.customer_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    customer = try PublicId.customer(&row)
    service = try row.next()
    reason = try row.next()
    startsAt = try row.next()
    endsAt = try row.next()
    author = try row.next()
    version = try row.next()
  }
}

struct InsertFreeze: Statement {
  let provider: TenantId
  let publicId: PublicId
  let customer: TenantId?
  let service: (id: Int64, code: String)?
  let reason: String
  let startsAt: Instant
  let endsAt: Instant
  let author: String
  let now: Instant

  static let sql = """
    insert into changes.freeze (tenant_id, public_id, customer_id, service_id, service_code, reason, starts_at, ends_at, actor_name, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customer)
    parameters.append(service?.id)
    parameters.append(service?.code)
    parameters.append(reason)
    parameters.append(startsAt)
    parameters.append(endsAt)
    parameters.append(author)
    parameters.append(now)
  }
}

/// What is for a customer whom the reader does not serve is not there.
struct FreezeByPublicId: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let publicId: PublicId

  static let sql = """
    \(FreezeRow.select) where f.tenant_id = $1 and f.public_id = $3 and ($2::bigint[] is null or f.customer_id is null or f.customer_id = any ($2))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> FreezeRow { try FreezeRow(&row) }
}

/// The freezes, the one that begins last first.
struct FreezePage: Statement {
  let provider: TenantId
  let customers: [Int64]?
  /// Only those that hold in this time; nil: from the beginning, to the end.
  let from: Instant?
  let to: Instant?
  /// Only those that hold for this customer, those for all among them.
  let customer: TenantId?
  let before: (startsAt: Instant, id: Int64)?
  let limit: Int64

  static let sql = """
    \(FreezeRow.select) where f.tenant_id = $1 and ($2::bigint[] is null or f.customer_id is null or f.customer_id = any ($2))
      and ($3::timestamptz is null or (f.starts_at, f.id) < ($3, $4))
      and ($6::timestamptz is null or f.ends_at > $6) and ($7::timestamptz is null or f.starts_at < $7)
      and ($8::bigint is null or f.customer_id is null or f.customer_id = $8)
    order by f.starts_at desc, f.id desc limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(before?.startsAt)
    parameters.append(before?.id ?? 0)
    parameters.append(limit)
    parameters.append(from)
    parameters.append(to)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> FreezeRow { try FreezeRow(&row) }
}

/// It is over now, or, where it has not begun, will not be. No row when another change was faster.
struct EndFreezeRow: Statement {
  let provider: TenantId
  let freeze: Int64
  let version: Int64
  let now: Instant

  static let sql = """
    update changes.freeze set ends_at = greatest(starts_at, $4), version = version + 1 where tenant_id = $1 and id = $2 and version = $3
    returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(freeze)
    parameters.append(version)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The freezes that hold for a change in a time and in which it may not be done, the one that ends last first: for all, for one whom it
/// concerns, for a service that it touches. A change that names no CI may touch each service.
struct FreezesOfChange: Statement {
  let provider: TenantId
  let change: Int64
  let from: Instant
  let to: Instant
  /// Those in which it may be done.
  let passed: [Int64]

  static let sql = """
    \(FreezeRow.select) where f.tenant_id = $1 and f.ends_at > $3 and f.starts_at < $4 and not f.id = any ($5::bigint[])
      and (f.customer_id is null or exists (
        select from changes.concerned n where n.tenant_id = $1 and n.change_id = $2 and n.customer_id = f.customer_id))
      and (f.service_id is null or not exists (select from changes.ci_link l where l.tenant_id = $1 and l.change_id = $2) or exists (
        select from changes.ci_link l where l.tenant_id = $1 and l.change_id = $2 and l.service_id = f.service_id
          and (f.customer_id is null or l.other_tenant_id in (f.customer_id, $1))))
    order by f.ends_at desc, f.id limit 200
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(from)
    parameters.append(to)
    parameters.append(passed)
  }

  static func decode(_ row: inout RowReader) throws -> FreezeRow { try FreezeRow(&row) }
}

struct ServiceToFreeze: Statement {
  let code: String

  static let sql = "select s.service_id, s.code from catalog.pub_service s where s.code = $1"

  func bind(to parameters: inout Parameters) { parameters.append(code) }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, code: String) { (try row.next(), try row.next()) }
}
