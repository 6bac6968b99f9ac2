import FileStorage
import HTTPAPI

/// What `/metrics` says of files: of those that this process kept, gave and removed.
enum FileMetrics {
  static func of(_ figures: FileFigures) -> [FurtherMetric] {
    let counts = figures.snapshot
    return [
      FurtherMetric(
        "steward_files_total", "What became of files: kept, removed, set aside unclaimed, reclaimed, asked for and missing, or damaged.", .counter,
        FileFigures.Outcome.allCases.map { (labels: [("outcome", $0.rawValue)], value: Double(counts[$0] ?? 0)) })
    ]
  }
}
