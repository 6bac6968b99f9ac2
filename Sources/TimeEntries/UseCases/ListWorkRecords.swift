import Contracts
import Kernel
import Operations

/// What a customer sees of the work on its contract lines, where the lines' rules say so: not who, and no note of the provider's.
package struct WorkRecordOutput: OperationOutput {
  let id: PublicId
  let ticket: PublicId?
  let ticketNumber: String?
  let request: PublicId?
  let requestNumber: String?
  let line: PublicId?
  let row: ShownTime.Found

  init(_ row: ShownTime.Found, in context: OperationContext) {
    id = context.id(.timeEntry, row.publicId)
    ticket = row.ticket.map { context.id(.ticketOfTime, $0) }
    ticketNumber = row.ticketNumber.map { "\(context.tenant.code)-INC-\(pad($0, 6))" }
    request = row.request.map { context.id(.requestOfTime, $0) }
    requestNumber = row.requestNumber.map { "\(context.tenant.code)-REQ-\(pad($0, 6))" }
    line = row.line.map { context.id(.contractLine, $0) }
    self.row = row
  }

  package static let fields: [OutputField<WorkRecordOutput>] = [
    OutputField("id", .id, "The record.", "记录编号。") { .id($0.id) },
    OutputField("date", .date, "The day of the work.", "工作日期。") { .date($0.row.date) },
    OutputField("ticket", .id, "The ticket.", "工单。") { .id($0.ticket) },
    OutputField("ticketNumber", .text, "The ticket's number.", "工单号。") { .text($0.ticketNumber) },
    OutputField("request", .id, "The request.", "服务请求。") { .id($0.request) },
    OutputField("requestNumber", .text, "The request's number.", "服务请求号。") { .text($0.requestNumber) },
    OutputField(
      "doneFor", .text, "incident, request, problem, change, release or major_incident; null: for the contract line itself.",
      "所属流程：incident（事件）、request（服务请求）、problem（问题）、change（变更）、release（发布）或 major_incident（重大事件）；null 表示合同行本身。"
    ) { .text($0.row.doneFor) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("workType", .text, "What was done, as a code.", "工作类型代码。") { .text($0.row.workType) },
    OutputField("workTypeName", .document, "Its name by language.", "工作类型名称（按语言）。") { $0.row.workTypeNames },
    OutputField("minutes", .integer, "How long it took; negative where it takes something back.", "时长（分钟）；冲销为负数。") { .integer($0.row.minutes) },
    OutputField("billedMinutes", .integer, "What is billed of it.", "计费分钟数。") { .integer($0.row.billedMinutes) },
    OutputField("invoiceText", .text, "The text for the invoice.", "发票文字。") { .text($0.row.words) },
  ]
}

package enum ListWorkRecords: Operation {
  package typealias Input = ListTimeMonths.Input

  package static let declaration = Declaration(
    "work_record.list", "List the approved work that the customer may see, the newest first.", zh: "列出客户可见的已批准工作，最新的在前。",
    permission: "work_record.read", roles: TimeRights.staff.union([.customerManager]), scopes: [.tenant, .listed, .all], reach: .one(by: "customer"),
    effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<WorkRecordOutput> {
    let filter = context.tenant.publicId.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ShownTime(
        tenant: context.tenant.id, beforeDate: try after.map { CalendarDate(daysSinceEpoch: try $0.integer(0)) } ?? TimePages.lastDay,
        beforePublic: try after?.bits(1) ?? PageCursor.lastBits, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.date.daysSinceEpoch), .bits(row.publicId)])
    } element: { row in
      WorkRecordOutput(row, in: context)
    }
  }
}
