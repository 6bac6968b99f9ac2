import Contracts
import Kernel
import Operations
import Renewals

package struct FileContract: OperationInput {
  let name: String
  let state: String
  let currency: String
  let zone: String?
  let starts: CalendarDate
  let ends: CalendarDate?
  let renewal: RenewalTerms
  let contacts: [FileContact]
  let lines: [FileLine]

  private static let state = Field.oneOf("state", ["draft", "active"], "draft or active (default).", "draft（草稿）或 active（生效，默认）。")
  private static let currency = Field.text("currency", 3...3, "The currency of its fees.", "费用货币。")
  private static let zone = Field.text("zone", 1...64, "Its time zone.", "时区。")
  private static let starts = Field.date("starts", "The first day of the term.", "期限首日。")
  private static let ends = Field.date("ends", "The first day after the term.", "期限结束后的首日。")
  private static let renewal = Field.oneOf("renewal", RenewalMode.allCases.map(\.rawValue), "What happens at its end.", "到期处理。")
  private static let notice = Field.text("notice", 1...40, "30 days, 3 months.", "通知期：30 days、3 months。")
  private static let renewalMonths = Field.integer("renewalMonths", 1...120, "By how many months it is extended.", "续约月数。")
  private static let contacts = Field<[FileContact]>.list(
    "contacts", of: Field<FileContact>.object("contact", "A contact.", "联系人。"), count: 0...100, "Who speaks for it.", "联系人。")
  private static let lines = Field<[FileLine]>.list(
    "lines", of: Field<FileLine>.object("line", "A line.", "合同行。"), count: 0...200, "What it sells.", "合同行。")

  package static let fields: [any InputField] = [
    FileFields.name, state.optional, currency, zone.optional, starts, ends.optional, renewal.optional, notice.optional, renewalMonths.optional,
    contacts.optional, lines,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[FileFields.name]
    state = try values[Self.state.optional] ?? ContractState.active.rawValue
    currency = try values[Self.currency]
    zone = try values[Self.zone.optional]
    starts = try values[Self.starts]
    ends = try values[Self.ends.optional]
    var notice: Notice?
    if let written = try values[Self.notice.optional] {
      notice = WrittenTime.notice(written)
      if notice == nil { throw FieldError("notice", ContractFileMessages.badNotice) }
    }
    renewal = RenewalTerms(
      mode: try values[Self.renewal.optional].flatMap(RenewalMode.init(rawValue:)) ?? .none, notice: notice,
      months: try values[Self.renewalMonths.optional])
    contacts = try values[Self.contacts.optional] ?? []
    lines = try values[Self.lines]
  }
}

package struct FileContact: OperationInput {
  /// The e-mail address or the name.
  let person: String
  let role: String

  private static let person = Field.text("person", 1...320, "The person's e-mail address or name.", "人员的电子邮件或姓名。")
  private static let role = Field.oneOf("role", ContactRole.allCases.map(\.rawValue), "The role.", "角色。")

  package static let fields: [any InputField] = [person, role]

  package init(_ values: InputValues) throws(FieldError) {
    person = try values[Self.person]
    role = try values[Self.role]
  }
}

