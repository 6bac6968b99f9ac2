import Contracts
import Kernel
import Operations

/// What is to be billed, or was just billed.
package struct TimeSourceOutput: OperationOutput {
  let entry: PublicId
  let contract: PublicId?
  let line: PublicId?
  let ticket: PublicId?
  let ticketNumber: String?
  let request: PublicId?
  let things: [ProvidersThing: PublicId]
  let workNumber: String?
  let row: TimeSource

  /// - Parameter numbers: of the provider's own, by the random bits of their ids.
  init(_ row: TimeSource, _ numbers: [[UInt8]: Int64], in context: OperationContext) {
    entry = context.id(.timeEntry, row.publicId)
    contract = row.contract.map { context.id(.contract, $0) }
    line = row.line.map { context.id(.contractLine, $0) }
    ticket = row.work.ticket.map { context.id(.ticketOfTime, $0) }
    ticketNumber = row.work.ticketNumber.map { "\(context.tenant.code)-INC-\(pad($0, 6))" }
    request = row.work.request.map { context.id(.requestOfTime, $0) }
    things = Dictionary(uniqueKeysWithValues: row.work.things.map { ($0.key, context.id($0.key.kind, $0.value)) })
    workNumber =
      ticketNumber ?? row.work.requestNumber.map { "\(context.tenant.code)-REQ-\(pad($0, 6))" }
      ?? row.work.things.first.flatMap { context.number(of: $0.key, $0.value, numbers) }
    self.row = row
  }

  package static let fields: [OutputField<TimeSourceOutput>] = [
    OutputField("source", .text, "Its key: the entry and the number of the stretch. It is billed once.", "来源标识：工时编号与段号；只计费一次。") {
      .text("\($0.entry)/\($0.row.seq)")
    },
    OutputField("entry", .id, "The time entry.", "工时编号。") { .id($0.entry) },
    OutputField("kind", .text, "work, or reversal: takes back what was billed.", "work（工作）或 reversal（冲销已计费的工时）。") {
      .text($0.row.isReversal ? "reversal" : "work")
    },
    OutputField("countsOn", .date, "The day by which it counts.", "计入日期。") { .date($0.row.countsOn) },
    OutputField("date", .date, "The day of the work.", "工作日期。") { .date($0.row.workDate) },
    OutputField("contract", .id, "The contract; null: work on a ticket without one.", "合同；null 表示工单无合同。") { .id($0.contract) },
    OutputField("line", .id, "The contract line.", "合同行。") { .id($0.line) },
    OutputField("ticket", .id, "The ticket.", "工单。") { .id($0.ticket) },
    OutputField("ticketNumber", .text, "The ticket's number.", "工单号。") { .text($0.ticketNumber) },
    OutputField("request", .id, "The request that it was done for.", "所属服务请求。") { .id($0.request) },
    OutputField("problem", .id, "The problem that it was done for.", "所属问题。") { .id($0.things[.problem]) },
    OutputField("change", .id, "The change that it was done for.", "所属变更。") { .id($0.things[.change]) },
    OutputField("release", .id, "The release that it was done for.", "所属发布。") { .id($0.things[.release]) },
    OutputField("majorIncident", .id, "The major incident that it was done for.", "所属重大事件。") { .id($0.things[.majorIncident]) },
    OutputField("workNumber", .text, "The number of what it was done for, whichever of these it is; null: work on the line.", "所属工单或记录的编号；null 表示合同行本身的工作。") {
      .text($0.workNumber)
    },
    OutputField("workType", .text, "What was done.", "工作类型。") { .text($0.row.workType) },
    OutputField("rateClass", .text, "Its rate class.", "费率类别。") { .text($0.row.rateClass) },
    OutputField("minutes", .integer, "Worked minutes.", "工作分钟数。") { .integer($0.row.minutes) },
    OutputField("billedMinutes", .integer, "Billed minutes.", "计费分钟数。") { .integer($0.row.billedMinutes) },
    OutputField("invoiceText", .text, "The text for the invoice.", "发票文字。") { .text($0.row.words) },
  ]
}

enum SourceFields {
  static let bill = Field.text("bill", 1...100, "The bill, as its maker calls it.", "账单标识。")
  static let line = Field.id("line", .contractLine, "Only this contract line's.", "仅限此合同行。").optional
  static let before = Field.date("countsBefore", "Only what counts before this day (default: all).", "仅限此日之前计入者（默认全部）。").optional
}

