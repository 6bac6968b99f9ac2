import Kernel
import Operations
import ServiceTime

/// A name in one language or two.
package struct HolidayName: OperationInput {
  let names: [Language: String]

  private static let english = Field.text("en", 1...200, "In English.", "英文名称。").optional
  private static let chinese = Field.text("zh-Hans", 1...200, "In Chinese.", "中文名称。").optional

  package static let fields: [any InputField] = [english, chinese]

  package init(_ values: InputValues) throws(FieldError) {
    var names: [Language: String] = [:]
    names[.english] = try values[Self.english]
    names[.chinese] = try values[Self.chinese]
    self.names = names
  }

}

package struct HolidayNameOutput: OperationOutput {
  let names: [Language: String]

  package static let fields: [OutputField<HolidayNameOutput>] = [
    OutputField("en", .text, "In English.", "英文名称。") { .text($0.names[.english]) },
    OutputField("zh-Hans", .text, "In Chinese.", "中文名称。") { .text($0.names[.chinese]) },
  ]
}

/// One day of a holiday set as it is asked for.
package struct HolidayInput: OperationInput {
  let date: CalendarDate
  let name: [Language: String]
  let open: [[String]]
  let closedFrom: String?

  private static let date = Field.date("date", "The day.", "日期。")
  private static let name = Field<HolidayName>.object("name", "What the day is called, in one language or two.", "名称，可用一种或两种语言。").optional
  private static let open = Field<[[String]]>.list(
    "open", of: Field<[String]>.list("opening", of: Field.text("time", 5...5, "HH:MM.", "时刻 HH:MM。"), count: 2...2, "From and to.", "起止时间。"), count: 0...24,
    "What may stay open on the day, [[\"09:00\", \"12:00\"]]; left out: nothing, it is closed all day.", "当日仍可开放的时段，如 [[\"09:00\", \"12:00\"]]；不填表示全天关闭。"
  ).optional
  private static let closedFrom = Field.text(
    "closedFrom", 5...5, "Instead of open: the time from which it is closed, such as 12:00.", "代替 open：自该时刻起关闭，例如 12:00。"
  ).optional

  package static let fields: [any InputField] = [date, name, open, closedFrom]

  package init(_ values: InputValues) throws(FieldError) {
    date = try values[Self.date]
    name = try values[Self.name]?.names ?? [:]
    open = try values[Self.open] ?? []
    closedFrom = try values[Self.closedFrom]
  }
}

/// The fields that say which days a holiday set has.
struct HolidayDaysInput: Sendable {
  let days: [HolidayInput]?
  let ics: String?
  let firstYear: Int64?
  let lastYear: Int64?
  let language: Language
  let skip: [String]

  private static let days = Field<[HolidayInput]>.list(
    "days", of: Field<HolidayInput>.object("day", "A day.", "一天。"), count: 0...CalendarDefinition.exceptionLimit, "The days, each date once.", "日期列表，每个日期至多一次。"
  ).optional
  private static let ics = Field.longText(
    "ics", 1...500_000, "Instead of days: the text of an iCalendar file (.ics) with whole-day events.", "代替 days：含全天事件的 iCalendar 文件（.ics）内容。"
  ).optional
  private static let firstYear = Field.integer("firstYear", 1970...9999, "The first year to read from the file.", "从文件读取的起始年份。").optional
  private static let lastYear = Field.integer("lastYear", 1970...9999, "The last year to read from the file, at most 50 years.", "从文件读取的终止年份，最多 50 年。").optional
  private static let language = Field.oneOf(
    "language", Language.allCases.map(\.rawValue), "The language of the names in the file (default en).", "文件中名称的语言（默认 en）。"
  ).optional
  private static let skip = Field<[String]>.list(
    "skip", of: Field.text("name", 1...200, "A name.", "名称。"), count: 0...200, "Names of events in the file that are no holidays.", "文件中不作为节假日的事件名称。"
  ).optional

  static let fields: [any InputField] = [days, ics, firstYear, lastYear, language, skip]

  init(_ values: InputValues) throws(FieldError) {
    days = try values[Self.days]
    ics = try values[Self.ics]
    firstYear = try values[Self.firstYear]
    lastYear = try values[Self.lastYear]
    language = try values[Self.language].flatMap(Language.init(rawValue:)) ?? .english
    skip = try values[Self.skip] ?? []
  }

  var isEmpty: Bool { days == nil && ics == nil }
}

package enum HolidaySetFields: NamesRecord {
  package static let id = Field.id("id", .holidaySet, "The holiday set.", "节假日集编号。")
  static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。")
  static let region = Field.text(
    "region", 2...10, "The country or region that it is of, as ISO 3166 names it: DE, DE-BY.", "所属国家或地区（ISO 3166）：DE、DE-BY。")
}

/// A day of a holiday set.
package struct HolidayOutput: OperationOutput {
  let day: CalendarDefinition.Exception

  package static let fields: [OutputField<HolidayOutput>] = [
    OutputField("date", .date, "The day.", "日期。") { .date($0.day.date) },
    OutputField("name", record: HolidayNameOutput.self, "What the day is called.", "名称。") { HolidayNameOutput(names: $0.day.name) },
    OutputField("open", .list(.list(.text)), "What may stay open; empty: closed all day.", "仍可开放的时段；空表示全天关闭。") { .array($0.day.openings.map(\.value)) },
  ]
}

