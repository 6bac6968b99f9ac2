import BillingEngine
import Kernel

/// What a criterion was found to be, before it is scored.
struct CriterionFinding: Hashable, Sendable {
  /// Why there is no value.
  enum Gap: String, Sendable, CaseIterable {
    case nothingJudged = "nothing_judged"
    case noServices = "no_services"
    case noPlan = "no_plan"
    case noCosts = "no_costs"
    /// The plan has several currencies, and the criterion names none.
    case severalCurrencies = "several_currencies"
    case notAssessed = "not_assessed"
    /// Said to be so, with a reason.
    case notApplicable = "not_applicable"
    /// An amount does not fit.
    case tooLarge = "too_large"
  }

  enum Content: Hashable, Sendable {
    /// A share: of a measured criterion what is scaled, of an assessed one the score.
    case share(Fraction)
    case gap(Gap)
  }

  let content: Content
  /// What the share is of, for an explanation: counts, seconds or amounts. They differ from it by a common factor.
  let part: String?
  let whole: String?
  let currency: Currency?

  init(_ content: Content, part: String? = nil, whole: String? = nil, currency: Currency? = nil) {
    self.content = content
    self.part = part
    self.whole = whole
    self.currency = currency
  }
}

/// An appraisal's figures: the score of each criterion, what they add up to, and the grade. Exact; nothing is rounded.
///
/// A criterion without data is none: its weight is spread over the others in proportion, and ``coverage`` says how much of the
/// weight has data behind it.
struct AppraisalScore: Sendable {
  struct Part: Sendable {
    let criterion: AppraisalScheme.Criterion
    let finding: CriterionFinding
    /// From 0 to 1; nil without data.
    let score: ExactRatio?
    /// Its weight among those that have data; nil without.
    let share: ExactRatio?
  }

  let parts: [Part]
  /// The sum of score times share; nil when nothing has data.
  let total: ExactRatio?
  /// The weights of what has data.
  let coverage: Rate
  let grade: AppraisalScheme.Grade?

  /// The codes of the criteria that somebody still has to assess, or to say are not applicable.
  var open: [String] { parts.filter { $0.finding.content == .gap(.notAssessed) }.map(\.criterion.code) }

  /// - Parameter findings: one for each criterion, in the same order; one that is missing is a gap.
  init(_ scheme: AppraisalScheme, findings: [CriterionFinding]) {
    let scored = scheme.criteria.enumerated().map { index, criterion in
      let finding = findings.indices.contains(index) ? findings[index] : CriterionFinding(.gap(.notAssessed))
      return (criterion: criterion, finding: finding, score: criterion.basis.score(of: finding))
    }
    let coverage = Rate(units: scored.reduce(0) { $0 + ($1.score == nil ? 0 : $1.criterion.weight.units) })
    let whole = ExactRatio(coverage)
    parts = scored.map { criterion, finding, score in
      let share = score == nil ? nil : whole.flatMap { whole in ExactRatio(criterion.weight).flatMap { $0.divided(by: whole) } }
      return Part(criterion: criterion, finding: finding, score: score, share: share)
    }
    let terms = parts.compactMap { part in part.score.flatMap { score in part.share.map { score * $0 } } }
    self.coverage = coverage
    total = terms.isEmpty ? nil : terms.reduce(ExactRatio.zero, +)
    grade = total.flatMap(scheme.grade)
  }
}

extension AppraisalScheme.Basis {
  fileprivate func score(of finding: CriterionFinding) -> ExactRatio? {
    guard case .share(let share) = finding.content else { return nil }
    // More was given back, or reversed, than there was: nothing lies below nothing.
    let value = share < Fraction(0) ? Fraction(0) : share
    switch self {
    case .assessed: return ExactRatio(value)
    case .measured(_, let scale): return scale.score(of: value)
    }
  }
}

extension AppraisalScheme.Scale {
  /// - Parameter value: zero or more.
  func score(of value: Fraction) -> ExactRatio? {
    switch self {
    case .linear(let zero, let full):
      // (value - zero) / (full - zero), times the scale of a rate and the value's denominator: below 2^63 * 10^6 * 2.
      let denominator = Int128(value.denominator)
      let above = Int128(value.numerator) * Int128(Rate.scale) - Int128(zero.units) * denominator
      let (part, whole) = zero < full ? (above, Int128(full.units) - Int128(zero.units)) : (-above, Int128(zero.units) - Int128(full.units))
      guard part > 0 else { return .zero }
      return ExactRatio(part.magnitude, (whole * denominator).magnitude).map { min($0, .one) }
    case .bands(let bands):
      guard let exact = ExactRatio(value) else { return nil }
      return bands.first { $0.range.contains(exact) }.flatMap { ExactRatio($0.score) }
    }
  }
}
