import Synchronization

/// A token bucket for each key, so that one caller cannot take the service from the others. Memory and time are bounded
/// however many keys there are.
package final class TokenBuckets<Key: Hashable & Sendable>: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: ContinuousClock.Instant
  }

  private let perSecond: Double
  private let burst: Double
  private let buckets = Mutex<[Key: Bucket]>([:])
  private let capacity = 50_000

  /// `perSecond` and `burst` are above zero.
  package init(perSecond: Double, burst: Double) {
    self.perSecond = perSecond
    self.burst = burst
  }

  /// Takes a token: nil, or in how many whole seconds there is one again.
  package func take(_ key: Key, at now: ContinuousClock.Instant = .now) -> Int? {
    let wait: Double? = buckets.withLock { buckets in
      if buckets.count >= capacity {
        // A bucket that has had the time to fill up is like none at all. If that frees nothing, all begin anew.
        buckets = buckets.filter { $0.value.filledAt.duration(to: now) < .seconds(burst / perSecond) }
        if buckets.count >= capacity / 2 { buckets.removeAll(keepingCapacity: true) }
      }
      var bucket = filled(buckets[key], at: now)
      let wait = bucket.tokens >= 1 ? nil : (1 - bucket.tokens) / perSecond
      if wait == nil { bucket.tokens -= 1 }
      buckets[key] = bucket
      return wait
    }
    return wait.map { max(1, Int($0.rounded(.up))) }
  }

  /// Gives back a token that was taken for nothing.
  package func giveBack(_ key: Key, at now: ContinuousClock.Instant = .now) {
    buckets.withLock { buckets in
      guard buckets[key] != nil else { return }
      var bucket = filled(buckets[key], at: now)
      bucket.tokens = min(burst, bucket.tokens + 1)
      buckets[key] = bucket
    }
  }

  private func filled(_ bucket: Bucket?, at now: ContinuousClock.Instant) -> Bucket {
    guard let bucket else { return Bucket(tokens: burst, filledAt: now) }
    let elapsed = bucket.filledAt.duration(to: now).components
    return Bucket(tokens: min(burst, bucket.tokens + (Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18) * perSecond), filledAt: now)
  }
}
