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
  /// - Parameters:
  ///   - answerIsUnknown: there was a first answer, and nobody knows when: a response is not judged.
  ///   - judgements: emptied, then filled.
  package mutating func judge(at now: Instant, answerIsUnknown: Bool, into judgements: inout [Judgement]) throws {
    judgements.removeAll(keepingCapacity: true)
    for index in clocks.clocks.indices {
      if clocks.clocks[index].clock.state == .running || clocks.clocks[index].clock.state == .paused {
        try clocks.clocks[index].catchUp(until: now, clocks.calendars)
        let passed = try clocks.clocks[index].clock.applying(.passed(now: now), calendar: try clocks.calendars.calendar(of: clocks.clocks[index].clock))
        clocks.clocks[index].follow(passed)
      }
      // A clock that a new one took the place of says nothing any more; a miss that a merge left does.
      guard clocks.clocks[index].clock.state != .withdrawn || clocks.clocks[index].clock.outcome == .missed else { continue }
      judgements.append(Judgement(clocks.clocks[index], answerIsUnknown: answerIsUnknown))
    }
  }
}

extension ClockTrial.Judgement {
  fileprivate init(_ subject: SubjectClock, answerIsUnknown: Bool) {
    metric = subject.clock.metric
    isMet =
      switch subject.clock.outcome {
      case .met: true
      case .missed: answerIsUnknown && subject.clock.metric == .response ? nil : false
      case .withdrawn, nil: nil
      }
    priority = subject.terms.priority
    elapsedSeconds = subject.clock.consumedSeconds
    budgetSeconds = subject.clock.budgetSeconds
    judgedAt = isMet == nil ? nil : subject.clock.verdict?.breachedAt ?? subject.clock.observedAt
  }
}
