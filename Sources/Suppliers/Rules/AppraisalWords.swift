import BillingEngine
import Kernel

/// An appraisal in words: told from its figures, never computed anew.
enum AppraisalWords {
  static func steps(of row: AppraisalRow, _ figures: Value, _ scheme: AppraisalScheme, in language: Language) -> [String] {
    var steps = [
      appraised.text(
        language, ["supplier": row.supplierName, "period": row.periodName, "zone": row.zone, "scheme": row.schemeName])
    ]
    let criteria = figures["criteria"]?.array ?? []
    for criterion in criteria { steps += words(of: criterion, language) }
    let hasGaps = criteria.contains { !($0["gap"]?.isNull ?? true) }
    if hasGaps { steps.append(coverage.text(language, ["coverage": figures["coverage"]?.text ?? ""])) }
    if let score = figures["score"]?.text {
      steps.append(total.text(language, ["score": score, "grade": figures["grade"]?.text ?? "-"]))
    } else {
      steps.append(nothing.text(language))
    }
    if let limit = scheme.actionBelow { steps.append(action.text(language, ["grade": limit.rawValue])) }
    if let cause = row.cause { steps.append(restated.text(language, ["cause": cause])) }
    return steps
  }

  /// The codes of the criteria whose value or score differs.
  static func changed(from old: Value, to new: Value) -> [String] {
    func scores(_ figures: Value) -> [String: [String?]] {
      Dictionary(
        (figures["criteria"]?.array ?? []).map { criterion in
          (criterion["code"]?.text ?? "", ["exactValue", "exactScore", "gap", "part", "whole"].map { criterion[$0]?.text })
        }
      ) { first, _ in first }
    }
    let (before, now) = (scores(old), scores(new))
    return Set(before.keys).union(now.keys).filter { before[$0] != now[$0] }.sorted()
  }

  private static func words(of criterion: Value, _ language: Language) -> [String] {
    let code = criterion["code"]?.text ?? ""
    let name = criterion["name"]?[language.rawValue]?.text ?? criterion["name"]?[Language.english.rawValue]?.text ?? code
    let weight = criterion["weight"]?.text ?? ""
    let by = ["by": criterion["assessedBy"]?.text ?? "", "evidence": criterion["evidence"]?.text ?? ""]
    if criterion["gap"]?.text == CriterionFinding.Gap.notApplicable.rawValue {
      return [notApplicableBy.text(language, by.merging(["name": name, "weight": weight]) { first, _ in first })]
    }
    if let gap = criterion["gap"]?.text.flatMap(CriterionFinding.Gap.init(rawValue:)) {
      return [noData.text(language, ["name": name, "weight": weight, "gap": Self.gap(gap, language)])]
    }
    let score = ["name": name, "weight": weight, "score": criterion["score"]?.text ?? "-", "share": criterion["share"]?.text ?? "-"]
    guard let measure = criterion["measure"]?.text.flatMap(CriterionInput.Measure.init(rawValue:)), measure != .assessed else {
      return [assessed.text(language, score.merging(by) { first, _ in first })]
    }
    let of = [
      "measure": Self.measure(measure, language), "part": criterion["part"]?.text ?? "", "whole": criterion["whole"]?.text ?? "",
      "value": criterion["value"]?.text ?? "", "exact": criterion["exactValue"]?.text ?? "",
    ]
    return [measured.text(language, score.merging(of) { first, _ in first })]
  }

  private static func measure(_ measure: CriterionInput.Measure, _ language: Language) -> String {
    switch measure {
    case .attainment: attainment.text(language)
    case .availability: availability.text(language)
    case .credits: credits.text(language)
    case .cost: cost.text(language)
    case .assessed: ""
    }
  }

  private static func gap(_ gap: CriterionFinding.Gap, _ language: Language) -> String {
    switch gap {
    case .nothingJudged: nothingJudged.text(language)
    case .noServices: noServices.text(language)
    case .noPlan: noPlan.text(language)
    case .noCosts: noCosts.text(language)
    case .severalCurrencies: severalCurrencies.text(language)
    case .notAssessed: notAssessed.text(language)
    case .notApplicable: notApplicable.text(language)
    case .tooLarge: tooLarge.text(language)
    }
  }

