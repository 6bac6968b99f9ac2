import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Sends what waits. Each way out, mail and every webhook, has a task of its own, so that one which is slow or gone holds up no other; within
/// one, one after the other. An attempt is counted before it is made. Between sending and recording that it was sent a worker may die: then
/// it is sent again, under the same id, by which its receiver knows it.
package struct DeliverNotifications: Sweep {
  package static let kind = "notifications.deliver"
  package static let everySeconds: Int64 = 2

  private let couriers: Couriers
  private let batch: Int32

  /// Longer than any courier takes.
  private static let leaseSeconds: Int64 = 120
  private static let waysAtOnce = 8
  /// So long one run serves a way out; the rest is the next one's.
  private static let secondsForAWay = Duration.seconds(20)

  package init(_ couriers: Couriers, batch: Int32 = 50) {
    self.couriers = couriers
    self.batch = batch
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let due = DueNotifications(now: now, limit: batch)
    let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(due) }
    guard !found.isEmpty else { return }
    let ways = Dictionary(grouping: found) { $0.webhook ?? 0 }.sorted { $0.key < $1.key }
    var rest = LeftUndone()
    await withTaskGroup(of: (Int64, (any Error)?).self) { group in
      for (index, way) in ways.enumerated() {
        if index >= Self.waysAtOnce, let done = await group.next(), let error = done.1 { rest.add("way \(done.0)", error) }
        group.addTask {
          do {
            try await serve(way.key, way.value, provider, tenancy)
            return (way.key, nil)
          } catch {
            return (way.key, error)
          }
        }
      }
      for await done in group { if let error = done.1 { rest.add("way \(done.0)", error) } }
    }
    try Task.checkCancellation()
    if !rest.isEmpty { throw rest }
  }

  private func serve(_ webhook: Int64, _ waiting: [DueNotifications.Found], _ provider: TenantEntry, _ tenancy: Tenancy) async throws {
    let started = ContinuousClock.now
    var rest: (any Error)?
    for found in waiting {
      try Task.checkCancellation()
      guard started.duration(to: .now) < Self.secondsForAWay else { break }
      do {
        guard try await deliver(found, provider, tenancy) else { break }
      } catch  where !Task.isCancelled {
        // It comes back when its lease is over; the others go on.
        rest = error
      }
    }
    if let rest { throw rest }
  }

  /// - Returns: whether its way out may be used further.
  private func deliver(_ found: DueNotifications.Found, _ provider: TenantEntry, _ tenancy: Tenancy) async throws -> Bool {
    let now = tenancy.clock.now()
    let bound = Set([found.tenant, provider.id]).sorted()
    let claim = ClaimNotification(provider: provider.id, found: found, now: now, leaseUntil: now.adding(seconds: Self.leaseSeconds))
    guard let claimed = try await tenancy.transaction(binding: bound, side: .staff, { try await $0.first(claim) }) else { return true }
    let delivery: Delivery
    if claimed.expiresAt <= now || claimed.attempts > Retry.mostAttempts {
      // Of the second kind are those that killed their worker each time.
      let state = claimed.expiresAt <= now ? "expired" : "dead"
      try await record(claimed, state, dueAt: now, fault: state == "dead" ? "attempts_used_up" : nil, sentAt: nil, bound, tenancy)
      return true
    }
    delivery = await send(claimed, provider, bound, tenancy)
    let after = tenancy.clock.now()
    switch delivery {
    case .sent:
      try await record(claimed, "sent", dueAt: after, fault: nil, sentAt: after, bound, tenancy)
      let forget = ForgetFailures(provider: provider.id, webhook: claimed.webhook ?? 0)
      try await tenancy.transaction(binding: [provider.id], side: .staff) { $0.enqueue(forget) }
      return true
    case .refused(let fault):
      try await record(claimed, "dead", dueAt: after, fault: fault, sentAt: nil, bound, tenancy)
      return true
    case .later(let fault):
      let delay = Retry.delaySeconds(after: claimed.attempts, jitter: tenancy.random.bytes(1).first ?? 0)
      let dueAt = after.adding(seconds: delay)
      let state = claimed.attempts >= Retry.mostAttempts ? "dead" : dueAt >= claimed.expiresAt ? "expired" : "waiting"
      try await record(claimed, state, dueAt: dueAt, fault: fault, sentAt: nil, bound, tenancy)
      return try await countFailure(of: claimed.webhook ?? 0, fault, provider, at: after, tenancy)
    }
  }

  private func record(
    _ claimed: ClaimedNotification, _ state: String, dueAt: Instant, fault: String?, sentAt: Instant?, _ bound: [TenantId], _ tenancy: Tenancy
  ) async throws {
    let record = RecordDelivery(claimed: claimed, state: state, dueAt: dueAt, fault: fault.map { String($0.prefix(300)) }, sentAt: sentAt)
    try await tenancy.transaction(binding: bound, side: .staff) { $0.enqueue(record) }
  }

  /// - Returns: whether the way out may be used further.
  private func countFailure(of webhook: Int64, _ fault: String, _ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws -> Bool {
    let count = CountFailure(provider: provider.id, webhook: webhook, fault: String(fault.prefix(300)), now: now)
    return try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      let failures = try await transaction.first(count) ?? 1
      guard let seconds = Retry.restSeconds(after: failures) else { return true }
      transaction.enqueue(RestWay(provider: provider.id, webhook: webhook, until: now.adding(seconds: seconds)))
      return false
    }
  }

  private func send(_ claimed: ClaimedNotification, _ provider: TenantEntry, _ bound: [TenantId], _ tenancy: Tenancy) async -> Delivery {
    do {
      if let webhook = claimed.webhook { return try await post(claimed, webhook, provider, tenancy) }
      return try await mail(claimed, provider, bound, tenancy)
    } catch {
      // Of the database: not the way out's fault, but tried again the same way.
      return .later("\((error as? PostgresError)?.description ?? String(describing: type(of: error)))")
    }
  }

  private func mail(_ claimed: ClaimedNotification, _ provider: TenantEntry, _ bound: [TenantId], _ tenancy: Tenancy) async throws -> Delivery {
    guard let courier = couriers.mail, let from = MailAddress(couriers.sender) else { return .later("no mail is configured") }
    guard let to = claimed.address.flatMap({ MailAddress($0) }) else { return .refused("not an address that mail can be sent to") }
    var text = claimed.text
    if claimed.event == .summary { text = try await summary(claimed, provider, bound, tenancy) }
    let tenant = try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) {
      try await $0.first(ToldTenant(tenant: claimed.tenant))
    }
    let id = (tenant ?? provider).id(IdKind.notification.prefix, claimed.publicId)
    let message = MailMessage(
      id: id, from: from, fromName: provider.name, to: to, subject: text.subject, body: text.body, language: claimed.language, at: tenancy.clock.now())
    return await courier.send(message.bytes, to: to.text)
  }

  /// Of the hour before it is due.
  private func summary(
    _ claimed: ClaimedNotification, _ provider: TenantEntry, _ bound: [TenantId], _ tenancy: Tenancy
  ) async throws -> NotificationText {
    // Its cause is the hour.
    let hour = Int64(claimed.cause.dropFirst(Telling.summaryCause.count)) ?? 0
    let folded = FoldedNotifications(
      tenant: claimed.tenant, receiver: claimed.receiver, from: Instant(seconds: hour * 3600), before: Instant(seconds: (hour + 1) * 3600))
    let (rows, templates) = try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) {
      try await $0.query(folded, AllTemplates(provider: provider.id))
    }
    let own = templates.first { $0.event == .summary && $0.language == claimed.language }?.text
    let count = rows.first?.count ?? 0
    var list = rows.map(\.subject)
    if count > Int64(list.count) { list.append("…") }
    return (own ?? NotificationText.stock(.summary, claimed.language)).filled(["count": String(count), "list": list.joined(separator: "\n")])
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
