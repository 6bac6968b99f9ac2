import Kernel
import Operations

/// A calendar in one of its versions.
package struct CalendarOutput: OperationOutput {
  let id: PublicId
  let row: CalendarRow
  let holidaySets: [HolidaySetSummary]

  package static let fields: [OutputField<CalendarOutput>] =
    CalendarSummary.common { ($0.id, $0.row) } + [
      OutputField("definition", .document, "Zone, openings by weekday, dated exceptions, with the days of its holiday sets.", "时区、每周服务时段及例外日期（含节假日集的日期）。") {
        $0.row.definition
      },
      OutputField(
        "ownDefinition", .document, "The same without the days of its holiday sets: what a revision of the calendar itself begins from.",
        "不含节假日集日期的定义，即修订日历本身时的起点。"
      ) { $0.row.own ?? $0.row.definition },
      OutputField("holidaySets", listOf: HolidaySetSummary.self, "The revisions of holiday sets that it was made from; staff only.", "所采用的节假日集修订（仅服务商人员可见）。") {
        $0.holidaySets
      },
    ]

  /// With the holiday sets, which row security shows to staff only.
  static func read(_ row: CalendarRow, in context: OperationContext) async throws -> CalendarOutput {
    let pinned = try await context.transaction.query(HolidaysOfCalendars(calendarVersions: [row.versionId]))
    return CalendarOutput(id: context.id(.calendar, row.publicId), row: row, holidaySets: pinned.map { HolidaySetSummary($0.row, in: context) })
  }
}

package struct CalendarSummary: OperationOutput {
  let id: PublicId
  let row: CalendarRow

  package static let fields: [OutputField<CalendarSummary>] = common { ($0.id, $0.row) }

  static func common<Record>(_ parts: @escaping @Sendable (Record) -> (id: PublicId, row: CalendarRow)) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The calendar.", "日历编号。") { .id(parts($0).id) },
      OutputField("name", .text, "Its name.", "名称。") { .text(parts($0).row.name) },
      OutputField("zone", .text, "The IANA zone of its openings.", "服务时段所用的 IANA 时区。") { parts($0).row.definition["zone"] ?? .null },
      OutputField("published", .boolean, "Whether customers may read it.", "客户是否可见。") { .bool(parts($0).row.published) },
      OutputField("onlyFor", .id, "The one customer that it is for; null: any.", "仅供该客户使用；null 表示任何客户。") { .id(parts($0).row.onlyFor) },
      OutputField("validFrom", .instant, "From when this version holds.", "此版本自何时起生效。") { .instant(parts($0).row.validFrom) },
      OutputField("recordedAt", .instant, "When this version was recorded.", "此版本的登记时间。") { .instant(parts($0).row.recordedAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(parts($0).row.version) },
    ]
  }
}
