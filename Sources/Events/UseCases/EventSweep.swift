import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Settles what was delivered: finds whose it is, makes alerts of it, and opens, tells or ends incidents. A batch of each source in turn,
/// so that a storm from one holds up no other for longer than a batch takes; each customer's part in a transaction of its own, with the
/// incidents that it opens, so that a worker which dies leaves all of it to be done again, and once.
package struct EventSweep: Sweep {
  package static let kind = "events.settle"
  package static let everySeconds: Int64 = 2
  package static let isPrompt = true

  private let dispatcher: Dispatcher
  private let figures: EventFigures
  private let batch: Int64
  private let time: Duration
  private static let mostDue: Int32 = 500
  /// After so long what could not be woken or told is tried again.
  private static let secondsToNextTry: Int64 = 300

  /// - Parameters:
  ///   - batch: how many events of a source are settled at once, and how many of its alerts woken.
  ///   - time: so long a run begins new rounds through the sources; the rest is the next one's.
  package init(_ dispatcher: Dispatcher, figures: EventFigures = EventFigures(), batch: Int64 = 500, time: Duration = .seconds(30)) {
    self.dispatcher = dispatcher
    self.figures = figures
    self.batch = batch
    self.time = time
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let started = ContinuousClock.now
    var rest = LeftUndone()
    var goesOn = true
    while goesOn {
      goesOn = false
      let sources = try await sources(of: provider, at: now, tenancy)
      for source in sources {
        try Task.checkCancellation()
        if try await settleBatch(of: source, provider, now, tenancy, &rest) == batch { goesOn = true }
      }
      // What was delivered may say that an alert is over which is to be woken: it is settled first. But a storm holds up what is to be woken for no
      // longer than half of the time.
      if !goesOn || started.duration(to: .now) >= time / 2, try await wake(provider, now, tenancy, &rest) { goesOn = true }
      if started.duration(to: .now) >= time { break }
    }
    // Once all is settled and woken, so that what joined an incident meanwhile is one word.
    repeat { goesOn = try await tell(provider, now, tenancy, &rest) } while goesOn && started.duration(to: .now) < time
    try await TriageNews.tell(provider, at: now, tenancy, &rest)
    let triage = CountTriage(provider: provider.id, limit: TriageNews.mostCounted)
    let inTriage = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.last(triage) }
    figures.set(inTriage: inTriage.first ?? 0)
    if !rest.isEmpty { throw rest }
  }

  private func sources(of provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws -> [SourceRow] {
    try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.withRules(try await transaction.query(SourcesWaiting(provider: provider.id, now: now)), provider: provider.id)
    }
  }

  /// - Returns: how many were looked at.
  private func settleBatch(
    of source: SourceRow, _ provider: TenantEntry, _ now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws -> Int64 {
    let due = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) {
      try await $0.last(DueReceived(provider: provider.id, source: source.id, now: now, limit: batch))
    }
    var byCustomer: [TenantId: [Int64]] = [:]
    var nobodys: [Int64] = []
    for event in due {
      if let customer = event.customer ?? source.settings.customer(of: event.labels) {
        byCustomer[customer, default: []].append(event.id)
      } else {
        nobodys.append(event.id)
      }
    }
    if !nobodys.isEmpty {
      // Only those that no other worker has sent there meanwhile.
      let sent = try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
        let (_, sent) = try await transaction.query(
          HoldSource(provider: provider.id, source: source.id), SendToTriage(provider: provider.id, ids: nobodys))
        if !sent.isEmpty { transaction.enqueue(NoteTriage(provider: provider.id, source: source.id, now: now)) }
        return Int64(sent.count)
      }
      figures.add([.triaged: sent])
    }
    for (customer, ids) in byCustomer.sorted(by: { $0.key < $1.key }) {
      let settlement = Settlement(dispatcher: dispatcher, source: source, provider: provider, customer: customer)
      try await halving(ids[...], settlement, tenancy, &rest) {
        try await settlement.run($0, in: $1)
      } postpone: { ids, failure in
        figures.add([.postponed: Int64(ids.count)])
        try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
          let (_, postponed) = try await transaction.query(
            HoldSource(provider: provider.id, source: source.id), PostponeReceived(provider: provider.id, ids: ids, now: now, fault: failure.code))
          if postponed.contains(true) { transaction.enqueue(NoteTriage(provider: provider.id, source: source.id, now: now)) }
        }
      }
    }
    return Int64(due.count)
  }

  /// What cannot be settled as a whole is tried in halves, so that one event or alert that is odd holds up no other. What waits for
  /// somebody else is not odd: it is tried again as a whole.
  private func halving(
    _ ids: ArraySlice<Int64>, _ settlement: Settlement, _ tenancy: Tenancy, _ rest: inout LeftUndone,
    _ settle: @Sendable ([Int64], Transaction) async throws -> [Settlement.Outcome: Int64], postpone: ([Int64], Failure) async throws -> Void
  ) async throws {
    do {
      figures.add(
        try await tenancy.transaction(binding: settlement.bound, side: .staff) { try await settle(Array(ids), $0) })
      FaultPoint.sweepStep.reach()
    } catch  where !Task.isCancelled {
      let failure = Failure(error, constraints: [:])
      if ids.count > 1, failure.retryAfterSeconds == nil {
        let middle = ids.startIndex + ids.count / 2
        try await halving(ids[..<middle], settlement, tenancy, &rest, settle, postpone: postpone)
        try await halving(ids[middle...], settlement, tenancy, &rest, settle, postpone: postpone)
        return
      }
      rest.add("events of tenant \(settlement.customer) from source \(settlement.source.id)", error)
      try await postpone(Array(ids), failure)
    }
  }

  /// What waits for a change that somebody altered is due: it may be covered no more, or until another time.
  private func wakeAltered(_ now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    let altered = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(AlteredChanges(limit: Self.mostDue)) }
    for found in altered {
      let wake = WakeAlertsOfChange(tenant: found.tenant, change: found.change, version: found.version, at: now)
      do {
        try await tenancy.transaction(binding: [found.tenant], side: .staff) { $0.enqueue(wake) }
      } catch  where !Task.isCancelled {
        rest.add("alerts of tenant \(found.tenant) that wait for a change", error)
      }
    }
  }

  /// Wakes alerts whose window is over or whose change was altered: a batch of each source in turn.
  /// - Returns: whether there may be more.
  private func wake(_ provider: TenantEntry, _ now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws -> Bool {
    try await wakeAltered(now, tenancy, &rest)
    var isMore = false
    let due = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(AlertsDue(now: now, limit: Self.mostDue)) }
    for found in due {
      guard let settlement = try await self.settlement(of: found, provider, tenancy) else { continue }
      let alerts = DueAlerts(tenant: found.tenant, source: found.source, now: now, limit: batch)
      let waking = try await tenancy.transaction(binding: [found.tenant], side: .staff, readOnly: true) { try await $0.last(alerts) }
      try await halving(waking[...], settlement, tenancy, &rest) {
        try await settlement.run([], waking: $0, in: $1)
      } postpone: { ids, _ in
        let later = PostponeWaking(tenant: found.tenant, ids: ids, until: now.adding(seconds: Self.secondsToNextTry))
        try await tenancy.transaction(binding: [found.tenant], side: .staff) { $0.enqueue(later) }
      }
      if Int64(waking.count) == batch { isMore = true }
    }
    return isMore
  }

  /// Tells incidents of more alerts: a batch of each source in turn.
  /// - Returns: whether there may be more.
  private func tell(_ provider: TenantEntry, _ now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws -> Bool {
    var isMore = false
    let due = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(WordsDue(now: now, limit: Self.mostDue)) }
    for found in due {
      guard let settlement = try await self.settlement(of: found, provider, tenancy) else { continue }
      let groups = DueGroups(tenant: found.tenant, source: found.source, now: now, limit: batch)
      let telling = try await tenancy.transaction(binding: [found.tenant], side: .staff, readOnly: true) { try await $0.last(groups) }
      try await halving(telling[...], settlement, tenancy, &rest) {
        try await settlement.run([], telling: $0, in: $1)
      } postpone: { ids, _ in
        let later = PostponeTelling(tenant: found.tenant, ids: ids, until: now.adding(seconds: Self.secondsToNextTry))
        try await tenancy.transaction(binding: [found.tenant], side: .staff) { $0.enqueue(later) }
      }
      if Int64(telling.count) == batch { isMore = true }
    }
    return isMore
  }

  /// Nil: the source is gone.
  private func settlement(of found: AlertsDue.Found, _ provider: TenantEntry, _ tenancy: Tenancy) async throws -> Settlement? {
    try Task.checkCancellation()
    let source = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { transaction in
      try await transaction.withRules(
        try await transaction.query(SourceByPublicId(provider: provider.id, publicId: found.source)), provider: provider.id
      ).first
    }
    return source.map { Settlement(dispatcher: dispatcher, source: $0, provider: provider, customer: found.tenant) }
  }
}

