import Kernel
import Operations
import ServiceTime

package struct TimeMonthOutput: OperationOutput {
  let month: CalendarMonth
  let closedBy: String
  let recordedAt: Instant

  init(_ row: ClosedMonths.Found) {
    month = CalendarMonth(containing: row.month)
    closedBy = row.actorName
    recordedAt = row.recordedAt
  }

  package static let fields: [OutputField<TimeMonthOutput>] = [
    OutputField("month", .text, "The month: it and all before it are closed.", "月份：该月及之前均已关账。") { .text($0.month.description) },
    OutputField("closedBy", .text, "Who closed it.", "关账人。") { .text($0.closedBy) },
    OutputField("recordedAt", .instant, "When.", "关账时间。") { .instant($0.recordedAt) },
  ]
}

/// Closes a customer's month and all before it: it takes no more entries, and corrections count on the day on which they are approved.
package enum CloseTimeMonth: Operation {
  package struct Input: OperationInput {
    let month: CalendarMonth

    private static let month = Field.month("month", "The month; all before it are closed with it.", "月份；之前的月份一并关账。")

    package static let fields: [any InputField] = [CustomerReference.field, month]

    package init(_ values: InputValues) throws(FieldError) { month = try values[Self.month] }
  }

  package struct Output: OperationOutput {
    let month: CalendarMonth
    let openFrom: CalendarDate

    package static let fields: [OutputField<Output>] = [
      OutputField("month", .text, "The month.", "月份。") { .text($0.month.description) },
      OutputField("openFrom", .date, "The first day that is open.", "首个未关账日期。") { .date($0.openFrom) },
    ]
  }

  package static let declaration = Declaration(
    "time_month.close", "Close a customer's month of time; refused while entries of it are not approved. Closed again, nothing changes.",
    zh: "对客户的工时月份关账；有未批准的工时时拒绝。重复关账不产生变更。", roles: TimeRights.money, reach: .one(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let zone = Zone.named(context.tenant.zone) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "a customer's zone is unknown")
    }
    let end = input.month.end
    guard zone.start(of: end) <= context.now else { throw Failure(.conflict, TimeEntriesMessages.monthNotOver) }
    context.transaction.enqueue(InsertBook(tenant: context.tenant.id))
    guard let open = try await context.transaction.first(HoldBookForClosing(tenant: context.tenant.id)) else { throw context.beaten }
    let waiting = try await context.transaction.first(OpenTimeBefore(tenant: context.tenant.id, before: end)) ?? 0
    guard waiting == 0 else { throw Failure(.conflict, TimeEntriesMessages.monthOpen, ["count": String(waiting)]) }
    if open < end {
      context.transaction.enqueue(CloseBook(tenant: context.tenant.id, before: end))
      context.transaction.enqueue(
        InsertClosing(
          tenant: context.tenant.id, month: input.month, actor: context.actor, actorName: context.principal.name, now: context.now))
    }
    context.subject(context.tenant.publicId)
    return Output(month: input.month, openFrom: max(open, end))
  }
}

package enum ListTimeMonths: Operation {
  package typealias Input = PageOfCustomer

  package static let declaration = Declaration(
    "time_month.list", "List a customer's closed months of time, the latest first.", zh: "列出客户已关账的工时月份，最近的在前。", permission: TimeRights.read,
    roles: TimeRights.staff, reach: .one(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TimeMonthOutput> {
    let filter = context.tenant.publicId.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let before = try after.map { CalendarDate(daysSinceEpoch: try $0.integer(0)) } ?? TimePages.lastDay
    let rows = try await context.transaction.query(ClosedMonths(tenant: context.tenant.id, before: before, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.month.daysSinceEpoch)])
    } element: { row in
      TimeMonthOutput(row)
    }
  }
}

enum TimePages {
  /// 9999-12-31: no work lies behind it.
  static let lastDay = CalendarDate(daysSinceEpoch: 2_932_896)
  /// Work is recorded from 1970 on.
  static let firstDay = CalendarDate(daysSinceEpoch: -1)
}
