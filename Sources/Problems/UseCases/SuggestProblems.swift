import Desk
import Kernel
import Operations

/// Which open problems may be behind an incident, by what it names and its category. What the words of its title find,
/// `incident.suggest` tells.
package enum SuggestProblems: Operation {
  package struct Input: OperationInput {
    let incident: PublicId

    package static let fields: [any InputField] = [ProblemFields.incident]

    package init(_ values: InputValues) throws(FieldError) { incident = try values[ProblemFields.incident] }
  }

  package struct Suggestion: OperationOutput {
    let found: ProblemsToSuggest.Found
    let line: ProblemLine

    package static let fields: [OutputField<Suggestion>] =
      ProblemLine.facts { $0.line } + [
        OutputField("byCi", .boolean, "Whether it names a configuration item of the incident.", "是否涉及该事件的配置项。") { .bool($0.found.isByCi) },
        OutputField("byCategory", .boolean, "Whether it has the incident's category.", "分类是否与该事件相同。") { .bool($0.found.isByCategory) },
      ]
  }

  package struct Output: OperationOutput {
    let problems: [Suggestion]

    package static let fields: [OutputField<Output>] = [
      OutputField("problems", listOf: Suggestion.self, "Ten at the most: by configuration item first, known errors first.", "最多十个；按配置项匹配者在前，已知错误在前。") {
        $0.problems
      }
    ]
  }

  private static let most: Int64 = 10

  package static let declaration = Declaration(
    "problem.suggest", "Suggest open problems and known errors that may be behind an incident, by configuration item and category.",
    zh: "按配置项与分类推荐可能引起事件的未结问题与已知错误。", permission: ProblemRights.read, roles: ProblemRights.readers,
    reach: .oneAndProvider(by: "incident"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Output {
    guard let ticket = try await context.incident(input.incident) else { throw context.unknownReference("incident") }
    let cis = try await context.transaction.query(CisNamedByTicket(tenant: context.tenant.id, ticket: ticket.id))
    let found = try await context.transaction.query(
      ProblemsToSuggest(
        provider: context.provider.id, tenant: context.tenant.id, ticket: ticket.id, cis: cis, category: ticket.category, limit: most))
    return Output(problems: found.map { Suggestion(found: $0, line: ProblemLine($0.row, in: context)) })
  }
}

extension OperationContext {
  /// An incident that a body names; nil: there is none that the caller may see.
  fileprivate func incident(_ id: PublicId) async throws -> Ticket? {
    do {
      return try await ticket(id)
    } catch let failure as Failure where failure.kind == .notFound {
      return nil
    }
  }
}
