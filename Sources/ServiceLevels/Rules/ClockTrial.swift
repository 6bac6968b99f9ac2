import Contracts
import Kernel
import Operations

/// The clocks of one ticket after another under an SLA that is only tried out: the clocks that judge our tickets
/// (``SubjectClocks``), told the same acts, and stored nowhere. One value serves many tickets, so that each costs no set-up.
package struct ClockTrial: Sendable {
  /// How a clock stands when all was told.
  package struct Judgement: Hashable, Sendable {
    package let metric: Metric
    /// Nil: not judged. A withdrawn clock is not judged either.
    package let isMet: Bool?
    package let priority: Int64
    package let elapsedSeconds: Int64
    package let budgetSeconds: Int64?
    /// As `service_levels.pub_judged` has it: the last instant in time of a miss, when it was observed of what was met.
    package let judgedAt: Instant?
  }

  private let sla: SlaTrial
  private var clocks: SubjectClocks
  private var openedAt = Instant(microseconds: 0)
  private var history: [(act: ClockAct, at: Instant)] = []

  package init(_ sla: SlaTrial) {
    self.sla = sla
    clocks = SubjectClocks(.ticket(0))
    clocks.calendars = sla.series
  }

  /// A ticket begins: a clock for each target of its priority.
  package mutating func open(priority: Int64, at instant: Instant) throws {
    openedAt = instant
    history.removeAll(keepingCapacity: true)
    clocks.clocks.removeAll(keepingCapacity: true)
    for target in sla.targets(priority: priority, at: instant) {
      clocks.clocks.append(
        try SubjectClock.start(
          id: 0, subject: clocks.subject, under: sla.line, target, try clocks.calendars.coverage(target, at: instant), at: instant, cause: "opened",
          keepsLedger: false))
    }
  }

  package mutating func apply(_ act: ClockAct, at instant: Instant) throws(Failure) {
    history.append((act, instant))
    try clocks.apply(act, at: instant)
  }

  package mutating func classify(priority: Int64, at instant: Instant) throws(Failure) {
    let targets = sla.targets(priority: priority, at: openedAt)
    try clocks.retarget(
      under: sla.line, to: targets, ids: targets.map { _ in 0 }, openedAt: openedAt, at: instant, history: history)
  }

  /// It went into another ticket.
  package mutating func merge(at instant: Instant) throws(Failure) { try clocks.withdraw("merged", at: instant) }

  /// It was closed, and nobody knows when it was resolved: as imports have it, that cannot be judged where the clock stops at
  /// resolution.
  package mutating func closeUnresolved(at instant: Instant) throws {
    guard sla.line.resolutionStopsAt == .resolved else { return try apply(.closed, at: instant) }
    for index in clocks.clocks.indices where clocks.clocks[index].clock.metric == .resolution {
      try clocks.clocks[index].withdraw("no_resolved_at", at: instant, clocks.calendars)
    }
  }

  /// How every clock stands at `now`.
  package mutating func judge(at now: Instant, _ body: (Judgement) -> Void) throws {
    for index in clocks.clocks.indices {
      let state = clocks.clocks[index].clock.state
      if state == .running || state == .paused {
        try clocks.clocks[index].catchUp(until: now, clocks.calendars)
        clocks.clocks[index].follow(
          try clocks.clocks[index].clock.applying(.passed(now: now), calendar: try clocks.calendars.calendar(of: clocks.clocks[index].clock)))
      }
      let clock = clocks.clocks[index].clock
      // A clock that a new one took the place of says nothing any more; a miss that a merge left does.
      guard clock.state != .withdrawn || clock.outcome == .missed else { continue }
      let isMet: Bool? =
        switch clock.outcome {
        case .met: true
        case .missed: false
        case .withdrawn, nil: nil
        }
      body(
        Judgement(
          metric: clock.metric, isMet: isMet, priority: clocks.clocks[index].terms.priority, elapsedSeconds: clock.consumedSeconds,
          budgetSeconds: clock.budgetSeconds, judgedAt: isMet == nil ? nil : clock.verdict?.breachedAt ?? clock.observedAt))
    }
  }
}