package struct FileLine: OperationInput {
  let name: String
  let sla: String
  let units: [String]
  let persons: [String]
  let onlyCoveredCis: Bool
  let quantity: Int64?
  let quantityUnit: String?
  let exclusions: LocalText
  let priceReference: String?
  let monthlyFee: String?
  /// The codes of what it sells of the catalogue.
  let service: String?
  let offering: String?
  /// Who keeps its promises; nil: the file does not say.
  let teams: [FileLineTeam]?
  /// For which metrics the suppliers are needed besides the teams; nil: as it is, or else as the operation has it.
  let supplierMetrics: [String]?
  let suppliers: [FileLineSupplier]?
  /// Which gaps of its proof are accepted; nil: the file does not say.
  let acceptedRisks: [FileRisk]?

  private static let sla = Field.text("sla", 1...120, "The SLA's name.", "SLA 名称。")
  private static let units = Field<[String]>.list(
    "units", of: Field.text("unit", 1...200, "A unit.", "单位。"), count: 0...100, "The units that it is for.", "适用的单位。")
  private static let persons = Field<[String]>.list(
    "persons", of: Field.text("person", 1...320, "A person.", "人员。"), count: 0...500, "The persons that it is for.", "适用的人员。")
  private static let onlyCoveredCis = Field.boolean(
    "onlyCoveredCis", "Whether it is only for the configuration items that it covers.", "是否仅限所覆盖的配置项。")
  private static let quantity = Field.integer("quantity", 1...100_000_000, "How much.", "数量。")
  private static let quantityUnit = Field.text("quantityUnit", 1...40, "Of what.", "计数单位。")
  private static let exclusions = Field<FileText>.object("exclusions", "What it does not cover.", "不涵盖的内容。")
  private static let priceReference = Field.text("priceReference", 1...200, "Where the price stands.", "价格依据。")
  private static let monthlyFee = Field.amount("monthlyFee", "The fee per month.", "月费。")
  private static let service = Field.text("service", 2...24, "The code of the service that it sells.", "所售服务的代码。")
  private static let offering = Field.text("offering", 2...24, "The code of the offering that it sells.", "所售服务项的代码。")
  private static let teams = Field<[FileLineTeam]>.list(
    "teams", of: Field<FileLineTeam>.object("team", "A team.", "团队。"), count: 0...50, "The teams that keep its promises.", "负责兑现承诺的团队。")
  private static let supplierMetrics = Field<[String]>.list(
    "supplierMetrics", of: FileFields.metric, count: 0...3, "For which metrics its suppliers are needed besides the teams.", "除团队外还需要供应商参与的指标。")
  private static let suppliers = Field<[FileLineSupplier]>.list(
    "suppliers", of: Field<FileLineSupplier>.object("supplier", "A supplier's service.", "供应商的服务。"), count: 0...50,
    "The suppliers' services that it rests on.", "所依赖的供应商服务。")
  private static let acceptedRisks = Field<[FileRisk]>.list(
    "acceptedRisks", of: Field<FileRisk>.object("risk", "A risk.", "风险。"), count: 0...100, "Which gaps of its proof are accepted.", "已接受的证明缺口。")

  package static let fields: [any InputField] = [
    FileFields.name, sla, units.optional, persons.optional, onlyCoveredCis.optional, quantity.optional, quantityUnit.optional, exclusions.optional,
    priceReference.optional,
    monthlyFee.optional, service.optional, offering.optional, teams.optional, supplierMetrics.optional, suppliers.optional,
    acceptedRisks.optional,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[FileFields.name]
    sla = try values[Self.sla]
    units = try values[Self.units.optional] ?? []
    persons = try values[Self.persons.optional] ?? []
    onlyCoveredCis = try values[Self.onlyCoveredCis.optional] ?? false
    quantity = try values[Self.quantity.optional]
    quantityUnit = try values[Self.quantityUnit.optional]
    if (quantity == nil) != (quantityUnit == nil) { throw FieldError("quantity", ContractFileMessages.quantityAndUnit) }
    exclusions = try values[Self.exclusions.optional]?.text ?? LocalText()
    priceReference = try values[Self.priceReference.optional]
    monthlyFee = try values[Self.monthlyFee.optional]
    service = try values[Self.service.optional]
    offering = try values[Self.offering.optional]
    teams = try values[Self.teams.optional]
    supplierMetrics = try values[Self.supplierMetrics.optional]
    suppliers = try values[Self.suppliers.optional]
    acceptedRisks = try values[Self.acceptedRisks.optional]
    if supplierMetrics != nil, teams == nil { throw FieldError("supplierMetrics", ContractFileMessages.metricsNeedTeams) }
    if service != nil, offering != nil { throw FieldError("offering", ContractFileMessages.serviceOrOffering) }
  }
}

/// A text in two languages: `{en: ..., zh-Hans: ...}`.
package struct FileText: OperationInput {
  let text: LocalText

  private static let english = Field.longText("en", 1...4000, "In English.", "英文。")
  private static let chinese = Field.longText("zh-Hans", 1...4000, "In Chinese.", "中文。")

  package static let fields: [any InputField] = [english.optional, chinese.optional]

  package init(_ values: InputValues) throws(FieldError) {
    text = LocalText(english: try values[Self.english.optional], chinese: try values[Self.chinese.optional])
  }
}
