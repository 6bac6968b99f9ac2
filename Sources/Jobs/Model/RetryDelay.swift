/// When a job that failed is tried again.
enum RetryDelay {
  static let longestSeconds: Int64 = 300

  /// 2, 4, 8 ... seconds, at most five minutes, less up to a fifth of it: jobs that failed together, because what they all need was away, do not come
  /// back together. Which job and which attempt it is says how much less, so that it can be foretold.
  /// - Parameter attempt: 1: the first one failed.
  static func microseconds(job: Int64, attempt: Int64) -> Int64 {
    let doublings: Int64 = min(max(attempt, 1), 9)
    let longest: Int64 = min(Int64(1) << doublings, longestSeconds) * 1_000_000
    let share = Int64(mixed(job, attempt) >> 48)
    return longest - longest / 5 * share / 65_535
  }

  /// The finisher of SplitMix64: neighbours in number are far apart in what comes out.
  private static func mixed(_ job: Int64, _ attempt: Int64) -> UInt64 {
    var bits = UInt64(bitPattern: job) &+ UInt64(bitPattern: attempt) &* 0x9E37_79B9_7F4A_7C15
    bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
    bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
    return bits ^ (bits >> 31)
  }
}
