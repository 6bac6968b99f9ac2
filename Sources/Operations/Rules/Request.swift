import Kernel
import Postgres
import TLS
import Tenancy

/// A call on its way through the transaction: what makes it repeatable, and what is written of it.
struct Request: Sendable {
  let declaration: Declaration
  let inputFields: [any InputField]
  let input: Value
  let principal: Principal
  let call: Call
  let key: String

  /// The result of an earlier call with this key; refuses another body under the same key.
  func stored(in transaction: Transaction, tenant: TenantId) async throws -> Dispatcher.Outcome? {
    let found = try await transaction.first(
      FindIdempotent(tenant: tenant, actor: principal.actor, operation: declaration.name, key: key))
    guard let found else { return nil }
    guard constantTimeEquals(found.requestHash, hash) else { throw Failure(.conflict, OperationMessages.keyReused) }
    return Dispatcher.Outcome(value: found.response, isReplay: true)
  }

  /// Writes the audit row and the idempotency row with the commit. Two calls with one key meet at the unique key: the
  /// second waits for the first, fails, is repeated, and then finds the stored result.
  func record(_ value: Value, _ journal: Journal, _ context: OperationContext) {
    AuditRecord(
      tenant: context.tenant.id, operation: declaration.name, outcome: .done, subject: journal.subject, actor: principal.actor,
      requestId: call.requestId, content: content, salt: context.random.bytes(16), recordedAt: context.now
    ).enqueue(on: context.transaction)
    context.transaction.enqueue(
      InsertIdempotent(
        tenant: context.tenant.id, actor: principal.actor, operation: declaration.name, key: key, requestHash: hash,
        response: journal.withoutSecrets(value), recordedAt: context.now))
  }

  /// The hash of what was asked: a secret in it is hashed like all else and stored nowhere.
  private var hash: [UInt8] {
    SHA256.hash(JSON.write(.object([("input", input), ("version", .integer(call.expectedVersion))].map { Value.Member($0.0, $0.1) })))
  }

  /// What the audit keeps of the input.
  private var content: Value {
    let secret = Set(inputFields.filter(\.isSecret).map(\.name))
    let members = (input.members ?? []).map { secret.contains($0.name) ? Value.Member($0.name, .text("(secret)")) : $0 }
    let by: [Value.Member] = principal.actor.kind == .operator ? [Value.Member("operator", .text(principal.name))] : []
    return .object([Value.Member("input", .object(members))] + by)
  }
}
