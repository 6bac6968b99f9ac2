import ArgumentParser
import Foundation
import Jobs
import Kernel
import Logging
import Postgres
import TLS
import Tenancy

/// A worker for jobs that somebody else left, until it is ended: those that are counted, and those whose target is down.
struct JobWork: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "work", abstract: "Works on jobs that are counted, until it is ended.")

  @Option(help: "As the role steward_app.") var database: String
  @Option(help: "So many jobs at once.") var places = 4
  @Option(help: "So long a target that is down takes to say so.") var awayMilliseconds = 20

  mutating func run() async throws {
    let (places, away) = (places, Duration.milliseconds(awayMilliseconds))
    guard places > 0, awayMilliseconds >= 0 else { throw ValidationError("--places is at least 1, --away-milliseconds at least 0.") }
    try await BenchTool.withClient(database, connections: places + 4) { client in
      let tenancy = Tenancy(database: client, clock: SystemClock(), random: SystemRandom.source, passwords: PasswordHasher())
      var logger = Logger(label: "steward-bench") { StreamLogHandler.standardError(label: $0) }
      // What fails fails by intent, thousands of times.
      logger.logLevel = .critical
      await JobRunner(tenancy: tenancy, sweeps: [], handlers: [Counted(), Down(away: away)], patientAtOnce: places, logger: logger).run()
    }
  }
}

/// A job that leaves its number where the bench counts; nothing there holds a second one off.
private struct Counted: JobHandler {
  static let kind = "bench.counted"

  func run(_ job: Job, in transaction: Transaction, at now: Instant) async throws {
    transaction.enqueue(
      LeaveEffect(
        tenant: job.tenant, number: job.payload["number"]?.integer ?? 0, attempts: job.attempts, worker: Int64(ProcessInfo.processInfo.processIdentifier)))
  }
}

/// A job whose target does not answer.
private struct Down: JobHandler {
  static let kind = "bench.down"
  let away: Duration

  private struct Away: Error {}

  func run(_ job: Job, in transaction: Transaction, at now: Instant) async throws {
    try await Task.sleep(for: away)
    throw Away()
  }
}

private struct LeaveEffect: Statement {
  let tenant: TenantId
  let number: Int64
  let attempts: Int64
  let worker: Int64

  static let sql = "insert into bench.effect (tenant_id, number, attempts, worker) values ($1, $2, $3, $4)"

  func bind(to parameters: inout Parameters) {
    parameters.append(tenant)
    parameters.append(number)
    parameters.append(attempts)
    parameters.append(worker)
  }

  static func decode(_ row: inout RowReader) throws {}
}
