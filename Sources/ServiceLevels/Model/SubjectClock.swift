import Contracts
import Kernel

/// A clock with what it is measured against: the pure clock, its identity and the terms that were chosen for it.
package struct SubjectClock: Sendable {
  /// Against what a clock is measured, and why.
  package struct Terms: Hashable, Sendable {
    /// Who promised it, and where that is written.
    package enum Promise: Hashable, Sendable {
      /// The provider to a customer: a version of the contract line, of its SLA, and a target of that.
      case line(version: Int64, slaVersion: Int64, target: Int64)
      /// A team to the others: a version of its OLA, and a target of that.
      case team(Int64, slaVersion: Int64, target: Int64)
      /// A supplier: the underpinning contract, its version, and a target of that.
      case supplier(contract: Int64, version: Int64, target: Int64)
    }

    package let promise: Promise
    /// Why the line, the agreement or the underpinning contract was chosen.
    package let reason: String
    package let priority: Int64
    package let pauses: Bool
    package let stopsAt: ResolutionStop
    package let waits: WaitTerms
    /// The shares of the budget, in percent and ascending, at whose passing the clock warns.
    package let warnPercents: [Int64]

    package init(_ line: LineTerms, _ target: TargetTerms) {
      self.init(
        promise: .line(version: line.lineVersion, slaVersion: line.slaVersion, target: target.id), reason: line.reason.rawValue, priority: target.priority,
        pauses: target.pauses, stopsAt: line.resolutionStopsAt, waits: line.waits, warnPercents: target.warnPercents)
    }

    init(promise: Promise, reason: String, priority: Int64, pauses: Bool, stopsAt: ResolutionStop, waits: WaitTerms, warnPercents: [Int64] = []) {
      self.promise = promise
      self.reason = reason
      self.priority = priority
      self.pauses = pauses
      self.stopsAt = stopsAt
      self.waits = waits
      self.warnPercents = warnPercents
    }
  }

  package let id: Int64
  package let subject: ClockSubject
  package var terms: Terms
  package var clock: Clock
  package var lastIntervalSeq: Int64
  package var lastMilestoneSeq: Int64
  package let isNew: Bool
  /// The highest share of the budget whose passing was recorded.
  package var warnedPercent: Int64?
  /// When the next share is passed; nil while the clock does not run, and when none is left.
  package var nextWarnAt: Instant?
  /// The highest share at which a rule of escalation acts whose passing was recorded.
  var passedPercent: Int64?
  /// When the next of those is passed; nil while the clock does not run, and when none is left.
  var nextShareAt: Instant?
  /// Of the rules by which that was worked out; 0: it never was.
  var shareRevision: Int64 = 0
  /// What events left to be written.
  package var ledger = ClockLedger()

  init(id: Int64, subject: ClockSubject, terms: Terms, clock: Clock, lastIntervalSeq: Int64, lastMilestoneSeq: Int64, isNew: Bool) {
    self.id = id
    self.subject = subject
    self.terms = terms
    self.clock = clock
    self.lastIntervalSeq = lastIntervalSeq
    self.lastMilestoneSeq = lastMilestoneSeq
    self.isNew = isNew
  }

  /// Takes over what an event made of the clock. What it closed belongs to the target that counted it.
  mutating func follow(_ transition: ClockTransition) {
    guard !transition.isIgnored else { return }
    // A new gap between two words has its whole budget, and its warnings.
    if transition.clock.renewedAt != clock.renewedAt { (warnedPercent, passedPercent) = (nil, nil) }
    clock = transition.clock
    ledger.isTouched = true
    guard ledger.isKept else { return }
    if let closed = transition.closed {
      lastIntervalSeq += 1
      ledger.intervals.append(ClockLedger.Entry(seq: lastIntervalSeq, terms: terms, row: closed))
    }
    if let milestone = transition.milestone {
      lastMilestoneSeq += 1
      ledger.milestones.append(ClockLedger.Entry(seq: lastMilestoneSeq, terms: terms, row: milestone))
    }
    for verdict in transition.verdicts {
      ledger.verdicts.append(ClockLedger.Entry(seq: verdict.sequence, terms: terms, row: verdict))
    }
  }

  /// Whether it says nothing any more: withdrawn, and not missed by then.
  var isGone: Bool { clock.state == .withdrawn && clock.outcome != .missed }

  var record: ClockRecord {
    ClockRecord(
      metric: clock.metric.rawValue, state: clock.state.rawValue, dueAt: clock.dueAt, breachedAt: clock.outcome == .missed ? clock.verdict?.breachedAt : nil,
      observedAt: clock.observedAt, verdict: clock.outcome?.rawValue, warnedPercent: warnedPercent, nextWarnAt: nextWarnAt)
  }
}

/// Rows that a clock's events left: only added, never changed.
package struct ClockLedger: Sendable {
  package struct Entry<Row: Sendable>: Sendable {
    package let seq: Int64
    /// The terms under which it was counted or judged.
    package let terms: SubjectClock.Terms
    package let row: Row
  }

  package internal(set) var isTouched = false
  /// Whether anybody will write the rows: not of a clock that is only tried out.
  var isKept = true
  package internal(set) var intervals: [Entry<ClockInterval>] = []
  package internal(set) var milestones: [Entry<Milestone>] = []
  package internal(set) var verdicts: [Entry<Verdict>] = []
}
