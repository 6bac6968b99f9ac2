import Contracts
import Kernel
import Operations

/// How an entry comes to what is billed: which version of which calendar, which stretches, which rounding.
package enum ExplainTimeEntry: Operation {
  package typealias Input = TimeEntryReference

  package struct Stretch: OperationOutput {
    let stretch: TimeCounting.Stretch
    let calendar: PublicId?
    let calendarValidFrom: Instant?

    package static let fields: [OutputField<Stretch>] = [
      OutputField("from", .instant, "When it began; null: minutes on a day.", "开始时间；null 表示仅有分钟数。") { .instant($0.stretch.stretch.part.from) },
      OutputField("to", .instant, "When it ended.", "结束时间。") { .instant($0.stretch.stretch.part.to) },
      OutputField("minutes", .integer, "How long it is.", "时长（分钟）。") { .integer($0.stretch.stretch.part.minutes) },
      OutputField("billedMinutes", .integer, "Its share of what is billed.", "分摊的计费分钟数。") { .integer($0.stretch.stretch.billedMinutes) },
      OutputField(
        "situation", .text, "service_time, after_hours, or off_day: a day without service time.",
        "service_time（服务时间内）、after_hours（服务时间外）或 off_day（无服务时间的日期）。"
      ) { .text($0.stretch.stretch.part.situation.rawValue) },
      OutputField("rateClass", .text, "Its rate class.", "费率类别。") { .text($0.stretch.rateClassCode) },
      OutputField("calendar", .id, "The calendar that cut it; null: no coverage is agreed.", "所依据的日历；null 表示未约定服务时间。") { .id($0.calendar) },
      OutputField("calendarValidFrom", .instant, "The beginning of the calendar's version.", "日历版本的生效时间。") { .instant($0.calendarValidFrom) },
    ]
  }

  package struct Output: OperationOutput {
    let entry: TimeEntryOutput
    let rule: PublicId?
    let rounding: TimeRounding
    let stretches: [Stretch]
    let steps: [String]

    package static let fields: [OutputField<Output>] = [
      OutputField("entry", record: TimeEntryOutput.self, "The entry.", "工时。") { $0.entry },
      OutputField(
        "rule", .id, "The rule of the contract line; null: there is none, or the entry was approved by an older one.", "合同行的规则；null 表示没有，或批准时使用的是旧规则。"
      ) {
        .id($0.rule)
      },
      OutputField("stepMinutes", .integer, "Billed minutes are a multiple of it.", "计费分钟数的取整单位。") { .integer($0.rounding.step) },
      OutputField("minimumMinutes", .integer, "The least that an entry is billed with.", "每条工时的最低计费分钟数。") { .integer($0.rounding.minimum) },
      OutputField("stretches", listOf: Stretch.self, "The entry, cut where the coverage opens and closes.", "按服务时间划分的各段。") { $0.stretches },
      OutputField("steps", .list(.text), "The same in words.", "文字说明。") { .array($0.steps.map(Value.text)) },
    ]
  }

  package static let declaration = Declaration(
    "time_entry.explain", "Explain a time entry: by which calendar it is cut, which rate classes it has, and how it is rounded.",
    zh: "解释工时：按哪个日历划分、适用哪些费率类别、如何取整。", permission: TimeRights.read, roles: TimeRights.staff, reach: .oneAndProvider(by: "id"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let row = try await context.timeEntry(input.id)
    let (stretches, rounding, rule) = try await counted(row, context)
    let versions = Set(stretches.compactMap(\.stretch.part.version)).sorted()
    let calendars = versions.isEmpty ? [] : try await context.transaction.query(CalendarVersionsOfTime(versions: versions))
    let byVersion = Dictionary(calendars.map { ($0.version, $0) }) { first, _ in first }
    return Output(
      entry: TimeEntryOutput(row, provider: context.provider.handle), rule: rule, rounding: rounding,
      stretches: stretches.map { one in
        let calendar = one.stretch.part.version.flatMap { byVersion[$0] }
        return Stretch(
          stretch: one, calendar: calendar.map { context.id(.calendar, $0.calendar) }, calendarValidFrom: calendar?.validFrom)
      }, steps: TimeWords.steps(of: row, stretches, rounding, calendars, in: context.language))
  }

  /// As it was counted, or as it would be.
  private static func counted(
    _ row: TimeEntryRow, _ context: OperationContext
  ) async throws -> (stretches: [TimeCounting.Stretch], rounding: TimeRounding, rule: PublicId?) {
    let place = try await context.place(ticket: row.ticket?.id, line: row.line?.id)
    guard row.state == .approved else {
      let named = row.rateClass.flatMap { id in row.rateClassCode.map { (id: id, code: $0) } }
      let counting = try await context.counting(row.worked, billable: row.billable, rateClass: named, place)
      return (counting.stretches, counting.rounding, counting.rule.map { context.id(.timeRule, $0.publicId) })
    }
    let found = try await context.transaction.query(StretchesOfEntry(tenant: context.tenant.id, entry: row.id))
    var rule: TimeRuleRow?
    if let line = row.line {
      rule = try await context.transaction.first(TimeRuleAt(tenant: context.tenant.id, line: line.id, at: row.worked.beganAt))
    }
    return (
      found.map { TimeCounting.Stretch(stretch: $0.stretch, rateClassCode: $0.rateClassCode) }, row.rounding ?? .none,
      rule.flatMap { $0.id == row.rule ? context.id(.timeRule, $0.publicId) : nil }
    )
  }
}
