import Kernel

/// The shares of promises at which rules of escalation act, whatever the agreements warn of.
package struct WatchedShares: Sendable {
  struct Share: Hashable, Sendable {
    /// Whose clocks.
    let kind: ClockSubject.Kind
    /// Nil: of any.
    let metric: Metric?
    let percent: Int64
    /// Nil: of all customers.
    let customer: TenantId?
    /// What passed it before is nobody's affair.
    let since: Instant
  }

  /// Each rises with every change at which shares such rules act, and never falls; 0: there never was one.
  struct Revisions: Sendable {
    /// Of the rules for all customers.
    var forAll: Int64 = 0
    /// Of those for one.
    var ofCustomers: [TenantId: Int64] = [:]
  }

  /// Nil: nothing was read.
  let revisions: Revisions?
  let shares: [Share]

  static let unread = WatchedShares(revisions: nil, shares: [])

  init(revisions: Revisions?, shares: [Share]) { (self.revisions, self.shares) = (revisions, shares) }

  /// Of all rules that can concern a customer's clocks: what was worked out by a lower one is to be worked out anew. Nil: nothing was read.
  func revision(of tenant: TenantId) -> Int64? { revisions.map { 1 + $0.forAll + ($0.ofCustomers[tenant] ?? 0) } }

  /// The next above what was recorded of a clock by now, of those of which it does not warn anyway.
  func next(of clock: SubjectClock, tenant: TenantId) -> (percent: Int64, since: Instant)? {
    let above = shares.filter { share in
      share.kind == clock.subject.kind && share.percent > clock.passedPercent ?? 0 && !clock.terms.warnPercents.contains(share.percent)
        && (share.metric.map { $0 == clock.clock.metric } ?? true) && (share.customer.map { $0 == tenant } ?? true)
    }
    guard let percent = above.map(\.percent).min(), let since = above.filter({ $0.percent == percent }).map(\.since).min() else { return nil }
    return (percent, since)
  }
}
