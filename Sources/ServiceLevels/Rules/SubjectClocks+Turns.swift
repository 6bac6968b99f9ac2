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

  /// The supplier was told another priority: from then on the targets for that one count, of the contract's same version. What is
  /// running goes on with what it has used, and so does what the priority before did not promise and one before that did; what was kept
  /// or missed by then stays so; what only this priority promises begins now.
  /// - Parameters:
  ///   - isAnswered: whether the supplier has answered: then it owes no first answer.
  ///   - word: the last word of the supplier.
  package mutating func escalate(
    under supplier: SupplierTerms, priority: Int64, isAnswered: Bool, after word: Instant?, at instant: Instant, tenant: TenantId,
    in transaction: Transaction
  ) async throws {
    let goals = try await Self.goals(supplier, priority: priority, at: instant, in: transaction)
    let known = Set(clocks.filter { !$0.isGone }.map(\.clock.metric))
    let added = goals.filter { !known.contains($0.metric) && !(isAnswered && $0.metric == .response) }
    var (ids, gone): ([Int64], [SubjectClock]) = ([], [])
    if !added.isEmpty {
      (ids, gone) = try await transaction.query(NextClockIds(count: Int64(added.count)), GoneClocks(tenant: tenant, subject: subject))
    }
    let versions = goals.map(\.calendarVersion) + gone.map(\.clock.calendarVersion.rawValue)
    try await loadCalendars(Set(versions), until: instant, in: transaction)
    try escalate(to: goals, at: instant)
    try Self.refusing {
      for (goal, id) in zip(added, ids) {
        if let former = gone.last(where: { $0.clock.metric == goal.metric }) {
          var clock = try SubjectClock.start(id: id, takingUp: former, after: word, at: instant, cause: Self.escalated, calendars)
          try clock.escalate(to: goal, at: instant, cause: Self.escalated, calendars)
          clocks.append(clock)
        } else {
          try start(id: id, goal, at: instant, cause: Self.escalated)
        }
      }
    }
  }

  /// What is running goes on under its goal, or is withdrawn.
  private mutating func escalate(to goals: [Goal], at instant: Instant) throws(Failure) {
    try Self.refusing {
      for index in clocks.indices where clocks[index].clock.state == .running {
        if let goal = goals.first(where: { $0.metric == clocks[index].clock.metric }) {
          try clocks[index].escalate(to: goal, at: instant, cause: Self.escalated, calendars)
        } else {
          try clocks[index].withdraw(Self.noTarget, keepsMiss: true, at: instant, calendars)
        }
      }
    }
  }

  private static let escalated = "escalated"

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
