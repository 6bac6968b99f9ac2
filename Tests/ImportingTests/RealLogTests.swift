import Contracts
import Foundation
import Kernel
import ServiceLevels
import ServiceTime
import TestSupport
import Testing

@testable import Importing

/// The real log, read once for all tests.
actor RealLog {
  static let shared = RealLog()

  private var reading: Task<LogReader.Result, any Error>?

  /// Nil when the data is not there.
  func read() async throws -> (file: LogFile, result: LogReader.Result)? {
    guard let url = RealData.url("uci-incident/incident_event_log.csv.gz") else { return nil }
    let file = LogFile(path: url.path)
    let task = reading ?? Task { try await LogReader(profile: RealLogTests.profile()).read(file) }
    reading = task
    return (file, try await task.value)
  }
}

@Suite("The real log")
struct RealLogTests {
  static func profile() throws -> ImportProfile {
    let url = RealData.packageRoot.appending(path: "deploy/profiles/servicenow-uci.yaml")
    return try ImportProfile(yaml: String(contentsOf: url, encoding: .utf8))
  }

  @Test("Its rows, incidents and anomalies are those that are known of it")
  func reading() async throws {
    guard let (_, result) = try await RealLog.shared.read() else { return }
    #expect(result.rows == 141_712)
    #expect(result.log.rowCount == 141_712)
    #expect(result.log.incidents.count == 24_918)
    #expect(result.unreadable.isEmpty)
    #expect(result.anomalies[.noResolvedAt] == Anomaly.Count(occurrences: 1556, incidents: 1556))
    #expect(result.anomalies[.reopened]?.incidents == 275)
    #expect(result.anomalies[.severalClosedRows]?.incidents == 57)
    #expect(result.anomalies[.priorityChanged]?.incidents == 383)
    #expect(result.anomalies[.notBeginningAtNew]?.incidents == 8521)
    #expect(result.anomalies[.sequenceRepeated]?.incidents == 5)
    #expect(result.anomalies[.sequenceGap]?.incidents == 9254)
    #expect(result.anomalies[.rawStateCode] == Anomaly.Count(occurrences: 5, incidents: 2))
    #expect(result.anomalies[.updatedBeforeOpened]?.incidents == 5)
    #expect(result.anomalies[.clockBackwards]?.incidents == 1)
    #expect(result.anomalies[.outOfOrder] == nil)
    #expect(result.anomalies[.notEndingClosed] == nil)

    let profile = try Self.profile()
    try #expect(Self.tally(result.log, profile).all == (24_893, 24_918))
    let byResolution = try Self.tally(result.log, profile.stopping(at: .resolved)).byPriority
    #expect(byResolution.mapValues(\.judged) == [1: 270, 2: 408, 3: 22_010, 4: 674])
    #expect(byResolution.mapValues(\.recomputedMet) == [1: 69, 2: 68, 3: 18_064, 4: 606])
    #expect(byResolution.values.reduce(0) { $0 + $1.notJudged } == 1556)
    let byClosure = try Self.tally(result.log, profile).byPriority
    #expect(byClosure.mapValues(\.recorded) == [1: 270, 2: 408, 3: 23_466, 4: 774])
    #expect(byClosure.mapValues(\.recordedMet) == [1: 5, 2: 2, 3: 15_145, 4: 651])
  }

  /// Awaiting the user, a vendor, a problem, evidence: all four, where the target pauses. The figures are of an account of its own, which
  /// without pauses gives those of above.
  @Test("Where the target pauses, every wait of the log stops the clock")
  func pausing() async throws {
    guard let (_, result) = try await RealLog.shared.read() else { return }
    let url = RealData.packageRoot.appending(path: "deploy/profiles/servicenow-uci.yaml")
    let text = try String(contentsOf: url, encoding: .utf8)
    let profile = try ImportProfile(yaml: text.replacing("  pauses: false", with: "  pauses: true"))
    let byClosure = try Self.tally(result.log, profile).byPriority
    #expect(byClosure.mapValues(\.recomputedMet) == [1: 7, 2: 2, 3: 16_998, 4: 731])
    let byResolution = try Self.tally(result.log, profile.stopping(at: .resolved)).byPriority
    #expect(byResolution.mapValues(\.recomputedMet) == [1: 91, 2: 76, 3: 19_582, 4: 656])
  }

  /// The rules over the whole log, without a database.
  static func tally(_ log: IncidentLog, _ profile: ImportProfile) throws -> (byPriority: [Int64: VerdictTally], all: (Int64, Int64)) {
    let promises = try ProfilePromises(profile)
    var tallies: [Int64: VerdictTally] = [:]
    for incident in log.incidents {
      let clock = try ImportedClock(of: incident, in: log, promises)
      let isMet = clock?.isMet
      tallies[incident.priority, default: VerdictTally()].count(recordedMet: incident.recordedMet, recomputedMet: isMet)
    }
    let sum = tallies.values.reduce(VerdictTally(), +)
    return (tallies, (sum.agreeing, sum.recorded))
  }
}

/// The promises of a profile, before any of it is in a database.
struct ProfilePromises: Promises {
  private let terms: LineTerms
  private let coverage: Coverage
  private let sla: ImportProfile.SLA

  init(_ profile: ImportProfile) throws {
    let agreement = try #require(profile.agreement)
    terms = LineTerms(
      contract: 1, line: 1, lineVersion: 1, sla: 1, slaVersion: 1, contractZone: profile.customer.zone, contractName: agreement.contract.name,
      lineName: agreement.contract.line, resolutionStopsAt: ResolutionStop(rawValue: agreement.sla.stopsAt.rawValue) ?? .resolved, reason: .explicit,
      waits: agreement.sla.waits)
    coverage = Coverage(version: Id(1), calendar: CompiledCalendar(agreement.calendar.definition))
    sla = agreement.sla
  }

  func line(openedAt: Instant) -> LineTerms? { terms }

  func promise(under line: LineTerms, priority: Int64, at: Instant) -> Promise? {
    sla.budgets[priority].map { Promise(target: priority, budget: .workingSeconds($0), coverage: coverage, pauses: sla.pauses) }
  }
}
