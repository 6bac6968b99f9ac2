import Kernel
import Postgres
import ServiceLevels

/// Keeps in step what a team's turn shows of its clocks.
package struct TurnKeeper: ClockSubjectKeeper {
  package init() {}

  package func hold(_ subject: ClockSubject, tenant: TenantId, at now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldTicketOfTurn(tenant: tenant, turn: subject.id))
  }

  package func keep(_ standing: ClockStanding, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction) {
    transaction.enqueue(UpdateTurnDue(tenant: tenant, turn: subject.id, standing: standing))
  }
}

/// Keeps in step what a dispatch shows of its clocks.
package struct DispatchKeeper: ClockSubjectKeeper {
  package init() {}

  package func hold(_ subject: ClockSubject, tenant: TenantId, at now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldTicketOfDispatch(tenant: tenant, dispatch: subject.id))
  }

  package func keep(_ standing: ClockStanding, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction) {
    transaction.enqueue(UpdateDispatchDue(tenant: tenant, dispatch: subject.id, dueAt: standing.dueAt))
  }
}

/// Locks the ticket that a team's turn is on.
struct HoldTicketOfTurn: Statement {
  let tenant: TenantId
  let turn: Int64

  static let sql = """
    select t.id from desk.ticket t
    where t.tenant_id = $1 and t.id = (select a.ticket_id from desk.assignment a where a.tenant_id = $1 and a.id = $2) for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(turn)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct UpdateTurnDue: Statement {
  let tenant: TenantId
  let turn: Int64
  let standing: ClockStanding

  static let sql = """
    update desk.assignment set due_at = $3, warned_percent = $4
    where tenant_id = $1 and id = $2 and (due_at, warned_percent) is distinct from ($3, $4)
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(turn)
    parameters.append(standing.dueAt)
    parameters.append(standing.warnedPercent)
  }
}

/// Locks the ticket that a dispatch is of. A merge may move the dispatch meanwhile: then the lock on its clocks, which comes next, keeps
/// whoever acts on the other ticket waiting.
struct HoldTicketOfDispatch: Statement {
  let tenant: TenantId
  let dispatch: Int64

  static let sql = """
    select t.id from desk.ticket t
    where t.tenant_id = $1 and t.id = (select d.ticket_id from desk.dispatch d where d.tenant_id = $1 and d.id = $2) for update
    """

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(dispatch)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

struct UpdateDispatchDue: Statement {
  let tenant: TenantId
  let dispatch: Int64
  let dueAt: Instant?

  static let sql = "update desk.dispatch set due_at = $3 where tenant_id = $1 and id = $2 and due_at is distinct from $3"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(dispatch)
    parameters.append(dueAt)
  }
}
