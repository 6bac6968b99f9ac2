import HTTPAPI
import Jobs
import Kernel
import Operations
import Tenancy

/// What `/metrics` says of jobs: of all that the database has, whoever runs them.
enum JobMetrics {
  /// What asks for the page waits for ten seconds as a rule: all else that it says must not be lost with this.
  private static let timeoutMilliseconds = 2000

  /// None while the database does not answer.
  static func of(_ tenancy: Tenancy) async -> [FurtherMetric] {
    let now = tenancy.clock.now()
    guard await tenancy.health().isReachable,
      let (figures, snapshots, left) = try? await tenancy.transaction(
        binding: [], side: .staff, readOnly: true, statementTimeoutMilliseconds: timeoutMilliseconds,
        { try await $0.query(JobFigures(now: now), OldestSnapshot(), OutboxWaiting()) }), let found = figures.first
    else { return [] }
    func seconds(since instant: Instant) -> Double { Double(max(0, now.microseconds - instant.microseconds)) / 1_000_000 }
    return [
      FurtherMetric(
        "steward_jobs", "Jobs that are due and not begun, that run, that were given up, that are tried alone; 10000 stands for more.", .gauge,
        [("ready", found.ready), ("running", found.running), ("dead", found.dead), ("suspect", found.suspect)].map {
          (labels: [("state", $0.0)], value: Double($0.1))
        }),
      FurtherMetric(
        "steward_jobs_oldest_waiting_seconds",
        "For how long the first job has waited that is due, whose worker went silent, or that no worker has noticed.", .gauge,
        [(labels: [], value: found.waitingSince.map(seconds) ?? 0)]),
      FurtherMetric(
        "steward_outbox_waiting", "What acts have left for a consumer and it has not taken; 10000 stands for more.", .gauge,
        left.map { (labels: [("consumer", $0.consumer)], value: Double($0.count)) }),
      FurtherMetric(
        "steward_outbox_oldest_waiting_seconds", "For how long the oldest of that has waited.", .gauge,
        left.map { (labels: [("consumer", $0.consumer)], value: seconds(since: $0.since)) }),
      FurtherMetric(
        "steward_database_oldest_snapshot_transactions",
        "How many transactions have begun since the oldest snapshot that is still held: what was deleted since stays in the tables.", .gauge,
        [(labels: [], value: Double(snapshots.first?.transactions ?? 0))]),
    ]
  }
}
