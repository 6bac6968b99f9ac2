import Kernel
import Logging
import Postgres
import Tenancy

/// Runs what is due: schedules put jobs into the queue, workers claim and run them. Any number of servers may run one
/// against the same database; a claim is a compare-and-set, so a job has one worker at a time, and a worker that was
/// stopped for longer than its lease finds its fencing number outdated and its work undone.
package struct JobRunner: Sendable {
  let tenancy: Tenancy
  let sweeps: [String: any Sweep]
  let handlers: [String: any JobHandler]
  /// Nil: schedules that name one run on every day.
  let calendars: (any ScheduleCalendars)?
  let logger: Logger
  let leaseSeconds: Int64
  /// How long what runs may go on when something is to be tried alone.
  let roomTime: Duration

  /// Sweeps that nobody waits for, and jobs of tenants, at once. Each prompt sweep has a place of its own besides.
  let patientAtOnce: Int
  /// How many due jobs one look finds.
  private static let jobsAhead: Int32 = 64
  private static let pollInterval = Duration.milliseconds(500)

  /// - Parameters:
  ///   - calendars: those that schedules name.
  ///   - leaseSeconds: so long after the last sign of life another worker takes a job. A worker that dies holds its jobs up for so long, and for as
  ///     long as it takes to make room for each of them.
  ///   - patientAtOnce: so many jobs run at once that nobody waits for.
  ///   - roomTime: so long what runs may go on when a job is to be tried alone. It is longer than a turn of a sweep; and with the lease, and the
  ///     time that parting may take, less than the minute in which the first that a dead worker had in hand is begun again.
  package init(
    tenancy: Tenancy, sweeps: [any Sweep], handlers: [any JobHandler] = [], calendars: (any ScheduleCalendars)? = nil, leaseSeconds: Int64 = 30,
    patientAtOnce: Int = 4, roomTime: Duration = .seconds(12), logger: Logger
  ) {
    self.tenancy = tenancy
    self.sweeps = Dictionary(sweeps.map { (type(of: $0).kind, $0) }) { first, _ in first }
    self.handlers = Dictionary(handlers.map { (type(of: $0).kind, $0) }) { first, _ in first }
    self.calendars = calendars
    self.leaseSeconds = leaseSeconds
    self.patientAtOnce = max(1, patientAtOnce)
    self.roomTime = roomTime
    self.logger = logger
  }

  /// What a worker knows of the queue. Who else has taken something of it meanwhile, the claim finds out.
  private struct Ahead {
    /// Sweeps that are due: at most one job of each, so they are looked up anew each time.
    var sweeps: [DueSweeps.Found] = []
    /// Jobs of tenants, the next one last.
    var jobs: [DueJobs.Found] = []
    /// Whether the last look found so many that there may be more.
    var isMore = false
    /// Behind whom the look began, and where it ended.
    var tenant: TenantId?
    var end: TenantId?
    /// Of whom jobs were begun since.
    var begun: Set<TenantId> = []
    var lookedAt: ContinuousClock.Instant?
    var looked: [String: Instant] = [:]

    /// Forgets what was found and not begun, so that it holds up nothing that has come since. The next look goes on where this one ended, or behind
    /// whom it came to, if others of its stretch have had no turn.
    mutating func forgetJobs() {
      let (from, to, had) = (tenant ?? TenantId(0), end ?? TenantId(0), begun)
      // A look that came to the last tenant ends at none.
      let isOfStretch = { (one: TenantId) in one > from && (to == TenantId(0) || one <= to) }
      let isCutShort = jobs.contains { isOfStretch($0.tenant) && !had.contains($0.tenant) }
      if isCutShort { end = had.filter(isOfStretch).max() ?? tenant }
      tenant = end
      if !jobs.isEmpty { isMore = true }
      (jobs, begun) = ([], [])
    }

    func isOld(_ interval: Duration) -> Bool { lookedAt.map { $0.duration(to: .now) >= interval } ?? true }
  }

  /// Polls until the task is cancelled, and fills the places that are free: a job that takes long holds up no other. Running jobs are
  /// then cancelled too: what is not committed is simply done again.
  package func run() async {
    // Of each sweep there is one job at the most, so no prompt one waits for another.
    let prompt = sweeps.values.count { type(of: $0).isPrompt }
    let places = Places(patientAtOnce + prompt, mostPatient: patientAtOnce)
    let hands = JobsInHand()
    await withDiscardingTaskGroup { group in
      group.addTask {
        while !Task.isCancelled {
          try? await Task.sleep(for: Self.pollInterval)
          places.nudge()
        }
      }
      var (isDeclared, ahead, suspects) = (false, Ahead(), SuspectTurn(interval: Self.pollInterval))
      while !Task.isCancelled {
        do {
          if !isDeclared {
            try await declareSchedules()
            isDeclared = true
          }
          while let suspect = try await nextSuspect(&suspects, places, hands) {
            begin(suspect, places, hands, &group)
            // Nothing is begun beside it, for one lease: a job that takes longer kills nothing at its beginning.
            _ = try await places.areFree(within: .seconds(leaseSeconds))
          }
          if ahead.isOld(Self.pollInterval) || ahead.jobs.isEmpty && ahead.isMore { try await look(&ahead, places) }
          start(&ahead, places, hands, &group)
        } catch  where Task.isCancelled {
          // The server ends, whatever was under way.
          return
        } catch {
          logger.error("job queue not reached", metadata: ["error": "\(error)"])
          try? await Task.sleep(for: .seconds(2))
        }
        // Where there is more and a place for it, the next look is due at once.
        if !(ahead.jobs.isEmpty && ahead.isMore && places.hasOne(isPrompt: false)) { await places.nextChange() }
      }
    }
  }

  private func look(_ ahead: inout Ahead, _ places: Places) async throws {
    if ahead.isOld(Self.pollInterval) {
      try await enqueueScheduled()
      try await enqueueDue(&ahead.looked)
      ahead.sweeps = try await dueSweeps()
      ahead.lookedAt = .now
      ahead.forgetJobs()
    }
    guard ahead.jobs.isEmpty, places.hasOne(isPrompt: false) else { return }
    ahead.forgetJobs()
    let found = try await dueJobs(after: ahead.tenant, limit: Self.jobsAhead)
    ahead.end = found.last?.turn
    ahead.isMore = found.count * 4 >= Int(Self.jobsAhead)
    ahead.jobs = found.reversed()
  }

  private func start(_ ahead: inout Ahead, _ places: Places, _ hands: JobsInHand, _ group: inout DiscardingTaskGroup) {
    ahead.sweeps.removeAll { found in
      let isPrompt = hasPromptPlace(found.kind)
      guard places.take(isPrompt: isPrompt) else { return false }
      begin(found.job, places, hands, isPrompt: isPrompt, &group)
      return true
    }
    while let job = ahead.jobs.last, places.take(isPrompt: false) {
      ahead.jobs.removeLast()
      ahead.begun.insert(job.tenant)
      begin(job, places, hands, isPrompt: false, &group)
    }
  }

  private func hasPromptPlace(_ kind: String) -> Bool { sweeps[kind].map { type(of: $0).isPrompt } ?? false }

  private func begin(_ found: DueJobs.Found, _ places: Places, _ hands: JobsInHand, isPrompt: Bool, _ group: inout DiscardingTaskGroup) {
    // Jobs mostly wait for the database.
    group.addTask(executorPreference: Tenancy.taskExecutor()) {
      await work(on: found, hands)
      places.giveBack(isPrompt: isPrompt)
    }
  }

  /// A suspect, for which all places are free.
  private func begin(_ suspect: Job, _ places: Places, _ hands: JobsInHand, _ group: inout DiscardingTaskGroup) {
    let isPrompt = hasPromptPlace(suspect.kind)
    guard places.take(isPrompt: isPrompt) else { return }
    group.addTask(executorPreference: Tenancy.taskExecutor()) {
      await work(on: suspect, hands)
      places.giveBack(isPrompt: isPrompt)
    }
  }

  package func declareSchedules() async throws {
    guard let provider = try await tenancy.provider() else { return }
    let now = tenancy.clock.now()
    try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      for (kind, sweep) in sweeps.sorted(by: { $0.key < $1.key }) {
        let declared = type(of: sweep)
        transaction.enqueue(
          DeclareSchedule(
            tenant: provider.id, kind: kind, everySeconds: declared.everySeconds, mayBeScheduled: declared.mayBeScheduled && !declared.isPrompt,
            now: now))
      }
    }
  }

  /// One look: enqueues what the schedules ask for, then runs what is due and waits for it, then each suspect alone.
  /// - Returns: the tenants of the jobs that it ran, in the order in which they were begun; without the suspects.
  @discardableResult
  package func tick(after tenant: TenantId? = nil) async throws -> [TenantId] {
    try await enqueueScheduled()
    let jobs = try await dueJobs(after: tenant, limit: Int32(patientAtOnce * 4))
    let due = try await dueSweeps().map(\.job) + jobs
    let hands = JobsInHand()
    await withTaskGroup(of: Void.self) { group in
      for (index, found) in due.enumerated() {
        if index >= patientAtOnce { await group.next() }
        group.addTask(executorPreference: Tenancy.taskExecutor()) { await self.work(on: found, hands) }
      }
    }
    for found in try await suspects() {
      if let job = try await claimAlone(found, Places(1, mostPatient: 1), hands).job { await work(on: job, hands) }
    }
    return jobs.map(\.tenant)
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

  /// The sweeps of this build that are due, the one that waits longest first: by their keys, so that it costs the same however much else waits.
  private func dueSweeps() async throws -> [DueSweeps.Found] {
    guard !sweeps.isEmpty, let provider = try await tenancy.provider() else { return [] }
    let due = DueSweeps(provider: provider.id, now: tenancy.clock.now(), kinds: sweeps.keys.sorted())
    return try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.last(due) }
  }

  /// Jobs of tenants that are due, by turns.
  /// - Parameter tenant: behind whom it goes on.
  private func dueJobs(after tenant: TenantId?, limit: Int32) async throws -> [DueJobs.Found] {
    guard !handlers.isEmpty else { return [] }
    let due = DueJobs(now: tenancy.clock.now(), kinds: handlers.keys.sorted(), after: tenant, limit: limit)
    return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(due) }
  }
}
