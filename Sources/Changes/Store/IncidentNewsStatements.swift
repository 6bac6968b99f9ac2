import Desk
import Kernel
import Operations
import Postgres

/// Leaves what became of a change to be told to the incidents that it is to resolve by then.
struct LeaveIncidentNews: Statement {
  let provider: TenantId
  let change: Int64
  /// Of the event in the change's history.
  let seq: Int64
  let kind: ChangeNews.Kind
  let outcome: String?
  let actor: Actor
  let at: Instant

  static let sql = """
    insert into changes.incident_news (tenant_id, change_id, seq, other_tenant_id, ticket_id, kind, outcome, actor_kind, actor_id, occurred_at)
    select l.tenant_id, l.change_id, $3::bigint, l.other_tenant_id, l.other_id, $4::text, $5::text, $6::text, $7::bigint, $8::timestamptz
    from changes.link l where l.tenant_id = $1 and l.change_id = $2 and l.kind = 'incident'
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(seq)
    parameters.append(kind.rawValue)
    parameters.append(outcome)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(at)
  }
}

/// The problems that a change is to remove.
struct ProblemsOfChange: Statement {
  let provider: TenantId
  let change: Int64

  static let sql = "select l.other_id from changes.link l where l.tenant_id = $1 and l.change_id = $2 and l.kind = 'problem' order by l.other_id"

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Leaves it to be seen whether an incident waits for nothing any more, now that a change is not to resolve it: where another one is over. Where none
/// is, whoever unlinked it may mean another.
struct LeaveUnlinkedIncident: Statement {
  let provider: TenantId
  let change: Int64
  /// Of the event in the change's history.
  let seq: Int64
  let tenant: TenantId
  let ticket: Int64
  let actor: Actor
  let at: Instant

  static let sql = """
    insert into changes.incident_news (tenant_id, change_id, seq, other_tenant_id, ticket_id, kind, actor_kind, actor_id, occurred_at)
    select $1::bigint, $2::bigint, $3::bigint, $4::bigint, $5::bigint, 'incident.change_unlinked', $6::text, $7::bigint, $8::timestamptz
    where exists (
      select from changes.link l join changes.change c on c.tenant_id = l.tenant_id and c.id = l.change_id
      where l.tenant_id = $1::bigint and l.kind = 'incident' and l.other_tenant_id = $4::bigint and l.other_id = $5::bigint
        and c.state in ('implemented', 'backed_out', 'closed', 'cancelled'))
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(change)
    parameters.append(seq)
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(at)
  }
}

/// What is to be told to incidents, behind a place: of one change in the order of its history.
struct IncidentNewsToTell: Statement {
  struct Found: Sendable {
    let change: Int64
    let publicId: [UInt8]
    let number: Int64
    let seq: Int64
    let tenant: TenantId
    let ticket: Int64
    let kind: ChangeNews.Kind?
    let outcome: String?
    let actor: Actor
    let occurredAt: Instant
  }

  let provider: TenantId
  let after: Found?
  let limit: Int64

  static let sql = """
    select n.change_id, c.public_id, c.number, n.seq, n.other_tenant_id, n.ticket_id, n.kind, n.outcome, n.actor_kind, n.actor_id, n.occurred_at
    from changes.incident_news n join changes.change c on c.tenant_id = n.tenant_id and c.id = n.change_id
    where n.tenant_id = $1 and (n.change_id, n.seq, n.other_tenant_id, n.ticket_id) > ($2, $3, $4, $5)
    order by n.change_id, n.seq, n.other_tenant_id, n.ticket_id limit $6
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(after?.change ?? 0)
    parameters.append(after?.seq ?? 0)
    parameters.append(after?.tenant ?? TenantId(0))
    parameters.append(after?.ticket ?? 0)
    parameters.append(limit)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      change: try row.next(), publicId: try row.next(), number: try row.next(), seq: try row.next(), tenant: try row.next(), ticket: try row.next(),
      kind: ChangeNews.Kind(rawValue: try row.next()), outcome: try row.next(),
      actor: Actor(kind: Actor.Kind(rawValue: try row.next()) ?? .system, id: try row.next(), via: .job), occurredAt: try row.next())
  }
}

/// Takes a piece of work; no row when another worker has it.
struct TakeIncidentNews: Statement {
  let provider: TenantId
  let found: IncidentNewsToTell.Found

  static let sql = """
    delete from changes.incident_news
    where tenant_id = $1 and change_id = $2 and seq = $3 and other_tenant_id = $4 and ticket_id = $5 returning ticket_id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(found.change)
    parameters.append(found.seq)
    parameters.append(found.tenant)
    parameters.append(found.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// A change that is to resolve an incident and has not been done yet.
struct ChangeAhead: Statement {
  let provider: TenantId
  let found: IncidentNewsToTell.Found

  static let sql = """
    select c.id from changes.link l join changes.change c on c.tenant_id = l.tenant_id and c.id = l.change_id
    where l.tenant_id = $1 and l.kind = 'incident' and l.other_tenant_id = $2 and l.other_id = $3
      and c.state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing') limit 1
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(provider)
    parameters.append(found.tenant)
    parameters.append(found.ticket)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
