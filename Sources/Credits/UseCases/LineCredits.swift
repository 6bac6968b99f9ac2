import Contracts
import Kernel
import Operations

/// From when on a line has a schedule, or has it no longer.
package struct LineCreditOutput: OperationOutput {
  let line: PublicId
  let schedule: PublicId
  let row: LineScheduleRow

  init(_ row: LineScheduleRow, line: PublicId, in context: OperationContext) {
    self.line = line
    schedule = context.id(.creditSchedule, row.schedule)
    self.row = row
  }

  package static let fields: [OutputField<LineCreditOutput>] = [
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("schedule", .id, "The credit schedule.", "补偿方案。") { .id($0.schedule) },
    OutputField("scheduleName", .text, "The schedule's name.", "补偿方案名称。") { .text($0.row.scheduleName) },
    OutputField("attached", .boolean, "Whether the line has it from then on.", "自该时刻起是否采用。") { .bool($0.row.isAttached) },
    OutputField("validFrom", .instant, "From when.", "自何时起。") { .instant($0.row.validFrom) },
  ]
}

enum LineCreditFields {
  static let line = Field.id("line", .contractLine, "The contract line.", "合同行编号。")
  static let schedule = Field.id("schedule", .creditSchedule, "The credit schedule.", "补偿方案编号。")
}

package enum AttachLineCredit: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let schedule: PublicId
    let validFrom: Instant?

    private static let validFrom = Field.instant(
      "validFrom",
      "From when it counts (default: now); a period is judged by what held when it began. Only the first attachment may lie before now.",
      "自何时起适用（默认当前时刻）；期间按其开始时的方案判定。仅首次采用可早于当前时刻。"
    ).optional

    package static let fields: [any InputField] = [LineCreditFields.line, LineCreditFields.schedule, validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[LineCreditFields.line]
      schedule = try values[LineCreditFields.schedule]
      validFrom = try values[Self.validFrom]
    }
  }

  package static let declaration = Declaration(
    "line_credit.attach", "Give a contract line a credit schedule.", zh: "为合同行设置补偿方案。", permission: "contract.manage", roles: CreditRights.managers,
    reach: .one(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> LineCreditOutput {
    try await context.setLineCredit(input.line, input.schedule, isAttached: true, from: input.validFrom)
  }
}

package enum DetachLineCredit: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let schedule: PublicId
    let validFrom: Instant?

    package static let fields: [any InputField] = [LineCreditFields.line, LineCreditFields.schedule, ScheduleFields.validFrom]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[LineCreditFields.line]
      schedule = try values[LineCreditFields.schedule]
      validFrom = try values[ScheduleFields.validFrom]
    }
  }

  package static let declaration = Declaration(
    "line_credit.detach", "Take a credit schedule from a contract line; periods that have begun keep it.", zh: "取消合同行的补偿方案；已开始的期间仍按其判定。",
    permission: "contract.manage", roles: CreditRights.managers, reach: .one(by: "line"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> LineCreditOutput {
    try await context.setLineCredit(input.line, input.schedule, isAttached: false, from: input.validFrom)
  }
}

package enum ListLineCredits: Operation {
  package struct Input: OperationInput {
    let line: PublicId
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [LineCreditFields.line, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[LineCreditFields.line]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "line_credit.list", "List which credit schedules a contract line has had, and from when.", zh: "列出合同行采用过的补偿方案及其生效时间。",
    permission: "credit.read", roles: CreditRights.staff, reach: .one(by: "line"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LineCreditOutput> {
    let line = try await context.creditedLine(input.line)
    let filter = input.line.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      LineSchedules(tenant: context.tenant.id, line: line.line, afterId: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.id)])
    } element: {
      LineCreditOutput($0, line: input.line, in: context)
    }
  }
}

extension OperationContext {
  /// Attaches or detaches a schedule, behind what there is.
  fileprivate func setLineCredit(_ lineId: PublicId, _ scheduleId: PublicId, isAttached: Bool, from: Instant?) async throws -> LineCreditOutput {
    let line = try await creditedLine(lineId)
    let schedule = try await creditSchedule(scheduleId)
    let newest = try await transaction.first(LineScheduleAt(tenant: tenant.id, line: line.line, schedule: schedule.id, at: nil))
    let validFrom = from ?? now
    guard (newest?.isAttached ?? false) != isAttached else {
      guard isAttached else { throw Failure(.conflict, CreditsMessages.neverAttached) }
      throw Failure(.conflict, CreditsMessages.alreadyAttached)
    }
    if let newest, validFrom <= newest.validFrom {
      throw Failure.invalid("validFrom", CreditsMessages.notLater, ["newest": newest.validFrom.description])
    }
    if newest != nil { try requireAhead(validFrom) }
    transaction.enqueue(
      InsertLineSchedule(tenant: tenant.id, line: line.line, schedule: schedule.id, validFrom: validFrom, isAttached: isAttached, now: now))
    subject(lineId)
    guard let row = try await transaction.first(LineScheduleAt(tenant: tenant.id, line: line.line, schedule: schedule.id, at: nil)) else {
      throw Failure.notFound
    }
    return LineCreditOutput(row, line: lineId, in: self)
  }
}
