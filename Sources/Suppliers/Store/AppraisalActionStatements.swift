import Kernel
import Postgres

struct InsertAppraisalAction: Statement {
  let tenant: TenantId
  let publicId: PublicId
  let appraisal: Int64
  let supplier: Int64
  let what: String
  let owner: Int64?
  let dueOn: CalendarDate
  /// When people are told of it first.
  let tellOn: CalendarDate
  let now: Instant

  static let sql = """
    insert into suppliers.appraisal_action (tenant_id, public_id, appraisal_id, supplier_id, what, owner_id, due_on, state, recorded_at, tell_on)
    values ($1, $2, $3, $4, $5, $6, $7, 'open', $8, $9)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
    parameters.append(appraisal)
    parameters.append(supplier)
    parameters.append(what)
    parameters.append(owner)
    parameters.append(dueOn)
    parameters.append(now)
    parameters.append(tellOn)
  }
}

struct AppraisalActionRow: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let appraisal: [UInt8]
  let supplier: [UInt8]
  let supplierCode: String
  let period: String
  let what: String
  let ownerId: Int64?
  let owner: [UInt8]?
  let ownerName: String?
  let dueOn: CalendarDate
  let state: ActionState
  let result: String?
  let recordedAt: Instant
  let finishedAt: Instant?
  let version: Int64

  /// `c` is the action.
  static let select = """
    select c.id, c.public_id, a.public_id, s.public_id, s.code, a.period_name, c.what, c.owner_id, o.public_id, o.name, c.due_on, c.state, c.result,
      c.recorded_at, c.finished_at, c.version
    from suppliers.appraisal_action c
    join suppliers.appraisal a on a.tenant_id = c.tenant_id and a.id = c.appraisal_id
    join suppliers.supplier s on s.id = c.supplier_id
    left join tenancy.account o on o.tenant_id = c.tenant_id and o.id = c.owner_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    appraisal = try row.next()
    supplier = try row.next()
    supplierCode = try row.next()
    period = try row.next()
    what = try row.next()
    ownerId = try row.next()
    owner = try row.next()
    ownerName = try row.next()
    dueOn = try row.next()
    state = ActionState(rawValue: try row.next()) ?? .cancelled
    result = try row.next()
    recordedAt = try row.next()
    finishedAt = try row.next()
    version = try row.next()
  }
}

struct ActionByPublicId: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "\(AppraisalActionRow.select) where c.tenant_id = $1 and c.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalActionRow { try AppraisalActionRow(&row) }
}

/// What is open for a supplier, scheme and period, whichever of its appraisals it came from.
struct OpenActionOf: Statement {
  let tenant: TenantId
  let supplier: Int64
  let scheme: Int64
  let days: Range<CalendarDate>

  static let sql = """
    \(AppraisalActionRow.select)
    where c.tenant_id = $1 and c.state = 'open' and c.supplier_id = $2 and a.scheme_id = $3 and a.period_from = $4 and a.period_to = $5
    order by c.id limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(scheme)
    parameters.append(days.lowerBound)
    parameters.append(days.upperBound)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalActionRow { try AppraisalActionRow(&row) }
}

/// Open actions over all suppliers, or one's, the next due first.
struct OpenActions: Statement {
  let tenant: TenantId
  let supplier: Int64?
  let afterDay: CalendarDate
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(AppraisalActionRow.select)
    where c.tenant_id = $1 and c.state = 'open' and ($2::bigint is null or c.supplier_id = $2) and (c.due_on, c.id) > ($3, $4)
    order by c.due_on, c.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(afterDay)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalActionRow { try AppraisalActionRow(&row) }
}

/// The same of any state.
struct ActionsByDue: Statement {
  let tenant: TenantId
  let supplier: Int64?
  let afterDay: CalendarDate
  let afterId: Int64
  let limit: Int64

  static let sql = """
    \(AppraisalActionRow.select)
    where c.tenant_id = $1 and ($2::bigint is null or c.supplier_id = $2) and (c.due_on, c.id) > ($3, $4) order by c.due_on, c.id limit $5
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(supplier)
    parameters.append(afterDay)
    parameters.append(afterId)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> AppraisalActionRow { try AppraisalActionRow(&row) }
}

/// No row when another change came first.
struct UpdateAction: Statement {
  let tenant: TenantId
  let id: Int64
  let version: Int64
  let what: String
  let owner: Int64?
  let dueOn: CalendarDate
  let state: ActionState
  let result: String?
  let finishedAt: Instant?
  /// Nil: as before.
  let appraisal: Int64?
  /// When people are told of it; nil: as before.
  let tellOn: CalendarDate?

  static let sql = """
    update suppliers.appraisal_action
    set what = $4, owner_id = $5, due_on = $6, state = $7, result = $8, finished_at = $9, appraisal_id = coalesce($10, appraisal_id),
      tell_on = coalesce($11, tell_on), version = version + 1
    where tenant_id = $1 and id = $2 and version = $3 returning version
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(version)
    parameters.append(what)
    parameters.append(owner)
    parameters.append(dueOn)
    parameters.append(state.rawValue)
    parameters.append(result)
    parameters.append(finishedAt)
    parameters.append(appraisal)
    parameters.append(tellOn)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// An account of staff that is active.
struct ActiveStaff: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select id from tenancy.account where tenant_id = $1 and public_id = $2 and kind = 'staff' and state = 'active'"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
