/// How long something may take, in the coverage of the service.
package enum Budget: Hashable, Sendable {
  /// Seconds of open time. Met by what happens before more than that has passed.
  case workingSeconds(Int64)
  /// By the closing of the N-th business day after the day on which the clock started; 0 is the same day. Met by what
  /// happens up to that closing.
  case businessDays(Int64)
}
