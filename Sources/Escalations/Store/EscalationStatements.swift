import Kernel
import Operations
import Postgres

extension EscalatedTicket {
  static let columns = """
    t.ticket_id, t.public_id, t.priority, t.team_id, t.team_public_id, t.assignee_public_id, t.state in ('new', 'active', 'pending'), t.version, t.recorded_at, t.is_imported
    """

  init(_ row: inout RowReader) throws {
    self.init(
      id: try row.next(), publicId: try row.next(), priority: try row.next(), team: try EscalationRule.Named(nullable: &row),
      assignee: try row.next(), isOpen: try row.next(), version: try row.next(), recordedAt: try row.next(), isImported: try row.next())
  }
}

struct TicketsToEscalate: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = "select \(EscalatedTicket.columns) from desk.pub_told_ticket t where t.tenant_id = $1 and t.ticket_id = any ($2) order by t.ticket_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> EscalatedTicket { try EscalatedTicket(&row) }
}

/// Requests, problems, changes, releases or major incidents as they are now.
struct ProcessToEscalate: Statement {
  let tenant: TenantId
  let process: EscalationProcess
  let ids: [Int64]

  static let sql = """
    select 'request', r.request_id, r.public_id, r.priority, null::bigint, null::bytea, r.ended_at is null and r.state <> 'closed', 0::bigint,
      r.submitted_at, '{}'::bigint[], '{}'::bigint[],
      array(select t.public_id from requests.pub_open_task t where t.tenant_id = r.tenant_id and t.request_id = r.request_id order by t.task_id),
      array(select coalesce(t.team_id, 0) from requests.pub_open_task t where t.tenant_id = r.tenant_id and t.request_id = r.request_id order by t.task_id),
      array(select t.version from requests.pub_open_task t where t.tenant_id = r.tenant_id and t.request_id = r.request_id order by t.task_id)
    from requests.pub_request r where $2 = 'request' and r.tenant_id = $1 and r.request_id = any ($3)
    union all
    select 'problem', p.problem_id, p.public_id, p.priority, m.team_id, m.public_id, p.state in ('new', 'investigating', 'known_error'), p.version,
      p.opened_at, case when p.customer_id is null then '{}' else array[p.customer_id] end,
      array(select n.customer_id from problems.pub_concerned n where n.tenant_id = p.tenant_id and n.problem_id = p.problem_id), '{}', '{}', '{}'
    from problems.pub_problem p left join desk.pub_team m on m.team_id = p.team_id
    where $2 = 'problem' and p.tenant_id = $1 and p.problem_id = any ($3)
    union all
    select 'change', c.change_id, c.public_id, 9, m.team_id, m.public_id, c.ended_at is null, c.version, c.opened_at, v.serving, v.serving,
      array(select t.public_id from changes.pub_open_task t where t.tenant_id = c.tenant_id and t.change_id = c.change_id order by t.task_id),
      array(select coalesce(t.team_id, 0) from changes.pub_open_task t where t.tenant_id = c.tenant_id and t.change_id = c.change_id order by t.task_id),
      array(select t.version from changes.pub_open_task t where t.tenant_id = c.tenant_id and t.change_id = c.change_id order by t.task_id)
    from changes.pub_change c join changes.pub_live_change v on v.tenant_id = c.tenant_id and v.change_id = c.change_id
    left join desk.pub_team m on m.team_id = c.team_id
    where $2 = 'change' and c.tenant_id = $1 and c.change_id = any ($3)
    union all
    select 'release', r.release_id, r.public_id, 9, null, null, r.ended_at is null, r.version, r.opened_at, v.serving, v.serving, '{}', '{}', '{}'
    from changes.pub_release r join changes.pub_live_release v on v.tenant_id = r.tenant_id and v.release_id = r.release_id
    where $2 = 'release' and r.tenant_id = $1 and r.release_id = any ($3)
    union all
    select 'major_incident', m.major_id, m.public_id, 9, null, null, m.state in ('declared', 'mitigated'), m.version, m.declared_at, v.serving, v.serving,
      '{}', '{}', '{}'
    from major_incidents.pub_major_incident m
    join major_incidents.pub_live_major_incident v on v.tenant_id = m.tenant_id and v.major_id = m.major_id
    where $2 = 'major_incident' and m.tenant_id = $1 and m.major_id = any ($3)
    order by 2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(process.rawValue)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> EscalatedTicket {
    let process = EscalationProcess(rawValue: try row.next()) ?? .request
    var subject = EscalatedTicket(
      process: process, id: try row.next(), publicId: try row.next(), priority: try row.next(), team: try EscalationRule.Named(nullable: &row),
      assignee: nil, isOpen: try row.next(), version: try row.next(), recordedAt: try row.next(), isImported: false)
    subject.concerned = Set((try row.next() as [Int64]).map { TenantId($0) })
    subject.workedFor = Set((try row.next() as [Int64]).map { TenantId($0) })
    let (tasks, teams, versions): ([[UInt8]], [Int64], [Int64]) = (try row.next(), try row.next(), try row.next())
    subject.tasks = zip(tasks, zip(teams, versions)).map { EscalatedTicket.Task(publicId: $0, team: $1.0 == 0 ? nil : $1.0, version: $1.1) }
    return subject
  }
}

/// Who answers for a request, a problem or a change: who took it, else whom the rule of its process names.
struct WhoAnswers: Statement {
  let provider: TenantId
  let tenant: TenantId
  let process: EscalationProcess
  let id: Int64

  static let sql = """
    select a.public_id
    from (
      select r.owner_id from requests.pub_told_request r where $3 = 'request' and r.tenant_id = $2 and r.request_id = $4
      union all
      select p.owner_id from problems.pub_problem p where $3 = 'problem' and p.tenant_id = $2 and p.problem_id = $4
      union all
      select c.owner_id from changes.pub_told_change c where $3 = 'change' and c.tenant_id = $2 and c.change_id = $4
    ) x
    join tenancy.account a
      on a.tenant_id = $1 and a.id = coalesce(x.owner_id, (select h.owner_id from handbooks.pub_accountable h where h.process = $3))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(tenant)
    parameters.append(process.rawValue)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// Open tickets by when they were recorded, over all customers. The finder gives ids only.
struct RecordedTickets: Statement {
  struct Place: Sendable {
    let tenant: TenantId
    let id: Int64
    let recordedAt: Instant
  }

