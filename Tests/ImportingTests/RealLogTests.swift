import Foundation
import Kernel
import ServiceTime
import TestSupport
import Testing

@testable import Importing

@Suite("The real log")
struct RealLogTests {
  static func profile() throws -> ImportProfile {
    let url = RealData.packageRoot.appending(path: "deploy/profiles/servicenow-uci.yaml")
    return try ImportProfile(yaml: String(contentsOf: url, encoding: .utf8))
  }

  @Test("Its rows, incidents and anomalies are those that are known of it")
  func reading() async throws {
    guard let url = RealData.url("uci-incident/incident_event_log.csv.gz") else { return }
    let started = ContinuousClock.now
    let result = try await LogReader(profile: Self.profile()).read(LogFile(path: url.path))
    print("read in", ContinuousClock.now - started)
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
    let agreeing = try Self.profile().calendar.definition
    let calendar = CompiledCalendar(agreeing)
    let budgets = try Self.profile().sla.budgets
    let count = result.log.incidents.count { incident in
      guard let closedAt = incident.closedAt, let budget = budgets[incident.priority] else { return false }
      return (calendar.elapsed(from: incident.openedAt, to: closedAt) <= budget) == incident.recordedMet
    }
    #expect(count == 24_893)
  }
}
