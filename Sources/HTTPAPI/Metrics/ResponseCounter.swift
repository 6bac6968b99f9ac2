import Synchronization

/// Counts answers by status, and the requests under way.
final class ResponseCounter: Sendable {
  private struct State {
    var byStatus: [Int: Int64] = [:]
    var underWay: Int64 = 0
  }

  private let state = Mutex(State())

  func began() { state.withLock { $0.underWay &+= 1 } }

  func ended(status: Int) {
    state.withLock { state in
      state.underWay &-= 1
      state.byStatus[status, default: 0] &+= 1
    }
  }

  /// A request ended that the server below had answered.
  func abandoned() { state.withLock { $0.underWay &-= 1 } }

  /// The server below answered by itself.
  func refused(status: Int) { state.withLock { $0.byStatus[status, default: 0] &+= 1 } }

  var snapshot: (byStatus: [Int: Int64], underWay: Int64) { state.withLock { ($0.byStatus, $0.underWay) } }
}
