import Contracts
import Kernel
import Operations

/// How an objective stands over the period by which it is judged.
package struct ObjectiveOutput: OperationOutput {
  let standing: ObjectiveStanding
  /// How many a verdict takes; nil: one.
  let minimumSample: Int64?
  let language: Language

  package static let fields: [OutputField<ObjectiveOutput>] = [
    OutputField("metric", .text, "response or resolution.", "response（响应）或 resolution（解决）。") { .text($0.standing.metric.rawValue) },
    OutputField("priority", .integer, "The priority; null: all, where all share the objective.", "优先级；null 表示全部（各优先级约定相同）。") {
      .integer($0.standing.priority)
    },
    OutputField("periodKind", .text, "By which period it is judged: month, quarter, year or rolling_year.", "考核周期：month、quarter、year 或 rolling_year。") {
      .text($0.standing.period.kind.rawValue)
    },
    OutputField("period", .text, "The period: 2026-03, 2026-Q1 or 2026; a rolling year by its last month.", "期间：2026-03、2026-Q1 或 2026；滚动年以其最后一个月表示。") {
      .text($0.standing.period.description)
    },
    OutputField("from", .date, "Its first day, in the contract's zone.", "首日（合同时区）。") { .date($0.standing.period.first) },
    OutputField("until", .date, "The first day after it.", "期间结束后的第一天。") { .date($0.standing.period.end) },
    OutputField("isOver", .boolean, "Whether the period is over; before that everything here is so far.", "期间是否已结束；未结束时此处均为截至目前。") {
      .bool($0.standing.isOver)
    },
    OutputField("value", .decimal, "Percent met; null where nothing is judged.", "达成率（百分比）；没有判定时为 null。") {
      $0.standing.value.map { .decimal($0.percent) } ?? .null
    },
    OutputField("numerator", .integer, "Met.", "达成数。") { .integer($0.standing.met) },
    OutputField("denominator", .integer, "Judged in the period.", "期间内的判定数。") { .integer($0.standing.judged) },
    OutputField("objective", .decimal, "The agreed percentage.", "约定的百分比。") { .decimal($0.standing.objective.percent) },
    OutputField("meetsObjective", .boolean, "Whether it reaches the objective; null where nothing is judged, or too few.", "是否达到约定；没有判定或样本过少时为 null。") {
      .bool($0.isMet)
    },
    OutputField("tooFew", .boolean, "Whether fewer are judged than a verdict takes (minimumSample).", "判定数是否少于得出结论所需的数量（minimumSample）。") {
      .bool($0.isTooFew)
    },
    OutputField("words", .text, "All of this in words.", "文字说明。") { .text($0.words) },
  ]

  private var isTooFew: Bool { standing.isTooFew(below: minimumSample) }
  private var isMet: Bool? { isTooFew ? nil : standing.isMet }

  private var words: String {
    let standing = standing
    let label = TargetLabel(metric: standing.metric.rawValue, priority: standing.priority)
    let arguments = [
      "what": TermWords(language, zone: nil).text(label), "period": standing.period.description,
      "kind": DifferenceWords.period(standing.period.kind).text(language), "value": standing.value?.percent ?? "", "met": String(standing.met),
      "judged": String(standing.judged), "objective": standing.objective.percent,
      "least": String(minimumSample ?? 1),
    ]
    if isTooFew, standing.judged > 0 { return ScorecardMessages.tooFew.text(language, arguments) }
    return ScorecardMessages.standing(isMet: standing.isMet, isOver: standing.isOver).text(language, arguments)
  }
}
