import Approvals
import Kernel
import Operations
import Postgres

/// What a gate has stopped.
struct GateStop: Sendable {
  let row: GatesAheadOf.Found
  let missing: [String]
  /// Who was asked last; nil: nobody was.
  let round: GateRound?
  /// Which version is judged, of a problem, a change or a release.
  let version: Int64?
  /// Where among the bypasses that of somebody stands who may not bypass.
  let refusedBypass: Int?
  /// Why, of a gate that asks for an approval.
  var approval: ApprovalStop?
  /// Whom it asks now.
  var asks: [ApproversThere.Found] = []

  init(row: GatesAheadOf.Found, missing: [String], round: GateRound?, version: Int64?, refusedBypass: Int?) {
    self.row = row
    self.missing = missing
    self.round = round
    self.version = version
    self.refusedBypass = refusedBypass
  }

  var gate: Gate { row.gate }

  /// What is missing, in words that a program can read.
  var missingNames: [String] { gate.kind == .approval ? ["approval"] : missing }
}

extension GatesAhead {
  /// Whoever repeats a refused call without end writes and locks nothing any more, save for what is audited.
  /// - Parameter over: the gates of stays that are over.
  func refusal(
    _ found: [GateStop], over: [Int64], _ hold: @escaping @Sendable (Transaction) async throws -> Bool
  ) async throws -> any Error {
    let stopped = try await withApprovals(found)
    // Whoever asks is known by the call that did, however many stops there were before.
    let stops = stopped.filter { !$0.row.isCounted || !$0.asks.isEmpty && !$0.row.isKnown }.map {
      RecordStop(
        tenant: context.tenant.id, gate: $0.gate.id, subject: subject, call: call, name: context.principal.name, at: context.now,
        isAsking: !$0.asks.isEmpty)
    }
    let isDenial = stopped.contains { $0.refusedBypass != nil }
    let asking = stopped.filter { !$0.asks.isEmpty }
    let failure = failure(stopped)
    guard isDenial || !stops.isEmpty || !asking.isEmpty else { return failure }
    let leaving = subject.isOpening ? leavingOldOpenings : nil
    return RecordedRefusal(failure, isDenial: isDenial) { transaction in
      guard !(stops.isEmpty && asking.isEmpty), try await hold(transaction) else { return }
      if let leaving { transaction.enqueue(leaving) }
      context.leave(over, subject, in: transaction)
      // In one order for all, who are stopped at the same gates.
      for stop in stops { transaction.enqueue(stop) }
      for stop in asking { try await ask(stop, in: transaction) }
    }
  }

  // MARK: Approvals

  /// Why each that asks for an approval stops it, and whom it asks now. It is asked once nothing else is missing: nobody agrees to
  /// what is not ready.
  private func withApprovals(_ stopped: [GateStop]) async throws -> [GateStop] {
    let ofApprovals = stopped.filter { $0.gate.kind == .approval }
    guard !ofApprovals.isEmpty else { return stopped }
    let delegates = ofApprovals.flatMap { $0.round?.rows([.asked]) ?? [] }.compactMap { $0.approval.delegate?.id }
    let accounts = Set(ofApprovals.flatMap { $0.gate.approval?.approvers ?? [] }.map(\.account) + delegates)
    let there = try await context.transaction.query(
      ApproversThere(
        provider: context.provider.id, tenant: context.tenant.id, subject: subject, accounts: accounts.sorted(), now: context.now))
    let isAllThatIsMissing = ofApprovals.count == stopped.count
    let me = Party(context.principal)
    return try stopped.map { stop in
      guard let rule = stop.gate.approval else { return stop }
      var stop = stop
      func asking() -> ApprovalStop {
        // Of two accounts of one person one is asked: nobody agrees twice.
        var persons: Set<Int64> = []
        stop.asks = there.filter { one in
          rule.approvers.contains { $0.account == one.account } && (rule.mayBeOwn || !one.party.isSame(as: me))
            && (one.person.map { persons.insert($0).inserted } ?? true)
        }
        return .asks(stop.asks.map(\.name))
      }
      if subject.isOpening {
        stop.approval = .unrecorded
      } else if !rule.mayBeOwn, !GateJudgement.isPerson(me) {
        stop.approval = .noPerson
      } else if let round = stop.round, round.isOf(stop.version) {
        switch try round.standing(at: context.now) {
        case .approved: stop.approval = .own
        case .waiting:
          // Whom nobody lets decide any more is not waited for.
          let canEnd = round.canEnd { account in there.contains { $0.account == account } }
          stop.approval = canEnd || !isAllThatIsMissing ? ApprovalStop.waits(round.rows([.asked]).flatMap(\.names)) : asking()
        case .rejected:
          let refusals = round.rows([.rejected])
          let refusal = refusals.last { $0.approval.decidedBy != nil }
          let told =
            refusal.map { ApprovalStop.refused(by: $0.decider.name, because: $0.approval.reason ?? "") } ?? ApprovalStop.expired(refusals.map(\.name))
          // Who tries again asks again; a call that is repeated is no other try.
          stop.approval = stop.row.isKnown || !isAllThatIsMissing ? told : asking()
        }
      } else {
        stop.approval = isAllThatIsMissing ? asking() : .later
      }
      return stop
    }
  }

