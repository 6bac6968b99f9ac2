import Kernel
import Operations

package enum ReviseCalendar: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let name: Change<String>
    let definition: Value?
    let stock: StockCalendar?
    let zone: String?
    let validFrom: Instant?

    private static let id = Field.id("id", .calendar, "The calendar.", "日历编号。")
    private static let name = Field.text("name", 1...120, "Its name, unique.", "名称，不可重复。").change

    package static let fields: [any InputField] = [
      id, name, CreateCalendar.Input.definition, CreateCalendar.Input.stock, CreateCalendar.Input.zone, ContractsFields.validFrom,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      name = try values[Self.name]
      definition = try values[CreateCalendar.Input.definition]
      stock = try values[CreateCalendar.Input.stock].flatMap(StockCalendar.init(rawValue:))
      zone = try values[CreateCalendar.Input.zone]
      validFrom = try values[ContractsFields.validFrom]
    }
  }

  /// A calendar may be part of any customer's SLA, so only those who may act for all revise it.
  package static let declaration = Declaration(
    "calendar.revise", "Give a calendar a new version; running clocks keep the one that they were started under.", zh: "为日历增加新版本；已启动的时钟沿用原版本。",
    permission: "calendar.manage", roles: Rights.managers, scopes: [.all], reach: .provider, effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarOutput {
    guard let head = try await context.transaction.first(CalendarHead(publicId: input.id, customers: context.reachableCustomers)) else {
      throw Failure.notFound
    }
    try context.requireVersion(head.version)
    let validFrom = input.validFrom ?? context.now
    try CalendarRule.requireLater(validFrom, than: head.newestValidFrom)
    let definition = try CalendarRule.definition(input.definition, stock: input.stock, zone: input.zone, now: validFrom).value
    let advanced = try await context.transaction.first(
      AdvanceCalendar(id: head.id, version: head.version, name: input.name.applied(to: head.name)))
    guard let version = advanced else { throw context.changedMeanwhile }
    context.transaction.enqueue(
      InsertCalendarVersion(
        calendar: head.id, validFrom: validFrom, definition: definition, published: head.published, onlyTenant: head.onlyTenant, now: context.now))
    context.subject(input.id)
    context.record(
      Event(
        subjectKind: "calendar", subject: head.id, seq: version, type: "calendar.revised",
        payload: .object(["calendar": .id(input.id), "validFrom": .instant(validFrom)]), occurredAt: context.now))
    guard let row = try await context.transaction.first(CalendarAt(publicId: input.id, at: validFrom, customers: nil)) else { throw Failure.notFound }
    return CalendarOutput(row, in: context)
  }
}

extension OperationContext {
  /// The answer to a compare-and-set that another change beat.
  var changedMeanwhile: Failure { Failure(.conflict, OperationMessages.keyInFlight, retryAfterSeconds: 1) }
}
