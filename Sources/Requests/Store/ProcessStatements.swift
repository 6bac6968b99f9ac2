import Approvals
import Kernel
import Operations
import Postgres
import ServiceLevels

/// A request as an act finds it, locked.
struct HeldRequest: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let facts: RequestFacts
  let version: Int64
  let lastSeq: Int64
  let offering: Int64
  let service: Int64
  let offeringCode: String
  /// By language.
  let offeringName: Value
  let offeringVersion: Int64
  /// The access that the offering gives, as its version says it; null: none.
  let access: Value
  let answers: Value
  let requester: Int64?
  let unit: Int64?
  let submitter: Party
  let mayApproveOwn: Bool
  let submittedAt: Instant
  /// Where it is to be done; nil: where the requester is.
  let place: Int64?
  /// Who took it; nil: nobody.
  let owner: RequestOwner?
}

/// Locks it until the transaction ends: acts on one request come one after the other. It is read by a statement of its own that comes after
/// this one, which then sees what the one before has written.
struct HoldRequest: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = "select r.id from requests.request r where r.tenant_id = $1 and r.id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Whether time has decided something of it that nobody has recorded.
struct TimeHasMoved: Statement {
  let tenant: TenantId
  let id: Int64
  let now: Instant

  static let sql = """
    select coalesce(r.closes_at <= $3, false) or exists (
      select from requests.approval a where a.tenant_id = $1 and a.request_id = $2 and a.state = 'asked' and a.due_at <= $3)
    from requests.request r where r.tenant_id = $1 and r.id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

struct ReadHeldRequest: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = """
    select r.id, r.public_id, \(RequestFacts.columns), r.version, r.last_seq, o.offering_id, o.service_id, o.code, v.content -> 'name',
      r.offering_version_id,
      coalesce(v.content -> 'access', 'null'), r.answers, r.requester_id, r.unit_id, r.actor_kind, r.actor_id, r.actor_person,
      r.own_approval, r.submitted_at, r.place_id, \(RequestOwner.columns)
    from requests.request r
    join catalog.pub_offering o on o.offering_id = r.offering_id
    join catalog.pub_offering_version v on v.version_id = r.offering_version_id
    where r.tenant_id = $1 and r.id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> HeldRequest {
    HeldRequest(
      id: try row.next(), publicId: try row.next(), facts: try RequestFacts(&row), version: try row.next(), lastSeq: try row.next(),
      offering: try row.next(), service: try row.next(), offeringCode: try row.next(), offeringName: try row.next() ?? .null, offeringVersion: try row.next(),
      access: try row.next(),
      answers: try row.next(), requester: try row.next(), unit: try row.next(),
      submitter: Party(kind: try row.next(), id: try row.next(), person: try row.next()), mayApproveOwn: try row.next(),
      submittedAt: try row.next(), place: try row.next(), owner: try RequestOwner(&row))
  }
}

/// What a version says, whole.
struct ContentOfVersion: Statement {
  let version: Int64

  static let sql = "select v.content from catalog.pub_offering_version v where v.version_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(version) }

  static func decode(_ row: inout RowReader) throws -> Value { try row.next() }
}

struct ApprovalsOfRequest: Statement {
  let tenant: TenantId
  let request: Int64

  static let sql = "select \(Approval.columns) from requests.approval a where a.tenant_id = $1 and a.request_id = $2 order by a.seq"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
  }

  static func decode(_ row: inout RowReader) throws -> Approval { try Approval(&row) }
}

struct TasksOfRequest: Statement {
  let tenant: TenantId
  let request: Int64

  static let sql = "select \(RequestTask.columns) from requests.task t where t.tenant_id = $1 and t.request_id = $2 order by t.seq"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
  }

  static func decode(_ row: inout RowReader) throws -> RequestTask { try RequestTask(&row) }
}

extension RequestTask {
  /// Of `t`, in the order of ``init(_:)``; a table of tasks has them all.
  package static let columns = """
    t.public_id, t.seq, t.step, t.names, t.team_id, t.carries_access, t.state, t.ready_at, t.claimed_at, t.assignee_id, t.assignee_public_id, t.ended_at, t.result,
    t.withheld_team_id, t.version
    """

