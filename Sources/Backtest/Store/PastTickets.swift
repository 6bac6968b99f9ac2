import Contracts
import Kernel
import Postgres
import ServiceLevels
import ServiceTime

/// The selected tickets of a customer, one row each with its whole history: a cursor, so that a million of them take the memory
/// of one chunk, and the time of a statement is that of one chunk.
package struct PastTickets: Statement {
  let tenant: TenantId
  let selection: Selection
  let span: TimeSpan

  static let columns = """
    t.ticket_id, t.contract_line_id, case when $2 then t.closed_at else t.opened_at end, t.service_id, t.ci_tier, t.story,
      case r.verdict when 'met' then true when 'missed' then false end, r.judged_at, r.priority::bigint,
      case u.verdict when 'met' then true when 'missed' then false end, u.judged_at, u.priority::bigint,
      case s.verdict when 'met' then true when 'missed' then false end, s.judged_at, s.priority::bigint
    """

  /// `r`, `u` and `s` are what counts now.
  static let from = """
    from desk.pub_ticket t
    left join service_levels.pub_standing r
      on r.tenant_id = t.tenant_id and r.subject_kind = 'ticket' and r.subject_id = t.ticket_id and r.metric = 'response'
    left join service_levels.pub_standing u
      on u.tenant_id = t.tenant_id and u.subject_kind = 'ticket' and u.subject_id = t.ticket_id and u.metric = 'update'
    left join service_levels.pub_standing s
      on s.tenant_id = t.tenant_id and s.subject_kind = 'ticket' and s.subject_id = t.ticket_id and s.metric = 'resolution'
    """

  static let condition = """
    where t.tenant_id = $1 and (($2 and t.closed_at >= $3 and t.closed_at < $4) or (not $2 and t.opened_at >= $3 and t.opened_at < $4))
      and ($5::bigint is null or t.contract_line_id = $5) and ($6::bigint is null or t.priority = $6) and ($7::text is null or t.category = $7)
    """

  /// The same rows and columns of all tickets of a customer, for who measures what reading them costs.
  package static func text(ofAll tenant: TenantId) -> String {
    "select \(columns) \(from) where t.tenant_id = \(tenant.rawValue)".replacing("$2", with: "false")
  }

  package static let sql = "declare past_tickets no scroll cursor for select \(columns) \(from) \(condition)"

  package func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(selection.basis == .closed)
    parameters.append(span.start)
    parameters.append(span.end)
    parameters.append(selection.line)
    parameters.append(selection.priority)
    parameters.append(selection.category)
  }
}

/// The plan that reads all of them soonest, not the one that shows the first soonest.
struct ReadAllPastTickets: Statement {
  static let sql = "set local cursor_tuple_fraction = 1"
}

/// Nobody may have counted yet what an import wrote: the planner takes the tables for nearly empty and would look up each of
/// many thousand tickets by walking through the clocks of all the others.
struct ExpectManyTickets: Statement {
  static let sql = "set local enable_nestloop = off"
}

/// The next chunk of ``PastTickets``.
struct NextPastTickets: Statement {
  static let chunk: Int64 = 8192
  static let sql = "fetch 8192 from past_tickets"
}

struct PastTicketsEnd: Statement {
  static let sql = "close past_tickets"
}

/// How many they are.
struct PastTicketCount: Statement {
  let tickets: PastTickets

  static let sql = "select count(*) from desk.pub_ticket t \(PastTickets.condition)"

  func bind(to parameters: inout Parameters) { tickets.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// Tickets with what counts of them now, to be shown.
struct ShownTickets: Statement {
  struct Standing: Sendable {
    /// Open seconds of the runs that are over.
    let consumedSeconds: Int64?
    let budgetSeconds: Int64?
    /// Of a clock that runs: since when.
    let runningSince: Instant?
    let calendarVersion: Int64?

    init(_ row: inout RowReader) throws {
      consumedSeconds = try row.next()
      budgetSeconds = try row.next()
      runningSince = try row.next()
      calendarVersion = try row.next()
    }

    /// With the run that goes on.
    func elapsedSeconds(at now: Instant, by calendars: CalendarSeries) -> Int64? {
      guard let consumedSeconds, let runningSince, let calendar = calendarVersion.flatMap({ calendars[$0] }) else { return consumedSeconds }
      return consumedSeconds + calendar.elapsed(from: runningSince, to: now)
    }
  }

  struct Found: Sendable {
    let ticket: Int64
    let publicId: [UInt8]
    let number: Int64
    let title: String
    let openedAt: Instant
    let response: Standing
    let update: Standing
    let resolution: Standing

    func standing(_ metric: ServiceLevels.Metric) -> Standing {
      switch metric {
      case .response: response
      case .update: update
      case .resolution: resolution
      }
    }
  }

  let tenant: TenantId
  let tickets: [Int64]

  static let sql = """
    select t.ticket_id, t.public_id, t.number, t.title, t.opened_at, r.consumed_seconds, r.budget_open_seconds, r.running_since, r.calendar_version_id,
      u.consumed_seconds, u.budget_open_seconds, u.running_since, u.calendar_version_id, s.consumed_seconds, s.budget_open_seconds, s.running_since,
      s.calendar_version_id
    \(PastTickets.from)
    where t.tenant_id = $1 and t.ticket_id = any($2)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(tickets)
  }

  static func decode(_ row: inout RowReader) throws -> Found {
    Found(
      ticket: try row.next(), publicId: try row.next(), number: try row.next(), title: try row.next(), openedAt: try row.next(),
      response: try Standing(&row), update: try Standing(&row), resolution: try Standing(&row))
  }
}
