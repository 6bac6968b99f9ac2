import Kernel
import Postgres

extension WatchedShares {
  init(_ rows: [ReadWatchedShares.Found]) {
    var revisions = Revisions()
    for row in rows {
      guard let revision = row.revision else { continue }
      if let customer = row.customer { revisions.ofCustomers[customer] = revision } else { revisions.forAll = revision }
    }
    self.init(revisions: revisions, shares: rows.compactMap(\.share))
  }
}

/// Of rules for all customers, and for those whom the transaction is bound to.
struct ReadWatchedShares: Statement {
  /// A revision or a share.
  struct Found: Sendable {
    let revision: Int64?
    let customer: TenantId?
    let share: WatchedShares.Share?
  }

  static let sql = "select revision, subject_kind, metric, percent, customer_id, since from finder.watched_shares(1000)"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Found {
    let (revision, kind, metric): (Int64?, String?, String?) = (try row.next(), try row.next(), try row.next())
    let percent: Int64? = try row.next()
    let customer = (try row.next() as Int64?).map { TenantId($0) }
    let since: Instant? = try row.next()
    guard let kind = kind.flatMap(ClockSubject.Kind.init), let percent, let since else {
      return Found(revision: revision, customer: customer, share: nil)
    }
    let share = WatchedShares.Share(kind: kind, metric: metric.flatMap(Metric.init), percent: percent, customer: customer, since: since)
    return Found(revision: revision, customer: customer, share: share)
  }
}