  package init(_ row: inout RowReader) throws {
    self.init(
      publicId: try row.next(), seq: try row.next(), step: try row.next(), names: try row.next(), team: try row.next(),
      carriesAccess: try row.next())
    state = TaskState(rawValue: try row.next()) ?? .cancelled
    readyAt = try row.next()
    claimedAt = try row.next()
    let assigneeId: Int64? = try row.next()
    let assigneeBits: [UInt8]? = try row.next()
    if let assigneeId, let assigneeBits { assignee = Assignee(id: assigneeId, publicId: assigneeBits) }
    endedAt = try row.next()
    result = try row.next()
    withheldTeam = try row.next()
    version = try row.next()
  }
}

/// Writes what acts can change. The row was locked before it was read; the condition holds its version once more.
struct UpdateRequest: Statement {
  let tenant: TenantId
  let id: Int64
  /// The version that was read.
  let read: Int64
  let version: Int64
  let lastSeq: Int64
  let process: RequestProcess
  let owner: RequestOwner?
  let standing: ClockStanding

  static let sql = """
    update requests.request set version = $4, last_seq = $5, state = $6, contract_line_id = $7, asked_at = $8, decided_at = $9, started_at = $10,
      ended_at = $11, closed_at = $12, withdrawn_at = $13, reason = $14, tasks_total = $15, tasks_done = $16, tasks_skipped = $17,
      owner_id = $18, owner_public_id = $19, owner_name = $20, closes_at = $21, responded_at = $22, due_at = $23, due_metric = $24,
      warned_percent = $25, impact = $26, urgency = $27, priority = $28, source = $29
    where tenant_id = $1 and id = $2 and version = $3
    """

  func bind(to parameters: inout Parameters) {
    let facts = process.request
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(read)
    parameters.append(version)
    parameters.append(lastSeq)
    parameters.append(facts.state.rawValue)
    parameters.append(facts.line)
    parameters.append(facts.askedAt)
    parameters.append(facts.decidedAt)
    parameters.append(facts.startedAt)
    parameters.append(facts.endedAt)
    parameters.append(facts.closedAt)
    parameters.append(facts.withdrawnAt)
    parameters.append(facts.reason)
    parameters.append(Int64(process.tasks.count))
    parameters.append(process.tasksDone)
    parameters.append(process.tasksSkipped)
    parameters.append(owner?.id)
    parameters.append(owner?.publicId)
    parameters.append(owner?.name)
    parameters.append(facts.closesAt)
    parameters.append(facts.respondedAt)
    parameters.append(standing)
    parameters.append(facts.rating)
    parameters.append(facts.source)
  }
}

/// What nobody did changes no version: whoever read the request before may still act on it.
struct UpdateRequestDue: Statement {
  let tenant: TenantId
  let id: Int64
  let standing: ClockStanding

  static let sql = """
    update requests.request set due_at = $3, due_metric = $4, warned_percent = $5
    where tenant_id = $1 and id = $2 and (due_at, due_metric, warned_percent) is distinct from ($3, $4, $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(standing)
  }
}

/// After how many days a fulfilled request closes by itself (0: never), and for how many more it can be reopened: by the policy of the contract whose line
/// covers it, where that has its own, else of the customer, else of the provider.
struct RequestPolicyDays: Statement {
  struct Found: Sendable {
    let closing: Int64
    let reopening: Int64
  }

  let tenant: TenantId
  let line: Int64

  static let sql = """
    select coalesce(c.close_requests_after_days, k.close_requests_after_days, p.close_requests_after_days),
      coalesce(c.reopen_within_days, k.reopen_within_days, p.reopen_within_days)
    from desk.pub_ticket_policy p
    left join desk.pub_own_ticket_policy k on k.tenant_id = $1 and k.contract_id is null
    left join desk.pub_own_ticket_policy c on c.tenant_id = $1
      and c.contract_id = (select l.contract_id from contracts.pub_line l where l.tenant_id = $1 and l.line_id = $2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(line)
  }

  static func decode(_ row: inout RowReader) throws -> Found { Found(closing: try row.next(), reopening: try row.next()) }
}

/// What an order of an earlier version is worth, and who may agree to it.
struct RecordTerms: Statement {
  let tenant: TenantId
  let id: Int64
  let value: Money?
  let mayApproveOwn: Bool

  static let sql = "update requests.request set value_minor = $3, value_currency = $4, own_approval = $5 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(value?.minorUnits)
    parameters.append(value?.currency.code)
    parameters.append(mayApproveOwn)
  }
}

