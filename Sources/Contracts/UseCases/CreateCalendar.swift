import Kernel
import Operations

package enum CreateCalendar: Operation {
  package struct Input: OperationInput {
    let name: String
    let definition: Value?
    let stock: StockCalendar?
    let zone: String?
    let holidaySets: [PublicId]
    let published: Bool
    let onlyFor: PublicId?

    private static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。")
    static let definition = Field.document(
      "definition", "Zone, openings by weekday, dated exceptions: {\"zone\": ..., \"week\": {\"mon\": [[\"09:00\", \"17:00\"]]}, \"exceptions\": [...]}.",
      "时区、每周服务时段及例外日期：{\"zone\": ..., \"week\": {\"mon\": [[\"09:00\", \"17:00\"]]}, \"exceptions\": [...]}。"
    ).optional
    static let stock = Field.oneOf(
      "stock", StockCalendar.allCases.map(\.rawValue), "A stock shape instead of a definition; it needs a zone.", "标准服务时段，可代替日历定义，须同时给出时区。"
    ).optional
    static let zone = Field.text("zone", 1...64, "The IANA zone of the stock shape.", "标准服务时段的 IANA 时区。").optional
    static let holidaySets = Field<[PublicId]>.list(
      "holidaySets", of: Field.id("holidaySet", .holidaySet, "A holiday set.", "节假日集。"), count: 0...CalendarPlan.holidaySetLimit,
      "Holiday sets whose days close it, in their newest revisions; on a date of several sets only what all leave open is open.",
      "关闭该日历的节假日集（取最新修订）；同一日期出现在多个集中时，仅保留各集均开放的时段。"
    ).optional
    private static let published = Field.boolean("published", "Whether customers may read it (default true).", "客户是否可见（默认是）。").optional

    package static let fields: [any InputField] = [name, definition, stock, zone, holidaySets, published, ContractsFields.onlyFor]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.name]
      definition = try values[Self.definition]
      stock = try values[Self.stock].flatMap(StockCalendar.init(rawValue:))
      zone = try values[Self.zone]
      holidaySets = try values[Self.holidaySets] ?? []
      published = try values[Self.published] ?? true
      onlyFor = try values[ContractsFields.onlyFor]
    }
  }

  package static let declaration = Declaration(
    "calendar.create", "Make a coverage calendar.", zh: "新建服务时间日历。", permission: "calendar.manage", roles: Rights.managers, reach: .provider,
    effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarOutput {
    let own = try CalendarRule.definition(input.definition, stock: input.stock, zone: input.zone, now: context.now)
    let onlyTenant = try await context.customer(input.onlyFor, "onlyFor")
    let plan = try CalendarPlan(own: own, holidays: try await context.holidays(input.holidaySets, for: onlyTenant, "holidaySets"))
    let id = context.newId(.calendar)
    let inserted = try await context.transaction.first(
      InsertCalendar(publicId: id, name: input.name, published: input.published, onlyTenant: onlyTenant, now: context.now))
    guard let calendar = inserted else { throw Failure.notFound }
    try await context.insertCalendarVersion(calendar, validFrom: .beginning, plan, published: input.published, onlyTenant: onlyTenant)
    context.subject(id)
    context.record(
      Event(
        subjectKind: "calendar", subject: calendar, seq: 1, type: "calendar.created", payload: .object(["calendar": .id(id)]), occurredAt: context.now))
    guard let row = try await context.transaction.first(CalendarAt(customer: nil, publicId: id, at: context.now, customers: nil)) else {
      throw Failure.notFound
    }
    return try await CalendarOutput.read(row, in: context)
  }
}
