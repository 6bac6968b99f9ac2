import Contracts
import Kernel
import Operations
import Postgres
import ServiceLevels
import Tenancy

extension RequestWork {
  /// Why its clocks wait.
  static let awaitingApproval = "awaiting_approval"

  /// Starts its clocks, by the SLA that the line sells which covers it. What the customer was promised when he ordered stays promised, also where
  /// another line takes the place of that one.
  mutating func promise() async throws {
    let lines = try await ContractTerms.lines(tenant: tenant.id, unit: held.unit, at: held.submittedAt, in: transaction)
    guard let terms = lines.terms(of: process.request.line, person: held.requester, service: held.service) else { return }
    try await clocks.start(under: terms, facts: targetFacts, at: held.submittedAt, now: now, in: transaction)
  }

  private var targetFacts: TargetFacts { TargetFacts(ticketType: .request, priority: process.request.rating.priority, service: held.service) }

  /// Brings its clocks under the targets of the priority that it has now, once they were told what the act did: what was used stays used.
  mutating func followPriority() async throws {
    // What was only recorded is promised nothing.
    guard process.request.rating.priority != before.request.rating.priority, process.request.state != .submitted else { return }
    try await retarget(at: now)
    // What was broken before the customer was asked ran on: where the new targets leave it time, none is owed as long as he decides.
    if process.waitsForCustomer { try clocks.putDown(.response, Self.awaitingApproval, at: now) }
  }

  private mutating func retarget(at instant: Instant) async throws {
    let lines = try await ContractTerms.lines(tenant: tenant.id, unit: held.unit, at: held.submittedAt, in: transaction)
    guard let terms = lines.terms(of: process.request.line, promised: clocks.lineVersion, person: held.requester, service: held.service) else { return }
    let events = try await transaction.query(
      RequestEvents(
        tenant: tenant.id, request: held.id, after: 0, includesInternal: false, recordedFrom: held.submittedAt, limit: 10_000))
    try await clocks.retarget(
      under: terms, facts: targetFacts, openedAt: held.submittedAt, at: instant, history: RequestReplay.acts(events, of: process),
      beginningNone: process.hasAskedCustomer ? [.response] : [], in: transaction)
  }

  /// Tells the clocks what the act, and time before it, did.
  mutating func tellClocks() async throws {
    for (act, at) in process.acts {
      clocks.passShares(of: tenant.id, at: at)
      switch act {
      case .begun: try await answer(at: at)
      case .told: if try await !answer(at: at), process.request.endedAt == nil { try clocks.apply(.updated, at: at) }
      case .waits:
        // A first answer never waits: as long as the customer asks his own people, none is owed.
        try clocks.putDown(.response, Self.awaitingApproval, at: at)
        try clocks.apply(.paused(cause: Self.awaitingApproval), at: at)
      case .goesOn:
        if process.request.respondedAt == nil { try await owe(at: at) }
        try clocks.apply(.resumed, at: at)
      case .fulfilled: try clocks.apply(.resolved, at: at)
      case .closed: try clocks.apply(.closed, at: at)
      // The first answer was given, and the others have what is left of their time.
      case .reopened: try clocks.apply(.reopened, at: at)
      // What was kept by then stays kept.
      case .stopped(let reason): try clocks.withdraw(reason, onlyOpen: true, at: at)
      }
    }
  }

  /// A first answer is owed from now on, if it was put down.
  private mutating func owe(at instant: Instant) async throws {
    try await clocks.takeUp(.response, putDownFor: Self.awaitingApproval, at: instant, now: now, tenant: tenant.id, in: transaction)
    // The priority may have been corrected while it was put down.
    let priority = process.request.rating.priority
    let isOfAnother = clocks.clocks.contains { $0.clock.metric == .response && $0.clock.state == .running && $0.terms.priority != priority }
    if isOfAnother { try await retarget(at: instant) }
  }

  /// Somebody of the staff did or said something.
  /// - Returns: whether nobody had answered before.
  @discardableResult private mutating func answer(at instant: Instant) async throws -> Bool {
    guard process.request.respondedAt == nil, process.request.endedAt.map({ $0 >= instant }) ?? true else { return false }
    // Who answers while none is owed has answered.
    if process.request.endedAt == nil { try await owe(at: instant) }
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

  /// An approval whose time is over, or the end of the time to object, comes before what is due later: of what was over by then nothing is broken.
  package func hold(_ subject: ClockSubject, tenant: TenantId, at now: Instant, _ random: RandomSource, in transaction: Transaction) async throws {
    let (_, moved) = try await transaction.query(
      HoldRequest(tenant: tenant, id: subject.id), TimeHasMoved(tenant: tenant, id: subject.id, now: now))
    guard moved.first ?? false, let entry = try await transaction.first(TenantById(tenant: tenant)),
      var work = try await RequestWork.load(subject.id, of: entry, at: now, random, in: transaction)
    else { return }
    try await work.save()
  }

  package func keep(_ standing: ClockStanding, of subject: ClockSubject, tenant: TenantId, in transaction: Transaction) {
    transaction.enqueue(UpdateRequestDue(tenant: tenant, id: subject.id, standing: standing))
  }
}
