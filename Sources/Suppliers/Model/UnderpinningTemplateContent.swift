import Kernel
import Operations
import Renewals

/// What a template of contracts with suppliers holds: the stored form has the same fields as the input.
struct UnderpinningTemplateContent: OperationInput {
  /// What a contract made from it is called; nil: as the template.
  let contractName: String?
  let currency: String
  let renewal: RenewalInput
  let calendar: PublicId?
  let targets: [UnderpinningTargetInput]
  let costs: [UnderpinningCostInput]

  static let contractName = Field.text("contractName", 1...200, "What a contract made from it is called (default: as the template).", "由模板新建的合同的名称（默认与模板同名）。")
  static let currency = Field.text("currency", 3...3, "The currency of its costs (ISO 4217).", "费用货币（ISO 4217）。")
  private typealias Contract = CreateUnderpinningContract.Input

  static let fields: [any InputField] =
    [contractName.optional, currency] + RenewalInput.fields + [Contract.calendar.optional, Contract.targets, Contract.costs]

  var value: Value {
    .object([
      "contractName": .text(contractName), "currency": .text(currency), "renewal": .text(renewal.mode?.rawValue),
      "noticeDays": .integer(renewal.noticeCount("days")), "noticeMonths": .integer(renewal.noticeCount("months")),
      "renewalMonths": .integer(renewal.months), "calendar": .id(calendar), "targets": .array(targets.map(\.value)), "costs": .array(costs.map(\.value)),
    ])
  }
}

extension UnderpinningTemplateContent {
  init(_ values: InputValues) throws(FieldError) {
    contractName = try values[Self.contractName.optional]
    currency = try values[Self.currency]
    renewal = try RenewalInput(values)
    calendar = try values[Contract.calendar.optional]
    targets = try values[Contract.targets] ?? []
    costs = try values[Contract.costs] ?? []
  }

  /// Its costs are amounts of its currency: as they are, they are of no other.
  func requireCosts(in other: Currency) throws(Failure) {
    guard other.code != currency, !costs.isEmpty else { return }
    throw .invalid("currency", SuppliersMessages.templateCosts, ["currency": currency])
  }
}

/// What a revision says of a template's content; what it does not give is kept.
struct UnderpinningTemplateChange: Sendable {
  let contractName: Change<String>
  let currency: Change<String>
  let renewal: RenewalChange
  let calendar: Change<PublicId>
  /// Nil: as before.
  let targets: [UnderpinningTargetInput]?
  let costs: [UnderpinningCostInput]?

  private typealias Contract = CreateUnderpinningContract.Input

  static let fields: [any InputField] =
    [UnderpinningTemplateContent.contractName.clearable, UnderpinningTemplateContent.currency.change] + RenewalChange.fields
    + [Contract.calendar.clearable, Contract.targets, Contract.costs]

  init(_ values: InputValues) throws(FieldError) {
    contractName = try values[UnderpinningTemplateContent.contractName.clearable]
    currency = try values[UnderpinningTemplateContent.currency.change]
    renewal = try RenewalChange(values)
    calendar = try values[Contract.calendar.clearable]
    targets = try values[Contract.targets]
    costs = try values[Contract.costs]
  }

  func applied(to old: UnderpinningTemplateContent) -> UnderpinningTemplateContent {
    let terms = renewal.applied(to: old.renewal.terms(orElse: .none))
    return UnderpinningTemplateContent(
      contractName: contractName.applied(to: old.contractName), currency: currency.applied(to: old.currency),
      renewal: RenewalInput(mode: terms.mode, notice: terms.notice, months: terms.months), calendar: calendar.applied(to: old.calendar),
      targets: targets ?? old.targets, costs: costs ?? old.costs)
  }
}
