import Kernel
import Postgres

/// Who counts as a member of a team: whoever is still there, and may work on the tickets of some customer.
enum TeamMembership {
  /// What work needs.
  static let permission = IncidentFields.work

  /// Of a member `x`. $1 the provider, $2 what work needs, $3 the time.
  static let mayWork = """
    exists (
      select from tenancy.account a
      join tenancy.role_grant g on g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null
        and (g.expires_at is null or g.expires_at > $3)
      join tenancy.role_permission q on q.role = g.role and q.permission = $2
      where a.tenant_id = $1 and a.id = x.account_id and a.kind = 'staff' and a.state = 'active')
    """
}

/// A member of the staff whom a body names, also one who has left, and whether he may work.
struct StaffForTeam: Statement {
  struct Found: Sendable {
    let id: Int64
    let mayWork: Bool
  }

  let provider: TenantId
  let publicId: PublicId
  let now: Instant

  static let sql = """
    select x.account_id, \(TeamMembership.mayWork)
    from (select s.id as account_id from tenancy.account s where s.tenant_id = $1 and s.public_id = $4 and s.kind = 'staff') x
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(TeamMembership.permission)
    parameters.append(now)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(id: try row.next(), mayWork: try row.next()) }
}

/// No row when he is one already.
struct InsertTeamMember: Statement {
  let provider: TenantId
  let team: Int64
  let account: Int64
  let now: Instant

  static let sql = """
    insert into desk.team_member (tenant_id, team_id, account_id, recorded_at) values ($1, $2, $3, $4)
    on conflict (tenant_id, team_id, account_id) do nothing returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(team)
    parameters.append(account)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when he is none.
struct DeleteTeamMember: Statement {
  let provider: TenantId
  let team: Int64
  let account: Int64

  static let sql = "delete from desk.team_member where tenant_id = $1 and team_id = $2 and account_id = $3 returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(team)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// No row when he is no member.
struct UpdateTeamLead: Statement {
  let provider: TenantId
  let team: Int64
  let account: Int64
  let lead: Bool

  static let sql = "update desk.team_member set lead = $4 where tenant_id = $1 and team_id = $2 and account_id = $3 returning id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(team)
    parameters.append(account)
    parameters.append(lead)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// In the order in which they came; those too who have left or may not work any more.
struct MembersOfTeam: Statement {
  struct Found: Sendable {
    let id: Int64
    let staff: [UInt8]
    let name: String
    let since: Instant
    let mayWork: Bool
    let isLead: Bool
  }

  let provider: TenantId
  let team: Int64
  let now: Instant
  let after: Int64
  let limit: Int64

  static let sql = """
    select x.id, s.public_id, s.name, x.recorded_at, \(TeamMembership.mayWork), x.lead
    from desk.team_member x join tenancy.account s on s.tenant_id = x.tenant_id and s.id = x.account_id
    where x.tenant_id = $1 and x.team_id = $4 and x.id > $5 order by x.id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(TeamMembership.permission)
    parameters.append(now)
    parameters.append(team)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      id: try row.next(), staff: try row.next(), name: try row.next(), since: try row.next(), mayWork: try row.next(), isLead: try row.next())
  }
}

/// A team to which something is offered: whether it has members, whether it has and none of them may take it on, and whether somebody is one.
struct TakersOfTeam: Statement {
  struct Found: Sendable {
    let name: String
    let hasMembers: Bool
    let hasNobody: Bool
    let isMember: Bool
  }

  let provider: TenantId
  let team: [UInt8]
  /// What whoever takes it on needs.
  let permissions: [String]
  /// For each of whom; none: for all there are.
  let customers: [TenantId]
  let account: Int64?
  let now: Instant

  static let sql = """
    select m.name,
      exists (select from desk.team_member x where x.tenant_id = $1 and x.team_id = m.id and \(TeamMembership.mayWork)),
      finder.team_has_nobody(m.id, $7, $5, $3),
      exists (select from desk.team_member o where o.tenant_id = $1 and o.team_id = m.id and o.account_id = $6)
    from desk.team m where m.public_id = $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(TeamMembership.permission)
    parameters.append(now)
    parameters.append(team)
    parameters.append(customers)
    parameters.append(account)
    parameters.append(permissions)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(name: try row.next(), hasMembers: try row.next(), hasNobody: try row.next(), isMember: try row.next())
  }
}

/// The teams of one of the staff.
struct TeamsOfMember: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select x.team_id from desk.team_member x where x.tenant_id = $1 and x.account_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The teams that somebody answers for: his own, and those of which nobody is a member who counts.
struct TeamsToAnswerFor: Statement {
  let provider: TenantId
  /// Nil: nobody who could be a member.
  let account: Int64?
  let now: Instant

  static let sql = """
    select m.id from desk.team m
    where exists (select from desk.team_member o where o.tenant_id = $1 and o.team_id = m.id and o.account_id = $4)
      or not exists (select from desk.team_member x where x.tenant_id = $1 and x.team_id = m.id and \(TeamMembership.mayWork))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(TeamMembership.permission)
    parameters.append(now)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// The leads of teams who are still there, as they are told: the random bits of their public ids.
package struct LeadsOfTeams: Statement {
  private let provider: TenantId
  private let teams: [Int64]

  package init(provider: TenantId, teams: [Int64]) { (self.provider, self.teams) = (provider, teams) }

  package static let sql = """
    select distinct a.public_id from desk.team_member x
    join tenancy.account a on a.tenant_id = x.tenant_id and a.id = x.account_id and a.kind = 'staff' and a.state = 'active'
    where x.tenant_id = $1 and x.team_id = any ($2) and x.lead order by a.public_id
    """

  package func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(teams)
  }

  package static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
