import Kernel
import Operations

package enum ReadCalendar: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let asOf: Instant?

    private static let id = Field.id("id", .calendar, "The calendar.", "日历编号。")

    package static let fields: [any InputField] = [id, ContractsFields.asOf]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      asOf = try values[ContractsFields.asOf]
    }
  }

  package static let declaration = Declaration(
    "calendar.read", "Read a coverage calendar.", zh: "查看服务时间日历。", roles: Set(StockRole.allCases), scopes: Set(Grant.ScopeKind.allCases),
    reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> CalendarOutput {
    let row = try await context.transaction.first(
      CalendarAt(customer: context.askingCustomer, publicId: input.id, at: input.asOf ?? context.now, customers: context.reachableCustomers))
    guard let row else { throw Failure.notFound }
    return try await CalendarOutput.read(row, in: context)
  }
}

package enum ListCalendars: Operation {
  package struct Input: OperationInput {
    let asOf: Instant?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [ContractsFields.asOf, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      asOf = try values[ContractsFields.asOf]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "calendar.list", "List the coverage calendars by name.", zh: "按名称列出服务时间日历。", permission: "calendar.read", roles: Set(StockRole.allCases),
    scopes: Set(Grant.ScopeKind.allCases), reach: .home, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<CalendarSummary> {
    let filter = input.asOf?.description ?? ""
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      CalendarsAt(
        customer: context.askingCustomer, at: input.asOf ?? context.now, customers: context.reachableCustomers, afterName: try after?.text(0) ?? "",
        afterId: try after?.integer(1) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.text(row.name), .integer(row.id)])
    } element: { row in
      CalendarSummary(id: context.id(.calendar, row.publicId), row: row)
    }
  }
}

extension OperationContext {
  /// The customer whose account asks; nil: staff.
  var askingCustomer: TenantId? { principal.side == .customer ? tenant.id : nil }
}
