import Credits
import Kernel
import ServiceLevels

/// What was judged of the tickets of each contract line, by the month of its contract's zone: what credits are reckoned from.
struct CreditCounts: Sendable {
  private(set) var byLine: [Int64: [CreditTrial.Cell: CreditTrial.Count]] = [:]
  private var months: [Int64: MonthFinder]

  /// - Parameter lines: the lines that are credited; of others nothing is counted.
  init(_ lines: [CreditTrial.Line]) {
    months = Dictionary(uniqueKeysWithValues: lines.map { ($0.id, MonthFinder($0.zone)) })
  }

  mutating func add(_ metric: ServiceLevels.Metric, priority: Int64, isMet: Bool, at judgedAt: Instant, line: Int64) {
    guard let month = months[line]?.month(of: judgedAt) else { return }
    let cell = CreditTrial.Cell(metric: metric.rawValue, priority: priority, month: month)
    byLine[line, default: [:]][cell, default: CreditTrial.Count()].judged += 1
    if isMet { byLine[line, default: [:]][cell, default: CreditTrial.Count()].met += 1 }
  }

  mutating func add(_ other: CreditCounts) {
    for (line, cells) in other.byLine {
      byLine[line, default: [:]].merge(cells) { CreditTrial.Count(met: $0.met + $1.met, judged: $0.judged + $1.judged) }
    }
  }
}
