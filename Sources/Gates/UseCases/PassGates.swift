import Kernel
import Operations
import Postgres

/// What the history of a subject tells of a gate that it passed.
package struct GatePassing: Sendable {
  package let gate: PublicId
  package let step: GateStep
  package let isBypass: Bool
  /// The items that were said to be done.
  package let checked: [String]
}

/// The gates before an act: the one place where they are asked.
package struct GatesAhead: Sendable {
  private let context: OperationContext
  private let steps: [GateStep]
  private let answers: GateAnswers
  /// Who stays at them: the incident, or who opens one.
  private let subject: GateSubject
  private let call: [UInt8]
  private let found: Later<GatesAheadOf.Found>

  /// What a gate has stopped.
  private struct Stop {
    let row: GatesAheadOf.Found
    let missing: [String]
    /// Where among the bypasses that of somebody stands who may not bypass.
    let refusedBypass: Int?

    var gate: Gate { row.gate }
  }

  fileprivate init(_ context: OperationContext, _ steps: [GateStep], _ answers: GateAnswers, _ subject: GateSubject) {
    self.context = context
    self.steps = steps
    self.answers = answers
    self.subject = subject
    call = context.callMark
    found = context.transaction.later(
      GatesAheadOf(provider: context.provider.id, tenant: context.tenant.id, steps: steps, subject: subject, call: call, now: context.now))
  }

  /// Passes all of them or throws; nothing of the act may have been committed yet.
  /// - Parameters:
  ///   - incident: the random bits of its public id.
  ///   - priority: by which it is judged.
  ///   - present: which of some facts are there.
  ///   - hold: locks the incident in another transaction and tells whether it still is what was judged: else somebody else has taken it
  ///     on since, and no stop is recorded behind that.
  package func pass(
    _ incident: [UInt8], priority: () async throws -> Int64, present: (GateNeeds) async throws -> GateNeeds,
    hold: @escaping @Sendable (Transaction) async throws -> Bool
  ) async throws -> [GatePassing] {
    let rows = try found.rows
    let ahead = try await rows.holding(isOpening: subject.isOpening, priority)
    try requireAsked(ahead.map(\.gate))
    guard !rows.isEmpty else { return [] }
    let needed = GateNeeds(of: ahead.map(\.gate))
    let facts = needed.isEmpty ? needed : try await present(needed)
    var (outcomes, stopped, passings) = (GateOutcomes(), [Stop](), [GatePassing]())
    for row in ahead {
      let gate = row.gate
      let own = answers.bypasses.enumerated().first { $0.element.gate.random == gate.publicId }
      let isRefused = own != nil && row.reason == nil && !context.mayBypass
      switch gate.verdict(facts, checked: Set(answers.checked), bypass: row.reason ?? (isRefused ? nil : own?.element.reason)) {
      case .passed:
        outcomes.append(gate.id, "passed", reason: nil, by: nil)
        if gate.kind == .checklist { passings.append(passing(gate, isBypass: false)) }
      case .bypassed(let reason):
        if row.reason == nil { passings.append(passing(gate, isBypass: true)) }
        outcomes.append(gate.id, "bypassed", reason: reason, by: context.principal.name)
      case .stopped(let missing): stopped.append(Stop(row: row, missing: missing, refusedBypass: isRefused ? own?.offset : nil))
      }
    }
    guard stopped.isEmpty else { throw refusal(stopped, hold) }
    try await record(outcomes, incident, rows)
    return passings
  }

  private func passing(_ gate: Gate, isBypass: Bool) -> GatePassing {
    GatePassing(gate: context.id(.gate, gate.publicId), step: gate.step, isBypass: isBypass, checked: isBypass ? [] : gate.items.map(\.key))
  }

  /// What nobody asks for is a mistake of who says it; a gate of which he may not know is one that there is not.
  private func requireAsked(_ gates: [Gate]) throws(Failure) {
    let items = gates.flatMap(\.items).map(\.key)
    for (index, item) in answers.checked.enumerated() where !items.contains(item) {
      throw .invalid("checked[\(index)]", GateMessages.notAsked, ["allowed": items.isEmpty ? "-" : items.joined(separator: ", ")])
    }
    for (index, bypass) in answers.bypasses.enumerated() where !gates.contains(where: { $0.publicId == bypass.gate.random }) {
      throw context.unknownReference("bypass[\(index)].gate")
    }
  }

  private func record(_ outcomes: GateOutcomes, _ incident: [UInt8], _ rows: [GatesAheadOf.Found]) async throws {
    let (tenant, name, now) = (context.tenant.id, context.principal.name, context.now)
    let to = GateSubject.incident(incident)
    if subject.isOpening, rows.contains(where: \.isStay) {
      context.transaction.enqueue(leavingOldOpenings)
      // Of the others nobody knows whether one and the same was about to open it.
      if context.actor.kind == .staff { context.transaction.enqueue(MoveStays(tenant: tenant, from: subject, to: to)) }
    }
    if !outcomes.gates.isEmpty {
      let ended = try await context.transaction.query(EndPassages(tenant: tenant, subject: to, outcomes: outcomes, name: name, now: now))
      let rest = outcomes.without(Set(ended))
      if !rest.gates.isEmpty { context.transaction.enqueue(InsertPassages(tenant: tenant, subject: to, outcomes: rest, name: name, now: now)) }
    }
    // What is opened does not come back to gates before that, nor what is resolved to others than those before closing.
    let staying = rows.filter { row in
      guard row.isStay, !outcomes.gates.contains(row.gate.id) else { return false }
      if steps.contains(.close) { return true }
      return steps.contains(.resolve) ? row.gate.step != .close : steps.contains(.open) && row.gate.step == .open
    }
    guard !staying.isEmpty else { return }
    context.transaction.enqueue(LeaveGates(tenant: tenant, subject: to, gates: staying.map(\.gate.id), name: name, now: now))
  }

  private var leavingOldOpenings: LeaveGates {
    LeaveGates(
      tenant: context.tenant.id, subject: subject, stoppedBefore: context.now.adding(seconds: -GateSubject.openingSeconds),
      name: context.principal.name, now: context.now)
  }

  /// Whoever repeats a refused call without end writes and locks nothing any more, save for what is audited.
  private func refusal(_ stopped: [Stop], _ hold: @escaping @Sendable (Transaction) async throws -> Bool) -> any Error {
    let stops = stopped.filter { !$0.row.isCounted }.map {
      RecordStop(tenant: context.tenant.id, gate: $0.gate.id, subject: subject, call: call, name: context.principal.name, at: context.now)
    }
    let isDenial = stopped.contains { $0.refusedBypass != nil }
    let failure = failure(stopped)
    guard isDenial || !stops.isEmpty else { return failure }
    let leaving = subject.isOpening ? leavingOldOpenings : nil
    return RecordedRefusal(failure, isDenial: isDenial) { transaction in
      guard !stops.isEmpty, try await hold(transaction) else { return }
      if let leaving { transaction.enqueue(leaving) }
      // In one order for all, who are stopped at the same gates.
      for stop in stops { transaction.enqueue(stop) }
    }
  }

  private func failure(_ stopped: [Stop]) -> Failure {
    let language = context.call.language
    func list(_ text: (Gate) -> String) -> String {
      var seen: Set<String> = []
      return stopped.map { text($0.gate) }.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
    let violations = stopped.flatMap { stop in
      let gate = stop.gate
      let (name, purpose) = (gate.name.text(language) ?? "", gate.purpose.text(language) ?? "")
      let refused = stop.refusedBypass.map { Failure.Violation(path: "bypass[\($0)]", GateMessages.mayNotBypass, ["permission": GateRights.bypass]) }
      return [refused].compactMap { $0 }
        + stop.missing.map { what in
          let about = ["gate": name, "purpose": purpose]
          switch gate.kind {
          case .field: return Failure.Violation(path: what, GateMessages.fieldMissing, about)
          case .evidence: return Failure.Violation(path: "evidence", GateMessages.evidenceMissing, about.merging(["evidence": what]) { $1 })
          case .checklist:
            let item = gate.items.first { $0.key == what }?.name.text(language) ?? what
            return Failure.Violation(path: "checked", GateMessages.itemMissing, about.merging(["item": what, "name": item]) { $1 })
          }
        }
    }
    return Failure(
      .conflict, subject.isOpening ? GateMessages.stoppedOpening : GateMessages.stopped,
      [
        "gate": list { $0.name.text(language) ?? "" }, "id": list { context.id(.gate, $0.publicId).description },
        "missing": stopped.flatMap(\.missing).joined(separator: ", "),
        "owner": list { $0.ownerName ?? context.id(.staff, $0.owner).description },
      ], violations: violations)
  }
}

extension OperationContext {
  /// Asks for the gates before steps; they travel with the next round trip. Gates are for people of the staff: what a customer's people
  /// do is their word, and what Steward does by itself has nobody who could give what is missing. A program that reports an incident has
  /// nobody either, and what it reports must not be lost.
  /// - Parameter incident: the random bits of its public id; nil: one is being opened.
  package func gates(before steps: [GateStep], of incident: PublicId?, _ answers: GateAnswers) throws(Failure) -> GatesAhead? {
    guard principal.side == .staff else {
      if let given = answers.firstGiven { throw .invalid(given, GateMessages.staffOnly) }
      return nil
    }
    switch actor.via {
    case .http, .admin, .cli:
      let asked = steps.filter { $0 != .open || actor.kind != .service }
      guard !asked.isEmpty || answers.firstGiven != nil else { return nil }
      return GatesAhead(self, asked, answers, incident.map { .incident($0.random) } ?? .opening(by: actor))
    case .job, .import, .webhook: return nil
    }
  }

  /// An incident does not come back to the gates that it stays at, nor to those that somebody let it pass.
  /// - Parameter besides: those before this step it is yet to come to.
  package func leaveGates(_ incident: [UInt8], besides: GateStep? = nil) {
    transaction.enqueue(LeaveGates(tenant: tenant.id, subject: .incident(incident), besides: besides, name: principal.name, now: now))
  }

  var mayBypass: Bool { principal.access(GateRights.bypass, honouring: [.listed, .all], at: now)?.reaches(tenant.id) ?? false }
}
