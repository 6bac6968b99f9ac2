import Contracts
import Kernel
import Postgres
import ServiceLevels

extension TeamTurn {
  static let select = """
    select a.id, a.seq, a.team_id, m.public_id, m.name, a.sla_version_id, v.supplier_waits_pause, v.provider_waits_pause, v.wait_limit_seconds,
      v.wait_total_seconds, a.started_at, a.backfilled, a.accepted_at, a.ended_at, a.end_cause, a.rule_id
    from desk.assignment a
    join desk.ticket t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
    join desk.team m on m.id = a.team_id
    left join contracts.pub_sla_version v on v.sla_version_id = a.sla_version_id
    """

  /// Columns in the order of ``select``.
  init(_ row: inout RowReader) throws {
    let (id, seq): (Int64, Int64) = (try row.next(), try row.next())
    let team = Ticket.Reference(id: try row.next(), publicId: try row.next())
    let name: String = try row.next()
    let terms = try TeamTerms(team: team.id, &row)
    let (startedAt, isBackfilled): (Instant, Bool) = (try row.next(), try row.next())
    let (acceptedAt, endedAt): (Instant?, Instant?) = (try row.next(), try row.next())
    let end: String? = try row.next()
    self.init(
      id: id, seq: seq, team: team, teamName: name, terms: terms, startedAt: startedAt, isBackfilled: isBackfilled, acceptedAt: acceptedAt,
      endedAt: endedAt, end: end.flatMap(End.init), rule: try row.next())
  }
}

extension TeamTerms {
  /// Columns in the order SLA version, supplier_waits_pause, provider_waits_pause, wait_limit_seconds, wait_total_seconds; nil where there is no version.
  init?(team: Int64, _ row: inout RowReader) throws {
    let version: Int64? = try row.next()
    let (supplierPauses, providerPauses): (Bool?, Bool?) = (try row.next(), try row.next())
    let waits = WaitTerms(
      supplierPauses: supplierPauses ?? false, providerPauses: providerPauses ?? false, limitSeconds: try row.next(), totalSeconds: try row.next())
    guard let version else { return nil }
    self.init(team: team, slaVersion: version, waits: waits)
  }
}

/// The turn that goes on. It is read by a statement of its own that comes after the one that locks the ticket: that one would
/// show the turn as it was before the wait for the lock.
struct OpenTurn: Statement {
  let tenant: TenantId
  let ticket: PublicId

  static let sql = "\(TeamTurn.select) where t.tenant_id = $1 and t.public_id = $2 and a.ended_at is null"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket.random)
  }

  static func decode(_ row: inout RowReader) throws -> TeamTurn { try TeamTurn(&row) }
}

/// All turns of a ticket, in their order.
struct TurnsOfTicket: Statement {
  let tenant: TenantId
  let ticket: PublicId

  static let sql = "\(TeamTurn.select) where t.tenant_id = $1 and t.public_id = $2 order by a.seq"

  func bind(to parameters: inout Parameters) { OpenTurn(tenant: tenant, ticket: ticket).bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> TeamTurn { try TeamTurn(&row) }
}

/// What the next turn of a ticket begins with: its id, its place, and the team's OLA in its version in force.
struct NextTurn: Statement {
  struct Found: Sendable {
    let id: Int64
    let seq: Int64
    let terms: TeamTerms?
  }

  let tenant: TenantId
  let ticket: Int64
  let team: Int64
  let at: Instant

  static let sql = """
    select nextval('desk.assignment_id_seq'),
      (select coalesce(max(a.seq), 0) + 1 from desk.assignment a where a.tenant_id = $1 and a.ticket_id = $2),
      $3::bigint, v.sla_version_id, v.supplier_waits_pause, v.provider_waits_pause, v.wait_limit_seconds, v.wait_total_seconds
    from (values (1)) one (row)
    left join lateral (
      select g.sla_id, g.ended_at from desk.team_agreement g where g.team_id = $3 and g.valid_from <= $4 order by g.valid_from desc limit 1
    ) g on g.ended_at is null or g.ended_at > $4
    left join lateral (
      select n.sla_version_id, n.supplier_waits_pause, n.provider_waits_pause, n.wait_limit_seconds, n.wait_total_seconds
      from contracts.pub_sla_version n where n.sla_id = g.sla_id and n.valid_from <= $4 and not n.withdrawn order by n.valid_from desc limit 1
    ) v on true
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(team)
    parameters.append(at)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    let (id, seq, team): (Int64, Int64, Int64) = (try row.next(), try row.next(), try row.next())
    return Found(id: id, seq: seq, terms: try TeamTerms(team: team, &row))
  }
}

struct InsertTurn: Statement {
  let tenant: TenantId
  let ticket: Int64
  let turn: TeamTurn
  let now: Instant

  static let sql = """
    insert into desk.assignment
      (tenant_id, id, ticket_id, seq, team_id, sla_version_id, started_at, accepted_at, ended_at, end_cause, due_at, recorded_at, rule_id, warned_percent)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(turn.id)
    parameters.append(ticket)
    parameters.append(turn.seq)
    parameters.append(turn.team.id)
    parameters.append(turn.terms?.slaVersion)
    parameters.append(turn.startedAt)
    parameters.append(turn.acceptedAt)
    parameters.append(turn.endedAt)
    parameters.append(turn.end?.rawValue)
    parameters.append(turn.clocks.standing.dueAt)
    parameters.append(now)
    parameters.append(turn.rule)
    parameters.append(turn.clocks.standing.warnedPercent)
  }
}

/// The ticket is locked by whoever holds the turn.
struct UpdateTurn: Statement {
  let tenant: TenantId
  let turn: TeamTurn

  static let sql = """
    update desk.assignment set accepted_at = $3, ended_at = $4, end_cause = $5, due_at = $6, rule_id = $7, warned_percent = $8
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(turn.id)
    parameters.append(turn.acceptedAt)
    parameters.append(turn.endedAt)
    parameters.append(turn.end?.rawValue)
    parameters.append(turn.clocks.standing.dueAt)
    parameters.append(turn.rule)
    parameters.append(turn.clocks.standing.warnedPercent)
  }
}
