import BillingEngine
import Kernel
import ServiceTime

/// A target of what is measured over a period.
package struct MeasuredTarget: Hashable, Sendable {
  package let id: Int64
  package let measure: ServiceMeasure
  /// The code of the service that it is for; nil: any that no other target names.
  package let service: String?
  /// Nil: explicitly none.
  package let objective: Rate?
  package let period: BillingPeriod.Kind?
  /// Of availability: the least severity of an outage that counts.
  package let countsFrom: OutageSeverity?

  package init(id: Int64, measure: ServiceMeasure, service: String?, objective: Rate?, period: BillingPeriod.Kind?, countsFrom: OutageSeverity?) {
    self.id = id
    self.measure = measure
    self.service = service
    self.objective = objective
    self.period = period
    self.countsFrom = countsFrom
  }
}
