import ArgumentParser
import Jobs
import Kernel
import Logging
import Postgres
import Synchronization
import TLS
import Tenancy

/// How many jobs that do nothing a worker takes and completes.
struct JobRate: AsyncParsableCommand {
  static let configuration = CommandConfiguration(commandName: "jobs", abstract: "Jobs per second of one worker.")

  @Option(help: "As the role steward_app.") var database: String
  @Option(help: "So many are waiting, left by this command.") var jobs = 10_000

  mutating func run() async throws {
    let jobs = jobs
    guard jobs > 0 else { throw ValidationError("--jobs is at least 1.") }
    let rate = try await BenchTool.withClient(database, connections: 8) { client in
      let tenancy = Tenancy(database: client, clock: SystemClock(), random: SystemRandom.source, passwords: PasswordHasher())
      guard let provider = try await tenancy.provider() else { throw ValidationError("There is no provider.") }
      let now = tenancy.clock.now()
      try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
        for _ in 0..<jobs { transaction.enqueue(EnqueueJob(tenant: provider.id, kind: Nothing.kind, runAt: now, recordedAt: now)) }
      }
      let (ended, end) = AsyncStream.makeStream(of: Void.self)
      let runner = JobRunner(
        tenancy: tenancy, sweeps: [], handlers: [Nothing(left: jobs, end: end)],
        logger: Logger(label: "steward-bench") { StreamLogHandler.standardError(label: $0) })
      let started = ContinuousClock.now
      let running = Task { await runner.run() }
      for await _ in ended {}
      // The last ones are about to be completed.
      while try await Self.isAnyLeft(provider.id, tenancy) { try await Task.sleep(for: .milliseconds(2)) }
      let seconds = started.duration(to: .now).inSeconds
      running.cancel()
      await running.value
      return Double(jobs) / seconds
    }
    BenchTool.show(["perSecond": rate])
  }

  private static func isAnyLeft(_ provider: TenantId, _ tenancy: Tenancy) async throws -> Bool {
    let page = JobsOfTenant(tenant: provider, state: nil, after: 0, limit: 1)
    return try await !tenancy.transaction(binding: [provider], side: .staff, readOnly: true) { try await $0.query(page) }.isEmpty
  }
}

/// A job without work.
private final class Nothing: JobHandler {
  static let kind = "bench.nothing"

  private let left: Mutex<Int>
  private let end: AsyncStream<Void>.Continuation

  init(left: Int, end: AsyncStream<Void>.Continuation) {
    self.left = Mutex(left)
    self.end = end
  }

  func run(_ job: Job, in transaction: Transaction, at now: Instant) async throws {
    let isLast = left.withLock { left in
      left -= 1
      return left == 0
    }
    if isLast { end.finish() }
  }
}
