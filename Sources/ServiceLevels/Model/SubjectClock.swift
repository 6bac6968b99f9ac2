import Contracts
import Kernel

/// A clock with what it is measured against: the pure clock, its identity and the terms that were chosen for it.
package struct SubjectClock: Sendable {
  /// Against what a clock is measured, and why.
  package struct Terms: Hashable, Sendable {
    package let lineVersion: Int64
    package let lineReason: String
    package let slaVersion: Int64
    package let target: Int64
    package let priority: Int64
    package let pauses: Bool
    package let stopsAt: ResolutionStop
    package let waits: WaitTerms

    package init(_ line: LineTerms, _ target: TargetTerms) {
      self.init(
        lineVersion: line.lineVersion, lineReason: line.reason.rawValue, slaVersion: line.slaVersion, target: target.id, priority: target.priority,
        pauses: target.pauses, stopsAt: line.resolutionStopsAt, waits: line.waits)
    }

    init(
      lineVersion: Int64, lineReason: String, slaVersion: Int64, target: Int64, priority: Int64, pauses: Bool, stopsAt: ResolutionStop, waits: WaitTerms
    ) {
      self.lineVersion = lineVersion
      self.lineReason = lineReason
      self.slaVersion = slaVersion
      self.target = target
      self.priority = priority
      self.pauses = pauses
      self.stopsAt = stopsAt
      self.waits = waits
    }
  }

  package let id: Int64
  package let subject: ClockSubject
  package var terms: Terms
  package var clock: Clock
  package var lastIntervalSeq: Int64
  package var lastMilestoneSeq: Int64
  package let isNew: Bool
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
    clock = transition.clock
    ledger.isTouched = true
    guard ledger.isKept else { return }
    if let closed = transition.closed {
      lastIntervalSeq += 1
      ledger.intervals.append(ClockLedger.Entry(seq: lastIntervalSeq, target: terms.target, row: closed))
    }
    if let milestone = transition.milestone {
      lastMilestoneSeq += 1
      ledger.milestones.append(ClockLedger.Entry(seq: lastMilestoneSeq, target: terms.target, row: milestone))
    }
    for verdict in transition.verdicts {
      ledger.verdicts.append(ClockLedger.Entry(seq: verdict.sequence, target: terms.target, row: verdict))
    }
  }

  var record: ClockRecord {
    ClockRecord(
      metric: clock.metric.rawValue, state: clock.state.rawValue, dueAt: clock.dueAt, breachedAt: clock.outcome == .missed ? clock.verdict?.breachedAt : nil,
      observedAt: clock.observedAt, verdict: clock.outcome?.rawValue)
  }
}

/// Rows that a clock's events left: only added, never changed.
package struct ClockLedger: Sendable {
  package struct Entry<Row: Sendable>: Sendable {
    package let seq: Int64
    /// The target under which it was counted or judged.
    package let target: Int64
    package let row: Row
  }

  package internal(set) var isTouched = false
  /// Whether anybody will write the rows: not of a clock that is only tried out.
  var isKept = true
  package internal(set) var intervals: [Entry<ClockInterval>] = []
  package internal(set) var milestones: [Entry<Milestone>] = []
  package internal(set) var verdicts: [Entry<Verdict>] = []
}
