import BillingEngine
import Kernel
import ServiceTime
import Tenancy

/// What the targets of an SLA must be before they are stored.
enum SlaRule {
  struct Target: Hashable, Sendable {
    enum Promise: Hashable, Sendable {
      /// Nothing, although a less specific target would promise something.
      case none
      case clock(Budget, calendar: Int64, objective: Rate?, period: BillingPeriod.Kind?, pauses: Bool, warnPercents: [Int64])
      /// Over each period, at all hours.
      case measured(Rate, period: BillingPeriod.Kind, countsFrom: OutageSeverity?)
    }

    let metric: TargetMetric
    let selector: TargetSelector
    let promise: Promise
  }

  /// A calendar that a target may name.
  struct Calendar: Sendable {
    let id: Int64
    let published: Bool
    let onlyTenant: TenantId?
    let compiled: CompiledCalendar
  }

  /// What the inputs name, as it is stored; what is missing is an unknown reference.
  struct Named: Sendable {
    var calendars: [PublicId: Calendar] = [:]
    /// Of the catalogue, by code.
    var services: [String: Int64] = [:]
    /// Those that are in use.
    var ciTiers: Set<String> = []
  }

  /// An OLA is for every customer, and a team's turn is over with the resolution.
  static func require(_ kind: AgreementKind, isForOneCustomer: Bool, _ stop: ResolutionStop) throws(Failure) {
    guard kind == .ola else { return }
    if isForOneCustomer { throw .invalid("onlyFor", ContractsMessages.olaForAll) }
    if stop == .closed { throw .invalid("resolutionStopsAt", ContractsMessages.olaStops) }
  }

  /// - Parameters:
  ///   - kind: what customers are promised can be measured. A team's share of what an earlier version promised them may be told still.
  ///   - onlyTenant: the one customer that the SLA is for.
  ///   - start: where budgets are tried out.
  static func targets(
    _ inputs: [TargetInput], _ named: Named, kind: AgreementKind, onlyTenant: TenantId?, from start: Instant, unknown: Message
  ) throws(Failure) -> [Target] {
    var violations: [Failure.Violation] = []
    var targets: [Target] = []
    var taken: Set<Key> = []
    for (index, input) in inputs.enumerated() {
      var check = TargetCheck(input: input, named: named, kind: kind, onlyTenant: onlyTenant, start: start, unknown: unknown)
      if let target = check.target() {
        if taken.insert(Key(metric: target.metric, selector: target.selector)).inserted {
          targets.append(target)
        } else {
          check.refuse("metric", ContractsMessages.duplicateTarget, ["metric": input.metric])
        }
      }
      violations += check.violations.map { Failure.Violation(path: "targets[\(index)].\($0.path)", $0.message, $0.arguments) }
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return targets
  }

  private struct Key: Hashable {
    let metric: TargetMetric
    let selector: TargetSelector
  }
}

/// One target as it is asked for, on its way to be one that can be stored.
private struct TargetCheck {
  let input: TargetInput
  let named: SlaRule.Named
  let kind: AgreementKind
  let onlyTenant: TenantId?
  let start: Instant
  let unknown: Message
  private(set) var violations: [(path: String, message: Message, arguments: [String: String])] = []

  init(input: TargetInput, named: SlaRule.Named, kind: AgreementKind, onlyTenant: TenantId?, start: Instant, unknown: Message) {
    self.input = input
    self.named = named
    self.kind = kind
    self.onlyTenant = onlyTenant
    self.start = start
    self.unknown = unknown
  }

  mutating func refuse(_ field: String, _ message: Message, _ arguments: [String: String] = [:]) { violations.append((field, message, arguments)) }

  /// Nil when something was refused.
  mutating func target() -> SlaRule.Target? {
    guard let metric = TargetMetric(code: input.metric) else {
      refuse("metric", ContractsMessages.badMetric)
      return nil
    }
    let selector = selector(for: metric)
    let promise: SlaRule.Target.Promise? =
      if input.explicitlyNone {
        none()
      } else {
        switch metric {
        case .clock(let metric): clock(metric)
        case .measured(let measure): measured(measure)
        }
      }
    guard violations.isEmpty, let promise else { return nil }
    return SlaRule.Target(metric: metric, selector: selector, promise: promise)
  }

