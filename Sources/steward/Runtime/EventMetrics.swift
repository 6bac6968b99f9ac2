import Events
import HTTPAPI

/// What `/metrics` says of events: of those that this process settled.
enum EventMetrics {
  static func of(_ figures: EventFigures) -> [FurtherMetric] {
    let counts = figures.snapshot
    return [
      FurtherMetric(
        "steward_events_total", "What became of events from monitoring, of alerts and of their incidents.", .counter,
        EventFigures.Outcome.allCases.map { (labels: [("outcome", $0.rawValue)], value: Double(counts[$0] ?? 0)) }),
      FurtherMetric(
        "steward_events_in_triage", "Events of which nobody has said whose they are, when they were last counted.", .gauge,
        [(labels: [], value: Double(figures.inTriage))]),
    ]
  }
}
