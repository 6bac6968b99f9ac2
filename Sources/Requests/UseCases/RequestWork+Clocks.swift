import Contracts
import Kernel
import Operations
import Postgres
import ServiceLevels
import Tenancy

extension RequestWork {
  /// A request has no priority of its own: its targets are those of a medium one, as the time that is spent on it is covered.
  private static let priority: Int64 = 3
  /// Why its clocks wait.
  private static let awaitingApproval = "awaiting_approval"

  /// Starts its clocks, by the SLA that the line sells which covers it. What the customer was promised when he ordered stays promised, also where
  /// another line takes the place of that one.
  mutating func promise() async throws {
    let lines = try await ContractTerms.lines(tenant: tenant.id, unit: held.unit, at: held.submittedAt, in: transaction)
    guard let terms = lines.terms(of: process.request.line, person: held.requester, service: held.service) else { return }
    let facts = TargetFacts(ticketType: .request, priority: Self.priority, service: held.service)
    try await clocks.start(under: terms, facts: facts, at: held.submittedAt, now: now, in: transaction)
  }

  /// Tells the clocks what the act, and time before it, did.
  mutating func tellClocks() throws(Failure) {
    for (act, at) in process.acts {
      switch act {
      case .begun: try answer(at: at)
      case .told: if try !answer(at: at), process.request.endedAt == nil { try clocks.apply(.updated, at: at) }
      case .waits:
        // Whom it asks to agree knows that it came in, and that it is his turn.
        try answer(at: at)
        try clocks.apply(.paused(cause: Self.awaitingApproval), at: at)
      case .goesOn: try clocks.apply(.resumed, at: at)
      case .fulfilled: try clocks.apply(.resolved, at: at)
      case .closed: try clocks.apply(.closed, at: at)
      // What was kept by then stays kept.
      case .stopped(let reason): try clocks.withdraw(reason, onlyOpen: true, at: at)
      }
    }
  }

  /// - Returns: whether nobody had answered before.
  @discardableResult private mutating func answer(at instant: Instant) throws(Failure) -> Bool {
    guard process.request.respondedAt == nil, process.request.endedAt.map({ $0 >= instant }) ?? true else { return false }
    process.request.respondedAt = instant
    try clocks.apply(.responded, at: instant)
    return true
  }

  /// Enqueues the clocks, and tells of promises that the act found broken.
  mutating func saveClocks() {
    clocks.save(on: transaction, tenant: tenant.id, recordedAt: now)
    clocks.tellBreaches(besides: missedRead, tenant: tenant.id, at: now, in: transaction)
  }
}

/// Keeps a request's place in the queue when time, not an act, moves its clocks.
package struct RequestKeeper: ClockSubjectKeeper {
  package init() {}

  package func hold(_ subject: ClockSubject, tenant: TenantId, in transaction: Transaction) async throws {
    _ = try await transaction.query(HoldRequest(tenant: tenant, id: subject.id))
  }

  package func keep(_ standing: ClockStanding, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction) {
    transaction.enqueue(UpdateRequestDue(tenant: tenant, id: subject.id, dueAt: standing.dueAt))
  }
}