  static let appraised = Message(
    "appraisal.words.appraised", "{supplier} in {period} ({zone}), by the scheme “{scheme}”.", zh: "{supplier}，{period}（{zone}），依据考核方案“{scheme}”。")
  static let measured = Message(
    "appraisal.words.measured",
    "{name}, weight {weight} %: {measure} {part} of {whole}, which is {value} % (exactly {exact}); {score} points, counted as {share} % of the whole.",
    zh: "{name}，权重 {weight} %：{measure}为 {part} / {whole}，即 {value} %（精确值 {exact}）；得 {score} 分，占总分的 {share} %。")
  static let assessed = Message(
    "appraisal.words.assessed", "{name}, weight {weight} %: {score} points by {by} ({evidence}), counted as {share} % of the whole.",
    zh: "{name}，权重 {weight} %：{by} 评定 {score} 分（{evidence}），占总分的 {share} %。")
  static let noData = Message(
    "appraisal.words.no_data", "{name}, weight {weight} %: no data ({gap}); its weight goes to the others in proportion.",
    zh: "{name}，权重 {weight} %：无数据（{gap}）；其权重按比例分配给其他考核项。")
  static let coverage = Message("appraisal.words.coverage", "{coverage} % of the weight has data behind it.", zh: "有数据支持的权重为 {coverage} %。")
  static let total = Message("appraisal.words.total", "Together {score} points: grade {grade}.", zh: "总分 {score} 分：等级 {grade}。")
  static let nothing = Message("appraisal.words.nothing", "Nothing has data: there is no grade.", zh: "没有任何数据，不评等级。")
  static let action = Message("appraisal.words.action", "Below {grade} an action opens.", zh: "低于等级 {grade} 时产生改进措施。")
  static let restated = Message("appraisal.words.restated", "It takes the place of an earlier one: {cause}", zh: "本次考核取代先前的考核：{cause}")
  static let attainment = Message("appraisal.words.attainment", "turns that kept the contract's targets,", zh: "达成支撑合同目标的处理次数")
  static let availability = Message("appraisal.words.availability", "seconds in which the services were there,", zh: "服务可用的秒数")
  static let credits = Message("appraisal.words.credits", "credits received,", zh: "所获补偿与计划费用之比")
  static let cost = Message("appraisal.words.cost", "cost", zh: "实际费用与计划费用之比")
  static let nothingJudged = Message("appraisal.words.nothing_judged", "nothing was judged", zh: "没有可判定的处理")
  static let noServices = Message("appraisal.words.no_services", "it has no services", zh: "没有服务")
  static let noPlan = Message("appraisal.words.no_plan", "no cost was planned", zh: "没有计划费用")
  static let noCosts = Message("appraisal.words.no_costs", "no cost was recorded", zh: "没有登记费用")
  static let severalCurrencies = Message(
    "appraisal.words.several_currencies", "its contracts have several currencies, and the criterion names none", zh: "合同使用多种货币，而考核项未指明货币")
  static let notAssessed = Message("appraisal.words.not_assessed", "nobody has assessed it", zh: "尚未评定")
  static let notApplicable = Message("appraisal.words.not_applicable", "not applicable", zh: "不适用")
  static let notApplicableBy = Message(
    "appraisal.words.not_applicable_by", "{name}, weight {weight} %: not applicable, said {by} ({evidence}); its weight goes to the others in proportion.",
    zh: "{name}，权重 {weight} %：{by} 认定不适用（{evidence}）；其权重按比例分配给其他考核项。")
  static let tooLarge = Message("appraisal.words.too_large", "an amount is too large to be computed exactly", zh: "金额过大，无法精确计算")

  static let all = [
    appraised, measured, assessed, noData, coverage, total, nothing, action, restated, attainment, availability, credits, cost, nothingJudged, noServices,
    noPlan, noCosts, severalCurrencies, notAssessed, notApplicable, notApplicableBy, tooLarge,
  ]
}
