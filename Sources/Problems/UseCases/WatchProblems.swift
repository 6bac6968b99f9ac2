import Desk
import Kernel
import Operations

/// Who watches a problem, of those who see it.
package enum ProblemWatching: WatchedProcess {
  package typealias Note = ProblemNote

  package static let id = ProblemFields.id

  package static func find(_ id: PublicId, in context: OperationContext) async throws -> WatchedRecord {
    let problem = try await context.problem(id)
    // Whoever serves its customer sees it; one that is about no one customer is there for all of the staff.
    let readers = Readership(permission: ProblemRights.read, serving: problem.customer.map { [$0.id.rawValue] })
    return WatchedRecord(.problem(problem.id), version: problem.version) { readers }
  }
}

/// Somebody of the staff wants to be told what happens to a problem. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchProblem: Operation {
  package typealias Input = StaffWatchInput<ProblemWatching>

  package static let declaration = Declaration(
    "problem.watch", "Watch a problem: oneself, or a member of the staff who may see it.", zh: "关注问题：本人，或指定有权查看的服务商人员。",
    roles: ProblemRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.watch(input)
  }
}

package enum UnwatchProblem: Operation {
  package typealias Input = StaffWatchInput<ProblemWatching>

  package static let declaration = Declaration(
    "problem.unwatch", "Watch a problem no more.", zh: "取消关注问题。", permission: "problem.watch", roles: ProblemRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    try await context.unwatch(input)
  }
}

package enum ListProblemWatchers: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.watchers", "List who watches a problem.", zh: "列出问题的关注者。", permission: ProblemRights.read, roles: ProblemRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    try await context.watchers(of: ProblemWatching.self, input.id, input.limit, input.cursor)
  }
}
