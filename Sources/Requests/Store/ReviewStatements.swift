import Kernel
import Operations
import Postgres

/// Who can decide on what the people of a customer have.
package enum ReviewerRight {
  package static let permission = "access_review.manage"
  /// SQL: whether a person `p` is there, and has a login that may decide. $3 is the permission, $4 now.
  package static let mayDecide = """
    (p.left_at is null and exists (
      select from tenancy.account a
      join tenancy.role_grant g on g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $4)
      join tenancy.role_permission q on q.role = g.role and q.permission = $3
      where a.tenant_id = p.tenant_id and a.person_id = p.id and a.state = 'active' and a.kind in ('staff', 'customer')
        and (g.scope in ('tenant', 'all') or g.scope = 'listed' and exists (
          select from tenancy.role_grant_tenant l
          where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = p.tenant_id))))
    """
}

struct ReviewerMayDecide: Statement {
  let tenant: TenantId
  let person: Int64
  let now: Instant

  static let sql = "select \(ReviewerRight.mayDecide) from tenancy.person p where p.tenant_id = $1 and p.id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(person)
    parameters.append(ReviewerRight.permission)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// A review as it is shown.
struct ReviewRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let resource: String?
  let reviewerId: Int64?
  let reviewer: [UInt8]?
  let dueOn: CalendarDate
  let openedAt: Instant
  let closedAt: Instant?
  let total: Int64
  let decided: Int64
  /// What it revoked, and nobody has taken away yet.
  let untaken: Int64
  let version: Int64

  static let select = """
    select w.id, w.public_id, w.resource, w.reviewer_id, p.public_id, w.due_on, w.opened_at, w.closed_at, w.items_total, w.items_decided,
      (select count(*) from requests.entitlement e where e.tenant_id = w.tenant_id and e.ended_review_id = w.id and e.taken_at is null), w.version
    from requests.access_review w left join tenancy.person p on p.tenant_id = w.tenant_id and p.id = w.reviewer_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    resource = try row.next()
    reviewerId = try row.next()
    reviewer = try row.next()
    dueOn = try row.next()
    openedAt = try row.next()
    closedAt = try row.next()
    total = try row.next()
    decided = try row.next()
    untaken = try row.next()
    version = try row.next()
  }
}

struct ReviewByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(ReviewRow.select) where w.tenant_id = $1 and w.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ReviewRow { try ReviewRow(&row) }
}

/// Locks it: decisions on one review come one after the other. It is read by a statement that comes after this one.
struct HoldReview: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select w.id from requests.access_review w where w.tenant_id = $1 and w.public_id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A customer's reviews, the newest first.
struct ReviewsOfTenant: Statement {
  let tenant: TenantId
  let openOnly: Bool
  let before: Int64
  let limit: Int64

  static let sql = "\(ReviewRow.select) where w.tenant_id = $1 and (not $2 or w.closed_at is null) and w.id < $3 order by w.id desc limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(openOnly)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ReviewRow { try ReviewRow(&row) }
}

/// What was given and not taken, of one resource or of all, when a review is opened: also what has run out, for that a day is over takes no
/// access from anybody.
struct EntitlementsToReview: Statement {
  let tenant: TenantId
  let resource: String?

  static let sql = """
    select e.id from requests.entitlement e
    where e.tenant_id = $1 and e.ended_at is null and ($2::text is null or e.resource = $2) order by e.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(resource)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertReview: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let resource: String?
  let reviewer: Int64?
  let dueOn: CalendarDate
  let now: Instant
  let total: Int64

  static let sql = """
    insert into requests.access_review (tenant_id, public_id, resource, reviewer_id, due_on, opened_at, items_total) values ($1, $2, $3, $4, $5, $6, $7)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(resource)
    parameters.append(reviewer)
    parameters.append(dueOn)
    parameters.append(now)
    parameters.append(total)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct InsertReviewItems: Statement {
  let tenant: TenantId
  let review: Int64
  let entitlements: [Int64]

  static let sql = """
    insert into requests.access_review_item (tenant_id, review_id, entitlement_id) select $1, $2, i.id from unnest($3::bigint[]) as i (id)
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(review)
    parameters.append(entitlements)
  }
}

