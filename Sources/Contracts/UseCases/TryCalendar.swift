import Kernel
import Operations
import ServiceTime

/// Tries a calendar out, stored or as a draft: when a budget would run out, and when it is open in the next weeks. Writes
/// nothing.
package enum TryCalendar: Operation {
  package struct Input: OperationInput {
    let calendar: PublicId?
    let definition: Value?
    let stock: StockCalendar?
    let zone: String?
    let holidaySets: [PublicId]?
    let start: Instant?
    let budgetSeconds: Int64?
    let businessDays: Int64?
    let weeks: Int64

    private static let calendar = Field.id("calendar", .calendar, "A stored calendar.", "已有的日历。").optional
    private static let start = Field.instant("start", "When the clock starts (default: now).", "计时开始时间（默认当前时刻）。").optional
    private static let budgetSeconds = Field.integer("budgetSeconds", 0...315_360_000, "A budget in seconds of open time.", "时限，以开放时间的秒数计。").optional
    private static let businessDays = Field.integer(
      "businessDays", 0...1000, "Instead of seconds: the end of the N-th business day.", "代替秒数：第 N 个工作日结束时。"
    ).optional
    private static let weeks = Field.integer("weeks", 1...10, "For how many weeks to show the open hours (default 2).", "显示多少周的开放时段（默认 2）。").optional

    package static let fields: [any InputField] = [
      calendar, CreateCalendar.Input.definition, CreateCalendar.Input.stock, CreateCalendar.Input.zone, CreateCalendar.Input.holidaySets, start,
      budgetSeconds, businessDays, weeks,
    ]

    package init(_ values: InputValues) throws(FieldError) {
      calendar = try values[Self.calendar]
      definition = try values[CreateCalendar.Input.definition]
      stock = try values[CreateCalendar.Input.stock].flatMap(StockCalendar.init(rawValue:))
      zone = try values[CreateCalendar.Input.zone]
      holidaySets = try values[CreateCalendar.Input.holidaySets]
      start = try values[Self.start]
      budgetSeconds = try values[Self.budgetSeconds]
      businessDays = try values[Self.businessDays]
      weeks = try values[Self.weeks] ?? 2
    }
  }

  package static let declaration = Declaration(
    "calendar.try", "Try a calendar, stored or as a draft: when a budget would run out, and its open hours of the next weeks.",
    zh: "试算日历（已有或草稿）：时限何时到期，以及未来数周的开放时段。", permission: "calendar.try", roles: Rights.staff, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarTrial.Output {
    let start = input.start ?? context.now
    let budget: Budget?
    switch (input.budgetSeconds, input.businessDays) {
    case (nil, nil): budget = nil
    case (let seconds?, nil): budget = .seconds(seconds)
    case (nil, let days?): budget = .businessDays(days)
    default: throw Failure.invalid("businessDays", ContractsMessages.oneBudget)
    }
    let definition = try await Self.definition(input, at: start, in: context)
    return CalendarTrial.Output(trial: CalendarTrial(definition, start: start, budget: budget, weeks: input.weeks))
  }

  private static func definition(_ input: Input, at start: Instant, in context: OperationContext) async throws -> CalendarDefinition {
    let own: CalendarDefinition
    if let calendar = input.calendar {
      guard input.definition == nil, input.stock == nil, input.zone == nil else {
        throw Failure.invalid("calendar", ContractsMessages.definitionOrStock)
      }
      guard let head = try await context.transaction.first(CalendarHead(publicId: calendar, customers: context.reachableCustomers)),
        let row = try await context.transaction.first(
          CalendarAt(customer: context.askingCustomer, publicId: calendar, at: start, customers: context.reachableCustomers))
      else { throw context.unknownReference("calendar") }
      guard input.holidaySets != nil else { return try CalendarDefinition(row.definition) }
      own = try CalendarDefinition(head.own)
    } else {
      own = try CalendarRule.definition(input.definition, stock: input.stock, zone: input.zone, now: start)
    }
    // Nothing is stored: a trial may use whatever the caller sees.
    return try CalendarPlan(own: own, holidays: try await context.holidays(input.holidaySets ?? [], "holidaySets") { _ in true }).definition
  }
}