  /// Asks those whom a gate names, and leaves it to be told to them; once, by whoever is first to hold the subject.
  private func ask(_ stop: GateStop, in transaction: Transaction) async throws {
    guard let rule = stop.gate.approval,
      let stay = try await transaction.first(OpenStay(tenant: context.tenant.id, gate: stop.gate.id, subject: subject))
    else { return }
    let number = (stop.round?.number ?? 0) + 1
    let isAsked = try await transaction.first(
      RoundIsAsked(provider: context.provider.id, stayTenant: context.tenant.id, stay: stay, round: number))
    guard isAsked == nil else { return }
    // Whose time was over has refused by that, and it is told of.
    if let last = stop.round?.rows.first {
      try await OverdueRound.settle(last.approval.publicId, of: context.provider, at: context.now, in: transaction)
    }
    // Of who was asked before and did not decide, nobody is waited for.
    transaction.enqueue(LapseGateApprovals(provider: context.provider.id, tenant: context.tenant.id, subject: subject, gates: [stop.gate.id]))
    var round = ApprovalRound(
      stop.asks.enumerated().map { index, approver in
        Approval(
          publicId: context.random.publicIdBits(), seq: Int64(index) + 1, step: 1, suffices: rule.oneSuffices, names: .null,
          holder: .account(approver.account), hours: rule.hours)
      })
    _ = try round.settle(at: context.now)
    for (approval, approver) in zip(round.approvals, stop.asks) {
      let insert = InsertGateApproval(
        provider: context.provider.id, gate: stop.gate.id, stayTenant: context.tenant.id, stay: stay, subject: subject,
        version: stop.version, round: number, approval: approval, approver: approver, asker: Party(context.principal), askerName: context.principal.name,
        mayBeOwn: rule.mayBeOwn, now: context.now)
      guard let id = try await transaction.first(insert) else { continue }
      context.tell(.asked, of: id, approval, stop.gate, in: transaction)
    }
  }

  // MARK: What is told

  private func failure(_ stopped: [GateStop]) -> Failure {
    let language = context.call.language
    func list(_ text: (Gate) -> String) -> String {
      var seen: Set<String> = []
      return stopped.map { text($0.gate) }.filter { seen.insert($0).inserted }.joined(separator: ", ")
    }
    let violations = stopped.flatMap { stop in
      let gate = stop.gate
      let about = ["gate": gate.name.text(language) ?? "", "purpose": gate.purpose.text(language) ?? ""]
      let refused = stop.refusedBypass.map { Failure.Violation(path: "bypass[\($0)]", GateMessages.mayNotBypass, ["permission": GateRights.bypass]) }
      let approval = stop.approval.map { approval in
        let (message, more) = GateMessages.approval(approval)
        return Failure.Violation(path: "approval", message, about.merging(more) { $1 })
      }
      return [refused, approval].compactMap { $0 }
        + stop.missing.map { what in
          switch gate.kind {
          case .field, .approval: return Failure.Violation(path: what, GateMessages.fieldMissing, about)
          case .evidence:
            let isFile = GateFact(rawValue: what)?.isFile == true
            return Failure.Violation(
              path: isFile ? "files" : "evidence", isFile ? GateMessages.fileMissing : GateMessages.evidenceMissing, about.merging(["evidence": what]) { $1 })
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
        "missing": stopped.flatMap(\.missingNames).joined(separator: ", "),
        "owner": list { $0.ownerName ?? context.id(.staff, $0.owner).description }, "process": stopped.first?.gate.step.process.rawValue ?? "",
      ], violations: violations)
  }
}
