import Kernel
import Operations

/// Which dispatch rules are for an incident as it is now, and which of them decides.
package struct DispatchExplanation: OperationOutput {
  let team: PublicId?
  /// What gave it to the team that has it.
  let source: String?
  let rules: [Candidate]

  package struct Candidate: OperationOutput {
    let rule: DispatchRuleRecord
    let outcome: Outcome

    enum Outcome: String, Sendable {
      case decides
      case lessSpecific = "less_specific"
      case teamNotAllowed = "team_not_allowed"
    }

    package static let fields: [OutputField<Candidate>] = [
      OutputField("rule", record: DispatchRuleRecord.self, "The rule.", "规则。") { $0.rule },
      OutputField(
        "outcome", .text, "decides; less_specific: another one goes before it; team_not_allowed: the customer's delivery model does not name its team.",
        "decides 决定分派；less_specific 有更具体的规则；team_not_allowed 客户的交付模式不包含其团队。"
      ) { .text($0.outcome.rawValue) },
    ]
  }

  package static let fields: [OutputField<DispatchExplanation>] = [
    OutputField("team", .id, "The team that has it; null: none.", "当前处理团队；null 表示无。") { .id($0.team) },
    OutputField(
      "source", .text, "What gave it to that team: rule, or hand for a person or an escalation; null: nothing did.",
      "分派来源：rule 规则，hand 人工或升级；null 表示未分派。"
    ) { .text($0.source) },
    OutputField(
      "rules", listOf: Candidate.self, "The rules that are for it as it is now, the most specific first.", "按当前分类适用的规则，最具体的在前。"
    ) { $0.rules },
  ]
}

package enum ExplainDispatch: Operation {
  package typealias Input = IncidentReference

  package static let declaration = Declaration(
    "incident.dispatch_explain", "Explain which dispatch rules are for an incident, and which one decides.", zh: "说明适用于事件的分派规则及最终起作用的规则。",
    roles: [.administrator, .accountManager, .engineer], reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> DispatchExplanation {
    let (transaction, tenant) = (context.transaction, context.tenant.id)
    let ticket = try await context.ticket(input.id)
    let (turns, cis) = try await transaction.query(TurnsOfTicket(tenant: tenant, ticket: input.id), CisOfTicket(tenant: tenant, ticket: ticket.id))
    let facts = DispatchFacts(
      service: ticket.service?.id, category: ticket.category, nature: ticket.nature, priority: ticket.priority, cis: cis.map(\.key))
    let found = try await transaction.query(DispatchCandidates(tenant: tenant, ticket: ticket.id, facts: facts))
    let matching = DispatchChoice.matching(found.map(\.rule), facts)
    let deciding = DispatchChoice.deciding(matching)
    let rows = matching.isEmpty ? [] : try await transaction.query(DispatchRulesByIds(ids: matching.map(\.id)))
    let candidates = matching.compactMap { rule -> DispatchExplanation.Candidate? in
      guard let row = rows.first(where: { $0.id == rule.id }) else { return nil }
      let outcome: DispatchExplanation.Candidate.Outcome =
        if rule.id == deciding?.id { .decides } else { rule.isAllowed ? .lessSpecific : .teamNotAllowed }
      return DispatchExplanation.Candidate(rule: DispatchRuleRecord(row, in: context), outcome: outcome)
    }
    let source: String? = ticket.team == nil ? nil : turns.last?.rule == nil ? "hand" : "rule"
    return DispatchExplanation(team: ticket.team.map { context.id(.team, $0.publicId) }, source: source, rules: candidates)
  }
}
