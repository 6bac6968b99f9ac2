import Jobs
import Kernel
import Operations
import Postgres
import Renewals
import ServiceTime
import Tenancy

/// Makes the item of every cycle that comes up for decision, wakes what was put off, tells people where it stands, extends
/// what renews by itself, and closes what has ended. Each contract says when it must be looked at next, so a sweep that did not run for a year does
/// then what it would have done, cycle by cycle.
package struct RenewalSweep: LongSweep {
  package static let kind = "contracts.renewal"
  package static let everySeconds: Int64 = 300

  /// Steps of one contract in one transaction; what is left waits for the next sweep.
  private static let steps = 100
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  private let batch: Int32

  package init(batch: Int32 = 500) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    while true {
      try Task.checkCancellation()
      let look = ContractsToLookAt(now: now, after: turn.place, limit: batch)
      let due = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for found in due {
        try Task.checkCancellation()
        turn.place = found.place
        // A contract that cannot be looked at holds up no other.
        do {
          try await tenancy.transaction(binding: [found.tenant], side: .staff) { try await self.look(at: found, now, tenancy.random, in: $0) }
        } catch let error as PostgresError where error.isOfDatabase {
          // No other fares better.
          throw error
        } catch  where !Task.isCancelled {
          turn.undone.add("contract \(found.contract.id) of tenant \(found.tenant)", error)
        }
        FaultPoint.sweepStep.reach()
        if turn.isOver { return }
      }
      guard due.count == Int(batch) else { break }
    }
    turn.place = nil
  }

  private func look(at found: ContractsToLookAt.Found, _ now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    guard try await found.contract.hold(of: found.tenant, in: transaction) else { return }
    let keeping = RenewalKeeping(tenant: found.tenant, actor: Self.actor, now: now, transaction: transaction)
    for _ in 0..<Self.steps {
      // It stays due.
      guard let newest = try await found.contract.newest(of: found.tenant, in: transaction), let contract = newest.forRenewal else { return }
      // A customer's contract does this with its change.
      if case .supplier = found.contract { try await keeping.supersedeRenewed(of: found.contract, endsAt: newest.endsAt) }
      let (items, cycles) = try await transaction.query(
        OpenRenewal(tenant: found.tenant, contract: found.contract), LastCycle(tenant: found.tenant, contract: found.contract))
      let step = RenewalRule.step(contract, open: items.first?.item, lastCycle: cycles.first ?? nil, now: now)
      if case .wait(let until) = step {
        found.contract.lookAgain(at: until, of: found.tenant, in: transaction)
        return
      }
      guard try await keeping.perform(step, of: found.contract, newest, items.first, random) else { return }
    }
  }
}

extension RenewedContract {
  fileprivate var id: String {
    switch self {
    case .customer(let id): "\(id)"
    case .supplier(let id): "\(id) with a supplier,"
    }
  }
}

extension RenewalRow {
  var item: RenewalRule.Item { RenewalRule.Item(cycle: cycle, state: state, snoozedUntil: snoozedUntil, told: told) }
}

/// Performs steps on a contract's renewal, for the sweep and for people.
struct RenewalKeeping {
  let tenant: TenantId
  let actor: Actor
  let now: Instant
  let transaction: Transaction

  /// - Returns: false when there was nothing that the step could be done to.
  func perform(
    _ step: RenewalRule.Step, of contract: RenewedContract, _ newest: Renewed, _ item: RenewalRow?, _ random: RandomSource
  ) async throws -> Bool {
    switch (step, item) {
    case (.make(let cycle), _):
      let made = try await transaction.first(
        InsertRenewal(tenant: tenant, publicId: random.publicIdBits(), contract: contract, cycle: cycle, now: now))
      guard let made else { return false }
      record("renewal.made", made, seq: 1, .object(["cycleEndsAt": .instant(cycle.endsAt), "decisionOn": .date(cycle.decisionOn)]))
    case (.wake, let item?):
      try await move(item, .wake)
      // Until that day it was put off: now it is told of anew.
      transaction.enqueue(StoreRenewalNews(tenant: tenant, id: item.id, news: nil))
    case (.tell(let news), let item?):
      transaction.enqueue(StoreRenewalNews(tenant: tenant, id: item.id, news: news))
      transaction.record(
        Event(
          subjectKind: "renewal_news", subject: item.id, seq: news.seq, type: news.eventType,
          payload: .object(["decisionOn": .date(item.cycle.decisionOn), "cycleEndsAt": .instant(item.cycle.endsAt)]), occurredAt: now),
        for: ["notifications"], tenant: tenant, actor: actor, at: now)
    case (.tellLapse(let endsAt), _):
      contract.storeLapse(of: endsAt, tenant: tenant, in: transaction)
      recordLapse(of: contract, endsAt)
    case (.extend(let end), let item?):
      // By itself, and in one transaction: the term is never extended twice for one item. It holds since the decision
      // day, however late this is: what was opened meanwhile is under contract.
      try await extend(newest, to: end, item.cycle, since: item.cycle.decisionAt)
      try await move(item.state == .renewing ? item : try await move(item, .renew), .complete, outcome: .renewed)
    case (.complete(let outcome), let item?): try await move(item, .complete, outcome: outcome)
    case (.close(let outcome), let item?):
      var doer: Actor?
      if outcome == .renewed { doer = try await extender(of: contract, newest, item) }
      try await move(item, .close, outcome: outcome, toldAs: doer)
    case (.wait, _), (_, nil): return false
    }
    return true
  }

