import Jobs
import Kernel
import Postgres
import ServiceTime

/// The open days of coverage calendars, for what runs on them: by all versions that stand, so that a revision counts from when it holds.
package struct CoverageDays: ScheduleCalendars {
  package init() {}

  package func openDays(of calendar: Int64, from instant: Instant, in transaction: Transaction) async throws -> OpenDays {
    let versions = try await ContractTerms.histories(ofCalendars: [calendar], from: instant, in: transaction)[calendar] ?? []
    return OpenDays(versions.map { OpenDays.Version(validFrom: $0.validFrom, calendar: $0.compiled) })
  }
}
