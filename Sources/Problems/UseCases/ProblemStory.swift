import Desk
import Kernel
import Knowledge
import Operations

/// Something that was said of a problem, among the staff.
package struct ProblemCommentRecord: OperationOutput {
  let id: PublicId
  let body: String
  let authorKind: String
  let authorName: String
  let at: Instant

  package static let fields: [OutputField<ProblemCommentRecord>] = [
    OutputField("id", .id, "Its id.", "编号。") { .id($0.id) },
    OutputField("body", .text, "What was written.", "内容。") { .text($0.body) },
    OutputField("authorKind", .text, "staff, service, operator or system.", "作者类别。") { .text($0.authorKind) },
    OutputField("authorName", .text, "Who wrote it.", "作者。") { .text($0.authorName) },
    OutputField("at", .instant, "When it was written.", "时间。") { .instant($0.at) },
  ]
}

/// Adds a comment. It needs no version: two people may write at once.
package enum CommentProblem: Operation {
  package struct Input: OperationInput {
    let id: PublicId
    let body: String

    package static let fields: [any InputField] = [ProblemFields.id, CommentFields.body]

    package init(_ values: InputValues) throws(FieldError) {
      id = try values[ProblemFields.id]
      body = try values[CommentFields.body]
    }
  }

  package static let declaration = Declaration(
    "problem.comment", "Say something of a problem, among the staff.", zh: "评论问题（仅服务商人员可见）。", permission: ProblemRights.work,
    roles: ProblemRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> ProblemCommentRecord {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    let id = work.comment(input.body)
    work.save(countsVersion: false)
    return ProblemCommentRecord(
      id: id, body: input.body, authorKind: context.actor.kind.rawValue, authorName: context.principal.name, at: context.now)
  }
}

package enum ListProblemComments: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.comments", "List what was said of a problem, in order.", zh: "按顺序列出问题的评论。", permission: ProblemRights.read,
    roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ProblemCommentRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let problem = try await context.problem(input.id)
    let rows = try await context.transaction.query(
      ProblemComments(provider: context.provider.id, problem: problem.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { row in
      ProblemCommentRecord(
        id: context.id(.problemComment, row.publicId), body: row.body, authorKind: row.actorKind, authorName: row.actorName, at: row.at)
    }
  }
}

/// An event of a problem's history.
package struct ProblemEventRecord: ProcessEventRecord {
  package let event: ToldEvent

  package init(_ event: ToldEvent) { self.event = event }

  package static let fields: [OutputField<ProblemEventRecord>] = ProblemEventRecord.told(first: "problem.opened")
}

package enum ReadProblemHistory: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.history", "Read what happened to a problem, in order.", zh: "按顺序查看问题的历史。", permission: ProblemRights.read,
    roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<ProblemEventRecord> {
    try await context.history(of: .problem, input.id, input.limit, input.cursor) {
      let problem = try await context.problem(input.id)
      return (.problem(problem.id), problem.openedAt)
    }
  }
}

extension ProblemWork {
  /// Writes what somebody says of it.
  @discardableResult mutating func comment(_ body: String) -> PublicId {
    let id = context.id(.problemComment, context.random.publicIdBits())
    context.transaction.enqueue(
      InsertProblemComment(
        provider: context.provider.id, publicId: id, problem: row.id, body: body, principal: context.principal, now: context.now))
    context.transaction.enqueueWords(body, as: .among, about: searched, row.words)
    note("commented", .object(["comment": .id(id)]))
    return id
  }
}
