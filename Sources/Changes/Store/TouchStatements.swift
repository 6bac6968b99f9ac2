import Kernel
import Operations
import Postgres
import Tenancy

/// Says that a change concerns a customer; no row when it did already.
struct InsertConcerned: Statement {
  let provider: TenantId
  let change: Int64
  let customer: TenantId
  let now: Instant

  static let sql = """
    insert into changes.concerned (tenant_id, change_id, customer_id, recorded_at) values ($1, $2, $3, $4)
    on conflict (tenant_id, change_id, customer_id) do nothing returning customer_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customer)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Says that a change concerns several customers; those whom it did not concern yet.
struct ConcernCustomers: Statement {
  let provider: TenantId
  let change: Int64
  let customers: [TenantId]
  let now: Instant

  static let sql = """
    insert into changes.concerned (tenant_id, change_id, customer_id, recorded_at)
    select $1, $2, x.customer_id, $4 from unnest($3::bigint[]) x (customer_id)
    on conflict (tenant_id, change_id, customer_id) do nothing returning customer_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customers.map(\.rawValue))
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}

/// A change does not concern a customer any more; no row when it did not, or when something of it is still his affair: a CI that is touched, what it
/// is to resolve, or that he was told of it. The customer is bound. It gives since when it concerned him.
struct DropConcerned: Statement {
  let provider: TenantId
  let change: Int64
  let customer: TenantId

  static let sql = """
    delete from changes.concerned n where n.tenant_id = $1 and n.change_id = $2 and n.customer_id = $3
      and not exists (
        select from changes.ci_link l where l.tenant_id = $1 and l.change_id = $2 and (l.other_tenant_id = $3
          or l.other_tenant_id = $1 and exists (
            select from assets.pub_affected_customer a where a.tenant_id = $1 and a.ci_id = l.ci_id and a.customer_id = $3)))
      and not exists (
        select from changes.link l
        left join problems.pub_problem p on l.kind in ('problem', 'caused_problem') and p.tenant_id = l.other_tenant_id and p.problem_id = l.other_id
        where l.tenant_id = $1 and l.change_id = $2 and (l.other_tenant_id = $3 or p.customer_id = $3))
      and not exists (select from changes.notice t where t.tenant_id = $3 and t.change_id = $2)
    returning n.recorded_at
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Instant { try row.next() }
}

/// What was to be told to a customer whom the change does not concern any more.
struct DropAnnouncement: Statement {
  let provider: TenantId
  let change: Int64
  let customer: TenantId

  static let sql = "delete from changes.announcement where tenant_id = $1 and change_id = $2 and customer_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customer)
  }
}

/// Nor does the release concern him through that change, unless another of its changes does, or one did before he was said to be concerned by this.
struct ForgetConcernedByRelease: Statement {
  let provider: TenantId
  let release: Int64
  let customer: TenantId
  let since: Instant

  static let sql = """
    delete from changes.release_concerned n where n.tenant_id = $1 and n.release_id = $2 and n.customer_id = $3 and n.recorded_at >= $4
      and not exists (
        select from changes.change c join changes.concerned o on o.tenant_id = c.tenant_id and o.change_id = c.id and o.customer_id = $3
        where c.tenant_id = $1 and c.release_id = $2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(release)
    parameters.append(customer)
    parameters.append(since)
  }
}

struct IsConcerned: Statement {
  let provider: TenantId
  let change: Int64
  let customer: TenantId

  static let sql = "select true from changes.concerned where tenant_id = $1 and change_id = $2 and customer_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customer)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// A change concerns whomever the CIs affect that it names and the provider shares, as the CMDB knows it now.
struct ConcernAffected: Statement {
  let provider: TenantId
  let change: Int64
  let now: Instant

  static let sql = """
    insert into changes.concerned (tenant_id, change_id, customer_id, recorded_at)
    select distinct $1::bigint, $2::bigint, a.customer_id, $3::timestamptz from changes.ci_link l
    join assets.pub_affected_customer a on a.tenant_id = l.tenant_id and a.ci_id = l.ci_id
    where l.tenant_id = $1 and l.change_id = $2 and l.other_tenant_id = $1
    on conflict (tenant_id, change_id, customer_id) do nothing returning customer_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whom a change concerns, of the customers whom the reader serves (null: all).
struct ConcernedCustomers: Statement {
  struct Found: Sendable {
    let id: TenantId
    let publicId: PublicId
  }

  let provider: TenantId
  let change: Int64
  let customers: [Int64]?
  let limit: Int64

  static let sql = """
    select n.customer_id, e.handle, e.public_id from changes.concerned n join tenancy.tenant e on e.id = n.customer_id
    where n.tenant_id = $1 and n.change_id = $2 and ($3::bigint[] is null or n.customer_id = any ($3)) order by n.customer_id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customers)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let id: TenantId = try row.next()
    let handle = TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64))
    let kind = IdKind.customer.prefix
    return Found(id: id, publicId: PublicId(kind: kind, handle: handle, random: try row.next()) ?? .none(kind: kind, handle: handle))
  }
}

