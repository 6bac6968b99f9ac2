import Kernel
import Operations

/// What a bill has, or had.
package struct BilledSourceOutput: OperationOutput {
  let source: TimeSourceOutput
  let found: BilledSources.Found

  package static let fields: [OutputField<BilledSourceOutput>] = [
    OutputField("source", record: TimeSourceOutput.self, "What is billed.", "计费来源。") { $0.source },
    OutputField("billedAt", .instant, "When the bill took it.", "计入账单的时间。") { .instant($0.found.billedAt) },
    OutputField("releasedAt", .instant, "When it was given back; null: the bill has it.", "释放时间；null 表示仍在账单中。") { .instant($0.found.releasedAt) },
    OutputField("releasedBy", .text, "Who gave it back.", "释放人。") { .text($0.found.releasedBy) },
    OutputField("releaseReason", .text, "Why.", "释放原因。") { .text($0.found.reason) },
  ]
}

package enum ListBilledSources: Operation {
  package struct Input: OperationInput {
    let bill: String
    let limit: Int64?
    let cursor: String?

    package static let fields: [any InputField] = [CustomerReference.field, SourceFields.bill, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      bill = try values[SourceFields.bill]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  package static let declaration = Declaration(
    "time_source.billed", "List what a bill took of a customer's time, and what of it was given back.", zh: "列出账单已计入的工时来源及其释放情况。",
    permission: "time_source.read", roles: TimeRights.reviewers, reach: .oneAndProvider(by: "customer"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<BilledSourceOutput> {
    let filter = "\(context.tenant.publicId)/\(input.bill)"
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      BilledSources(
        tenant: context.tenant.id, bill: input.bill,
        after: (entry: try after?.integer(0) ?? 0, seq: try after?.integer(1) ?? 0, turn: try after?.integer(2) ?? 0), limit: limit + 1))
    let numbers = try await context.numbers(of: rows.map(\.source.work))
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.source.entry), .integer($0.source.seq), .integer($0.turn)])
    } element: {
      BilledSourceOutput(source: TimeSourceOutput($0.source, numbers, in: context), found: $0)
    }
  }
}

/// Gives back what a bill took that was never sent, or is void.
package enum ReleaseTimeSources: Operation {
  package struct Input: OperationInput {
    let bill: String
    let reason: String

    package static let fields: [any InputField] = [CustomerReference.field, SourceFields.bill, TimeFields.reason]

    package init(_ values: InputValues) throws(FieldError) {
      bill = try values[SourceFields.bill]
      reason = try values[TimeFields.reason]
    }
  }

  package struct Output: OperationOutput {
    let bill: String
    let released: Int
    let hasMore: Bool

    package static let fields: [OutputField<Output>] = [
      OutputField("bill", .text, "The bill.", "账单。") { .text($0.bill) },
      OutputField("released", .integer, "How many sources it gave back with this call.", "本次释放的来源数。") { .integer(Int64($0.released)) },
      OutputField("hasMore", .boolean, "Whether it may have more.", "是否可能还有未释放的来源。") { .bool($0.hasMore) },
    ]
  }

  private static let most: Int64 = 1000

  package static let declaration = Declaration(
    "time_source.release", "Give back what a bill took, with the reason, which is kept: it is to be billed again.", zh: "释放账单已计入的来源（原因留存），可重新计费。",
    roles: TimeRights.money, reach: .one(by: "customer"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    let released = try await context.transaction.query(
      ReleaseSources(
        tenant: context.tenant.id, bill: input.bill, most: most, reason: input.reason, actor: context.actor, actorName: context.principal.name,
        now: context.now))
    context.subject(context.tenant.publicId)
    guard !released.isEmpty else { throw Failure(.conflict, TimeEntriesMessages.nothingBilled, ["bill": input.bill]) }
    return Output(bill: input.bill, released: released.count, hasMore: released.count == Int(most))
  }
}
