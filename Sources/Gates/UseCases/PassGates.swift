import Approvals
import Kernel
import Operations
import Postgres
import Tenancy

/// What the history of a subject tells of a gate that it passed.
package struct GatePassing: Sendable {
  package let gate: PublicId
  package let step: GateStep
  /// Whose gate it is: of what concerns several, nobody else's staff know of it; nil: all customers'.
  package let customer: TenantId?
  package let isBypass: Bool
  /// The items that were said to be done.
  let checked: [String]
  /// Who agreed.
  let approvedBy: [PublicId]

  /// The event's name, after that of the subject: `gate_passed`.
  package var event: String { isBypass ? "gate_bypassed" : "gate_passed" }

  /// Codes and ids, never what somebody wrote.
  package var payload: [Value.Member] {
    let ids = [Value.Member("gate", .id(gate)), Value.Member("step", .text(step.rawValue))]
    if isBypass { return ids }
    if !approvedBy.isEmpty { return ids + [Value.Member("approvedBy", .array(approvedBy.map { .id($0) }))] }
    return ids + [Value.Member("checked", .array(checked.map { .text($0) }))]
  }
}

/// What an act tells the gates of its subject, as the act would leave it.
package struct GateFacts: Sendable {
  /// The random bits of its public id.
  let publicId: [UInt8]
  /// Which version of it there is, where what somebody agreed to is that one; nil: where it changes with every word that is said of it.
  let version: Int64?
  /// By which it is judged.
  let priority: @Sendable () async throws -> Int64
  /// Which of what gates ask for is there.
  let present: @Sendable (GateNeeds) async throws -> GateNeeds
  /// Whom it concerns: by that is judged who may let it pass. Of the tenant that is bound where it is nil; nobody: only who serves all may.
  let concerned: (@Sendable () async throws -> [TenantId])?
  /// When it came to all gates anew, without any being asked: reopened by the customer; nil: never.
  let cameAnewAt: (@Sendable () async throws -> Instant?)?
  /// Locks it in another transaction and tells whether it still is what was judged: else somebody else has taken it on since, and no stop
  /// is recorded behind that.
  let hold: @Sendable (Transaction) async throws -> Bool

  package init(
    of publicId: [UInt8], version: Int64? = nil, priority: @escaping @Sendable () async throws -> Int64 = { 0 },
    present: @escaping @Sendable (GateNeeds) async throws -> GateNeeds, concerned: (@Sendable () async throws -> [TenantId])? = nil,
    cameAnewAt: (@Sendable () async throws -> Instant?)? = nil, hold: @escaping @Sendable (Transaction) async throws -> Bool
  ) {
    self.publicId = publicId
    self.version = version
    self.priority = priority
    self.present = present
    self.concerned = concerned
    self.cameAnewAt = cameAnewAt
    self.hold = hold
  }
}

