import Kernel
import Postgres
import TLS
import Tenancy

extension Dispatcher {
  /// An act that Steward does for somebody who is no caller, within a transaction that a sweep holds: so that the act and what it
  /// was done for are there together or not at all. The same rights, the same input, the same audit row as by any interface;
  /// there is no idempotency key, for what the sweep has done it does not find again.
  /// - Parameters:
  ///   - transaction: bound to what the operation's reach needs.
  ///   - version: for operations that ask for the version that was seen.
  ///   - recordsRefusals: whether the caller records what is to be recorded of a refusal (``RecordedRefusal``), after it has rolled back; else
  ///     nothing is, and the refusal is its ``Failure`` alone.
  package func act(
    _ name: String, _ input: Value, as principal: Principal, for tenant: TenantEntry, provider: TenantEntry, version: Int64? = nil, requestId: String,
    recordsRefusals: Bool = false, in transaction: Transaction
  ) async throws -> Value {
    let started = ContinuousClock.now
    do {
      let call = Call(requestId: requestId, expectedVersion: version)
      let value = try await run(name, input, as: principal, for: tenant, provider: provider, call, in: transaction)
      metrics.count(name, code: "ok", since: started)
      return value
    } catch {
      metrics.count(registry[name] == nil ? "unknown" : name, code: Failure(error, constraints: registry.constraints).kind.rawValue, since: started)
      if !recordsRefusals, let refusal = error as? RecordedRefusal { throw refusal.failure }
      throw error
    }
  }

  /// The same without figures, in a language.
  /// - Parameter now: nil: by the clock.
  func run(
    _ name: String, _ input: Value, as principal: Principal, for tenant: TenantEntry, provider: TenantEntry, _ call: Call, at now: Instant? = nil,
    in transaction: Transaction
  ) async throws -> Value {
    guard let operation = registry[name], !operation.isPrepared else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "\(name) is no operation for a sweep")
    }
    let declaration = operation.declaration
    guard let access = permitted(principal, declaration), access.reaches(tenant.id) else {
      throw Failure(.denied, OperationMessages.denied, ["permission": declaration.permission])
    }
    if declaration.requiresVersion, call.expectedVersion == nil { throw Failure(.versionRequired, OperationMessages.versionRequired) }
    let run = try await operation.read(input)(
      Preparation(principal: principal, tenant: tenant, provider: provider, access: access, call: call, tenancy: tenancy, files: files))
    let journal = Journal(files: files)
    let context = OperationContext(
      operation: declaration, principal: principal, tenant: tenant, provider: provider, access: access, transaction: transaction,
      now: now ?? tenancy.clock.now(), call: call, tenancy: tenancy, permitsAddress: permitsAddress, cursors: cursors, journal: journal)
    let value = try await run(context)
    if declaration.effect.writes {
      Request(
        declaration: declaration, inputFields: operation.inputFields, input: input, asked: input, content: nil, principal: principal, call: call, key: ""
      ).audit(journal, context)
    }
    return value
  }
}
