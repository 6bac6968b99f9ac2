import Contracts
import Kernel
import Operations

/// An OLA by which a team works, or is to work, is not retired.
enum AgreedOlaGuard: OperationGuard {
  typealias Guarded = RetireSla

  static let inUse = Message(
    "sla.agreed_by_teams", "Teams work by it, or are to: {teams}. End their agreements (team_agreement.end) first.",
    zh: "仍有团队遵循或将遵循此协议：{teams}。请先终止其协议（team_agreement.end）。")

  static func check(_ input: RetireSla.Input, _ output: SlaOutput, in context: OperationContext) async throws {
    let teams = try await context.transaction.query(TeamsOfAgreement(sla: output.id, at: context.now))
    guard teams.isEmpty else { throw Failure(.conflict, inUse, ["teams": teams.joined(separator: ", ")]) }
  }
}
