import Desk
import Kernel
import Knowledge
import Operations

/// What is said of problems.
package enum CommentedProblems: CommentedProcess {
  package static let comments = "problems.comment"
  package static let column = "problem_id"
  package static let author = "actor_name"
  package static let kind = IdKind.problemComment
  package static let id = ProblemFields.id
  package static let told: [OutputField<StaffComment<CommentedProblems>>] = StaffComment.told(withVisibility: false)
}

/// Adds a comment. It needs no version: two people may write at once.
package enum CommentProblem: Operation {
  package typealias Input = StaffCommentInput<CommentedProblems>

  package static let declaration = Declaration(
    "problem.comment", "Say something of a problem, among the staff.", zh: "评论问题（仅服务商人员可见）。", permission: ProblemRights.work,
    roles: ProblemRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> StaffComment<CommentedProblems> {
    var work = try await ProblemWork.begin(on: input.id, in: context, comparesVersion: false, concernsAll: false)
    let comment = work.comment(input.body)
    work.save(countsVersion: false)
    return comment
  }
}

package enum ListProblemComments: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.comments", "List what was said of a problem, in order.", zh: "按顺序列出问题的评论。", permission: ProblemRights.read,
    roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffComment<CommentedProblems>> {
    try await context.comments(of: CommentedProblems.self, input.id, input.limit, input.cursor) { try await context.problem(input.id).id }
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
  @discardableResult mutating func comment(_ body: String) -> StaffComment<CommentedProblems> {
    let comment = context.comment(body, of: CommentedProblems.self, on: row.id)
    context.transaction.enqueueWords(body, as: .among, about: searched, row.words)
    note("commented", .object(["comment": .id(comment.id)]))
    return comment
  }
}
