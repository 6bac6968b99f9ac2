import Kernel
import Postgres
import Tenancy

extension Dispatcher {
  /// Lets `body` call operations in one transaction of which nothing stays: for who plans several acts and wants to know what any of them
  /// would be refused before the first is done. They go the way of all others, with the same rights, rules, guards and constraints.
  /// - Parameter customer: whom the acts are about; nil: nobody yet, or the provider.
  package func rehearse<T: Sendable>(
    as principal: Principal, _ language: Language, for customer: TenantEntry?, _ body: @Sendable (Rehearsal) async throws -> T
  ) async throws -> T {
    guard let provider = try await tenancy.provider() else { throw Failure(.busy, OperationMessages.busy, debug: "no provider: set-up has not run") }
    do {
      try await tenancy.transaction(binding: [provider.id] + (customer.map { [$0.id] } ?? []), side: principal.side) { transaction -> Void in
        let rehearsal = Rehearsal(dispatcher: self, as: principal, language, provider: provider, customer: customer, transaction)
        // Whatever came out of it, the transaction is rolled back.
        throw Rehearsed(result: try await body(rehearsal))
      }
    } catch let rehearsed as Rehearsed<T> {
      return rehearsed.result
    } catch {
      throw Failure(error, constraints: registry.constraints)
    }
    throw Failure(.internal, OperationMessages.internalFault, debug: "a rehearsal has no result")
  }
}

private struct Rehearsed<T: Sendable>: Error {
  let result: T
}

/// See ``Dispatcher/rehearse(as:_:for:_:)``. One call at a time.
package actor Rehearsal {
  private let dispatcher: Dispatcher
  private let principal: Principal
  private let language: Language
  private let provider: TenantEntry
  private let transaction: Transaction
  private var customer: TenantEntry?
  /// When the last act was done: each comes after the one before it, and after what is recorded.
  private var last: Instant
  /// Whether the database refused something: after that it takes nothing more.
  package private(set) var isBroken = false

  init(
    dispatcher: Dispatcher, as principal: Principal, _ language: Language, provider: TenantEntry, customer: TenantEntry?, _ transaction: Transaction
  ) {
    self.dispatcher = dispatcher
    self.principal = principal
    self.language = language
    self.provider = provider
    self.customer = customer
    self.transaction = transaction
    last = dispatcher.tenancy.clock.now()
  }

  package func call(_ operation: String, _ input: Value, version: Int64?, requestId: String) async throws -> Value {
    do {
      let call = Call(requestId: requestId, expectedVersion: version, language: language)
      last = Instant(microseconds: max(last, dispatcher.tenancy.clock.now()).microseconds + 1)
      let value = try await dispatcher.run(
        operation, input, as: principal, for: tenant(of: operation), provider: provider, call, at: last, in: transaction)
      // What was only enqueued is refused here, and not at somebody else's statement.
      try await transaction.flush()
      return value
    } catch {
      if error is PostgresError { isBroken = true }
      throw Failure(error, constraints: dispatcher.registry.constraints)
    }
  }

  /// From now on the acts are about this customer, which was made in the rehearsal.
  package func serve(_ id: PublicId) async throws {
    guard let made = try await dispatcher.tenancy.tenant(id.handle, in: transaction) else { return }
    customer = made
    try dispatcher.tenancy.bind(transaction, to: [provider.id, made.id])
  }

  private func tenant(of operation: String) -> TenantEntry {
    switch dispatcher.registry[operation]?.declaration.reach {
    case .one, .oneAndProvider, .oneOf, .homeOr: customer ?? provider
    case .provider, .home, .many, .anonymous, nil: provider
    }
  }
}
