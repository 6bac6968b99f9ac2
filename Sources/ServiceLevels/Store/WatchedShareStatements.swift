import Kernel
import Postgres

extension WatchedShares {
  init(_ rows: [ReadWatchedShares.Found]) { self.init(revision: rows.first?.revision ?? 0, shares: rows.compactMap(\.share)) }
}

/// One row at least, for the revision.
struct ReadWatchedShares: Statement {
  struct Found: Sendable {
    let revision: Int64
    let share: WatchedShares.Share?
  }

  static let sql = "select revision, subject_kind, metric, percent, customer_id, since from finder.watched_shares(1000)"

  func bind(to parameters: inout Parameters) {}

  static func decode(_ row: inout RowReader) throws -> Found {
    let (revision, kind, metric): (Int64, String?, String?) = (try row.next(), try row.next(), try row.next())
    let (percent, customer, since): (Int64?, Int64?, Instant?) = (try row.next(), try row.next(), try row.next())
    guard let kind = kind.flatMap(ClockSubject.Kind.init), let percent, let since else { return Found(revision: revision, share: nil) }
    return Found(
      revision: revision,
      share: WatchedShares.Share(
        kind: kind, metric: metric.flatMap(Metric.init), percent: percent, customer: customer.map { TenantId($0) }, since: since))
  }
}
