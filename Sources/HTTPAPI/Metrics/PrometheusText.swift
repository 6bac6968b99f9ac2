import Operations

/// Metrics in the text format that Prometheus reads (version 0.0.4). Names and label values come from closed sets
/// (operations, codes, statuses), so the number of series is bounded whatever clients send.
struct PrometheusText {
  private(set) var text = ""

  mutating func gauge(_ name: String, _ help: String, _ value: Double) {
    family(name, help, "gauge")
    sample(name, [], value)
  }

  mutating func counter(_ name: String, _ help: String, _ samples: [(labels: [(String, String)], value: Double)]) {
    family(name, help, "counter")
    for (labels, value) in samples { sample(name, labels, value) }
  }

  mutating func add(_ metric: FurtherMetric) {
    family(metric.name, metric.help, metric.kind == .gauge ? "gauge" : "counter")
    for (labels, value) in metric.samples { sample(metric.name, labels, value) }
  }

  mutating func info(_ name: String, _ help: String, _ labels: [(String, String)]) {
    family(name, help, "gauge")
    sample(name, labels, 1)
  }

  mutating func operations(_ snapshot: [OperationMetrics.Labels: OperationMetrics.Series]) {
    let name = "steward_operation_duration_seconds"
    family(name, "Duration of operations by name and result code.", "histogram")
    for (labels, series) in snapshot.sorted(by: { ($0.key.operation, $0.key.code) < ($1.key.operation, $1.key.code) }) {
      let own = [("operation", labels.operation), ("code", labels.code)]
      for (bound, count) in zip(OperationMetrics.bounds, series.buckets) {
        sample("\(name)_bucket", own + [("le", Self.number(bound))], Double(count))
      }
      sample("\(name)_bucket", own + [("le", "+Inf")], Double(series.count))
      sample("\(name)_sum", own, series.seconds)
      sample("\(name)_count", own, Double(series.count))
    }
  }

  private mutating func family(_ name: String, _ help: String, _ type: String) {
    text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
  }

  private mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Double) {
    let inside = labels.map { "\($0)=\"\(Self.escaped($1))\"" }.joined(separator: ",")
    text += labels.isEmpty ? "\(name) \(Self.number(value))\n" : "\(name){\(inside)} \(Self.number(value))\n"
  }

  /// Whole numbers without a fraction.
  private static func number(_ value: Double) -> String {
    guard let whole = Int64(exactly: value) else { return "\(value)" }
    return String(whole)
  }

  private static func escaped(_ text: String) -> String {
    text.reduce(into: "") { escaped, character in
      switch character {
      case "\\": escaped += "\\\\"
      case "\"": escaped += "\\\""
      case "\n": escaped += "\\n"
      default: escaped.append(character)
      }
    }
  }
}
