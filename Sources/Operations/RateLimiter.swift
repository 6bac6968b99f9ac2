import Kernel
import Tenancy

/// What one caller may ask in a second. Steward's own jobs and the operator are not limited.
package final class RateLimiter: Sendable {
  private struct Key: Hashable {
    let tenant: TenantId
    let kind: Actor.Kind
    let id: Int64
    let address: String
  }

  private let buckets: TokenBuckets<Key>

  package init(perSecond: Double = 2000, burst: Double = 4000) {
    buckets = TokenBuckets(perSecond: perSecond, burst: burst)
  }

  func admit(_ principal: Principal, _ call: Call) throws(Failure) {
    let kind = principal.actor.kind
    guard kind != .system, kind != .operator else { return }
    // Nobody yet: the address stands for the caller.
    let address = kind == .anonymous ? AddressGroup.of(call.peer) : ""
    guard let seconds = buckets.take(Key(tenant: principal.tenant, kind: kind, id: principal.actor.id, address: address)) else { return }
    throw Failure(.limited, OperationMessages.tooMany, ["seconds": String(seconds)], retryAfterSeconds: seconds)
  }
}
