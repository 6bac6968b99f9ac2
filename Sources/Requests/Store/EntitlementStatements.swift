import Kernel
import Operations
import Postgres

/// Locks a person, so that what changes somebody's access comes one after the other; what refers to him, as a new ticket does, need not wait.
struct HoldPerson: Statement {
  let tenant: TenantId
  let person: AccessOrder.Person

  static let sql = "select p.id from tenancy.person p where p.tenant_id = $1 and (p.public_id = $2 or p.id = $3) for no key update"

  func bind(to parameters: inout Parameters) {
    let (publicId, id): ([UInt8]?, Int64?) =
      switch person {
      case .named(let id): (id.random, nil)
      case .requester(let id): (nil, id)
      }
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Ends what a person has of a thing. No row: he had nothing. An act's instant is that of its beginning: what it waited for may have given
/// access at a later one.
struct EndEntitlement: Statement {
  let tenant: TenantId
  let person: Int64
  let resource: String
  let request: Int64
  /// Only what is held on this day; nil: also what has run out.
  let heldOn: CalendarDate?
  let now: Instant

  static let sql = """
    update requests.entitlement set ended_at = greatest(since, $5), ended_request_id = $4, version = version + 1
    where tenant_id = $1 and person_id = $2 and resource = $3 and ended_at is null and ($6::date is null or until_on is null or until_on >= $6)
    returning public_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(person)
    parameters.append(resource)
    parameters.append(request)
    parameters.append(now)
    parameters.append(heldOn)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// What a review had ended of a thing is taken by this request, or given anew: nobody is to take it any more.
struct SettleRevoked: Statement {
  let tenant: TenantId
  let person: Int64
  let resource: String
  let request: Int64
  let now: Instant

  static let sql = """
    update requests.entitlement set taken_at = greatest(ended_at, $5), taken_request_id = $4, version = version + 1
    where tenant_id = $1 and person_id = $2 and resource = $3 and ended_review_id is not null and taken_at is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(person)
    parameters.append(resource)
    parameters.append(request)
    parameters.append(now)
  }
}

struct InsertEntitlement: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let person: Int64
  let order: AccessOrder
  let request: Int64
  let now: Instant

  static let sql = """
    insert into requests.entitlement (tenant_id, public_id, person_id, resource, level, request_id, since, until_on) values ($1, $2, $3, $4, $5, $6, $7, $8)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(person)
    parameters.append(order.resource)
    parameters.append(order.level)
    parameters.append(request)
    parameters.append(now)
    parameters.append(order.until)
  }
}

/// An entitlement as it is shown.
struct EntitlementRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let personId: Int64
  let person: [UInt8]
  let personName: String
  let resource: String
  let level: String?
  let since: Instant
  let until: CalendarDate?
  let request: [UInt8]
  let requestNumber: Int64
  let endedAt: Instant?
  let endedByRequest: [UInt8]?
  let endedByReview: [UInt8]?
  let takenAt: Instant?
  let takenByRequest: [UInt8]?
  /// Whether it is to be taken, and nobody has yet.
  let isUntaken: Bool
  let version: Int64

  static let columns = """
    e.id, e.public_id, e.person_id, p.public_id, p.name, e.resource, e.level, e.since, e.until_on, r.public_id, r.number, e.ended_at, q.public_id, w.public_id, e.taken_at,
      k.public_id, \(EntitlementRow.untaken), e.version
    """
  static let tables = """
    join tenancy.person p on p.tenant_id = e.tenant_id and p.id = e.person_id
    join requests.request r on r.tenant_id = e.tenant_id and r.id = e.request_id
    left join requests.request q on q.tenant_id = e.tenant_id and q.id = e.ended_request_id
    left join requests.access_review w on w.tenant_id = e.tenant_id and w.id = e.ended_review_id
    left join requests.request k on k.tenant_id = e.tenant_id and k.id = e.taken_request_id
    """
  /// A review revoked it, or an order that was agreed to is to take it, and the task that does is still to be done, or to be opened: of one that was
  /// reopened the next one does what was skipped. Access is ordered for whom the request is for.
  static let untaken = """
    (e.ended_review_id is not null and e.taken_at is null or e.ended_at is null and exists (
      select from requests.request o join catalog.pub_offering_version v on v.version_id = o.offering_version_id
      where o.tenant_id = e.tenant_id and o.requester_id = e.person_id and o.state in ('approved', 'fulfilling')
        and v.content #>> '{access,action}' = 'revoke'
        and e.resource = coalesce(v.content #>> '{access,resource}', o.answers ->> (v.content #>> '{access,resourceAnswer}'))
        and not exists (
          select from requests.task t where t.tenant_id = o.tenant_id and t.request_id = o.id and t.carries_access and t.state = 'done')
        and (o.state = 'approved' or exists (
          select from requests.task t
          where t.tenant_id = o.tenant_id and t.request_id = o.id and t.carries_access and t.state not in ('skipped', 'cancelled')))))
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    personId = try row.next()
    person = try row.next()
    personName = try row.next()
    resource = try row.next()
    level = try row.next()
    since = try row.next()
    until = try row.next()
    request = try row.next()
    requestNumber = try row.next()
    endedAt = try row.next()
    endedByRequest = try row.next()
    endedByReview = try row.next()
    takenAt = try row.next()
    takenByRequest = try row.next()
    isUntaken = try row.next()
    version = try row.next()
  }
}

/// Who has what, in the order in which it was given.
struct EntitlementsOfTenant: Statement {
  let tenant: TenantId
  let scope: RowScope
  let person: [UInt8]?
  let resource: String?
  /// Only what is held on this day; nil: also what has ended.
  let heldOn: CalendarDate?
  /// Only what is to be taken, and nobody has yet.
  let untakenOnly: Bool
  /// Only what was given until a day before this one and nobody has taken; nil: all.
  let lapsedBefore: CalendarDate?
  let after: Int64
  let limit: Int64

  static let sql = """
    select \(EntitlementRow.columns) from requests.entitlement e \(EntitlementRow.tables)
    where e.tenant_id = $1 and ($2 or p.unit_id = any($3) or e.person_id = $4) and ($5::bytea is null or p.public_id = $5)
      and ($6::text is null or e.resource = $6) and ($7::date is null or e.ended_at is null and (e.until_on is null or e.until_on >= $7)) and e.id > $8
      and (not $10 or \(EntitlementRow.untaken)) and ($11::date is null or e.ended_at is null and e.until_on < $11)
    order by e.id limit $9
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(everything: scope)
    parameters.append(person)
    parameters.append(resource)
    parameters.append(heldOn)
    parameters.append(after)
    parameters.append(limit)
    parameters.append(untakenOnly)
    parameters.append(lapsedBefore)
  }

  static func decode(_ row: inout RowReader) throws -> EntitlementRow { try EntitlementRow(&row) }
}
