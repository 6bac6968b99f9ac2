import Attributes
import Gates
import Kernel
import Operations

extension TicketWork {
  /// Passes the gates before an act that is done in memory, or throws; what passing them tells goes into the history.
  /// - Parameters:
  ///   - known: facts that no row tells yet.
  ///   - isNew: whether the ticket is not there yet.
  mutating func pass(_ gates: GatesAhead?, known: Set<GateFact> = [], isNew: Bool = false) async throws {
    let (context, ticket) = (context, ticket)
    guard let gates else {
      // Whom no gate asks ends the stays as well. A customer's people see none: of what they closed, that is told when it is read.
      if !isNew, !ticket.state.isOpen, context.principal.side == .staff {
        context.leaveGates(ticket.publicId, besides: ticket.state == .resolved ? .close : nil)
      }
      return
    }
    let asJudged = HoldTicketAtVersion(judged: JudgedRow(of: context.tenant.id, ticket.id, version: versionRead))
    let passings = try await gates.pass(
      GateFacts(
        of: ticket.publicId, priority: { isNew ? ticket.priority : try await context.judgedPriority(of: ticket) },
        present: { needed in try await context.facts(of: ticket, needed: needed, isNew: isNew).union(known) },
        cameAnewAt: { isNew ? nil : try await context.lastReopening(of: ticket) },
        hold: { transaction in
          if isNew { return true }
          return try await transaction.first(asJudged) != nil
        }))
    for passing in passings { note(passing.isBypass ? TicketEventType.gateBypassed : TicketEventType.gatePassed, .object(passing.payload)) }
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
    // What lies in other rows, and what is said with the act.
    case .cis, .publicComment, .article, .changesClosed, .file, .customerFile, .closureCode: false
    // Of other processes.
    case .result, .outcome, .cause, .causeCode, .workaround, .plan, .backOut, .test, .publicText, .tasks, .review, .pilot, .mitigation: false
    }
  }
}

extension OperationContext {
  /// The highest priority of a ticket since it was last reopened, and of those that went into it since: by that gates judge it, for a
  /// lower one just before the step is no way round them.
  func judgedPriority(of ticket: Ticket) async throws -> Int64 {
    let stories = try await transaction.query(StoriesOfTicket(tenant: tenant.id, ticket: ticket.id))
    let reopenedAt = try stories.first(where: \.isOwn)?.story.lastReopening
    return try stories.reduce(ticket.priority) { highest, told in
      // What went into it before it was reopened was resolved with it.
      if !told.isOwn, let reopenedAt, try told.story.lastAt ?? reopenedAt < reopenedAt { return highest }
      return min(highest, try told.story.highestPriority ?? highest)
    }
  }

  /// When a ticket was last reopened, by whomever: it comes to all gates anew. The customer's people end no stay themselves.
  func lastReopening(of ticket: Ticket) async throws -> Instant? {
    let stories = try await transaction.query(StoriesOfTicket(tenant: tenant.id, ticket: ticket.id))
    return try stories.first(where: \.isOwn)?.story.lastReopening
  }

  /// Which of some facts gates would find; what lies in other rows is looked up only when it is asked for.
  func facts(of ticket: Ticket, needed: GateNeeds, isNew: Bool = false) async throws -> GateNeeds {
    let attributes = try await attributesThere(needed.attributes, in: ticket.attributes, of: .incident, customer: tenant.id)
    var present = GateNeeds(facts: needed.facts.filter(ticket.has), attributes: attributes)
    if needed.facts.contains(.changesClosed) {
      // No change is to resolve what is not there yet.
      let waits = isNew ? false : try await hasOpenChange(ticket)
      if !waits { present.facts.insert(.changesClosed) }
    }
    guard !isNew else { return present }
    // A code that nobody said is written all the same when it is resolved.
    if needed.facts.contains(.closureCode), !ticket.state.isOpen,
      try await transaction.first(ClosureCodeIsSaid(tenant: tenant.id, ticket: ticket.id, openedAt: ticket.openedAt)) == true
    {
      present.facts.insert(.closureCode)
    }
    guard !needed.facts.isDisjoint(with: [.cis, .publicComment, .article]) else { return present }
    guard let found = try await transaction.first(EvidenceOfTicket(tenant: tenant.id, ticket: ticket.id)) else { return present }
    if found.hasCis { present.facts.insert(.cis) }
    if found.hasPublicComment { present.facts.insert(.publicComment) }
    if found.hasArticle { present.facts.insert(.article) }
    return present
  }

  /// Whether a change that is to resolve it goes on.
  private func hasOpenChange(_ ticket: Ticket) async throws -> Bool {
    try await transaction.first(HasOpenChange(provider: provider.id, tenant: tenant.id, ticket: ticket.id)) == true
  }
}
