import Kernel
import Operations
import ServiceTime

/// A calendar whose newest version was made from an older revision of a holiday set, and what following would change.
package struct CalendarBehind: OperationOutput {
  let calendar: PublicId
  let name: String
  let number: Int64
  let difference: HolidaySet.Difference
  let validFrom: Instant

  package static let fields: [OutputField<CalendarBehind>] = [
    OutputField("calendar", .id, "The calendar.", "日历编号。") { .id($0.calendar) },
    OutputField("name", .text, "Its name.", "名称。") { .text($0.name) },
    OutputField("number", .integer, "The revision of the holiday set that it was made from.", "该日历所采用的节假日集修订号。") { .integer($0.number) },
    OutputField("added", .list(.date), "Days that the newest revision adds.", "最新修订新增的日期。") { .array($0.difference.added.map { .date($0) }) },
    OutputField("removed", .list(.date), "Days that it no longer has.", "最新修订移除的日期。") { .array($0.difference.removed.map { .date($0) }) },
    OutputField("changed", .list(.date), "Days with other names or hours.", "名称或时段有变化的日期。") { .array($0.difference.changed.map { .date($0) }) },
    OutputField("validFrom", .instant, "From when the calendar's newest version holds; the next one must begin later.", "该日历最新版本的生效时间，新版本须晚于此时间。") {
      .instant($0.validFrom)
    },
  ]
}

/// What calendars a revision is due in, or went into.
package struct CalendarsBehind: OperationOutput {
  let holidaySet: HolidaySetSummary
  let calendars: [CalendarBehind]
  let hasMore: Bool

  package static let fields: [OutputField<CalendarsBehind>] = [
    OutputField("id", .id, "The holiday set.", "节假日集编号。") { .id($0.holidaySet.id) },
    OutputField("number", .integer, "Its newest revision.", "最新修订号。") { .integer($0.holidaySet.row.number) },
    OutputField("calendars", listOf: CalendarBehind.self, "The calendars, by name.", "日历，按名称排序。") { $0.calendars },
    OutputField("hasMore", .boolean, "Whether there are more than one call takes.", "是否还有更多日历待处理。") { .bool($0.hasMore) },
    OutputField("version", .integer, "Of the holiday set, for If-Match.", "节假日集的版本号，用于 If-Match。") { .integer($0.holidaySet.row.version) },
  ]

  /// As many calendars as one call gives a new version.
  static let limit: Int64 = 200
}

