import Gates
import Kernel
import Operations

extension TicketWork {
  /// Passes the gates before an act that is done in memory, or throws; what passing them tells goes into the history.
  /// - Parameters:
  ///   - known: facts that no row tells yet.
  ///   - isNew: whether the ticket is not there yet.
  mutating func pass(_ gates: GatesAhead?, known: Set<GateFact> = [], isNew: Bool = false) async throws {
    guard let gates else { return }
    let (context, ticket) = (context, ticket)
    let (tenant, id) = (context.tenant.id, ticket.id)
    let passings = try await gates.pass(ticket.publicId, priority: ticket.priority) { needed in
      try await context.facts(of: ticket, needed: needed, isNew: isNew).union(known)
    } hold: { transaction in
      if !isNew { _ = try await transaction.query(HoldTicket(tenant: tenant, id: id)) }
    }
    for passing in passings {
      let checked = passing.isBypass ? [] : [Value.Member("checked", .array(passing.checked.map { .text($0) }))]
      note(
        passing.isBypass ? TicketEventType.gateBypassed : TicketEventType.gatePassed,
        .object([Value.Member("gate", .id(passing.gate)), Value.Member("step", .text(passing.step.rawValue))] + checked))
    }
  }
}

extension Ticket {
  /// The steps that it has yet to take, before which gates may stand.
  var stepsAhead: [GateStep] {
    switch state {
    case .new, .active, .pending: [.assign, .dispatch, .resolve, .close]
    case .resolved: [.close]
    case .closed: []
    }
  }

  fileprivate func has(_ fact: GateFact) -> Bool {
    switch fact {
    case .description: !description.isEmpty
    case .category: category != nil
    case .source: source != nil
    case .nature: nature != nil
    case .service: service != nil
    case .ciTier: ciTier != nil
    case .requester: requester != nil
    case .unit: unit != nil
    case .contractLine: line != nil
    case .owner: owner != nil
    case .team: team != nil
    case .assignee: assignee != nil
    case .cis, .publicComment, .article: false
    }
  }
}

extension OperationContext {
  /// Which of some facts gates would find; what lies in other rows is looked up only when it is asked for.
  func facts(of ticket: Ticket, needed: Set<GateFact>, isNew: Bool = false) async throws -> Set<GateFact> {
    var present = needed.filter(ticket.has)
    guard !isNew, !needed.isDisjoint(with: [.cis, .publicComment, .article]) else { return present }
    guard let found = try await transaction.first(EvidenceOfTicket(tenant: tenant.id, ticket: ticket.id)) else { return present }
    if found.hasCis { present.insert(.cis) }
    if found.hasPublicComment { present.insert(.publicComment) }
    if found.hasArticle { present.insert(.article) }
    return present
  }
}
