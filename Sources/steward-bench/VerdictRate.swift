import ArgumentParser
import Foundation
import Kernel
import ServiceLevels
import ServiceTime

/// The verdicts of an incident log, computed anew from its instants on one thread, as the service does it: a clock that
/// starts and is observed. One repetition includes the calendar's compilation, as the numpy side's includes its prefix sums.
struct VerdictRate: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "verdicts", abstract: "Verdicts per second on one core.")

  @Argument(help: "Lines of: priority, opened, closed (seconds since 1970).") var log: String
  @Option var seconds = 3.0
  @Flag(help: "The calendar's arithmetic alone: open seconds against the budget.") var arithmetic = false
  @Option(help: "Open hours of Monday to Friday, UTC: from, to.") var hours = "14,23"
  @Option(help: "Working minutes of priorities 1 to 4.") var budgets = "227,0,3720,7948"

  private struct Incident {
    let budget: Budget
    let budgetSeconds: Int64
    let openedAt: Instant
    let closedAt: Instant
  }

  func run() throws {
    let incidents = try read()
    let hours = hours.split(separator: ",").compactMap { Int($0) }
    guard hours.count == 2 else { throw ValidationError("--hours takes two hours.") }
    let definition = try CalendarDefinition(zone: "UTC", week: CalendarDefinition.workingDays([.init(hours[0] * 60, hours[1] * 60)]))
    var (repetitions, met) = (0, 0)
    let started = ContinuousClock.now
    let end = started.advanced(by: .seconds(seconds))
    repeat {
      let calendar = CompiledCalendar(definition)
      met = try arithmetic ? Self.compare(incidents, calendar) : Self.judge(incidents, Coverage(version: Id(1), calendar: calendar))
      repetitions += 1
    } while ContinuousClock.now < end
    let elapsed = started.duration(to: .now).inSeconds
    BenchTool.show(["perSecond": Double(repetitions * incidents.count) / elapsed, "count": Double(incidents.count), "met": Double(met)])
  }

  private static func judge(_ incidents: [Incident], _ coverage: Coverage) throws -> Int {
    var met = 0
    for incident in incidents {
      let clock = try Clock.start(.resolution, budget: incident.budget, coverage: coverage, at: incident.openedAt, cause: "opened").clock
      let judged = try clock.applying(.observe(at: incident.closedAt, source: "closed"), calendar: coverage.calendar).clock
      if judged.outcome == .met { met += 1 }
    }
    return met
  }

  private static func compare(_ incidents: [Incident], _ calendar: CompiledCalendar) -> Int {
    incidents.count { calendar.elapsed(from: $0.openedAt, to: $0.closedAt) <= $0.budgetSeconds }
  }

  private func read() throws -> [Incident] {
    let minutes = budgets.split(separator: ",").compactMap { Int64($0) }
    return try String(contentsOfFile: log, encoding: .utf8).split(separator: "\n").map { line in
      let numbers = line.split(separator: ",").compactMap { Int64($0) }
      guard numbers.count == 3, let priority = Int(exactly: numbers[0]), minutes.indices.contains(priority - 1) else {
        throw ValidationError("A line of the log is not: priority, opened, closed.")
      }
      return Incident(
        budget: .workingSeconds(minutes[priority - 1] * 60), budgetSeconds: minutes[priority - 1] * 60, openedAt: Instant(seconds: numbers[1]),
        closedAt: Instant(seconds: numbers[2]))
    }
  }
}