/// Shows what ``RollOutHolidaySet`` would do.
package enum HolidaySetDue: Operation {
  package typealias Input = ReferenceInput<HolidaySetFields>

  package static let declaration = Declaration(
    "holiday_set.due", "The calendars that do not follow a holiday set's newest revision yet, and what would change in each.",
    zh: "列出尚未采用节假日集最新修订的日历及其将发生的变化。", permission: "holiday_set.read", roles: Rights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarsBehind {
    let row = try await context.holidaySet(input.id)
    let found = try await context.transaction.query(
      CalendarsBehindHolidaySet(holidaySet: row.id, newest: row.number, customers: context.reachableCustomers, limit: CalendarsBehind.limit + 1))
    return try context.behind(row, found)
  }
}

/// Gives each calendar that uses a holiday set a new version with the set's newest revision.
package enum RollOutHolidaySet: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let calendars: [PublicId]?
    let validFrom: Instant?

    private static let calendars = Field<[PublicId]>.list(
      "calendars", of: Field.id("calendar", .calendar, "A calendar.", "日历。"), count: 1...200, "Only these calendars (default: all that are due).",
      "仅限这些日历（默认全部待处理的日历）。"
    ).optional

    package static let fields: [any InputField] = [HolidaySetFields.id, calendars, ContractsFields.validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[HolidaySetFields.id]
      calendars = try values[Self.calendars]
      validFrom = try values[ContractsFields.validFrom]
    }
  }

  package static let declaration = Declaration(
    "holiday_set.roll_out", "Give the calendars that use a holiday set a new version with its newest revision; holiday_set.due shows it before.",
    zh: "为使用该节假日集的日历按最新修订生成新版本；可先用 holiday_set.due 预览。", permission: "calendar.manage", roles: Rights.managers, scopes: [.all],
    reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarsBehind {
    let row = try await context.holidaySet(input.id)
    try context.requireVersion(row.version)
    let advanced = try await context.transaction.first(AdvanceHolidaySet(id: row.id, version: row.version, name: row.name, region: row.region))
    guard let version = advanced else { throw context.beaten }
    let due = try await context.transaction.query(
      CalendarsBehindHolidaySet(
        holidaySet: row.id, newest: row.number, customers: context.reachableCustomers, only: input.calendars ?? [], limit: CalendarsBehind.limit + 1))
    if let only = input.calendars {
      let known = Set(due.map { context.id(.calendar, $0.publicId) })
      if let index = only.firstIndex(where: { !known.contains($0) }) { throw Failure.invalid("calendars[\(index)]", HolidaySetMessages.notDue) }
    }
    guard !due.isEmpty else { throw Failure(.conflict, HolidaySetMessages.nothingDue) }
    let taken = Array(due.prefix(Int(CalendarsBehind.limit)))
    try await follow(row, taken, from: input.validFrom ?? context.now, in: context)
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "holiday_set", subject: row.id, seq: version, type: "holiday_set.rolled_out",
        payload: .object(["holidaySet": .id(input.id), "calendars": .array(taken.map { .id(context.id(.calendar, $0.publicId)) })]),
        occurredAt: context.now))
    let output = try context.behind(try await context.holidaySet(input.id), taken)
    return CalendarsBehind(holidaySet: output.holidaySet, calendars: output.calendars, hasMore: due.count > taken.count)
  }

  private static func follow(
    _ row: HolidaySetRow, _ calendars: [CalendarsBehindHolidaySet.Found], from validFrom: Instant, in context: OperationContext
  ) async throws {
    let pinned = try await context.transaction.query(HolidaysOfCalendars(calendarVersions: calendars.map(\.head.newestVersion)))
    for calendar in calendars {
      let head = calendar.head
      guard validFrom > head.newestValidFrom else {
        throw Failure.invalid(
          "validFrom", HolidaySetMessages.calendarNotLater, ["calendar": head.name, "newest": head.newestValidFrom.description])
      }
      // The other sets of the calendar stay in the revision that it was made from.
      let holidays = try pinned.filter { $0.calendarVersion == head.newestVersion }.map { found in
        let next = found.row.id == row.id ? row : found.row
        return (version: next.versionId, days: try next.holidaySet())
      }
      let plan = try CalendarPlan(own: try CalendarDefinition(head.own), holidays: holidays)
      guard let version = try await context.transaction.first(AdvanceCalendar(id: head.id, version: head.version, name: head.name)) else {
        throw context.beaten
      }
      try await context.insertCalendarVersion(head.id, validFrom: validFrom, plan, published: head.published, onlyTenant: head.onlyTenant)
      context.record(
        Event(
          subjectKind: "calendar", subject: head.id, seq: version, type: "calendar.revised",
          payload: .object(["calendar": .id(context.id(.calendar, calendar.publicId)), "validFrom": .instant(validFrom)]), occurredAt: context.now))
    }
  }
}

extension OperationContext {
  fileprivate func behind(_ row: HolidaySetRow, _ found: [CalendarsBehindHolidaySet.Found]) throws -> CalendarsBehind {
    let newest = try row.holidaySet()
    let calendars = try found.prefix(Int(CalendarsBehind.limit)).map { found in
      CalendarBehind(
        calendar: id(.calendar, found.publicId), name: found.head.name, number: found.number,
        difference: newest.difference(from: try HolidaySet(found.days)), validFrom: found.head.newestValidFrom)
    }
    return CalendarsBehind(holidaySet: HolidaySetSummary(row, in: self), calendars: calendars, hasMore: found.count > calendars.count)
  }
}
