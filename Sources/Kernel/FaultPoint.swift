import Synchronization

/// A place at which the crash harness may end the process, to see what is left of what was under way.
///
/// Only debug builds have them: in a release build ``reach(of:)`` is empty, and nothing can arm it.
package enum FaultPoint: String, CaseIterable, Sendable {
  /// A call has written all it writes; nothing is committed.
  case actWorked = "act.worked"
  /// A call is committed; its caller has not been answered.
  case actCommitted = "act.committed"
  /// A job is claimed, and its attempt counted; its work has not begun.
  case jobClaimed = "job.claimed"
  /// A job's work is done; that it is has not been written.
  case jobWorked = "job.worked"
  /// A job is completed.
  case jobCompleted = "job.completed"
  /// A sweep has done one of several.
  case sweepStep = "sweep.step"
  /// The notifications of some events are written and the events taken; nothing is committed.
  case notificationsMade = "notifications.made"
  /// A notification is claimed, and its attempt counted; it has not been sent.
  case notificationClaimed = "notification.claimed"
  /// A notification has reached its receiver; that it was sent has not been written.
  case notificationSent = "notification.sent"

  #if DEBUG
    private static let armed = Mutex<(@Sendable (FaultPoint, _ work: String?) -> Void)?>(nil)
    @TaskLocal private static var work: String?

    /// Once, before anything runs.
    package static func arm(_ action: @escaping @Sendable (FaultPoint, _ work: String?) -> Void) { armed.withLock { $0 = action } }

    /// - Parameter work: whose point it is; nil: of the work that it is reached in.
    package func reach(of work: String? = nil) {
      guard let action = Self.armed.withLock({ $0 }) else { return }
      action(self, work ?? Self.work)
    }

    /// The points that are reached in it are of this work, as of a sweep by its kind: so each of many that share a point can be met.
    package static func within(_ work: String, _ body: () async -> Void) async { await Self.$work.withValue(work, operation: body) }
  #else
    @inlinable package func reach(of work: String? = nil) {}
    @inlinable package static func within(_ work: String, _ body: () async -> Void) async { await body() }
  #endif
}
