import Kernel
import Operations

/// The parts of a standard description that are told in words, in the order in which they are read.
enum DescriptionPart: String, Sendable, CaseIterable {
  case scope, inclusions, exclusions, prerequisites, deliverables, coverage, priceModel

  static let field: [DescriptionPart: Field<LocalText>] = [
    .scope: of("scope", "What it is and does.", "服务范围。"), .inclusions: of("inclusions", "What it includes.", "包含内容。"),
    .exclusions: of("exclusions", "What it does not include.", "不包含内容。"),
    .prerequisites: of("prerequisites", "What the customer must have or do first.", "前提条件。"),
    .deliverables: of("deliverables", "What the customer gets.", "交付物。"), .coverage: of("coverage", "When it is there.", "服务时间。"),
    .priceModel: of("priceModel", "How it is charged, in words.", "计价方式说明。"),
  ]

  private static func of(_ name: String, _ english: String, _ chinese: String) -> Field<LocalText> {
    .localText(name, 1...8000, multiline: true, english, chinese)
  }
}

/// All that a version of an offering says: its standard description, order form, approval, the access that it gives, and tasks. The stored form has the
/// fields of the input.
package struct OfferingContent: OperationInput, Hashable {
  package let name: LocalText
  let texts: [DescriptionPart: LocalText]
  let targets: [OfferingTarget]
  let measures: [QualityMeasure]
  let prices: [OfferingPrice]
  package let form: [FormField]
  package let approval: ApprovalRule
  /// What access fulfilling it gives or takes; nil: none.
  package let access: AccessRule?
  let tasks: [FulfilmentTask]
  /// How grave and how urgent an order is that says nothing of it: numbers of their lists; nil: medium.
  package let impact: Int64?
  package let urgency: Int64?

  static let name = Field.localText("name", 1...200, "What it is called.", "名称。")
  private static let targets = Field<[OfferingTarget]>.list(
    "targets", of: Field<OfferingTarget>.object("target", "A promise.", "一项目标。"), count: 0...100, "Its service levels.", "服务级别目标。")
  private static let measures = Field<[QualityMeasure]>.list(
    "measures", of: Field<QualityMeasure>.object("measure", "A measure.", "一项质量指标。"), count: 0...50, "By what its quality is measured.", "服务质量指标。")
  private static let prices = Field<[OfferingPrice]>.list(
    "prices", of: Field<OfferingPrice>.object("price", "A position.", "一项价格。"), count: 0...100, "What it costs.", "价格。")
  private static let form = Field<[FormField]>.list(
    "form", of: Field<FormField>.object("field", "A field of the form.", "表单字段。"), count: 0...100, "What an order must tell.", "申请表单。")
  private static let approval = Field<ApprovalRule>.object("approval", "Who must agree (default: nobody).", "审批规则（默认无需审批）。")
  private static let access = Field<AccessRule>.object(
    "access", "That it gives, changes or takes access to something (default: it does not).", "授予、变更或收回访问权限（默认不涉及）。")
  private static let tasks = Field<[FulfilmentTask]>.list(
    "tasks", of: Field<FulfilmentTask>.object("task", "A task.", "一项任务。"), count: 0...100, "How a request is fulfilled.", "履行任务。")

  private static let impact = Field.integer(
    "impact", Rating.numbers, "How grave an order is that does not say: a number of code.list, 1 the gravest (default 2).",
    "申请未说明时的影响：code.list 中的数字，1 为最高（默认 2）。")
  private static let urgency = Field.integer(
    "urgency", Rating.numbers, "How urgent an order is that does not say: a number of code.list, 1 the most urgent (default 2).",
    "申请未说明时的紧急度：code.list 中的数字，1 为最高（默认 2）。")

  private static let textFields = DescriptionPart.allCases.compactMap { part in DescriptionPart.field[part].map { (part, $0.optional) } }

  private static let descriptions: [any InputField] = textFields.map { $0.1 }

  package static let fields: [any InputField] =
    [name] + descriptions
    + [
      targets.optional, measures.optional, prices.optional, form.optional, approval.optional, access.optional, tasks.optional, impact.optional,
      urgency.optional,
    ]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    var texts: [DescriptionPart: LocalText] = [:]
    for (part, field) in Self.textFields { texts[part] = try values[field] }
    self.texts = texts
    targets = try values[Self.targets.optional] ?? []
    measures = try values[Self.measures.optional] ?? []
    prices = try values[Self.prices.optional] ?? []
    form = try values[Self.form.optional] ?? []
    approval = try values[Self.approval.optional] ?? ApprovalRule.none
    access = try values[Self.access.optional]
    tasks = try values[Self.tasks.optional] ?? []
    impact = try values[Self.impact.optional]
    urgency = try values[Self.urgency.optional]
  }

  private init(_ content: OfferingContent, tasks: [FulfilmentTask]) {
    (name, texts, targets, measures) = (content.name, content.texts, content.targets, content.measures)
    (prices, form, approval, access) = (content.prices, content.form, content.approval, content.access)
    (impact, urgency) = (content.impact, content.urgency)
    self.tasks = tasks
  }

  func with(_ tasks: [FulfilmentTask]) -> OfferingContent { OfferingContent(self, tasks: tasks) }

  /// Without what says nothing; in a fixed order.
  var stored: Value {
    let words: [(String, Value?)] = DescriptionPart.allCases.map { ($0.rawValue, texts[$0]?.value) }
    let lists: [(String, Value?)] = [
      ("targets", list(targets.map(\.stored))), ("measures", list(measures.map(\.stored))), ("prices", list(prices.map(\.stored))),
      ("form", list(form.map(\.stored))), ("approval", approval == ApprovalRule.none ? nil : approval.stored),
      ("access", access?.stored), ("tasks", list(tasks.map(\.stored))), ("impact", impact.map { .integer($0) }),
      ("urgency", urgency.map { .integer($0) }),
    ]
    return .members([("name", name.value)] + words + lists)
  }

  private func list(_ values: [Value]) -> Value? { values.isEmpty ? nil : .array(values) }
}

extension OfferingContent {
  /// What a version or draft holds.
  package static func read(_ stored: Value) throws(Failure) -> OfferingContent {
    do throws(FieldError) {
      return try InputValues.read(OfferingContent.self, from: stored)
    } catch {
      throw Failure(.internal, OperationMessages.internalFault, debug: "an offering holds what it may not: \(error.violations.map(\.path))")
    }
  }
}

extension OfferingContent {
  /// What an order is worth: what it costs once, and the first period of what it costs again and again, each as many times as the
  /// answer says that counts it; what is charged by use cannot be known. Nil where it is not known: there is no such price, a number
  /// that counts one was not answered or is below one, prices are of several currencies, or the sum does not fit.
  package func value(of answers: [Value.Member]) -> Money? {
    let given = Dictionary(answers.map { ($0.name, $0.value.integer) }) { _, last in last }
    var sum: Money?
    for price in prices where price.per != .use {
      var count: Int64 = 1
      if let key = price.quantity {
        guard let answered = given[key] ?? nil, answered >= 1 else { return nil }
        count = answered
      }
      let (units, overflow) = price.amount.minorUnits.multipliedReportingOverflow(by: count)
      guard !overflow else { return nil }
      let part = Money(minorUnits: units, currency: price.amount.currency)
      do throws(Money.ArithmeticError) { sum = try sum?.adding(part) ?? part } catch { return nil }
    }
    return sum
  }
}

extension OfferingContent {
  /// As customers read it.
  package var withoutTasks: Value { with([]).stored }
}
