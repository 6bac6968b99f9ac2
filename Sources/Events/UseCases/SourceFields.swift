import Desk
import Kernel
import Operations

/// The fields that the operations of sources share.
package enum SourceFields: NamesRecord {
  package static let id = Field.id("id", .eventSource, "The source.", "事态来源。")
  static let name = Field.text("name", 1...100, "What it is called; incidents say that it reported them.", "名称；事件中以此注明报告来源。")
  static let label = Field.text("label", 1...128, "The label.", "标签。")
  static let value = Field.text("value", 0...1000, "Its value.", "取值。")
}

package typealias SourceReference = ReferenceInput<SourceFields>

/// Whose an event with this value of this label is.
package struct RuleInput: OperationInput {
  let label: String
  let value: String
  let customer: PublicId

  private static let customerField = Field.id(
    "customer", .customer, "Whose it is then: a customer, or the provider itself, of what is its own.", "所属客户；服务商自有对象填写服务商本身。")
  package static let fields: [any InputField] = [SourceFields.label, SourceFields.value, customerField]

  package init(_ values: InputValues) throws(FieldError) {
    label = try values[SourceFields.label]
    value = try values[SourceFields.value]
    customer = try values[Self.customerField]
  }
}

/// What a value of the severity label means.
package struct SeverityInput: OperationInput {
  let severity: SourceSettings.Severity

  package static let fields: [any InputField] = [SourceFields.value, RatingFields.impact, RatingFields.urgency]

  package init(_ values: InputValues) throws(FieldError) {
    severity = SourceSettings.Severity(
      value: try values[SourceFields.value], impact: try values[RatingFields.impact], urgency: try values[RatingFields.urgency])
  }
}

/// How a source's events become incidents, as far as an input says so.
package struct SourceSettingsInput: Sendable {
  let customer: Change<PublicId>
  let rules: [RuleInput]?
  let groupLabels: [String]?
  let ciLabel: Change<String>
  let severityLabel: String?
  let severities: [SeverityInput]?
  let resolves: Bool?
  let flapMinutes: Int64?
  let stormLimit: Int64?

  private static let customerField = Field.id(
    "customer", .customer, "The customer to whom all of its events belong, or the provider itself, of what is its own; null: the rules say whose.",
    "事态全部归属的客户；监控服务商自有对象时填写服务商本身；null 表示按规则判定。"
  ).clearable
  private static let rulesField = Field.list(
    "rules", of: Field<RuleInput>.object("rule", "A rule.", "一条规则。"), count: 0...500,
    "Whose an event is: the first rule in order whose label has the value. What none fits waits for somebody to say whose it is.",
    "归属规则：按顺序第一条标签取值相符的规则生效；均不相符的待人工指定。"
  ).optional
  private static let groupLabelsField = Field.list(
    "groupLabels", of: Field.text("label", 1...128, "A label.", "标签。"), count: 0...20,
    "Labels whose values make one incident; none: as the sender groups.", "按其取值归并为一个事件的标签；为空则按发送方分组。"
  ).optional
  private static let ciLabelField = Field.text(
    "ciLabel", 1...128, "The label whose value is the name of a configuration item of the customer (`:port` does not count).",
    "取值为客户配置项名称的标签（忽略末尾的 `:端口`）。"
  ).clearable
  private static let severityLabelField = Field.text(
    "severityLabel", 1...128, "The label that says how severe it is (default: severity).", "表示严重程度的标签（默认 severity）。"
  ).optional
  private static let severitiesField = Field.list(
    "severities", of: Field<SeverityInput>.object("severity", "What a value means.", "取值的含义。"), count: 0...50,
    "Its values with the impact and urgency that they mean (default: critical 1 and 1, warning 2 and 2, info 3 and 3); any other is 2 and 2.",
    "各取值对应的影响和紧急度（默认：critical 为 1/1，warning 为 2/2，info 为 3/3）；其他取值为 2/2。"
  ).optional
  private static let resolvesField = Field.boolean(
    "resolves", "Whether an incident that nobody touched is resolved when its alerts are over (default yes).", "告警全部恢复且无人处理时是否自动解决事件（默认是）。"
  ).optional
  private static let flapField = Field.integer(
    "flapMinutes", 0...10_080, "So long after its end an incident is opened again by what comes back (default 30).", "事件结束后多少分钟内告警再现则重新打开（默认 30）。"
  ).optional
  private static let stormField = Field.integer(
    "stormLimit", 1...1000, "So many incidents of a customer in ten minutes; the rest goes into one (default 20).", "每个客户十分钟内最多建立的事件数，其余并入一个事件（默认 20）。"
  ).optional

  static let fields: [any InputField] = [
    customerField, rulesField, groupLabelsField, ciLabelField, severityLabelField, severitiesField, resolvesField, flapField, stormField,
  ]

  init(_ values: InputValues) throws(FieldError) {
    customer = try values[Self.customerField]
    rules = try values[Self.rulesField]
    groupLabels = try values[Self.groupLabelsField]
    ciLabel = try values[Self.ciLabelField]
    severityLabel = try values[Self.severityLabelField]
    severities = try values[Self.severitiesField]
    resolves = try values[Self.resolvesField]
    flapMinutes = try values[Self.flapField]
    stormLimit = try values[Self.stormField]
  }
}
