import Kernel
import Operations

package enum CreateCalendar: Operation {
  package struct Input: OperationInput {
    let name: String
    let definition: Value?
    let stock: StockCalendar?
    let zone: String?
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
    private static let published = Field.boolean("published", "Whether customers may read it (default true).", "客户是否可见（默认是）。").optional

    package static let fields: [any InputField] = [name, definition, stock, zone, published, ContractsFields.onlyFor]

    package init(_ values: InputValues) throws(FieldError) {
      name = try values[Self.name]
      definition = try values[Self.definition]
      stock = try values[Self.stock].flatMap(StockCalendar.init(rawValue:))
      zone = try values[Self.zone]
      published = try values[Self.published] ?? true
      onlyFor = try values[ContractsFields.onlyFor]
    }
  }

  package static let declaration = Declaration(
    "calendar.create", "Make a coverage calendar.", zh: "新建服务时间日历。", permission: "calendar.manage", roles: Rights.managers, reach: .provider,
    effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarOutput {
    let definition = try CalendarRule.definition(input.definition, stock: input.stock, zone: input.zone, now: context.now).value
    let onlyTenant = try await context.customer(input.onlyFor, "onlyFor")
    let id = context.newId(.calendar)
    let inserted = try await context.transaction.first(
      InsertCalendar(publicId: id, name: input.name, published: input.published, onlyTenant: onlyTenant, now: context.now))
    guard let calendar = inserted else { throw Failure.notFound }
    context.transaction.enqueue(
      InsertCalendarVersion(
        calendar: calendar, validFrom: .beginning, definition: definition, published: input.published, onlyTenant: onlyTenant, now: context.now))
    context.subject(id)
    context.record(
      Event(
        subjectKind: "calendar", subject: calendar, seq: 1, type: "calendar.created", payload: .object(["calendar": .id(id)]), occurredAt: context.now))
    guard let row = try await context.transaction.first(CalendarAt(publicId: id, at: context.now, customers: nil)) else { throw Failure.notFound }
    return CalendarOutput(row, in: context)
  }
}
