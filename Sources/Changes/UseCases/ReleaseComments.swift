import Kernel
import Knowledge
import Operations

/// Adds a comment. Whoever sees the release may write: it moves nothing. It needs no version: two people may write at once.
package enum CommentRelease: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let body: String

    package static let fields: [any InputField] = [ReleaseFields.id, CommentFields.body]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ReleaseFields.id]
      body = try values[CommentFields.body]
    }
  }

  package static let declaration = Declaration(
    "release.comment", "Comment on a release, among the staff.", zh: "评论发布（仅服务商人员可见）。", roles: ChangeRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ChangeCommentRecord {
    var work = try await ReleaseWork.begin(on: input.id, in: context, comparesVersion: false, mustServeAll: false)
    let comment = context.comment(input.body, .releaseComment, on: work.row.id)
    context.transaction.enqueue(InsertReleaseComment(comment: comment))
    context.transaction.enqueueWords(input.body, as: .among, about: work.row.searched(of: context.provider.id), work.row.words)
    work.note("commented", [Value.Member("comment", .id(comment.publicId))])
    _ = work.save(countsVersion: false)
    return ChangeCommentRecord(comment)
  }
}

package enum ListReleaseComments: Operation {
  package typealias Input = PageOfRelease

  package static let declaration = Declaration(
    "release.comments", "Read the comments on a release in order.", zh: "按顺序查看发布的评论。", permission: ChangeRights.read,
    roles: ChangeRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ChangeCommentRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let release = try await context.release(input.id)
    let page = CommentPage(provider: context.provider.id, subject: release.id, after: try after?.integer(0) ?? 0, limit: limit + 1)
    let rows = try await context.transaction.query(CommentsOfRelease(page: page))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      ChangeCommentRecord(row, id: context.id(.releaseComment, row.publicId))
    }
  }
}
