import Desk
import Kernel
import Knowledge
import Operations

/// What is said about releases, among the staff as about changes.
package enum CommentedReleases: CommentedProcess {
  package static let comments = "changes.release_comment"
  package static let column = "release_id"
  package static let author = "author_name"
  package static let kind = IdKind.releaseComment
  package static let id = ReleaseFields.id
  package static let told: [OutputField<StaffComment<CommentedReleases>>] = StaffComment.told(withVisibility: true)
}

/// Adds a comment. Whoever sees the release may write: it moves nothing. It needs no version: two people may write at once.
package enum CommentRelease: Operation {
  package typealias Input = StaffCommentInput<CommentedReleases>

  package static let declaration = Declaration(
    "release.comment", "Comment on a release, among the staff.", zh: "评论发布（仅服务商人员可见）。", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> StaffComment<CommentedReleases> {
    var work = try await ReleaseWork.begin(on: input.id, in: context, comparesVersion: false, mustServeAll: false)
    let comment = context.comment(input.body, of: CommentedReleases.self, on: work.row.id)
    context.transaction.enqueueWords(input.body, as: .among, about: work.row.searched(of: context.provider.id), work.row.words)
    work.note("commented", [Value.Member("comment", .id(comment.id))])
    _ = work.save(countsVersion: false)
    return comment
  }
}

package enum ListReleaseComments: Operation {
  package typealias Input = PageOfRelease

  package static let declaration = Declaration(
    "release.comments", "Read the comments on a release in order.", zh: "按顺序查看发布的评论。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffComment<CommentedReleases>> {
    try await context.comments(of: CommentedReleases.self, input.id, input.limit, input.cursor) { try await context.release(input.id).id }
  }
}
