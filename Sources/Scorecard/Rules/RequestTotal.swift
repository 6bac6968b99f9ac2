import Contracts
import Kernel

/// What was kept of the promises about requests by all lines together: the figure that a handbook aims at. What the lines met and what was judged of them
/// is added, percentages are never averaged.
struct RequestTotal: Hashable, Sendable {
  let indicator: Indicator
  let met: Int64
  let judged: Int64

  /// Each indicator of requests, also where nothing is judged.
  static func all(of lines: [RequestAttainment.Found]) -> [RequestTotal] {
    Indicator.ofRequests.map { indicator in
      let own = lines.filter { line in indicator.metric.map { $0.rawValue == line.metric } ?? true }
      return RequestTotal(indicator: indicator, met: own.reduce(0) { $0 + $1.met }, judged: own.reduce(0) { $0 + $1.judged })
    }
  }
}
