import Kernel
import Postgres
import Tenancy

extension JobRunner {
  private struct LeaseLost: Error {}

  /// Claims a job that was found, and does it.
  func work(on found: DueJobs.Found, _ hands: JobsInHand) async {
    do {
      let now = tenancy.clock.now()
      let claim = ClaimJob(found: found, now: now, leaseUntil: now.adding(seconds: leaseSeconds))
      let claimed = try await tenancy.transaction(binding: [found.tenant], side: .staff) { try await $0.first(claim) }
      guard let job = claimed else { return }
      await work(on: job, hands)
    } catch  where Task.isCancelled {
      // The server ends: another one, or its next start, takes the job.
    } catch {
      logger.error("job not claimed", metadata: ["job": "\(found.id)", "error": "\(error)"])
      // With its place: where nothing can be written (a full disk), nothing else can be claimed.
      try? await Task.sleep(for: .seconds(2))
    }
  }

  /// Does a job that is claimed.
  func work(on job: Job, _ hands: JobsInHand) async {
    await FaultPoint.within(job.kind) {
      FaultPoint.jobClaimed.reach()
      await workWhileItIsOurs(on: job, hands)
    }
  }

  /// Works on it, with signs of life, until it is done, another worker has it, or it is to be given back.
  private func workWhileItIsOurs(on job: Job, _ hands: JobsInHand) async {
    let (number, word) = hands.take(job)
    defer { hands.end(number) }
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await extendLease(of: job) }
      group.addTask { await perform(job) }
      group.addTask { for await _ in word {} }
      await group.next()
      group.cancelAll()
    }
  }

  private func perform(_ job: Job) async {
    let began = tenancy.clock.now()
    do {
      if let sweep = sweeps[job.kind] {
        try await run(sweep, job, at: began)
      } else if let handler = handlers[job.kind] {
        let now = tenancy.clock.now()
        try await finish(job) { transaction in
          try await handler.run(job, in: transaction, at: now)
          return try await transaction.execute(CompleteJob(job: job))
        }
      }
      FaultPoint.jobCompleted.reach()
    } catch is LeaseLost {
      logger.warning("job lost its lease", metadata: ["kind": "\(job.kind)", "job": "\(job.id)"])
    } catch  where Task.isCancelled {
      // The server ends, or makes room. What is not committed is done again, at once by whoever is there.
      logger.debug("job given up", metadata: ["kind": "\(job.kind)", "job": "\(job.id)"])
      await giveBack(job)
    } catch {
      logger.error("job failed", metadata: ["kind": "\(job.kind)", "job": "\(job.id)", "attempt": "\(job.attempts)", "error": "\(error)"])
      await fail(job, error, began: began)
    }
  }

  /// A sweep, or one turn of it: then its job waits again, behind what waits already, and knows how far it came.
  private func run(_ sweep: any Sweep, _ job: Job, at began: Instant) async throws {
    var (undone, place, earlier) = (LeftUndone(), [Int64]?.none, SweepTurn.Earlier())
    do {
      if let long = sweep as? any LongSweep {
        var turn = SweepTurn(payload: job.payload)
        earlier = turn.earlier
        try await long.run(at: began, tenancy, &turn)
        (undone, place) = (turn.undone, turn.place)
      } else {
        try await sweep.run(at: began, tenancy)
      }
    } catch let rest as LeftUndone {
      undone = rest
    }
    for (what, error) in undone.faults {
      logger.error("left undone", metadata: ["kind": "\(job.kind)", "what": "\(what)", "error": "\(error)"])
    }
    if undone.count > undone.faults.count {
      logger.error("left undone, more", metadata: ["kind": "\(job.kind)", "count": "\(undone.count)"])
    }
    let now = tenancy.clock.now()
    let soFar = earlier.with(undone)
    let run = RecordRun(job: job, began: began, ended: now, undone: soFar, isOver: place == nil)
    let (end, isLast) = (place.map { PutDownJob(job: job, place: $0, soFar: soFar, now: now) }, CompleteJob(job: job))
    try await finish(job) { transaction in
      transaction.enqueue(run)
      return if let end { try await transaction.execute(end) } else { try await transaction.execute(isLast) }
    }
  }

  /// The job's row goes, or waits again, in the transaction of its effects; if it is no longer ours, they go too.
  private func finish(_ job: Job, _ body: @Sendable (Transaction) async throws -> Int) async throws {
    try await tenancy.transaction(binding: [job.tenant], side: .staff) { transaction in
      guard try await body(transaction) == 1 else { throw LeaseLost() }
      FaultPoint.jobWorked.reach()
    }
  }

  private func fail(_ job: Job, _ error: any Error, began: Instant) async {
    let now = tenancy.clock.now()
    // Only the code of a database error is kept: its text may hold a customer's values.
    let text = (error as? PostgresError)?.description ?? String(describing: type(of: error))
    let run = RecordRun(job: job, began: began, ended: now, fault: text)
    _ = try? await tenancy.transaction(binding: [job.tenant], side: .staff) { transaction in
      if sweeps[job.kind] != nil { transaction.enqueue(run) }
      return try await transaction.execute(FailJob(job: job, error: text, retryAt: job.retryAt(after: now)))
    }
  }

  /// Without waiting for its lease to run out; where that fails, it does. In a task of its own, for this one is cancelled.
  private func giveBack(_ job: Job) async {
    await Task {
      _ = try? await tenancy.transaction(binding: [job.tenant], side: .staff) { try await $0.execute(GiveBackJob(job: job)) }
    }.value
  }

  /// Until it is cancelled, or the job is in other hands: a worker that was stopped for longer than its lease need not go on with what it could not
  /// complete any more.
  private func extendLease(of job: Job) async {
    while !Task.isCancelled {
      try? await Task.sleep(for: .seconds(Double(leaseSeconds) / 3))
      guard !Task.isCancelled else { return }
      let until = tenancy.clock.now().adding(seconds: leaseSeconds)
      // Of a database that does not answer nothing is known: the job may still be ours.
      let held = try? await tenancy.transaction(binding: [job.tenant], side: .staff) { try await $0.execute(ExtendLease(job: job, leaseUntil: until)) }
      guard held == 0 else { continue }
      // Or it has just been completed here: then this is cancelled.
      try? await Task.sleep(for: .seconds(1))
      guard !Task.isCancelled else { return }
      logger.warning("job lost its lease", metadata: ["kind": "\(job.kind)", "job": "\(job.id)"])
      return
    }
  }
}
