import Kernel

package enum ScorecardMessages: MessageCatalog {
  package static let metricNeeded = Message(
    "scorecard.metric_needed", "This figure is about one metric: say response or resolution.", zh: "该指标须指明 response（响应）或 resolution（解决）。")
  package static let metricUnknown = Message("scorecard.metric_unknown", "This figure has no metric.", zh: "该指标不区分响应与解决。")

  package static let included = Message("scorecard.included", "Counted in this figure.", zh: "计入该指标。")
  package static let noContract = Message("scorecard.no_contract", "No contract covers the ticket.", zh: "工单不受任何合同覆盖。")
  package static let noTarget = Message("scorecard.no_target", "Nothing was promised for its metric and priority.", zh: "其指标与优先级没有约定目标。")
  package static let withdrawn = Message("scorecard.withdrawn", "The promise was withdrawn.", zh: "承诺已撤销。")
  package static let notJudged = Message("scorecard.not_judged", "Not judged yet.", zh: "尚未判定。")
  package static let notObserved = Message("scorecard.not_observed", "Not observed yet, so there is no time.", zh: "尚未观察到完成，因此没有用时。")
  package static let otherMonth = Message(
    "scorecard.other_month", "By the basis of this figure it belongs to another period, or to none yet.", zh: "按该指标的统计口径，工单属于其他期间，或尚不属于任何期间。")
  package static let finished = Message("scorecard.finished", "Finished before the period's end.", zh: "期间结束之前已完成。")

  package static let kept = Message(
    "scorecard.objective_kept", "{what}, {kind} {period}: {value} % ({met} of {judged}), agreed were {objective} %: kept.",
    zh: "{what}，{kind} {period}：{value}%（{judged} 项中达成 {met} 项），约定 {objective}%：已达标。")
  package static let notKept = Message(
    "scorecard.objective_not_kept", "{what}, {kind} {period}: {value} % ({met} of {judged}), agreed were {objective} %: not kept.",
    zh: "{what}，{kind} {period}：{value}%（{judged} 项中达成 {met} 项），约定 {objective}%：未达标。")
  package static let keptSoFar = Message(
    "scorecard.objective_kept_so_far", "{what}, {kind} {period} so far: {value} % ({met} of {judged}), agreed are {objective} %: kept so far.",
    zh: "{what}，{kind} {period} 截至目前：{value}%（{judged} 项中达成 {met} 项），约定 {objective}%：目前达标。")
  package static let notKeptSoFar = Message(
    "scorecard.objective_not_kept_so_far", "{what}, {kind} {period} so far: {value} % ({met} of {judged}), agreed are {objective} %: not kept so far.",
    zh: "{what}，{kind} {period} 截至目前：{value}%（{judged} 项中达成 {met} 项），约定 {objective}%：目前未达标。")
  package static let nothingJudged = Message(
    "scorecard.objective_nothing_judged", "{what}, {kind} {period}: nothing was judged, agreed are {objective} %.",
    zh: "{what}，{kind} {period}：没有判定，约定 {objective}%。")

  package static let tooFew = Message(
    "scorecard.objective_too_few",
    "{what}, {kind} {period}: {value} % ({met} of {judged}), fewer than the {least} that a verdict takes; agreed are {objective} %.",
    zh: "{what}，{kind} {period}：{value}%（{judged} 项中达成 {met} 项），少于得出结论所需的 {least} 项；约定 {objective}%。")

  package static let all = [
    metricNeeded, metricUnknown, included, noContract, noTarget, withdrawn, notJudged, notObserved, otherMonth, finished, kept, notKept, keptSoFar,
    notKeptSoFar, nothingJudged, tooFew,
  ]

  /// - Parameter isMet: nil where nothing is judged.
  static func standing(isMet: Bool?, isOver: Bool) -> Message {
    switch (isMet, isOver) {
    case (nil, _): nothingJudged
    case (true?, true): kept
    case (true?, false): keptSoFar
    case (false?, true): notKept
    case (false?, false): notKeptSoFar
    }
  }

  /// The text of a reason.
  static func reason(_ code: String) -> Message? { all.first { $0.key == "scorecard.\(code)" } }
}
