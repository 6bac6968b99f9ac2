import Kernel
import Postgres

/// How facts follow from tickets and clocks: the one place, for single tickets and for rebuilds.
enum FactDerivation {
  static let columns = (["tenant_id", "ticket_id"] + valueNames).joined(separator: ", ")

  private static let valueNames = [
    "contract_id", "priority", "opened_on", "resolved_on", "closed_on", "reopen_count", "response_promised", "response_verdict", "response_seconds",
    "resolution_promised", "resolution_verdict", "resolution_seconds",
  ]

  /// All but the key, of one table.
  static func values(_ table: String) -> String { valueNames.map { "\(table).\($0)" }.joined(separator: ", ") }

  /// What a conflict overwrites.
  static let overwrite = valueNames.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")

  /// Facts of the tenant $1. A clock that was withdrawn counts only where no other took its place; seconds count from
  /// the moment the milestone was observed.
  /// - Parameters:
  ///   - tickets: which tickets (`t`).
  ///   - clocks: a condition on their clocks (`k`) that leaves out none of them; it may only help to find them.
  static func select(tickets: String, clocks: String) -> String {
    """
    select t.tenant_id, t.ticket_id, coalesce(t.contract_id, 0), t.priority,
      (t.opened_at at time zone coalesce(c.zone, n.zone))::date, (t.resolved_at at time zone coalesce(c.zone, n.zone))::date,
      (t.closed_at at time zone coalesce(c.zone, n.zone))::date, t.reopen_count,
      coalesce(k.response_promised, false), k.response_verdict, k.response_seconds,
      coalesce(k.resolution_promised, false), k.resolution_verdict, k.resolution_seconds
    from desk.pub_ticket t
    join tenancy.tenant n on n.id = t.tenant_id
    left join contracts.pub_contract c on c.tenant_id = t.tenant_id and c.contract_id = t.contract_id
    left join (\(Self.clocks(clocks))) k on k.tenant_id = t.tenant_id and k.subject_id = t.ticket_id
    where t.tenant_id = $1 and \(tickets)
    """
  }

  /// The clock of each metric that counts, side by side: read once for all tickets and both metrics, not ticket by ticket.
  private static func clocks(_ condition: String) -> String {
    """
    select m.tenant_id, m.subject_id, \(outcome("response")), \(outcome("resolution"))
    from (
      select distinct on (k.tenant_id, k.subject_id, k.metric) k.tenant_id, k.subject_id, k.metric, k.state, k.verdict, k.consumed_seconds
      from service_levels.pub_clock k
      where k.tenant_id = $1 and k.subject_kind = 'ticket' and \(condition)
      order by k.tenant_id, k.subject_id, k.metric, k.state = 'withdrawn', k.clock_id desc) m
    group by m.tenant_id, m.subject_id
    """
  }

  private static func outcome(_ metric: String) -> String {
    """
    bool_or(m.metric = '\(metric)') as \(metric)_promised, max(m.verdict) filter (where m.metric = '\(metric)') as \(metric)_verdict,
      max(m.consumed_seconds) filter (where m.metric = '\(metric)' and m.state = 'stopped') as \(metric)_seconds
    """
  }
}

extension TicketFact {
  /// Columns of ``FactDerivation/columns``.
  init(_ row: inout RowReader) throws {
    try row.skip()
    self.init(
      ticket: try row.next(), contract: try row.next(), priority: try row.next(), openedOn: try row.next(), resolvedOn: try row.next(),
      closedOn: try row.next(), reopenCount: try row.next(), response: try Outcome(&row), resolution: try Outcome(&row))
  }
}

extension TicketFact.Outcome {
  init(_ row: inout RowReader) throws {
    self.init(isPromised: try row.next(), verdict: try row.next(), seconds: try row.next())
  }
}

/// Facts as they follow from the tickets now.
struct DerivedFacts: Statement {
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = FactDerivation.select(tickets: "t.ticket_id = any($2)", clocks: "k.subject_id = any($2)")

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> TicketFact { try TicketFact(&row) }
}

/// Facts as they are stored.
struct StoredFacts: Statement {
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = "select \(FactDerivation.columns) from scorecard.ticket_fact where tenant_id = $1 and ticket_id = any($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> TicketFact { try TicketFact(&row) }
}

struct StoreFacts: Statement {
  let tenant: TenantId
  let facts: [TicketFact]

