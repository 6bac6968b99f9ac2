import Kernel
import Operations
import Renewals

/// A line of a template: as a contract's, without what belongs to one customer.
package struct TemplateLine: OperationInput {
  let name: String
  let sla: PublicId
  let quantity: Int64?
  let quantityUnit: String?
  let exclusions: LocalText
  let priceReference: String?
  let monthlyFee: String?
  let service: PublicId?
  let offering: PublicId?
  let onlyCoveredCis: Bool

  package static let fields: [any InputField] = [
    LineInput.name, LineInput.sla, LineInput.quantity.optional, LineInput.quantityUnit.optional, LineInput.exclusionsEn.optional,
    LineInput.exclusionsZh.optional, LineInput.priceReference.optional, LineInput.monthlyFee.optional, LineInput.service.optional,
    LineInput.offering.optional, LineInput.onlyCoveredCis.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[LineInput.name]
    sla = try values[LineInput.sla]
    quantity = try values[LineInput.quantity.optional]
    quantityUnit = try values[LineInput.quantityUnit.optional]
    exclusions = LocalText(english: try values[LineInput.exclusionsEn.optional], chinese: try values[LineInput.exclusionsZh.optional])
    priceReference = try values[LineInput.priceReference.optional]
    monthlyFee = try values[LineInput.monthlyFee.optional]
    service = try values[LineInput.service.optional]
    offering = try values[LineInput.offering.optional]
    onlyCoveredCis = try values[LineInput.onlyCoveredCis.optional] ?? false
  }

  var value: Value {
    .object([
      "name": .text(name), "sla": .id(sla), "quantity": .integer(quantity), "quantityUnit": .text(quantityUnit),
      "exclusionsEn": .text(exclusions.english), "exclusionsZh": .text(exclusions.chinese), "priceReference": .text(priceReference),
      "monthlyFee": .text(monthlyFee), "service": .id(service), "offering": .id(offering), "onlyCoveredCis": onlyCoveredCis ? .bool(true) : .null,
    ])
  }
}

/// What a template holds: the stored form has the same fields as the input.
struct TemplateContent: OperationInput {
  /// What a contract made from it is called; nil: as the template.
  let contractName: String?
  let currency: String
  let renewal: RenewalInput
  let templateLines: [TemplateLine]

  static let contractName = Field.text("contractName", 1...200, "What a contract made from it is called (default: as the template).", "由模板新建的合同的名称（默认与模板同名）。")
  static let currency = Field.text("currency", 3...3, "The currency of its fees (ISO 4217).", "费用货币（ISO 4217）。")
  static let templateLines = Field<[TemplateLine]>.list(
    "lines", of: Field<TemplateLine>.object("line", "A line.", "合同行。"), count: 0...200, "Its lines.", "合同行。")

  static let fields: [any InputField] = [contractName.optional, currency] + RenewalInput.fields + [templateLines.optional]

  var lines: [LineInput] { templateLines.map(LineInput.init) }

  var value: Value {
    .object([
      "contractName": .text(contractName), "currency": .text(currency), "renewal": .text(renewal.mode?.rawValue),
      "noticeDays": .integer(renewal.noticeCount("days")), "noticeMonths": .integer(renewal.noticeCount("months")),
      "renewalMonths": .integer(renewal.months), "lines": .array(templateLines.map(\.value)),
    ])
  }
}

extension TemplateContent {
  init(_ values: InputValues) throws(FieldError) {
    contractName = try values[Self.contractName.optional]
    currency = try values[Self.currency]
    renewal = try RenewalInput(values)
    templateLines = try values[Self.templateLines.optional] ?? []
  }

  /// The fees of its lines are amounts of its currency: as they are, they are of no other.
  func requireFees(in other: Currency) throws(Failure) {
    guard other.code != currency, templateLines.contains(where: { $0.monthlyFee != nil }) else { return }
    throw .invalid("currency", ContractsMessages.feesOfOtherCurrency, ["currency": currency])
  }
}

/// What a revision says of a template's content; what it does not give is kept.
struct TemplateChange: Sendable {
  let contractName: Change<String>
  let currency: Change<String>
  let renewal: RenewalChange
  /// Nil: as before.
  let lines: [TemplateLine]?

  static let fields: [any InputField] =
    [TemplateContent.contractName.clearable, TemplateContent.currency.change] + RenewalChange.fields + [TemplateContent.templateLines.optional]

  init(_ values: InputValues) throws(FieldError) {
    contractName = try values[TemplateContent.contractName.clearable]
    currency = try values[TemplateContent.currency.change]
    renewal = try RenewalChange(values)
    lines = try values[TemplateContent.templateLines.optional]
  }

  func applied(to old: TemplateContent) -> TemplateContent {
    let terms = renewal.applied(to: old.renewal.terms(orElse: .none))
    return TemplateContent(
      contractName: contractName.applied(to: old.contractName), currency: currency.applied(to: old.currency),
      renewal: RenewalInput(mode: terms.mode, notice: terms.notice, months: terms.months), templateLines: lines ?? old.templateLines)
  }
}
