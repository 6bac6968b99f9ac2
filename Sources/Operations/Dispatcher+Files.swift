import Kernel
import Postgres
import Tenancy

extension Dispatcher {
  /// Whether a caller may send a file, so that nobody sends megabytes in vain, and no stranger's are written anywhere. The call
  /// itself decides again.
  /// - Parameter bytes: how many there will be, if the caller says so.
  /// - Returns: a place for them.
  package func admit(_ name: String, _ input: Value, bytes: Int64?, as principal: Principal, _ call: Call) async throws(Failure) -> any IncomingFile {
    do {
      return try await place(name, input, bytes, principal, call)
    } catch {
      let failure = Failure(error, constraints: registry.constraints)
      metrics.count(registry[name] == nil ? "unknown" : name, code: failure.kind.rawValue, since: .now)
      throw failure
    }
  }

  private func place(_ name: String, _ input: Value, _ bytes: Int64?, _ principal: Principal, _ call: Call) async throws -> any IncomingFile {
    guard let operation = registry[name], let admits = operation.admits else { throw Failure.notFound }
    guard let files else { throw Failure(.busy, OperationMessages.noFileStore) }
    let preparation = try await preparation(of: operation, input, principal, call)
    let tenant = preparation.tenant
    if let bytes, bytes > files.limits.fileBytes { throw Failure.fileTooLarge(files.limits) }
    // What was done is told again, though it might not be done any more.
    if let key = call.idempotencyKey {
      let stored = FindIdempotent(tenant: tenant.id, actor: principal.actor, operation: name, key: key)
      if try await preparation.read({ try await $0.first(stored) }) != nil { return try await files.receive(for: tenant.handle) }
    }
    try await admits(input, bytes, preparation)
    return try await files.receive(for: tenant.handle)
  }
}

extension Failure {
  package static func fileTooLarge(_ limits: FileLimits) -> Failure {
    Failure(.tooLarge, OperationMessages.fileTooLarge, ["most": String(limits.fileBytes)])
  }
}