/// The gates before an act: the one place where they are asked.
package struct GatesAhead: Sendable {
  let context: OperationContext
  private let steps: [GateStep]
  private let answers: GateAnswers
  /// Who stays at them: the incident, the request, the problem, the change, or who opens an incident.
  let subject: GateSubject
  let call: [UInt8]
  private let found: Later<GatesAheadOf.Found>

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
  /// - Parameter taken: the steps that the act takes, of those that were asked for; nil: all.
  package func pass(_ facts: GateFacts, taking taken: [GateStep]? = nil) async throws -> [GatePassing] {
    let (rows, over) = try await found.rows.current(facts.cameAnewAt)
    let taken = taken ?? steps
    let ahead = try await rows.holding(before: taken, isOpening: subject.isOpening, facts.priority)
    try requireAsked(ahead.map(\.gate))
    guard !rows.isEmpty, !taken.isEmpty else { return [] }
    let needed = GateNeeds(of: ahead.map(\.gate))
    let files = try await namedFiles(answers.files)
    let present = needed.isEmpty ? needed : try await facts.present(needed).union(files.facts)
    let rounds = try await rounds(of: ahead)
    let mayBypass = answers.bypasses.isEmpty ? false : try await mayBypass(facts)
    var (outcomes, stopped, passings) = (GateOutcomes(), [GateStop](), [GatePassing]())
    for row in ahead {
      let gate = row.gate
      let own = answers.bypasses.enumerated().first { $0.element.gate.random == gate.publicId }
      let isRefused = own != nil && row.reason == nil && !mayBypass
      let bypass = row.reason ?? (isRefused ? nil : own?.element.reason)
      let verdict =
        gate.kind == .approval
        ? try GateJudgement.verdict(rounds[gate.id], of: Party(context.principal), version: facts.version, bypass: bypass, at: context.now)
        : gate.verdict(present, checked: Set(answers.checked), bypass: bypass)
      switch verdict {
      case .passed:
        outcomes.append(gate.id, "passed", reason: nil, by: nil)
        if gate.kind == .checklist || gate.kind == .approval { passings.append(passing(gate, rounds[gate.id])) }
      case .bypassed(let reason):
        if row.reason == nil { passings.append(passing(gate, nil, isBypass: true)) }
        outcomes.append(gate.id, "bypassed", reason: reason, by: context.principal.name)
      case .stopped(let missing):
        stopped.append(
          GateStop(
            row: row, missing: missing, round: rounds[gate.id], version: facts.version, refusedBypass: isRefused ? own?.offset : nil))
      }
    }
    guard stopped.isEmpty else { throw try await refusal(stopped, over: over, facts.hold) }
    context.leave(over, subject, in: context.transaction)
    try await record(outcomes, files, facts.publicId, taken, rows)
    return passings
  }

  private func passing(_ gate: Gate, _ round: GateRound?, isBypass: Bool = false) -> GatePassing {
    GatePassing(
      gate: context.id(.gate, gate.publicId), step: gate.step, customer: gate.customerRow, isBypass: isBypass, checked: gate.items.map(\.key),
      approvedBy: (round?.rows([.approved]) ?? []).map { context.id(.staff, $0.decider.publicId) })
  }

  /// Who was asked, by the gate. A process without such gates asks for nothing.
  private func rounds(of ahead: [GatesAheadOf.Found]) async throws -> [Int64: GateRound] {
    try await context.gateRounds(of: ahead)
  }

  private func mayBypass(_ facts: GateFacts) async throws -> Bool {
    guard let access = context.principal.access(GateRights.bypass, honouring: [.listed, .all], at: context.now) else { return false }
    guard let concerned = facts.concerned else { return access.reaches(context.tenant.id) }
    let customers = try await concerned()
    return customers.isEmpty ? access.tenants == nil : customers.allSatisfy(access.reaches)
  }

  /// What nobody asks for is a mistake of who says it; a gate of which he may not know is one that there is not.
  private func requireAsked(_ gates: [Gate]) throws(Failure) {
    let items = gates.flatMap(\.items).map(\.key)
    for (index, item) in answers.checked.enumerated() where !items.contains(item) {
      throw .invalid("checked[\(index)]", GateMessages.notAsked, ["allowed": items.isEmpty ? "-" : items.joined(separator: ", ")])
    }
    if !answers.files.isEmpty, !gates.contains(where: { $0.facts.contains(where: \.isFile) }) {
      throw .invalid("files[0]", GateMessages.notAsked, ["allowed": "-"])
    }
    for (index, bypass) in answers.bypasses.enumerated() where !gates.contains(where: { $0.publicId == bypass.gate.random }) {
      throw context.unknownReference("bypass[\(index)].gate")
    }
  }

  private func record(
    _ outcomes: GateOutcomes, _ files: NamedFiles, _ publicId: [UInt8], _ taken: [GateStep], _ rows: [GatesAheadOf.Found]
  ) async throws {
    let (tenant, name, now) = (context.tenant.id, context.principal.name, context.now)
    let to = subject.isOpening ? .incident(publicId) : subject
    if subject.isOpening, rows.contains(where: \.isStay) {
      context.transaction.enqueue(leavingOldOpenings)
      // Of the others nobody knows whether one and the same was about to open it.
      if context.actor.kind == .staff { context.transaction.enqueue(MoveStays(tenant: tenant, from: subject, to: to)) }
    }
    if !outcomes.gates.isEmpty {
      let ended = try await context.transaction.query(EndPassages(tenant: tenant, subject: to, outcomes: outcomes, files: files, name: name, now: now))
      let rest = outcomes.without(Set(ended))
      if !rest.gates.isEmpty {
        context.transaction.enqueue(InsertPassages(tenant: tenant, subject: to, outcomes: rest, files: files, name: name, now: now))
      }
    }
    // What is opened does not come back to gates before that, nor what is resolved to others than those before closing.
    let behind = Set(taken.flatMap(\.leftBehind))
    let staying = rows.filter { $0.isStay && !outcomes.gates.contains($0.gate.id) && behind.contains($0.gate.step) }
    let asked = rows.filter { $0.gate.kind == .approval && (outcomes.gates.contains($0.gate.id) || behind.contains($0.gate.step)) }
    if !asked.isEmpty {
      context.transaction.enqueue(
        LapseGateApprovals(provider: context.provider.id, tenant: tenant, subject: to, gates: asked.map(\.gate.id)))
    }
    guard !staying.isEmpty else { return }
    context.transaction.enqueue(LeaveGates(tenant: tenant, subject: to, gates: staying.map(\.gate.id), name: name, now: now))
  }

  var leavingOldOpenings: LeaveGates {
    LeaveGates(
      tenant: context.tenant.id, subject: subject, stoppedBefore: context.now.adding(seconds: -GateSubject.openingSeconds),
      name: context.principal.name, now: context.now)
  }
}

