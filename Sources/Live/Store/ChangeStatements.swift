import Desk
import Kernel
import Operations
import Postgres
import Tenancy

/// Something that became visible: an event of a ticket or of a clock, or a notification in an inbox.
struct LiveChange: Sendable {
  let tenant: TenantId
  let subjectKind: String
  let subject: Int64
  let seq: Int64
  let recordedAt: Instant
  /// Of a notification: whose.
  let receiver: String?
}

/// What became visible since a snapshot, over all tenants. The first row says where the look stands.
struct ChangesSince: Statement {
  enum Row: Sendable {
    case stand(snapshot: String, history: String, written: Int64, flushed: Int64)
    case change(LiveChange)
  }

  /// Nil: only where the look stands.
  let since: String?
  /// Nil: up to now.
  let until: String?
  let now: Instant
  let limit: Int64

  static let sql = """
    select snapshot, history, written, flushed, tenant_id, subject_kind, subject_id, seq, recorded_at, receiver from finder.changes_since($1, $2, $3, $4)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(since)
    parameters.append(until)
    parameters.append(now)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Row {
    let snapshot: String? = try row.next()
    let history: String? = try row.next()
    let written: Int64? = try row.next()
    let flushed: Int64? = try row.next()
    if let snapshot, let history, let written, let flushed {
      return .stand(snapshot: snapshot, history: history, written: written, flushed: flushed)
    }
    return .change(
      LiveChange(
        tenant: try row.next(), subjectKind: try row.next(), subject: try row.next(), seq: try row.next(), recordedAt: try row.next(),
        receiver: try row.next()))
  }
}

/// The tickets that changes are about, with what says who may be told. A change that is about no incident has no row.
struct LiveTickets: Statement {
  struct Found: Sendable {
    let type: String
    let isInternal: Bool
    let recordedAt: Instant
    let ticket: LiveEvent.Ticket
  }

  let changes: [LiveChange]

  static let sql = """
    select e.type,
      e.type = any ($6) or e.type = any ($7) and e.payload ->> 'visibility' is distinct from 'public'
        or coalesce(c.subject_kind, 'ticket') <> 'ticket',
      e.recorded_at, n.id, n.handle, n.code, n.public_id, t.public_id, t.number, t.version, t.unit_id, t.requester_id
    from unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::timestamptz[]) w (tenant_id, subject_kind, subject_id, seq, recorded_at)
    join operations.event e on e.tenant_id = w.tenant_id and e.subject_kind = w.subject_kind and e.subject_id = w.subject_id and e.seq = w.seq
      and e.recorded_at = w.recorded_at
    left join service_levels.pub_clock_subject c on w.subject_kind <> 'ticket' and c.tenant_id = w.tenant_id and c.clock_id = w.subject_id
    left join lateral (
      select u.ticket_id from desk.pub_turn u
      where c.subject_kind <> 'ticket' and u.tenant_id = w.tenant_id and u.subject_kind = c.subject_kind and u.subject_id = c.subject_id) u on true
    join desk.pub_live_ticket t on t.tenant_id = w.tenant_id
      and t.ticket_id = case when w.subject_kind = 'ticket' then w.subject_id when c.subject_kind = 'ticket' then c.subject_id else u.ticket_id end
    join tenancy.tenant n on n.id = t.tenant_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(changes.map(\.tenant.rawValue))
    parameters.append(changes.map(\.subjectKind))
    parameters.append(changes.map(\.subject))
    parameters.append(changes.map(\.seq))
    parameters.append(changes.map(\.recordedAt))
    parameters.append(TicketEventType.internalOnly)
    parameters.append(TicketEventType.ofVisibility)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let type: String = try row.next()
    let isInternal: Bool = try row.next()
    let recordedAt: Instant = try row.next()
    let tenant: TenantId = try row.next()
    let handle: Int64 = try row.next()
    let code: String = try row.next()
    let customer: [UInt8] = try row.next()
    let incident: [UInt8] = try row.next()
    let number: Int64 = try row.next()
    let names = TenantHandle(UInt32(truncatingIfNeeded: handle))
    return Found(
      type: type, isInternal: isInternal, recordedAt: recordedAt,
      ticket: LiveEvent.Ticket(
        customer: PublicId(kind: IdKind.customer.prefix, handle: names, random: customer) ?? .none(kind: IdKind.customer.prefix, handle: names),
        incident: PublicId(kind: IdKind.incident.prefix, handle: names, random: incident) ?? .none(kind: IdKind.incident.prefix, handle: names),
        number: IncidentView.number(of: code, number), version: try row.next(), tenant: tenant, unit: try row.next(), requester: try row.next()))
  }
}

/// The keys that ids are sealed with, the newest first; the provider's tenant is bound.
struct LiveSealSecrets: Statement {
  let provider: TenantId

  static let sql = "select secret from operations.signing_key where tenant_id = $1 order by id desc limit 10"

  func bind(to parameters: inout Parameters) { parameters.append(provider) }

  static func decode(_ row: inout RowReader) throws -> [UInt8] { try row.next() }
}
