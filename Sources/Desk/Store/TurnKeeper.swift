import Kernel
import Postgres
import ServiceLevels

/// Keeps in step what a team's turn shows of its clocks.
package struct TurnKeeper: ClockSubjectKeeper {
  package init() {}

  package func hold(_ subject: ClockSubject, tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldTicketOfTurn(tenant: tenant, turn: subject.id))
  }

  package func keep(dueAt: Instant?, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction) {
    transaction.enqueue(UpdateTurnDue(tenant: tenant, turn: subject.id, dueAt: dueAt))
  }
}

/// Keeps in step what a dispatch shows of its clocks.
package struct DispatchKeeper: ClockSubjectKeeper {
  package init() {}

  package func hold(_ subject: ClockSubject, tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldTicketOfDispatch(tenant: tenant, dispatch: subject.id))
  }

  package func keep(dueAt: Instant?, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction) {
    transaction.enqueue(UpdateDispatchDue(tenant: tenant, dispatch: subject.id, dueAt: dueAt))
  }
}