  static let sql = """
    insert into scorecard.ticket_fact (\(FactDerivation.columns))
    select $1, f.* from unnest(
      $2::bigint[], $3::bigint[], $4::bigint[], $5::date[], $6::date[], $7::date[], $8::bigint[], $9::boolean[], $10::text[], $11::bigint[],
      $12::boolean[], $13::text[], $14::bigint[]) f
    on conflict (tenant_id, ticket_id) do update set \(FactDerivation.overwrite)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(facts.map(\.ticket))
    parameters.append(facts.map(\.contract))
    parameters.append(facts.map(\.priority))
    parameters.append(facts.map(\.openedOn))
    parameters.append(facts.map(\.resolvedOn))
    parameters.append(facts.map(\.closedOn))
    parameters.append(facts.map(\.reopenCount))
    for outcome in [\TicketFact.response, \TicketFact.resolution] {
      parameters.append(facts.map { $0[keyPath: outcome].isPromised })
      parameters.append(facts.map { $0[keyPath: outcome].verdict })
      parameters.append(facts.map { $0[keyPath: outcome].seconds })
    }
  }
}

/// Forgets the facts of tickets that are no longer there.
struct ForgetFacts: Statement {
  let tenant: TenantId
  let tickets: [Int64]

  static let sql = "delete from scorecard.ticket_fact where tenant_id = $1 and ticket_id = any($2)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }
}

/// Adds changes to the daily rows.
struct AddToDaily: Statement {
  let tenant: TenantId
  let changes: [(key: DailyTotals.Key, change: DailyTotals)]

  static let sums = """
    tickets, reopened, response_judged, response_met, response_timed, response_seconds, resolution_judged, resolution_met, resolution_timed,
    resolution_seconds
    """

  static let sql = """
    insert into scorecard.daily (tenant_id, contract_id, basis, day, priority, \(sums))
    select $1, d.contract_id, d.basis, d.day, d.priority, d.tickets, d.reopened, d.response_judged, d.response_met, d.response_timed,
      d.response_seconds, d.resolution_judged, d.resolution_met, d.resolution_timed, d.resolution_seconds
    from unnest(
      $2::bigint[], $3::text[], $4::date[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[],
      $12::bigint[], $13::bigint[], $14::bigint[], $15::bigint[])
      as d (contract_id, basis, day, priority, \(sums))
    on conflict (tenant_id, contract_id, basis, day, priority) do update set
      tickets = daily.tickets + excluded.tickets, reopened = daily.reopened + excluded.reopened,
      response_judged = daily.response_judged + excluded.response_judged, response_met = daily.response_met + excluded.response_met,
      response_timed = daily.response_timed + excluded.response_timed, response_seconds = daily.response_seconds + excluded.response_seconds,
      resolution_judged = daily.resolution_judged + excluded.resolution_judged, resolution_met = daily.resolution_met + excluded.resolution_met,
      resolution_timed = daily.resolution_timed + excluded.resolution_timed, resolution_seconds = daily.resolution_seconds + excluded.resolution_seconds
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(changes.map(\.key.contract))
    parameters.append(changes.map(\.key.basis.rawValue))
    parameters.append(changes.map(\.key.day))
    parameters.append(changes.map(\.key.priority))
    parameters.append(changes.map(\.change.tickets))
    parameters.append(changes.map(\.change.reopened))
    for outcomes in [\DailyTotals.response, \DailyTotals.resolution] {
      parameters.append(changes.map { $0.change[keyPath: outcomes].judged })
      parameters.append(changes.map { $0.change[keyPath: outcomes].met })
      parameters.append(changes.map { $0.change[keyPath: outcomes].timed })
      parameters.append(changes.map { $0.change[keyPath: outcomes].seconds })
    }
  }
}

/// Removes the rows, among those just changed, that no ticket is left in.
struct RemoveEmptyDays: Statement {
  let tenant: TenantId
  let keys: [DailyTotals.Key]

  static let sql = """
    delete from scorecard.daily d
    using unnest($2::bigint[], $3::text[], $4::date[], $5::bigint[]) as k (contract_id, basis, day, priority)
    where d.tenant_id = $1 and d.contract_id = k.contract_id and d.basis = k.basis and d.day = k.day and d.priority = k.priority and d.tickets = 0
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(keys.map(\.contract))
    parameters.append(keys.map(\.basis.rawValue))
    parameters.append(keys.map(\.day))
    parameters.append(keys.map(\.priority))
  }
}