/// Names a CI; no row when the change names it already.
struct InsertCiLink: Statement {
  let provider: TenantId
  let change: Int64
  let ci: Int64
  let tenant: TenantId
  let service: Int64?
  let now: Instant

  static let sql = """
    insert into changes.ci_link (tenant_id, change_id, ci_id, other_tenant_id, service_id, recorded_at) values ($1, $2, $3, $4, $5, $6)
    on conflict (tenant_id, change_id, ci_id) do nothing returning ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(ci)
    parameters.append(tenant)
    parameters.append(service)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DropCiLink: Statement {
  let provider: TenantId
  let change: Int64
  let ci: Int64

  static let sql = "delete from changes.ci_link where tenant_id = $1 and change_id = $2 and ci_id = $3 returning ci_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(ci)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The CIs that a change names: of the customers whom the reader serves (null: all), and what the provider shares and affects one of these.
struct CiLinks: Statement {
  struct Found: Sendable {
    let ci: Int64
    let tenant: TenantId
  }

  let provider: TenantId
  let change: Int64
  let customers: [Int64]?

  static let sql = """
    select l.ci_id, l.other_tenant_id from changes.ci_link l
    where l.tenant_id = $1 and l.change_id = $2 and ($3::bigint[] is null or l.other_tenant_id = any ($3)
      or l.other_tenant_id = $1 and exists (
        select from assets.pub_affected_customer a where a.tenant_id = $1 and a.ci_id = l.ci_id and a.customer_id = any ($3)))
    order by l.recorded_at, l.ci_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(ci: try row.next(), tenant: try row.next()) }
}

/// Links a change to what it is to resolve, or has caused; no row when they were linked.
struct InsertLink: Statement {
  let provider: TenantId
  let change: Int64
  let kind: String
  let tenant: TenantId
  let other: Int64
  let publicId: [UInt8]
  let now: Instant

  static let sql = """
    insert into changes.link (tenant_id, change_id, kind, other_tenant_id, other_id, other_public_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7)
    on conflict (tenant_id, change_id, kind, other_tenant_id, other_id) do nothing returning other_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(kind)
    parameters.append(tenant)
    parameters.append(other)
    parameters.append(publicId)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct DropLink: Statement {
  let provider: TenantId
  let change: Int64
  let kind: String
  let tenant: TenantId
  let other: Int64

  static let sql = """
    delete from changes.link where tenant_id = $1 and change_id = $2 and kind = $3 and other_tenant_id = $4 and other_id = $5 returning other_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(kind)
    parameters.append(tenant)
    parameters.append(other)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What a change is to resolve and what it has caused, as far as the reader serves whom it belongs to (null: all). A problem with a customer is there for who serves
/// him.
struct LinksOfChange: Statement {
  struct Found: Sendable {
    let kind: String
    let handle: TenantHandle
    let publicId: [UInt8]

    var id: PublicId {
      let prefix =
        switch kind {
        case "incident", "caused_incident": "inc"
        case "request": "req"
        default: "prb"
        }
      return PublicId(kind: prefix, handle: handle, random: publicId) ?? .none(kind: prefix, handle: handle)
    }
  }

  let provider: TenantId
  let change: Int64
  let customers: [Int64]?

  static let sql = """
    select l.kind, e.handle, l.other_public_id from changes.link l
    join tenancy.tenant e on e.id = l.other_tenant_id
    left join problems.pub_problem p on l.kind in ('problem', 'caused_problem') and p.tenant_id = l.other_tenant_id and p.problem_id = l.other_id
    where l.tenant_id = $1 and l.change_id = $2
      and ($3::bigint[] is null or l.kind in ('incident', 'caused_incident', 'request') and l.other_tenant_id = any ($3)
        or l.kind in ('problem', 'caused_problem') and (p.customer_id is null or p.customer_id = any ($3)))
    order by l.recorded_at, l.kind, l.other_id limit 500
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(kind: try row.next(), handle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)), publicId: try row.next())
  }
}

/// A problem that a body names, which the caller may see.
struct ProblemToLink: Statement {
  struct Found: Sendable {
    let id: Int64
    /// Whom alone it is about; nil: it may concern several.
    let customer: TenantId?
  }

  let provider: TenantId
  let customers: [Int64]?
  let publicId: PublicId

  static let sql = """
    select p.problem_id, p.customer_id from problems.pub_problem p
    where p.tenant_id = $1 and p.public_id = $3 and ($2::bigint[] is null or p.customer_id is null or p.customer_id = any ($2))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), customer: try row.next()) }
}
