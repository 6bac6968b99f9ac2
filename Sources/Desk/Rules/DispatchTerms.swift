import Kernel
import Operations
import Postgres
import ServiceLevels
import Suppliers

extension SupplierTurn {
  /// What the contract promised in the version in force at the dispatch.
  func promise(in transaction: Transaction) async throws -> UnderpinningPromise? {
    try await UnderpinningTerms.version(agreement.version, at: dispatchedAt, in: transaction)
  }

  /// The supplier was told another priority: from then on its promises are those for that one.
  mutating func escalate(to priority: Int64, at instant: Instant, tenant: TenantId, in transaction: Transaction) async throws {
    guard let promise = try await promise(in: transaction) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "the dispatch's contract version is not to be seen")
    }
    tell(priority: priority, called: promise.supplierPriority(of: priority, service?.id))
    try await clocks.escalate(
      under: terms(of: promise, priority: priority), priority: priority, isAnswered: respondedAt != nil, after: lastWordAt ?? respondedAt, at: instant,
      tenant: tenant, in: transaction)
  }

  /// The terms that its clocks are measured against.
  func terms(of promise: UnderpinningPromise, priority: Int64) -> SupplierTerms {
    SupplierTerms(
      contract: promise.contract, version: promise.version, calendar: promise.calendar, reason: choice.rawValue,
      targets: promise.chosen(priority, service?.id).compactMap { target in
        target.metric.clockMetric.map {
          SupplierTerms.Target(id: target.id, metric: $0, budget: target.budget.clockBudget, warnPercents: target.warnPercents)
        }
      })
  }
}

extension UnderpinningPromise {
  /// One target of each metric at the most.
  func chosen(_ priority: Int64, _ service: Int64?) -> [Target] {
    UnderpinningMetric.allCases.compactMap { UnderpinningPrecedence.choose(from: targets, $0, priority: priority, service: service) }
  }

  /// What the supplier calls one of our priorities, as the chosen targets say: that of the resolution first.
  func supplierPriority(of priority: Int64, _ service: Int64?) -> String? {
    let chosen = chosen(priority, service).filter { $0.supplierPriority != nil }
    return (chosen.first { $0.metric == .resolution } ?? chosen.first)?.supplierPriority
  }
}

extension UnderpinningMetric {
  /// Availability is judged by outages, not by clocks.
  fileprivate var clockMetric: Metric? {
    switch self {
    case .response: .response
    case .update: .update
    case .resolution: .resolution
    case .availability: nil
    }
  }
}

extension UnderpinningPromise.Target.Budget {
  fileprivate var clockBudget: Budget {
    switch self {
    case .seconds(let seconds): .workingSeconds(seconds)
    case .businessDays(let days): .businessDays(days)
    }
  }
}
