import Kernel
import Logging
import Postgres
import Synchronization
import Tenancy

/// Runs what is due: schedules put jobs into the queue, workers claim and run them. Any number of servers may run one
/// against the same database; a claim is a compare-and-set, so a job has one worker at a time, and a worker that was
/// stopped for longer than its lease finds its fencing number outdated and its work undone.
package struct JobRunner: Sendable {
  private let tenancy: Tenancy
  private let sweeps: [String: any Sweep]
  private let handlers: [String: any JobHandler]
  private let logger: Logger
  private let leaseSeconds: Int64

  private static let jobsAtOnce = 4
  /// How many due jobs one look finds.
  private static let jobsAhead = 64
  private static let pollInterval = Duration.milliseconds(500)

  private struct LeaseLost: Error {}

  package init(tenancy: Tenancy, sweeps: [any Sweep], handlers: [any JobHandler] = [], leaseSeconds: Int64 = 60, logger: Logger) {
    self.tenancy = tenancy
    self.sweeps = Dictionary(sweeps.map { (type(of: $0).kind, $0) }) { first, _ in first }
    self.handlers = Dictionary(handlers.map { (type(of: $0).kind, $0) }) { first, _ in first }
    self.leaseSeconds = leaseSeconds
    self.logger = logger
  }

  /// Polls until the task is cancelled, and fills the places that are free: a job that takes long holds up no other. Running jobs are
  /// then cancelled too: what is not committed is simply done again.
  package func run() async {
    let busy = Places(Self.jobsAtOnce)
    await withDiscardingTaskGroup { group in
      var (isDeclared, looked) = (false, [String: Instant]())
      // What waits for a place; who else has taken it meanwhile, the claim finds out.
      var (waiting, isMore) = ([DueJobs.Found](), false)
      while !Task.isCancelled {
        do {
          if !isDeclared {
            try await declareSchedules()
            isDeclared = true
          }
          if waiting.isEmpty {
            try await enqueueScheduled()
            try await enqueueDue(&looked)
            waiting = try await due(limit: Self.jobsAhead).reversed()
            isMore = waiting.count == Self.jobsAhead
          }
          while busy.free > 0, let found = waiting.popLast() {
            busy.take()
            // Jobs mostly wait for the database.
            group.addTask(executorPreference: Tenancy.taskExecutor()) {
              await work(on: found)
              busy.giveBack()
            }
          }
        } catch  where Task.isCancelled {
          // The server ends, whatever was under way.
          return
        } catch {
          logger.error("job queue not reached", metadata: ["error": "\(error)"])
          try? await Task.sleep(for: .seconds(2))
        }
        if busy.free == 0 {
          await busy.oneIsFree()
        } else if !isMore {
          try? await Task.sleep(for: Self.pollInterval)
        }
      }
    }
  }

  package func declareSchedules() async throws {
    guard let provider = try await tenancy.provider() else { return }
    let now = tenancy.clock.now()
    try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      for (kind, sweep) in sweeps.sorted(by: { $0.key < $1.key }) {
        transaction.enqueue(DeclareSchedule(tenant: provider.id, kind: kind, everySeconds: type(of: sweep).everySeconds, now: now))
      }
    }
  }

  /// One look: enqueues what the schedules ask for, then runs what is due and waits for it.
  package func tick() async throws {
    try await enqueueScheduled()
    let due = try await due(limit: Self.jobsAtOnce * 4)
    await withTaskGroup(of: Void.self) { group in
      for (index, found) in due.enumerated() {
        if index >= Self.jobsAtOnce { await group.next() }
        group.addTask(executorPreference: Tenancy.taskExecutor()) { await self.work(on: found) }
      }
    }
  }

  package func enqueueScheduled() async throws {
    let now = tenancy.clock.now()
    let schedules = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(DueSchedules(now: now)) }
    for schedule in schedules where sweeps[schedule.kind] != nil {
      try await tenancy.transaction(binding: [schedule.tenant], side: .staff) { transaction in
        guard try await transaction.execute(AdvanceSchedule(found: schedule, now: now)) == 1 else { return }
        transaction.enqueue(EnqueueScheduled(tenant: schedule.tenant, kind: schedule.kind, now: now))
      }
    }
  }

  /// Leaves the jobs of sweeps that something came due for, whatever their schedules say.
  /// - Parameter looked: until when each was looked for. Where a job waits or runs already, it may have begun before what came due, so the
  ///   next look goes back as far as this one.
  package func enqueueDue(_ looked: inout [String: Instant]) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let now = tenancy.clock.now()
    let second = Instant(seconds: now.seconds)
    for (kind, sweep) in sweeps {
      guard let since = looked[kind], since < second else {
        looked[kind] = second
        continue
      }
      do {
        guard try await sweep.cameDue(in: since..<second, tenancy) else {
          looked[kind] = second
          continue
        }
      } catch  where !Task.isCancelled {
        // Its schedule finds it.
        logger.error("not looked for what came due", metadata: ["kind": "\(kind)", "error": "\(error)"])
        continue
      }
      let enqueue = EnqueueScheduled(tenant: provider.id, kind: kind, now: now)
      let left = try await tenancy.transaction(binding: [provider.id], side: .staff) { try await $0.execute(enqueue) }
      if left == 1 { looked[kind] = second }
    }
  }

  private func due(limit: Int) async throws -> [DueJobs.Found] {
    guard limit > 0 else { return [] }
    let due = DueJobs(now: tenancy.clock.now(), kinds: Array(sweeps.keys) + Array(handlers.keys), limit: Int32(limit))
    return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(due) }
  }

  private func work(on found: DueJobs.Found) async {
    do {
      let now = tenancy.clock.now()
      let claimed = try await tenancy.transaction(binding: [found.tenant], side: .staff) { transaction in
        transaction.enqueue(BuryExpiredJob(found: found, now: now))
        return try await transaction.first(ClaimJob(found: found, now: now, leaseUntil: now.adding(seconds: leaseSeconds)))
      }
      guard let job = claimed else { return }
      await perform(job)
    } catch  where Task.isCancelled {
      // The server ends: another one, or its next start, takes the job.
    } catch {
      logger.error("job not claimed", metadata: ["job": "\(found.id)", "error": "\(error)"])
      // With its place: where nothing can be written (a full disk), nothing else can be claimed.
      try? await Task.sleep(for: .seconds(2))
    }
  }

  private func perform(_ job: Job) async {
    let heartbeat = Task { await self.extendLease(of: job) }
    defer { heartbeat.cancel() }
    do {
      if let sweep = sweeps[job.kind] {
        do {
          try await sweep.run(at: tenancy.clock.now(), tenancy)
        } catch let rest as LeftUndone {
          for (what, error) in rest.faults {
            logger.error("left undone", metadata: ["kind": "\(job.kind)", "what": "\(what)", "error": "\(error)"])
          }
        }
        try await complete(job) { _ in }
      } else if let handler = handlers[job.kind] {
        let now = tenancy.clock.now()
        try await complete(job) { try await handler.run(job, in: $0, at: now) }
      }
    } catch is LeaseLost {
      logger.warning("job lost its lease", metadata: ["kind": "\(job.kind)", "job": "\(job.id)"])
    } catch  where Task.isCancelled {
      // The server ends. What is not committed is done again, at once by whoever is there.
      logger.debug("job given up", metadata: ["kind": "\(job.kind)", "job": "\(job.id)"])
      await giveBack(job)
    } catch {
      logger.error("job failed", metadata: ["kind": "\(job.kind)", "job": "\(job.id)", "attempt": "\(job.attempts)", "error": "\(error)"])
      await fail(job, error)
    }
  }

  /// The job's row goes in the transaction of its effects; if it is no longer ours, they go too.
  private func complete(_ job: Job, _ body: @Sendable (Transaction) async throws -> Void) async throws {
    try await tenancy.transaction(binding: [job.tenant], side: .staff) { transaction in
      try await body(transaction)
      guard try await transaction.execute(CompleteJob(job: job)) == 1 else { throw LeaseLost() }
    }
  }

  private func fail(_ job: Job, _ error: any Error) async {
    let retryAt = tenancy.clock.now().adding(seconds: job.retryDelaySeconds)
    // Only the code of a database error is kept: its text may hold a customer's values.
    let text = (error as? PostgresError)?.description ?? String(describing: type(of: error))
    _ = try? await tenancy.transaction(binding: [job.tenant], side: .staff) { transaction in
      try await transaction.execute(FailJob(job: job, error: text, retryAt: retryAt))
    }
  }

  /// Without waiting for its lease to run out; where that fails, it does. In a task of its own, for this one is cancelled.
  private func giveBack(_ job: Job) async {
    await Task {
      _ = try? await tenancy.transaction(binding: [job.tenant], side: .staff) { try await $0.execute(GiveBackJob(job: job)) }
    }.value
  }

  private func extendLease(of job: Job) async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(Double(leaseSeconds) / 3))
      guard !Task.isCancelled else { return }
      let until = tenancy.clock.now().adding(seconds: leaseSeconds)
      _ = try? await tenancy.transaction(binding: [job.tenant], side: .staff) { try await $0.execute(ExtendLease(job: job, leaseUntil: until)) }
    }
  }
}

/// How many jobs run, of those that may at once.
private final class Places: Sendable {
  private let taken = Mutex(0)
  private let count: Int
  private let (given, gives) = AsyncStream<Void>.makeStream(bufferingPolicy: .bufferingNewest(1))

  init(_ count: Int) { self.count = count }

  var free: Int { count - taken.withLock { $0 } }
  func take() { taken.withLock { $0 += 1 } }

  func giveBack() {
    taken.withLock { $0 -= 1 }
    gives.yield()
  }

  /// Returns when a place is free, or the task is cancelled. For one task at a time.
  func oneIsFree() async {
    var given = given.makeAsyncIterator()
    while free == 0, await given.next() != nil {}
  }
}
