import Desk
import Kernel
import Knowledge
import Operations

/// What was said about a request.
package struct RequestCommentRecord: OperationOutput {
  let id: PublicId
  let visibility: String
  let body: String
  let authorKind: String
  let authorName: String
  let at: Instant

  package static let fields: [OutputField<RequestCommentRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("visibility", .text, "public or internal.", "可见性：public 或 internal。") { .text($0.visibility) },
    OutputField("body", .text, "What was written.", "内容。") { .text($0.body) },
    OutputField("authorKind", .text, "staff, customer, service, operator or system.", "作者类别。") { .text($0.authorKind) },
    OutputField("authorName", .text, "Who wrote it.", "作者。") { .text($0.authorName) },
    OutputField("at", .instant, "When it was written.", "时间。") { .instant($0.at) },
  ]
}

/// Adds a comment, whatever state the request is in: who has it may still ask. It needs no version: two people may write at once.
package enum CommentRequest: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let body: String
    let visibility: CommentVisibility?

    package static let fields: [any InputField] = [RequestReference.id, CommentFields.body, CommentFields.visibility.optional]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[RequestReference.id]
      body = try values[CommentFields.body]
      visibility = try values[CommentFields.visibility.optional].flatMap(CommentVisibility.init)
    }
  }

  package static let declaration = Declaration(
    "request.comment", "Comment on a request; who ordered it and who fulfils it so speak with each other.", zh: "评论请求，供申请人与履行人员沟通。",
    roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> RequestCommentRecord {
    let visibility = try CommentVisibility.chosen(input.visibility, by: context.principal.side)
    context.subject(input.id)
    let request = try await context.request(input.id)
    var work = try await context.requestWork(request.id)
    // What time moved besides is another state of the request than others have read; a word is not.
    let isMovedByTime = work.isMoved
    // It may be an objection: the time until it closes by itself begins anew.
    if context.principal.side == .customer, work.process.request.closesAt != nil { try await work.planClosing() }
    let id = work.say(input.body, visibility, in: context)
    try await work.save(countsVersion: isMovedByTime)
    return RequestCommentRecord(
      id: id, visibility: visibility.rawValue, body: input.body, authorKind: context.actor.kind.rawValue, authorName: context.principal.name,
      at: context.now)
  }
}

extension RequestWork {
  /// Adds a comment of the caller's.
  mutating func say(_ body: String, _ visibility: CommentVisibility, in context: OperationContext) -> PublicId {
    let id = context.newId(.requestComment)
    context.transaction.enqueue(
      InsertRequestComment(
        tenant: context.tenant.id, publicId: id, request: held.id, visibility: visibility, body: body, actor: context.actor,
        authorName: context.principal.name, now: context.now))
    context.transaction.enqueueWords(body, as: visibility.searchWeight, about: held.searched(in: context.tenant.id), held.words)
    process.noteComment(id, visibility, isWord: visibility == .everybody && context.principal.side == .staff, at: context.now)
    return id
  }
}

package enum ListRequestComments: Operation {
  package typealias Input = PageOf<RequestReference>

  package static let declaration = Declaration(
    "request.comments", "Read the comments on a request in order; a customer's people read the public ones.", zh: "按顺序查看请求的评论；客户人员仅见公开评论。",
    permission: "request.read", roles: RequestRights.orderers, scopes: RequestRights.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<RequestCommentRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let request = try await context.request(input.id)
    let rows = try await context.transaction.query(
      CommentsOfRequest(
        tenant: context.tenant.id, request: request.id, includesInternal: context.principal.side == .staff, after: try after?.integer(0) ?? 0,
        limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      RequestCommentRecord(
        id: context.id(.requestComment, row.publicId), visibility: row.visibility, body: row.body, authorKind: row.authorKind,
        authorName: row.authorName, at: row.at)
    }
  }
}
