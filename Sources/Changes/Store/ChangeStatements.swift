import Attributes
import Kernel
import Operations
import Postgres

struct InsertChange: Statement {
  let provider: TenantId
  let publicId: PublicId
  let number: Int64
  let kind: ChangeKind
  let title: String
  let description: String
  let model: (id: Int64, seq: Int64)?
  let owner: ChangeRow.Reference?
  let author: Party
  let now: Instant

  static let sql = """
    insert into changes.change
      (tenant_id, public_id, number, kind, title, description, model_id, model_seq, owner_id, owner_public_id, author_kind, author_id, author_person,
       opened_at, updated_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $14) returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(number)
    parameters.append(kind.rawValue)
    parameters.append(title)
    parameters.append(description)
    parameters.append(model?.id)
    parameters.append(model?.seq)
    parameters.append(owner?.id)
    parameters.append(owner?.publicId)
    parameters.append(author.kind)
    parameters.append(author.id)
    parameters.append(author.person)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Keeps other acts on a change waiting until the transaction ends.
struct HoldChange: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let publicId: PublicId

  static let sql = "select c.id from changes.change c where \(ChangeRow.isVisible) and c.public_id = $3 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct ChangeByPublicId: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let publicId: PublicId

  static let sql = """
    select \(ChangeRow.columns), \(HeldAttributes.columnsOfChange) \(ChangeRow.tables) where \(ChangeRow.isVisible) and c.public_id = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(publicId.random)
  }

  static func decode(_ row: inout RowReader) throws -> ChangeRow {
    var change = try ChangeRow(&row)
    change.attributes = try HeldAttributes(&row)
    return change
  }
}

/// Writes what acts have made of a change, which they hold.
struct UpdateChange: Statement {
  let provider: TenantId
  let row: ChangeRow

