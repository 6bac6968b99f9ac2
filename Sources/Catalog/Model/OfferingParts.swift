import Kernel
import Operations

/// A promised service level, as the standard description states it.
struct OfferingTarget: OperationInput, Hashable {
  let metric: String
  let priority: Int64?
  let budgetSeconds: Int64?
  let businessDays: Int64?
  let objective: Rate?
  let note: LocalText?

  private static let metric = Field.text(
    "metric", 1...40, "What is promised: response, resolution, update, availability, or another measure.", "指标：response、resolution、update、availability 或其他。")
  private static let priority = Field.integer("priority", Rating.numbers, "For which priority (default: any).", "适用的优先级（默认全部）。")
  private static let budgetSeconds = Field.integer("budgetSeconds", 0...315_360_000, "Within so many seconds of service time.", "服务时间内的秒数。")
  private static let businessDays = Field.integer("businessDays", 0...1000, "By the end of the N-th business day.", "第 N 个工作日结束前。")
  private static let objective = Field.percent("objective", "The share that keeps it, or the measure's own percentage.", "达标率，或该指标本身的百分比。")
  private static let note = Field.localText("note", 1...500, "What is to be said of it.", "说明。")

  static let fields: [any InputField] = [
    metric, priority.optional, budgetSeconds.optional, businessDays.optional, objective.optional, note.optional,
  ]

  init(_ values: InputValues) throws(FieldError) {
    metric = try values[Self.metric]
    priority = try values[Self.priority.optional]
    budgetSeconds = try values[Self.budgetSeconds.optional]
    businessDays = try values[Self.businessDays.optional]
    objective = try values[Self.objective.optional]
    note = try values[Self.note.optional]
    if budgetSeconds != nil, businessDays != nil { throw FieldError("budgetSeconds", CatalogMessages.oneBudget) }
    if budgetSeconds == nil, businessDays == nil, objective == nil, note == nil { throw FieldError("objective", CatalogMessages.emptyTarget) }
  }

  var stored: Value {
    .members([
      ("metric", .text(metric)), ("priority", priority.map { .integer($0) }), ("budgetSeconds", budgetSeconds.map { .integer($0) }),
      ("businessDays", businessDays.map { .integer($0) }), ("objective", objective.map { .text($0.percent) }), ("note", note?.value),
    ])
  }
}

/// By what the quality of the service is measured.
struct QualityMeasure: OperationInput, Hashable {
  let name: LocalText
  let target: LocalText

  private static let name = Field.localText("name", 1...200, "What is measured.", "质量指标。")
  private static let target = Field.localText("target", 1...500, "What is aimed at.", "目标值。")

  static let fields: [any InputField] = [name, target]

  init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    target = try values[Self.target]
  }

  var stored: Value { .object(["name": name.value ?? .null, "target": target.value ?? .null]) }
}

/// A position of the price model.
package struct OfferingPrice: OperationInput, Hashable {
  enum Per: String, Sendable, CaseIterable { case once, use, month, quarter, year }

  let name: LocalText
  let amount: Money
  let per: Per
  /// What is counted: a device, a user; nil: the whole.
  let unit: LocalText?
  /// The key of the number field of the form whose answer counts it; nil: an order has it once.
  let quantity: String?

  private static let name = Field.localText("name", 1...200, "What is charged for.", "收费项目。")
  private static let amount = Field.amount("amount", "How much.", "金额。")
  private static let currency = Field.text("currency", 3...3, "Its currency (ISO 4217).", "货币（ISO 4217）。")
  private static let per = Field.oneOf("per", Per.allCases.map(\.rawValue), "How often.", "计费周期：once 一次性、use 每次、month 每月、quarter 每季、year 每年。")
  private static let unit = Field.localText("unit", 1...60, "For each of what: device, user (default: for the whole).", "计费单位：如设备、用户（默认整体）。")

  private static let quantity = Field.text(
    "quantity", 1...40, "The key of a number field of the form whose answer says how many are ordered: required, always shown, at least 1 (default: one).",
    "表单中数字字段的键，其答案为申请数量；该字段须必填、始终显示且不小于 1（默认一个）。")

  package static let fields: [any InputField] = [name, amount, currency, per, unit.optional, quantity.optional]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    let code = try values[Self.currency]
    guard let currency = Currency(code: code) else { throw FieldError("currency", CatalogMessages.unknownCurrency, ["code": code]) }
    guard let money = Money(try values[Self.amount], currency: currency), money.minorUnits >= 0 else {
      throw FieldError("amount", CatalogMessages.badAmount, ["currency": currency.code, "decimals": String(currency.minorUnitDigits)])
    }
    amount = money
    per = Per(rawValue: try values[Self.per]) ?? .once
    unit = try values[Self.unit.optional]
    quantity = try values[Self.quantity.optional]
  }

  var stored: Value {
    .members([
      ("name", name.value), ("amount", .text(amount.amount)), ("currency", .text(amount.currency.code)), ("per", .text(per.rawValue)),
      ("unit", unit?.value), ("quantity", quantity.map { .text($0) }),
    ])
  }
}

/// A piece of work that fulfils a request.
struct FulfilmentTask: OperationInput, Hashable {
  let name: LocalText
  /// Tasks of one step may be done at once; a step begins when the ones before it are done.
  let step: Int64
  /// The team's name.
  let team: String
  /// Whether doing it is what gives, changes or takes the access.
  let access: Bool

  private static let name = Field.localText("name", 1...200, "What is to be done.", "任务。")
  private static let step = Field.integer("step", 1...100, "Its place in the order; tasks of one step may be done at once.", "顺序；同一步骤的任务可同时进行。")
  private static let team = Field.text("team", 1...200, "The name of the team that does it.", "负责团队的名称。")

  private static let access = Field.boolean(
    "access", "Whether doing it is what gives, changes or takes the access of the offering (default: the last task does).",
    "完成此任务是否即授予、变更或收回访问权限（默认为最后一项任务）。")

  static let fields: [any InputField] = [name, step, team, access.optional]

  init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    step = try values[Self.step]
    team = try values[Self.team]
    access = try values[Self.access.optional] ?? false
  }

  init(name: LocalText, step: Int64, team: String, access: Bool) {
    self.name = name
    self.step = step
    self.team = team
    self.access = access
  }

  var stored: Value {
    .members([("name", name.value), ("step", .integer(step)), ("team", .text(team)), ("access", access ? .bool(true) : nil)])
  }
}
