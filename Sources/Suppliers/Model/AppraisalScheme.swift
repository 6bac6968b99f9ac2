import BillingEngine
import Kernel
import ServiceTime

/// By what suppliers are appraised (供应商考核): weighted criteria, and what their scores add up to.
struct AppraisalScheme: Hashable, Sendable {
  /// From the best.
  enum Grade: String, Sendable, CaseIterable, Comparable {
    case a = "A"
    case b = "B"
    case c = "C"
    case d = "D"

    /// A worse grade is less.
    static func < (left: Grade, right: Grade) -> Bool { left.rawValue > right.rawValue }
  }

  struct Criterion: Hashable, Sendable {
    /// Unique in the scheme.
    let code: String
    let name: [Language: String]
    /// Its share of the whole; the weights add to 100 %.
    let weight: Rate
    let basis: Basis
  }

  /// What a criterion is scored from.
  enum Basis: Hashable, Sendable {
    case measured(Measure, Scale)
    /// Somebody says how many points, with evidence.
    case assessed
  }

  /// What is measured; each value is a share.
  enum Measure: Hashable, Sendable {
    /// Turns of the supplier's that kept what its contract promises, of all that were judged; of one metric, or of all.
    case attainment(UnderpinningMetric?)
    /// The time in which its services were there, of all their time.
    case availability(countsFrom: OutageSeverity)
    /// What it gave back, of what it was planned to cost. In one currency; nil: the only one there is.
    case credits(Currency?)
    /// What it cost, of what it was planned to.
    case cost(Currency?)
  }

  /// How a value becomes a score from 0 to 1.
  enum Scale: Hashable, Sendable {
    /// Nothing at one value (and beyond), everything at the other, and in between in proportion.
    case linear(zeroAt: Rate, fullAt: Rate)
    /// The score of the range that holds the value. Every value is in exactly one.
    case bands([Band])
  }

  struct Band: Hashable, Sendable {
    let range: ShareRange
    let score: Rate
  }

  struct GradeRange: Hashable, Sendable {
    let grade: Grade
    let range: ShareRange
  }

  let criteria: [Criterion]
  /// Every score is in exactly one.
  let grades: [GradeRange]
  /// An action opens for what is worse than this; nil: for none.
  let actionBelow: Grade?

  func grade(of score: ExactRatio) -> Grade? { grades.first { $0.range.contains(score) }?.grade }

  func needsAction(_ grade: Grade) -> Bool { actionBelow.map { grade < $0 } ?? false }
}

/// Shares between two ends, each inclusive or exclusive; nil: no end.
struct ShareRange: Hashable, Sendable {
  let lower: CreditBound?
  let upper: CreditBound?

  func contains(_ share: ExactRatio) -> Bool {
    if let lower, let bound = ExactRatio(lower.value) { guard lower.isInclusive ? share >= bound : share > bound else { return false } }
    if let upper, let bound = ExactRatio(upper.value) { guard upper.isInclusive ? share <= bound : share < bound else { return false } }
    return true
  }

  /// Whether ranges, from the lowest, hold every share from zero on, and none twice.
  /// - Parameter top: where the last may end, inclusively; nil: nowhere.
  static func cover(_ ranges: [ShareRange], upTo top: Rate?) -> Bool {
    guard let first = ranges.first, let last = ranges.last else { return false }
    let startsAtZero = first.lower.map { $0 == CreditBound(Rate(units: 0), isInclusive: true) } ?? true
    let endsAtTop = last.upper.map { $0.isInclusive && $0.value == top } ?? true
    return startsAtZero && endsAtTop
      && zip(ranges, ranges.dropFirst()).allSatisfy { range, next in
        guard let end = range.upper, let begin = next.lower else { return false }
        return end.value == begin.value && end.isInclusive != begin.isInclusive
      } && ranges.allSatisfy { !$0.isEmpty }
  }

  private var isEmpty: Bool {
    guard let lower, let upper else { return false }
    return lower.value > upper.value || (lower.value == upper.value && !(lower.isInclusive && upper.isInclusive))
  }
}
