import BillingEngine
import Contracts
import Kernel

/// Makes a month's figures of sums, percentiles and objectives, and how the objectives stand over their periods. docs/scorecard-method.md gives the formulas.
package struct ScorecardFigures: Sendable {
  /// By basis and priority.
  package var totals: [Basis: [Int64: DailyTotals]] = [:]
  /// Nearest rank, by metric and priority; the key nil is all priorities.
  package var percentiles: [Metric: [Int64?: Int64]] = [:]
  /// By priority.
  package var backlog: [Int64: Int64] = [:]
  package var objectives: [ContractTerms.Objective] = []
  /// By one basis, of each longer period by which an objective is judged.
  package var longerTotals: [BillingPeriod.Kind: [Int64: DailyTotals]] = [:]

  package init() {}

  package func figures(by basis: Basis) -> [Figure] {
    let priorities = Set(totals.values.flatMap(\.keys)).union(backlog.keys).union(objectives.map(\.priority)).sorted()
    let groups: [Int64?] = priorities.map { $0 } + [nil]
    var figures: [Figure] = []
    for metric in Metric.scored { figures += groups.map { attainment(metric, $0, basis) } }
    figures.append(attainmentOfAll(basis))
    for metric in Metric.scored {
      figures += groups.map { mean(metric, $0, basis) }
      figures += groups.map { percentile(metric, $0, basis) }
    }
    for basis in Basis.allCases { figures += groups.map { volume($0, basis) } }
    figures += groups.map { backlog($0) }
    figures += groups.map { reopenRate($0, basis) }
    return figures
  }

  private func total(_ priority: Int64?, _ basis: Basis) -> DailyTotals {
    Self.sum(of: priority, in: totals[basis] ?? [:])
  }

  private static func sum(of priority: Int64?, in rows: [Int64: DailyTotals]) -> DailyTotals {
    if let priority { return rows[priority] ?? DailyTotals() }
    return rows.values.reduce(into: DailyTotals()) { $0.add($1) }
  }

  private func attainment(_ metric: Metric, _ priority: Int64?, _ basis: Basis) -> Figure {
    let outcomes = total(priority, basis).outcomes(metric)
    return rate(.attainment, metric, priority, basis, outcomes.met, of: outcomes.judged, objective: objective(metric, priority))
  }

  private func attainmentOfAll(_ basis: Basis) -> Figure {
    let total = total(nil, basis)
    return rate(
      .attainment, nil, nil, basis, total.response.met + total.resolution.met, of: total.response.judged + total.resolution.judged, objective: nil)
  }

  private func objective(_ metric: Metric, _ priority: Int64?) -> Rate? {
    objectives(metric, priority).first { $0.period == .month }?.rate
  }

  /// Of all priorities together only where all of them share rate and period.
  private func objectives(_ metric: Metric, _ priority: Int64?) -> [ContractTerms.Objective] {
    let found = objectives.filter { $0.metric == metric && (priority == nil || $0.priority == priority) }
    guard priority == nil else { return found }
    return Set(found.map { Shared(period: $0.period, rate: $0.rate) }).count == 1 ? found : []
  }

  private struct Shared: Hashable {
    let period: BillingPeriod.Kind
    let rate: Rate
  }

  /// How each objective stands over its period: numerators and denominators of all its days are added.
  /// - Parameter periods: of each kind the one that is judged.
  package func standings(_ periods: [BillingPeriod], by basis: Basis) -> [ObjectiveStanding] {
    Metric.scored.flatMap { metric in
      periods.flatMap { period in
        (Set(objectives.map(\.priority)).sorted().map(Optional.some) + [nil]).compactMap { priority -> ObjectiveStanding? in
          let found = objectives(metric, priority).filter { $0.period == period.kind }
          guard let objective = found.first?.rate else { return nil }
          let rows = period.kind == .month ? totals[basis] ?? [:] : longerTotals[period.kind] ?? [:]
          let outcomes = Self.sum(of: priority, in: rows).outcomes(metric)
          return ObjectiveStanding(
            metric: metric, priority: priority, period: period, isOver: found.allSatisfy(\.isOver), met: outcomes.met, judged: outcomes.judged,
            objective: objective)
        }
      }
    }
  }

  /// Whole seconds, halves away from zero.
  private func mean(_ metric: Metric, _ priority: Int64?, _ basis: Basis) -> Figure {
    let outcomes = total(priority, basis).outcomes(metric)
    let mean =
      outcomes.timed > 0
      ? Int64(clamping: roundedHalfAwayFromZero(Int128(outcomes.seconds), dividedBy: Int128(outcomes.timed))) : nil
    return Figure(
      measure: .meanTime, metric: metric, priority: priority, basis: basis, numerator: outcomes.seconds, denominator: outcomes.timed,
      sampleSize: outcomes.timed, value: mean.map(Figure.Amount.count), objective: nil)
  }

  private func percentile(_ metric: Metric, _ priority: Int64?, _ basis: Basis) -> Figure {
    let timed = total(priority, basis).outcomes(metric).timed
    return Figure(
      measure: .ninetiethPercentile, metric: metric, priority: priority, basis: basis, numerator: nil, denominator: timed, sampleSize: timed,
      value: (percentiles[metric]?[priority]).map(Figure.Amount.count), objective: nil)
  }

  private func volume(_ priority: Int64?, _ basis: Basis) -> Figure {
    let tickets = total(priority, basis).tickets
    return count(.volume, priority, basis, tickets)
  }

  private func backlog(_ priority: Int64?) -> Figure {
    let tickets = priority.map { backlog[$0] ?? 0 } ?? backlog.values.reduce(0, +)
    return count(.backlog, priority, nil, tickets)
  }

  private func reopenRate(_ priority: Int64?, _ basis: Basis) -> Figure {
    let total = total(priority, basis)
    return rate(.reopenRate, nil, priority, basis, total.reopened, of: total.tickets, objective: nil)
  }

  private func count(_ measure: Measure, _ priority: Int64?, _ basis: Basis?, _ tickets: Int64) -> Figure {
    Figure(
      measure: measure, metric: nil, priority: priority, basis: basis, numerator: tickets, denominator: nil, sampleSize: tickets,
      value: .count(tickets), objective: nil)
  }

  private func rate(
    _ measure: Measure, _ metric: Metric?, _ priority: Int64?, _ basis: Basis, _ numerator: Int64, of denominator: Int64, objective: Rate?
  ) -> Figure {
    Figure(
      measure: measure, metric: metric, priority: priority, basis: basis, numerator: numerator, denominator: denominator, sampleSize: denominator,
      value: Rate(numerator, of: denominator).map(Figure.Amount.rate), objective: objective)
  }
}

extension DailyTotals {
  mutating func add(_ other: DailyTotals) {
    tickets += other.tickets
    reopened += other.reopened
    response.add(other.response)
    resolution.add(other.resolution)
  }
}

extension DailyTotals.Outcomes {
  mutating func add(_ other: DailyTotals.Outcomes) {
    judged += other.judged
    met += other.met
    timed += other.timed
    seconds += other.seconds
  }
}
