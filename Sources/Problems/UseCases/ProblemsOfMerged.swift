import Desk
import Kernel
import Operations

/// The problems behind an incident are behind the one that it is merged into as well; its own links stay. There may be more than an incident is linked
/// to by hand (``ProblemWork/mostPerIncident``): no merge is refused because people looked at both.
enum ProblemsOfMerged: OperationGuard {
  typealias Guarded = MergeIncident

  /// Whoever locks a problem and tickets locks the problem first.
  static func hold(_ input: MergeIncident.Input, in context: OperationContext) async throws {
    _ = try await context.transaction.query(held(input.id, context))
  }

  static func check(_ input: MergeIncident.Input, _ output: IncidentRecord, in context: OperationContext) async throws {
    guard let merged = output.merged else { return }
    // One that was linked meanwhile is held by now too, before it is read.
    let (_, behind, known) = try await context.transaction.query(
      held(input.id, context), problems(merged.row, context), problems(merged.survivor, context))
    for found in behind where found.row.process.state != .cancelled && !known.contains(where: { $0.row.id == found.row.id }) {
      var work = ProblemWork(context: context, row: found.row)
      try await work.link(held: [(id: input.into, row: merged.survivor)])
      work.save(countsVersion: false)
    }
  }

  private static func held(_ incident: PublicId, _ context: OperationContext) -> HoldProblemsOfIncident {
    HoldProblemsOfIncident(provider: context.provider.id, tenant: context.tenant.id, incident: incident)
  }

  /// Whomever they are about: whoever merges need not serve the others that a problem is behind.
  private static func problems(_ ticket: Int64, _ context: OperationContext) -> ProblemsOfIncident {
    ProblemsOfIncident(provider: context.provider.id, customers: nil, tenant: context.tenant.id, ticket: ticket, after: 0, limit: Int64.max)
  }
}
