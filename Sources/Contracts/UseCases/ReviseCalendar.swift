import Kernel
import Operations
import ServiceTime

package enum ReviseCalendar: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let definition: Value?
    let stock: StockCalendar?
    let zone: String?
    let holidaySets: [PublicId]?
    let validFrom: Instant?

    private static let id = Field.id("id", .calendar, "The calendar.", "日历编号。")
    private static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。").change
    private static let holidaySets = Field<[PublicId]>.list(
      "holidaySets", of: Field.id("holidaySet", .holidaySet, "A holiday set.", "节假日集。"), count: 0...CalendarPlan.holidaySetLimit,
      "Its holiday sets (default: those that it has). Those that it has keep their revisions, others come in the newest. Without a definition the hours stay.",
      "节假日集（默认保留现有的集）；已有的集保留其修订，新增的集取最新修订。未给出日历定义时服务时段不变。"
    ).optional

    package static let fields: [any InputField] = [
      id, name, CreateCalendar.Input.definition, CreateCalendar.Input.stock, CreateCalendar.Input.zone, holidaySets,
      ContractsFields.validFrom,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      name = try values[Self.name]
      definition = try values[CreateCalendar.Input.definition]
      stock = try values[CreateCalendar.Input.stock].flatMap(StockCalendar.init(rawValue:))
      zone = try values[CreateCalendar.Input.zone]
      holidaySets = try values[Self.holidaySets]
      validFrom = try values[ContractsFields.validFrom]
    }
  }

  /// A calendar may be part of any customer's SLA, so only those who may act for all revise it.
  package static let declaration = Declaration(
    "calendar.revise", "Give a calendar a new version; clocks keep the time that they used and count the rest by it from when it holds.",
    zh: "为日历增加新版本；时钟保留已用时间，自新版本生效起按新版本计算剩余时间。",
    permission: "calendar.manage", roles: Rights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarOutput {
    guard let head = try await context.transaction.first(CalendarHead(publicId: input.id, customers: context.reachableCustomers)) else {
      throw Failure.notFound
    }
    try context.requireVersion(head.version)
    let validFrom = input.validFrom ?? context.now
    try CalendarRule.requireLater(validFrom, than: head.newestValidFrom, now: context.now, "calendar.withdraw")
    let plan = try await Self.plan(input, head, from: validFrom, in: context)
    let advanced = try await context.transaction.first(
      AdvanceCalendar(id: head.id, version: head.version, name: input.name.applied(to: head.name)))
    guard let version = advanced else { throw context.beaten }
    try await context.insertCalendarVersion(head.id, validFrom: validFrom, plan, published: head.published, onlyTenant: head.onlyTenant)
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "calendar", subject: head.id, seq: version, type: "calendar.revised",
        payload: .object(["calendar": .id(input.id), "validFrom": .instant(validFrom)]), occurredAt: context.now))
    guard let row = try await context.transaction.first(CalendarAt(customer: nil, publicId: input.id, at: validFrom, customers: nil)) else {
      throw Failure.notFound
    }
    return try await CalendarOutput.read(row, in: context)
  }

  private static func plan(
    _ input: Input, _ head: CalendarHead.Head, from validFrom: Instant, in context: OperationContext
  ) async throws -> CalendarPlan {
    let keepsHours = input.definition == nil && input.stock == nil && input.zone == nil && input.holidaySets != nil
    let own =
      keepsHours
      ? try CalendarDefinition(head.own)
      : try CalendarRule.definition(input.definition, stock: input.stock, zone: input.zone, now: validFrom)
    // What the calendar has stays in the revision that it was made from: holiday_set.roll_out moves it, and shows before what that does.
    let pinned = try await context.transaction.query(HolidaysOfCalendars(calendarVersions: [head.newestVersion])).map(\.row)
    let holidays: [(version: Int64, days: HolidaySet)]
    if let sets = input.holidaySets {
      holidays = try await context.holidays(sets, for: head.onlyTenant, pinned: pinned, "holidaySets")
    } else {
      holidays = try pinned.map { (version: $0.versionId, days: try $0.holidaySet()) }
    }
    try CalendarRule.requireOpening(own, after: validFrom, "validFrom")
    return try CalendarPlan(own: own, holidays: holidays)
  }
}
