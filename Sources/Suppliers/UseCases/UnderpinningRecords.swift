import BillingEngine
import Kernel
import Operations
import Renewals
import ServiceTime

/// One target of an underpinning contract as it is asked for.
package struct UnderpinningTargetInput: OperationInput {
  let metric: UnderpinningMetric
  let priority: Int64?
  let supplierPriority: String?
  let service: PublicId?
  let budgetSeconds: Int64?
  let businessDays: Int64?
  let objective: Rate?
  let period: BillingPeriod.Kind?
  let countsFrom: OutageSeverity?
  let warnPercents: [Int64]

  private static let metric = Field.oneOf("metric", UnderpinningMetric.allCases.map(\.rawValue), "What is promised.", "指标。")
  private static let priority = Field.integer(
    "priority", Rating.numbers, "Our priority that it is for, 1 the highest; left out: any.", "适用的我方优先级，1 为最高；不填表示任意。"
  )
  .optional
  private static let supplierPriority = Field.text("supplierPriority", 1...60, "What the supplier calls that priority.", "供应商对该优先级的称呼。").optional
  private static let service = Field.id("service", .supplierService, "The service that it is for; left out: all of the supplier's.", "适用的服务；不填表示该供应商的全部服务。")
    .optional
  private static let budgetSeconds = Field.integer(
    "budgetSeconds", 0...315_360_000, "The time it gives, in seconds of open time of the coverage.", "时限，以服务时间的秒数计。"
  ).optional
  private static let businessDays = Field.integer("businessDays", 0...1000, "Instead of seconds: the end of the N-th business day.", "代替秒数：第 N 个工作日结束时。")
    .optional
  private static let objective = Field.percent(
    "objective", "The share of cases that must keep it; of availability, the share of the period.", "须达标的比例；可用性指标为期间内可用时间的比例。"
  ).optional
  private static let period = Field.oneOf(
    "period", BillingPeriod.Kind.allCases.map(\.rawValue),
    "Of availability: by which period it is judged (default month); rolling_year: the twelve months that end with each month.",
    "可用性指标的考核期间（默认 month）；rolling_year 为截至每月的十二个月。"
  ).optional
  private static let countsFrom = Field.oneOf(
    "countsFrom", OutageSeverity.counting.map(\.rawValue), "Of availability: the least severity of an outage that counts (default partial).",
    "可用性指标：计入的最低中断级别（默认 partial）。"
  ).optional
  private static let warnPercents = Field<[Int64]>.list(
    "warnPercents", of: Field.integer("percent", 1...99, "A share of the budget.", "时限占比。"), count: 0...10,
    "The shares of the time at whose passing the clock of a dispatch warns, in percent, ascending; escalation goes by them.",
    "派单计时消耗到这些百分比时预警，按递增顺序填写；升级规则以此为准。"
  ).optional

  package static let fields: [any InputField] = [
    metric, priority, supplierPriority, service, budgetSeconds, businessDays, objective, period, countsFrom, warnPercents,
  ]

  package init(_ values: InputValues) throws(FieldError) {
    metric = try UnderpinningMetric(rawValue: values[Self.metric]) ?? .resolution
    priority = try values[Self.priority]
    supplierPriority = try values[Self.supplierPriority]
    service = try values[Self.service]
    budgetSeconds = try values[Self.budgetSeconds]
    businessDays = try values[Self.businessDays]
    objective = try values[Self.objective]
    period = try values[Self.period].flatMap(BillingPeriod.Kind.init(rawValue:))
    countsFrom = try values[Self.countsFrom].flatMap(OutageSeverity.init(rawValue:))
    warnPercents = try values[Self.warnPercents] ?? []
  }

  /// The stored form: the fields of the input.
  var value: Value {
    .object([
      "metric": .text(metric.rawValue), "priority": .integer(priority), "supplierPriority": .text(supplierPriority), "service": .id(service),
      "budgetSeconds": .integer(budgetSeconds), "businessDays": .integer(businessDays), "objective": .text(objective?.percent),
      "period": .text(period?.rawValue), "countsFrom": .text(countsFrom?.rawValue), "warnPercents": .array(warnPercents.map { .integer($0) }),
    ])
  }
}

extension OutageSeverity {
  /// Those from which on outages can count.
  static let counting: [OutageSeverity] = [.degraded, .partial, .major]
}

package struct UnderpinningCostInput: OperationInput {
  let name: String
  let amount: String
  let period: UnderpinningCost.Period

  private static let name = Field.text("name", 1...120, "What is paid for, unique in the contract.", "费用名称，在合同内不可重复。")
  private static let amount = Field.amount("amount", "The amount, in the contract's currency.", "金额，以合同货币计。")
  private static let period = Field.oneOf(
    "due", ["once", "month", "quarter", "year"], "How often it is due.", "付款周期：once 一次性、month 每月、quarter 每季、year 每年。")

  package static let fields: [any InputField] = [name, amount, period]

  package init(_ values: InputValues) throws(FieldError) {
    name = try values[Self.name]
    amount = try values[Self.amount]
    period = try UnderpinningCost.Period(rawValue: values[Self.period]) ?? .month
  }

  /// The stored form: the fields of the input.
  var value: Value { .object(["name": .text(name), "amount": .text(amount), "due": .text(period.rawValue)]) }
}

