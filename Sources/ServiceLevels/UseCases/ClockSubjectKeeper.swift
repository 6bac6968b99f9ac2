import Kernel
import Postgres

/// The module whose rows clocks belong to. Time moves clocks without an act of that module; it keeps what its rows show of
/// them in step.
package protocol ClockSubjectKeeper: Sendable {
  /// Locks the subject's row, as its own acts do before they touch its clocks: whoever locks in that order waits, and nobody
  /// waits for another in a circle. What time has decided about the subject by then is decided with it, before its clocks are looked at.
  func hold(_ subject: ClockSubject, tenant: TenantId, at now: Instant, _ random: RandomSource, in transaction: Transaction) async throws
  /// Enqueues what the row shows of its clocks.
  func keep(_ standing: ClockStanding, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction)
}
