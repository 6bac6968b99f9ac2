import Contracts
import Kernel

/// A figure that a scorecard tells, by the key that names it: `mean_time.resolution`, `backlog`.
package struct Indicator: Hashable, Sendable {
  package let measure: Measure
  /// Nil: both together, or a measure that has none.
  package let metric: Metric?

  /// All that there is: of a share of targets met also both metrics together.
  package static let all: [Indicator] = Measure.allCases.flatMap { measure -> [Indicator] in
    let each = measure.hasMetric ? Metric.scored.map { Indicator(measure: measure, metric: $0) } : []
    return measure.hasMetric && measure != .attainment ? each : [Indicator(measure: measure, metric: nil)] + each
  }

  package init?(key: String) {
    guard let found = Self.all.first(where: { $0.key == key }) else { return nil }
    self = found
  }

  private init(measure: Measure, metric: Metric?) {
    self.measure = measure
    self.metric = metric
  }

  package var key: String { measure.rawValue + (metric.map { ".\($0.rawValue)" } ?? "") }
  package var unit: Figure.Unit { measure.unit }

  /// What it is called.
  package func name(_ language: Language) -> String {
    let metric = metric.map { IndicatorWords.metric($0).text(language) }
    return IndicatorWords.measure(measure, hasMetric: metric != nil).text(language, ["metric": metric ?? ""])
  }
}

/// What the figures of a scorecard are called.
package enum IndicatorWords: MessageCatalog {
  static let attainment = Message("indicator.attainment", "service level attainment", zh: "服务级别达成率")
  static let attainmentOf = Message("indicator.attainment_of", "service level attainment, {metric}", zh: "{metric}服务级别达成率")
  static let meanTime = Message("indicator.mean_time", "mean {metric} time", zh: "平均{metric}时长")
  static let ninetieth = Message("indicator.p90_time", "{metric} time of nine tickets in ten", zh: "九成工单的{metric}时长")
  static let volume = Message("indicator.volume", "volume of tickets", zh: "工单数量")
  static let backlog = Message("indicator.backlog", "backlog", zh: "积压量")
  static let reopenRate = Message("indicator.reopen_rate", "reopen rate", zh: "重新打开率")
  static let response = Message("indicator.response", "response", zh: "响应")
  static let resolution = Message("indicator.resolution", "resolution", zh: "解决")

  static func measure(_ measure: Measure, hasMetric: Bool) -> Message {
    switch measure {
    case .attainment: hasMetric ? attainmentOf : attainment
    case .meanTime: meanTime
    case .ninetiethPercentile: ninetieth
    case .volume: volume
    case .backlog: backlog
    case .reopenRate: reopenRate
    }
  }

  static func metric(_ metric: Metric) -> Message { metric == .response ? response : resolution }

  package static let all = [attainment, attainmentOf, meanTime, ninetieth, volume, backlog, reopenRate, response, resolution]
}
