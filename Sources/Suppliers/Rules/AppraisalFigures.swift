import BillingEngine
import Kernel
import ServiceTime

/// What somebody said of a supplier by one criterion. The last word holds.
struct Assessment: Sendable {
  let criterion: String
  /// Nil: taken back, or not applicable.
  let score: Rate?
  /// The criterion is not for this supplier and period, for the reason that the evidence gives.
  let isNotApplicable: Bool
  let evidence: String
  let actorName: String
  let at: Instant
}

/// An appraisal's figures with all that they rest on: what is shown of a draft, and written down when it is closed.
struct AppraisalFigures: Sendable {
  let score: AppraisalScore
  /// The records behind each criterion, by its code.
  let evidence: [(criterion: String, record: SupplierFacts.Evidence)]
  private let assessments: [String: Assessment]
  private let span: TimeSpan

  /// - Parameter assessments: in order; the last of a criterion holds.
  init(_ scheme: AppraisalScheme, facts: SupplierFacts, assessments: [Assessment]) {
    let last = Dictionary(assessments.map { ($0.criterion, $0) }) { _, later in later }
    var findings: [CriterionFinding] = []
    var evidence: [(criterion: String, record: SupplierFacts.Evidence)] = []
    for criterion in scheme.criteria {
      switch criterion.basis {
      case .assessed:
        let assessment = last[criterion.code]
        let gap: CriterionFinding.Gap = assessment?.isNotApplicable == true ? .notApplicable : .notAssessed
        findings.append(CriterionFinding(assessment?.score.map { CriterionFinding.Content.share(Fraction($0)) } ?? .gap(gap)))
      case .measured(let measure, _):
        let (finding, records) = facts.measure(measure)
        findings.append(finding)
        evidence += records.map { (criterion.code, $0) }
      }
    }
    score = AppraisalScore(scheme, findings: findings)
    self.evidence = evidence
    self.assessments = last
    span = facts.span
  }

  /// Nothing here depends on when or by whom it was computed: the same facts give the same value.
  var value: Value {
    .object([
      "from": .instant(span.start), "to": .instant(span.end), "criteria": .array(score.parts.map(part)), "coverage": .text(score.coverage.percent),
      "score": .text(score.total?.percent(decimals: Self.decimals)), "exact": .text(score.total?.description), "grade": .text(score.grade?.rawValue),
    ])
  }

  /// Of points that are shown; nothing is computed from them.
  static let decimals = 6

  /// The total in millionths, rounded, to order by; -1 without data.
  var points: Int64 { score.total.flatMap { Rate(percent: $0.percent(decimals: 4))?.units } ?? -1 }

  private func part(_ part: AppraisalScore.Part) -> Value {
    let criterion = part.criterion
    var members: [Value.Member] = [
      .init("code", .text(criterion.code)),
      .init("name", .object(Language.members(of: criterion.name))),
      .init("weight", .text(criterion.weight.percent)), .init("measure", .text(criterion.basis.measureName)),
    ]
    switch part.finding.content {
    case .share(let share):
      members += [.init("value", .text(share.percent(decimals: Self.decimals))), .init("exactValue", .text(share.description)), .init("gap", .null)]
    case .gap(let gap):
      members += [.init("value", .null), .init("exactValue", .null), .init("gap", .text(gap.rawValue))]
    }
    members += [
      .init("part", .text(part.finding.part)), .init("whole", .text(part.finding.whole)), .init("currency", .text(part.finding.currency?.code)),
      .init("score", .text(part.score?.percent(decimals: Self.decimals))), .init("exactScore", .text(part.score?.description)),
      .init("share", .text(part.share?.percent(decimals: Self.decimals))),
    ]
    let assessment = criterion.basis == .assessed ? assessments[criterion.code] : nil
    members += [
      .init("evidence", .text(assessment?.evidence)), .init("assessedBy", .text(assessment?.actorName)), .init("assessedAt", .instant(assessment?.at)),
    ]
    return .object(members)
  }
}

extension AppraisalScheme.Basis {
  fileprivate var measureName: String {
    switch self {
    case .assessed: CriterionInput.Measure.assessed.rawValue
    case .measured(let measure, _): measure.name.rawValue
    }
  }
}
