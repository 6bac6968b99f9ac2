import Contracts
import Kernel
import ServiceLevels
import ServiceTime
import Testing

@testable import Importing

@Suite("Imported incidents that are classified after they were resolved")
struct StoppedClockTests {
  /// Three business days: of office hours for P1, of a calendar that is always open for P2.
  private struct TwoCalendars: Promises {
    let terms = LineTerms(
      contract: 1, line: 1, lineVersion: 1, sla: 1, slaVersion: 1, contractZone: "Europe/Berlin", contractName: "c", lineName: "l",
      resolutionStopsAt: .resolved, reason: .explicit)
    let series: CalendarSeries

    init() throws {
      let office = CompiledCalendar(try .fiveByEight(zone: "Europe/Berlin"))
      let always = CompiledCalendar(try .always(zone: "Europe/Berlin"))
      let later = try #require(Instant("2026-02-10T20:00:00Z"))
      series = CalendarSeries([
        .init(id: 1, calendar: 1, validFrom: Instant(seconds: 0), compiled: office), .init(id: 3, calendar: 1, validFrom: later, compiled: always),
        .init(id: 2, calendar: 2, validFrom: Instant(seconds: 0), compiled: always),
      ])
    }

    func line(openedAt: Instant) -> LineTerms? { terms }

    func promise(under line: LineTerms, priority: Int64, at: Instant) -> Promise? {
      series[priority].map { Promise(target: priority, budget: .businessDays(3), coverage: Coverage(version: Id(priority), calendar: $0), pauses: true) }
    }

    func successor(of version: Id<CalendarVersion>, until instant: Instant) -> CalendarSeries.Version? {
      series.successor(of: version.rawValue, until: instant)
    }

    func areOfOneCalendar(_ one: Id<CalendarVersion>, _ other: Id<CalendarVersion>) -> Bool {
      series.areOfOneCalendar(one.rawValue, other.rawValue)
    }
  }

  /// Opened on a Thursday, resolved on the Tuesday after it: in time by office days, too late by days that are always open. The office is
  /// always open from the evening of that Tuesday on.
  private func clock(_ priorities: String...) async throws -> ImportedClock {
    var rows = ["5/2/2026 09:00,New,P1", "10/2/2026 16:00,Resolved,P1"]
    for (index, priority) in priorities.enumerated() { rows.append("\(11 + index)/2/2026 10:00,Resolved,\(priority)") }
    rows.append("20/2/2026 10:00,Closed,\(priorities.last ?? "P1")")
    let lines = rows.enumerated().map { index, row in
      let parts = row.split(separator: ",")
      return "INC1,\(parts[1]),\(index),\(parts[0]),5/2/2026 09:00,10/2/2026 16:00,20/2/2026 10:00,\(parts[2]),High,High,0,Ann,Berlin,true"
    }
    let log = try await SmallLog.withFile(SmallLog.text(lines)) { try await LogReader(profile: SmallLog.profile()).read($0) }.log
    let incident = try #require(log.incidents.first)
    let clock = try ImportedClock(of: incident, in: log, TwoCalendars())
    return try #require(clock)
  }

  @Test("Are judged by the hours by which they ran, however often")
  func classifiedAnew() async throws {
    let once = try await clock("P2")
    #expect(once.isMet == false && once.clock.calendarVersion == Id(1) && once.clock.nextCalendarVersion == Id(2))
    let back = try await clock("P2", "P1")
    #expect(back.isMet == true && back.clock.calendarVersion == Id(1) && back.clock.nextCalendarVersion == nil)
    let often = try await clock("P2", "P1", "P2", "P1")
    #expect(often.isMet == true && often.clock.budgetSeconds == 32 * 3600)
  }
}