/// An entitlement in a review.
struct ReviewItemRow: Sendable {
  let entitlement: EntitlementRow
  let result: String?
  let reason: String?
  let decidedAt: Instant?

  static let select = """
    select \(EntitlementRow.columns), i.result, i.reason, i.decided_at
    from requests.access_review_item i join requests.entitlement e on e.tenant_id = i.tenant_id and e.id = i.entitlement_id \(EntitlementRow.tables)
    """

  init(_ row: inout RowReader) throws {
    entitlement = try EntitlementRow(&row)
    result = try row.next()
    reason = try row.next()
    decidedAt = try row.next()
  }
}

struct ReviewItems: Statement {
  let tenant: TenantId
  let review: Int64
  let after: Int64
  let limit: Int64

  static let sql = "\(ReviewItemRow.select) where i.tenant_id = $1 and i.review_id = $2 and i.entitlement_id > $3 order by i.entitlement_id limit $4"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(review)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ReviewItemRow { try ReviewItemRow(&row) }
}

struct ReviewItem: Statement {
  let tenant: TenantId
  let review: Int64
  let entitlement: PublicId

  static let sql = "\(ReviewItemRow.select) where i.tenant_id = $1 and i.review_id = $2 and e.public_id = $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(review)
    parameters.append(entitlement.random)
  }

  static func decode(_ row: inout RowReader) throws -> ReviewItemRow { try ReviewItemRow(&row) }
}

struct DecideReviewItem: Statement {
  let tenant: TenantId
  let review: Int64
  let entitlement: Int64
  let result: String
  let reason: String?
  let actor: Actor
  let now: Instant

  static let sql = """
    update requests.access_review_item set result = $4, reason = $5, decided_at = $6, decided_kind = $7, decided_id = $8
    where tenant_id = $1 and review_id = $2 and entitlement_id = $3 and result is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(review)
    parameters.append(entitlement)
    parameters.append(result)
    parameters.append(reason)
    parameters.append(now)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
  }
}

/// Ends what a review found to be wrong; what has ended meanwhile stays as it ended.
struct RevokeEntitlement: Statement {
  let tenant: TenantId
  let entitlement: Int64
  let review: Int64
  let now: Instant

  static let sql = """
    update requests.entitlement set ended_at = greatest(since, $4), ended_review_id = $3, version = version + 1
    where tenant_id = $1 and id = $2 and ended_at is null
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(entitlement)
    parameters.append(review)
    parameters.append(now)
  }
}

/// Counts a decision; the last one closes the review. The row was locked before.
struct AdvanceReview: Statement {
  let tenant: TenantId
  let review: Int64
  let now: Instant

  static let sql = """
    update requests.access_review set items_decided = items_decided + 1, version = version + 1,
      closed_at = case when items_decided + 1 = items_total then $3::timestamptz end
    where tenant_id = $1 and id = $2 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(review)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Over all tenants, reviews that go on though their day is over, of which that was not told, by their numbers.
struct OverdueReviewsToTell: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let review: Int64
  }

  let before: CalendarDate
  let after: Int64
  let limit: Int32

  static let sql = "select tenant_id, id from finder.access_reviews_to_tell($1, $2, $3)"

  func bind(to parameters: inout Parameters) {
    parameters.append(before)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), review: try row.next()) }
}

/// Takes the telling upon itself; no row when it was told or closed meanwhile, or its day is not over yet where the customer is.
struct TakeOverdueReview: Statement {
  let tenant: TenantId
  let review: Int64
  let today: CalendarDate
  let now: Instant

  static let sql = """
    update requests.access_review set overdue_told_at = $4
    where tenant_id = $1 and id = $2 and due_on < $3 and closed_at is null and overdue_told_at is null returning due_on
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(review)
    parameters.append(today)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> CalendarDate { try row.next() }
}
