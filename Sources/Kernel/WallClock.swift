#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Where the time of day comes from. Domain code never asks the system: tests, imports and simulations move the clock.
/// Durations (timeouts, leases in memory) use `ContinuousClock` instead, which no one can set back.
package protocol WallClock: Sendable {
  func now() -> Instant
}

package struct SystemClock: WallClock {
  package init() {}

  package func now() -> Instant {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Instant(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }
}

/// Where the random bits of public ids, tokens and salts come from; the server uses OpenSSL's generator, a test a seed.
package struct RandomSource: Sendable {
  private let fill: @Sendable (Int) -> [UInt8]

  package init(_ fill: @escaping @Sendable (Int) -> [UInt8]) {
    self.fill = fill
  }

  package func bytes(_ count: Int) -> [UInt8] { fill(count) }

  /// The 96 random bits of a new row's public id.
  package func publicIdBits() -> [UInt8] { fill(PublicId.randomByteCount) }
}
