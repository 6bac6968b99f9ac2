import Kernel
import Operations
import Postgres
import ServiceTime

/// What an SLA would promise, of any time: a draft that is stored nowhere, or a version that is stored, tried out on tickets
/// that it was not made for. It answers from memory as ``ContractTerms`` does.
package struct SlaTrial: Sendable {
  /// Every version of the calendars of the targets.
  package let series: CalendarSeries
  /// What the targets are a part of. It names no line: a trial is of no contract.
  package let line: LineTerms
  /// The targets with the calendar versions that hold from an instant on.
  private let epochs: [(from: Instant, targets: [TargetPrecedence.Candidate])]
  /// What was chosen before, by the place of the epoch: tickets have few different facts.
  private var chosen: [Choice: [TargetTerms]] = [:]

  private struct Choice: Hashable {
    let epoch: Int
    let facts: TargetFacts
  }

  /// - Parameters:
  ///   - targets: their `calendarVersion` is not looked at: it follows from the time of each ticket.
  ///   - calendars: every version of each calendar of theirs.
  init(stopsAt: ResolutionStop, waits: WaitTerms, targets: [TargetPrecedence.Candidate], calendars: [CalendarSeries.Version]) {
    series = CalendarSeries(calendars)
    line = LineTerms(
      contract: 0, line: 0, lineVersion: 0, sla: 0, slaVersion: 0, contractZone: "UTC", contractName: "", lineName: "", resolutionStopsAt: stopsAt,
      reason: .explicit, waits: waits)
    epochs = Set(calendars.map(\.validFrom)).union([.beginning]).sorted().map { from in
      let inForce = targets.compactMap { target -> TargetPrecedence.Candidate? in
        guard let promise = target.promise else { return target }
        let version = calendars.filter { $0.calendar == promise.calendar && $0.validFrom <= from }.max { $0.validFrom < $1.validFrom }
        return version.map {
          TargetPrecedence.Candidate(id: target.id, metric: target.metric, selector: target.selector, promise: promise.under($0.id))
        }
      }
      return (from, inForce)
    }
  }

  private init(series: CalendarSeries, line: LineTerms, epochs: [(from: Instant, targets: [TargetPrecedence.Candidate])]) {
    self.series = series
    self.line = line
    self.epochs = epochs
  }

  /// As ``ContractTerms/targets(slaVersion:facts:at:in:)``. The one place where a trial chooses targets.
  package mutating func targets(_ facts: TargetFacts, at instant: Instant) -> [TargetTerms] {
    guard let epoch = epochs.count == 1 ? 0 : epochs.lastIndex(where: { $0.from <= instant }) else { return [] }
    let choice = Choice(epoch: epoch, facts: facts)
    if let known = chosen[choice] { return known }
    let found = TargetPrecedence.choose(from: epochs[epoch].targets, for: facts).compactMap { $0.terms(for: facts) }
    chosen[choice] = found
    return found
  }

  /// The same for work on another core, which shares no count of references with this one.
  package func apart() -> SlaTrial {
    SlaTrial(series: series.apart(), line: line, epochs: epochs.map { ($0.from, $0.targets.map(\.self)) })
  }
}

// MARK: Where it comes from

extension SlaTrial {
  /// A stored SLA in the version of an instant; nil when there is none that may be seen.
  /// - Parameter customers: whose own SLAs may be seen besides the general ones; nil: all.
  package static func stored(_ sla: PublicId, at instant: Instant, customers: [Int64]?, in transaction: Transaction) async throws -> SlaTrial? {
    guard let row = try await transaction.first(SlaAt(publicId: sla, at: instant, customers: customers)) else { return nil }
    let targets = try await transaction.query(TrialTargets(slaVersion: row.versionId)).compactMap(\.self).map { found in
      TargetPrecedence.Candidate(id: found.id, metric: found.metric, selector: found.selector, promise: found.promise)
    }
    let calendars = try await transaction.query(TrialCalendars(calendars: Self.calendars(of: targets)))
    return SlaTrial(stopsAt: row.resolutionStopsAt, waits: row.waits, targets: targets, calendars: try versions(calendars))
  }

  /// A draft whose calendars are defined with it. It must be one that could be stored.
  /// - Parameters:
  ///   - calendars: by the ids by which the targets name them.
  ///   - services: of the catalogue, by code.
  ///   - start: where budgets are tried out.
  package static func draft(
    stopsAt: ResolutionStop, waits: WaitTerms = .usual, targets inputs: [TargetInput], calendars: [PublicId: CalendarDefinition],
    services: [String: Int64] = [:], ciTiers: Set<String> = [], from start: Instant
  ) throws(Failure) -> SlaTrial {
    var named = SlaRule.Named(services: services, ciTiers: ciTiers)
    var versions: [CalendarSeries.Version] = []
    for (number, one) in calendars.sorted(by: { $0.key.description < $1.key.description }).enumerated() {
      let (id, compiled) = (Int64(number + 1), CompiledCalendar(one.value))
      named.calendars[one.key] = SlaRule.Calendar(id: id, published: true, onlyTenant: nil, compiled: compiled)
      versions.append(CalendarSeries.Version(id: id, calendar: id, validFrom: .beginning, compiled: compiled))
    }
    let targets = try SlaRule.targets(inputs, named, kind: .sla, onlyTenant: nil, from: start, unknown: InputMessages.unknownReference)
    return SlaTrial(stopsAt: stopsAt, waits: waits, targets: terms(of: targets), calendars: versions)
  }

