import BillingEngine
import Kernel
import Operations
import Postgres
import ServiceTime

/// What is promised at an instant: for those who start and move clocks.
package enum ContractTerms {
  /// The line under which a ticket is judged, by the table of ``LinePrecedence``; nil when no line is in force, or when
  /// the one that was named is not. The transaction is bound to `tenant`.
  /// - Parameters:
  ///   - person: the requester.
  ///   - unit: the requester's site or department.
  ///   - service: what the ticket is about, of the catalogue.
  ///   - explicit: the line that somebody named.
  package static func line(
    tenant: TenantId, person: Int64? = nil, unit: Int64?, service: Int64? = nil, at: Instant, explicit: Int64?, in transaction: Transaction
  ) async throws -> LineTerms? {
    try await lines(tenant: tenant, unit: unit, at: at, in: transaction).choose(person: person, service: service, explicit: explicit)
  }

  /// What a line is chosen from: for those who choose when they know more, such as what covers the ticket's CIs.
  package struct Lines: Sendable {
    /// The lines in force.
    let candidates: [LinePrecedence.Candidate]
    /// The ticket's unit with those above it, nearest first.
    let units: [Int64]

    /// - Parameters:
    ///   - covering: the lines that cover the ticket's CIs, that of the CI which counts most first.
    ///   - service: what the ticket is about, of the catalogue.
    ///   - explicit: the line that somebody named.
    package func choose(person: Int64? = nil, covering: [Int64] = [], service: Int64? = nil, explicit: Int64?) -> LineTerms? {
      LinePrecedence.choose(from: candidates, for: subject(person, covering, service), explicit: explicit)
    }

    /// The line of a ticket that is about another service now.
    /// - Parameter line: the one that it has.
    package func choose(person: Int64?, covering: [Int64], service: Int64?, keeping line: LineTerms?) -> LineTerms? {
      LinePrecedence.choose(from: candidates, for: subject(person, covering, service), keeping: line)
    }

    /// What a line promises that covers what somebody ordered, with the reason for which it is for him; nil: it is not in force.
    /// - Parameter version: the version of a line by which it was promised, where it was; another line may have taken its place since.
    package func terms(of line: Int64, promised version: Int64? = nil, person: Int64?, service: Int64?) -> LineTerms? {
      let own = candidates.filter { candidate in version.map { candidate.terms.lineVersion == $0 } ?? (candidate.terms.line == line) }
      return LinePrecedence.choose(from: own, for: subject(person, [], service), explicit: nil)
        ?? LinePrecedence.choose(from: own, for: subject(person, [], service), explicit: own.first?.terms.line)
    }

    private func subject(_ person: Int64?, _ covering: [Int64], _ service: Int64?) -> LinePrecedence.Subject {
      LinePrecedence.Subject(person: person, units: units, covering: covering, service: service)
    }
  }

  /// One round trip. The transaction is bound to `tenant`.
  package static func lines(tenant: TenantId, unit: Int64?, at: Instant, in transaction: Transaction) async throws -> Lines {
    guard let unit else { return Lines(candidates: try await transaction.query(LinesInForce(tenant: tenant, at: at)), units: []) }
    let (candidates, units) = try await transaction.query(LinesInForce(tenant: tenant, at: at), UnitsAbove(tenant: tenant, unit: unit))
    return Lines(candidates: candidates, units: units)
  }

  /// The targets of an SLA version that count for a ticket, each with its calendar's version in force at `at`: at most one for
  /// each metric, by the table of ``TargetPrecedence``.
  package static func targets(slaVersion: Int64, facts: TargetFacts, at: Instant, in transaction: Transaction) async throws -> [TargetTerms] {
    try await choices(slaVersion: slaVersion, facts: facts, at: at, in: transaction).compactMap { $0.terms(for: facts) }
  }

  /// The same with what was chosen from.
  package static func choices(
    slaVersion: Int64, facts: TargetFacts, at: Instant, in transaction: Transaction
  ) async throws -> [TargetPrecedence.Choice] {
    let found = try await transaction.query(TargetCandidates(slaVersion: slaVersion, facts: facts, at: at))
    return TargetPrecedence.choose(from: found.compactMap { $0?.candidate }, for: facts)
  }

  /// The targets with the calendars that they are counted by, and the metrics for which the chosen target explicitly promises
  /// nothing: one round trip, two when a calendar is new to this process.
  package static func promises(
    slaVersion: Int64, facts: TargetFacts, at: Instant, in transaction: Transaction
  ) async throws -> (targets: [TargetTerms], explicitlyNone: [Metric], calendars: [Int64: CompiledCalendar]) {
    let found = try await transaction.query(TargetCandidates(slaVersion: slaVersion, facts: facts, at: at)).compactMap(\.self)
    let choices = TargetPrecedence.choose(from: found.map(\.candidate), for: facts)
    let targets = choices.compactMap { $0.terms(for: facts) }
    var compiled: [Int64: CompiledCalendar] = [:]
    for row in found {
      if let version = row.candidate.promise?.calendarVersion, let hash = row.calendarHash { compiled[version] = CompiledCalendars.shared[hash] }
    }
    let missing = Set(targets.map(\.calendarVersion)).subtracting(compiled.keys)
    if !missing.isEmpty { compiled.merge(try await calendars(versions: missing.sorted(), in: transaction)) { first, _ in first } }
    return (targets, choices.filter(\.isExplicitlyNone).map(\.metric), compiled)
  }

  /// The share of tickets that must meet the targets of a metric and priority over each period of a kind: what ``ObjectiveRule``
  /// makes of ``ObjectivesAtEnd``.
  package struct Objective: Hashable, Sendable {
    package let metric: Metric
    package let priority: Int64
    package let period: BillingPeriod.Kind
    package let rate: Rate
    /// Whether the period that was asked for is over in the zones of the contracts that have it.
    package let isOver: Bool

    package init(metric: Metric, priority: Int64, period: BillingPeriod.Kind = .month, rate: Rate, isOver: Bool = true) {
      self.metric = metric
      self.priority = priority
      self.period = period
      self.rate = rate
      self.isOver = isOver
    }
  }

  /// When a line is in force, and what it costs then.
  package static func timeline(
    tenant: TenantId, contract: Int64, line: Int64, currency: Currency, in transaction: Transaction
  ) async throws -> LineTimeline {
    let (lines, contracts) = try await transaction.query(
      TimelineLines(tenant: tenant, line: line), TimelineContracts(tenant: tenant, contract: contract))
    return LineTimeline(lines: lines, contracts: contracts, currency: currency)
  }

  /// What of a line is measured over a stretch of time: by the targets that held at its first instant in force.
  package static func measuredTargets(of timeline: LineTimeline, _ span: TimeSpan, in transaction: Transaction) async throws -> [MeasuredTarget] {
    guard let found = timeline.sla(span) else { return [] }
    return try await transaction.query(MeasuredTargets(sla: found.sla, at: found.at)).compactMap(\.self)
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
