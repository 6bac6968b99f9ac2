import Kernel
import Postgres
import Tenancy

/// Recurring work that crosses tenants: found through the finder, done in small transactions of its own, each bound to
/// one tenant. It may be repeated from the start at any time, so each of its transactions decides by compare-and-set.
package protocol Sweep: Sendable {
  static var kind: String { get }
  static var everySeconds: Int64 { get }
  func run(at now: Instant, _ tenancy: Tenancy) async throws

  /// Whether there is something to do for which an instant came in a stretch of whole seconds that is over: then it runs at once, and not only
  /// when its schedule says. Every worker asks once a second, so this is one look at an index.
  func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool
}

extension Sweep {
  package func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool { false }
}

/// What a sweep throws that has done all but some: they are told of, and the next run, which comes in its usual time, finds them again.
package struct LeftUndone: Error {
  package private(set) var faults: [(what: String, error: any Error)] = []

  package init() {}

  package var isEmpty: Bool { faults.isEmpty }

  package mutating func add(_ what: String, _ error: any Error) { faults.append((what: what, error: error)) }
}

/// Work on one tenant that an act left behind. It runs in the transaction that also completes the job, so its effects
/// are there exactly once, however often a worker dies.
package protocol JobHandler: Sendable {
  static var kind: String { get }
  func run(_ job: Job, in transaction: Transaction, at now: Instant) async throws
}

/// A job in the hands of a worker.
package struct Job: Sendable {
  package let tenant: TenantId
  package let id: Int64
  package let kind: String
  package let payload: Value
  /// How often it was begun, this time included.
  package let attempts: Int64
  package let maxAttempts: Int64
  /// The number of this claim; a worker that lost its lease holds an older one and can no longer complete.
  let fence: Int64

  /// When to try again after a failure: 2, 4, 8 ... seconds, at most five minutes.
  var retryDelaySeconds: Int64 { min(1 << min(attempts, 9), 300) }
}