  private mutating func selector(for metric: TargetMetric) -> TargetSelector {
    let service = input.service.flatMap { named.services[$0] }
    if input.service != nil, service == nil { refuse("service", unknown) }
    // Outages are of suppliers' services, which nothing ties to those of the catalogue.
    if input.service != nil, metric == .measured(.availability) { refuse("service", ContractsMessages.availabilityOfLine) }
    if let tier = input.ciTier, !named.ciTiers.contains(tier) { refuse("ciTier", unknown) }
    if kind == .sla, !input.explicitlyNone, let type = input.ticketType, !type.hasClocks {
      refuse("ticketType", ContractsMessages.typeWithoutClock, ["type": type.rawValue])
    }
    if case .measured = metric { refuseGiven([("ticketType", input.ticketType != nil), ("priority", input.priority != nil)], ContractsMessages.onlyClocks) }
    return TargetSelector(ticketType: input.ticketType, priority: input.priority, service: service, ciTier: input.ciTier)
  }

  private mutating func none() -> SlaRule.Target.Promise? {
    refuseGiven(
      [
        ("budgetSeconds", input.budgetSeconds != nil), ("businessDays", input.businessDays != nil), ("calendar", input.calendar != nil),
        ("objective", input.objective != nil), ("period", input.period != nil), ("countsFrom", input.countsFrom != nil),
        ("pauses", input.pauses == true), ("warnPercents", !input.warnPercents.isEmpty),
      ], ContractsMessages.noneHasNothing)
    return SlaRule.Target.Promise.none
  }

  private mutating func clock(_ metric: Metric) -> SlaRule.Target.Promise? {
    if metric == .response, input.pauses == true { refuse("pauses", ContractsMessages.responsePauses) }
    if input.period != nil, input.objective == nil { refuse("period", ContractsMessages.periodNeedsObjective) }
    if metric == .update, input.objective != nil { refuse("objective", ContractsMessages.updateHasNoObjective) }
    refuseGiven([("countsFrom", input.countsFrom != nil)], ContractsMessages.onlyAvailability)
    if zip(input.warnPercents, input.warnPercents.dropFirst()).contains(where: { $0 >= $1 }) { refuse("warnPercents", ContractsMessages.warnOrder) }
    let budget = Budget(seconds: input.budgetSeconds, businessDays: input.businessDays)
    if budget == nil { refuse("budgetSeconds", ContractsMessages.oneBudget) }
    guard input.calendar != nil else {
      refuse("calendar", ContractsMessages.calendarNeeded)
      return nil
    }
    guard let calendar = calendar(), let budget else { return nil }
    if !ends(budget, on: calendar.compiled) { refuse(input.budgetSeconds == nil ? "businessDays" : "budgetSeconds", ContractsMessages.budgetNeverEnds) }
    return .clock(
      budget, calendar: calendar.id, objective: input.objective, period: input.period, pauses: input.pauses ?? (metric != .response),
      warnPercents: input.warnPercents)
  }

  private mutating func measured(_ measure: ServiceMeasure) -> SlaRule.Target.Promise? {
    refuseGiven(
      [
        ("budgetSeconds", input.budgetSeconds != nil), ("businessDays", input.businessDays != nil), ("pauses", input.pauses == true),
        ("warnPercents", !input.warnPercents.isEmpty), ("calendar", input.calendar != nil),
      ], ContractsMessages.onlyClocks)
    if measure != .availability { refuseGiven([("countsFrom", input.countsFrom != nil)], ContractsMessages.onlyAvailability) }
    guard let objective = input.objective else {
      refuse("objective", ContractsMessages.measuredNeedsObjective)
      return nil
    }
    return .measured(
      objective, period: input.period ?? .month, countsFrom: measure == .availability ? input.countsFrom ?? .partial : nil)
  }

  private mutating func calendar() -> SlaRule.Calendar? {
    guard let calendar = input.calendar.flatMap({ named.calendars[$0] }) else {
      refuse("calendar", unknown)
      return nil
    }
    if !calendar.published { refuse("calendar", ContractsMessages.calendarNotPublished) }
    if let only = calendar.onlyTenant, only != onlyTenant { refuse("calendar", ContractsMessages.calendarOfOther) }
    return calendar
  }

  private mutating func refuseGiven(_ fields: [(name: String, isGiven: Bool)], _ message: Message) {
    for field in fields where field.isGiven { refuse(field.name, message) }
  }

  private func ends(_ budget: Budget, on calendar: CompiledCalendar) -> Bool {
    switch budget {
    case .seconds(let seconds): calendar.deadline(from: start, seconds: seconds) != nil
    case .businessDays(let days): calendar.businessDayEnd(from: start, days: days) != nil
    }
  }
}
