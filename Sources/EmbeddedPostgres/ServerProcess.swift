import Glibc
import Synchronization

/// A server that runs as our child.
final class ServerProcess: Sendable {
  enum State: Equatable {
    /// May go to running, or to ended when it could not be started.
    case starting
    /// May go to ended.
    case running(pid_t)
    /// It has been waited for: its number may belong to another process by now.
    case ended
  }

  /// Apart from the process, because the task that moves it starts before the process object is whole.
  private final class Status: Sendable {
    let state = Mutex(State.starting)
  }

  private let status: Status

  /// `run` starts the child, tells its process id once, and returns when the child has ended.
  init(_ run: @escaping @Sendable (_ started: @Sendable (pid_t) -> Void) async throws -> Void, onError report: @escaping @Sendable (any Error) -> Void) {
    let status = Status()
    self.status = status
    Task {
      defer { status.state.withLock { $0 = .ended } }
      do {
        try await run { pid in status.state.withLock { $0 = .running(pid) } }
      } catch {
        report(error)
      }
    }
  }

  var state: State { status.state.withLock { $0 } }

  /// Nothing happens when the process has ended: the signal is sent under the lock that the end must take first.
  func send(_ signal: Int32) {
    status.state.withLock { if case .running(let pid) = $0 { _ = kill(pid, signal) } }
  }

  /// Whether it ended within the time.
  func ended(within limit: Duration) async throws -> Bool {
    let deadline = ContinuousClock.now + limit
    while state != .ended {
      if ContinuousClock.now > deadline { return false }
      try await Task.sleep(for: .milliseconds(5))
    }
    return true
  }
}
