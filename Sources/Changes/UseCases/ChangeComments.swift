import Kernel
import Knowledge
import Operations

/// What was said about a change or a release. The staff alone read and write it: a customer is told of a change what its public text says, and a word
/// on it may name another customer.
package struct ChangeCommentRecord: OperationOutput {
  let id: PublicId
  let body: String
  let authorKind: String
  let authorName: String
  let at: Instant

  package static let fields: [OutputField<ChangeCommentRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("visibility", .text, "internal: the staff alone read it.", "可见性：internal，仅服务商人员可见。") { _ in .text(CommentVisibility.staff.rawValue) },
    OutputField("body", .text, "What was written.", "内容。") { .text($0.body) },
    OutputField("authorKind", .text, "staff, service, operator or system.", "作者类别。") { .text($0.authorKind) },
    OutputField("authorName", .text, "Who wrote it.", "作者。") { .text($0.authorName) },
    OutputField("at", .instant, "When it was written.", "时间。") { .instant($0.at) },
  ]

  init(_ comment: StaffComment) {
    (id, body, at) = (comment.publicId, comment.body, comment.now)
    (authorKind, authorName) = (comment.actor.kind.rawValue, comment.authorName)
  }

  init(_ found: CommentPage.Found, id: PublicId) {
    (self.id, body, at) = (id, found.body, found.at)
    (authorKind, authorName) = (found.authorKind, found.authorName)
  }
}

extension OperationContext {
  /// What the caller says of a change or a release.
  func comment(_ body: String, _ kind: IdKind, on subject: Int64) -> StaffComment {
    StaffComment(
      provider: provider.id, publicId: newId(kind), subject: subject, body: body, actor: actor, authorName: principal.name, now: now)
  }
}

/// Adds a comment. Whoever serves one of those whom the change concerns may write: it moves nothing. It needs no version: two people may
/// write at once.
package enum CommentChange: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let body: String

    package static let fields: [any InputField] = [ChangeFields.id, CommentFields.body]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ChangeFields.id]
      body = try values[CommentFields.body]
    }
  }

  package static let declaration = Declaration(
    "change.comment", "Comment on a change, among the staff.", zh: "评论变更（仅服务商人员可见）。", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeCommentRecord {
    var work = try await ChangeWork.begin(on: input.id, in: context, comparesVersion: false, mustServeAll: false)
    let comment = context.comment(input.body, .changeComment, on: work.row.id)
    context.transaction.enqueue(InsertChangeComment(comment: comment))
    context.transaction.enqueueWords(input.body, as: .among, about: work.searched, work.row.words)
    let isMovedByTime = !work.row.process.events.isEmpty
    work.note("commented", [Value.Member("comment", .id(comment.publicId))])
    try await work.save(countsVersion: isMovedByTime)
    return ChangeCommentRecord(comment)
  }
}

package enum ListChangeComments: Operation {
  package typealias Input = PageOfChange

  package static let declaration = Declaration(
    "change.comments", "Read the comments on a change in order.", zh: "按顺序查看变更的评论。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeCommentRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let change = try await context.change(input.id)
    let page = CommentPage(provider: context.provider.id, subject: change.id, after: try after?.integer(0) ?? 0, limit: limit + 1)
    let rows = try await context.transaction.query(CommentsOfChange(page: page))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      ChangeCommentRecord(row, id: context.id(.changeComment, row.publicId))
    }
  }
}
