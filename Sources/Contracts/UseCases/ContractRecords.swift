import Catalog
import Kernel
import Operations
import Renewals

package struct LineOutput: OperationOutput {
  package let id: PublicId
  package let contract: PublicId
  let sla: PublicId
  let units: [PublicId]
  let persons: [PublicId]
  let row: LineRow
  let targets: [TargetOutput]
  let service: PublicId?
  let offering: PublicId?

  /// Whether it is more than a draft.
  package var promises: Bool { row.state == .active }

  package static let fields: [OutputField<LineOutput>] = [
    OutputField("id", .id, "The line.", "合同行编号。") { .id($0.id) },
    OutputField("contract", .id, "Its contract.", "所属合同。") { .id($0.contract) },
    OutputField("name", .text, "What it sells.", "合同行所售服务。") { .text($0.row.name) },
    OutputField("state", .text, "draft, active or ended.", "状态：draft（草稿）、active（有效）或 ended（已终止）。") { .text($0.row.state.rawValue) },
    OutputField("service", .id, "The service of the catalogue that it sells; null: none.", "所售目录服务；无则为 null。") { $0.service.map { .id($0) } ?? .null },
    OutputField("serviceCode", .text, "The service's code.", "服务代码。") { .text($0.row.sold.serviceCode) },
    OutputField("offering", .id, "The offering of the catalogue that it sells; null: none.", "所售目录服务项；无则为 null。") { $0.offering.map { .id($0) } ?? .null },
    OutputField("offeringCode", .text, "The offering's code.", "服务项代码。") { .text($0.row.sold.offeringCode) },
    OutputField("sla", .id, "The SLA that it promises.", "所承诺的 SLA。") { .id($0.sla) },
    OutputField("slaName", .text, "The SLA's name.", "SLA 名称。") { .text($0.row.slaName) },
    OutputField("targets", listOf: TargetOutput.self, "What is promised, as of the same instant.", "同一时刻的服务级别目标。") { $0.targets },
    OutputField("unit", .id, "The first site or department that it is for; null: none is named.", "适用的首个站点或部门；未指定则为 null。") { .id($0.units.first) },
    OutputField("units", .list(.id), "Its sites and departments; without any, and without persons: the whole customer.", "适用的站点和部门；单位与人员均未指定则为整个客户。") {
      .array($0.units.map { .id($0) })
    },
    OutputField("persons", .list(.id), "The persons that it is for.", "适用的人员。") { .array($0.persons.map { .id($0) }) },
    OutputField("onlyCoveredCis", .boolean, "Whether it is for tickets about configuration items that it covers, and for no others.", "是否仅限涉及其覆盖配置项的工单。") {
      .bool($0.row.content.onlyCoveredCis)
    },
    OutputField("quantity", .integer, "How much of it is sold; null where it is not counted.", "数量；不计数则为 null。") { .integer($0.row.content.quantity?.count) },
    OutputField("quantityUnit", .text, "What is counted: device, user.", "计数单位：如设备、用户。") { .text($0.row.content.quantity?.unit) },
    OutputField("exclusionsEn", .text, "What it does not cover, in English.", "不涵盖的内容（英文）。") { .text($0.row.content.exclusions.english) },
    OutputField("exclusionsZh", .text, "What it does not cover, in Chinese.", "不涵盖的内容（中文）。") { .text($0.row.content.exclusions.chinese) },
    OutputField("priceReference", .text, "Where its price stands.", "价格依据。") { .text($0.row.content.priceReference) },
    OutputField("monthlyFee", .decimal, "Its fee per month; null where none is agreed.", "月费；未约定则为 null。") { output in
      guard let fee = output.row.monthlyFee, let currency = Currency(code: output.row.currency) else { return .null }
      return .decimal(Money(minorUnits: fee, currency: currency).amount)
    },
    OutputField("currency", .text, "The fee's currency.", "月费的货币。") { .text($0.row.currency) },
    OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant($0.row.validFrom) },
    OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]

  /// Reads the targets of the rows in one round trip.
  static func outputs(_ rows: [LineRow], in context: OperationContext) async throws -> [LineOutput] {
    let versions = Set(rows.compactMap(\.slaVersion))
    let targets = versions.isEmpty ? [] : try await context.transaction.query(TargetsOfSlaVersions(slaVersions: versions.sorted()))
    return rows.map { row in
      LineOutput(
        id: context.id(.contractLine, row.publicId), contract: context.id(.contract, row.contract), sla: context.id(.sla, row.sla),
        units: row.units.map { context.id(.unit, $0) }, persons: row.persons.map { context.id(.person, $0) }, row: row,
        targets: targets.filter { $0.slaVersion == row.slaVersion }.map { TargetOutput($0, in: context) },
        service: row.sold.service.map { context.id(.service, $0) }, offering: row.sold.offering.map { context.id(.offering, $0) })
    }
  }
}

