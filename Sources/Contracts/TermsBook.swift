import Kernel
import Postgres
import ServiceTime

/// All that is promised to one customer, or by one of its contracts, read once: for imports and demonstrations, which ask
/// for every ticket. It answers as ``ContractTerms`` does.
package struct TermsBook: Sendable {
  /// Versions of one thing, by the instant from which they hold.
  private struct Versions<Version: Sendable>: Sendable {
    private(set) var byValidFrom: [(validFrom: Instant, version: Version)] = []

    mutating func append(_ validFrom: Instant, _ version: Version) { byValidFrom.append((validFrom, version)) }

    func inForce(at instant: Instant) -> (validFrom: Instant, version: Version)? { byValidFrom.last { $0.validFrom <= instant } }
  }

  private var contracts: [Int64: Versions<BookContracts.Found>] = [:]
  private var lines: [Int64: Versions<BookLines.Found>] = [:]
  private var slas: [Int64: Versions<BookSlas.Found>] = [:]
  private var targets: [Int64: [BookTargets.Found]] = [:]
  private var calendars: [Int64: Versions<Int64>] = [:]
  private var compiled: [Int64: CompiledCalendar] = [:]
  /// All versions of those calendars, for clocks that live through several.
  package private(set) var series = CalendarSeries()
  private var parents: [Int64: Int64] = [:]

  /// - Parameter contract: only this one's lines; nil for all of the customer's.
  package init(tenant: TenantId, contract: Int64?, in transaction: Transaction) async throws {
    let (contracts, lines, slas, targets, calendars, units) = try await transaction.query(
      BookContracts(tenant: tenant, contract: contract), BookLines(tenant: tenant, contract: contract), BookSlas(tenant: tenant),
      BookTargets(tenant: tenant), BookCalendars(tenant: tenant), BookUnits(tenant: tenant))
    for found in contracts { self.contracts[found.contract, default: Versions()].append(found.validFrom, found) }
    for found in lines { self.lines[found.line, default: Versions()].append(found.validFrom, found) }
    for found in slas { self.slas[found.sla, default: Versions()].append(found.validFrom, found) }
    for found in targets.compactMap(\.self) { self.targets[found.slaVersion, default: []].append(found) }
    for found in calendars {
      self.calendars[found.calendar, default: Versions()].append(found.validFrom, found.version)
      let calendar = try CompiledCalendars.shared.calendar(hash: found.hash, definition: found.definition)
      compiled[found.version] = calendar
      series.insert(CalendarSeries.Version(id: found.version, calendar: found.calendar, validFrom: found.validFrom, compiled: calendar))
    }
    for found in units { parents[found.unit] = found.parent }
  }

  /// As ``ContractTerms/line(tenant:person:unit:service:at:explicit:in:)``; what is read from logs names no CIs.
  package func line(person: Int64? = nil, unit: Int64?, service: Int64? = nil, at instant: Instant, explicit: Int64?) -> LineTerms? {
    let candidates = lines.values.compactMap { candidate($0, at: instant) }
    let subject = LinePrecedence.Subject(person: person, units: units(above: unit), service: service)
    return LinePrecedence.choose(from: candidates, for: subject, explicit: explicit)
  }

  /// As ``ContractTerms/targets(slaVersion:facts:at:in:)``.
  package func targets(slaVersion: Int64, facts: TargetFacts, at instant: Instant) -> [TargetTerms] {
    let candidates = (targets[slaVersion] ?? []).compactMap { found -> TargetPrecedence.Candidate? in
      guard let promise = found.promise else {
        return TargetPrecedence.Candidate(id: found.id, metric: found.metric, selector: found.selector, promise: nil)
      }
      guard let version = calendars[promise.calendar]?.inForce(at: instant)?.version else { return nil }
      return TargetPrecedence.Candidate(id: found.id, metric: found.metric, selector: found.selector, promise: promise.under(version))
    }
    return TargetPrecedence.choose(from: candidates, for: facts).compactMap { $0.terms(for: facts) }
  }

  /// Nil for a version that none of the customer's targets leads to.
  package func calendar(version: Int64) -> CompiledCalendar? { compiled[version] }

  private func candidate(_ versions: Versions<BookLines.Found>, at instant: Instant) -> LinePrecedence.Candidate? {
    guard let line = versions.inForce(at: instant)?.version, line.state == .active,
      let contract = contracts[line.contract]?.inForce(at: instant)?.version, contract.state == .active, contract.startsAt <= instant,
      contract.endsAt.map({ instant < $0 }) ?? true, let sla = slas[line.sla]?.inForce(at: instant)?.version
    else { return nil }
    let terms = LineTerms(
      contract: line.contract, line: line.line, lineVersion: line.lineVersion, sla: line.sla, slaVersion: sla.slaVersion,
      contractZone: contract.zone, contractName: contract.name, lineName: line.name, resolutionStopsAt: sla.resolutionStopsAt,
      reason: .noneInForce, waits: sla.waits)
    return LinePrecedence.Candidate(
      terms: terms, units: line.units, persons: line.persons, onlyCoveredCis: line.onlyCoveredCis, sold: line.sold,
      contractStartsAt: contract.startsAt, lineValidFrom: line.validFrom)
  }

  private func units(above unit: Int64?) -> [Int64] {
    var units: [Int64] = []
    var next = unit
    // As deep as the statement of the single form goes.
    while let unit = next, units.count <= 100 {
      units.append(unit)
      next = parents[unit]
    }
    return units
  }
}
