import Desk
import Kernel
import Knowledge
import Operations

/// What is said about changes. The staff alone read and write it: a customer is told of a change what its public text says, and a word on it may name
/// another customer.
package enum CommentedChanges: CommentedProcess {
  package static let comments = "changes.comment"
  package static let column = "change_id"
  package static let author = "author_name"
  package static let kind = IdKind.changeComment
  package static let id = ChangeFields.id
  package static let told: [OutputField<StaffComment<CommentedChanges>>] = StaffComment.told(withVisibility: true)
}

/// Adds a comment. Whoever serves one of those whom the change concerns may write: it moves nothing. It needs no version: two people may
/// write at once.
package enum CommentChange: Operation {
  package typealias Input = StaffCommentInput<CommentedChanges>

  package static let declaration = Declaration(
    "change.comment", "Comment on a change, among the staff.", zh: "评论变更（仅服务商人员可见）。", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> StaffComment<CommentedChanges> {
    var work = try await ChangeWork.begin(on: input.id, in: context, comparesVersion: false, mustServeAll: false)
    let comment = context.comment(input.body, of: CommentedChanges.self, on: work.row.id)
    context.transaction.enqueueWords(input.body, as: .among, about: work.searched, work.row.words)
    let isMovedByTime = !work.row.process.events.isEmpty
    work.note("commented", [Value.Member("comment", .id(comment.id))])
    try await work.save(countsVersion: isMovedByTime)
    return comment
  }
}

package enum ListChangeComments: Operation {
  package typealias Input = PageOfChange

  package static let declaration = Declaration(
    "change.comments", "Read the comments on a change in order.", zh: "按顺序查看变更的评论。", permission: ChangeRights.read, roles: ChangeRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffComment<CommentedChanges>> {
    try await context.comments(of: CommentedChanges.self, input.id, input.limit, input.cursor) { try await context.change(input.id).id }
  }
}
