import Desk
import Kernel
import Operations
import Postgres
import Tenancy

extension OutboxEntry {
  /// What a notification of it is known by: the event, whichever rules it meets.
  var name: String { "\(kind):\(subject):\(seq):\(recordedAt.microseconds)" }
}

/// What happened, and by whom.
struct FoundEvent: Sendable {
  let type: String
  let payload: Value
  let actorKind: String
  let actor: Int64
  let occurredAt: Instant

  init(_ row: inout RowReader) throws {
    type = try row.next()
    payload = try row.next()
    actorKind = try row.next()
    actor = try row.next()
    occurredAt = try row.next()
  }
}

/// The events behind causes, each with its ticket as it stands now. A clock's of a team, of a supplier or of a request is none of a ticket's: no row.
struct EventsOfCauses: Statement {
  struct Found: Sendable {
    let cause: Int64
    let event: FoundEvent
    let ticket: ToldTicket
  }

  let tenant: TenantId
  let causes: [OutboxEntry]

  static let sql = """
    select o.id, e.type, e.payload, e.actor_kind, e.actor_id, e.occurred_at, t.ticket_id, t.public_id, t.number, t.title, t.state, t.priority, t.due_at,
      t.owner_id, t.assignee_id, t.requester_id, t.team_name, t.team_public_id
    from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[]) o (id, kind, subject_id, seq, recorded_at)
    join operations.event e
      on e.tenant_id = $1 and e.subject_kind = o.kind and e.subject_id = o.subject_id and e.seq = o.seq and e.recorded_at = o.recorded_at
    left join service_levels.pub_clock c on c.tenant_id = $1 and c.clock_id = o.subject_id and o.kind in ('clock', 'clock_warning')
    join desk.pub_told_ticket t on t.tenant_id = $1 and t.ticket_id = case o.kind when 'ticket' then o.subject_id else c.subject_id end
    order by o.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(causes.map(\.id))
    parameters.append(causes.map(\.kind))
    parameters.append(causes.map(\.subject))
    parameters.append(causes.map(\.seq))
    parameters.append(causes.map(\.recordedAt))
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(cause: try row.next(), event: try FoundEvent(&row), ticket: try ToldTicket(&row))
  }
}

/// Of causes that are clocks' those of requests.
struct RequestClockEvents: Statement {
  let tenant: TenantId
  let causes: [OutboxEntry]

  static let sql = """
    select o.id, c.request_id, e.type, e.payload, e.actor_kind, e.actor_id, e.occurred_at
    from unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::timestamptz[]) o (id, kind, subject_id, seq, recorded_at)
    join operations.event e
      on e.tenant_id = $1 and e.subject_kind = o.kind and e.subject_id = o.subject_id and e.seq = o.seq and e.recorded_at = o.recorded_at
    join service_levels.pub_request_clock c on c.tenant_id = $1 and c.clock_id = o.subject_id
    order by o.id
    """

  func bind(to parameters: inout Parameters) { AccountEvents(tenant: tenant, causes: causes).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> AccountEvents.Found { try AccountEvents.decode(&row) }
}

/// The event that says how each of some tickets stands: that it was opened; of what is resolved, or closed since, that it was resolved.
struct NewsOfTickets: Statement {
  struct Found: Sendable {
    let entry: OutboxEntry
    let event: FoundEvent
  }

  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    select t.ticket_id, e.seq, e.recorded_at, e.type, e.payload, e.actor_kind, e.actor_id, e.occurred_at
    from desk.pub_told_ticket t
    cross join lateral (
      select v.seq, v.recorded_at, v.type, v.payload, v.actor_kind, v.actor_id, v.occurred_at from operations.event v
      where v.tenant_id = $1 and v.subject_kind = 'ticket' and v.subject_id = t.ticket_id and v.recorded_at >= t.recorded_at
        and v.type = case when t.state in ('resolved', 'closed') then $3::text else $4::text end
      order by v.seq desc limit 1) e
    where t.tenant_id = $1 and t.ticket_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
    parameters.append(TicketEventType.resolved)
    parameters.append(TicketEventType.opened)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      entry: OutboxEntry(id: 0, kind: "ticket", subject: try row.next(), seq: try row.next(), recordedAt: try row.next()), event: try FoundEvent(&row))
  }
}

/// What people are told of a ticket.
struct ToldTicket: Sendable {
  let id: Int64
  let publicId: [UInt8]
  let number: Int64
  let title: String
  let state: String
  let priority: Int64
  let dueAt: Instant?
  let owner: Int64?
  let assignee: Int64?
  let requester: Int64?
  let team: String?
  /// The random bits of the team's public id.
  let teamBits: [UInt8]?

  init(_ row: inout RowReader) throws {
    id = try row.next()
    publicId = try row.next()
    number = try row.next()
    title = try row.next()
    state = try row.next()
    priority = try row.next()
    dueAt = try row.next()
    owner = try row.next()
    assignee = try row.next()
    requester = try row.next()
    team = try row.next()
    teamBits = try row.next()
  }
}

/// Tickets that went into these, some by way of others: their requesters and the persons who watch them may not see the one that work goes on with. Each
/// with the instant since which that one speaks for it, and as that one stands.
struct TicketsGoneInto: Statement {
  struct Found: Sendable {
    let survivor: Int64
    let since: Instant?
    let ticket: ToldTicket
  }

  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    with recursive gone as (
      select t.merged_into_id as survivor_id, t.ticket_id as gone_id, t.closed_at as since
      from desk.pub_ticket t where t.tenant_id = $1 and t.merged_into_id is not null and t.merged_into_id = any ($2)
      union
      select g.survivor_id, t.ticket_id, greatest(g.since, t.closed_at)
      from gone g join desk.pub_ticket t on t.tenant_id = $1 and t.merged_into_id = g.gone_id)
    select g.survivor_id, g.since, t.ticket_id, t.public_id, t.number, t.title, s.state, t.priority, t.due_at, t.owner_id, t.assignee_id, t.requester_id,
      t.team_name, t.team_public_id
    from gone g
    join desk.pub_told_ticket t on t.tenant_id = $1 and t.ticket_id = g.gone_id
    join desk.pub_told_ticket s on s.tenant_id = $1 and s.ticket_id = g.survivor_id
    where t.requester_id is not null
      or exists (select from desk.pub_watcher w where w.tenant_id = $1 and w.ticket_id = g.gone_id and w.person_id is not null)
    order by g.survivor_id, g.gone_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(survivor: try row.next(), since: try row.next(), ticket: try ToldTicket(&row))
  }
}

struct WatchersOfTickets: Statement {
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = "select w.ticket_id, w.person_id, w.account_id from desk.pub_watcher w where w.tenant_id = $1 and w.ticket_id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> (ticket: Int64, person: Int64?, account: Int64?) {
    (try row.next(), try row.next(), try row.next())
  }
}

/// Members of the staff who watch problems, changes, releases and major incidents.
struct WatchersOfProcesses: Statement {
  let provider: TenantId
  let subjects: [OfferSubject]

  static let sql = """
    select w.subject_kind, w.subject_id, w.account_id
    from unnest($2::text[], $3::bigint[]) s (kind, id)
    join desk.pub_process_watcher w on w.tenant_id = $1 and w.subject_kind = s.kind and w.subject_id = s.id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(subjects.map(\.kind))
    parameters.append(subjects.map(\.id))
  }

  static func decode(_ row: inout RowReader) throws -> (subject: OfferSubject?, account: Int64) {
    let (kind, id): (String, Int64) = (try row.next(), try row.next())
    return (OfferSubject(kind: kind, id: id), try row.next())
  }
}

