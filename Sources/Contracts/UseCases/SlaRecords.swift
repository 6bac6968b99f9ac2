import BillingEngine
import Kernel
import Operations
import ServiceTime

/// One target of an SLA as it is asked for.
package struct TargetInput: OperationInput {
  let metric: String
  let ticketType: TicketType?
  let priority: Int64?
  let service: String?
  let ciTier: String?
  let explicitlyNone: Bool
  let budgetSeconds: Int64?
  let businessDays: Int64?
  let calendar: PublicId?
  let objective: Rate?
  let period: BillingPeriod.Kind?
  let countsFrom: OutageSeverity?
  let warnPercents: [Int64]
  let pauses: Bool?

  private static let metric = Field.text(
    "metric", 2...40,
    "What is promised: response, resolution or update of a ticket; or a measure: availability, backup_success, patch_currency, request_accuracy, or a code of your own.",
    "指标：工单的 response（响应）、resolution（解决）或 update（进展通报）；或测量指标：availability、backup_success、patch_currency、request_accuracy，或自定义代码。")
  private static let explicitlyNone = Field.boolean(
    "explicitlyNone", "Nothing is promised here, although a less specific target would (default false).", "此处明确不作承诺，即使有较宽泛的目标（默认否）。"
  ).optional
  private static let budgetSeconds = Field.integer(
    "budgetSeconds", 0...315_360_000, "The time it gives, in seconds of open time of the calendar.", "时限，以日历开放时间的秒数计。"
  ).optional
  private static let businessDays = Field.integer(
    "businessDays", 0...1000, "Instead of seconds: the end of the N-th business day.", "代替秒数：第 N 个工作日结束时。"
  ).optional
  private static let calendar = Field.id(
    "calendar", .calendar, "The coverage calendar; of a measure only where nothing but its open time counts.", "服务时间日历；测量指标仅在只计开放时间时填写。"
  ).optional
  private static let objective = Field.percent(
    "objective", "The share of tickets that must meet it, or of what is measured, in percent.", "须达标的工单比例或测量值（百分数）。"
  ).optional
  private static let period = Field.oneOf(
    "period", BillingPeriod.Kind.allCases.map(\.rawValue), "By which period the objective is judged (default: month).", "达标率的考核周期（默认 month）。"
  ).optional
  private static let countsFrom = Field.oneOf(
    "countsFrom", OutageSeverity.counting.map(\.rawValue), "Of availability: the least severity of an outage that counts (default: partial).",
    "可用性：计入的最低中断级别（默认 partial）。"
  ).optional
  private static let warnPercents = Field<[Int64]>.list(
    "warnPercents", of: Field.integer("percent", 1...99, "A share of the budget.", "时限占比。"), count: 0...10,
    "The shares of the budget at whose passing the clock warns, in percent, ascending.", "时限消耗到这些百分比时预警，按递增顺序填写。"
  ).optional
  private static let pauses = Field.boolean(
    "pauses", "Whether pending states stop the clock (default yes; response never pauses).", "挂起状态是否停止计时（默认为是；响应时限从不暂停）。"
  ).optional

  package static let fields: [any InputField] =
    [metric] + TargetFields.selector
    + [explicitlyNone, budgetSeconds, businessDays, calendar, objective, period, countsFrom, warnPercents, pauses]

  package init(_ values: InputValues) throws(FieldError) {
    metric = try values[Self.metric]
    ticketType = try values[TargetFields.ticketType].flatMap(TicketType.init(rawValue:))
    priority = try values[TargetFields.priority]
    service = try values[TargetFields.service]
    ciTier = try values[TargetFields.ciTier]
    explicitlyNone = try values[Self.explicitlyNone] ?? false
    budgetSeconds = try values[Self.budgetSeconds]
    businessDays = try values[Self.businessDays]
    calendar = try values[Self.calendar]
    objective = try values[Self.objective]
    period = try values[Self.period].flatMap(BillingPeriod.Kind.init(rawValue:))
    countsFrom = try values[Self.countsFrom].flatMap(OutageSeverity.init(rawValue:))
    warnPercents = try values[Self.warnPercents] ?? []
    pauses = try values[Self.pauses]
  }

  /// A target of a ticket's clock, for tickets of a priority.
  package init(
    metric: Metric, priority: Int64?, budgetSeconds: Int64? = nil, businessDays: Int64? = nil, calendar: PublicId?, objective: Rate? = nil,
    pauses: Bool? = nil, ticketType: TicketType? = nil, service: String? = nil, ciTier: String? = nil, explicitlyNone: Bool = false
  ) {
    self.metric = metric.rawValue
    self.ticketType = ticketType
    self.priority = priority
    self.service = service
    self.ciTier = ciTier
    self.explicitlyNone = explicitlyNone
    self.budgetSeconds = budgetSeconds
    self.businessDays = businessDays
    self.calendar = calendar
    self.objective = objective
    period = nil
    countsFrom = nil
    warnPercents = []
    self.pauses = pauses
  }
}

