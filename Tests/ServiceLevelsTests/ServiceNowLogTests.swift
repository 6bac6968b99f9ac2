import Foundation
import Kernel
import ServiceTime
import Testing

@testable import ServiceLevels

/// The verdicts of a real ServiceNow, recomputed: 24,918 incidents judged from opened to closed, in Monday to Friday
/// 14:00 to 23:00 of the log's own clock.
@Suite struct ServiceNowLogTests {
  private struct Incident {
    let priority: Int
    let openedAt: Instant
    let resolvedAt: Instant?
    let closedAt: Instant
    let recorded: Bool
  }

  private static let file = URL(filePath: "../shared/data/uci-incident/incidents_summary.csv.gz")
  private static let budgetMinutes: [Int: Int64] = [1: 227, 2: 0, 3: 3720, 4: 7948]

  private static func incidents() throws -> [Incident]? {
    guard FileManager.default.fileExists(atPath: file.path) else {
      #expect(ProcessInfo.processInfo.environment["STEWARD_REQUIRE_DATA"] != "1")
      print("skipped: no \(file.relativePath)")
      return nil
    }
    let gzip = Process()
    gzip.executableURL = URL(filePath: "/bin/gzip")
    gzip.arguments = ["-dc", file.path]
    let pipe = Pipe()
    gzip.standardOutput = pipe
    try gzip.run()
    let bytes = try pipe.fileHandleForReading.readToEnd() ?? Data()
    gzip.waitUntilExit()
    var incidents: [Incident] = []
    for line in [UInt8](bytes).split(separator: UInt8(ascii: "\n")).dropFirst() {
      let fields = line.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false).map { String(decoding: $0, as: UTF8.self) }
      func instant(_ index: Int) -> Instant? { Instant(fields[index] + ":00Z") }
      incidents.append(
        Incident(
          priority: try #require(fields[5].first?.wholeNumberValue), openedAt: try #require(instant(1)), resolvedAt: instant(2),
          closedAt: try #require(instant(3)), recorded: fields[16] == "true"))
    }
    return incidents
  }

  private static func isMet(_ incident: Incident, at end: Instant, _ coverage: Coverage) throws -> Bool {
    let budget = Budget.workingSeconds(try #require(budgetMinutes[incident.priority]) * 60)
    let clock = try Clock.start(.resolution, budget: budget, coverage: coverage, at: incident.openedAt, cause: "created").clock
    return try clock.applying(.observe(at: end, source: "closed"), calendar: coverage.calendar).clock.outcome == .met
  }

  @Test func theRuleAgreesWithTheRecord() throws {
    guard let incidents = try Self.incidents() else { return }
    let hours = try CalendarDefinition(zone: "UTC", week: CalendarDefinition.workingDays([.init(14 * 60, 23 * 60)]))
    let coverage = Coverage(version: Id(1), calendar: CompiledCalendar(hours))
    var agreed = 0
    var recorded: [Int: Int] = [:]
    var metWhenResolved: [Int: [Bool]] = [:]
    for incident in incidents {
      if try Self.isMet(incident, at: incident.closedAt, coverage) == incident.recorded { agreed += 1 }
      recorded[incident.priority, default: 0] += incident.recorded ? 1 : 0
      if let resolvedAt = incident.resolvedAt {
        metWhenResolved[incident.priority, default: []].append(try Self.isMet(incident, at: max(resolvedAt, incident.openedAt), coverage))
      }
    }
    #expect(incidents.count == 24_918)
    #expect(recorded == [1: 5, 2: 2, 3: 15_145, 4: 651])
    #expect(agreed == 24_893)
    // With the clock stopped where the work ended and not at the automatic closing five days later.
    #expect(metWhenResolved.mapValues(\.count) == [1: 270, 2: 408, 3: 22_010, 4: 674])
    #expect(metWhenResolved.mapValues { $0.count { $0 } } == [1: 69, 2: 68, 3: 18_064, 4: 606])
  }
}
