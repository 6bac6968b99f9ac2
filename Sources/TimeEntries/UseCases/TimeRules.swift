import Contracts
import Kernel
import Operations

package struct TimeRuleOutput: OperationOutput {
  let id: PublicId
  let line: PublicId
  let calendar: PublicId?
  let row: TimeRuleRow

  init(_ row: TimeRuleRow, in context: OperationContext) {
    id = context.id(.timeRule, row.publicId)
    line = context.id(.contractLine, row.line)
    calendar = row.calendarPublicId.map { context.id(.calendar, $0) }
    self.row = row
  }

  package static let fields: [OutputField<TimeRuleOutput>] = [
    OutputField("id", .id, "The rule.", "规则编号。") { .id($0.id) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("validFrom", .instant, "From when on it holds, for work that begins then or later.", "生效时间（适用于此后开始的工作）。") { .instant($0.row.validFrom) },
    OutputField("calendar", .id, "The coverage that cuts it; null: the one that the SLA's clocks count by.", "划分所用的服务时间；null 表示 SLA 时钟所用者。") {
      .id($0.calendar)
    },
    OutputField("stepMinutes", .integer, "Billed minutes are a multiple of it.", "计费分钟数的取整单位。") { .integer($0.row.rounding.step) },
    OutputField("minimumMinutes", .integer, "The least that an entry is billed with.", "每条工时的最低计费分钟数。") { .integer($0.row.rounding.minimum) },
    OutputField("billable", .boolean, "Whether time is billed; null: as the work type says.", "是否计费；null 表示按工作类型。") { .bool($0.row.billable) },
    OutputField("customerSees", .boolean, "Whether the customer sees what was approved.", "客户是否可见已批准的工时。") { .bool($0.row.customerSees) },
    OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.row.recordedAt) },
  ]
}

private enum TimeRuleFields {
  static let line = Field.id("line", .contractLine, "The contract line.", "合同行。")
}

package enum AddTimeRule: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let validFrom: Instant?
    let calendar: PublicId?
    let rounding: TimeRounding
    let billable: Bool?
    let customerSees: Bool

    private static let validFrom = Field.instant(
      "validFrom", "From when on it holds, for work that begins then or later (default now).", "生效时间，适用于此后开始的工作（默认当前时刻）。"
    ).optional
    private static let calendar = Field.id(
      "calendar", .calendar, "The coverage that cuts work (default: the one that the SLA's clocks count by).", "划分工时所用的服务时间（默认 SLA 时钟所用者）。"
    ).optional
    private static let step = Field.integer("stepMinutes", 1...480, "Billed minutes are rounded up to it (default 1: not at all).", "计费分钟数向上取整的单位（默认 1，即不取整）。")
      .optional
    private static let minimum = Field.integer("minimumMinutes", 0...1440, "The least that an entry is billed with (default 0).", "每条工时的最低计费分钟数（默认 0）。")
      .optional
    private static let billable = Field.boolean("billable", "Whether time is billed (default: as the work type says).", "是否计费（默认按工作类型）。").optional
    private static let customerSees = Field.boolean(
      "customerSees", "Whether the customer sees what is approved: day, work type, minutes and the text for the invoice (default no).",
      "客户是否可见已批准的工时：日期、工作类型、分钟数与发票文字（默认否）。"
    ).optional

    package static let fields: [any InputField] = [TimeRuleFields.line, validFrom, calendar, step, minimum, billable, customerSees]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[TimeRuleFields.line]
      validFrom = try values[Self.validFrom]
      calendar = try values[Self.calendar]
      rounding = TimeRounding(step: try values[Self.step] ?? 1, minimum: try values[Self.minimum] ?? 0)
      billable = try values[Self.billable]
      customerSees = try values[Self.customerSees] ?? false
    }
  }

  package static let declaration = Declaration(
    "time_rule.add", "Say how time on a contract line is counted from a moment on; what was approved stays as it is.", zh: "规定合同行的工时自某时刻起如何计算；已批准的不变。",
    permission: "time_rule.manage", roles: TimeRights.managers, reach: .one(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> TimeRuleOutput {
    let line = try await context.lineOfTime(input.line)
    var calendar: Int64?
    if let given = input.calendar {
      guard let found = try await context.transaction.first(CalendarForTime(tenant: context.tenant.id, publicId: given)) else {
        throw context.unknownReference("calendar")
      }
      calendar = found
    }
    let id = context.newId(.timeRule)
    let inserted = try await context.transaction.first(
      InsertTimeRule(
        tenant: context.tenant.id, publicId: id, line: line, validFrom: input.validFrom ?? context.now, calendar: calendar, rounding: input.rounding,
        billable: input.billable, customerSees: input.customerSees, actor: context.actor, actorName: context.principal.name, now: context.now))
    guard let row = inserted else { throw context.beaten }
    context.noteTime("time_rule", row, 1, "time_rule.added", id)
    context.subject(id)
    guard let rule = try await context.transaction.first(TimeRuleByPublicId(tenant: context.tenant.id, publicId: id)) else { throw Failure.notFound }
    return TimeRuleOutput(rule, in: context)
  }
}

package enum ListTimeRules: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [TimeRuleFields.line, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[TimeRuleFields.line]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "time_rule.list", "List the rules by which time on a contract line is counted, the one that begins last first.", zh: "列出合同行的工时规则，最晚生效的在前。",
    permission: "time_rule.read", roles: TimeRights.staff, reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TimeRuleOutput> {
    let filter = input.line.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let line = try await context.lineOfTime(input.line)
    let rows = try await context.transaction.query(
      TimeRulesOfLine(
        tenant: context.tenant.id, line: line, before: try after?.instant(0) ?? Instant(microseconds: .max), limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.validFrom.microseconds)])
    } element: { row in
      TimeRuleOutput(row, in: context)
    }
  }
}

extension OperationContext {
  fileprivate func lineOfTime(_ id: PublicId) async throws -> Int64 {
    guard let line = try await transaction.first(LineByPublicId(tenant: tenant.id, publicId: id)) else { throw unknownReference("line") }
    return line
  }
}