/// What a target is for; what is left out is any.
enum TargetFields {
  static let ticketType = Field.oneOf(
    "ticketType", TicketType.allCases.map(\.rawValue),
    "The ticket type that it is for (default: any). Clocks run for incidents and requests only: an SLA promises nothing of the others.",
    "适用的工单类型（默认任何类型）。仅为事件和请求计时，SLA 不得对其他类型作出承诺。"
  ).optional
  static let priority = Field.integer("priority", Rating.numbers, "The priority that it is for, 1 the highest (default: any).", "适用的优先级，1 为最高（默认任何优先级）。")
    .optional
  static let service = Field.text("service", 2...32, "The code of the catalogue's service that it is for (default: any).", "适用的目录服务代码（默认任何服务）。").optional
  static let ciTier = Field.text("ciTier", 1...32, "The code of the CI tier that it is for (default: any).", "适用的配置项等级代码（默认任何等级）。").optional

  static let selector: [any InputField] = [ticketType, priority, service, ciTier]
}

extension OutageSeverity {
  /// Those that can be an outage.
  static let counting = OutageSeverity.allCases.filter { $0 != .maintenance }
}

package struct TargetOutput: OperationOutput {
  let calendar: PublicId?
  let row: TargetsOfSlaVersions.Found

  init(_ row: TargetsOfSlaVersions.Found, in context: OperationContext) {
    calendar = row.calendar.map { context.id(.calendar, $0) }
    self.row = row
  }

  package static let fields: [OutputField<TargetOutput>] = [
    OutputField("metric", .text, "What is promised: response, resolution, update, or the code of a measure.", "指标：响应、解决、进展通报，或测量指标代码。") {
      .text($0.row.label.metric)
    },
    OutputField("ticketType", .text, "The ticket type that it is for; null: any.", "适用的工单类型；null 表示任何类型。") { .text($0.row.label.ticketType?.rawValue) },
    OutputField("priority", .integer, "The priority that it is for; null: any.", "适用的优先级；null 表示任何优先级。") { .integer($0.row.label.priority) },
    OutputField("service", .text, "The code of the service that it is for; null: any.", "适用的服务代码；null 表示任何服务。") { .text($0.row.label.service) },
    OutputField("ciTier", .text, "The CI tier that it is for; null: any.", "适用的配置项等级；null 表示任何等级。") { .text($0.row.label.ciTier) },
    OutputField("explicitlyNone", .boolean, "Nothing is promised here, although a less specific target would.", "此处明确不作承诺。") {
      .bool($0.row.explicitlyNone)
    },
    OutputField("budgetSeconds", .integer, "The time it gives, in seconds of open time.", "时限，以开放时间的秒数计。") { .integer($0.row.budget?.seconds) },
    OutputField("businessDays", .integer, "Or: the end of the N-th business day.", "或：第 N 个工作日结束时。") { .integer($0.row.budget?.businessDays) },
    OutputField("calendar", .id, "The coverage calendar.", "服务时间日历。") { .id($0.calendar) },
    OutputField("calendarName", .text, "The calendar's name.", "日历名称。") { .text($0.row.calendarName) },
    OutputField("objective", .decimal, "The share that must meet it, in percent; null where none is agreed.", "达标率（百分数）；未约定则为 null。") {
      $0.row.objective.map { .decimal($0.percent) } ?? .null
    },
    OutputField("period", .text, "By which period the objective is judged; null: by the month.", "达标率的考核周期；null 表示按月。") { .text($0.row.period) },
    OutputField("countsFrom", .text, "Of availability: the least severity that counts.", "可用性：计入的最低中断级别。") { .text($0.row.countsFrom) },
    OutputField("warnPercents", .list(.integer), "The shares of the budget at whose passing the clock warns.", "预警的时限百分比。") {
      .array($0.row.warnPercents.map { .integer($0) })
    },
    OutputField("pauses", .boolean, "Whether pending states stop the clock.", "挂起状态是否停止计时。") { .bool($0.row.pauses) },
  ]
}

