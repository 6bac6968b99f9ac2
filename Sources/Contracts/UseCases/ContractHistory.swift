import Kernel
import Operations

package enum ContractHistory: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let limit: Int64?
    let cursor: String?

    private static let id = Field.id("id", .contract, "The contract.", "合同编号。")

    package static let fields: [any InputField] = [id, Paging.limit, Paging.cursor]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[Self.id]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }
  }

  /// One version of the contract or of one of its lines.
  package struct Entry: OperationOutput {
    let line: PublicId?
    let sla: PublicId?
    let unit: PublicId?
    let currency: String
    /// Reasons are the provider's own notes.
    let showsReason: Bool
    let row: ContractChanges.Found

    package static let fields: [OutputField<Entry>] = [
      OutputField("line", .id, "The line; null for the contract itself.", "合同行；合同本身为 null。") { .id($0.line) },
      OutputField("validFrom", .instant, "From when the version holds.", "版本自何时起生效。") { .instant($0.row.validFrom) },
      OutputField("recordedAt", .instant, "When it was recorded.", "登记时间。") { .instant($0.row.recordedAt) },
      OutputField("name", .text, "The name.", "名称。") { .text($0.row.name) },
      OutputField("state", .text, "The state.", "状态。") { .text($0.row.state) },
      OutputField("startsAt", .instant, "When the term begins; null for a line.", "合同期限开始时间；合同行为 null。") { .instant($0.row.startsAt) },
      OutputField("endsAt", .instant, "The first instant after the term; null: open-ended, or a line.", "合同期限结束时间（不含）；null 表示无固定期限或为合同行。") {
        .instant($0.row.endsAt)
      },
      OutputField("sla", .id, "The line's SLA.", "合同行的 SLA。") { .id($0.sla) },
      OutputField("unit", .id, "The line's site or department.", "合同行适用的站点或部门。") { .id($0.unit) },
      OutputField("monthlyFee", .decimal, "The line's fee per month.", "合同行的月费。") { entry in
        guard let fee = entry.row.monthlyFee, let currency = Currency(code: entry.currency) else { return .null }
        return .decimal(Money(minorUnits: fee, currency: currency).amount)
      },
      OutputField("withdrawnAt", .instant, "When it was withdrawn, before it held; null: it stands.", "在生效前撤回的时间；null 表示未撤回。") { .instant($0.row.withdrawnAt) },
      OutputField("withdrawnBecause", .text, "Why it was withdrawn; for the provider's staff, null for the customer.", "撤回的原因；仅服务商人员可见，对客户为 null。") {
        .text($0.showsReason ? $0.row.withdrawnBecause : nil)
      },
    ]
  }

  package static let declaration = Declaration(
    "contract.history", "List every version of a contract and of its lines, newest first.", zh: "列出合同及合同行的所有版本，最新在前。", permission: "contract.read",
    roles: Rights.staffAndCustomerManager, scopes: [.tenant, .listed, .all], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let tenant = context.tenant.id
    guard let contract = try await context.transaction.first(ContractAt(tenant: tenant, publicId: input.id, at: nil)) else { throw Failure.notFound }
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let rows = try await context.transaction.query(
      ContractChanges(
        tenant: tenant, contract: contract.id, beforeValidFrom: try after?.instant(0) ?? Instant(microseconds: .max),
        afterLine: try after?.integer(1) ?? -1, afterVersion: try after?.integer(2) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter) { row in
      PageCursor([.integer(row.validFrom.microseconds), .integer(row.lineId), .integer(row.versionId)])
    } element: { row in
      Entry(
        line: row.line.map { context.id(.contractLine, $0) }, sla: row.sla.map { context.id(.sla, $0) }, unit: row.unit.map { context.id(.unit, $0) },
        currency: contract.currency, showsReason: context.principal.side == .staff, row: row)
    }
  }
}
