import Gates
import Kernel
import Postgres
import ServiceLevels

/// Keeps a ticket's place in the queue when time, not an act, moves its clocks.
package struct TicketKeeper: ClockSubjectKeeper {
  package init() {}

  package func hold(_ subject: ClockSubject, tenant: TenantId, at now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldTicket(tenant: tenant, id: subject.id))
  }

  package func keep(_ standing: ClockStanding, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction) {
    transaction.enqueue(UpdateTicketDue(tenant: tenant, id: subject.id, standing: standing))
  }
}

/// Locks two tickets in the one order in which everybody does.
struct HoldTickets: Statement {
  let tenant: TenantId
  let publicIds: [PublicId]

  static let sql = "select t.id from desk.ticket t where t.tenant_id = $1 and t.public_id = any($2) order by t.id for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(publicIds.map(\.random))
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct HoldTicket: Statement {
  let tenant: TenantId
  let id: Int64

  static let sql = "select t.id from desk.ticket t where t.tenant_id = $1 and t.id = $2 for update"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

/// As ``HoldTicket``, if it still is what it was; it may have waited for who changed it.
struct HoldTicketAtVersion: HoldAsJudged {
  let judged: JudgedRow

  static let sql = "select t.id from desk.ticket t where t.tenant_id = $1 and t.id = $2 and t.version = $3 for update"
}

/// What nobody did changes no version: whoever read the ticket before may still act on it.
struct UpdateTicketDue: Statement {
  let tenant: TenantId
  let id: Int64
  let standing: ClockStanding

  static let sql = """
    update desk.ticket set due_at = $3, due_metric = $4, warned_percent = $5
    where tenant_id = $1 and id = $2 and (due_at, due_metric, warned_percent) is distinct from ($3, $4, $5)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(id)
    parameters.append(standing)
  }
}

extension Ticket {
  /// What its clocks show.
  mutating func show(_ standing: ClockStanding) {
    (dueAt, dueMetric, warnedPercent) = (standing.dueAt, standing.dueMetric?.rawValue, standing.warnedPercent)
  }
}
