import Contracts
import Kernel
import Operations
import ServiceTime

/// How an entry counts: cut by the coverage, rounded, each stretch with its rate class.
struct TimeCounting: Sendable {
  struct Stretch: Sendable {
    let stretch: TimeStretch
    let rateClassCode: String
  }

  let rule: TimeRuleRow?
  let rounding: TimeRounding
  let billedMinutes: Int64
  let stretches: [Stretch]
}

extension OperationContext {
  /// What somebody names must have been promised then.
  /// - Parameter field: by which he names the line.
  func requireInForce(_ place: WorkPlace, at instant: Instant, namedBy field: String = "line") async throws {
    guard let line = place.line else { return }
    let terms = try await ContractTerms.line(tenant: tenant.id, unit: nil, at: instant, explicit: line, in: transaction)
    guard terms != nil else { throw Failure.invalid(field, TimeEntriesMessages.lineNotInForce) }
  }

  /// What follows from where the work was done, and when: its line, whether it is billed, and whether a coverage is known.
  func settled(_ draft: TimeDraft, _ place: WorkPlace) async throws -> TimeDraft {
    var draft = draft
    let rule = try await timeRule(of: place, at: draft.worked.beganAt)
    draft.line = place.line
    if tenant.kind == .provider, place.ticket == nil, place.line == nil {
      guard draft.billableSaid != true else { throw Failure.invalid("billable", TimeEntriesMessages.internalWork) }
      draft.billable = false
    } else if let billable = draft.billableSaid ?? rule?.billable {
      draft.billable = billable
    } else {
      draft.billable = try await transaction.first(WorkIsBillable(workType: draft.workType)) ?? false
    }
    draft.hasNoCoverage = try await calendarVersion(at: draft.worked.beganAt, rule, place) == nil
    return draft
  }

  private func timeRule(of place: WorkPlace, at instant: Instant) async throws -> TimeRuleRow? {
    guard let line = place.line else { return nil }
    return try await transaction.first(TimeRuleAt(tenant: tenant.id, line: line, at: instant))
  }

  /// - Parameter rateClass: the one that somebody named for all of it.
  func counting(_ worked: WorkedTime, billable: Bool, rateClass: (id: Int64, code: String)?, _ place: WorkPlace) async throws -> TimeCounting {
    let rule = try await timeRule(of: place, at: worked.beganAt)
    let inUse = try await transaction.query(RateClassesInUse())
    let choice = RateChoice(classes: inUse.compactMap { row in row.use.map { RateChoice.RateClass(id: row.id, code: row.code, use: $0) } })
    let parts = TimeSplit.parts(of: worked, by: try await coverage(of: worked, rule, place))
    let rounding = rule?.rounding ?? .none
    let billed = billable ? rounding.billed(worked.minutes) : 0
    let shares = TimeRounding.shares(of: billed, over: parts.map(\.minutes))
    var stretches: [TimeCounting.Stretch] = []
    for (part, share) in zip(parts, shares) {
      guard let chosen = rateClass ?? choice.rateClass(of: part.situation).map({ (id: $0.id, code: $0.code) }) else {
        throw Failure(.internal, OperationMessages.internalFault, debug: "there is no rate class of the service time")
      }
      stretches.append(
        TimeCounting.Stretch(stretch: TimeStretch(part: part, billedMinutes: share, rateClass: chosen.id), rateClassCode: chosen.code))
    }
    return TimeCounting(rule: rule, rounding: rounding, billedMinutes: billed, stretches: stretches)
  }

  /// What the line promises at an instant, or promised when the ticket was opened: work on it goes on when the contract has ended.
  private func termsOfTime(_ place: WorkPlace, at instant: Instant) async throws -> LineTerms? {
    guard let line = place.line else { return nil }
    let terms = try await ContractTerms.line(tenant: tenant.id, unit: nil, at: instant, explicit: line, in: transaction)
    guard terms == nil, let openedAt = place.openedAt else { return terms }
    return try await ContractTerms.line(tenant: tenant.id, unit: nil, at: openedAt, explicit: line, in: transaction)
  }

  /// The versions of the coverage calendar that hold while the work goes on: the rule's, or else the one by which the SLA's clock of
  /// resolution counts, or of response, or of updates. Empty: none is known.
  private func coverage(of worked: WorkedTime, _ rule: TimeRuleRow?, _ place: WorkPlace) async throws -> [TimeSplit.Version] {
    guard let first = try await calendarVersion(at: worked.beganAt, rule, place) else { return [] }
    let end = worked.endedAt ?? worked.beganAt
    let series = try await ContractTerms.series(of: [first], until: end, in: transaction)
    guard let compiled = series[first] else { return [] }
    var versions = [TimeSplit.Version(id: first, validFrom: worked.beganAt, compiled: compiled)]
    while let next = series.successor(of: versions[versions.count - 1].id, until: end) {
      versions.append(TimeSplit.Version(id: next.id, validFrom: next.validFrom, compiled: next.compiled))
    }
    return versions
  }

  private func calendarVersion(at instant: Instant, _ rule: TimeRuleRow?, _ place: WorkPlace) async throws -> Int64? {
    if let calendar = rule?.calendar { return try await ContractTerms.calendarVersion(of: calendar, at: instant, in: transaction) }
    guard let terms = try await termsOfTime(place, at: instant) else { return nil }
    let targets = try await ContractTerms.targets(slaVersion: terms.slaVersion, facts: place.facts, at: instant, in: transaction)
    let order: [Metric] = [.resolution, .response, .update]
    return order.lazy.compactMap { metric in targets.first { $0.metric == metric } }.first?.calendarVersion
  }
}