package struct UnderpinningTargetOutput: OperationOutput {
  let service: PublicId?
  let row: UnderpinningTargetRow

  init(_ row: UnderpinningTargetRow, in context: OperationContext) {
    service = row.service.map { context.id(.supplierService, $0) }
    self.row = row
  }

  package static let fields: [OutputField<UnderpinningTargetOutput>] = [
    OutputField("metric", .text, "What is promised.", "指标。") { .text($0.row.target.metric.rawValue) },
    OutputField("priority", .integer, "Our priority that it is for; null: any.", "适用的我方优先级；null 表示任意。") { .integer($0.row.target.priority) },
    OutputField("supplierPriority", .text, "What the supplier calls it.", "供应商对该优先级的称呼。") { .text($0.row.target.supplierPriority) },
    OutputField("service", .id, "The service that it is for; null: all.", "适用的服务；null 表示全部。") { .id($0.service) },
    OutputField("serviceName", .text, "The service's name.", "服务名称。") { .text($0.row.serviceName) },
    OutputField("budgetSeconds", .integer, "The time it gives, in seconds of open time.", "时限，以开放时间的秒数计。") { output in
      if case .seconds(let seconds, _) = output.row.target.promise { .integer(seconds) } else { .null }
    },
    OutputField("businessDays", .integer, "Or: the end of the N-th business day.", "或：第 N 个工作日结束时。") { output in
      if case .businessDays(let days, _) = output.row.target.promise { .integer(days) } else { .null }
    },
    OutputField("objective", .decimal, "The share that must be kept, in percent.", "须达标的比例（百分数）。") { output in
      output.row.target.promise.objective.map { .decimal($0.percent) } ?? .null
    },
    OutputField("period", .text, "Of availability: by which period it is judged.", "可用性指标的考核期间。") { output in
      if case .availability(_, let period, _) = output.row.target.promise { .text(period.rawValue) } else { .null }
    },
    OutputField("countsFrom", .text, "Of availability: the least severity that counts.", "可用性指标：计入的最低中断级别。") { output in
      if case .availability(_, _, let severity) = output.row.target.promise { .text(severity.rawValue) } else { .null }
    },
    OutputField("warnPercents", .list(.integer), "The shares of the time at whose passing the clock of a dispatch warns.", "派单计时预警的时限百分比。") {
      .array($0.row.target.warnPercents.map { .integer($0) })
    },
  ]
}

package struct UnderpinningCostOutput: OperationOutput {
  let cost: UnderpinningCost
  let currency: String

  package static let fields: [OutputField<UnderpinningCostOutput>] = [
    OutputField("name", .text, "What is paid for.", "费用名称。") { .text($0.cost.name) },
    OutputField("amount", .decimal, "The amount.", "金额。") { output in
      Currency(code: output.currency).map { .decimal(Money(minorUnits: output.cost.minorUnits, currency: $0).amount) } ?? .null
    },
    OutputField("due", .text, "How often it is due: once, month, quarter or year.", "付款周期：once、month、quarter 或 year。") { .text($0.cost.period.rawValue) },
  ]
}

