import Contracts
import Kernel
import Operations

/// Adds approved time up. Reversals count against what they take back, so sums are true at any time.
package enum TotalTime: Operation {
  package struct Input: OperationInput {
    let group: TimeGroup
    let from: CalendarDate?
    let before: CalendarDate?

    private static let group = Field.oneOf(
      "by", TimeGroup.allCases.map(\.rawValue), "By what it is added up; ticket: by what it was done for, incidents and all else.",
      "合计方式：合同、合同行、工单（含各流程的记录）、人员、月份、工作类型或费率类别。")
    private static let from = Field.date("countsFrom", "Only what counts on this day or later.", "仅限此日及之后计入者。").optional
    private static let before = Field.date("countsBefore", "Only what counts before this day.", "仅限此日之前计入者。").optional

    package static let fields: [any InputField] = [CustomerReference.field, group, from, before]

    package init(_ values: InputValues) throws(FieldError) {
      group = TimeGroup(rawValue: try values[Self.group]) ?? .month
      from = try values[Self.from]
      before = try values[Self.before]
      if let from, let before, before <= from { throw FieldError("countsBefore", TimeEntriesMessages.badRange) }
    }
  }

  package struct Total: OperationOutput {
    let id: PublicId?
    let label: String?
    let row: TimeSums.Found

    package static let fields: [OutputField<Total>] = [
      OutputField("id", .id, "The contract, line, ticket or person; null for the others, and for time without one.", "合同、合同行、工单或人员；其他方式或无对应者为 null。") {
        .id($0.id)
      },
      OutputField(
        "process", .text,
        "By ticket: incident, request, problem, change, release or major_incident; null: work on a contract line, or added up by something else.",
        "按工单合计时所属流程：incident、request、problem、change、release 或 major_incident；null 表示合同行工作或按其他方式合计。"
      ) { .text($0.row.process) },
      OutputField("label", .text, "Its number, name or code; of a month 2026-03.", "编号、名称或代码；月份如 2026-03。") { .text($0.label) },
      OutputField("entries", .integer, "How many entries and reversals.", "工时与冲销条数。") { .integer($0.row.entries) },
      OutputField("minutes", .integer, "Worked minutes.", "工作分钟数。") { .integer($0.row.minutes) },
      OutputField("billableMinutes", .integer, "Of them, those of billable entries.", "其中应计费工时的分钟数。") { .integer($0.row.billableMinutes) },
      OutputField("billedMinutes", .integer, "What is billed, rounded.", "计费分钟数（已取整）。") { .integer($0.row.billedMinutes) },
    ]
  }

  package struct Output: OperationOutput {
    let totals: [Total]
    let isCut: Bool

    package static let fields: [OutputField<Output>] = [
      OutputField("totals", listOf: Total.self, "In the order of labels; of tickets the provider's own come last.", "按标签排序；按工单合计时服务商自有记录在后。") { $0.totals },
      OutputField("isCut", .boolean, "Whether there are more than 1,000: narrow the days.", "是否超过 1000 组（请缩小日期范围）。") { .bool($0.isCut) },
    ]
  }

  private static let most: Int64 = 1000

  package static let declaration = Declaration(
    "time_entry.totals", "Add up a customer's approved time by contract, line, ticket, person, month, work type or rate class.",
    zh: "按合同、合同行、工单、人员、月份、工作类型或费率类别合计客户已批准的工时。", permission: TimeRights.review, roles: TimeRights.reviewers,
    reach: .oneAndProvider(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let sums = TimeSums(tenant: context.tenant.id, group: input.group, from: input.from, before: input.before, limit: most + 1)
    guard input.group == .ticket else { return output(try await context.transaction.last(sums), input.group, [:], context) }
    // What is the provider's own has its number there.
    let rows = try await context.transaction.query(sums)
    let numbers = try await context.numbers(ofThings: Set(rows.filter { $0.thing != nil }.compactMap(\.publicId)))
    return output(rows, input.group, numbers, context)
  }

  private static func output(_ rows: [TimeSums.Found], _ group: TimeGroup, _ numbers: [[UInt8]: Int64], _ context: OperationContext) -> Output {
    let totals = rows.prefix(Int(most)).map { row in
      Total(id: row.publicId.flatMap { id(group, row, $0, context) }, label: label(group, row, numbers, context), row: row)
    }
    return Output(totals: totals, isCut: rows.count > totals.count)
  }

  private static func id(_ group: TimeGroup, _ row: TimeSums.Found, _ bits: [UInt8], _ context: OperationContext) -> PublicId? {
    switch group {
    case .contract: context.id(.contract, bits)
    case .line: context.id(.contractLine, bits)
    case .ticket: context.id(row.thing?.kind ?? (row.process == "request" ? IdKind.requestOfTime : IdKind.ticketOfTime), bits)
    case .staff: context.id(.staff, bits)
    case .month, .workType, .rateClass: nil
    }
  }

  private static func label(_ group: TimeGroup, _ row: TimeSums.Found, _ numbers: [[UInt8]: Int64], _ context: OperationContext) -> String? {
    switch group {
    case .contract: row.label.map { "\(context.tenant.code)-CON-\($0)" }
    case .ticket:
      row.label.map { "\(context.tenant.code)-\($0)" }
        ?? row.thing.flatMap { thing in row.publicId.flatMap { context.number(of: thing, $0, numbers) } }
    case .line, .staff, .month, .workType, .rateClass: row.label
    }
  }
}
