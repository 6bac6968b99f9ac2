/// The lists of the provider's own.
package enum TimeCodeKind: String, Sendable, CaseIterable {
  case workType = "work_type"
  case rateClass = "rate_class"
}

/// The time that a rate class is for.
package enum RateUse: String, Sendable, CaseIterable {
  case serviceTime = "service_time"
  case afterHours = "after_hours"
  case offDay = "off_day"
  /// None by itself: it counts where somebody names it.
  case named
}