  /// Who gave the contract another end, so that the item is about no cycle of it any more: the renewal is his doing. Nil: time did it.
  private func extender(of contract: RenewedContract, _ newest: Renewed, _ item: RenewalRow) async throws -> Actor? {
    guard let terms = newest.forRenewal, !RenewalRule.isCycle(item.item, of: terms) else { return nil }
    return try await transaction.first(ExtendingChange(tenant: tenant, item: item.id, contract: contract, endsAt: newest.endsAt))
  }

  /// A new version with another end, behind the newest one; a conflict when it could only hold after the cycle's end.
  /// - Parameter since: from when it holds; nil: from now on, but from the cycle's end where that is over.
  func extend(_ newest: Renewed, to end: Instant?, _ cycle: RenewalRule.Cycle, since: Instant? = nil) async throws {
    guard let validFrom = RenewalRule.validFrom(behind: newest.validFrom, since: since ?? min(now, cycle.endsAt), cycle) else {
      throw Failure(.conflict, ContractsMessages.laterVersion, ["from": newest.validFrom.description])
    }
    switch newest {
    case .customer(let row, _): try await extend(row, to: end, validFrom: validFrom)
    case .supplier(let contract):
      guard try await contract.extend(to: end, validFrom: validFrom, tenant: tenant, actor: actor, now: now, in: transaction) else { throw Self.beaten }
    }
  }

  private func extend(_ newest: ContractRow, to end: Instant?, validFrom: Instant) async throws {
    var content = newest.content
    content.endsAt = end
    let advanced = try await transaction.first(
      AdvanceContract(tenant: tenant, id: newest.id, version: newest.version, currency: newest.currency, zone: newest.zone, now: now))
    guard let version = advanced else { throw Self.beaten }
    transaction.enqueue(InsertContractVersion(tenant: tenant, contract: newest.id, seq: version, validFrom: validFrom, content: content, now: now))
    transaction.record(
      Event(
        subjectKind: "contract", subject: newest.id, seq: version, type: "contract.extended",
        payload: .object(["endsAt": .instant(end), "validFrom": .instant(validFrom)]), occurredAt: now), tenant: tenant, actor: actor, at: now)
  }

  /// - Parameter doer: whose doing people are told that it is; nil: who moves it.
  @discardableResult
  func move(
    _ item: RenewalRow, _ event: RenewalState.Event, until: Instant? = nil, outcome: RenewalOutcome? = nil, note: String? = nil,
    toldAs doer: Actor? = nil
  ) async throws -> RenewalRow {
    guard let state = item.state.after(event) else {
      throw Failure(.conflict, ContractsMessages.badRenewal, ["state": item.state.rawValue, "event": event.rawValue])
    }
    let advanced = try await transaction.first(
      AdvanceRenewal(
        tenant: tenant, id: item.id, version: item.version, state: state, snoozedUntil: until, outcome: outcome, note: note, now: now))
    guard let version = advanced else { throw Self.beaten }
    record("renewal.\(event.rawValue)", item.id, seq: version, .object(["state": .text(state.rawValue), "outcome": .text(outcome?.rawValue)]))
    if let news = RenewalEnd(state, outcome) { record(news, of: item, seq: version, by: doer ?? actor) }
    return item.moved(to: state, until: until, outcome: outcome, note: note, completedAt: outcome == nil ? nil : now, version: version)
  }

  private static var beaten: Failure { Failure(.conflict, OperationMessages.keyInFlight, retryAfterSeconds: 1) }

  /// What counted as renewed, and is not any more: the contract does not reach beyond those cycles.
  func supersedeRenewed(of contract: RenewedContract, endsAt: Instant?) async throws {
    guard let endsAt else { return }
    for item in try await transaction.query(SupersedeRenewed(tenant: tenant, contract: contract, endsAt: endsAt)) {
      record(
        "renewal.superseded", item.id, seq: item.version,
        .object(["outcome": .text(RenewalOutcome.superseded.rawValue), "endsAt": .instant(endsAt)]))
    }
  }

  /// Tells what became of a cycle. Each act is told once: its version is counted once.
  private func record(_ news: RenewalEnd, of item: RenewalRow, seq: Int64, by doer: Actor) {
    transaction.record(
      Event(
        subjectKind: "renewal_end", subject: item.id, seq: seq, type: news.rawValue,
        payload: .object(["cycleEndsAt": .instant(item.cycle.endsAt)]), occurredAt: now),
      for: ["notifications"], tenant: tenant, actor: doer, at: now)
  }

  /// Tells that a term is over which nobody was asked about.
  private func recordLapse(of contract: RenewedContract, _ endsAt: Instant) {
    let (kind, id) =
      switch contract {
      case .customer(let id): ("contract_lapse", id)
      case .supplier(let id): ("underpinning_contract_lapse", id)
      }
    // An end comes once: no two of them have the same number.
    transaction.record(
      Event(
        subjectKind: kind, subject: id, seq: endsAt.microseconds, type: RenewalEnd.contractLapsed.rawValue,
        payload: .object(["endsAt": .instant(endsAt)]), occurredAt: now), for: ["notifications"], tenant: tenant, actor: actor, at: now)
  }

  private func record(_ type: String, _ renewal: Int64, seq: Int64, _ payload: Value) {
    transaction.record(
      Event(subjectKind: "renewal", subject: renewal, seq: seq, type: type, payload: payload, occurredAt: now), tenant: tenant, actor: actor, at: now)
  }
}
