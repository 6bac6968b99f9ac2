import Jobs
import Kernel
import Logging
import Postgres
import Synchronization
import Tenancy
import TestSupport

/// A database with a runner of jobs whose work is given by the test.
struct JobWorld {
  let database: TestDatabase

  static func make() async throws -> JobWorld { JobWorld(database: try await TestDatabase.make()) }

  var provider: TenantId { database.provider.id }
  var clock: TestClock { database.clock }

  static let logger: Logger = {
    var logger = Logger(label: "test")
    logger.logLevel = .critical
    return logger
  }()

  func runner(_ work: @escaping @Sendable (Job, Transaction) async throws -> Void, leaseSeconds: Int64 = 60) -> JobRunner {
    JobRunner(tenancy: database.tenancy, sweeps: [], handlers: [Handler(work: work)], leaseSeconds: leaseSeconds, logger: Self.logger)
  }

  func runner(sweep: @escaping @Sendable () throws -> Void) -> JobRunner {
    JobRunner(tenancy: database.tenancy, sweeps: [CountedSweep(body: sweep)], logger: Self.logger)
  }

  func runner(_ sweeps: any Sweep...) -> JobRunner { JobRunner(tenancy: database.tenancy, sweeps: sweeps, logger: Self.logger) }

  /// Leaves a job for the handler.
  func leave(key: String? = nil, payload: Value = .object([])) async throws {
    let now = clock.now()
    try await database.tenancy.transaction(binding: [provider], side: .staff) { transaction in
      transaction.enqueue(EnqueueJob(tenant: provider, kind: Handler.kind, uniqueKey: key, payload: payload, runAt: now, recordedAt: now))
    }
  }

  /// All jobs of the provider, of the given kind only.
  func jobs(_ kind: String = Handler.kind) async throws -> [JobsOfTenant.Found] {
    try await database.tenancy.transaction(binding: [provider], side: .staff, readOnly: true) {
      try await $0.query(JobsOfTenant(tenant: provider, state: nil, after: 0, limit: 100))
    }.filter { $0.kind == kind }
  }

  /// What a job's work leaves behind in these tests: a job of another kind, which nobody runs.
  func effect(in transaction: Transaction) {
    transaction.enqueue(EnqueueJob(tenant: provider, kind: Self.effectKind, runAt: clock.now(), recordedAt: clock.now()))
  }

  static let effectKind = "test.effect"

  func effects() async throws -> Int { try await jobs(Self.effectKind).count }
}

struct Handler: JobHandler {
  static let kind = "test.work"
  let work: @Sendable (Job, Transaction) async throws -> Void

  func run(_ job: Job, in transaction: Transaction, at now: Instant) async throws { try await work(job, transaction) }
}

struct CountedSweep: Sweep {
  static let kind = "test.sweep"
  static let everySeconds: Int64 = 60
  let body: @Sendable () throws -> Void

  func run(at now: Instant, _ tenancy: Tenancy) async throws { try body() }
}

/// A sweep for which something may come due between the times of its schedule.
struct DueSweep: Sweep {
  static let kind = "test.due"
  static let everySeconds: Int64 = 3600
  var body: @Sendable () throws -> Void = {}
  let look: @Sendable (Range<Instant>) throws -> Bool

  func run(at now: Instant, _ tenancy: Tenancy) async throws { try body() }
  func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool { try look(stretch) }
}

/// A number that work running at once counts in.
final class Counter: Sendable {
  private let count = Mutex(0)

  var value: Int { count.withLock { $0 } }

  @discardableResult
  func next() -> Int {
    count.withLock { count in
      count += 1
      return count
    }
  }
}

struct Trouble: Error {}

/// Every job is begun for the last time, and nobody works on it.
struct LeaveRunning: Statement {
  let leaseUntil: Instant

  static let sql = "update jobs.job set state = 'running', attempts = max_attempts, fence = 7, lease_until = $1"
  func bind(to parameters: inout Parameters) { parameters.append(leaseUntil) }
  static func decode(_ row: inout RowReader) throws {}
}

/// Asks until it is so, for a minute at the most; what is claimed behind it tells whether it was. (`for ... where` would ask on to its end.)
func wait(until isSo: () async throws -> Bool) async throws {
  for _ in 0..<3000 {
    if try await isSo() { return }
    try await Task.sleep(for: .milliseconds(20))
  }
}
