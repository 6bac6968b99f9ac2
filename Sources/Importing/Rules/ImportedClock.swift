import Contracts
import Kernel
import ServiceLevels

/// The clock of an imported ticket with all that it left behind, made by the rules that move the clocks of our own
/// tickets.
struct ImportedClock: Sendable {
  private(set) var clock: Clock
  let line: LineTerms
  /// The promise and priority that the clock ended under.
  private(set) var promise: Promise
  private(set) var priority: Int64
  /// What it is counted by at the time that was reached.
  private var coverage: Coverage
  /// Each with the target under which it was counted.
  private(set) var intervals: [(interval: ClockInterval, target: Int64)] = []
  private(set) var milestones: [Milestone] = []
  private(set) var verdicts: [(verdict: Verdict, target: Int64)] = []

  /// What an incident's history means to its clock of resolution. Nil when nothing is promised for it.
  ///
  /// The clock stops where the log says that the incident was resolved (or closed): the log tells the last such time
  /// only, so what lies between a resolution and a reopening counts. A closed incident without a time of resolution
  /// cannot be judged where the clock stops at resolution: its clock is withdrawn.
  init?(of incident: IncidentLog.Incident, in log: IncidentLog, _ promises: some Promises) throws(ClockRefusal) {
    let rows = log.rows[incident.rows]
    guard let line = promises.line(openedAt: incident.openedAt), let last = rows.last,
      promises.promise(under: line, priority: last.priority, at: incident.openedAt) != nil
    else { return nil }
    // Priorities for which nothing is promised leave the target as it was.
    var first: (priority: Int64, promise: Promise)?
    for row in rows where first == nil {
      first = promises.promise(under: line, priority: row.priority, at: incident.openedAt).map { (row.priority, $0) }
    }
    guard let (priority, promise) = first else { return nil }
    self.line = line
    self.priority = priority
    self.promise = promise
    coverage = promise.coverage
    clock = try Clock.start(.resolution, budget: promise.budget, coverage: promise.coverage, at: incident.openedAt, cause: "opened").clock

    let source = line.resolutionStopsAt
    let stop = incident.end(at: source, last)
    for row in rows {
      if let stop, row.at > stop {
        try catchUp(until: stop, promises)
        try observe(stop, source)
      }
      try catchUp(until: row.at, promises)
      if row.priority != self.priority, let promise = promises.promise(under: line, priority: row.priority, at: incident.openedAt) {
        try retarget(promise, row, promises)
      }
      try follow(row.state, at: row.at)
    }
    if let stop {
      try catchUp(until: stop, promises)
      try observe(stop, source)
    } else if last.state.kind == .closed {
      try apply(.withdraw(at: max(incident.closedAt ?? last.at, clock.lastEventAt), reason: "no_resolved_at"))
    }
  }

  /// Nil when it is not judged.
  var isMet: Bool? {
    switch clock.outcome {
    case .met: true
    case .missed: false
    case .withdrawn, nil: nil
    }
  }

  private mutating func observe(_ stop: Instant, _ source: ResolutionStop) throws(ClockRefusal) {
    guard clock.state == .running || clock.state == .paused else { return }
    try apply(.observe(at: max(stop, clock.lastEventAt), source: source.rawValue))
  }

  /// Versions of the calendar that took effect while the clock ran, each at its instant.
  private mutating func catchUp(until instant: Instant, _ promises: some Promises) throws(ClockRefusal) {
    guard clock.state == .running || clock.state == .paused else { return }
    while let next = promises.successor(of: clock.calendarVersion, until: instant) {
      let following = Coverage(version: Id(next.id), calendar: next.compiled)
      try apply(.changeCalendar(effectiveAt: next.validFrom, coverage: following))
      coverage = following
    }
  }

  private mutating func retarget(_ next: Promise, _ row: IncidentLog.Row, _ promises: some Promises) throws(ClockRefusal) {
    let at = max(row.at, clock.lastEventAt)
    // What has stopped ran by its own hours: versions that its calendar got since, and another calendar, are none of its run.
    let isItsOwn = clock.state == .stopped && promises.areOfOneCalendar(clock.calendarVersion, next.coverage.version)
    var following = isItsOwn ? coverage : next.coverage
    while !isItsOwn, let version = promises.successor(of: following.version, until: at) {
      following = Coverage(version: Id(version.id), calendar: version.compiled)
    }
    let transition = try clock.applying(
      .retarget(at: at, budget: next.budget, coverage: following, cause: "classified"), calendar: coverage.calendar)
    // The interval before was counted under the old target, the judgement follows the new one.
    if let closed = transition.closed { intervals.append((closed, promise.target)) }
    verdicts += transition.verdicts.map { ($0, $0.cause == .retargeted ? next.target : promise.target) }
    clock = transition.clock
    if clock.calendarVersion == following.version { coverage = following }
    promise = next
    priority = row.priority
  }

  private mutating func follow(_ state: ImportProfile.State, at instant: Instant) throws(ClockRefusal) {
    let at = max(instant, clock.lastEventAt)
    if promise.pauses, let reason = state.pauseReason(line.waits) {
      guard clock.state == .running || (clock.state == .paused && clock.stateCause != reason) else { return }
      try apply(.pause(at: at, reason: reason, evidence: nil))
    } else if clock.state == .paused {
      try apply(.resume(at: at, cause: "resumed"))
    }
  }

  private mutating func apply(_ event: ClockEvent) throws(ClockRefusal) {
    let transition = try clock.applying(event, calendar: coverage.calendar)
    clock = transition.clock
    if let closed = transition.closed { intervals.append((closed, promise.target)) }
    if let milestone = transition.milestone { milestones.append(milestone) }
    for verdict in transition.verdicts { verdicts.append((verdict, promise.target)) }
  }
}

extension IncidentLog.Incident {
  /// When the incident ended by its last state: nil while it has not, and when the log does not say.
  fileprivate func end(at source: ResolutionStop, _ last: IncidentLog.Row) -> Instant? {
    switch (source, last.state.kind) {
    case (.closed, .closed): closedAt ?? last.at
    case (.resolved, .closed), (.resolved, .resolved): resolvedAt
    default: nil
    }
  }
}
