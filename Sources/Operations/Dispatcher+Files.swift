import Kernel
import Postgres
import Tenancy

extension Dispatcher {
  /// Whether a caller may send a file, so that nobody sends megabytes in vain, and no stranger's are written anywhere. The call
  /// itself decides again.
  /// - Parameter bytes: how many there will be, if the caller says so.
  /// - Returns: a place for them.
  package func admit(_ name: String, _ input: Value, bytes: Int64?, as principal: Principal, _ call: Call) async throws(Failure) -> any IncomingFile {
    let started = ContinuousClock.now
    do {
      return try await place(name, input, bytes, principal, call)
    } catch {
      throw failed(name, error, input, call, since: started)
    }
  }

  /// What goes wrong with the bytes of a file that is on its way is told, counted and logged like a fault of its operation.
  package func receiving<T>(_ name: String, _ call: Call, _ body: () async throws -> T) async throws(Failure) -> T {
    let started = ContinuousClock.now
    do {
      return try await body()
    } catch {
      throw failed(name, error, .null, call, since: started)
    }
  }

  private func place(_ name: String, _ input: Value, _ bytes: Int64?, _ principal: Principal, _ call: Call) async throws -> any IncomingFile {
    guard let operation = registry[name], let admits = operation.admits else { throw Failure.notFound }
    guard let files else { throw Failure(.busy, OperationMessages.noFileStore) }
    let preparation = try await preparation(of: operation, input, principal, call)
    let (_, input) = try await withIds(input, of: operation, principal, preparation.access, preparation.provider, call)
    let tenant = preparation.tenant
    if let bytes, bytes > files.limits.fileBytes { throw Failure.fileTooLarge(files.limits) }
    // What was done is told again, though it might not be done any more.
    if let key = call.idempotencyKey {
      let stored = FindIdempotent(tenant: tenant.id, actor: principal.actor, operation: name, key: key)
      if try await preparation.read({ try await $0.first(stored) }) != nil { return try await files.receive(for: tenant.handle, from: FileSender(principal)) }
    }
    try await admits(input, bytes, preparation)
    return try await files.receive(for: tenant.handle, from: FileSender(principal))
  }
}

extension OperationContext {
  /// Refuses a call with whose key another one was done while this one waited: told apart by whoever finds the stored result. For
  /// an operation that does something which no transaction takes back, once it holds what both need.
  package func requireNewKey() async throws {
    guard let key = call.idempotencyKey else { return }
    let stored = FindIdempotent(tenant: tenant.id, actor: actor, operation: operation.name, key: key)
    if try await transaction.first(stored) != nil { throw Failure(.conflict, OperationMessages.keyReused) }
  }
}

extension Failure {
  package static func fileTooLarge(_ limits: FileLimits) -> Failure {
    Failure(.tooLarge, OperationMessages.fileTooLarge, ["most": String(limits.fileBytes)])
  }
}
