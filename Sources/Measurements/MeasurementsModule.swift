import Operations

/// What of a service is measured (服务测量) and judged period by period: backups, patches, accuracy, availability, anything that
/// an SLA names. A module of its own: what is judged here has no clock, and ServiceLevels, which keeps the clocks, knows
/// neither suppliers nor periods.
package enum MeasurementsModule: OperationModule {
  package static let operations: [any Operation.Type] = [
    RecordMeasurement.self, CorrectMeasurement.self, ListMeasurements.self, JudgePeriod.self, ListMeasuredVerdicts.self,
  ]
  package static let messages = MeasurementsMessages.all
  package static let constraints = [
    "measurement_supersedes_unique": MeasurementsMessages.corrected, "covered_overlap_exclude": MeasurementsMessages.overlaps,
    "measured_verdict_seq_unique": MeasurementsMessages.judgedMeanwhile,
  ]
}

enum MeasurementRights {
  static let recorders: Set<StockRole> = [.administrator, .accountManager, .engineer]
  static let judges: Set<StockRole> = [.administrator, .accountManager]
  static let readers: Set<StockRole> = [.administrator, .accountManager, .engineer, .finance, .customerManager]
}
