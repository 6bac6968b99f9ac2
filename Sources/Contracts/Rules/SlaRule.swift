import Kernel
import ServiceTime
import Tenancy

/// What the targets of an SLA must be before they are stored.
enum SlaRule {
  struct Target: Hashable, Sendable {
    let metric: Metric
    let priority: Int64
    let budget: Budget
    let calendar: Int64
    let objective: Rate?
    let pauses: Bool
  }

  /// A calendar that a target may name.
  struct Calendar: Sendable {
    let id: Int64
    let published: Bool
    let onlyTenant: TenantId?
    let compiled: CompiledCalendar
  }

  /// An OLA is for every customer, and a team's turn is over with the resolution.
  static func require(_ kind: AgreementKind, isForOneCustomer: Bool, _ stop: ResolutionStop) throws(Failure) {
    guard kind == .ola else { return }
    if isForOneCustomer { throw .invalid("onlyFor", ContractsMessages.olaForAll) }
    if stop == .closed { throw .invalid("resolutionStopsAt", ContractsMessages.olaStops) }
  }

  /// - Parameters:
  ///   - calendars: those that the inputs name, by public id; one that is missing is an unknown reference.
  ///   - onlyTenant: the one customer that the SLA is for.
  ///   - start: where budgets are tried out.
  static func targets(
    _ inputs: [TargetInput], calendars: [PublicId: Calendar], onlyTenant: TenantId?, from start: Instant, unknown: Message
  ) throws(Failure) -> [Target] {
    var violations: [Failure.Violation] = []
    var targets: [Target] = []
    var taken: Set<[String]> = []
    for (index, input) in inputs.enumerated() {
      let path = "targets[\(index)]"
      func refuse(_ field: String, _ message: Message, _ arguments: [String: String] = [:]) {
        violations.append(Failure.Violation(path: "\(path).\(field)", message, arguments))
      }
      if !taken.insert([input.metric.rawValue, String(input.priority)]).inserted {
        refuse("priority", ContractsMessages.duplicateTarget, ["metric": input.metric.rawValue, "priority": String(input.priority)])
      }
      if input.metric == .response, input.pauses == true { refuse("pauses", ContractsMessages.responsePauses) }
      let budget = input.budget
      if budget == nil { refuse("budgetSeconds", ContractsMessages.oneBudget) }
      guard let calendar = calendars[input.calendar] else {
        refuse("calendar", unknown)
        continue
      }
      if !calendar.published { refuse("calendar", ContractsMessages.calendarNotPublished) }
      if let only = calendar.onlyTenant, only != onlyTenant { refuse("calendar", ContractsMessages.calendarOfOther) }
      guard let budget else { continue }
      if !ends(budget, on: calendar.compiled, from: start) {
        refuse(input.budgetSeconds == nil ? "businessDays" : "budgetSeconds", ContractsMessages.budgetNeverEnds)
      }
      targets.append(
        Target(
          metric: input.metric, priority: input.priority, budget: budget, calendar: calendar.id, objective: input.objective,
          pauses: input.pauses ?? (input.metric != .response)))
    }
    guard violations.isEmpty else { throw Failure(.invalid, KernelMessages.invalidInput, violations: violations) }
    return targets
  }

  private static func ends(_ budget: Budget, on calendar: CompiledCalendar, from start: Instant) -> Bool {
    switch budget {
    case .seconds(let seconds): calendar.deadline(from: start, seconds: seconds) != nil
    case .businessDays(let days): calendar.businessDayEnd(from: start, days: days) != nil
    }
  }
}