  let process: EscalationProcess
  let after: Place
  let until: Instant
  let customer: TenantId?
  let limit: Int64

  // Each is one call of the finder: of the other no row is asked for.
  static let sql = """
    select f.tenant_id, f.id, f.recorded_at from finder.tickets_recorded($1, $2, $3, $4, $5, $6) f where $7 = 'incident'
    union all
    select f.tenant_id, f.id, f.recorded_at from finder.process_recorded($7, $1, $2, $3, $4, $5, $6) f where $7 <> 'incident'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(after.recordedAt)
    parameters.append(after.tenant)
    parameters.append(after.id)
    parameters.append(until)
    parameters.append(customer)
    parameters.append(limit)
    parameters.append(process.rawValue)
  }

  static func decode(_ row: inout RowReader) throws -> Place { Place(tenant: try row.next(), id: try row.next(), recordedAt: try row.next()) }
}

/// How far rules by age have looked.
struct ProgressOfRules: Statement {
  let provider: TenantId

  static let sql = "select p.rule_id, p.begins_at, p.ticket_tenant_id, p.ticket_id, p.recorded_at from escalations.progress p where p.tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> (rule: Int64, beginsAt: Instant, place: RecordedTickets.Place) {
    (try row.next(), try row.next(), RecordedTickets.Place(tenant: try row.next(), id: try row.next(), recordedAt: try row.next()))
  }
}

struct KeepProgress: Statement {
  let provider: TenantId
  let rule: RuleRow
  let place: RecordedTickets.Place

  static let sql = """
    insert into escalations.progress (tenant_id, rule_id, begins_at, recorded_at, ticket_tenant_id, ticket_id) values ($1, $2, $3, $4, $5, $6)
    on conflict (tenant_id, rule_id) do update
      set begins_at = excluded.begins_at, recorded_at = excluded.recorded_at, ticket_tenant_id = excluded.ticket_tenant_id, ticket_id = excluded.ticket_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(rule.id)
    parameters.append(rule.beginsAt)
    parameters.append(place.recordedAt)
    parameters.append(place.tenant)
    parameters.append(place.id)
  }
}

