import Approvals
import Kernel
import Operations
import Postgres
import Requests

/// Who was asked when a change was submitted last.
struct ApprovalsOfChange: Statement {
  let provider: TenantId
  let change: Int64

  static let sql = """
    select \(Approval.columns) from changes.approval a join changes.change c on c.tenant_id = a.tenant_id and c.id = a.change_id and c.round = a.round
    where a.tenant_id = $1 and a.change_id = $2 order by a.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
  }

  static func decode(_ row: inout RowReader) throws -> Approval { try Approval(&row) }
}

struct TasksOfChange: Statement {
  let provider: TenantId
  let change: Int64

  static let sql = "select \(RequestTask.columns) from changes.task t where t.tenant_id = $1 and t.change_id = $2 order by t.seq"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
  }

  static func decode(_ row: inout RowReader) throws -> RequestTask { try RequestTask(&row) }
}

struct InsertChangeApproval: Statement {
  let provider: TenantId
  let change: Int64
  let round: Int64
  let approval: Approval
  let now: Instant

  static let sql = """
    insert into changes.approval
      (tenant_id, public_id, change_id, round, seq, step, suffices, names, role, hours, escalates_to, state, asked_at, due_at, stand_in, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """

  func bind(to parameters: inout Parameters) {
    let role: String? = if case .role(let role) = approval.holder { role } else { nil }
    parameters.append(provider)
    parameters.append(approval.publicId)
    parameters.append(change)
    parameters.append(round)
    parameters.append(approval.seq)
    parameters.append(approval.step)
    parameters.append(approval.suffices)
    parameters.append(json: approval.names)
    parameters.append(role)
    parameters.append(approval.hours)
    parameters.append(approval.escalatesTo)
    parameters.append(approval.state.rawValue)
    parameters.append(approval.askedAt)
    parameters.append(approval.dueAt)
    parameters.append(approval.standIn)
    parameters.append(now)
  }
}

struct UpdateChangeApproval: Statement {
  let provider: TenantId
  let approval: Approval

  static let sql = """
    update changes.approval set state = $3, asked_at = $4, due_at = $5, escalated_at = $6, delegate_kind = $7, delegate_id = $8, decided_at = $9,
      decided_kind = $10, decided_id = $11, decided_person = $12, reason = $13, version = $14, stand_in = $15
    where tenant_id = $1 and public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(approval.publicId)
    parameters.append(approval.state.rawValue)
    parameters.append(approval.askedAt)
    parameters.append(approval.dueAt)
    parameters.append(approval.escalatedAt)
    parameters.append(approval.delegate?.kind)
    parameters.append(approval.delegate?.id)
    parameters.append(approval.decidedAt)
    parameters.append(approval.decidedBy?.kind)
    parameters.append(approval.decidedBy?.id)
    parameters.append(approval.decidedBy?.person)
    parameters.append(approval.reason)
    parameters.append(approval.version)
    parameters.append(approval.standIn)
  }
}

/// Takes the plan away that another takes the place of.
struct DropChangeTasks: Statement {
  let provider: TenantId
  let change: Int64

  static let sql = "delete from changes.task where tenant_id = $1 and change_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
  }
}

struct InsertChangeTask: Statement {
  let provider: TenantId
  let change: Int64
  let task: RequestTask
  let now: Instant

  static let sql = """
    insert into changes.task (tenant_id, public_id, change_id, seq, step, names, team_id, state, recorded_at) values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(task.publicId)
    parameters.append(change)
    parameters.append(task.seq)
    parameters.append(task.step)
    parameters.append(json: task.names)
    parameters.append(task.team)
    parameters.append(task.state.rawValue)
    parameters.append(now)
  }
}

struct UpdateChangeTask: Statement {
  let provider: TenantId
  let task: RequestTask

  static let sql = """
    update changes.task set state = $3, ready_at = $4, claimed_at = $5, assignee_id = $6, assignee_public_id = $7, ended_at = $8, result = $9,
      team_id = $10, withheld_team_id = $11, version = $12
    where tenant_id = $1 and public_id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(task.publicId)
    parameters.append(task.state.rawValue)
    parameters.append(task.readyAt)
    parameters.append(task.claimedAt)
    parameters.append(task.assignee?.id)
    parameters.append(task.assignee?.publicId)
    parameters.append(task.endedAt)
    parameters.append(task.result)
    parameters.append(task.team)
    parameters.append(task.withheldTeam)
    parameters.append(task.version)
  }
}

/// The change that an approval or a task is of.
struct ChangeOfPart: Statement {
  let provider: TenantId
  let publicId: PublicId

