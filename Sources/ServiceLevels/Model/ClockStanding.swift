import Kernel

/// What a subject's row shows of its clocks, so that lists need not look at them.
package struct ClockStanding: Hashable, Sendable {
  /// When the next running clock is due; nil when none runs.
  package let dueAt: Instant?
  /// Of which promise that is.
  package let dueMetric: Metric?
  /// The highest share of a budget, in percent, of which a clock warned that still counts time.
  package let warnedPercent: Int64?
}
