import Kernel
import Synchronization

/// A token bucket for each principal, so that one caller cannot take the service from the others. Steward's own jobs
/// and the operator are not limited.
package final class RateLimiter: Sendable {
  private struct Bucket {
    var tokens: Double
    var filledAt: ContinuousClock.Instant
  }

  private struct Key: Hashable {
    let tenant: TenantId
    let kind: Actor.Kind
    let id: Int64
    let peer: String
  }

  private let perSecond: Double
  private let burst: Double
  private let buckets = Mutex<[Key: Bucket]>([:])
  private static let capacity = 50_000

  package init(perSecond: Double = 2000, burst: Double = 4000) {
    self.perSecond = perSecond
    self.burst = burst
  }

  func admit(_ principal: Principal, _ call: Call) throws(Failure) {
    let kind = principal.actor.kind
    guard kind != .system, kind != .operator else { return }
    // Nobody yet: the address stands for the caller.
    let key = Key(tenant: principal.tenant, kind: kind, id: principal.actor.id, peer: kind == .anonymous ? call.peer : "")
    let now = ContinuousClock.now
    let wait: Double? = buckets.withLock { buckets in
      if buckets.count >= Self.capacity {
        // A bucket that has had the time to fill up is like none at all. If that frees nothing, all begin anew: memory
        // and time are bounded whoever calls.
        buckets = buckets.filter { $0.value.filledAt.duration(to: now) < .seconds(burst / perSecond) }
        if buckets.count >= Self.capacity / 2 { buckets.removeAll(keepingCapacity: true) }
      }
      var bucket = buckets[key] ?? Bucket(tokens: burst, filledAt: now)
      let elapsed = bucket.filledAt.duration(to: now).components
      bucket.tokens = min(burst, bucket.tokens + (Double(elapsed.seconds) + Double(elapsed.attoseconds) * 1e-18) * perSecond)
      bucket.filledAt = now
      let wait = bucket.tokens >= 1 ? nil : (1 - bucket.tokens) / perSecond
      if wait == nil { bucket.tokens -= 1 }
      buckets[key] = bucket
      return wait
    }
    guard let wait else { return }
    let seconds = max(1, Int(wait.rounded(.up)))
    throw Failure(.limited, OperationMessages.tooMany, ["seconds": String(seconds)], retryAfterSeconds: seconds)
  }
}
