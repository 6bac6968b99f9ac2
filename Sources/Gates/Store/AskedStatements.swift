import Approvals
import Kernel
import Operations
import Postgres
import Tenancy

/// Which of some stays go on, whosever they are.
struct OpenStays: Statement {
  let tenants: [TenantId]
  let stays: [Int64]

  static let sql = "select tenant_id, id from finder.open_gate_stays($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(stays)
  }

  static func decode(_ row: inout RowReader) throws -> (tenant: TenantId, id: Int64) { (try row.next(), try row.next()) }
}

/// Approvals as they are shown to who is asked, of customers whom he serves; of one id, or what waits for him, the one that was asked first in
/// front.
struct ApprovalsAskedOf: Statement {
  struct Found: Sendable {
    let row: ApprovalRowOfGate
    /// The handle of whose process it is.
    let handle: TenantHandle
  }

  let provider: TenantId
  let account: Int64
  /// Nil: all.
  let customers: [Int64]?
  let now: Instant
  /// Nil: those that wait for him, of stays that go on.
  var publicId: PublicId?
  var after: (askedAt: Instant, id: Int64)?
  var limit: Int64 = 1

  /// What concerns several customers is for who serves them all; what concerns nobody in particular, but for problems, for who serves everybody. $1 is the
  /// provider's tenant, $3 are the customers.
  fileprivate static let isServed = """
    ($3::bigint[] is null or a.stay_tenant_id = any ($3)
        or a.subject_kind = 'problem' and exists (
          select from problems.pub_problem p
          where p.tenant_id = $1 and p.public_id = a.subject and (p.customer_id is null or p.customer_id = any ($3)))
        or a.subject_kind in \(Concerned.kinds)
          and exists (select from \(Concerned.rows) c where c.kind = a.subject_kind and c.tenant_id = $1 and c.public_id = a.subject)
          and not exists (
            select from \(Concerned.rows) c
            where c.kind = a.subject_kind and c.tenant_id = $1 and c.public_id = a.subject
              and (c.customer_id = any ($3)) is not true))
    """

  // Whose time is over is not asked any more, whoever has written that down.
  static let sql = """
    select \(ApprovalRowOfGate.columns), e.handle from gates.approval a join tenancy.tenant e on e.id = a.stay_tenant_id
    where a.tenant_id = $1 and (a.account_id = $2 or a.delegate_id = $2) and ($4::bytea is not null or a.state = 'asked')
      and ($4::bytea is null or a.public_id = $4) and \(isServed)
      and ($4::bytea is not null or exists (select from finder.open_gate_stays(array[a.stay_tenant_id], array[a.stay_id])))
      and ($4::bytea is not null or a.due_at is null or a.due_at > $8)
      and ($5::timestamptz is null or (a.asked_at, a.id) > ($5, $6))
    order by a.asked_at, a.id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
    parameters.append(customers)
    parameters.append(publicId?.random)
    parameters.append(after?.askedAt)
    parameters.append(after?.id ?? 0)
    parameters.append(limit)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(row: try ApprovalRowOfGate(&row), handle: TenantHandle(UInt32(truncatingIfNeeded: try row.next() as Int64)))
  }
}

/// One of whom is asked, whoever that is, for those who see to it that it is decided; of customers whom they serve.
struct ApprovalToReassign: Statement {
  let provider: TenantId
  let publicId: PublicId
  /// Nil: all.
  let customers: [Int64]?

  static let sql = """
    select \(ApprovalRowOfGate.columns), e.handle from gates.approval a join tenancy.tenant e on e.id = a.stay_tenant_id
    where a.tenant_id = $1 and a.public_id = $2 and \(ApprovalsAskedOf.isServed)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(customers)
  }

  static func decode(_ row: inout RowReader) throws -> ApprovalsAskedOf.Found { try ApprovalsAskedOf.decode(&row) }
}

/// Lets another account decide as well.
struct DelegateGateApproval: Statement {
  let provider: TenantId
  let id: Int64
  /// Nil: nobody does any more but who is asked.
  let delegate: ApproversThere.Found?
  let version: Int64

  static let sql = """
    update gates.approval set delegate_id = $3, delegate_public_id = $4, delegate_name = $5, version = $6 where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(id)
    parameters.append(delegate?.account)
    parameters.append(delegate?.publicId)
    parameters.append(delegate?.name)
    parameters.append(version)
  }

  static func decode(_ row: inout RowReader) throws {}
}

/// Approvals that wait and were given to somebody else, by their numbers; not those whose time is over.
struct DelegatedGateApprovals: Statement {
  let provider: TenantId
  let now: Instant
  /// The last that was looked at.
  let after: Int64
  let limit: Int64

  static let sql = """
    select a.id, a.public_id from gates.approval a
    where a.tenant_id = $1 and a.state = 'asked' and a.delegate_id is not null and (a.due_at is null or a.due_at > $2) and a.id > $3
    order by a.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(now)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> OverdueGateApprovals.Found { try OverdueGateApprovals.decode(&row) }
}

/// Approvals whose time is over, by their numbers; of one round there may be several.
struct OverdueGateApprovals: Statement {
  struct Found: Sendable {
    let id: Int64
    let publicId: [UInt8]
  }

  let provider: TenantId
  let now: Instant
  /// The last that was looked at.
  let after: Int64
  let limit: Int64

  static let sql = """
    select a.id, a.public_id from gates.approval a
    where a.tenant_id = $1 and a.state = 'asked' and a.due_at is not null and a.due_at <= $2 and a.id > $3 order by a.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(now)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}