/// An escalation that is to be carried out. What the rule has escalated before is left alone; what was dropped then may come again.
struct InsertEscalation: Statement {
  let tenant: TenantId
  let publicId: [UInt8]
  let ticket: EscalatedTicket
  let row: RuleRow
  /// Of a promise; nil: by age.
  let threshold: Threshold?
  let occurredAt: Instant
  let dueAt: Instant
  let now: Instant

  static let sql = """
    insert into escalations.escalation (
      tenant_id, public_id, ticket_id, ticket_public_id, rule_id, rule_public_id, rule_name, clock_id, metric, percent, age_minutes, occurred_at, due_at,
      from_team_id, recorded_at, process, agreement, turn_id)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
    on conflict (tenant_id, process, ticket_id, rule_id, metric, agreement, turn_id) do update
      set state = 'waiting', settled_at = null, attempts = 0, fault = null, clock_id = excluded.clock_id, percent = excluded.percent,
        age_minutes = excluded.age_minutes, occurred_at = excluded.occurred_at, due_at = excluded.due_at, from_team_id = excluded.from_team_id,
        recorded_at = excluded.recorded_at
      where escalation.state = 'dropped'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
    parameters.append(ticket.id)
    parameters.append(ticket.publicId)
    parameters.append(row.id)
    parameters.append(row.publicId)
    parameters.append(row.rule.name)
    parameters.append(threshold?.clock)
    parameters.append(threshold?.metric)
    parameters.append(threshold?.percent)
    parameters.append(threshold == nil ? row.rule.ageMinutes : nil)
    parameters.append(occurredAt)
    parameters.append(dueAt)
    parameters.append(ticket.team?.id)
    parameters.append(now)
    parameters.append(ticket.process.rawValue)
    parameters.append((threshold?.agreement ?? .sla).rawValue)
    parameters.append(threshold?.turn)
  }
}

struct DueEscalations: Statement {
  let now: Instant
  let limit: Int64

  static let sql = "select tenant_id, id from finder.due_escalations($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> (tenant: TenantId, id: Int64) { (try row.next(), try row.next()) }
}

struct HasDueEscalations: Statement {
  let stretch: Range<Instant>

  static let sql = "select finder.has_due_escalations($1, $2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(stretch.lowerBound)
    parameters.append(stretch.upperBound)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

/// What an escalation that waits is of.
struct TicketOfEscalation: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = "select e.process, e.ticket_id from escalations.escalation e where e.tenant_id = $1 and e.id = $2 and e.state = 'waiting'"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> (process: EscalationProcess, id: Int64) {
    (EscalationProcess(rawValue: try row.next()) ?? .incident, try row.next())
  }
}

/// One that still waits, locked.
struct HoldEscalation: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = """
    select \(EscalationRow.columns) from escalations.escalation e where e.tenant_id = $1 and e.id = $2 and e.state = 'waiting' for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> EscalationRow { try EscalationRow(&row) }
}

struct RuleOfEscalation: Statement {
  let provider: TenantId
  let id: Int64

  static let sql = "select \(RuleRow.columns) \(RuleRow.tables) where r.tenant_id = $1 and r.id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> RuleRow { try RuleRow(&row) }
}

