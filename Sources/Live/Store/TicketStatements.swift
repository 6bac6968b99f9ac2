import Changes
import Desk
import Kernel
import MajorIncidents
import Operations
import Postgres
import Problems
import Requests
import Tenancy

/// The incidents that changes are about, with what says who may be told. A change that is about no incident has no row. Their tenants are bound.
struct LiveIncidents: Statement {
  let changes: [LiveChange]

  static let sql = """
    select e.type,
      e.type = any ($6) or e.type = any ($7) and e.payload ->> 'visibility' is distinct from 'public'
        or coalesce(c.subject_kind, 'ticket') <> 'ticket',
      e.recorded_at, n.id, n.handle, n.code, n.public_id, t.public_id, t.number, t.version, t.unit_id, t.requester_id
    \(LookedAt.events)
    left join service_levels.pub_clock_subject c on w.subject_kind <> 'ticket' and c.tenant_id = w.tenant_id and c.clock_id = w.subject_id
    left join lateral (
      select u.ticket_id from desk.pub_turn u
      where c.subject_kind <> 'ticket' and u.tenant_id = w.tenant_id and u.subject_kind = c.subject_kind and u.subject_id = c.subject_id) u on true
    join desk.pub_live_ticket t on t.tenant_id = w.tenant_id
      and t.ticket_id = case when w.subject_kind = 'ticket' then w.subject_id when c.subject_kind = 'ticket' then c.subject_id else u.ticket_id end
    join tenancy.tenant n on n.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    LookedAt.bind(changes, to: &parameters)
    parameters.append(TicketEventType.internalOnly)
    parameters.append(TicketEventType.ofVisibility)
  }

  static func decode(_ row: inout RowReader) throws -> LiveEvent {
    try LiveEvent(ofCustomer: &row, .incident, kind: { LiveEvent.Kind(ofIncident: $0) }, number: IncidentView.number)
  }
}

/// The same of requests, and of their clocks. They are whose requester's are, who may have moved since.
struct LiveRequests: Statement {
  let changes: [LiveChange]

  static let sql = """
    select e.type, \(RequestHistory.isProvidersOwn), e.recorded_at, n.id, n.handle, n.code, n.public_id, t.public_id, t.number, t.version,
      t.unit_id, t.requester_id
    \(LookedAt.events)
    left join service_levels.pub_request_clock c on w.subject_kind <> 'request' and c.tenant_id = w.tenant_id and c.clock_id = w.subject_id
    join requests.pub_live_request t on t.tenant_id = w.tenant_id
      and t.request_id = case when w.subject_kind = 'request' then w.subject_id else c.request_id end
    join tenancy.tenant n on n.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) { LookedAt.bind(changes, to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> LiveEvent {
    try LiveEvent(ofCustomer: &row, .request, kind: { _ in .requestChanged }, number: RequestLine.number)
  }
}

/// The problems that changes are about, with the customers of whom one must serve one. The provider's tenant is bound.
struct LiveProblems: Statement {
  let changes: [LiveChange]

  static let sql = """
    select e.recorded_at, (e.payload ->> '\(ProcessEventPayload.customerKey)')::bigint, n.handle, n.code, t.public_id, t.number, t.version, t.serving,
      '{}'::text[], '{}'::bigint[]
    \(LookedAt.events)
    join problems.pub_live_problem t on t.tenant_id = w.tenant_id and t.problem_id = w.subject_id
    join tenancy.tenant n on n.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) { LookedAt.bind(changes, to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> LiveEvent { try LiveEvent(ofProvider: &row, .problem, number: ProblemNumber.text) }
}

/// The same of changes.
struct LiveChanges: Statement {
  let changes: [LiveChange]

  static let sql = """
    select e.recorded_at, (e.payload ->> '\(ProcessEventPayload.customerKey)')::bigint, n.handle, n.code, t.public_id, t.number, t.version, t.serving,
      '{}'::text[], '{}'::bigint[]
    \(LookedAt.events)
    join changes.pub_live_change t on t.tenant_id = w.tenant_id and t.change_id = w.subject_id
    join tenancy.tenant n on n.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) { LookedAt.bind(changes, to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> LiveEvent { try LiveEvent(ofProvider: &row, .change, number: ChangeNumber.text) }
}

/// The same of releases, and who sees one because he opened it.
struct LiveReleases: Statement {
  let changes: [LiveChange]

  static let sql = """
    select e.recorded_at, (e.payload ->> '\(ProcessEventPayload.customerKey)')::bigint, n.handle, n.code, t.public_id, t.number, t.version, t.serving,
      array_remove(array[t.opener_kind], null), array_remove(array[t.opener_id], null)
    \(LookedAt.events)
    join changes.pub_live_release t on t.tenant_id = w.tenant_id and t.release_id = w.subject_id
    join tenancy.tenant n on n.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) { LookedAt.bind(changes, to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> LiveEvent { try LiveEvent(ofProvider: &row, .release, number: ChangeNumber.release) }
}

/// The same of major incidents, and who sees one because he declared or leads it, or is to.
struct LiveMajors: Statement {
  let changes: [LiveChange]

  static let sql = """
    select e.recorded_at, (e.payload ->> '\(ProcessEventPayload.customerKey)')::bigint, n.handle, n.code, t.public_id, t.number, t.version, t.serving,
      t.opener_kinds, t.opener_ids
    \(LookedAt.events)
    join major_incidents.pub_live_major_incident t on t.tenant_id = w.tenant_id and t.major_id = w.subject_id
    join tenancy.tenant n on n.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) { LookedAt.bind(changes, to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> LiveEvent { try LiveEvent(ofProvider: &row, .majorIncident, number: MajorNumber.text) }
}

/// What the statements have in common.
private enum LookedAt {
  static let events = """
    from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[]) w (tenant_id, subject_kind, subject_id, seq, recorded_at)
    join operations.event e on e.tenant_id = w.tenant_id and e.subject_kind = w.subject_kind and e.subject_id = w.subject_id and e.seq = w.seq
      and e.recorded_at = w.recorded_at
    """

  static func bind(_ changes: [LiveChange], to parameters: inout Parameters) {
    parameters.append(changes.map(\.tenant.rawValue))
    parameters.append(changes.map(\.subjectKind))
    parameters.append(changes.map(\.subject))
    parameters.append(changes.map(\.seq))
    parameters.append(changes.map(\.recordedAt))
  }
}

extension LiveEvent {
  fileprivate init(
    ofCustomer row: inout RowReader, _ process: LiveProcess, kind: (String) -> Kind, number: (String, Int64) -> String
  ) throws {
    let type: String = try row.next()
    let isInternal: Bool = try row.next()
    let recordedAt: Instant = try row.next()
    let tenant: TenantId = try row.next()
    let handle: Int64 = try row.next()
    let code: String = try row.next()
    let names = TenantHandle(UInt32(truncatingIfNeeded: handle))
    let customer = Self.id(.customer, names, try row.next())
    let id = Self.id(process.idKind, names, try row.next())
    let ticket = Ticket(
      process: process, id: id, customer: customer, number: number(code, try row.next()), version: try row.next(),
      readers: .row(tenant: tenant, unit: try row.next(), requester: try row.next()))
    self.init(kind: kind(type), at: recordedAt, subject: .ticket(ticket), audience: isInternal ? .staff : .all)
  }

  fileprivate init(ofProvider row: inout RowReader, _ process: LiveProcess, number: (String, Int64) -> String) throws {
    let recordedAt: Instant = try row.next()
    let affair: TenantId? = try row.next()
    let handle: Int64 = try row.next()
    let code: String = try row.next()
    let id = Self.id(process.idKind, TenantHandle(UInt32(truncatingIfNeeded: handle)), try row.next())
    let (count, version): (Int64, Int64) = (try row.next(), try row.next())
    let serving: [Int64]? = try row.next()
    let (kinds, accounts): ([String], [Int64]) = (try row.next(), try row.next())
    let openers = Set(zip(kinds, accounts).map { Opener(kind: $0, id: $1) })
    let ticket = Ticket(
      process: process, id: id, customer: nil, number: number(code, count), version: version,
      readers: .staff(serving: serving.map { Set($0.map { TenantId($0) }) }, openers: openers))
    self.init(kind: process.changed, at: recordedAt, subject: .ticket(ticket), audience: affair.map { .serving($0) } ?? .all)
  }

  private static func id(_ kind: IdKind, _ handle: TenantHandle, _ bits: [UInt8]) -> PublicId {
    PublicId(kind: kind.prefix, handle: handle, random: bits) ?? .none(kind: kind.prefix, handle: handle)
  }
}

extension LiveEvent.Kind {
  /// Of an event's type.
  fileprivate init(ofIncident type: String) {
    switch type {
    case TicketEventType.commented: self = .incidentCommented
    case "sla.warned": self = .clockWarned
    case "sla.breached": self = .clockBreached
    default: self = .incidentChanged
    }
  }
}
