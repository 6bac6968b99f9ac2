import Kernel

/// A stage in the life of a service. It goes forward only, and may skip: what is bought ready begins with its operation.
package enum ServiceStage: String, Sendable, CaseIterable {
  /// What it is to do is being gathered. May go to any later stage.
  case requirements
  /// How it will do it is being worked out. May go to `transition`, `operation`, `retirement`.
  case design
  /// It is being built and tried. May go to `operation`, or to `retirement` when nothing comes of it.
  case transition
  /// It is offered. May go to `retirement`.
  case operation
  /// It is not offered any more. Goes nowhere.
  case retirement

  /// The stages in their order.
  package func mayGo(to next: ServiceStage) -> Bool { Self.order(self) < Self.order(next) }

  /// Where a service in this stage stands in the portfolio.
  package var state: PortfolioState {
    switch self {
    case .requirements, .design, .transition: .pipeline
    case .operation: .catalogue
    case .retirement: .retired
    }
  }

  private static func order(_ stage: ServiceStage) -> Int { allCases.firstIndex(of: stage) ?? 0 }
}

/// The three parts of the service portfolio (服务组合).
package enum PortfolioState: String, Sendable, CaseIterable {
  /// Planned. May go to `catalogue`, or to `retired` when nothing comes of it.
  case pipeline
  /// Offered. May go to `retired`.
  case catalogue
  /// Not offered any more. Goes nowhere.
  case retired

  package func mayGo(to next: PortfolioState) -> Bool {
    switch (self, next) {
    case (.pipeline, .catalogue), (.pipeline, .retired), (.catalogue, .retired): true
    case (.pipeline, .pipeline), (.catalogue, _), (.retired, _): false
    }
  }
}

/// The days on which the stages of a service begin: those that have begun, and those that are announced, whose day lies ahead. Where
/// the service stands is a question about a day, in the provider's zone.
struct ServiceLife: Hashable, Sendable {
  private(set) var days: [ServiceStage: CalendarDate]

  init(_ days: [ServiceStage: CalendarDate]) { self.days = days }

  /// The last stage that has begun on that day; nil: none has.
  func stage(on day: CalendarDate) -> ServiceStage? { ServiceStage.allCases.last { hasBegun($0, on: day) } }

  func state(on day: CalendarDate) -> PortfolioState { stage(on: day)?.state ?? .pipeline }

  func hasBegun(_ stage: ServiceStage, on day: CalendarDate) -> Bool { days[stage].map { $0 <= day } ?? false }

  /// Where a service came that stood in `state`, by a day, and when.
  func reached(after state: PortfolioState, by day: CalendarDate) -> [(state: PortfolioState, on: CalendarDate)] {
    [ServiceStage.operation, .retirement].compactMap { stage in
      guard state.mayGo(to: stage.state), hasBegun(stage, on: day) else { return nil }
      return days[stage].map { (stage.state, $0) }
    }
  }

  /// The day on which a stage begins that has not begun on `day`; nil: it has begun, or nobody announced it.
  func announced(_ stage: ServiceStage, on day: CalendarDate) -> CalendarDate? { hasBegun(stage, on: day) ? nil : days[stage] }

  subscript(_ stage: ServiceStage) -> CalendarDate? { days[stage] }

  /// The same with these days: stages that are not named keep theirs.
  func with(_ days: [ServiceStage: CalendarDate]) -> ServiceLife { ServiceLife(self.days.merging(days) { $1 }) }

  func without(_ stage: ServiceStage) -> ServiceLife { ServiceLife(days.filter { $0.key != stage }) }

  /// The first stage that would begin before an earlier one; nil: the days are in order.
  var misplaced: ServiceStage? {
    var latest: CalendarDate?
    for stage in ServiceStage.allCases {
      guard let day = days[stage] else { continue }
      if let latest, day < latest { return stage }
      latest = day
    }
    return nil
  }

  var value: Value { .object(ServiceStage.allCases.compactMap { stage in days[stage].map { Value.Member(stage.rawValue, .date($0)) } }) }
}

/// What the provider takes upon itself.
package enum ServiceMode: String, Sendable, CaseIterable {
  /// It helps with what the customer runs (支持型).
  case support
  /// It runs it (托管型).
  case managed
  /// It is made for the customer (设计型).
  case designed
}
