import Kernel
import Postgres

// An import copies its rows into temporary tables, which have no row security to run past, and writes them from there,
// bound to its one tenant (schema-rules 17). They go with the transaction.

/// Makes the temporary tables.
enum IncomingTables {
  struct Tickets: Statement {
    static let sql = """
      create temporary table incoming_ticket (
        position bigint, id bigint, public_id bytea, title text, requester_id bigint, unit_id bigint, contract_id bigint, contract_line_id bigint,
        line_reason text, impact bigint, urgency bigint, priority bigint, category text, state text, pending_reason text, opened_at timestamptz,
        responded_at timestamptz, resolved_at timestamptz, closed_at timestamptz, reopen_count bigint, due_at timestamptz, external_key text, attributes jsonb, last_seq bigint,
        updated_at timestamptz, story bytea
      ) on commit drop
      """
  }

  struct Events: Statement {
    static let sql = """
      create temporary table incoming_event (subject_id bigint, seq bigint, type text, payload jsonb, occurred_at timestamptz) on commit drop
      """
  }

  struct Clocks: Statement {
    static let sql = """
      create temporary table incoming_clock (
        id bigint, ticket_id bigint, line_version_id bigint, line_reason text, sla_version_id bigint, target_id bigint, calendar_version_id bigint,
        priority bigint, budget_seconds bigint, business_days bigint, budget_open_seconds bigint, pauses boolean, stops_at text, state text,
        state_since timestamptz, cause text, started_at timestamptz, last_event_at timestamptz, consumed_seconds bigint, run_started_at timestamptz,
        run_started_with_seconds bigint, run_ended_at timestamptz, due_at timestamptz, breach_at timestamptz, breached_at timestamptz,
        observed_at timestamptz, verdict text, last_interval_seq bigint, last_milestone_seq bigint, last_verdict_seq bigint,
        next_calendar_version_id bigint
      ) on commit drop
      """
  }

  struct Intervals: Statement {
    static let sql = """
      create temporary table incoming_interval (
        clock_id bigint, seq bigint, from_at timestamptz, to_at timestamptz, state text, cause text, target_id bigint, calendar_version_id bigint,
        working_seconds bigint
      ) on commit drop
      """
  }

  struct Milestones: Statement {
    static let sql = "create temporary table incoming_milestone (clock_id bigint, seq bigint, observed_at timestamptz, source text) on commit drop"
  }

  struct Verdicts: Statement {
    static let sql = """
      create temporary table incoming_verdict (
        clock_id bigint, seq bigint, verdict text, cause text, detail text, judged_at timestamptz, breached_at timestamptz, elapsed_seconds bigint,
        budget_seconds bigint, target_id bigint, calculation_version bigint
      ) on commit drop
      """
  }

  static func make(in transaction: Transaction) async throws {
    _ = try await transaction.query(Tickets(), Events(), Clocks(), Intervals(), Milestones(), Verdicts())
  }
}

struct WriteEvents: Statement {
  let tenant: TenantId
  /// `ticket` or `problem`.
  let subjectKind: String
  let actor: Actor
  let now: Instant

  static let sql = """
    insert into operations.event
      (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
    select $1, $2, $5, subject_id, seq, type, payload, $3, $4, 'import', occurred_at from pg_temp.incoming_event
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
    parameters.append(actor.kind.rawValue)
    parameters.append(actor.id)
    parameters.append(subjectKind)
  }
}

struct WriteClocks: Statement {
  let tenant: TenantId
  let now: Instant

  static let sql = """
    insert into service_levels.clock
      (tenant_id, id, subject_kind, subject_id, metric, contract_line_version_id, line_reason, sla_version_id, sla_target_id, calendar_version_id, priority,
       budget_seconds, business_days, budget_open_seconds, pauses, stops_at, state, state_since, cause, started_at, last_event_at, consumed_seconds,
       run_started_at, run_started_with_seconds, run_ended_at, due_at, breach_at, breached_at, observed_at, verdict, last_interval_seq,
       last_milestone_seq, last_verdict_seq, next_calendar_version_id, recorded_at, supplier_waits_pause, provider_waits_pause)
    select $1, id, 'ticket', ticket_id, 'resolution', line_version_id, line_reason, sla_version_id, target_id, calendar_version_id, priority,
      budget_seconds, business_days, budget_open_seconds, pauses, stops_at, state, state_since, cause, started_at, last_event_at, consumed_seconds,
      run_started_at, run_started_with_seconds, run_ended_at, due_at, breach_at, breached_at, observed_at, verdict, last_interval_seq,
      last_milestone_seq, last_verdict_seq, next_calendar_version_id, $2,
      (select v.supplier_waits_pause from contracts.pub_sla_version v where v.sla_version_id = incoming_clock.sla_version_id),
      (select v.provider_waits_pause from contracts.pub_sla_version v where v.sla_version_id = incoming_clock.sla_version_id)
    from pg_temp.incoming_clock
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
  }
}

