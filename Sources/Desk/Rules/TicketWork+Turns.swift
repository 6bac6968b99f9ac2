import Kernel
import Operations
import ServiceLevels
import Suppliers

/// The turns of teams and suppliers on a ticket, beside what the customer was promised.
extension TicketWork {
  // MARK: Teams

  /// The team takes the ticket on: somebody who works on tickets says so, or does what shows it.
  /// - Parameters:
  ///   - instant: when it was; nil: now.
  ///   - evidence: where that is shown.
  /// - Returns: whether it had not before.
  @discardableResult mutating func acceptTurn(at instant: Instant? = nil, evidence: String? = nil) throws(Failure) -> Bool {
    let at = instant ?? context.now
    guard isByWorker, try turn?.accept(at: at) == true else { return false }
    let team = turn.map { context.id(.team, $0.team.publicId) }
    note(TicketEventType.accepted, .object(["team": .id(team), "turn": .integer(turn?.seq), "evidence": .text(evidence)]), at: at)
    return true
  }

  /// A public word, which is one to the desk as well; the first of somebody who works on tickets shows that the team has it.
  mutating func sayWordOfTurn() throws(Failure) {
    if try !acceptTurn() { try turn?.clocks.apply(.updated, at: context.now) }
  }

  /// Whether the act is by somebody who works on tickets: others of the staff write to customers too, and take nothing on; nor does a sweep.
  private var isByWorker: Bool {
    guard context.principal.side == .staff, context.actor.kind != .system else { return false }
    return context.principal.access(IncidentFields.work, honouring: [.listed, .all], at: context.now)?.reaches(context.tenant.id) ?? false
  }

  /// Gives the ticket to another team, or to none: the turn ends, and another one begins.
  /// - Parameter rule: the dispatch rule that says so; nil: somebody does.
  mutating func handOver(to team: Ticket.Reference?, by rule: Int64? = nil) async throws {
    if turn?.team.id == team?.id, turn != nil { return }
    try endTurn(team == nil ? .unassigned : .handedOver)
    if let team { try await beginTurn(of: team, by: rule) }
  }

  /// A turn begins now, by the team's OLA in force. A ticket that waits does so in the new turn too.
  mutating func beginTurn(of team: Ticket.Reference, by rule: Int64? = nil) async throws {
    let (tenant, now) = (context.tenant.id, context.now)
    let next = try await context.transaction.first(NextTurn(tenant: tenant, ticket: ticket.id, team: team.id, at: now))
    guard let next else { throw Failure(.internal, OperationMessages.internalFault, debug: "no turn") }
    var begun = TeamTurn(id: next.id, seq: next.seq, team: team, teamName: "", terms: next.terms, startedAt: now, rule: rule, isNew: true)
    if let terms = next.terms {
      // What shows that it waits, its history says.
      let waiting = ticket.state == .pending ? SubjectClocks.wait(in: ClockReplay.acts(try await history()))?.act : nil
      try await begun.clocks.start(under: terms, facts: ticket.facts, at: now, waiting: waiting, in: context.transaction)
    }
    turn = begun
  }

  mutating func endTurn(_ end: TeamTurn.End) throws(Failure) {
    guard var ending = turn else { return }
    try ending.end(end, at: context.now)
    turn = nil
    endedTurns.append(ending)
  }

  /// Brings the turn that goes on under the targets of the ticket's new priority. A supplier's waits until it is told
  /// (``EscalateDispatch``).
  mutating func retargetTurn(_ history: [TicketEventRow]) async throws {
    guard var retargeted = turn, let terms = retargeted.terms else { return }
    try await retargeted.clocks.retarget(
      under: terms, facts: ticket.facts, startedAt: retargeted.startedAt, at: context.now, history: ClockReplay.acts(history, of: retargeted),
      in: context.transaction)
    turn = retargeted
  }

  // MARK: Suppliers

  /// Lets the ticket wait for what is with a supplier.
  mutating func hold(for dispatch: PublicId) throws(Failure) {
    try move(.hold, reason: .awaitingSupplier, evidence: dispatch.description)
    note(TicketEventType.held, .object(["reason": .text(PendingReason.awaitingSupplier.rawValue), "dispatch": .id(dispatch)]))
  }