extension OperationContext {
  /// Asks for the gates before steps; they travel with the next round trip. Gates are for people of the staff: what a customer's people
  /// do is their word, and what Steward does by itself has nobody who could give what is missing. A program that reports an incident has
  /// nobody either, and what it reports must not be lost.
  /// - Parameters:
  ///   - steps: of one process.
  ///   - subject: by its public id; nil: an incident is being opened.
  package func gates(before steps: [GateStep], of subject: PublicId?, _ answers: GateAnswers) throws(Failure) -> GatesAhead? {
    guard principal.side == .staff else {
      if let given = answers.firstGiven { throw .invalid(given, GateMessages.staffOnly) }
      return nil
    }
    switch actor.via {
    case .http, .admin, .cli:
      let asked = steps.filter { $0 != .open || actor.kind != .service }
      guard !asked.isEmpty || answers.firstGiven != nil else { return nil }
      let process = steps.first?.process ?? .incident
      return GatesAhead(self, asked, answers, subject.map { .one(of: process, $0.random) } ?? .opening(by: actor))
    case .job, .import, .webhook: return nil
    }
  }

  /// What goes through a process does not come back to the gates that it stays at, nor to those that somebody let it pass.
  /// - Parameters:
  ///   - publicId: the random bits of its public id.
  ///   - besides: those before this step it is yet to come to.
  package func leaveGates(_ publicId: [UInt8], of process: GateProcess = .incident, besides: GateStep? = nil) {
    let subject = GateSubject.one(of: process, publicId)
    transaction.enqueue(LeaveGates(tenant: tenant.id, subject: subject, besides: besides, name: principal.name, now: now))
    transaction.enqueue(LapseGateApprovals(provider: provider.id, tenant: tenant.id, subject: subject, besides: besides))
  }

  /// What goes through a process stays at these gates no more.
  func leave(_ gates: [Int64], _ subject: GateSubject, in transaction: Transaction) {
    guard !gates.isEmpty else { return }
    transaction.enqueue(LeaveGates(tenant: tenant.id, subject: subject, gates: gates, name: principal.name, now: now))
    transaction.enqueue(LapseGateApprovals(provider: provider.id, tenant: tenant.id, subject: subject, gates: gates))
  }

  /// The last rounds of approval at the gates among some, by the gate.
  func gateRounds(of gates: [GatesAheadOf.Found]) async throws -> [Int64: GateRound] {
    let stays = gates.compactMap { $0.gate.kind == .approval ? $0.stay : nil }
    guard !stays.isEmpty else { return [:] }
    let rounds = try await transaction.query(RoundsOfStays(provider: provider.id, tenant: tenant.id, stays: stays)).lastRounds
    return try rounds.mapValues { try $0.expired(at: now) }
  }
}
