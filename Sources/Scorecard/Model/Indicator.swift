import Contracts
import Kernel

/// A figure that a scorecard tells, by the key that names it: `mean_time.resolution`, `backlog`, `request_attainment.response`.
package struct Indicator: Hashable, Sendable {
  /// What is counted: incidents and requests apart.
  package enum Subject: Sendable { case incident, request }

  package let subject: Subject
  package let measure: Measure
  /// Nil: both together, or a measure that has none.
  package let metric: Metric?

  /// All that there is.
  package static let all: [Indicator] = ofIncidents + ofRequests
  /// What `scorecard.read` tells.
  package static let ofIncidents: [Indicator] = Measure.allCases.flatMap { Indicator.each($0, of: .incident) }
  /// What `scorecard.requests` tells of all lines together.
  package static let ofRequests: [Indicator] = Indicator.each(.attainment, of: .request)

  /// Of a share of targets met also both metrics together.
  private static func each(_ measure: Measure, of subject: Subject) -> [Indicator] {
    let byMetric = measure.hasMetric ? Metric.scored.map { Indicator(subject: subject, measure: measure, metric: $0) } : []
    return measure.hasMetric && measure != .attainment ? byMetric : [Indicator(subject: subject, measure: measure, metric: nil)] + byMetric
  }

  package init?(key: String) {
    guard let found = Self.all.first(where: { $0.key == key }) else { return nil }
    self = found
  }

  private init(subject: Subject, measure: Measure, metric: Metric?) {
    self.subject = subject
    self.measure = measure
    self.metric = metric
  }

  package var key: String { (subject == .request ? "request_" : "") + measure.rawValue + (metric.map { ".\($0.rawValue)" } ?? "") }
  package var unit: Figure.Unit { measure.unit }

  /// What it is called.
  package func name(_ language: Language) -> String {
    let metric = metric.map { IndicatorWords.metric($0, of: subject).text(language) }
    let words =
      switch subject {
      case .incident: IndicatorWords.measure(measure, hasMetric: metric != nil)
      case .request: metric == nil ? IndicatorWords.requestAttainment : IndicatorWords.requestAttainmentOf
      }
    return words.text(language, ["metric": metric ?? ""])
  }
}

/// What the figures of a scorecard are called.
package enum IndicatorWords: MessageCatalog {
  static let attainment = Message("indicator.attainment", "service level attainment", zh: "服务级别达成率")
  static let attainmentOf = Message("indicator.attainment_of", "service level attainment, {metric}", zh: "{metric}服务级别达成率")
  static let requestAttainment = Message("indicator.request_attainment", "service level attainment of requests", zh: "请求服务级别达成率")
  static let requestAttainmentOf = Message(
    "indicator.request_attainment_of", "service level attainment of requests, {metric}", zh: "请求{metric}服务级别达成率")
  static let meanTime = Message("indicator.mean_time", "mean {metric} time", zh: "平均{metric}时长")
  static let ninetieth = Message("indicator.p90_time", "{metric} time of nine tickets in ten", zh: "九成工单的{metric}时长")
  static let volume = Message("indicator.volume", "volume of tickets", zh: "工单数量")
  static let backlog = Message("indicator.backlog", "backlog", zh: "积压量")
  static let reopenRate = Message("indicator.reopen_rate", "reopen rate", zh: "重新打开率")
  static let response = Message("indicator.response", "response", zh: "响应")
  static let resolution = Message("indicator.resolution", "resolution", zh: "解决")
  static let fulfilment = Message("indicator.fulfilment", "fulfilment", zh: "履行完成")

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

  static func metric(_ metric: Metric, of subject: Indicator.Subject) -> Message {
    if metric == .response { return response }
    return subject == .request ? fulfilment : resolution
  }

  package static let all = [
    attainment, attainmentOf, requestAttainment, requestAttainmentOf, meanTime, ninetieth, volume, backlog, reopenRate, response, resolution, fulfilment,
  ]
}
