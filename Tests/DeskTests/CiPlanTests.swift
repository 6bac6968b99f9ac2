import Kernel
import Postgres
import TestSupport
import Testing

@testable import Desk

/// Statements are prepared, and the server may plan them once for all parameters: each must find its index then too.
@Suite struct CiPlanTests {
  @Test func theTicketsOfACiAreReadByTheirIndexInTheirOrder() async throws {
    let world = try await CiWorld()
    _ = try await world.open(["cis": .array([try await world.ci("files-01")])])
    let plans = try await world.desk.database.superuser.transaction { transaction in
      try await transaction.execute(MultiplyNamedTickets(copies: 10_000))
      try await transaction.execute(AnalyzeTickets())
      try await transaction.execute(AnalyzeNamed())
      try await transaction.execute(PlanOnceForAll())
      try await transaction.execute(PrepareTicketsOfCi())
      try await transaction.execute(PrepareCisOfTicket())
      return (try await transaction.query(PlanTicketsOfCi()), try await transaction.query(PlanCisOfTicket()))
    }
    #expect(plans.0.contains { $0.contains("using ticket_ci_ci on ticket_ci n") }, "\(plans.0.joined(separator: "\n"))")
    #expect(!plans.0.contains { $0.contains("Sort") || $0.contains("Seq Scan on ticket") }, "\(plans.0.joined(separator: "\n"))")
    #expect(plans.1.contains { $0.contains("ticket_ci_ticket") }, "\(plans.1.joined(separator: "\n"))")
  }

  /// The queue of a shared CI over all customers: planned for each call, by the index of shared CIs.
  @Test func theQueueOfACiIsReadByItsIndex() async throws {
    let world = try await CiWorld()
    let core = try await world.shared("Core", affecting: [world.desk.acme])
    _ = try await world.open(["sharedCis": .array([core])])
    let plans = try await world.desk.database.superuser.transaction { transaction in
      try await transaction.execute(MultiplyNamedTickets(copies: 10_000))
      try await transaction.execute(AnalyzeTickets())
      try await transaction.execute(AnalyzeNamed())
      return try await transaction.query(PlanSharedQueue())
    }
    #expect(plans.contains { $0.contains("ticket_ci_shared") }, "\(plans.joined(separator: "\n"))")
    #expect(!plans.contains { $0.contains("Seq Scan on ticket_ci") }, "\(plans.joined(separator: "\n"))")
  }
}

/// One in a hundred is of the same CI, the others are of as many shared ones.
private struct MultiplyNamedTickets: Statement {
  let copies: Int64

  static let sql = """
    with made as (
      insert into desk.ticket (tenant_id, public_id, type, number, title, description, line_reason, impact, urgency, priority, state, opened_at,
        last_seq, recorded_at, updated_at)
      select t.tenant_id, substr(sha256(n::text::bytea), 1, 12), t.type, 100 + n, t.title, t.description, t.line_reason, t.impact, t.urgency,
        t.priority, t.state, t.opened_at - n * interval '1 minute', t.last_seq, t.recorded_at, t.updated_at
      from desk.ticket t cross join generate_series(1, $1) n
      returning tenant_id, id, number, opened_at)
    insert into desk.ticket_ci (tenant_id, ticket_id, ci_id, shared_ci_id, ci_public_id, is_primary, gave_tier, gave_service, opened_at, actor_kind, actor_id,
      actor_name, recorded_at, is_open)
    select m.tenant_id, m.id, case when m.number % 100 = 0 then n.ci_id end,
      case when m.number % 100 = 0 then n.shared_ci_id else 1000000 + m.number end, n.ci_public_id, false, false, false, m.opened_at, n.actor_kind,
      n.actor_id, n.actor_name, n.recorded_at, true
    from made m cross join desk.ticket_ci n
    """

  func bind(to parameters: inout Parameters) { parameters.append(copies) }
}

private struct AnalyzeTickets: Statement {
  static let sql = "analyze desk.ticket"
}

private struct AnalyzeNamed: Statement {
  static let sql = "analyze desk.ticket_ci"
}

private struct PlanOnceForAll: Statement {
  static let sql = "set local plan_cache_mode = force_generic_plan"
}

private struct PrepareTicketsOfCi: Statement {
  static let sql = "prepare tickets_of_ci as \(TicketsOfCi.sql)"
}

private struct PlanTicketsOfCi: Statement {
  static let sql = """
    explain execute tickets_of_ci (1, true, '{}', null, null, null, null, '2000-01-01', '2100-01-01', 0, 51, null, 1)
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct PrepareCisOfTicket: Statement {
  static let sql = "prepare cis_of_ticket as \(CisOfTicket.sql)"
}

private struct PlanCisOfTicket: Statement {
  static let sql = "explain execute cis_of_ticket (1, 1)"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

/// As `finder.ci_tickets` asks.
private struct PlanSharedQueue: Statement {
  static let sql = """
    explain select t.tenant_id, t.id from desk.ticket_ci n join desk.ticket t on t.tenant_id = n.tenant_id and t.id = n.ticket_id
    where n.shared_ci_id = 5 and n.removed_at is null and n.is_open and t.state in ('new', 'active', 'pending')
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
