import Kernel
import Postgres

/// What is not owed for a while, and then again.
extension SubjectClocks {
  /// The running clock of a metric is withdrawn until ``takeUp(_:putDownFor:at:now:tenant:in:)``. One whose promise is broken by then runs on: it
  /// still says when it was met.
  package mutating func putDown(_ metric: Metric, _ reason: String, at instant: Instant) throws(Failure) {
    try Self.refusing {
      for index in clocks.indices where clocks[index].clock.metric == metric && clocks[index].clock.state == .running {
        if try clocks[index].isMissed(by: instant, calendars) { continue }
        try clocks[index].withdraw(reason, keepsMiss: true, at: instant, calendars)
      }
    }
  }

  /// What was put down for a reason is owed again: a clock of its own goes on with what that one had used. Where none was, nothing is.
  package mutating func takeUp(
    _ metric: Metric, putDownFor reason: String, at instant: Instant, now: Instant, tenant: TenantId, in transaction: Transaction
  ) async throws {
    guard !clocks.contains(where: { $0.clock.metric == metric && !$0.isGone }) else { return }
    let (ids, gone) = try await transaction.query(NextClockIds(count: 1), GoneClocks(tenant: tenant, subject: subject))
    // One that the same act put down is not written yet.
    let former = (gone + clocks.filter(\.isGone)).last { $0.clock.metric == metric && $0.clock.stateCause == reason }
    guard let id = ids.first, let former else { return }
    try await loadCalendars([former.clock.calendarVersion.rawValue], until: now, in: transaction)
    try Self.refusing {
      var clock = try SubjectClock.start(id: id, takingUp: former, after: nil, at: instant, cause: "resumed", calendars)
      // One that was used by then is not the affair of a rule that was made since.
      while let next = watched.next(of: clock, tenant: tenant), clock.hasUsed(next.percent) { clock.passedPercent = next.percent }
      try clock.catchUp(until: instant, calendars)
      clocks.append(clock)
    }
  }
}
