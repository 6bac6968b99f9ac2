import Attributes
import Gates
import Kernel
import Operations

package enum WithdrawRequest: Operation {
  package typealias Input = RequestReference

  package static let declaration = Declaration(
    "request.withdraw", "Take a request back, as long as nobody has begun to work on it.", zh: "撤回尚未开始履行的请求。", permission: "request.submit",
    roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    // Whom it is for sees it, but what somebody else ordered about him is not his to take back: a revocation of his access, say.
    guard work.held.submitter.isAccount(of: Party(context.principal)) || context.access.rows.isWiderThanOwn else {
      throw Failure(.conflict, RequestMessages.notYoursToWithdraw)
    }
    try work.process.withdraw(at: context.now)
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

/// Begins what was recorded before there was a process. Whether it was delivered long ago the staff know, and nobody else.
package enum BeginRequest: Operation {
  package typealias Input = RequestReasonInput

  package static let declaration = Declaration(
    "request.begin", "Begin a request that an earlier version only recorded: who is to agree is asked, or its tasks are opened.",
    zh: "启动旧版本仅登记的请求：请求审批，或开启履行任务。", permission: RequestRights.work, roles: RequestRights.workers, reach: .one(by: "id"), effect: .change,
    requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    try await work.beginRecorded(input.reason)
    try await work.requireCovered()
    if work.process.request.state == .approved { try await work.open() }
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

package struct RequestReasonInput: OperationInput {
  let id: PublicId
  let reason: String

  private static let reason = Field.longText("reason", 1...2000, "Why.", "理由。")

  package static let fields: [any InputField] = [RequestReference.id, reason]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[RequestReference.id]
    reason = try values[Self.reason]
  }
}

/// Ends a request in the middle of it: what was done stays done, and is told.
package enum CancelRequest: Operation {
  package typealias Input = RequestReasonInput

  package static let declaration = Declaration(
    "request.cancel", "Cancel a request, also in the middle of it; what was done stays done.", zh: "取消请求（包括履行中的请求）；已完成的部分保留。",
    permission: RequestRights.work, roles: RequestRights.workers, reach: .oneAndProvider(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    try work.process.cancel(input.reason, at: context.now)
    context.leaveGates(work.held.publicId, of: .request)
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

package enum CloseRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String?

    private static let reason = Field.longText(
      "reason", 1...2000, "Why what an earlier version only recorded is over; by the staff, and needed there.", "关闭旧版本仅登记的请求的理由（仅服务商人员，此时必填）。"
    ).optional

    package static let fields: [any InputField] = [RequestReference.id, reason]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      reason = try values[Self.reason]
    }
  }

  package static let declaration = Declaration(
    "request.close", "Confirm a request that was fulfilled; the staff close what an earlier version only recorded, with the reason.",
    zh: "确认并关闭已履行的请求；服务商人员可说明理由关闭旧版本仅登记的请求。", permission: "request.submit", roles: RequestRights.orderers,
    scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    var work = try await context.requestWork(input.id)
    if work.process.request.state == .submitted {
      guard context.principal.side == .staff else { throw Failure(.conflict, RequestMessages.onlyRecorded) }
      guard input.reason != nil else { throw Failure.invalid("reason", InputMessages.requiredHere) }
    }
    try work.process.close(input.reason, at: context.now)
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

/// What happened to a request, in order. A customer's people are told of its approvals, not of the tasks.
package enum ReadRequestHistory: Operation {
  package typealias Input = PageOf<RequestReference>

  package struct Entry: OperationOutput {
    let row: RequestEvents.Found
    let changes: Value?
    let actorName: String?

    package static let fields: [OutputField<Entry>] = [
      OutputField("seq", .integer, "Its place in the history.", "序号。") { .integer($0.row.seq) },
      OutputField("type", .text, "What happened: request.submitted, request.approval_given, ...", "事件类型。") { .text($0.row.type) },
      OutputField("payload", .document, "Its details, as codes and ids.", "详细信息（代码与编号）。") { $0.row.payload.with(attributeChanges: $0.changes) },
      OutputField("occurredAt", .instant, "When it happened.", "发生时间。") { .instant($0.row.occurredAt) },
      OutputField("recordedAt", .instant, "When it was recorded.", "记录时间。") { .instant($0.row.recordedAt) },
      OutputField("actorKind", .text, "staff, customer, service, operator or system (time).", "执行者类别；system 表示到期自动处理。") { .text($0.row.actorKind) },
      OutputField(
        "actorName", .text, "Who did it; a customer's people read the names of their own, and of the others that it was the provider.",
        "执行者姓名；客户人员仅可见本方人员姓名，其余显示为服务商。"
      ) { .text($0.actorName) },
      OutputField("via", .text, "The way in: http, admin, cli, job.", "操作途径。") { .text($0.row.via) },
    ]
  }

  package static let declaration = Declaration(
    "request.history", "Read what happened to a request, in order.", zh: "按顺序查看请求的历史。", permission: "request.read",
    roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<Entry> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let request = try await context.request(input.id)
    let rows = try await context.transaction.query(
      RequestEvents(
        tenant: context.tenant.id, request: request.id, after: try after?.integer(0) ?? 0, includesInternal: context.principal.side == .staff,
        recordedFrom: request.submittedAt, limit: limit + 1))
    let told = rows.filter { AttributeEvents.isOne($0.type) }.map(\.seq)
    let changes = try await context.attributeChanges(of: .request, request.id, in: context.tenant.id, at: told)
    let actors = try await RequestActors.of(rows, in: context)
    return context.listing(rows, limit: limit, filter: filter) {
      PageCursor([.integer($0.seq)])
    } element: {
      Entry(row: $0, changes: changes[$0.seq], actorName: actors.name(of: $0))
    }
  }
}

extension RowScope {
  fileprivate var isWiderThanOwn: Bool { everything || !units.isEmpty }
}
