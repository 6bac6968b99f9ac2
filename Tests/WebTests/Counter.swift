import Synchronization

/// Counts what happens on any thread.
final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  func increment(by step: Int = 1) { count.withLock { $0 += step } }
}
