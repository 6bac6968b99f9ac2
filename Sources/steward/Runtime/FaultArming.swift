#if DEBUG
  import ArgumentParser
  import Foundation
  import Kernel
  import Synchronization

  /// For the crash harness, in debug builds alone: `STEWARD_FAULT_POINT=job.claimed:3` ends the process by SIGKILL when it comes to that point for
  /// the third time; `sweep.step@desk.close:1` when that sweep comes to it, `notification.sent@mail:1` when a mail does; with `:stop` behind it the process is stopped there, as by SIGSTOP. Read
  /// once, at the start; what is no point is refused.
  enum FaultArming {
    static func arm(_ environment: [String: String]) throws {
      guard let text = environment["STEWARD_FAULT_POINT"] else { return }
      let parts = text.split(separator: ":", omittingEmptySubsequences: false)
      let place = (parts.first ?? "").split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
      guard (2...3).contains(parts.count), let point = place.first.flatMap(FaultPoint.init(rawValue:)), let times = Int(parts[1]), times > 0,
        parts.count == 2 || parts[2] == "stop"
      else {
        let names = FaultPoint.allCases.map(\.rawValue).joined(separator: ", ")
        throw ValidationError("STEWARD_FAULT_POINT takes POINT:TIMES, POINT@SWEEP:TIMES or either with :stop behind it, not '\(text)'. Points: \(names).")
      }
      let (wanted, signal) = (place.dropFirst().first, parts.count == 3 ? SIGSTOP : SIGKILL)
      let left = Counter(times)
      FaultPoint.arm { reached, work in
        if reached == point, wanted == nil || wanted == work, left.isLast() { kill(getpid(), signal) }
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
