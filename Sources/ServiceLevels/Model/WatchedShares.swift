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

  /// It rises with every change of a rule: what was worked out by a lower one is to be worked out anew. 0: nothing was read.
  let revision: Int64
  let shares: [Share]

  static let unread = WatchedShares(revision: 0, shares: [])

  init(revision: Int64, shares: [Share]) { (self.revision, self.shares) = (revision, shares) }

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
