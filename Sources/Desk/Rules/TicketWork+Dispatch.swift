import Kernel
import Operations
import Postgres

extension TicketWork {
  /// What dispatch rules are chosen by, as it is now.
  func dispatchFacts(_ cis: [NamedCi.Key]) -> DispatchFacts {
    DispatchFacts(service: ticket.service?.id, category: ticket.category, nature: ticket.nature, priority: ticket.priority, cis: cis)
  }

  /// The rules give it to their team, where they name one that it has not got.
  mutating func dispatch(by rules: [DispatchRule], _ facts: DispatchFacts) async throws {
    guard let rule = DispatchChoice.deciding(DispatchChoice.matching(rules, facts)), rule.team.id != ticket.team?.id else { return }
    ticket.team = rule.team
    try await handOver(to: rule.team, by: rule.id)
    note(
      TicketEventType.assigned,
      .object([
        "team": .id(context.id(.team, rule.team.publicId)), "assignee": .null, "turn": .integer(turn?.seq), "given": .bool(true),
        "rule": .id(context.id(.dispatchRule, rule.publicId)),
      ]))
  }

  /// Somebody gives it to a team, who is opening it.
  mutating func give(to team: Ticket.Reference) async throws {
    ticket.team = team
    try await handOver(to: team)
    note(
      TicketEventType.assigned,
      .object(["team": .id(context.id(.team, team.publicId)), "assignee": .null, "turn": .integer(turn?.seq), "given": .bool(true)]))
  }

  /// It was classified anew: the rules are asked again while nobody has taken it, and unless a person chose its team, or that it has none.
  /// The act is of the staff, whose work has the turn.
  mutating func dispatchAnew(since before: Ticket, _ cis: TicketCis? = nil) async throws {
    let isNamedOtherwise = ticket.service?.id != before.service?.id || ticket.category != before.category || ticket.nature != before.nature
    let isOther = isNamedOtherwise || ticket.priority != before.priority || cis?.isChanged ?? false
    guard isOther, ticket.state == .new, ticket.assignee == nil, ticket.owner == nil else { return }
    if let turn {
      guard turn.rule != nil, turn.acceptedAt == nil else { return }
    } else if ticket.team != nil {
      return
    }
    let tenant = context.tenant.id
    let keys: [NamedCi.Key] =
      if let cis { cis.named.map(\.key) } else { try await context.transaction.query(CisOfTicket(tenant: tenant, ticket: ticket.id)).map(\.key) }
    let facts = dispatchFacts(keys)
    let found = try await context.transaction.query(DispatchCandidates(tenant: tenant, ticket: ticket.id, facts: facts))
    // Somebody took it from the team that it had.
    if turn == nil, found.first?.hadTeam ?? false { return }
    try await dispatch(by: found.map(\.rule), facts)
  }
}

extension OperationContext {
  /// Refuses a team that the customer's delivery model does not name.
  package func requireAllowed(_ team: Int64, _ path: String) async throws {
    guard let outside = try await transaction.first(TeamOutsideModel(tenant: tenant.id, team: team)) else { return }
    let allowed = try await transaction.query(TeamsOfModel(tenant: tenant.id)).map(\.name)
    throw Failure.invalid(
      path, DispatchRuleMessages.teamNotAllowed, ["team": outside.name, "customer": tenant.name, "allowed": listed(allowed)])
  }

  /// Refuses a team that the delivery model of one of these customers does not name. They are named, the first ten, as far as the caller serves them.
  package func requireAllowed(_ team: Int64, for customers: [TenantId], _ path: String) async throws {
    guard !customers.isEmpty else { return }
    let most = 10
    let found = try await transaction.query(TeamsOutsideModels(customers: customers, teams: [team], limit: Int64(most) + 1))
    guard let outside = found.first else { return }
    let served = found.map(\.customer).filter { access.reaches($0) }.prefix(most)
    let known = try await entries(of: Array(served))
    let named = served.compactMap { known[$0]?.name } + (served.count < found.count ? ["…"] : [])
    throw Failure.invalid(path, DispatchRuleMessages.teamNotAllowedFor, ["team": outside.name, "customers": listed(named)])
  }

  private func listed(_ names: [String]) -> String { names.joined(separator: language == .chinese ? "、" : ", ") }
}