struct WriteIntervals: Statement {
  let tenant: TenantId
  let now: Instant

  static let sql = """
    insert into service_levels.interval
      (tenant_id, clock_id, seq, from_at, to_at, state, cause, sla_target_id, calendar_version_id, working_seconds, recorded_at)
    select $1, clock_id, seq, from_at, to_at, state, cause, target_id, calendar_version_id, working_seconds, $2 from pg_temp.incoming_interval
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
  }
}

struct WriteMilestones: Statement {
  let tenant: TenantId
  let now: Instant

  static let sql = """
    insert into service_levels.milestone (tenant_id, clock_id, seq, observed_at, source, recorded_at)
    select $1, clock_id, seq, observed_at, source, $2 from pg_temp.incoming_milestone
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
  }
}

struct WriteVerdicts: Statement {
  let tenant: TenantId
  let now: Instant

  static let sql = """
    insert into service_levels.verdict
      (tenant_id, clock_id, seq, verdict, cause, detail, judged_at, breached_at, elapsed_seconds, budget_seconds, sla_target_id, calculation_version,
       supersedes, recorded_at)
    select $1, clock_id, seq, verdict, cause, detail, judged_at, breached_at, elapsed_seconds, budget_seconds, target_id, calculation_version,
      nullif(seq - 1, 0), $2
    from pg_temp.incoming_verdict
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(now)
  }
}

struct WriteTickets: Statement {
  let tenant: TenantId
  let source: String
  /// The human number before the first one's.
  let numberBefore: Int64
  let now: Instant

  static let sql = """
    insert into desk.ticket
      (tenant_id, id, public_id, type, number, title, description, requester_id, unit_id, contract_id, contract_line_id, line_reason, impact, urgency,
       priority, category, state, pending_reason, opened_at, responded_at, resolved_at, closed_at, reopen_count, due_at, external_source, external_key,
       attributes, last_seq, recorded_at, updated_at, story, unit_public_id, contract_public_id, contract_line_public_id, due_metric)
    select $1, i.id, i.public_id, 'incident', $3 + i.position, i.title, '', i.requester_id, i.unit_id, i.contract_id, i.contract_line_id, i.line_reason,
      i.impact, i.urgency, i.priority, i.category, i.state, i.pending_reason, i.opened_at, i.responded_at, i.resolved_at, i.closed_at, i.reopen_count,
      i.due_at, $2, i.external_key, i.attributes, i.last_seq, $4, i.updated_at, i.story, u.public_id, c.public_id, l.public_id,
      case when i.due_at is not null then 'resolution' end
    from pg_temp.incoming_ticket i
    left join tenancy.org_unit u on u.tenant_id = $1 and u.id = i.unit_id
    left join contracts.pub_contract c on c.tenant_id = $1 and c.contract_id = i.contract_id
    left join contracts.pub_line l on l.tenant_id = $1 and l.line_id = i.contract_line_id
    on conflict do nothing
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(source)
    parameters.append(numberBefore)
    parameters.append(now)
  }
}

/// Leaves it to the desk's sweep to write what these tickets are found by.
struct PendTicketTexts: Statement {
  let tenant: TenantId

  static let sql = "insert into desk.text_pending (tenant_id, ticket_id) select $1, id from pg_temp.incoming_ticket on conflict do nothing"

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }
}

/// Nobody has counted yet what this transaction wrote: the planner takes the tables for nearly empty and would look up
/// each of many thousand rows by walking through all the others.
struct ExpectManyRows: Statement {
  static let sql = "set local enable_nestloop = off"
}
