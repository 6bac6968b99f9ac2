import Desk
import Kernel
import Operations

/// What a problem is to another one, of those that the caller sees.
package enum ProblemLinking: LinkedProcess {
  package typealias Note = ProblemNote
  package typealias Line = ProblemLine

  package static let id = ProblemFields.id
  package static let kind = Field.oneOf(
    "kind", [ProcessLinkKind.duplicates, .relatesTo].map(\.rawValue), "What this problem is to the other: duplicates (in no circle) or relates_to.",
    "本问题与对方的关系：duplicates 与其重复（不成环）、relates_to 相关。")
  package static let to = Field.id("to", .problem, "The other problem.", "对方问题。")

  package static let told: [OutputField<LinkedTo<ProblemLinking>>] = LinkedTo.told(
    ProblemLine.facts { $0.line }, "What this problem is to it: duplicates or relates_to; from the other end duplicated_by.",
    "本问题与它的关系：duplicates、relates_to；从另一端看为 duplicated_by。")

  package static func find(_ id: PublicId, in context: OperationContext) async throws -> LinkedRecord {
    let problem = try await context.problem(id)
    return LinkedRecord(.problem(problem.id), version: problem.version, of: problem.customer?.id)
  }
}

/// It needs no version: it stands beside both. It does nothing but say so: who gives up what duplicates another does that by itself.
package enum LinkProblem: Operation {
  package typealias Input = ProcessLinkInput<ProblemLinking>

  package static let declaration = Declaration(
    "problem.link", "Say what a problem is to another one.", zh: "关联两个问题。", permission: ProblemRights.work, roles: ProblemRights.workers,
    reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done { try await context.link(input) }
}

package enum UnlinkProblem: Operation {
  package typealias Input = ProcessLinkInput<ProblemLinking>

  package static let declaration = Declaration(
    "problem.unlink", "End a link between two problems; that it was there stays in their history.", zh: "解除两个问题的关联；历史中仍保留记录。",
    permission: ProblemRights.work, roles: ProblemRights.workers, reach: .provider, effect: .change)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Done { try await context.unlink(input) }
}

package enum ListLinksOfProblem: Operation {
  package typealias Input = PageOfProblem

  package static let declaration = Declaration(
    "problem.links", "List the problems that a problem is linked to, of those that the caller may see.", zh: "列出与问题关联且有权查看的其他问题。",
    permission: ProblemRights.read, roles: ProblemRights.readers, reach: .provider, effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<LinkedTo<ProblemLinking>> {
    let line = { (row: ProblemRow) in ProblemLine(row, in: context) }
    return try await context.links(of: ProblemLinking.self, input.id, input.limit, input.cursor, line: line) { try await context.problem(input.id).id }
  }
}
