#if DEBUG
  import ArgumentParser
  import Foundation
  import Kernel
  import Synchronization

  /// For the crash harness, in debug builds alone: `STEWARD_FAULT_POINT=job.claimed:3` ends the process by SIGKILL when it comes to that point for
  /// the third time. Read once, at the start; what is no point is refused.
  enum FaultArming {
    static func arm(_ environment: [String: String]) throws {
      guard let text = environment["STEWARD_FAULT_POINT"] else { return }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      guard parts.count == 2, let point = FaultPoint(rawValue: String(parts[0])), let times = Int(parts[1]), times > 0 else {
        let names = FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("STEWARD_FAULT_POINT takes POINT:TIMES, not '\(text)'. Points: \(names).")
      }
      let left = Counter(times)
      FaultPoint.arm { reached in
        if reached == point, left.isLast() { kill(getpid(), SIGKILL) }
      }
    }

    private final class Counter: Sendable {
      private let left: Mutex<Int>
      init(_ times: Int) { left = Mutex(times) }

      func isLast() -> Bool {
        left.withLock { left in
          left -= 1
          return left == 0
        }
      }
    }
  }
#endif
