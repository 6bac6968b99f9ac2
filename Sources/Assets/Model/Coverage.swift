import Kernel

/// Which contract line covers a CI from a day on.
struct Coverage: Hashable, Sendable {
  /// Nil: none.
  let line: CiContent.Reference?
  let validFrom: CalendarDate
}