  /// Those of a ticket's clocks; what is measured is judged by no ticket.
  fileprivate static func terms(of targets: [SlaRule.Target]) -> [TargetPrecedence.Candidate] {
    targets.enumerated().compactMap { index, target in
      guard case .clock(let metric) = target.metric else { return nil }
      var promise: ClockPromise?
      if case .clock(let budget, let calendar, let objective, let period, let pauses, let warnPercents) = target.promise {
        promise = ClockPromise(
          budget: budget, calendar: calendar, calendarVersion: 0, objective: objective, period: period, pauses: pauses, warnPercents: warnPercents)
      }
      return TargetPrecedence.Candidate(id: -Int64(index + 1), metric: metric, selector: target.selector, promise: promise)
    }
  }

  fileprivate static func calendars(of targets: [TargetPrecedence.Candidate]) -> [Int64] { Set(targets.compactMap { $0.promise?.calendar }).sorted() }

  /// The services of the catalogue and the tiers in use that targets may name.
  package static func names(services codes: [String], in transaction: Transaction) async throws -> (services: [String: Int64], ciTiers: Set<String>) {
    let (services, tiers) = try await transaction.query(ServicesOfCodes(codes: codes, customers: nil), ActiveCiTiers())
    return (Dictionary(services) { first, _ in first }, Set(tiers))
  }

  fileprivate static func versions(_ rows: [BookCalendars.Found]) throws -> [CalendarSeries.Version] {
    try rows.map { row in
      CalendarSeries.Version(
        id: row.version, calendar: row.calendar, validFrom: row.validFrom,
        compiled: try CompiledCalendars.shared.calendar(hash: row.hash, definition: row.definition))
    }
  }
}

/// The part of an input that says which SLA is tried out: a stored one, or what `sla.create` takes.
package struct SlaTrialInput: Sendable {
  let sla: PublicId?
  let slaAt: Instant?
  let resolutionStopsAt: ResolutionStop
  let waits: WaitsInput
  let targets: [TargetInput]?

  private static let sla = Field.id("sla", .sla, "A stored SLA; instead of targets.", "已有的 SLA；与 targets 二选一。").optional
  private static let slaAt = Field.instant("slaAt", "Its version of that instant (default: now).", "取该时刻的版本（默认当前时刻）。").optional

  package static let fields: [any InputField] =
    [sla, slaAt, CreateSla.Input.resolutionStopsAt] + WaitsInput.fields + [CreateSla.Input.targets.optional]

  package init(_ values: InputValues) throws(FieldError) {
    sla = try values[Self.sla]
    slaAt = try values[Self.slaAt]
    resolutionStopsAt = try values[CreateSla.Input.resolutionStopsAt].flatMap(ResolutionStop.init(rawValue:)) ?? .resolved
    waits = try WaitsInput(values)
    targets = try values[CreateSla.Input.targets.optional]
    guard (sla == nil) != (targets == nil) else { throw FieldError("targets", ContractsMessages.slaOrTargets) }
  }

  /// What a cursor is good for: the same draft.
  package var fingerprint: String {
    "\(sla?.description ?? "") \(slaAt?.description ?? "") \(resolutionStopsAt) \(waits) \(targets ?? [])"
  }
}

extension OperationContext {
  /// The SLA that an input wants tried out on tickets of the bound customer.
  package func trial(_ input: SlaTrialInput) async throws -> SlaTrial {
    if let sla = input.sla {
      guard let stored = try await SlaTrial.stored(sla, at: input.slaAt ?? now, customers: reachableCustomers, in: transaction) else {
        throw unknownReference("sla")
      }
      return stored
    }
    let targets = SlaTrial.terms(of: try await self.targets(input.targets ?? [], kind: .sla, onlyTenant: tenant.id, from: now))
    let calendars = try await transaction.query(TrialCalendars(calendars: SlaTrial.calendars(of: targets)))
    return SlaTrial(
      stopsAt: input.resolutionStopsAt, waits: input.waits.applied(to: .usual), targets: targets, calendars: try SlaTrial.versions(calendars))
  }
}

/// The targets of an SLA version.
struct TrialTargets: Statement {
  let slaVersion: Int64

  static let sql = """
    select g.sla_version_id, g.id, g.metric, g.ticket_type, g.priority, g.service_id, g.ci_tier, g.budget_seconds, g.business_days, g.calendar_id,
      0::bigint, g.objective_millionths, g.period, g.pauses, g.warn_percents
    from contracts.sla_target g where g.sla_version_id = $1 order by g.metric, g.id
    """

  func bind(to parameters: inout Parameters) { parameters.append(slaVersion) }

  static func decode(_ row: inout RowReader) throws -> BookTargets.Found? { try BookTargets.decode(&row) }
}

/// Every version of calendars that stands.
struct TrialCalendars: Statement {
  let calendars: [Int64]

  static let sql = """
    select v.calendar_id, v.id, v.valid_from, v.definition_hash, v.definition from contracts.standing_calendar_version v
    where v.calendar_id = any($1) order by v.calendar_id, v.valid_from
    """

  func bind(to parameters: inout Parameters) { parameters.append(calendars) }

  static func decode(_ row: inout RowReader) throws -> BookCalendars.Found { try BookCalendars.decode(&row) }
}
