import Kernel
import Logging
import Operations
import TLS
import Tenancy

/// Many acts by one request. Each is a call of its own, with its own rights, transaction, audit row and result: what is
/// refused leaves the others as they are, and the answer says of each what became of it.
///
/// The request's idempotency key makes one for each act, of what the act says. So a batch that was cut short, by whatever
/// end, is sent again under the same key, whole or only what is left of it, in whatever order: what was done is told from
/// what is kept, the rest is done now. An act that stands there twice is done twice; equal acts are numbered by their order, so all of them are sent
/// again, or none.
struct Batch {
  let dispatcher: Dispatcher
  let requestId: String
  let key: String
  let language: Language
  let peer: String
  let logger: Logger
  /// Asked anew for each act: a token that is revoked meanwhile does no more.
  let principal: () async throws -> Principal

  /// After this long no act is begun any more; the client asks again for the rest.
  var patience = Duration.seconds(15)

  static let path = "/v1/batch"

  /// Room in a key for what names an act.
  static let longestKey = 96

  struct Result {
    /// What is told.
    let value: Value
    /// When there is something left: how long to wait before it is asked for again.
    let retryAfterSeconds: Int?
  }

  func run(_ acts: [BatchInput.Act]) async -> Result {
    let end = ContinuousClock.now.advanced(by: patience)
    var items: [Value] = []
    var (done, left) = (Int64(0), Int64(0))
    var isOver = false
    var retryAfter: Int?
    for (act, key) in zip(acts, keys(of: acts)) {
      guard !isOver, ContinuousClock.now < end, !Task.isCancelled else {
        left += 1
        items.append(told(act, Failure(.busy, HTTPMessages.batchNotBegun)))
        continue
      }
      do {
        let outcome = try await dispatcher.invoke(
          act.operation, act.input, as: principal(),
          Call(requestId: requestId, idempotencyKey: key, expectedVersion: act.version, language: language, peer: peer))
        done += 1
        items.append(told(act, outcome))
      } catch {
        let failure = Failure(error, constraints: [:])
        if failure.isWorthRepeating {
          left += 1
          retryAfter = max(retryAfter ?? 1, failure.retryAfterSeconds ?? 1)
        }
        isOver = isOver || failure.endsBatch
        items.append(told(act, failure))
        log(act, failure)
      }
    }
    let value = Value.object([
      "done": .integer(done), "failed": .integer(Int64(acts.count) - done - left), "left": .integer(left), "items": .array(items),
    ])
    return Result(value: value, retryAfterSeconds: left > 0 ? retryAfter ?? 1 : nil)
  }

  /// A key for each act: the same for the same act, of those that say the same one for each.
  private func keys(of acts: [BatchInput.Act]) -> [String] {
    var counts: [String: Int] = [:]
    return acts.map { act in
      let said = Value.object(["operation": .text(act.operation), "input": act.input, "version": .integer(act.version)])
      let name = Base32.encode(Array(SHA256.hash(JSON.write(said.canonical)).prefix(16)))
      let number = counts[name, default: 0] + 1
      counts[name] = number
      return number == 1 ? "\(key)/\(name)" : "\(key)/\(name).\(number)"
    }
  }

  private func told(_ act: BatchInput.Act, _ outcome: Dispatcher.Outcome) -> Value {
    let status = dispatcher.registry[act.operation]?.declaration.successStatus ?? 200
    return .object([
      "operation": .text(act.operation), "status": .integer(Int64(status)), "replayed": .bool(outcome.isReplay), "value": outcome.value,
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

  /// As of a call by itself: whoever tries what he may not do leaves a line for each.
  private func log(_ act: BatchInput.Act, _ failure: Failure) {
    logger.log(
      level: failure.kind == .internal ? .error : .info, "act of a batch failed",
      metadata: [
        "request": "\(requestId)", "operation": "\(act.operation)", "status": "\(Problem(failure).status)", "peer": "\(peer)", "failure": "\(failure)",
      ])
  }
}

extension Failure {
  /// Whether the same act may do better at another time: it is left.
  fileprivate var isWorthRepeating: Bool {
    switch kind {
    case .limited, .busy, .outcomeUnknown, .unauthenticated: true
    default: false
    }
  }

  /// Whether no other act would do better now.
  fileprivate var endsBatch: Bool { kind == .limited || kind == .unauthenticated || code == OperationMessages.storageFull.key }
}
