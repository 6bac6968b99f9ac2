import Kernel
import Postgres

/// Tickets and clocks written as Desk and ServiceLevels write them.
struct WriteTicket: Statement {
  let tenant: TenantId
  let ticket: ModelTicket
  let contract: Int64?

  static let sql = """
    insert into desk.ticket (tenant_id, public_id, type, number, title, description, contract_id, line_reason, impact, urgency, priority, state,
      opened_at, resolved_at, closed_at, reopen_count, last_seq, recorded_at, updated_at, contract_public_id)
    values ($1, $2, 'incident', $3, 'Ticket ' || $3, '', $4, 'customer', 2, 2, $5, $6, $7, $8, $9, $10, 1, $7, $7,
      (select c.public_id from contracts.contract c where c.tenant_id = $1 and c.id = $4))
    on conflict (tenant_id, type, number) do update set contract_id = excluded.contract_id, contract_public_id = excluded.contract_public_id, priority = excluded.priority, state = excluded.state,
      resolved_at = excluded.resolved_at, closed_at = excluded.closed_at, reopen_count = excluded.reopen_count
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append((0..<12).map { UInt8(truncatingIfNeeded: ticket.number >> (8 * Int64($0 % 8))) })
    parameters.append(ticket.number)
    parameters.append(contract)
    parameters.append(ticket.priority)
    parameters.append(ticket.state)
    parameters.append(ticket.openedAt)
    parameters.append(ticket.resolvedAt)
    parameters.append(ticket.closedAt)
    parameters.append(ticket.reopenCount)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// What clocks must name to be stored.
struct ClockTerms {
  let lineVersion: Int64
  let slaVersion: Int64
  let target: Int64
  let calendarVersion: Int64
}

struct InsertClock: Statement {
  let tenant: TenantId
  let ticket: Int64
  let metric: String
  let terms: ClockTerms
  let startedAt: Instant

  static let sql = """
    insert into service_levels.clock (tenant_id, subject_kind, subject_id, metric, contract_line_version_id, line_reason, sla_version_id, sla_target_id,
      calendar_version_id, priority, budget_seconds, pauses, stops_at, state, state_since, cause, started_at, last_event_at, consumed_seconds,
      run_started_at, run_started_with_seconds, last_interval_seq, last_milestone_seq, last_verdict_seq, recorded_at)
    values ($1, 'ticket', $2, $3, $4, 'customer', $5, $6, $7, 1, 3600, false, 'resolved', 'running', $8, 'opened', $8, $8, 0, $8, 0, 0, 0, 0, $8)
    returning id
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(metric)
    parameters.append(terms.lineVersion)
    parameters.append(terms.slaVersion)
    parameters.append(terms.target)
    parameters.append(terms.calendarVersion)
    parameters.append(startedAt)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct UpdateClock: Statement {
  let tenant: TenantId
  let promise: ModelTicket.Promise
  let at: Instant

  static let sql = """
    update service_levels.clock set state = $3, verdict = $4, consumed_seconds = $5, observed_at = case when $3 = 'stopped' then $6 end,
      breached_at = case when $4 = 'missed' then $6 end
    where tenant_id = $1 and id = $2
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(promise.clock)
    parameters.append(promise.state)
    parameters.append(promise.verdict)
    parameters.append(promise.consumed)
    parameters.append(at)
  }
}

struct Announce: Statement {
  let tenant: TenantId
  let ticket: Int64
  let at: Instant

  static let sql = """
    insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at) values ($1, 'scorecard', 'ticket', $2, 1, $3)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(ticket)
    parameters.append(at)
  }
}

struct ContractsByNumber: Statement {
  let tenant: TenantId

  static let sql = "select id from contracts.contract where tenant_id = $1 order by number"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Every stored row as text, in a fixed order.
struct FactDump: Statement {
  let tenant: TenantId

  static let sql = "select to_jsonb(f)::text from scorecard.ticket_fact f where tenant_id = $1 order by ticket_id"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct DailyDump: Statement {
  let tenant: TenantId

  static let sql = "select to_jsonb(d)::text from scorecard.daily d where tenant_id = $1 order by contract_id, basis, day, priority"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
