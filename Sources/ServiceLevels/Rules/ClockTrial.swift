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
    /// Open seconds used; of a clock that still runs, those of the run that goes on as well.
    package let elapsedSeconds: Int64
    package let budgetSeconds: Int64?
    /// As `service_levels.pub_judged` has it: the last instant in time of a miss, when it was observed of what was met.
    package let judgedAt: Instant?
  }

  private var sla: SlaTrial
  private var clocks: SubjectClocks
  private var openedAt = Instant(microseconds: 0)
  private var facts = TargetFacts(priority: 1)
  private var history: [(act: ClockAct, at: Instant)] = []

  package init(_ sla: SlaTrial) {
    self.sla = sla
    clocks = SubjectClocks(.ticket(0))
    clocks.calendars = sla.series
  }

  /// Nothing is known of a ticket yet, and nothing of the one before counts for it.
  package mutating func forget() {
    history.removeAll(keepingCapacity: true)
    clocks.clocks.removeAll(keepingCapacity: true)
  }

  /// A ticket begins: a clock for each target that counts for it.
  package mutating func open(_ facts: TargetFacts, at instant: Instant) throws {
    openedAt = instant
    self.facts = facts
    forget()
    for target in sla.targets(facts, at: instant) {
      let coverage = try clocks.calendars.coverage(target.calendarVersion, at: instant)
      clocks.clocks.append(
        try SubjectClock.start(id: 0, subject: clocks.subject, Goal(sla.line, target), coverage, at: instant, cause: "opened", keepsLedger: false))
    }
  }

  package mutating func apply(_ act: ClockAct, at instant: Instant) throws(Failure) {
    history.append((act, instant))
    try clocks.apply(act, at: instant)
  }

  package mutating func classify(priority: Int64, at instant: Instant) throws(Failure) {
    facts = TargetFacts(ticketType: facts.ticketType, priority: priority, service: facts.service, ciTier: facts.ciTier)
    let goals = sla.targets(facts, at: openedAt).map { Goal(sla.line, $0) }
    try clocks.retarget(to: goals, ids: goals.map { _ in 0 }, startedAt: openedAt, at: instant, history: history)
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
      guard counts(index) else { continue }
      let clock = clocks.clocks[index].clock
      let going = try clock.state == .running ? clocks.calendars.calendar(of: clock).elapsed(from: clock.stateSince, to: now) : 0
      judgements.append(Judgement(clocks.clocks[index], going: going, answerIsUnknown: answerIsUnknown))
    }
  }

  /// Where nothing is promised any more a clock says nothing, unless it was missed before and no later one took its place; one
  /// that was withdrawn for another reason is not judged.
  private func counts(_ index: Int) -> Bool {
    let clock = clocks.clocks[index].clock
    guard clock.state == .withdrawn, clock.stateCause == SubjectClocks.noTarget else { return true }
    let isFollowed = clocks.clocks.dropFirst(index + 1).contains { later in
      later.clock.metric == clock.metric && (later.clock.state != .withdrawn || later.clock.outcome == .missed)
    }
    return clock.outcome == .missed && !isFollowed
  }
}

extension ClockTrial.Judgement {
  /// - Parameter going: the open seconds of a run that goes on.
  fileprivate init(_ subject: SubjectClock, going: Int64, answerIsUnknown: Bool) {
    metric = subject.clock.metric
    isMet =
      switch subject.clock.outcome {
      case .met: true
      case .missed: answerIsUnknown && subject.clock.metric == .response ? nil : false
      case .withdrawn, nil: nil
      }
    priority = subject.terms.priority
    elapsedSeconds = subject.clock.consumedSeconds + going
    budgetSeconds = subject.clock.shownBudgetSeconds
    judgedAt = isMet == nil ? nil : subject.clock.verdict?.breachedAt ?? subject.clock.observedAt
  }
}
