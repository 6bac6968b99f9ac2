import Kernel
import Synchronization

/// A clock that stands still until a test moves it.
package final class TestClock: WallClock {
  private let instant: Mutex<Instant>

  package init(_ start: Instant) {
    instant = Mutex(start)
  }

  package func now() -> Instant { instant.withLock { $0 } }

  package func set(_ instant: Instant) { self.instant.withLock { $0 = instant } }

  /// Also back, with a negative number.
  package func advance(seconds: Int64) { instant.withLock { $0 = $0.adding(seconds: seconds) } }
}
