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
  private let found: Later<GatesAheadOf.Found>

  /// What somebody was stopped at while he opened an incident, so long ago, he was not about to open this one.
  private static let openingSeconds: Int64 = 3600

  fileprivate init(_ context: OperationContext, _ steps: [GateStep], _ answers: GateAnswers, _ subject: GateSubject) {
    self.context = context
    self.steps = steps
    self.answers = answers
    self.subject = subject
    found = context.transaction.later(
      GatesAheadOf(provider: context.provider.id, tenant: context.tenant.id, steps: steps, subject: subject, now: context.now))
  }

  /// Passes all of them or throws; nothing of the act may have been committed yet.
  /// - Parameters:
  ///   - incident: the random bits of its public id.
  ///   - present: which of some facts are there.
  ///   - hold: locks the incident in another transaction, so that a stop is not recorded beside a passing.
  package func pass(
    _ incident: [UInt8], priority: Int64, present: (Set<GateFact>) async throws -> Set<GateFact>, hold: @escaping @Sendable (Transaction) async throws -> Void
  ) async throws -> [GatePassing] {
    let rows = try found.rows
    let ahead = rows.filter { $0.isAhead && GateJudgement.holds(for: priority, of: $0.gate.priority) }.sorted { Gate.isBefore($0.gate, $1.gate) }
    try requireAsked(ahead.map(\.gate))
    guard !rows.isEmpty else { return [] }
    let needed = Set(ahead.flatMap(\.gate.facts))
    let facts = needed.isEmpty ? [] : try await present(needed)
    var (outcomes, stopped, passings) = (GateOutcomes(), [(gate: Gate, missing: [String])](), [GatePassing]())
    for row in ahead {
      let (gate, own) = (row.gate, answers.bypasses.first { $0.gate.random == row.gate.publicId })
      switch gate.verdict(facts, checked: Set(answers.checked), bypass: row.reason ?? own?.reason) {
      case .passed:
        outcomes.append(gate.id, "passed", reason: nil, by: nil)
        if gate.kind == .checklist { passings.append(passing(gate, isBypass: false)) }
      case .bypassed(let reason):
        if row.reason == nil {
          try context.requireMayBypass()
          passings.append(passing(gate, isBypass: true))
        }
        outcomes.append(gate.id, "bypassed", reason: reason, by: context.principal.name)
      case .stopped(let missing): stopped.append((gate, missing))
      }
    }
    guard stopped.isEmpty else { throw refusal(stopped, hold) }
    try await record(outcomes, incident)
    leave(rows.filter { row in !outcomes.gates.contains(row.gate.id) })
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

  private func record(_ outcomes: GateOutcomes, _ incident: [UInt8]) async throws {
    guard !outcomes.gates.isEmpty else { return }
    let (tenant, name, now) = (context.tenant.id, context.principal.name, context.now)
    if subject.isOpening { context.transaction.enqueue(leavingOldOpenings) }
    let to = GateSubject.incident(incident)
    let ended = try await context.transaction.query(
      EndPassages(tenant: tenant, from: subject, to: to, outcomes: outcomes, name: name, now: now))
    let rest = outcomes.without(Set(ended))
    if !rest.gates.isEmpty { context.transaction.enqueue(InsertPassages(tenant: tenant, subject: to, outcomes: rest, name: name, now: now)) }
  }

  /// What is resolved does not come to gates any more that stood before; what is closed, to none.
  private func leave(_ others: [GatesAheadOf.Found]) {
    guard steps.contains(.resolve) || steps.contains(.close) else { return }
    let staying = others.filter { ($0.reason != nil || $0.stoppedSince != nil) && (steps.contains(.close) || $0.gate.step != .close) }
    guard !staying.isEmpty else { return }
    context.transaction.enqueue(
      LeaveGates(tenant: context.tenant.id, subject: subject, gates: staying.map(\.gate.id), name: context.principal.name, now: context.now))
  }

  private var leavingOldOpenings: LeaveGates {
    LeaveGates(
      tenant: context.tenant.id, subject: subject, stoppedBefore: context.now.adding(seconds: -Self.openingSeconds), name: context.principal.name,
      now: context.now)
  }

  private func refusal(_ stopped: [(gate: Gate, missing: [String])], _ hold: @escaping @Sendable (Transaction) async throws -> Void) -> RecordedRefusal {
    let stops = stopped.map {
      RecordStop(
        tenant: context.tenant.id, gate: $0.gate.id, subject: subject, call: context.callMark, name: context.principal.name, at: context.now)
    }
    let leaving = subject.isOpening ? leavingOldOpenings : nil
    return RecordedRefusal(failure(stopped)) { transaction in
      try await hold(transaction)
      if let leaving { transaction.enqueue(leaving) }
      // In one order for all, who are stopped at the same gates.
      for stop in stops { transaction.enqueue(stop) }
    }
  }

  private func failure(_ stopped: [(gate: Gate, missing: [String])]) -> Failure {
    let language = context.call.language
    func list(_ text: (Gate) -> String) -> String {
      var seen: Set<String> = []
      return stopped.map { text($0.gate) }.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
    let violations = stopped.flatMap { gate, missing in
      let (name, purpose) = (gate.name.text(language) ?? "", gate.purpose.text(language) ?? "")
      return missing.map { what in
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
      .conflict, GateMessages.stopped,
      [
        "gate": list { $0.name.text(language) ?? "" }, "id": list { context.id(.gate, $0.publicId).description },
        "missing": stopped.flatMap(\.missing).joined(separator: ", "),
        "owner": list { $0.ownerName ?? context.id(.staff, $0.owner).description },
      ], violations: violations)
  }
}

extension OperationContext {
  /// Asks for the gates before steps; they travel with the next round trip. Gates are for people of the staff: what a customer's people
  /// do is their word, and what Steward does by itself has nobody who could give what is missing.
  /// - Parameter incident: the random bits of its public id; nil: one is being opened.
  package func gates(before steps: [GateStep], of incident: PublicId?, _ answers: GateAnswers) throws(Failure) -> GatesAhead? {
    guard principal.side == .staff else {
      if let given = answers.firstGiven { throw .invalid(given, GateMessages.staffOnly) }
      return nil
    }
    switch actor.via {
    case .http, .admin, .cli: return GatesAhead(self, steps, answers, incident.map { .incident($0.random) } ?? .opening(by: actor))
    case .job, .import, .webhook: return nil
    }
  }

  /// An incident comes to no gate any more.
  package func leaveGates(_ incident: [UInt8]) {
    transaction.enqueue(LeaveGates(tenant: tenant.id, subject: .incident(incident), name: principal.name, now: now))
  }

  func requireMayBypass() throws(Failure) {
    guard principal.access(GateRights.bypass, honouring: [.listed, .all], at: now)?.reaches(tenant.id) ?? false else {
      throw Failure(.denied, OperationMessages.denied, ["permission": GateRights.bypass])
    }
  }
}
