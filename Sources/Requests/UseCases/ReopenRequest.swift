import Kernel
import Operations

/// What was done did not hold.
package enum ReopenRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let reason: String
    let visibility: CommentVisibility?

    private static let reason = Field.longText("reason", 1...20_000, "Why: what is not right. It becomes a comment.", "重新打开的原因（不符之处），作为评论保存。")

    package static let fields: [any InputField] = [RequestReference.id, reason, CommentFields.visibility.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      reason = try values[Self.reason]
      visibility = try values[CommentFields.visibility.optional].flatMap(CommentVisibility.init)
    }
  }

  package static let declaration = Declaration(
    "request.reopen", "Reopen a request that was fulfilled or closed, with the reason; how long a closed one can be, the policy says.",
    zh: "说明原因后重新打开已履行或已关闭的请求；已关闭请求的期限由规则决定。", permission: "request.submit", roles: RequestRights.orderers,
    scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .change, requiresVersion: true)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestOutput {
    let visibility = try CommentVisibility.chosen(input.visibility, by: context.principal.side)
    var work = try await context.requestWork(input.id)
    try await work.reopen(at: context.now)
    _ = work.say(input.reason, visibility, in: context)
    // For a customer's people the sweep opens what is to be done.
    if context.principal.side == .staff { try await work.open() }
    try await work.save()
    return try await context.requestOutput(input.id)
  }
}

extension RequestWork {
  fileprivate mutating func reopen(at now: Instant) async throws {
    if let closedAt = process.request.closedAt, let policy = try await transaction.first(RequestPolicyDays(tenant: tenant.id, line: process.request.line)) {
      let until = closedAt.adding(seconds: policy.reopening * 86_400)
      guard now <= until else {
        throw Failure(.conflict, RequestMessages.reopenedTooLate, ["closedAt": closedAt.description, "until": until.description])
      }
    }
    try process.reopen(at: now)
  }
}