/// A holiday set in one of its revisions, with its days.
package struct HolidaySetOutput: OperationOutput {
  let id: PublicId
  let row: HolidaySetRow
  let days: HolidaySet

  init(_ row: HolidaySetRow, in context: OperationContext) throws {
    id = context.id(.holidaySet, row.publicId)
    self.row = row
    days = try row.holidaySet()
  }

  package static let fields: [OutputField<HolidaySetOutput>] =
    HolidaySetSummary.common { ($0.id, $0.row) } + [
      OutputField("days", listOf: HolidayOutput.self, "Its days, by date.", "日期列表，按日期排序。") { $0.days.days.map { HolidayOutput(day: $0) } }
    ]
}

/// A holiday set as a line of a list, or pinned by a calendar.
package struct HolidaySetSummary: OperationOutput {
  let id: PublicId
  let row: HolidaySetRow

  init(_ row: HolidaySetRow, in context: OperationContext) {
    id = context.id(.holidaySet, row.publicId)
    self.row = row
  }

  package static let fields: [OutputField<HolidaySetSummary>] = common { ($0.id, $0.row) }

  static func common<Record>(_ parts: @escaping @Sendable (Record) -> (id: PublicId, row: HolidaySetRow)) -> [OutputField<Record>] {
    [
      OutputField("id", .id, "The holiday set.", "节假日集编号。") { .id(parts($0).id) },
      OutputField("name", .text, "Its name.", "名称。") { .text(parts($0).row.name) },
      OutputField("region", .text, "The country or region that it is of.", "所属国家或地区。") { .text(parts($0).row.region) },
      OutputField("number", .integer, "The revision, from 1.", "修订号，从 1 开始。") { .integer(parts($0).row.number) },
      OutputField("onlyFor", .id, "The one customer that it is for; null: any.", "仅供该客户使用；null 表示任何客户。") { .id(parts($0).row.onlyFor) },
      OutputField("source", .text, "Where its days come from: dates or ics.", "日期来源：dates 或 ics。") { .text(parts($0).row.source) },
      OutputField("recordedAt", .instant, "When this revision was recorded.", "此修订的登记时间。") { .instant(parts($0).row.recordedAt) },
      OutputField("version", .integer, "For If-Match; it rises with every change.", "用于 If-Match 的版本号，每次变更递增。") { .integer(parts($0).row.version) },
    ]
  }
}

extension OperationContext {
  /// A holiday set in its newest revision, or in the one of that number.
  func holidaySet(_ id: PublicId, number: Int64? = nil) async throws -> HolidaySetRow {
    guard let row = try await transaction.first(HolidaySetsOfIds(publicIds: [id], number: number, customers: reachableCustomers)) else {
      throw Failure.notFound
    }
    return row
  }

  /// The newest revisions of the holiday sets that a body names, in its order.
  /// - Parameters:
  ///   - customer: the one that the calendar is for; nil: any. What is for one customer alone closes no other's calendar.
  ///   - pinned: the sets that the calendar has, in the revisions in which they stay.
  func holidays(
    _ ids: [PublicId], for customer: TenantId?, pinned: [HolidaySetRow] = [], _ path: String
  ) async throws -> [(version: Int64, days: HolidaySet)] {
    try await holidays(ids, pinned: pinned, path) { $0 == nil || $0 == customer }
  }

  /// The same, of sets whose customers `mayUse` lets through.
  func holidays(
    _ ids: [PublicId], pinned: [HolidaySetRow] = [], _ path: String, mayUse: (TenantId?) -> Bool
  ) async throws -> [(version: Int64, days: HolidaySet)] {
    guard !ids.isEmpty else { return [] }
    let rows = try await transaction.query(HolidaySetsOfIds(publicIds: ids, number: nil, customers: reachableCustomers))
    let byId = Dictionary(rows.map { (id(.holidaySet, $0.publicId), $0) }) { first, _ in first }
    var found: [(version: Int64, days: HolidaySet)] = []
    for (index, id) in ids.enumerated() {
      guard let newest = byId[id] else { throw unknownReference("\(path)[\(index)]") }
      let row = pinned.first { $0.id == newest.id } ?? newest
      guard mayUse(row.onlyTenant) else { throw Failure.invalid("\(path)[\(index)]", HolidaySetMessages.otherCustomer) }
      if !found.contains(where: { $0.version == row.versionId }) { found.append((row.versionId, try row.holidaySet())) }
    }
    return found
  }

  /// Stores a calendar's version with what it was made from.
  func insertCalendarVersion(_ calendar: Int64, validFrom: Instant, _ plan: CalendarPlan, published: Bool, onlyTenant: TenantId?) async throws {
    guard !plan.holidays.isEmpty else {
      transaction.enqueue(
        InsertCalendarVersion(
          calendar: calendar, validFrom: validFrom, definition: plan.definition.value, published: published, onlyTenant: onlyTenant, now: now))
      return
    }
    let inserted = try await transaction.first(
      InsertCalendarVersionWithHolidays(
        calendar: calendar, validFrom: validFrom, plan: plan, published: published, onlyTenant: onlyTenant, now: now))
    guard let version = inserted else { throw Failure.notFound }
    transaction.enqueue(InsertCalendarVersionHolidays(calendarVersion: version, holidaySetVersions: plan.holidays))
  }
}