  static let sql = """
    select c.public_id from changes.change c where c.tenant_id = $1 and c.id = coalesce(
      (select a.change_id from changes.approval a where a.tenant_id = $1 and a.public_id = $2),
      (select t.change_id from changes.task t where t.tenant_id = $1 and t.public_id = $2))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// The teams of some tasks, with their ids.
struct TeamsOfTasks: Statement {
  let teams: [Int64]

  static let sql = "select team_id, public_id from desk.pub_team where team_id = any ($1)"

  func bind(to parameters: inout Parameters) { parameters.append(teams) }

  static func decode(_ row: inout RowReader) throws -> (team: Int64, publicId: [UInt8]) { (try row.next(), try row.next()) }
}

/// What waits for some roles, or for one account, of changes one of whose customers the reader serves (who decides serves all of them); what was asked first in front.
struct ApprovalsWaiting: Statement {
  struct Found: Sendable {
    let id: Int64
    let askedAt: Instant
    let approval: Approval
    let row: ChangeRow
  }

  let provider: TenantId
  let customers: [Int64]?
  /// Nil: whoever is asked.
  let roles: [String]?
  let account: Int64
  let after: (askedAt: Instant, id: Int64)?
  let limit: Int64

  static let sql = """
    select a.id, a.asked_at, \(Approval.columns), \(ChangeRow.columns)
    from changes.approval a join changes.change c on c.tenant_id = a.tenant_id and c.id = a.change_id
    \(ChangeRow.joins)
    where \(ChangeRow.isVisible) and a.tenant_id = $1 and a.state = 'asked'
      and ($3::text[] is null or a.role = any ($3) or a.stand_in = any ($3) or a.escalated_at is not null and a.escalates_to = any ($3)
        or a.delegate_kind = 'staff' and a.delegate_id = $4)
      and ($5::timestamptz is null or (a.asked_at, a.id) > ($5, $6))
    order by a.asked_at, a.id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(roles)
    parameters.append(account)
    parameters.append(after?.askedAt)
    parameters.append(after?.id ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(id: try row.next(), askedAt: try row.next(), approval: try Approval(&row), row: try ChangeRow(&row))
  }
}

/// Changes that are agreed to by time: approvals whose time is over, a change once.
struct ChangesOverdue: Statement {
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
    select c.id, c.public_id from changes.change c
    where c.tenant_id = $1 and c.id > $3 and c.id in (
      select a.change_id from changes.approval a where a.tenant_id = $1 and a.state = 'asked' and a.due_at <= $2)
    order by c.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(now)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), publicId: try row.next()) }
}

/// Changes about which somebody is asked, a change once; what was given to somebody else waits for him.
struct ChangesAsked: Statement {
  let provider: TenantId
  /// The last that was looked at.
  let after: Int64
  let limit: Int64

  static let sql = """
    select c.id, c.public_id from changes.change c
    where c.tenant_id = $1 and c.id > $2 and c.id in (
      select a.change_id from changes.approval a where a.tenant_id = $1 and a.state = 'asked' and a.delegate_id is null)
    order by c.id limit $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ChangesOverdue.Found { try ChangesOverdue.decode(&row) }
}

/// Whether an active member of the staff may agree to a change as the holder of one of some roles, by a grant for all whom it concerns; one that concerns
/// nobody is for who serves all. Left out are those whose word does not count, by whichever account.
struct HasChangeApprover: Statement {
  let provider: TenantId
  let roles: [String]
  let concerned: [Int64]
  let parties: [Party]
  let now: Instant

  static let sql = """
    select exists (
      select from tenancy.account s
      join tenancy.role_grant g on g.tenant_id = s.tenant_id and g.account_id = s.id and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > $7)
      join tenancy.role_permission q on q.role = g.role and q.permission = $8
      where s.tenant_id = $1 and s.kind = 'staff' and s.state = 'active' and g.role = any ($2::text[])
        and not exists (select from unnest($4::text[], $5::bigint[]) w (kind, id) where w.kind = s.kind and w.id = s.id)
        and (s.person_id is null or s.person_id <> all ($6::bigint[]))
        and (g.scope = 'all' or g.scope = 'listed' and cardinality($3::bigint[]) > 0 and not exists (
          select from unnest($3::bigint[]) n (id)
          where not exists (
            select from tenancy.role_grant_tenant l
            where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = n.id))))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(roles)
    parameters.append(concerned)
    parameters.append(parties.map(\.kind))
    parameters.append(parties.map(\.id))
    parameters.append(parties.compactMap(\.person))
    parameters.append(now)
    parameters.append(ChangeRights.approve)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// Approvals that wait and were given to somebody who may not agree to the change for all whom it concerns any more, or has agreed in his own place; one
/// that concerns nobody is for who serves all.
struct DelegatedInVain: Statement {
  struct Found: Sendable {
    let id: Int64
    let approval: [UInt8]
    let change: [UInt8]
  }

  let provider: TenantId
  let now: Instant
  /// The last that was looked at.
  let after: Int64
  let limit: Int64

  static let sql = """
    select distinct a.id, a.public_id, c.public_id
    from changes.approval a join changes.change c on c.tenant_id = a.tenant_id and c.id = a.change_id
    left join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
    where a.tenant_id = $1 and a.state = 'asked' and a.delegate_id is not null and a.id > $3 and (
      exists (
        select from changes.approval d
        where d.tenant_id = a.tenant_id and d.change_id = a.change_id and d.round = a.round and d.state = 'approved'
          and d.decided_kind = a.delegate_kind and d.decided_id = a.delegate_id)
      or not exists (
        select from tenancy.account s
        join tenancy.role_grant g on g.tenant_id = s.tenant_id and g.account_id = s.id and g.revoked_at is null
          and (g.expires_at is null or g.expires_at > $2)
        join tenancy.role_permission q on q.role = g.role and q.permission = $5
        where s.tenant_id = a.tenant_id and s.id = a.delegate_id and s.kind = 'staff' and s.state = 'active'
          and (g.scope = 'all' or g.scope = 'listed' and exists (
            select from tenancy.role_grant_tenant l
            where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = n.customer_id))))
    order by a.id limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(now)
    parameters.append(after)
    parameters.append(limit)
    parameters.append(ChangeRights.approve)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), approval: try row.next(), change: try row.next()) }
}
