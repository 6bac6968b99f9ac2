import Kernel
import Tenancy

/// An act as the audit keeps it.
struct AuditEntry: OperationOutput {
  let row: AuditListing.Found
  let actor: PublicId?
  let actorName: String?
  let onBehalfOf: PublicId?

  static let fields: [OutputField<AuditEntry>] = [
    OutputField("recordedAt", .instant, "When.", "时间。") { .instant($0.row.recordedAt) },
    OutputField("operation", .text, "Which operation.", "操作。") { .text($0.row.operation) },
    OutputField("outcome", .text, "done or denied.", "结果：done（完成）或 denied（拒绝）。") { .text($0.row.outcome) },
    OutputField("subject", .text, "The id of what it was done to.", "操作对象的编号。") { .text($0.row.subject) },
    OutputField("actorKind", .text, "staff, customer, service, operator, system or anonymous.", "操作者类别。") { .text($0.row.actorKind) },
    OutputField("actor", .id, "The account that did it.", "操作账户。") { .id($0.actor) },
    OutputField("actorName", .text, "The account's name now.", "该账户的当前名称。") { .text($0.actorName) },
    OutputField("onBehalfOf", .id, "The account for which it was done.", "被代理的账户。") { .id($0.onBehalfOf) },
    OutputField("via", .text, "By which way in: http, admin, cli, job, import or webhook.", "接入方式。") { .text($0.row.via) },
    OutputField("requestId", .text, "The correlation id of the request.", "请求的关联编号。") { .text($0.row.requestId) },
    OutputField("content", .document, "What was asked, without secrets; for administrators only.", "请求内容（不含机密），仅管理员可见。") { $0.row.content ?? .null },
  ]
}

enum ListAudit: Operation {
  struct Input: OperationInput {
    let operation: String?
    let outcome: String?
    let subject: String?
    let limit: Int64?
    let cursor: String?

    static let customerField = Field.id("customer", .customer, "The customer; without it, the provider's own acts.", "客户；省略则为服务商自身的操作。").optional
    static let operationField = Field.text("operation", 1...80, "Only this operation, such as incident.open.", "仅此操作，例如 incident.open。").optional
    static let outcomeField = Field.oneOf("outcome", ["done", "denied"], "Only what was done, or denied.", "仅已完成或被拒绝的操作。").optional
    static let subjectField = Field.text("subject", 1...60, "Only acts on the thing with this id.", "仅对该编号对象的操作。").optional
    static let fields: [any InputField] = [customerField, operationField, outcomeField, subjectField, Paging.limit, Paging.cursor]

    init(_ values: InputValues) throws(FieldError) {
      operation = try values[Self.operationField]
      outcome = try values[Self.outcomeField]
      subject = try values[Self.subjectField]
      limit = try values[Paging.limit]
      cursor = try values[Paging.cursor]
    }

    var filter: String { JSON.text(.array([.text(operation), .text(outcome), .text(subject)])) }
  }

  static let declaration = Declaration(
    "audit.list", "List what was done for a customer, or by the provider for itself, newest first.", zh: "按时间倒序列出针对某客户或服务商自身的操作。", permission: "audit.read",
    roles: [.administrator, .accountManager], reach: .homeOr(by: "customer", andProvider: true), effect: .read)

  static func run(_ input: Input, in context: OperationContext) async throws -> Listing<AuditEntry> {
    guard context.access.reaches(context.tenant.id) else { throw Failure(.denied, OperationMessages.denied, ["permission": context.operation.permission]) }
    let (limit, after) = try context.page(input.limit, input.cursor, filter: input.filter)
    let rows = try await context.transaction.query(
      AuditListing(
        tenant: context.tenant.id, before: try after?.instant(0) ?? Instant.accepted.upperBound, beforeId: try after?.integer(1) ?? .max,
        operation: input.operation, outcome: input.outcome, subject: input.subject,
        withContent: context.holds(StaffKeeping.permission, honouring: StaffKeeping.scopes), limit: limit + 1))
    let names = try await names(of: rows, context)
    return context.listing(
      rows, limit: limit, filter: input.filter, key: { PageCursor([.integer($0.recordedAt.microseconds), .integer($0.id)]) }
    ) { row in
      let actor = names[row.actor]
      return AuditEntry(
        row: row, actor: actor.map { id(of: $0, context) }, actorName: actor?.name,
        onBehalfOf: row.onBehalfOf.flatMap { names[$0] }.map { id(of: $0, context) })
    }
  }

  /// The accounts behind the rows: the customer's own, and staff.
  private static func names(of rows: [AuditListing.Found], _ context: OperationContext) async throws -> [Int64: AccountNames.Found] {
    let ids = Set(rows.flatMap { [$0.actor, $0.onBehalfOf ?? 0] }).subtracting([0]).sorted()
    guard !ids.isEmpty else { return [:] }
    let tenants = Set([context.tenant.id.rawValue, context.provider.id.rawValue]).sorted()
    let found = try await context.transaction.query(AccountNames(tenants: tenants, ids: ids))
    return Dictionary(found.map { ($0.id, $0) }) { first, _ in first }
  }

  private static func id(of account: AccountNames.Found, _ context: OperationContext) -> PublicId {
    account.tenant == context.provider.id ? context.id(.staff, account.publicId) : context.id(.account, account.publicId)
  }
}
