import Kernel
import Operations

/// One target of an SLA as it is asked for.
package struct TargetInput: OperationInput {
  let metric: Metric
  let priority: Int64
  let budgetSeconds: Int64?
  let businessDays: Int64?
  let calendar: PublicId
  let objective: Rate?
  let pauses: Bool?

  private static let metric = Field.oneOf("metric", Metric.allCases.map(\.rawValue), "What is promised.", "指标。")
  private static let priority = Field.integer("priority", 1...5, "The priority that it is for, 1 the highest.", "适用的优先级，1 为最高。")
  private static let budgetSeconds = Field.integer(
    "budgetSeconds", 0...315_360_000, "The time it gives, in seconds of open time of the calendar.", "时限，以日历开放时间的秒数计。"
  ).optional
  private static let businessDays = Field.integer(
    "businessDays", 0...1000, "Instead of seconds: the end of the N-th business day.", "代替秒数：第 N 个工作日结束时。"
  ).optional
  private static let calendar = Field.id("calendar", .calendar, "The coverage calendar.", "服务时间日历。")
  private static let objective = Field.percent("objective", "The share of tickets that must meet it, in percent.", "须达标的工单比例（百分数）。").optional
  private static let pauses = Field.boolean(
    "pauses", "Whether pending states stop the clock (default: for resolution yes; response never pauses).", "挂起状态是否停止计时（默认：解决时限为是，响应时限从不暂停）。"
  ).optional

  package static let fields: [any InputField] = [metric, priority, budgetSeconds, businessDays, calendar, objective, pauses]

  package init(_ values: InputValues) throws(FieldError) {
    metric = try Metric(rawValue: values[Self.metric]) ?? .resolution
    priority = try values[Self.priority]
    budgetSeconds = try values[Self.budgetSeconds]
    businessDays = try values[Self.businessDays]
    calendar = try values[Self.calendar]
    objective = try values[Self.objective]
    pauses = try values[Self.pauses]
  }

  package init(
    metric: Metric, priority: Int64, budgetSeconds: Int64? = nil, businessDays: Int64? = nil, calendar: PublicId, objective: Rate? = nil,
    pauses: Bool? = nil
  ) {
    self.metric = metric
    self.priority = priority
    self.budgetSeconds = budgetSeconds
    self.businessDays = businessDays
    self.calendar = calendar
    self.objective = objective
    self.pauses = pauses
  }

  /// Nil unless there is exactly one.
  var budget: Budget? {
    switch (budgetSeconds, businessDays) {
    case (let seconds?, nil): .seconds(seconds)
    case (nil, let days?): .businessDays(days)
    default: nil
    }
  }
}

package struct TargetOutput: OperationOutput {
  let calendar: PublicId
  let row: TargetsOfSlaVersions.Found

  init(_ row: TargetsOfSlaVersions.Found, in context: OperationContext) {
    calendar = context.id(.calendar, row.calendar)
    self.row = row
  }

  package static let fields: [OutputField<TargetOutput>] = [
    OutputField("metric", .text, "What is promised: response or resolution.", "指标：响应或解决。") { .text($0.row.metric) },
    OutputField("priority", .integer, "The priority that it is for.", "适用的优先级。") { .integer($0.row.priority) },
    OutputField("budgetSeconds", .integer, "The time it gives, in seconds of open time.", "时限，以开放时间的秒数计。") { .integer($0.row.budgetSeconds) },
    OutputField("businessDays", .integer, "Or: the end of the N-th business day.", "或：第 N 个工作日结束时。") { .integer($0.row.businessDays) },
    OutputField("calendar", .id, "The coverage calendar.", "服务时间日历。") { .id($0.calendar) },
    OutputField("calendarName", .text, "The calendar's name.", "日历名称。") { .text($0.row.calendarName) },
    OutputField("objective", .decimal, "The share of tickets that must meet it, in percent; null where none is agreed.", "须达标的工单比例（百分数）；未约定则为 null。") {
      $0.row.objective.map { .decimal($0.percent) } ?? .null
    },
    OutputField("pauses", .boolean, "Whether pending states stop the clock.", "挂起状态是否停止计时。") { .bool($0.row.pauses) },
  ]
}

/// An SLA in one of its versions.
package struct SlaOutput: OperationOutput {
  let id: PublicId
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
    OutputField("onlyFor", .id, "The one customer that it is for; null: any.", "仅供该客户使用；null 表示任何客户。") { .id($0.row.onlyFor) },
    OutputField("resolutionStopsAt", .text, "Where the resolution clock stops: resolved or closed.", "解决时钟停止于：resolved（已解决）或 closed（已关闭）。") {
      .text($0.row.resolutionStopsAt.rawValue)
    },
    OutputField("supplierWaitsPause", .boolean, "Whether waiting for a supplier stops the customer's clocks.", "等待供应商时是否暂停客户时钟。") {
      .bool($0.row.waits.supplierPauses)
    },
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