  static let sql = """
    update changes.change set title = $3, description = $4, public_text = $5, questionnaire_seq = $6, answers = $7, own_approval = $8,
      freeze_reason = $9, release_id = $10, owner_id = $11, owner_public_id = $12, state = $13, approval = $14, outcome = $15, plan = $16, back_out = $17,
      test = $18, starts_at = $19, ends_at = $20, risk = $21, score = $22, outcome_note = $23, review = $24, reason = $25, started_at = $26,
      finished_at = $27, ended_at = $28, round = $29, last_seq = $30, updated_at = $31, version = $32, freezes = $33, parties = $34,
      suppresses_alerts = $35, team_id = $36, requester_tenant_id = $37, requester_id = $38, requester_public_id = $39
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    let process = row.process
    parameters.append(provider)
    parameters.append(row.id)
    parameters.append(row.title)
    parameters.append(row.description)
    parameters.append(row.publicText)
    parameters.append(row.questionnaire)
    parameters.append(json: row.answers.isNull ? nil : row.answers)
    parameters.append(row.mayApproveOwn)
    parameters.append(row.freezeReason)
    parameters.append(row.release?.id)
    parameters.append(row.owner?.id)
    parameters.append(row.owner?.publicId)
    parameters.append(process.state.rawValue)
    parameters.append(process.approval.rawValue)
    parameters.append(process.outcome?.rawValue)
    parameters.append(process.plan)
    parameters.append(process.backOut)
    parameters.append(process.test)
    parameters.append(process.startsAt)
    parameters.append(process.endsAt)
    parameters.append(process.risk?.rawValue)
    parameters.append(process.score)
    parameters.append(process.outcomeNote)
    parameters.append(process.review)
    parameters.append(process.reason)
    parameters.append(process.startedAt)
    parameters.append(process.finishedAt)
    parameters.append(process.endedAt)
    parameters.append(process.submissions)
    parameters.append(row.lastSeq)
    parameters.append(row.updatedAt)
    parameters.append(row.version)
    parameters.append(json: .array(row.freezes.map { .integer($0) }))
    parameters.append(json: row.parties.stored)
    parameters.append(row.suppressesAlerts)
    parameters.append(row.team?.id)
    parameters.append(row.requester?.tenant)
    parameters.append(row.requester?.id)
    parameters.append(row.requester?.publicId.random)
  }
}

/// Changes that the caller may see, the one opened last first.
struct ChangesOfProvider: Statement {
  struct Filter: Sendable {
    var states: [ChangeState]?
    var kind: String?
    var risk: String?
    var release: PublicId?
    var owner: PublicId?
    /// Only what goes on and nobody has taken.
    var isUnowned = false
    /// Only what is offered to the reader, or to one of these teams.
    var isOffered = false
    var reader: Int64?
    var attribute: AttributeFilter?
    var offeredTeams: [Int64] = []
    /// Only what one of these works on, or has a task of that is to be done; nil: whichever.
    var wantedTeams: [Int64]?
    /// Only what this one works on.
    var team: Int64?
    /// Only those that touch this CI.
    var ci: Int64?
    /// Only those that affect this service.
    var service: Int64?
  }

  let provider: TenantId
  let customers: [Int64]?
  let filter: Filter
  /// The position after which the page begins.
  let before: (openedAt: Instant, id: Int64)?
  let limit: Int64

  static let sql = "\(ChangeRow.select) where \(ChangeRow.isVisible) and \(page)"

  fileprivate static let ofTeams = """
    select k.change_id from changes.task k where k.tenant_id = $1 and k.team_id = any ($17) and k.state in ('ready', 'active', 'failed')
    union all
    select g.id from changes.change g where g.tenant_id = $1 and g.team_id = any ($17) and g.ended_at is null
    """

  /// By the CIs of whom the reader serves, as ``ServicesOfChange`` tells them.
  fileprivate static let ofService = """
    select a.change_id from changes.affected_service a
    where a.tenant_id = $1 and a.service_id = $20 and ($2::bigint[] is null or a.other_tenant_id = any ($2))
    """

  static let page = """
    ($3::text[] is null or c.state = any ($3)) and ($4::text is null or c.kind = $4) and ($5::text is null or c.risk = $5)
      and ($6::bytea is null or r.public_id = $6) and ($7::bytea is null or c.owner_public_id = $7)
      and (not $11 or c.id in (
        select o.subject_id from desk.pub_told_offer o
        where o.tenant_id = $1 and o.subject_kind = 'change' and o.outcome is null and (o.to_team_id = any ($16) or o.to_id = $12)))
      and (not $13 or c.owner_id is null and c.ended_at is null)
      and \(AttributeFilter.condition(.change, "c.id", at: 14))
      and ($17::bigint[] is null or c.id in (\(ofTeams)))
      and ($19::bigint is null or c.team_id = $19)
      and ($18::bigint is null or c.id in (select l.change_id from changes.ci_link l where l.tenant_id = $1 and l.ci_id = $18))
      and ($20::bigint is null or c.id in (\(ofService)))
      and ($8::timestamptz is null or (c.opened_at, c.id) < ($8, $9))
    order by c.opened_at desc, c.id desc limit $10
    """

  /// The same of those that something else finds, and not by looking through all changes: a condition that may be left out finds none.
  fileprivate static func looking(in found: String) -> String {
    """
    \(ChangeRow.select) where c.tenant_id = $1 and c.id in (
      select p.id from (
        select c.id from changes.change c left join changes.release r on r.tenant_id = c.tenant_id and r.id = c.release_id
        where \(ChangeRow.isVisible) and c.id in (\(found)) and \(page)) p)
    order by c.opened_at desc, c.id desc
    """
  }

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(filter.states?.map(\.rawValue))
    parameters.append(filter.kind)
    parameters.append(filter.risk)
    parameters.append(filter.release?.random)
    parameters.append(filter.owner?.random)
    parameters.append(before?.openedAt)
    parameters.append(before?.id ?? 0)
    parameters.append(limit)
    parameters.append(filter.isOffered)
    parameters.append(filter.reader)
    parameters.append(filter.isUnowned)
    parameters.append(filter.attribute)
    parameters.append(filter.offeredTeams)
    parameters.append(filter.wantedTeams)
    parameters.append(filter.ci)
    parameters.append(filter.team)
    parameters.append(filter.service)
  }

  static func decode(_ row: inout RowReader) throws -> ChangeRow { try ChangeRow(&row) }
}

/// Those of them that concern some customers. Of a few they are found by what concerns these, and not by looking through all the others'
/// changes: a condition beside "or all" is no join for the planner. What is told besides is looked up of one page.
struct ChangesOfCustomers: Statement {
  let changes: ChangesOfProvider
  let concerned: [Int64]

  static let sql = """
    \(ChangeRow.select) where c.tenant_id = $1 and c.id in (
      select p.id from (
        select c.id from changes.change c left join changes.release r on r.tenant_id = c.tenant_id and r.id = c.release_id
        where c.tenant_id = $1 and c.id in (
            select k.change_id from changes.concerned k
            where k.tenant_id = $1 and k.customer_id = any ($21) and ($2::bigint[] is null or k.customer_id = any ($2)))
          and \(ChangesOfProvider.page)) p)
    order by c.opened_at desc, c.id desc
    """

  func bind(to parameters: inout Parameters) {
    changes.bind(to: &parameters)
    parameters.append(concerned)
  }

  static func decode(_ row: inout RowReader) throws -> ChangeRow { try ChangeRow(&row) }
}

/// Those of them that some teams work on or have a task of, found by these and their tasks.
struct ChangesOfTeams: Statement {
  /// Of which teams its filter says.
  let changes: ChangesOfProvider

  static let sql = ChangesOfProvider.looking(in: ChangesOfProvider.ofTeams)

  func bind(to parameters: inout Parameters) { changes.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> ChangeRow { try ChangeRow(&row) }
}

/// Those of them that affect a service, found by what is recorded of it.
struct ChangesOfService: Statement {
  /// Of which service its filter says.
  let changes: ChangesOfProvider

  static let sql = ChangesOfProvider.looking(in: ChangesOfProvider.ofService)

  func bind(to parameters: inout Parameters) { changes.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> ChangeRow { try ChangeRow(&row) }
}

/// The changes that are to resolve an incident or a problem, or have caused the incident, in the order in which they were opened.
struct ChangesLinked: Statement {
  let provider: TenantId
  let customers: [Int64]?
  let kind: String
  let tenant: TenantId
  let other: Int64
  let after: Int64
  let limit: Int64

  static let sql = """
    \(ChangeRow.select) join changes.link l on l.tenant_id = c.tenant_id and l.change_id = c.id
    where \(ChangeRow.isVisible) and l.kind = $3 and l.other_tenant_id = $4 and l.other_id = $5 and c.id > $6 order by c.id limit $7
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(kind)
    parameters.append(tenant)
    parameters.append(other)
    parameters.append(after)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> ChangeRow { try ChangeRow(&row) }
}

