import BillingEngine
import Kernel
import Operations
import Renewals
import ServiceTime

/// What an underpinning contract must be before it is stored.
enum UnderpinningRule {
  static func currency(_ code: String) throws(Failure) -> Currency {
    guard let currency = Currency(code: code) else { throw .invalid("currency", SuppliersMessages.unknownCurrency, ["code": String(code.prefix(8))]) }
    return currency
  }

  static func zone(_ name: String) throws(Failure) -> Zone {
    guard let zone = Zone.named(name) else { throw .invalid("zone", SuppliersMessages.unknownZone, ["zone": name]) }
    return zone
  }

  static func requireTerm(from startsAt: Instant, to endsAt: Instant?) throws(Failure) {
    if let endsAt, endsAt <= startsAt { throw .invalid("endsAt", SuppliersMessages.termOrder) }
  }

  static func state(_ state: ContractState, after event: ContractState.Event) throws(Failure) -> ContractState {
    try state.next(event, orRefuse: SuppliersMessages.badTransition)
  }

  /// - Parameter services: those of the supplier, by the random bits of their ids.
  static func targets(_ inputs: [UnderpinningTargetInput], services: [[UInt8]: Int64]) throws(Failure) -> [UnderpinningTarget] {
    var violations: [Failure.Violation] = []
    var targets: [UnderpinningTarget] = []
    var taken: Set<[String]> = []
    for (index, input) in inputs.enumerated() {
      func refuse(_ field: String, _ message: Message) { violations.append(Failure.Violation(path: "targets[\(index)].\(field)", message)) }
      let service = input.service.flatMap { services[$0.random] }
      if input.service != nil, service == nil { refuse("service", SuppliersMessages.serviceOfOther) }
      if !taken.insert([input.metric.rawValue, input.priority.map { String($0) } ?? "", service.map { String($0) } ?? ""]).inserted {
        refuse("metric", SuppliersMessages.duplicateTarget)
      }
      if input.metric != .availability {
        if input.period != nil { refuse("period", SuppliersMessages.onlyMeasured) }
        if input.countsFrom != nil { refuse("countsFrom", SuppliersMessages.onlyMeasured) }
      } else if !input.warnPercents.isEmpty {
        refuse("warnPercents", SuppliersMessages.onlyTimed)
      }
      if zip(input.warnPercents, input.warnPercents.dropFirst()).contains(where: { $0 >= $1 }) { refuse("warnPercents", SuppliersMessages.warnOrder) }
      guard let promise = promise(input) else {
        if input.metric == .availability { refuse("objective", SuppliersMessages.needsObjective) } else { refuse("budgetSeconds", SuppliersMessages.oneBudget) }
        continue
      }
      targets.append(
        UnderpinningTarget(
          metric: input.metric, priority: input.priority, supplierPriority: input.supplierPriority, service: service, promise: promise,
          warnPercents: input.warnPercents))
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return targets
  }

  private static func promise(_ input: UnderpinningTargetInput) -> UnderpinningTarget.Promise? {
    if input.metric == .availability {
      guard let objective = input.objective, input.budgetSeconds == nil, input.businessDays == nil, input.priority == nil else { return nil }
      return .availability(objective, period: input.period ?? .month, countsFrom: input.countsFrom ?? .partial)
    }
    return switch (input.budgetSeconds, input.businessDays) {
    case (let seconds?, nil): .seconds(seconds, objective: input.objective)
    case (nil, let days?): .businessDays(days, objective: input.objective)
    default: nil
    }
  }

  static func costs(_ inputs: [UnderpinningCostInput], _ currency: Currency) throws(Failure) -> [UnderpinningCost] {
    var violations: [Failure.Violation] = []
    var costs: [UnderpinningCost] = []
    var names: Set<String> = []
    for (index, input) in inputs.enumerated() {
      if !names.insert(input.name).inserted { violations.append(Failure.Violation(path: "costs[\(index)].name", SuppliersMessages.duplicateCost)) }
      guard let amount = Money(input.amount, currency: currency), amount.minorUnits >= 0 else {
        violations.append(
          Failure.Violation(
            path: "costs[\(index)].amount", SuppliersMessages.badAmount,
            ["currency": currency.code, "decimals": String(currency.minorUnitDigits)]))
        continue
      }
      costs.append(UnderpinningCost(name: input.name, minorUnits: amount.minorUnits, period: input.period))
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return costs
  }
}
