/// Which target of an underpinning contract counts for a ticket: of those of the metric that are for its priority or any, and
/// for the service or any, the first by this table.
///
/// | | Service | Priority |
/// |---|---|---|
/// | 1 | the service | the priority |
/// | 2 | the service | any |
/// | 3 | any | the priority |
/// | 4 | any | any |
///
/// A version has at most one target for a metric, priority and service, so one is first.
package enum UnderpinningPrecedence {
  package static func choose(
    from targets: [UnderpinningPromise.Target], _ metric: UnderpinningMetric, priority: Int64, service: Int64?
  ) -> UnderpinningPromise.Target? {
    targets.filter { target in
      target.metric == metric && (target.priority ?? priority) == priority && (target.service == nil || target.service == service)
    }.min { rank($0) < rank($1) }
  }

  private static func rank(_ target: UnderpinningPromise.Target) -> Int { (target.service == nil ? 2 : 0) + (target.priority == nil ? 1 : 0) }
}