/// Members of teams who may work on something: on what is of several customers, for all of them.
struct TeamMembersToTell: Statement {
  let provider: TenantId
  /// The random bits of their public ids.
  let teams: [[UInt8]]
  /// What work on it needs.
  let permission: String
  /// None: whoever works for anybody.
  let customers: [Int64]
  let now: Instant

  /// Of a member `x`.
  private static let grants = """
    select from tenancy.role_grant g join tenancy.role_permission q on q.role = g.role and q.permission = $3
    where g.tenant_id = x.tenant_id and g.account_id = x.account_id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $5)
    """
  static let sql = """
    select x.team_public_id, x.account_id from desk.pub_team_member x
    where x.tenant_id = $1 and x.team_public_id = any ($2) and exists (\(grants)) and not exists (
      select from unnest($4::bigint[]) c (id)
      where not exists (
        \(grants) and (g.scope = 'all' or g.scope = 'listed' and exists (
          select from tenancy.role_grant_tenant l
          where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = c.id))))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(teams)
    parameters.append(permission)
    parameters.append(customers)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> (team: [UInt8], account: Int64) { (try row.next(), try row.next()) }
}

/// Comments that events name, the first two thousand characters of each.
struct ToldComments: Statement {
  let tenant: TenantId
  let publicIds: [[UInt8]]

  static let sql = """
    select c.public_id, left(c.body, 2000) from desk.pub_comment c where c.tenant_id = $1 and c.public_id = any ($2)
    union all
    select c.public_id, left(c.body, 2000) from requests.pub_comment c where c.tenant_id = $1 and c.public_id = any ($2)
    union all
    select c.public_id, left(c.body, 2000) from problems.pub_comment c where c.tenant_id = $1 and c.public_id = any ($2)
    union all
    select c.public_id, left(c.body, 2000) from changes.pub_comment c where c.tenant_id = $1 and c.public_id = any ($2)
    union all
    select c.public_id, left(c.body, 2000) from changes.pub_release_comment c where c.tenant_id = $1 and c.public_id = any ($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds)
  }

  static func decode(_ row: inout RowReader) throws -> (publicId: [UInt8], body: String) { (try row.next(), try row.next()) }
}

