import Synchronization

/// Counts and durations by operation and result code. Both labels come from closed sets, never from a caller.
package final class OperationMetrics: Sendable {
  package struct Series: Sendable {
    package var count: Int64 = 0
    package var seconds: Double = 0
    /// Cumulative counts below each of ``bounds``.
    package var buckets = [Int64](repeating: 0, count: OperationMetrics.bounds.count)

    fileprivate mutating func add(_ seconds: Double) {
      count &+= 1
      self.seconds += seconds
      for (index, bound) in OperationMetrics.bounds.enumerated() where seconds <= bound { buckets[index] &+= 1 }
    }
  }

  package struct Labels: Hashable, Sendable {
    package let operation: String
    package let code: String
  }

  /// Upper bounds of the latency buckets, in seconds.
  package static let bounds: [Double] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10]

  private let series = Mutex<[Labels: Series]>([:])

  func count(_ operation: String, code: String, since started: ContinuousClock.Instant) {
    let elapsed = started.duration(to: .now).components
    let seconds = Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18
    series.withLock { $0[Labels(operation: operation, code: code), default: Series()].add(seconds) }
  }

  package var snapshot: [Labels: Series] { series.withLock { $0 } }
}
