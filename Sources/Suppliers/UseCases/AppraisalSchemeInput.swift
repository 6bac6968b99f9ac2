import BillingEngine
import Kernel
import Operations
import ServiceTime

/// A name in one language or two.
package struct CriterionName: OperationInput {
  let names: [Language: String]

  private static let english = Field.text("en", 1...120, "In English.", "英文名称。").optional
  private static let chinese = Field.text("zh-Hans", 1...120, "In Chinese.", "中文名称。").optional

  package static let fields: [any InputField] = [english, chinese]

  package init(_ values: InputValues) throws(FieldError) {
    var names: [Language: String] = [:]
    names[.english] = try values[Self.english]
    names[.chinese] = try values[Self.chinese]
    self.names = names
  }
}

/// The ends of a range of shares, as they are asked for.
struct RangeInput: Sendable {
  let from: String?
  let above: String?
  let upTo: String?
  let below: String?

  static let from = Field.amount("from", "The least percentage in it.", "下限（含），百分数。").optional
  static let above = Field.amount("above", "Instead of from: what lies above this percentage.", "代替 from：高于此百分数。").optional
  static let upTo = Field.amount("upTo", "The greatest percentage in it.", "上限（含），百分数。").optional
  static let below = Field.amount("below", "Instead of upTo: what lies below this percentage.", "代替 upTo：低于此百分数。").optional

  static let fields: [any InputField] = [from, above, upTo, below]

  init(_ values: InputValues) throws(FieldError) {
    from = try values[Self.from]
    above = try values[Self.above]
    upTo = try values[Self.upTo]
    below = try values[Self.below]
  }
}

package struct ScoreBandInput: OperationInput {
  let range: RangeInput
  let score: Rate

  private static let score = Field.percent("score", "How many of 100 points the values of the range get.", "该区间的得分（满分 100 分）。")

  package static let fields: [any InputField] = RangeInput.fields + [score]

  package init(_ values: InputValues) throws(FieldError) {
    range = try RangeInput(values)
    score = try values[Self.score]
  }
}

package struct GradeInput: OperationInput {
  let grade: AppraisalScheme.Grade
  let range: RangeInput

  private static let grade = Field.oneOf("grade", AppraisalScheme.Grade.allCases.map(\.rawValue), "The grade, A the best.", "等级，A 为最高。")

  package static let fields: [any InputField] = [grade] + RangeInput.fields

  package init(_ values: InputValues) throws(FieldError) {
    grade = try AppraisalScheme.Grade(rawValue: values[Self.grade]) ?? .d
    range = try RangeInput(values)
  }
}

/// One criterion as it is asked for.
package struct CriterionInput: OperationInput {
  enum Measure: String, Sendable, CaseIterable { case attainment, availability, credits, cost, assessed }

  let code: String
  let name: [Language: String]
  let weight: Rate
  let measure: Measure
  let metric: UnderpinningMetric?
  let countsFrom: OutageSeverity?
  let currency: String?
  let zeroAt: String?
  let fullAt: String?
  let bands: [ScoreBandInput]?

  private static let code = Field.text("code", 1...40, "A short name, unique in the scheme.", "简称，在方案内不可重复。")
  private static let name = Field<CriterionName>.object("name", "What people call it, in one language or two.", "名称，可用一种或两种语言。").optional
  private static let weight = Field.percent("weight", "Its share of the whole; all weights add to 100.", "权重（百分数）；各权重之和为 100。")
  private static let measure = Field.oneOf(
    "measure", Measure.allCases.map(\.rawValue),
    "attainment: turns that kept the contract's targets; availability: of its services; credits: what it gave back, of the planned cost; cost: what it cost, of the planned cost; assessed: somebody says.",
    "attainment：达成支撑合同目标的比例；availability：服务可用性；credits：所获补偿占计划费用的比例；cost：实际费用占计划费用的比例；assessed：由人评定。")
  private static let metric = Field.oneOf(
    "metric", ["response", "resolution", "update"], "Of attainment: only this metric (default: all).", "attainment：仅此指标（默认全部）。"
  ).optional
  private static let countsFrom = Field.oneOf(
    "countsFrom", OutageSeverity.counting.map(\.rawValue), "Of availability: the least severity that counts as down (default partial).",
    "availability：计为中断的最低级别（默认 partial）。"
  ).optional
  private static let currency = Field.text(
    "currency", 3...3, "Of credits and cost: only amounts of this currency (default: the one there is).", "credits 与 cost：仅计此货币（默认唯一的货币）。"
  ).optional
  private static let zeroAt = Field.amount("zeroAt", "The percentage that gets no points, and all beyond it.", "得 0 分的百分数，超出者亦然。").optional
  private static let fullAt = Field.amount("fullAt", "The percentage that gets 100 points; in between in proportion.", "得 100 分的百分数；其间按比例计分。").optional
  private static let bands = Field<[ScoreBandInput]>.list(
    "bands", of: Field<ScoreBandInput>.object("band", "A range and its points.", "区间及得分。"), count: 1...20,
    "Instead of zeroAt and fullAt: ranges, from the lowest, without gaps.", "代替 zeroAt 与 fullAt：由低到高、无间隙的区间。"
  ).optional

  package static let fields: [any InputField] = [code, name, weight, measure, metric, countsFrom, currency, zeroAt, fullAt, bands]

  package init(_ values: InputValues) throws(FieldError) {
    code = try values[Self.code]
    name = try values[Self.name]?.names ?? [:]
    weight = try values[Self.weight]
    measure = try Measure(rawValue: values[Self.measure]) ?? .assessed
    metric = try values[Self.metric].flatMap(UnderpinningMetric.init(rawValue:))
    countsFrom = try values[Self.countsFrom].flatMap(OutageSeverity.init(rawValue:))
    currency = try values[Self.currency]
    zeroAt = try values[Self.zeroAt]
    fullAt = try values[Self.fullAt]
    bands = try values[Self.bands]
  }
}

/// A scheme's rules as they are asked for, and as they are stored.
package struct AppraisalTermsInput: OperationInput {
  let criteria: [CriterionInput]
  let grades: [GradeInput]
  let actionBelow: AppraisalScheme.Grade?

  private static let criteria = Field<[CriterionInput]>.list(
    "criteria", of: Field<CriterionInput>.object("criterion", "A criterion.", "考核项。"), count: 1...30, "The criteria.", "考核项。")
  private static let grades = Field<[GradeInput]>.list(
    "grades", of: Field<GradeInput>.object("gradeRange", "A grade and its points.", "等级及分数区间。"), count: 1...4,
    "The grades from the lowest points on, without gaps.", "等级，按分数由低到高，无间隙。")
  private static let actionBelow = Field.oneOf(
    "actionBelow", AppraisalScheme.Grade.allCases.map(\.rawValue), "An action opens for a supplier below this grade (default: never).",
    "低于此等级的供应商将产生改进措施（默认不产生）。"
  ).optional

  package static let fields: [any InputField] = [criteria, grades, actionBelow]

  package init(_ values: InputValues) throws(FieldError) {
    criteria = try values[Self.criteria]
    grades = try values[Self.grades]
    actionBelow = try values[Self.actionBelow].flatMap(AppraisalScheme.Grade.init(rawValue:))
  }
}