/// Who did it: accounts of the bound tenants, by name, and the persons whose they are.
struct ToldActors: Statement {
  let tenants: [TenantId]
  let ids: [Int64]

  static let sql = "select a.id, a.name, a.tenant_id, a.person_id from tenancy.account a where a.tenant_id = any ($1) and a.id = any ($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenants)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> (id: Int64, name: String, tenant: TenantId, person: Int64?) {
    (try row.next(), try row.next(), try row.next(), try row.next())
  }
}

/// Members of the staff who may be told of a customer's tickets, or of other things of his: whoever has lost the right to read them is told
/// nothing more.
struct StaffToTell: Statement {
  let provider: TenantId
  let ids: [Int64]
  let publicIds: [[UInt8]]
  /// One of them is enough.
  let permissions: [String]
  /// Who serves one of them may know; nil: of any.
  let customers: [Int64]?
  let now: Instant

  static let sql = """
    select a.id, a.public_id, a.language, a.login, p.email
    from tenancy.account a left join tenancy.person p on p.tenant_id = a.tenant_id and p.id = a.person_id
    where a.tenant_id = $1 and (a.id = any ($2) or a.public_id = any ($3)) and a.state = 'active' and a.kind = 'staff' and exists (
      select from tenancy.role_grant g join tenancy.role_permission q on q.role = g.role and q.permission = any ($6)
      where g.tenant_id = a.tenant_id and g.account_id = a.id and g.revoked_at is null and (g.expires_at is null or g.expires_at > $5)
        and ($4::bigint[] is null or g.scope = 'all' or g.scope = 'listed' and exists (
          select from tenancy.role_grant_tenant l
          where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = any ($4))))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(ids)
    parameters.append(publicIds)
    parameters.append(customers)
    parameters.append(now)
    parameters.append(permissions)
  }

  static func decode(_ row: inout RowReader) throws -> Receiver {
    let id: Int64 = try row.next()
    let publicId: [UInt8] = try row.next()
    let language = Language(rawValue: try row.next()) ?? .english
    let login: String? = try row.next()
    let email: String? = try row.next()
    // Who has no person on record often signs in by his address.
    return Receiver(who: .staff(id), publicId: publicId, language: language, zone: nil, address: email ?? login.flatMap { MailAddress($0)?.text })
  }
}

/// Who answers for some customers among the staff: their account managers; where there are none, the administrators.
struct StaffInCharge: Statement {
  let provider: TenantId
  let customers: [TenantId]
  let now: Instant

  static let sql = """
    with held as (
      select distinct a.id, g.role from tenancy.role_grant g join tenancy.account a on a.tenant_id = g.tenant_id and a.id = g.account_id
      where g.tenant_id = $1 and g.role in ('account_manager', 'administrator') and a.kind = 'staff' and a.state = 'active'
        and g.revoked_at is null and (g.expires_at is null or g.expires_at > $3)
        and (g.scope = 'all' or g.scope = 'listed' and exists (
          select from tenancy.role_grant_tenant l where l.tenant_id = g.tenant_id and l.role_grant_id = g.id and l.granted_tenant_id = any ($2))))
    select h.id from held h
    where h.role = 'account_manager' or not exists (select from held m where m.role = 'account_manager') order by h.id limit 200
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(customers)
    parameters.append(now)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// When a worker that can send mail was last there.
struct MailSeen: Statement {
  let provider: TenantId

  static let sql = "select m.seen_at from notifications.mail m where m.tenant_id = $1"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> Instant { try row.next() }
}

/// People of a customer who may be told, with the zone of where they work: of one who is suspended nobody, nobody who has left, and nobody
/// whose logins were all disabled. Many have no login and are reached by mail alone.
struct PeopleToTell: Statement {
  let tenant: TenantId
  let ids: [Int64]

  static let sql = """
    select p.id, p.public_id, p.language, u.zone, p.email,
      exists (select from tenancy.account a where a.tenant_id = p.tenant_id and a.person_id = p.id)
    from tenancy.person p left join tenancy.org_unit u on u.tenant_id = p.tenant_id and u.id = p.unit_id
    where p.tenant_id = $1 and p.id = any ($2) and p.left_at is null
      and exists (select from tenancy.tenant t where t.id = p.tenant_id and t.state = 'active')
      and coalesce((select bool_or(a.state = 'active') from tenancy.account a where a.tenant_id = p.tenant_id and a.person_id = p.id), true)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ids)
  }

  static func decode(_ row: inout RowReader) throws -> Receiver {
    Receiver(
      who: .person(try row.next()), publicId: try row.next(), language: Language(rawValue: try row.next()) ?? .english, zone: try row.next(),
      address: try row.next(), hasLogin: try row.next())
  }
}
