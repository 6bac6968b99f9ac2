import Kernel
import Postgres
import ServiceTime

/// What is promised at an instant: for those who start and move clocks.
package enum ContractTerms {
  /// The line under which a ticket is judged, by the table of ``LinePrecedence``; nil when no line is in force, or when
  /// the one that was named is not. The transaction is bound to `tenant`.
  /// - Parameters:
  ///   - person: the requester.
  ///   - unit: the requester's site or department.
  ///   - explicit: the line that somebody named.
  package static func line(
    tenant: TenantId, person: Int64? = nil, unit: Int64?, at: Instant, explicit: Int64?, in transaction: Transaction
  ) async throws -> LineTerms? {
    guard let unit else {
      let candidates = try await transaction.query(LinesInForce(tenant: tenant, at: at))
      return LinePrecedence.choose(from: candidates, person: person, units: [], explicit: explicit)
    }
    let (candidates, units) = try await transaction.query(LinesInForce(tenant: tenant, at: at), UnitsAbove(tenant: tenant, unit: unit))
    return LinePrecedence.choose(from: candidates, person: person, units: units, explicit: explicit)
  }

  /// The targets of an SLA version for a priority, each with its calendar's version in force at `at`; empty where nothing
  /// is promised for the priority.
  package static func targets(slaVersion: Int64, priority: Int64, at: Instant, in transaction: Transaction) async throws -> [TargetTerms] {
    try await transaction.query(TargetsInForce(slaVersion: slaVersion, priority: priority, at: at))
  }

  /// The same with the calendars that they are counted by: one round trip, two when a calendar is new to this process.
  package static func promises(
    slaVersion: Int64, priority: Int64, at: Instant, in transaction: Transaction
  ) async throws -> (targets: [TargetTerms], calendars: [Int64: CompiledCalendar]) {
    let (targets, hashes) = try await transaction.query(
      TargetsInForce(slaVersion: slaVersion, priority: priority, at: at), CalendarsInForce(slaVersion: slaVersion, priority: priority, at: at))
    var compiled: [Int64: CompiledCalendar] = [:]
    for found in hashes { compiled[found.version] = CompiledCalendars.shared[found.hash] }
    let missing = Set(targets.map(\.calendarVersion)).subtracting(compiled.keys)
    if !missing.isEmpty { compiled.merge(try await calendars(versions: missing.sorted(), in: transaction)) { first, _ in first } }
    return (targets, compiled)
  }

  /// The share of tickets that must meet the targets of a metric and priority.
  package struct Objective: Hashable, Sendable {
    package let metric: Metric
    package let priority: Int64
    package let rate: Rate

    package init(metric: Metric, priority: Int64, rate: Rate) {
      self.metric = metric
      self.priority = priority
      self.rate = rate
    }
  }

  /// The objectives that a period is held against: those of the lines in force at its end (or now, when it is not over),
  /// the strictest where they differ.
  /// The last statement of a transaction that reads.
  /// - Parameter end: the first day after the period, in each contract's zone.
  package static func objectives(
    tenant: TenantId, contracts: [Int64], end: CalendarDate, now: Instant, in transaction: Transaction
  ) async throws -> [Objective] {
    try await transaction.last(ObjectivesAtEnd(tenant: tenant, contracts: contracts, end: end, now: now))
  }

  /// The version of a calendar in force at an instant; nil when there is none that may be seen.
  package static func calendarVersion(of calendar: Int64, at: Instant, in transaction: Transaction) async throws -> Int64? {
    try await transaction.first(CalendarVersionInForce(calendar: calendar, at: at))
  }

  package struct UnknownCalendarVersion: Error { package let version: Int64 }

  /// A calendar version, compiled. Throws ``UnknownCalendarVersion`` when there is none that may be seen.
  package static func calendar(version: Int64, in transaction: Transaction) async throws -> CompiledCalendar {
    guard let hash = try await transaction.first(CalendarHash(version: version)) else { throw UnknownCalendarVersion(version: version) }
    if let cached = CompiledCalendars.shared[hash] { return cached }
    guard let found = try await calendars(versions: [version], in: transaction)[version] else { throw UnknownCalendarVersion(version: version) }
    return found
  }

  /// Several calendar versions in one round trip.
  package static func calendars(versions: [Int64], in transaction: Transaction) async throws -> [Int64: CompiledCalendar] {
    var compiled: [Int64: CompiledCalendar] = [:]
    for found in try await transaction.query(CalendarDefinitions(versions: versions)) {
      compiled[found.version] = try CompiledCalendars.shared.calendar(hash: found.hash, definition: found.definition)
    }
    return compiled
  }
}
