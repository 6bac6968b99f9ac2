import Kernel
import Operations
import ServiceTime

package enum CreateHolidaySet: Operation {
  package struct Input: OperationInput {
    let name: String
    let region: String?
    let onlyFor: PublicId?
    let days: HolidayDaysInput

    package static let fields: [any InputField] =
      [HolidaySetFields.name, HolidaySetFields.region.optional, ContractsFields.onlyFor] + HolidayDaysInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[HolidaySetFields.name]
      region = try values[HolidaySetFields.region.optional]
      onlyFor = try values[ContractsFields.onlyFor]
      days = try HolidayDaysInput(values)
    }
  }

  package static let declaration = Declaration(
    "holiday_set.create", "Make a holiday set from dated days or an iCalendar file.", zh: "由日期列表或 iCalendar 文件新建节假日集。", permission: "calendar.manage",
    roles: Rights.managers, reach: .provider, effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HolidaySetOutput {
    let (days, source) = try HolidaySetRule.days(input.days)
    let onlyTenant = try await context.customer(input.onlyFor, "onlyFor")
    let id = context.newId(.holidaySet)
    let inserted = try await context.transaction.first(
      InsertHolidaySet(publicId: id, name: input.name, region: input.region, onlyTenant: onlyTenant, now: context.now))
    guard let holidaySet = inserted else { throw Failure.notFound }
    context.transaction.enqueue(InsertHolidaySetVersion(holidaySet: holidaySet, number: 1, days: days, source: source, now: context.now))
    context.subject(id)
    context.record(
      Event(
        subjectKind: "holiday_set", subject: holidaySet, seq: 1, type: "holiday_set.created", payload: .object(["holidaySet": .id(id)]),
        occurredAt: context.now))
    return try HolidaySetOutput(try await context.holidaySet(id), in: context)
  }
}

package enum ReviseHolidaySet: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let region: Change<String>
    let days: HolidayDaysInput

    package static let fields: [any InputField] =
      [HolidaySetFields.id, HolidaySetFields.name.change, HolidaySetFields.region.clearable] + HolidayDaysInput.fields

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[HolidaySetFields.id]
      name = try values[HolidaySetFields.name.change]
      region = try values[HolidaySetFields.region.clearable]
      days = try HolidayDaysInput(values)
    }
  }

  /// Calendars of any customer may use a set, so only those who may act for all revise it.
  package static let declaration = Declaration(
    "holiday_set.revise", "Give a holiday set new days, name or region; calendars follow only when the revision is rolled out.",
    zh: "修订节假日集的日期、名称或地区；发布修订后日历才会采用。", permission: "calendar.manage", roles: Rights.managers, scopes: [.all], reach: .provider, effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HolidaySetOutput {
    guard !(input.name.isKeep && input.region.isKeep && input.days.isEmpty) else { throw Failure.invalid("", ContractsMessages.nothingToChange) }
    let row = try await context.holidaySet(input.id)
    try context.requireVersion(row.version)
    let advanced = try await context.transaction.first(
      AdvanceHolidaySet(
        id: row.id, version: row.version, name: input.name.applied(to: row.name), region: input.region.applied(to: row.region)))
    guard let version = advanced else { throw context.beaten }
    if !input.days.isEmpty {
      let (days, source) = try HolidaySetRule.days(input.days)
      let before = try row.holidaySet()
      // The same days once more are no revision.
      if days != before {
        context.transaction.enqueue(
          InsertHolidaySetVersion(holidaySet: row.id, number: row.number + 1, days: days, source: source, now: context.now))
      }
    }
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "holiday_set", subject: row.id, seq: version, type: "holiday_set.revised", payload: .object(["holidaySet": .id(input.id)]),
        occurredAt: context.now))
    return try HolidaySetOutput(try await context.holidaySet(input.id), in: context)
  }
}

package enum ReadHolidaySet: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let number: Int64?

    private static let number = Field.integer("number", 1...1_000_000, "The revision (default: the newest).", "修订号（默认最新）。").optional

    package static let fields: [any InputField] = [HolidaySetFields.id, number]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[HolidaySetFields.id]
      number = try values[Self.number]
    }
  }

  package static let declaration = Declaration(
    "holiday_set.read", "Read a holiday set with its days.", zh: "查看节假日集及其日期。", roles: Rights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> HolidaySetOutput {
    try HolidaySetOutput(try await context.holidaySet(input.id, number: input.number), in: context)
  }
}

package enum ListHolidaySets: Operation {
  package struct Input: OperationInput {
    let region: String?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [HolidaySetFields.region.optional, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      region = try values[HolidaySetFields.region.optional]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "holiday_set.list", "List the holiday sets by name.", zh: "按名称列出节假日集。", permission: "holiday_set.read", roles: Rights.staff, reach: .provider,
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<HolidaySetSummary> {
    let filter = input.region ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      HolidaySetsByName(
        region: input.region, customers: context.reachableCustomers, afterName: try after?.text(0) ?? "", afterId: try after?.integer(1) ?? 0,
        limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.text(row.name), .integer(row.id)])
    } element: { row in
      HolidaySetSummary(row, in: context)
    }
  }
}