/// Where it is to be done, by a unit that was named; none: where the requester is.
struct UnitOfRequest: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = """
    select s.public_id from requests.request r join tenancy.org_unit s on s.tenant_id = r.tenant_id and s.id = r.place_id
    where r.tenant_id = $1 and r.id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}

/// It is to be done elsewhere; nil: where the requester is.
struct UpdateRequestPlace: Statement {
  let tenant: TenantId
  let id: Int64
  let place: Int64?

  static let sql = "update requests.request set place_id = $3 where tenant_id = $1 and id = $2"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(place)
  }
}

struct InsertApproval: Statement {
  let tenant: TenantId
  let request: Int64
  let approval: Approval
  let now: Instant

  static let sql = """
    insert into requests.approval
      (tenant_id, public_id, request_id, seq, step, suffices, names, role, person_id, hours, escalates_to, state, asked_at, due_at, stand_in,
       recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
    """

  func bind(to parameters: inout Parameters) {
    let (role, person): (String?, Int64?) =
      switch approval.holder {
      case .role(let role): (role, nil)
      case .person(let person): (nil, person)
      // No rule of an offering names an account; the table refuses it.
      case .account: (nil, nil)
      }
    parameters.append(tenant)
    parameters.append(approval.publicId)
    parameters.append(request)
    parameters.append(approval.seq)
    parameters.append(approval.step)
    parameters.append(approval.suffices)
    parameters.append(json: approval.names)
    parameters.append(role)
    parameters.append(person)
    parameters.append(approval.hours)
    parameters.append(approval.escalatesTo)
    parameters.append(approval.state.rawValue)
    parameters.append(approval.askedAt)
    parameters.append(approval.dueAt)
    parameters.append(approval.standIn)
    parameters.append(now)
  }
}

struct UpdateApproval: Statement {
  let tenant: TenantId
  let request: Int64
  let approval: Approval

  static let sql = """
    update requests.approval set state = $4, asked_at = $5, due_at = $6, escalated_at = $7, delegate_kind = $8, delegate_id = $9, decided_at = $10,
      decided_kind = $11, decided_id = $12, decided_person = $13, reason = $14, stand_in = $15, version = $16
    where tenant_id = $1 and request_id = $2 and seq = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(approval.seq)
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
    parameters.append(approval.standIn)
    parameters.append(approval.version)
  }
}

struct InsertRequestTask: Statement {
  let tenant: TenantId
  let request: Int64
  let task: RequestTask
  let now: Instant

  static let sql = """
    insert into requests.task
      (tenant_id, public_id, request_id, seq, step, names, team_id, carries_access, state, ready_at, withheld_team_id, recorded_at)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(task.publicId)
    parameters.append(request)
    parameters.append(task.seq)
    parameters.append(task.step)
    parameters.append(json: task.names)
    parameters.append(task.team)
    parameters.append(task.carriesAccess)
    parameters.append(task.state.rawValue)
    parameters.append(task.readyAt)
    parameters.append(task.withheldTeam)
    parameters.append(now)
  }
}

struct UpdateRequestTask: Statement {
  let tenant: TenantId
  let request: Int64
  let task: RequestTask

  static let sql = """
    update requests.task set state = $4, ready_at = $5, claimed_at = $6, assignee_id = $7, assignee_public_id = $8, ended_at = $9, result = $10,
      team_id = $11, version = $12
    where tenant_id = $1 and request_id = $2 and seq = $3
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(request)
    parameters.append(task.seq)
    parameters.append(task.state.rawValue)
    parameters.append(task.readyAt)
    parameters.append(task.claimedAt)
    parameters.append(task.assignee?.id)
    parameters.append(task.assignee?.publicId)
    parameters.append(task.endedAt)
    parameters.append(task.result)
    parameters.append(task.team)
    parameters.append(task.version)
  }
}

/// The tasks that a version asks for; the staff's own.
struct PlannedTasks: Statement {
  struct Found: Sendable {
    let seq: Int64
    let step: Int64
    let names: Value
    let team: Int64
    let carriesAccess: Bool
  }

  let version: Int64

  static let sql = "select t.seq, t.step, t.names, t.team_id, t.carries_access from catalog.pub_fulfilment_task t where t.version_id = $1 order by t.seq"

  func bind(to parameters: inout Parameters) { parameters.append(version) }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(seq: try row.next(), step: try row.next(), names: try row.next(), team: try row.next(), carriesAccess: try row.next())
  }
}