/// A contract in one of its versions, without its lines.
package struct ContractSummary: OperationOutput {
  let contract: ContractFacts

  package static let fields: [OutputField<ContractSummary>] = ContractFacts.fields { $0.contract }
}

/// A contract in one of its versions, with its lines.
package struct ContractOutput: OperationOutput {
  let contract: ContractFacts
  let lines: [LineOutput]

  package var id: PublicId { contract.id }
  package var state: ContractState { contract.row.state }

  package static let fields: [OutputField<ContractOutput>] =
    ContractFacts.fields { $0.contract } + [
      OutputField(
        "lines", listOf: LineOutput.self, "Its lines as of the same instant, at most 200; contract_line.list has all.",
        "同一时刻的合同行，至多 200 行；全部见 contract_line.list。"
      ) {
        $0.lines
      }
    ]
}

struct ContractFacts: Sendable {
  let id: PublicId
  let customer: PublicId
  let number: String
  let row: ContractRow
  let asOf: Instant

  init(_ row: ContractRow, asOf: Instant, in context: OperationContext) {
    id = context.id(.contract, row.publicId)
    customer = context.tenant.publicId
    number = "\(context.tenant.code)-CON-\(pad(row.number, 6))"
    self.row = row
    self.asOf = asOf
  }

  /// Whether its lines count at that instant.
  var isInForce: Bool { row.state == .active && row.startsAt <= asOf && (row.endsAt.map { asOf < $0 } ?? true) }

  func notice(_ unit: String) -> Value { .integer(row.renewal.notice.flatMap { $0.unit == unit ? $0.count : nil }) }

  static func fields<Record>(_ facts: @escaping @Sendable (Record) -> ContractFacts) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The contract.", "合同编号。") { .id(facts($0).id) },
      OutputField("number", .text, "Its number for people.", "合同号。") { .text(facts($0).number) },
      OutputField("customer", .id, "The customer.", "客户。") { .id(facts($0).customer) },
      OutputField("name", .text, "Its name.", "名称。") { .text(facts($0).row.name) },
      OutputField("state", .text, "draft, active, suspended or ended.", "状态：draft（草稿）、active（有效）、suspended（暂停）或 ended（终止）。") {
        .text(facts($0).row.state.rawValue)
      },
      OutputField("inForce", .boolean, "Whether it is active and within its term as of the instant.", "在该时刻是否有效且在期限内。") { .bool(facts($0).isInForce) },
      OutputField("currency", .text, "The currency of its fees.", "费用货币。") { .text(facts($0).row.currency) },
      OutputField("zone", .text, "The zone in which its days and months are counted.", "按此时区计算日与月。") { .text(facts($0).row.zone) },
      OutputField("startsAt", .instant, "When its term begins.", "合同期限开始时间。") { .instant(facts($0).row.startsAt) },
      OutputField("endsAt", .instant, "The first instant after its term; null: open-ended.", "合同期限结束时间（不含）；null 表示无固定期限。") { .instant(facts($0).row.endsAt) },
      OutputField("renewal", .text, "What happens at its end: none, manual or auto.", "到期处理：none（无）、manual（人工决定）或 auto（自动续约）。") {
        .text(facts($0).row.renewal.mode.rawValue)
      },
      OutputField("noticeDays", .integer, "The notice before the end, in days.", "到期前的通知期（天）。") { facts($0).notice("days") },
      OutputField("noticeMonths", .integer, "The notice before the end, in months.", "到期前的通知期（月）。") { facts($0).notice("months") },
      OutputField("renewalMonths", .integer, "By how many months a renewal extends it.", "续约延长的月数。") { .integer(facts($0).row.renewal.months) },
      OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant(facts($0).row.validFrom) },
      OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant(facts($0).row.recordedAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(facts($0).row.version) },
    ]
  }
}
