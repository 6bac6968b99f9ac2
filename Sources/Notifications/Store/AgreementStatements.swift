import Approvals
import Changes
import Kernel
import Operations
import Postgres

/// Requests that people are told of.
struct RequestsToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select r.request_id, r.public_id, r.number, o.code, v.content -> 'name', r.state, r.priority, r.reason, r.requester_id, p.name, r.unit_id, r.actor_kind,
      r.actor_id, r.actor_person, r.own_approval, r.asked_at is not null, r.owner_id, r.assignee_ids,
      r.watching_person_ids, r.watching_account_ids, (select h.owner_id from handbooks.pub_accountable h where h.process = 'request')
    from requests.pub_told_request r
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id
    where r.tenant_id = $1 and r.request_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> ToldRequest {
    let (id, publicId, number): (Int64, [UInt8], Int64) = (try row.next(), try row.next(), try row.next())
    let code: String = try row.next()
    let name: Value? = try row.next()
    let (state, priority, reason): (String, Int64, String?) = (try row.next(), try row.next(), try row.next())
    let (requester, requesterName, unit): (Int64?, String?, Int64?) = (try row.next(), try row.next(), try row.next())
    let submitter = Party(kind: try row.next(), id: try row.next(), person: try row.next())
    let (mayApproveOwn, wasAsked): (Bool, Bool) = (try row.next(), try row.next())
    let owner: Int64? = try row.next()
    let assignees: [Int64] = try row.next()
    let (watchingPeople, watchingStaff): ([Int64], [Int64]) = (try row.next(), try row.next())
    let standIn: Int64? = try row.next()
    let atIt = assignees + [owner].compactMap { $0 }
    return ToldRequest(
      id: id, publicId: publicId, number: number, offeringCode: code, offering: LocalText(name), state: state, priority: priority, reason: reason,
      requester: requester, requesterName: requesterName, unit: unit, submitter: submitter, mayApproveOwn: mayApproveOwn, wasAsked: wasAsked,
      assignees: atIt.isEmpty ? [standIn].compactMap { $0 } : atIt, watchingPeople: watchingPeople, watchingStaff: watchingStaff)
  }
}

/// Who is, or was, asked to agree to requests.
struct ApprovalsOfToldRequests: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select a.request_id, \(Approval.columns) from requests.pub_approval a where a.tenant_id = $1 and a.request_id = any ($2) order by a.request_id, a.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (of: Int64, approval: Approval) { (try row.next(), try Approval(&row)) }
}

/// Changes that the staff are told of.
struct ChangesToTell: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = """
    select c.change_id, c.public_id, c.number, c.title, c.state, c.reason, c.outcome_note, c.owner_id, c.author_kind, c.author_id, c.author_person,
      c.parties, c.assignee_ids, c.own_approval, c.was_asked, c.concerned_ids, m.public_id, m.name
    from changes.pub_told_change c left join desk.pub_team m on m.team_id = c.team_id
    where c.tenant_id = $1 and c.change_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> ToldChange {
    let staff = Actor.Kind.staff.rawValue
    let (id, publicId, number): (Int64, [UInt8], Int64) = (try row.next(), try row.next(), try row.next())
    let (title, state, reason): (String, String, String?) = (try row.next(), try row.next(), try row.next())
    let outcomeNote: String? = try row.next()
    let owner: Int64? = try row.next()
    let author = Party(kind: try row.next(), id: try row.next(), person: try row.next())
    let parties = Party.list(try row.next())
    let assignees: [Int64] = try row.next()
    let (mayApproveOwn, wasAsked): (Bool, Bool) = (try row.next(), try row.next())
    let concerned: [Int64] = try row.next()
    let team = try ToldTeam(nullable: &row)
    let atIt = (assignees + [owner].compactMap { $0 }).map { Party(kind: staff, id: $0, person: nil) }
    return ToldChange(
      id: id, publicId: publicId, number: number, title: title, state: state, reason: reason, outcomeNote: outcomeNote,
      owner: owner ?? (author.kind == staff ? author.id : nil), author: author, parties: parties + atIt, mayApproveOwn: mayApproveOwn,
      wasAsked: wasAsked, concerned: concerned.map { TenantId($0) }, team: team)
  }
}

/// Who was asked to agree to changes when each was submitted last.
struct ApprovalsOfToldChanges: Statement {
  let provider: TenantId
  let ids: [Int64]

  static let sql = """
    select a.change_id, \(Approval.columns) from changes.pub_approval a where a.tenant_id = $1 and a.change_id = any ($2) order by a.change_id, a.seq
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (of: Int64, approval: Approval) { (try row.next(), try Approval(&row)) }
}

/// Accounts that hold roles, or are a person's, for what is to be agreed to: by the rule of `finder.has_approver`, for tenants that are bound. A
/// role counts of who holds it for all of the tenants.
struct HoldersToTell: Statement {
  struct Found: Sendable {
    let role: String
    let party: Party
  }

  /// Whose accounts are looked at.
  let homes: [TenantId]
  let roles: [String]
  let permission: String
  let tenants: [TenantId]
  /// The unit that it was ordered for, and those above it.
  let units: [Int64]
  let person: Int64?
  let requester: Int64?
  let now: Instant

  static let sql = """
    select distinct g.role, a.kind, a.id, a.person_id
    from tenancy.role_grant g join tenancy.account a on a.tenant_id = g.tenant_id and a.id = g.account_id
    where g.tenant_id = any ($1) and a.state = 'active' and a.kind in ('staff', 'customer') and g.revoked_at is null
      and (g.expires_at is null or g.expires_at > $8)
      and exists (select from tenancy.role_permission q where q.role = g.role and q.permission = $3)
      and (a.tenant_id = any ($4) and a.person_id = $6
        or g.role = any ($2) and case g.scope
          when 'all' then true
          when 'listed' then not exists (
            select from unnest($4::bigint[]) c (id) where not exists (
              select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = c.id))
          when 'tenant' then a.tenant_id = any ($4)
          when 'unit' then a.tenant_id = any ($4) and g.unit_id = any ($5)
          else a.tenant_id = any ($4) and a.person_id = $7 end)
    order by a.id, g.role limit 500
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(homes)
    parameters.append(roles)
    parameters.append(permission)
    parameters.append(tenants)
    parameters.append(units)
    parameters.append(person)
    parameters.append(requester)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(role: try row.next(), party: Party(kind: try row.next(), id: try row.next(), person: try row.next()))
  }
}

/// An account that was named.
struct NamedAccounts: Statement {
  let homes: [TenantId]
  let publicId: [UInt8]

  static let sql = "select a.kind, a.id, a.person_id from tenancy.account a where a.tenant_id = any ($1) and a.public_id = $2 and a.state = 'active'"

  func bind(to parameters: inout Parameters) {
    parameters.append(homes)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Party { Party(kind: try row.next(), id: try row.next(), person: try row.next()) }
}
