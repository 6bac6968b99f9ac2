import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Sends what waits. Each way out, the mail of each tenant and every webhook, has a task of its own and is looked after anew as soon as that
/// has done what it found, so that one which is slow or gone holds up no other; within one, one after the other. An attempt is counted before
/// it is made. Between sending and recording that it was sent a worker may die: then it is sent again, under the same id, by which its
/// receiver knows it. A worker that is asked to stop finishes what it has begun.
package struct DeliverNotifications: Sweep {
  package static let kind = "notifications.deliver"
  package static let everySeconds: Int64 = 2
  package static let isPrompt = true

  private let couriers: Couriers
  private let batch: Int32

  /// Longer than the courier takes. What a worker that died had in hand is sent by another one then.
  private static func leaseSeconds(_ way: OutboundWay) -> Int64 { way.webhook == nil ? 120 : 50 }
  private static let waysAtOnce = 64
  private static let notAnyMore = "the receiver may not be told any more"
  /// So long a run begins to send; the rest is the next one's.
  private static let runTime = Duration.seconds(20)
  /// While a way is busy, the others are looked after this often.
  private static let pause = Duration.milliseconds(500)

  package init(_ couriers: Couriers, batch: Int32 = 50) {
    self.couriers = couriers
    self.batch = batch
  }

  private enum Done: Sendable {
    case way(OutboundWay, goesOn: Bool, (any Error)?)
    case pause
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    if couriers.mail != nil { try await tenancy.transaction(binding: [provider.id], side: .staff) { $0.enqueue(HasMail(provider: provider.id, now: now)) } }
    let started = ContinuousClock.now
    var (busy, over): (Set<OutboundWay>, Set<OutboundWay>) = ([], [])
    var (rest, isWaiting, isFirst) = (LeftUndone(), false, true)
    try await withThrowingTaskGroup(of: Done.self) { group in
      while !Task.isCancelled, isFirst || started.duration(to: .now) < Self.runTime {
        isFirst = false
        let due = DueNotifications(now: tenancy.clock.now(), limit: batch)
        let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(due) }
        for (way, waiting) in Dictionary(grouping: found, by: \.way).sorted(by: { $0.key < $1.key })
        where !busy.contains(way) && !over.contains(way) && busy.count < Self.waysAtOnce && (couriers.mail != nil || way.webhook != nil) {
          busy.insert(way)
          group.addTask {
            do {
              return .way(way, goesOn: try await serve(waiting, until: started.advanced(by: Self.runTime), provider, tenancy), nil)
            } catch {
              return .way(way, goesOn: false, error)
            }
          }
        }
        guard !busy.isEmpty else { break }
        if !isWaiting {
          isWaiting = true
          group.addTask {
            try? await Task.sleep(for: Self.pause)
            return .pause
          }
        }
        switch try await group.next() {
        case .way(let way, let goesOn, let error):
          busy.remove(way)
          if !goesOn { over.insert(way) }
          if let error { rest.add("\(way)", error) }
        case .pause: isWaiting = false
        case nil: break
        }
      }
      for try await done in group { if case .way(let way, _, let error?) = done { rest.add("\(way)", error) } }
    }
    try Task.checkCancellation()
    if !rest.isEmpty { throw rest }
  }

  /// - Returns: whether there may be more for this way within the run.
  private func serve(
    _ waiting: [DueNotifications.Found], until end: ContinuousClock.Instant, _ provider: TenantEntry, _ tenancy: Tenancy
  ) async throws -> Bool {
    var rest: (any Error)?
    var hasClaimed = false
    for (index, found) in waiting.enumerated() {
      try Task.checkCancellation()
      guard index == 0 || .now < end else { break }
      do {
        // What was begun is ended and recorded, whoever asks to stop meanwhile: the courier has its own time limit.
        let outcome = try await Task { try await deliver(found, provider, tenancy) }.value
        if outcome != .elsewhere { hasClaimed = true }
        guard outcome != .rests else { return false }
      } catch {
        // It comes back when its lease is over; the others go on.
        rest = error
      }
    }
    if let rest { throw rest }
    return hasClaimed
  }

  private enum Outcome { case done, rests, elsewhere }

  private func deliver(_ found: DueNotifications.Found, _ provider: TenantEntry, _ tenancy: Tenancy) async throws -> Outcome {
    let now = tenancy.clock.now()
    let bound = Set([found.tenant, provider.id]).sorted()
    let claim = ClaimNotification(provider: provider.id, found: found, now: now, leaseUntil: now.adding(seconds: Self.leaseSeconds(found.way)))
    guard let claimed = try await tenancy.transaction(binding: bound, side: .staff, { try await $0.first(claim) }) else { return .elsewhere }
    FaultPoint.notificationClaimed.reach(of: claimed.wayOut)
    if claimed.expiresAt <= now || claimed.attempts > Retry.mostAttempts {
      // Of the second kind are those that killed their worker each time.
      let state = claimed.expiresAt <= now ? "expired" : "dead"
      try await record(claimed, state, dueAt: now, fault: state == "dead" ? "attempts_used_up" : nil, sentAt: nil, bound, tenancy)
      return .done
    }
    let delivery: Delivery
    var isWaysFault = true
    do {
      delivery =
        if let webhook = claimed.webhook {
          try await post(claimed, webhook, provider, tenancy)
        } else if try await mayBeTold(claimed, provider, at: now, bound, tenancy) {
          try await mail(claimed, provider, bound, tenancy)
        } else {
          .refused(Self.notAnyMore)
        }
    } catch {
      // Of the database: not the way out's fault, but tried again the same way.
      isWaysFault = false
      delivery = .later("\((error as? PostgresError)?.description ?? String(describing: type(of: error)))")
    }
    let after = tenancy.clock.now()
    switch delivery {
    case .sent:
      FaultPoint.notificationSent.reach(of: claimed.wayOut)
      try await record(claimed, "sent", dueAt: after, fault: nil, sentAt: after, bound, tenancy)
      let forget = ForgetFailures(provider: provider.id, webhook: claimed.webhook ?? 0)
      try await tenancy.transaction(binding: [provider.id], side: .staff) { $0.enqueue(forget) }
      return .done
    case .refused(let fault):
      try await record(claimed, "dead", dueAt: after, fault: fault, sentAt: nil, bound, tenancy)
      return .done
    case .later(let fault):
      let delay = Retry.delaySeconds(after: claimed.attempts, jitter: tenancy.random.bytes(1).first ?? 0)
      let dueAt = after.adding(seconds: delay)
      let state = claimed.attempts >= Retry.mostAttempts ? "dead" : dueAt >= claimed.expiresAt ? "expired" : "waiting"
      try await record(claimed, state, dueAt: dueAt, fault: fault, sentAt: nil, bound, tenancy)
      guard isWaysFault else { return .done }
      return try await countFailure(of: claimed, fault, provider, at: after, tenancy) ? .done : .rests
    }
  }

  /// Who has been disabled, or has lost the right to read what it is about, since it was made is told nothing; nobody of a customer who is suspended is, and
  /// nobody who has nothing to do with the ticket any more, as who was its requester by mistake.
  private func mayBeTold(
    _ claimed: ClaimedNotification, _ provider: TenantEntry, at now: Instant, _ bound: [TenantId], _ tenancy: Tenancy
  ) async throws -> Bool {
    guard let id = Int64(claimed.receiver.dropFirst()) else { return false }
    return try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) { transaction in
      if claimed.receiver.hasPrefix("a") {
        // What is the provider's and concerns no customer is for who was named, who may serve a few only.
        let isForAny = claimed.event == .summary || claimed.customer == provider.id && claimed.event.subject.mayBeOfProvider
        let customers: [Int64]? = claimed.concerned ?? (isForAny ? nil : [claimed.customer.rawValue])
        let subjects = claimed.event == .summary ? NotificationEvent.Subject.allCases : [claimed.event.subject]
        let staff = StaffToTell(
          provider: provider.id, ids: [id], publicIds: [], permissions: subjects.map(\.permission), customers: customers, now: now)
        return try await transaction.first(staff) != nil
      }
      let (people, concerned) = try await transaction.query(
        PeopleToTell(tenant: claimed.tenant, ids: [id]), StillConcerned(tenant: claimed.tenant, notification: claimed.id))
      return !people.isEmpty && !concerned.isEmpty
    }
  }

  private func record(
    _ claimed: ClaimedNotification, _ state: String, dueAt: Instant, fault: String?, sentAt: Instant?, _ bound: [TenantId], _ tenancy: Tenancy
  ) async throws {
    let record = RecordDelivery(claimed: claimed, state: state, dueAt: dueAt, fault: fault.map { String($0.prefix(300)) }, sentAt: sentAt)
    try await tenancy.transaction(binding: bound, side: .staff) { $0.enqueue(record) }
  }

  /// - Returns: whether the way out may be used further.
  private func countFailure(
    of claimed: ClaimedNotification, _ fault: String, _ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy
  ) async throws -> Bool {
    let webhook = claimed.webhook ?? 0
    let count = CountFailure(provider: provider.id, webhook: webhook, tenant: claimed.tenant, fault: String(fault.prefix(300)), now: now)
    return try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      let (failures, tenants) = try await transaction.first(count) ?? (1, 1)
      // Mail rests when it fails for several tenants: one that brings addresses to which nothing can be sent stops nobody else's.
      let seconds = webhook == 0 ? Retry.mailRestSeconds(after: tenants) : Retry.restSeconds(after: failures)
      guard let seconds else { return true }
      transaction.enqueue(RestWay(provider: provider.id, webhook: webhook, until: now.adding(seconds: seconds)))
      return false
    }
  }

  private func mail(_ claimed: ClaimedNotification, _ provider: TenantEntry, _ bound: [TenantId], _ tenancy: Tenancy) async throws -> Delivery {
    guard let courier = couriers.mail, let from = MailAddress(couriers.sender) else { return .later("no mail is configured") }
    guard let to = claimed.address.flatMap({ MailAddress($0) }) else { return .refused("not an address that mail can be sent to") }
    var text = claimed.text
    if claimed.event == .summary {
      guard let summary = try await summary(claimed, provider, bound, tenancy) else { return .refused(Self.notAnyMore) }
      text = summary
    }
    let tenant = try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) {
      try await $0.first(TenantById(tenant: claimed.tenant))
    }
    let id = (tenant ?? provider).id(IdKind.notification.prefix, claimed.publicId)
    let message = MailMessage(
      id: id, from: from, fromName: provider.name, to: to, subject: text.subject, body: text.body, language: claimed.language, at: tenancy.clock.now())
    return await courier.send(message.bytes, to: to.text)
  }

  /// Of the hour before it is due, without what does not concern its receiver any more, or he may not read; nil: nothing is left.
  private func summary(
    _ claimed: ClaimedNotification, _ provider: TenantEntry, _ bound: [TenantId], _ tenancy: Tenancy
  ) async throws -> NotificationText? {
    // Its cause is the hour.
    let hour = Int64(claimed.cause.dropFirst(Telling.summaryCause.count)) ?? 0
    let (from, before) = (Instant(seconds: hour * 3600), Instant(seconds: (hour + 1) * 3600))
    let account = claimed.receiver.hasPrefix("a") ? Int64(claimed.receiver.dropFirst()) : nil
    let now = tenancy.clock.now()
    let (rows, templates) = try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) { transaction in
      let rows =
        if let account {
          try await transaction.query(
            FoldedForStaff(provider: provider.id, account: account, receiver: claimed.receiver, from: from, before: before, now: now))
        } else {
          try await transaction.query(FoldedNotifications(tenant: claimed.tenant, receiver: claimed.receiver, from: from, before: before))
        }
      return (rows, try await transaction.query(AllTemplates(provider: provider.id)))
    }
    let own = templates.first { $0.event == .summary && $0.language == claimed.language }?.text
    guard let count = rows.first?.count else { return nil }
    var list = rows.map(\.subject)
    if count > Int64(list.count) { list.append("…") }
    return (own ?? NotificationText.stock(.summary, claimed.language, for: .staff)).filled(["count": String(count), "list": list.joined(separator: "\n")])
  }

  /// By Standard Webhooks: the id stays the same each time, so it is what the receiver knows a repetition by.
  private func post(_ claimed: ClaimedNotification, _ webhook: Int64, _ provider: TenantEntry, _ tenancy: Tenancy) async throws -> Delivery {
    let now = tenancy.clock.now()
    let keys = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) {
      try await $0.query(WebhookKeys(provider: provider.id, webhook: webhook, now: now))
    }
    guard let url = keys.first?.url, let address = WebhookAddress(url) else { return .refused("the webhook is retired") }
    let id = provider.id(IdKind.notification.prefix, claimed.publicId).description
    let body = Array(claimed.text.body.utf8)
    let signatures = keys.map { MessageSignature.sign(id: id, timestamp: now.seconds, body, key: $0.key) }
    return await couriers.webhook.post(
      body, to: address,
      headers: [
        ("webhook-id", id), ("webhook-timestamp", String(now.seconds)), ("webhook-signature", signatures.joined(separator: " ")),
        ("content-type", "application/json"),
      ])
  }
}

/// Deletes notifications that have served their time, read or not.
package struct ForgetNotifications: Sweep {
  package static let kind = "notifications.forget"
  package static let everySeconds: Int64 = 3600
  package static let mayBeScheduled = true

  private static let keptDays: Int64 = 90
  private static let batch: Int64 = 1000

  package init() {}

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    let olderThan = now.adding(seconds: -Self.keptDays * 86_400)
    var after: Int64 = 0
    while true {
      let page = TenantsWithOldNotifications(olderThan: olderThan, after: after)
      let tenants = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(page) }
      for tenant in tenants {
        let delete = DeleteOldNotifications(tenant: tenant, olderThan: olderThan, limit: Self.batch)
        while try await tenancy.transaction(binding: [tenant], side: .staff, { try await $0.execute(delete) }) >= Int(Self.batch) {
          try Task.checkCancellation()
        }
      }
      guard let last = tenants.last else { return }
      after = last.rawValue
    }
  }
}
