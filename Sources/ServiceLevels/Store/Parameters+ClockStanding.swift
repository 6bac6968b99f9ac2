import Postgres

extension Parameters {
  /// Three of them: when the next clock is due, of which promise that is, and the share that was warned of.
  package mutating func append(_ standing: ClockStanding) {
    append(standing.dueAt)
    append(standing.dueMetric?.rawValue)
    append(standing.warnedPercent)
  }
}
