import Approvals
import Kernel
import Operations
import Postgres
import Tenancy

/// An approval as it is shown, with what it is about.
struct ApprovalRow: Sendable {
  let id: Int64
  let approval: Approval
  let person: [UInt8]?
  let request: [UInt8]
  let requestNumber: Int64
  let offeringCode: String
  let offeringName: Value
  let requester: [UInt8]?
  let requesterName: String?
  let value: Money?
  let answers: Value

  static let select = """
    select a.id, \(Approval.columns), h.public_id, r.public_id, r.number, o.code, v.content -> 'name', p.public_id, p.name, r.value_minor, r.value_currency,
      r.answers
    """
  static let others = """
    join requests.request r on r.tenant_id = a.tenant_id and r.id = a.request_id
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    left join tenancy.person h on h.tenant_id = a.tenant_id and h.id = a.person_id
    left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    approval = try Approval(&row)
    person = try row.next()
    request = try row.next()
    requestNumber = try row.next()
    offeringCode = try row.next()
    offeringName = try row.next()
    requester = try row.next()
    requesterName = try row.next()
    value = try Money(minorUnits: row.next(), code: row.next())
    answers = try row.next()
  }
}

/// All that are asked for a request, in the order of the rule.
struct ApprovalsShown: Statement {
  let tenant: TenantId
  let request: Int64

  static let sql = """
    \(ApprovalRow.select) from requests.approval a \(ApprovalRow.others) where a.tenant_id = $1 and a.request_id = $2 order by a.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
  }

  static func decode(_ row: inout RowReader) throws -> ApprovalRow { try ApprovalRow(&row) }
}

struct ApprovalShown: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = """
    \(ApprovalRow.select) from requests.approval a \(ApprovalRow.others) where a.tenant_id = $1 and a.public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ApprovalRow { try ApprovalRow(&row) }
}

/// The request that an approval is of.
struct RequestOfApproval: Statement {
  let tenant: TenantId
  let publicId: PublicId

  static let sql = "select a.request_id from requests.approval a where a.tenant_id = $1 and a.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Where the approvals that wait for somebody stand, across tenants.
struct WaitingApprovals: Statement {
  struct Found: Sendable {
    let tenant: TenantId
    let id: Int64
    let askedAt: Instant
  }

  /// For what somebody may be asked: his roles, each with what it is granted for.
  struct Standing: Sendable {
    /// Nil: every tenant.
    let permitted: [Int64]?
    /// A role and a whole tenant; 0: every one.
    private(set) var wide: [(role: String, tenant: Int64)] = []
    private(set) var units: [(role: String, unit: Int64)] = []
    private(set) var own: [String] = []
    let home: TenantId
    let party: Party

    init(of principal: Principal, _ access: Access, at now: Instant) {
      permitted = access.tenants.map { $0.map(\.rawValue).sorted() }
      (home, party) = (principal.tenant, Party(principal))
      for grant in principal.grants where grant.permissions.contains(ApproverRule.permission) && (grant.expiresAt.map { now < $0 } ?? true) {
        switch grant.scope {
        case .all: wide.append((role: grant.role, tenant: 0))
        case .tenant: wide.append((role: grant.role, tenant: principal.tenant.rawValue))
        case .listed(let tenants): for tenant in tenants.map(\.rawValue).sorted() { wide.append((role: grant.role, tenant: tenant)) }
        case .units(let ids): for unit in ids.sorted() { units.append((role: grant.role, unit: unit)) }
        case .own: own.append(grant.role)
        }
      }
    }
  }

  let standing: Standing
  let after: Found?
  let limit: Int64

  static let sql = "select tenant_id, id, asked_at from finder.waiting_approvals($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)"

  func bind(to parameters: inout Parameters) {
    parameters.append(standing.permitted)
    parameters.append(standing.wide.map(\.role))
    parameters.append(standing.wide.map(\.tenant))
    parameters.append(standing.units.map(\.role))
    parameters.append(standing.units.map(\.unit))
    parameters.append(standing.own)
    parameters.append(standing.home)
    parameters.append(standing.party.person)
    parameters.append(standing.party.kind)
    parameters.append(standing.party.id)
    parameters.append(after?.askedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(tenant: try row.next(), id: try row.next(), askedAt: try row.next()) }
}

/// The approvals at positions that the finder gave, with their customers; exactly those tenants are bound.
struct ApprovalsAt: Statement {
  struct Found: Sendable {
    let row: ApprovalRow
    let tenant: TenantEntry
  }

  let positions: [WaitingApprovals.Found]

  static let sql = """
    \(ApprovalRow.select), e.id, e.handle, e.public_id, e.kind, e.code, e.name, e.zone, e.language, e.state, e.version
    from unnest($1::bigint[], $2::bigint[]) w (tenant_id, id)
    join requests.approval a on a.tenant_id = w.tenant_id and a.id = w.id
    join tenancy.tenant e on e.id = a.tenant_id
    \(ApprovalRow.others)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(positions.map(\.tenant))
    parameters.append(positions.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(row: try ApprovalRow(&row), tenant: try TenantEntry(&row)) }
}

/// Whether anybody can decide an approval; see `finder.has_approver`.
struct HasApprover: Statement {
  let tenant: TenantId
  let roles: [String]
  let person: Int64?
  /// The unit that it was ordered for, and those above it.
  let units: [Int64]
  let requester: Int64?
  /// Whose word does not count.
  let parties: [Party]
  let persons: [Int64]
  let now: Instant

  static let sql = "select finder.has_approver($1, $2, $3, $4, $5, $6, $7, $8, $9)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(roles)
    parameters.append(person)
    parameters.append(units)
    parameters.append(requester)
    parameters.append(parties.map(\.kind))
    parameters.append(parties.map(\.id))
    parameters.append(persons)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// Where all approvals stand that wait for somebody, whoever that is, across tenants.
struct AskedApprovals: Statement {
  /// Nil: every tenant.
  let tenants: [Int64]?
  let after: WaitingApprovals.Found?
  let limit: Int64

  static let sql = "select tenant_id, id, asked_at from finder.asked_approvals($1, $2, $3, $4, $5)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(after?.askedAt)
    parameters.append(after?.tenant)
    parameters.append(after?.id)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> WaitingApprovals.Found { try WaitingApprovals.decode(&row) }
}

/// The request of an approval that waits for somebody.
struct RequestOfAsked: Statement {
  let tenant: TenantId
  let approval: Int64

  static let sql = "select a.request_id from requests.approval a where a.tenant_id = $1 and a.id = $2 and a.state = 'asked'"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(approval)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whether an account, of the customer or of the staff, may decide approvals of the customer; see `finder.may_approve`.
struct MayApprove: Statement {
  let tenant: TenantId
  let party: Party
  let now: Instant

  static let sql = "select finder.may_approve($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(party.kind)
    parameters.append(party.id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}
