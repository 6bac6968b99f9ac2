import Contracts
import Kernel

/// A target that a clock is to be measured against, with the terms that it stands in.
struct Goal: Hashable, Sendable {
  let terms: SubjectClock.Terms
  let metric: Metric
  let budget: Budget
  /// The calendar's version in force when it was chosen.
  let calendarVersion: Int64

  /// What the provider promises a customer.
  init(_ line: LineTerms, _ target: TargetTerms) {
    terms = SubjectClock.Terms(line, target)
    metric = target.clockMetric
    budget = target.clockBudget
    calendarVersion = target.calendarVersion
  }

  /// What a team promises.
  init(_ team: TeamTerms, _ target: TargetTerms) {
    // A turn is over with the resolution, whatever the customer's contract waits for.
    terms = SubjectClock.Terms(
      promise: .team(team.team, slaVersion: team.slaVersion, target: target.id), reason: TeamTerms.reason, priority: target.priority, pauses: target.pauses,
      stopsAt: .resolved, waits: team.waits, warnPercents: target.warnPercents)
    metric = target.clockMetric
    budget = target.clockBudget
    calendarVersion = target.calendarVersion
  }

  /// What a supplier promises. Its time runs whatever the ticket waits for.
  init(_ supplier: SupplierTerms, _ target: SupplierTerms.Target, priority: Int64, calendarVersion: Int64) {
    terms = SubjectClock.Terms(
      promise: .supplier(contract: supplier.contract, version: supplier.version, target: target.id), reason: supplier.reason, priority: priority,
      pauses: false, stopsAt: .resolved, waits: .usual, warnPercents: target.warnPercents)
    metric = target.metric
    budget = target.budget
    self.calendarVersion = calendarVersion
  }
}

/// The OLA that a team works by, in the version in force when its turn began.
package struct TeamTerms: Hashable, Sendable {
  static let reason = "team"

  package let team: Int64
  package let slaVersion: Int64
  package let waits: WaitTerms

  package init(team: Int64, slaVersion: Int64, waits: WaitTerms) {
    self.team = team
    self.slaVersion = slaVersion
    self.waits = waits
  }
}

/// The underpinning contract that a dispatch is judged by, in the version in force at the dispatch, with the targets that were
/// chosen for the ticket: at most one of each metric.
package struct SupplierTerms: Hashable, Sendable {
  package struct Target: Hashable, Sendable {
    let id: Int64
    let metric: Metric
    let budget: Budget
    let warnPercents: [Int64]

    package init(id: Int64, metric: Metric, budget: Budget, warnPercents: [Int64]) {
      self.id = id
      self.metric = metric
      self.budget = budget
      self.warnPercents = warnPercents
    }
  }

  package let contract: Int64
  package let version: Int64
  /// Its coverage; nil: none is agreed, and so no time is promised.
  package let calendar: Int64?
  package let reason: String
  package let targets: [Target]

  package init(contract: Int64, version: Int64, calendar: Int64?, reason: String, targets: [Target]) {
    self.contract = contract
    self.version = version
    self.calendar = calendar
    self.reason = reason
    self.targets = targets
  }
}