struct SettleEscalation: Statement {
  let tenant: TenantId
  let id: Int64
  let state: EscalationRow.State
  var fromTeam: [UInt8]?
  var toTeam: [UInt8]?
  var tasksGiven: Int64?
  /// Why the team did not get it, as a code; nil: what was there stands.
  var fault: String?
  let now: Instant

  static let sql = """
    update escalations.escalation set state = $3, from_team_public_id = $4, to_team_public_id = $5, settled_at = $6, tasks_given = $7,
      fault = coalesce($8, fault)
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(state.rawValue)
    parameters.append(fromTeam)
    parameters.append(toTeam)
    parameters.append(now)
    parameters.append(tasksGiven)
    parameters.append(fault)
  }
}

struct PostponeEscalation: Statement {
  let tenant: TenantId
  let id: Int64
  let until: Instant
  /// Why it could not be carried out; nil: its calendar is closed.
  let fault: String?

  static let sql = """
    update escalations.escalation set due_at = $3, attempts = attempts + case when $4::text is null then 0 else 1 end, fault = coalesce($4, fault)
    where tenant_id = $1 and id = $2 and state = 'waiting'
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(until)
    parameters.append(fault)
  }
}

/// An escalation as it is stored.
struct EscalationRow: Sendable {
  enum State: String, Sendable, CaseIterable {
    case waiting, done, dropped
  }

  let id: Int64
  let publicId: [UInt8]
  let ticketPublicId: [UInt8]
  let rule: Int64
  let rulePublicId: [UInt8]
  let ruleName: String
  let clock: Int64?
  let metric: String?
  let percent: Int64?
  let ageMinutes: Int64?
  let occurredAt: Instant
  let dueAt: Instant
  let state: State
  let foundTeam: Int64?
  let fromTeam: [UInt8]?
  let toTeam: [UInt8]?
  let attempts: Int64
  let fault: String?
  let settledAt: Instant?
  let process: EscalationProcess
  let tasksGiven: Int64?
  /// Of an age it says nothing.
  let agreement: EscalationAgreement

  static let columns = """
    e.id, e.public_id, e.ticket_public_id, e.rule_id, e.rule_public_id, e.rule_name, e.clock_id, e.metric, e.percent, e.age_minutes, e.occurred_at, e.due_at, e.state,
    e.from_team_id, e.from_team_public_id, e.to_team_public_id, e.attempts, e.fault, e.settled_at, e.process, e.tasks_given, e.agreement
    """

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    ticketPublicId = try row.next()
    rule = try row.next()
    rulePublicId = try row.next()
    ruleName = try row.next()
    clock = try row.next()
    metric = try row.next()
    percent = try row.next()
    ageMinutes = try row.next()
    occurredAt = try row.next()
    dueAt = try row.next()
    state = State(rawValue: try row.next()) ?? .waiting
    foundTeam = try row.next()
    fromTeam = try row.next()
    toTeam = try row.next()
    attempts = try row.next()
    fault = try row.next()
    settledAt = try row.next()
    process = EscalationProcess(rawValue: try row.next()) ?? .incident
    tasksGiven = try row.next()
    agreement = EscalationAgreement(rawValue: try row.next()) ?? .sla
  }
}

/// A customer's escalations, the newest first; of one ticket or of all.
struct EscalationsPage: Statement {
  let tenant: TenantId
  let ticket: Int64?
  let before: Int64
  let limit: Int64

  static let sql = """
    select \(EscalationRow.columns) from escalations.escalation e
    where e.tenant_id = $1 and ($2::bigint is null or e.ticket_id = $2 and e.process = 'incident') and e.id < $3
    order by e.id desc limit $4
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(before)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> EscalationRow { try EscalationRow(&row) }
}

struct TicketByPublicId: Statement {
  let tenant: TenantId
  let publicId: [UInt8]

  static let sql = "select t.ticket_id from desk.pub_told_ticket t where t.tenant_id = $1 and t.public_id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicId)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
