import Contracts
import Kernel
import Postgres

/// The clocks of turns on a ticket: of a team by its OLA, of a supplier by its underpinning contract.
extension SubjectClocks {
  /// Starts the clocks of a team's turn.
  /// - Parameter waiting: what the ticket waits for when the turn begins.
  package mutating func start(
    under team: TeamTerms, facts: TargetFacts, at instant: Instant, waiting: ClockAct?, in transaction: Transaction
  ) async throws {
    try await start(try await Self.goals(team, facts: facts, at: instant, in: transaction), at: instant, cause: "assigned", in: transaction)
    if let waiting { try apply(waiting, at: instant) }
  }

  /// Brings the clocks of a turn that goes on under the targets of another priority, of the OLA's same version.
  /// - Parameter history: what happened since the turn began.
  package mutating func retarget(
    under team: TeamTerms, facts: TargetFacts, startedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)], in transaction: Transaction
  ) async throws {
    let choices = try await ContractTerms.choices(slaVersion: team.slaVersion, facts: facts, at: startedAt, in: transaction)
    explicitlyNone = choices.filter(\.isExplicitlyNone).map(\.metric.clockMetric)
    let goals = choices.compactMap { $0.terms(for: facts) }.map { Goal(team, $0) }
    try await retarget(to: goals, startedAt: startedAt, at: instant, history: history, in: transaction)
  }

  /// Starts the clocks of a supplier's turn; none where its contract agrees no coverage.
  package mutating func start(under supplier: SupplierTerms, priority: Int64, at instant: Instant, in transaction: Transaction) async throws {
    let goals = try await Self.goals(supplier, priority: priority, at: instant, in: transaction)
    try await start(goals, at: instant, cause: "dispatched", in: transaction)
  }

  /// Brings the clocks of a dispatch that is open under other targets of the contract's same version.
  package mutating func retarget(
    under supplier: SupplierTerms, priority: Int64, startedAt: Instant, at instant: Instant, history: [(act: ClockAct, at: Instant)],
    in transaction: Transaction
  ) async throws {
    let goals = try await Self.goals(supplier, priority: priority, at: startedAt, in: transaction)
    try await retarget(to: goals, startedAt: startedAt, at: instant, history: history, in: transaction)
  }

  private static func goals(_ team: TeamTerms, facts: TargetFacts, at instant: Instant, in transaction: Transaction) async throws -> [Goal] {
    try await ContractTerms.targets(slaVersion: team.slaVersion, facts: facts, at: instant, in: transaction).map { Goal(team, $0) }
  }

  private static func goals(_ supplier: SupplierTerms, priority: Int64, at instant: Instant, in transaction: Transaction) async throws -> [Goal] {
    guard let calendar = supplier.calendar, !supplier.targets.isEmpty,
      let version = try await ContractTerms.calendarVersion(of: calendar, at: instant, in: transaction)
    else { return [] }
    return supplier.targets.map { Goal(supplier, $0, priority: priority, calendarVersion: version) }
  }
}
