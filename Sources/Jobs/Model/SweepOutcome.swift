/// How a run of a sweep ended.
package enum SweepOutcome: String, CaseIterable, Sendable {
  /// All was done.
  case done
  /// All but some, which the next run finds again.
  case undone
  /// Its time was over: it goes on behind what waits.
  case putDown = "put_down"
  /// It broke off, and is tried again later.
  case failed
}