/// What no bill has yet.
package enum ListTimeSources: Operation {
  package struct Input: OperationInput {
    let line: PublicId?
    let before: CalendarDate?
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [CustomerReference.field, SourceFields.line, SourceFields.before, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[SourceFields.line]
      before = try values[SourceFields.before]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "time_source.list", "List a customer's approved, billable time that no bill has yet, the oldest first.", zh: "列出客户已批准、应计费且尚未计入账单的工时，最早的在前。",
    permission: "time_source.read", roles: TimeRights.reviewers, reach: .oneAndProvider(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<TimeSourceOutput> {
    let filter = "\(context.tenant.publicId)/\(input.line?.description ?? "")/\(input.before?.description ?? "")"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      TimeSources(
        tenant: context.tenant.id, line: try await context.sourceLine(input.line), before: input.before ?? TimePages.lastDay,
        afterDate: try after.map { CalendarDate(daysSinceEpoch: try $0.integer(0)) } ?? TimePages.firstDay, afterPublic: try after?.bits(1) ?? [],
        afterSeq: try after?.integer(2) ?? 0, limit: limit + 1))
    let numbers = try await context.numbers(of: rows.map(\.work))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.countsOn.daysSinceEpoch), .bits(row.publicId), .integer(row.seq)])
    } element: { row in
      TimeSourceOutput(row, numbers, in: context)
    }
  }
}

/// Takes what is to be billed into a bill: each source goes into one bill, also where two runs take at once.
package enum ClaimTimeSources: Operation {
  package struct Input: OperationInput {
    let line: PublicId?
    let before: CalendarDate?
    let bill: String
    let most: Int64

    private static let most = Field.integer("most", 1...1000, "How many sources at the most (default 1000).", "最多多少条来源（默认 1000）。").optional

    package static let fields: [any InputField] = [CustomerReference.field, SourceFields.line, SourceFields.before, SourceFields.bill, most]

    package init(_ values: InputValues) throws(FieldError) {
      line = try values[SourceFields.line]
      before = try values[SourceFields.before]
      bill = try values[SourceFields.bill]
      most = try values[Self.most] ?? 1000
    }
  }

  package struct Output: OperationOutput {
    let bill: String
    let sources: [TimeSourceOutput]
    let hasMore: Bool

    package static let fields: [OutputField<Output>] = [
      OutputField("bill", .text, "The bill.", "账单标识。") { .text($0.bill) },
      OutputField("sources", listOf: TimeSourceOutput.self, "What the bill took with this call.", "本次计入账单的来源。") { $0.sources },
      OutputField("hasMore", .boolean, "Whether there may be more to take.", "是否可能还有未计入的来源。") { .bool($0.hasMore) },
    ]
  }

  package static let declaration = Declaration(
    "time_source.claim", "Take a customer's approved, billable time into a bill. What one bill has, no other gets until it is released.",
    zh: "将客户已批准、应计费的工时计入账单；释放之前同一来源只计入一张账单。",
    roles: TimeRights.money, reach: .oneAndProvider(by: "customer"), effect: .create)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let tenant = context.tenant.id
    let found = try await context.transaction.query(
      TimeSources(
        tenant: tenant, line: try await context.sourceLine(input.line), before: input.before ?? TimePages.lastDay, afterDate: TimePages.firstDay,
        afterPublic: [], afterSeq: 0, limit: input.most))
    context.subject(context.tenant.publicId)
    guard !found.isEmpty else { return Output(bill: input.bill, sources: [], hasMore: false) }
    let numbers = try await context.numbers(of: found.map(\.work))
    let claimed = try await context.transaction.query(
      ClaimSources(tenant: tenant, sources: found, bill: input.bill, actor: context.actor, now: context.now))
    let taken = Set(claimed.map { [$0.entry, $0.seq] })
    return Output(
      bill: input.bill, sources: found.filter { taken.contains([$0.entry, $0.seq]) }.map { TimeSourceOutput($0, numbers, in: context) },
      hasMore: found.count == Int(input.most) || taken.count < found.count)
  }
}

extension OperationContext {
  /// The numbers of what of the provider's own was worked on, by the random bits of the ids.
  func numbers(of work: [TimeWork]) async throws -> [[UInt8]: Int64] {
    try await numbers(ofThings: Set(work.flatMap { Array($0.things.values) }))
  }

  func numbers(ofThings things: Set<[UInt8]>) async throws -> [[UInt8]: Int64] {
    guard !things.isEmpty else { return [:] }
    let found = try await transaction.query(NumbersOfThings(provider: provider.id, publicIds: Array(things)))
    return Dictionary(found.map { ($0.publicId, $0.number) }) { first, _ in first }
  }

  /// The number of a thing of the provider's own, as people know it.
  func number(of thing: ProvidersThing, _ bits: [UInt8], _ numbers: [[UInt8]: Int64]) -> String? {
    numbers[bits].map { "\(provider.code)-\(thing.numberKind)-\(pad($0, 6))" }
  }

  fileprivate func sourceLine(_ id: PublicId?) async throws -> Int64? {
    guard let id else { return nil }
    guard let line = try await transaction.first(LineByPublicId(tenant: tenant.id, publicId: id)) else { throw unknownReference("line") }
    return line
  }
}