  /// Whether it waits for a supplier by now, for whichever reason of the list that means it.
  func waitsForSupplier() async throws -> Bool {
    guard ticket.state == .pending else { return false }
    if ticket.pendingReason == PendingReason.awaitingSupplier.rawValue { return true }
    let held = try await history().last { $0.type == TicketEventType.held }
    return held.flatMap { PendingReason(toldBy: $0.payload) }?.waitedFor == .supplier
  }

  /// The dispatch that the ticket's wait for a supplier began with, or that joined it; nil where it waits for none, or was let wait
  /// without one.
  func dispatchWaitedFor() async throws -> String? {
    guard ticket.state == .pending else { return nil }
    let began = try await history().last { event in
      event.type == TicketEventType.held || event.type == TicketEventType.dispatched && event.payload["wait"] == .bool(true)
    }
    return began?.payload["dispatch"]?.text
  }

  /// What is with suppliers goes with the ticket into another one, on which work goes on: their time runs on there.
  /// - Parameter waitedFor: the dispatch that the ticket's wait began with. The wait goes along with what is still with suppliers; one
  ///   that the other ticket has goes on instead.
  mutating func handDispatches(to survivor: inout TicketWork, waitedFor: String?) throws(Failure) {
    let (from, to) = (context.id(.incident, ticket.publicId), context.id(.incident, survivor.ticket.publicId))
    var moved: [PublicId] = []
    for var dispatch in dispatches where dispatch.isOpen {
      if let twin = survivor.dispatches.first(where: { $0.isOpen && $0.agreement.contract.id == dispatch.agreement.contract.id }) {
        throw Failure(
          .conflict, DeskMessages.dispatchedTwice,
          [
            "supplier": dispatch.agreement.supplierName, "contract": dispatch.agreement.reference,
            "own": context.id(.dispatch, dispatch.publicId).description, "other": context.id(.dispatch, twin.publicId).description,
          ])
      }
      let told = Value.object(["dispatch": .id(context.id(.dispatch, dispatch.publicId)), "from": .id(from), "to": .id(to)])
      note(TicketEventType.dispatchMoved, told)
      survivor.note(TicketEventType.dispatchMoved, told)
      moved.append(context.id(.dispatch, dispatch.publicId))
      dispatch.move(to: survivor.ticket)
      survivor.dispatches.append(dispatch)
    }
    // What was told of them was.
    survivor.missedRead.formUnion(missedRead)
    dispatches.removeAll(where: \.isOpen)
    guard let waitedFor, survivor.ticket.state != .pending else { return }
    if let dispatch = moved.first(where: { $0.description == waitedFor }) ?? moved.last { try survivor.hold(for: dispatch) }
  }

  // MARK: All

  /// Of the turns that go on: what one that is over promised is nobody's affair any more.
  var clocksOfTurns: [SubjectClocks] { (turn.map { [$0.clocks] } ?? []) + dispatches.filter(\.isOpen).map(\.clocks) }

  /// Enqueues the turns and their clocks.
  mutating func saveTurns() {
    let (tenant, now, transaction) = (context.tenant.id, context.now, context.transaction)
    for var turn in endedTurns + (turn.map { [$0] } ?? []) where turn.isTouched || turn.clocks.isTouched {
      if turn.isNew {
        transaction.enqueue(InsertTurn(tenant: tenant, ticket: ticket.id, turn: turn, now: now))
      } else {
        transaction.enqueue(UpdateTurn(tenant: tenant, turn: turn))
      }
      turn.clocks.save(on: transaction, tenant: tenant, recordedAt: now)
    }
    for index in dispatches.indices where dispatches[index].isTouched || dispatches[index].clocks.isTouched {
      if dispatches[index].isNew {
        transaction.enqueue(InsertDispatch(tenant: tenant, dispatch: dispatches[index], now: now))
      } else {
        dispatches[index].version += 1
        transaction.enqueue(UpdateDispatch(tenant: tenant, dispatch: dispatches[index]))
      }
      dispatches[index].ticketVersion = ticket.version
      dispatches[index].clocks.save(on: transaction, tenant: tenant, recordedAt: now)
    }
  }
}

extension TeamTurn {
  func with(_ clocks: [ClockSubject: SubjectClocks]) -> TeamTurn {
    var copy = self
    if let found = clocks[copy.clocks.subject] { copy.clocks = found }
    return copy
  }
}

extension SupplierTurn {
  func with(_ clocks: [ClockSubject: SubjectClocks]) -> SupplierTurn {
    var copy = self
    if let found = clocks[copy.clocks.subject] { copy.clocks = found }
    return copy
  }
}
