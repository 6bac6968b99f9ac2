import Kernel
import Operations
import Tenancy

/// Many acts by one request. Each is a call of its own, with its own rights, transaction, audit row and result: what
/// fails leaves the others as they are, and the answer says of each what became of it.
///
/// The request's idempotency key makes one for each act, by its place. So a batch that was cut short, by whatever end, is
/// sent again as it is: what was done is told from what is kept, the rest is done now.
struct Batch {
  let dispatcher: Dispatcher
  let requestId: String
  let key: String
  let language: Language
  let peer: String
  /// Asked anew for each act: a token that is revoked meanwhile does no more.
  let principal: () async throws -> Principal

  /// After this long no act is begun any more; the client asks again for the rest.
  var patience = Duration.seconds(15)

  static let path = "/v1/batch"

  /// Room in a key for the place of an act: `/199`.
  static let longestKey = 124

  func run(_ acts: [BatchInput.Act]) async -> Value {
    let end = ContinuousClock.now.advanced(by: patience)
    var items: [Value] = []
    var (done, left) = (Int64(0), Int64(0))
    for (index, act) in acts.enumerated() {
      guard ContinuousClock.now < end, !Task.isCancelled else {
        left += 1
        items.append(told(act, Failure(.busy, HTTPMessages.batchNotBegun, retryAfterSeconds: 1)))
        continue
      }
      do {
        let outcome = try await dispatcher.invoke(
          act.operation, act.input, as: principal(),
          Call(requestId: requestId, idempotencyKey: "\(key)/\(index)", expectedVersion: act.version, language: language, peer: peer))
        done += 1
        items.append(told(act, outcome))
      } catch {
        items.append(told(act, Failure(error, constraints: [:])))
      }
    }
    return .object([
      "done": .integer(done), "failed": .integer(Int64(acts.count) - done - left), "left": .integer(left), "items": .array(items),
    ])
  }

  private func told(_ act: BatchInput.Act, _ outcome: Dispatcher.Outcome) -> Value {
    let isCreated = dispatcher.registry[act.operation]?.declaration.effect == .create
    return .object([
      "operation": .text(act.operation), "status": .integer(isCreated ? 201 : 200), "replayed": .bool(outcome.isReplay), "value": outcome.value,
      "problem": .null,
    ])
  }

  private func told(_ act: BatchInput.Act, _ failure: Failure) -> Value {
    let problem = Problem(failure)
    return .object([
      "operation": .text(act.operation), "status": .integer(Int64(problem.status)), "replayed": .bool(false), "value": .null,
      "problem": problem.document(language, correlationId: requestId),
    ])
  }
}