/// A member of the staff by an account of his.
struct AccountOfStaff: Statement {
  let provider: TenantId
  let account: Int64

  static let sql = "select id, public_id, name, person_id, true from tenancy.account where tenant_id = $1 and id = $2 and kind = 'staff'"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(account)
  }

  static func decode(_ row: inout RowReader) throws -> StaffForChange.Found { try StaffForChange.decode(&row) }
}

/// A member of the staff whom a body names, and whether he has a permission for all customers whom a change concerns.
struct StaffForChange: Statement {
  struct Found: Sendable {
    let account: ChangeRow.Reference
    let name: String
    let person: Int64?
    let may: Bool

    var party: Party { Party(kind: Actor.Kind.staff.rawValue, id: account.id, person: person) }
  }

  let provider: TenantId
  let publicId: PublicId
  let change: Int64
  let permission: String
  let now: Instant

  static let sql = """
    with granted as (
      select g.tenant_id, g.id, g.account_id, g.scope from tenancy.role_grant g
      join tenancy.role_permission q on q.role = g.role and q.permission = $4
      where g.tenant_id = $1 and g.revoked_at is null and (g.expires_at is null or g.expires_at > $5))
    select a.id, a.public_id, a.name, a.person_id,
      exists (select from granted g where g.account_id = a.id and g.scope = 'all')
      or exists (select from changes.concerned n where n.tenant_id = $1 and n.change_id = $3)
        and not exists (
          select from changes.concerned n where n.tenant_id = $1 and n.change_id = $3 and not exists (
            select from granted g join tenancy.role_grant_tenant l on l.tenant_id = g.tenant_id and l.role_grant_id = g.id
            where g.account_id = a.id and g.scope = 'listed' and l.granted_tenant_id = n.customer_id))
    from tenancy.account a where a.tenant_id = $1 and a.public_id = $2 and a.kind = 'staff' and a.state = 'active'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(publicId.random)
    parameters.append(change)
    parameters.append(permission)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      account: ChangeRow.Reference(id: try row.next(), publicId: try row.next()), name: try row.next(), person: try row.next(), may: try row.next())
  }
}