/// An underpinning contract in one of its versions.
package struct UnderpinningOutput: OperationOutput {
  let id: PublicId
  let supplier: PublicId
  let calendar: PublicId?
  let row: UnderpinningRow
  let asOf: Instant
  let targets: [UnderpinningTargetOutput]
  let costs: [UnderpinningCostOutput]

  /// A version that is planned is none yet.
  private var isInForce: Bool {
    row.validFrom <= asOf && row.state == .active && row.startsAt <= asOf && (row.endsAt.map { asOf < $0 } ?? true)
  }

  package static let fields: [OutputField<UnderpinningOutput>] = [
    OutputField("id", .id, "The contract.", "合同编号。") { .id($0.id) },
    OutputField("supplier", .id, "The supplier.", "供应商。") { .id($0.supplier) },
    OutputField("supplierCode", .text, "The supplier's code.", "供应商代码。") { .text($0.row.supplierCode) },
    OutputField("reference", .text, "The number that both sides know it by.", "双方使用的合同号。") { .text($0.row.reference) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("state", .text, "draft, active, suspended or ended.", "状态：draft（草稿）、active（有效）、suspended（暂停）或 ended（终止）。") { .text($0.row.state.rawValue) },
    OutputField("inForce", .boolean, "Whether it is active and within its term as of the instant.", "在该时刻是否有效且在期限内。") { .bool($0.isInForce) },
    OutputField("currency", .text, "The currency of its costs.", "费用货币。") { .text($0.row.currency) },
    OutputField("zone", .text, "The zone in which its days and months are counted.", "按此时区计算日与月。") { .text($0.row.zone) },
    OutputField("startsAt", .instant, "When its term begins.", "合同期限开始时间。") { .instant($0.row.startsAt) },
    OutputField("endsAt", .instant, "The first instant after its term; null: open-ended.", "合同期限结束时间（不含）；null 表示无固定期限。") { .instant($0.row.endsAt) },
    OutputField("renewal", .text, "What happens at the end: none, manual or auto.", "到期处理：none、manual 或 auto。") { .text($0.row.renewal.mode.rawValue) },
    OutputField("noticeDays", .integer, "How many days before the end is to be decided.", "须在到期前多少天作出决定。") { output in
      if case .days(let days)? = output.row.renewal.notice { .integer(days) } else { .null }
    },
    OutputField("noticeMonths", .integer, "Or: how many months before the end.", "或：须在到期前多少个月作出决定。") { output in
      if case .months(let months)? = output.row.renewal.notice { .integer(months) } else { .null }
    },
    OutputField("renewalMonths", .integer, "By how many months a renewal extends the term.", "续约延长的月数。") { .integer($0.row.renewal.months) },
    OutputField("calendar", .id, "The coverage calendar; null: none is agreed.", "服务时间日历；未约定则为 null。") { .id($0.calendar) },
    OutputField("calendarName", .text, "The calendar's name.", "日历名称。") { .text($0.row.calendarName) },
    OutputField("targets", listOf: UnderpinningTargetOutput.self, "What is promised.", "承诺的目标。") { $0.targets },
    OutputField("costs", listOf: UnderpinningCostOutput.self, "What it costs.", "费用。") { $0.costs },
    OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant($0.row.validFrom) },
    OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]

  /// Reads the targets and costs of the rows in one round trip.
  static func outputs(_ rows: [UnderpinningRow], asOf: Instant, in context: OperationContext) async throws -> [UnderpinningOutput] {
    guard !rows.isEmpty else { return [] }
    let versions = rows.map(\.versionId)
    let (targets, costs) = try await context.transaction.query(TargetsOfUnderpinnings(versions: versions), CostsOfUnderpinnings(versions: versions))
    return rows.map { row in
      UnderpinningOutput(
        id: context.id(.underpinningContract, row.publicId), supplier: context.id(.supplier, row.supplier),
        calendar: row.calendar.map { context.id(.coverageCalendar, $0) }, row: row, asOf: asOf,
        targets: targets.filter { $0.contractVersion == row.versionId }.map { UnderpinningTargetOutput($0, in: context) },
        costs: costs.filter { $0.contractVersion == row.versionId }.map { UnderpinningCostOutput(cost: $0.cost, currency: row.currency) })
    }
  }
}

extension OperationContext {
  /// - Parameters:
  ///   - at: the version that holds then.
  ///   - asOf: for when it says whether it is in force; nil: for the same instant.
  func underpinningOutput(_ id: PublicId, at: Instant, asOf: Instant? = nil) async throws -> UnderpinningOutput {
    guard let row = try await transaction.first(UnderpinningAt(publicId: id, at: at)),
      let output = try await UnderpinningOutput.outputs([row], asOf: asOf ?? at, in: self).first
    else { throw Failure.notFound }
    return output
  }

  /// The calendar that an input names.
  func coverage(_ id: PublicId?) async throws -> Int64? {
    guard let id else { return nil }
    guard let calendar = try await transaction.first(CoverageCalendar(publicId: id)) else { throw unknownReference("calendar") }
    return calendar
  }

  /// Targets that an input asks for, checked.
  func underpinningTargets(_ inputs: [UnderpinningTargetInput], of supplier: Int64) async throws -> [UnderpinningTarget] {
    let named = inputs.compactMap(\.service)
    let found = named.isEmpty ? [] : try await transaction.query(ServicesOfIds(publicIds: named))
    for (index, input) in inputs.enumerated() {
      if let service = input.service, !found.contains(where: { $0.publicId == service.random }) { throw unknownReference("targets[\(index)].service") }
    }
    let services = Dictionary(found.filter { $0.supplierId == supplier }.map { ($0.publicId, $0.id) }) { first, _ in first }
    return try UnderpinningRule.targets(inputs, services: services)
  }

  /// Writes a version with all that it holds.
  func insertUnderpinningVersion(_ version: InsertUnderpinningVersion, _ targets: [UnderpinningTarget], _ costs: [UnderpinningCost]) async throws {
    guard let id = try await transaction.first(version) else { throw beaten }
    transaction.enqueue(InsertUnderpinningTargets(version: id, targets: targets))
    transaction.enqueue(InsertUnderpinningCosts(version: id, costs: costs))
  }
}
