import Kernel

/// When what could not be sent is tried again, and when a way out rests.
enum Retry {
  static let mostAttempts: Int64 = 10
  /// After so many failures one after the other a way out rests.
  static let failuresUntilRest: Int64 = 5

  /// 30 s, 1, 2, 4 ... minutes, at most an hour, and up to a fifth more, so that what failed together does not come back together.
  /// - Parameter jitter: 0 to 255.
  static func delaySeconds(after attempts: Int64, jitter: UInt8) -> Int64 {
    let doublings: Int64 = min(max(attempts - 1, 0), 7)
    let delay: Int64 = min(Int64(30) << doublings, 3600)
    let more: Int64 = delay / 5 * Int64(jitter) / 255
    return delay + more
  }

  /// How long mail rests when it failed for so many tenants one after the other; nil: not yet.
  static func mailRestSeconds(after tenants: Int64) -> Int64? {
    tenants < 3 ? nil : restSeconds(after: tenants + failuresUntilRest - 3)
  }

  /// How long a way out rests after so many failures; nil: not yet. One that is tried again and fails rests twice as long, an hour at most.
  static func restSeconds(after failures: Int64) -> Int64? {
    guard failures >= failuresUntilRest else { return nil }
    let doublings: Int64 = min(failures - failuresUntilRest, 6)
    return min(Int64(60) << doublings, 3600)
  }
}
