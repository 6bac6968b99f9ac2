import Desk
import Kernel
import Operations

package struct WatchProblemInput: OperationInput {
  let id: PublicId
  let staff: PublicId?

  package static let fields: [any InputField] = [ProblemFields.id, WatchFields.staff]

  package init(_ values: InputValues) throws(FieldError) {
    id = try values[ProblemFields.id]
    staff = try values[WatchFields.staff]
  }
}

/// Somebody of the staff wants to be told what happens to a problem. It needs no version: it stands beside it. Who watches it already goes on to.
package enum WatchProblem: Operation {
  package typealias Input = WatchProblemInput

  package static let declaration = Declaration(
    "problem.watch", "Watch a problem: oneself, or a member of the staff who may see it.", zh: "关注问题：本人，或指定有权查看的服务商人员。",
    roles: ProblemRights.readers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let problem = try await context.problem(input.id)
    let told = try await context.watch(.problem(problem.id), input.staff, readBy: problem.readers)
    return context.note(.watched, told, on: problem, input.id)
  }
}

package enum UnwatchProblem: Operation {
  package typealias Input = WatchProblemInput

  package static let declaration = Declaration(
    "problem.unwatch", "Watch a problem no more.", zh: "取消关注问题。", permission: "problem.watch", roles: ProblemRights.readers, reach: .provider,
    effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done {
    let problem = try await context.problem(input.id)
    return context.note(.unwatched, try await context.unwatch(.problem(problem.id), input.staff), on: problem, input.id)
  }
}

package enum ListProblemWatchers: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.watchers", "List who watches a problem.", zh: "列出问题的关注者。", permission: ProblemRights.read, roles: ProblemRights.readers,
    reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<StaffWatcherRecord> {
    let problem = try await context.problem(input.id)
    return try await context.watchers(of: .problem(problem.id), input.id, input.limit, input.cursor, readBy: problem.readers)
  }
}

extension OperationContext {
  /// - Parameter told: what the history says of it; nil: nothing changed.
  fileprivate func note(_ turn: WatchTurn, _ told: Value?, on problem: ProblemRow, _ id: PublicId) -> Done {
    subject(id)
    if let told {
      transaction.enqueue(ProblemNote("problem.\(turn.rawValue)", told, on: problem.id, of: provider.id, by: actor, at: now))
    }
    return Done(id: id, version: problem.version)
  }
}

extension ProblemRow {
  /// Whoever serves its customer sees it; one that is about no one customer is there for all of the staff.
  fileprivate var readers: Readership { Readership(permission: ProblemRights.read, serving: customer.map { [$0.id.rawValue] }) }
}
