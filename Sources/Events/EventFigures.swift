import Synchronization

/// What became of events since the process began, for monitoring: of those that this process settled.
package final class EventFigures: Sendable {
  package enum Outcome: String, Sendable, CaseIterable {
    /// Of events: a customer's, or nobody's yet.
    case settled, triaged
    /// Tried in vain, to be tried again.
    case postponed
    /// Of alerts: begun, begun in a maintenance window, over.
    case begun, suppressed, ended
    /// Of incidents.
    case opened, told, reopened, resolved
    /// Groups that went into the incident of a storm.
    case stormed
  }

  private let counts = Mutex<[Outcome: Int64]>([:])
  private let waiting = Mutex<Int64>(0)

  package init() {}

  func add(_ more: [Outcome: Int64]) { counts.withLock { $0.merge(more) { $0 &+ $1 } } }

  func set(inTriage count: Int64) { waiting.withLock { $0 = count } }

  package var snapshot: [Outcome: Int64] { counts.withLock { $0 } }
  /// How many events wait for somebody to say whose they are, when that was last counted.
  package var inTriage: Int64 { waiting.withLock { $0 } }
}
