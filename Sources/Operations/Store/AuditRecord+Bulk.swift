import Kernel
import Postgres
import Tenancy

extension Transaction {
  /// Writes the audit row of an act that is no call of an operation, because its input is a stream (an import): in the
  /// transaction of its effect, like any other.
  package func audit(_ operation: String, subject: PublicId?, content: Value, in tenant: TenantId, by principal: Principal, requestId: String, tenancy: Tenancy)
  {
    AuditRecord(
      tenant: tenant, operation: operation, outcome: .done, subject: subject, actor: principal.actor, requestId: requestId, content: content,
      salt: tenancy.random.bytes(16), recordedAt: tenancy.clock.now()
    ).enqueue(on: self)
  }
}