/// An SLA in one of its versions.
package struct SlaOutput: OperationOutput {
  package let id: PublicId
  let row: SlaRow
  let targets: [TargetOutput]

  init(_ row: SlaRow, _ targets: [TargetsOfSlaVersions.Found], in context: OperationContext) {
    id = context.id(.sla, row.publicId)
    self.row = row
    self.targets = targets.filter { $0.slaVersion == row.versionId }.map { TargetOutput($0, in: context) }
  }

  package static let fields: [OutputField<SlaOutput>] = [
    OutputField("id", .id, "The SLA.", "SLA 编号。") { .id($0.id) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.row.name) },
    OutputField("kind", .text, "sla: promised to customers; ola: agreed to by teams.", "类型：sla（对客户承诺）或 ola（团队之间约定）。") { .text($0.row.kind.rawValue) },
    OutputField("state", .text, "active, or retired: nothing new may name it.", "状态：active（在用）或 retired（停用，新的合同行与协议不可引用）。") { .text($0.row.state.rawValue) },
    OutputField("onlyFor", .id, "The one customer that it is for; null: any.", "仅供该客户使用；null 表示任何客户。") { .id($0.row.onlyFor) },
    OutputField("resolutionStopsAt", .text, "Where the resolution clock stops: resolved or closed.", "解决时钟停止于：resolved（已解决）或 closed（已关闭）。") {
      .text($0.row.resolutionStopsAt.rawValue)
    },
    OutputField("supplierWaitsPause", .boolean, "Whether waiting for a supplier stops the customer's clocks.", "等待供应商时是否暂停客户时钟。") {
      .bool($0.row.waits.supplierPauses)
    },
    OutputField(
      "providerWaitsPause", .boolean, "Whether waiting for a change, parts or whatever else is the provider's own time stops them.",
      "等待变更、备件等服务商自身事项时是否暂停客户时钟。"
    ) { .bool($0.row.waits.providerPauses) },
    OutputField("waitLimitSeconds", .integer, "Open seconds after which a wait no longer stops a clock; null: no limit.", "单次等待最多暂停的开放秒数；null 表示不限。") {
      .integer($0.row.waits.limitSeconds)
    },
    OutputField("waitTotalSeconds", .integer, "The same for all waits of a clock together.", "同一时钟全部等待合计最多暂停的开放秒数。") {
      .integer($0.row.waits.totalSeconds)
    },
    OutputField("targets", listOf: TargetOutput.self, "What is promised.", "服务级别目标。") { $0.targets },
    OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant($0.row.validFrom) },
    OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant($0.row.recordedAt) },
    OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer($0.row.version) },
  ]

  /// Reads the targets of the rows in one round trip.
  static func outputs(_ rows: [SlaRow], in context: OperationContext) async throws -> [SlaOutput] {
    guard !rows.isEmpty else { return [] }
    let targets = try await context.transaction.query(TargetsOfSlaVersions(slaVersions: rows.map(\.versionId)))
    return rows.map { SlaOutput($0, targets, in: context) }
  }
}