/// Forgets deliveries that were settled some weeks ago, and ignores what nobody has sorted for as long, after it has warned of that. Alerts and incidents
/// stay.
package struct ForgetDeliveries: Sweep {
  package static let kind = "events.forget"
  package static let everySeconds: Int64 = 3600
  package static let mayBeScheduled = true
  package static let lifetimeSeconds: Int64 = 35 * 86_400

  private static let batch: Int64 = 1000

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let before = now.adding(seconds: -Self.lifetimeSeconds)
    var rest = LeftUndone()
    try await TriageNews.warn(provider, lifetimeSeconds: Self.lifetimeSeconds, at: now, tenancy, &rest)
    try await repeating(IgnoreOldTriage(provider: provider.id, before: before, limit: Self.batch, now: now), of: provider.id, tenancy)
    try await repeating(ForgetReceived(provider: provider.id, before: before, limit: Self.batch), of: provider.id, tenancy)
    if !rest.isEmpty { throw rest }
  }

  private func repeating(_ statement: some Statement, of provider: TenantId, _ tenancy: Tenancy) async throws {
    var done = Int(Self.batch)
    while done == Int(Self.batch) {
      try Task.checkCancellation()
      done = try await tenancy.transaction(binding: [provider], side: .staff) { try await $0.execute(statement) }
    }
  }
}

extension Transaction {
  /// Sources with their rules.
  func withRules(_ sources: [SourceRow], provider: TenantId) async throws -> [SourceRow] {
    guard !sources.isEmpty else { return [] }
    let rules = Dictionary(grouping: try await query(RulesOfSources(provider: provider, sources: sources.map(\.id))), by: \.source)
    return sources.map { source in
      var source = source
      source.settings.rules = (rules[source.id] ?? []).map(\.rule)
      return source
    }
  }
}
