import Synchronization

/// What became of files in this process, for monitoring.
package final class FileFigures: Sendable {
  package enum Outcome: String, CaseIterable, Sendable {
    case kept, removed
    /// Set aside, for no attachment has it.
    case unclaimed
    /// Put back from there, for one has it after all.
    case reclaimed
    /// Asked for, and not there: somebody took it away.
    case missing
    /// There, and not what was kept.
    case damaged
  }

  private let counts = Mutex<[Outcome: Int]>([:])

  func count(_ outcome: Outcome, _ number: Int = 1) { counts.withLock { $0[outcome, default: 0] += number } }

  package var snapshot: [Outcome: Int] { counts.withLock { $0 } }
}
