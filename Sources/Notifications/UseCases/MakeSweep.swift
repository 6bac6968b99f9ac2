import Jobs
import Kernel
import Operations
import Postgres
import ServiceTime
import Tenancy

/// Makes notifications of what happened: the work that acts left, tenant by tenant. Taking the work and writing the notifications are one
/// transaction, so each is made exactly once, however often a worker dies.
package struct MakeNotifications: LongSweep {
  package static let kind = "notifications.make"
  package static let everySeconds: Int64 = 2
  package static let isPrompt = true

  private let batch: Int64
  private let tenantsAtOnce: Int
  private let hasMail: Bool

  /// - Parameters:
  ///   - hasMail: whether mail can be sent from here; where it could be sent from nowhere for a day, none is made.
  ///   - batch: how many events are told of in one transaction.
  ///   - tenantsAtOnce: how many tenants one look finds.
  package init(hasMail: Bool, batch: Int64 = 100, tenantsAtOnce: Int = OutboxTenants.most) {
    self.hasMail = hasMail
    self.batch = batch
    self.tenantsAtOnce = tenantsAtOnce
  }

  /// A batch of each tenant in turn, so that none waits for all of another's; then the next batch of those that have more. A turn that is over
  /// before all had their first goes on behind the last of them. What cannot be told holds up nothing else, and is tried again by the next run.
  package func run(at now: Instant, _ tenancy: Tenancy, _ turn: inout SweepTurn) async throws {
    guard let provider = try await tenancy.provider() else { return }
    var loaded: RuleBook?
    var more: [(tenant: TenantId, after: Int64)] = []
    while true {
      try Task.checkCancellation()
      let look = OutboxTenants(of: Telling.consumer, after: turn.place?.first ?? 0, limit: tenantsAtOnce)
      let tenants = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      if tenants.isEmpty { break }
      let book = if let loaded { loaded } else { try await RuleBook.load(provider, at: now, tenancy) }
      loaded = book
      for tenant in tenants {
        turn.place = [tenant.rawValue]
        if let after = try await tellOrNote(of: tenant, after: 0, provider, book, tenancy, &turn.undone) { more.append((tenant, after)) }
        if turn.isOver { return }
      }
      guard tenants.count >= tenantsAtOnce else { break }
    }
    turn.place = nil
    guard let book = loaded else { return }
    while !more.isEmpty {
      var next: [(tenant: TenantId, after: Int64)] = []
      for (tenant, after) in more {
        // All have had their first: what is left is the next run's.
        if turn.isOver { return }
        if let after = try await tellOrNote(of: tenant, after: after, provider, book, tenancy, &turn.undone) { next.append((tenant, after)) }
      }
      more = next
    }
  }

  /// One batch; where that fails as a whole, it is noted.
  private func tellOrNote(
    of tenant: TenantId, after: Int64, _ provider: TenantEntry, _ book: RuleBook, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws -> Int64? {
    try Task.checkCancellation()
    do {
      return try await tell(of: tenant, after: after, provider, book, tenancy, &rest)
    } catch  where !Task.isCancelled {
      rest.add("tenant \(tenant)", error)
      return nil
    }
  }

  /// One batch.
  /// - Returns: where the next one begins; nil: there is none.
  private func tell(
    of tenant: TenantId, after: Int64, _ provider: TenantEntry, _ book: RuleBook, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws -> Int64? {
    let bound = Set([tenant, provider.id]).sorted()
    let waiting = WaitingOutbox(tenant: tenant, consumer: Telling.consumer, after: after, limit: batch)
    let found = try await tenancy.transaction(binding: bound, side: .staff, readOnly: true) { try await $0.query(waiting) }
    guard let last = found.last else { return nil }
    // The time of the batch and not of the run: a run may go on over the end of an hour, and what it folds belongs to the hour that is.
    let now = tenancy.clock.now()
    let telling = Telling(tenancy: tenancy, provider: provider, tenant: tenant, book: book, hasMail: hasMail || book.hasMail(at: now), now: now)
    do {
      try await tenancy.transaction(binding: bound, side: .staff) { transaction in
        try await telling.make(found, in: transaction)
        FaultPoint.notificationsMade.reach()
      }
    } catch  where !Task.isCancelled {
      // One of them is at fault: each by itself, so that the others are told.
      for cause in found {
        do {
          try await tenancy.transaction(binding: bound, side: .staff) { try await telling.make([cause], in: $0) }
        } catch  where !Task.isCancelled {
          rest.add("\(cause.name) of tenant \(tenant)", error)
        }
      }
    }
    return found.count >= Int(batch) ? last.id : nil
  }
}

/// The provider's rules and words, as they stand at the beginning of a run.
struct RuleBook: Sendable {
  let rules: [(id: Int64, rule: NotificationRule)]
  let webhooks: [Int64: Int64?]
  let templates: [TemplateKey: NotificationText]
  /// When a worker that can send mail was last there.
  let mailSeenAt: Instant?

  func hasMail(at now: Instant) -> Bool { mailSeenAt.map { $0 > now.adding(seconds: -86_400) } ?? false }

  struct TemplateKey: Hashable, Sendable {
    let event: NotificationEvent
    let language: Language
    /// Nil: for both.
    let audience: Side?
  }

  static func load(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws -> RuleBook {
    let (rules, webhooks, templates, mailSeenAt) = try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      let known = Set(try await transaction.query(StockKeys(provider: provider.id)))
      for stock in StockRule.all where !known.contains(stock.key) {
        let rule = InsertRule(
          provider: provider.id, publicId: tenancy.random.publicIdBits(), stockKey: stock.key, rule: stock.rule(provider.language), now: now)
        _ = try await transaction.query(InsertStockRule(rule: rule))
      }
      return (
        try await transaction.query(ActiveRules(provider: provider.id)), try await transaction.query(ActiveWebhooks(provider: provider.id)),
        try await transaction.query(AllTemplates(provider: provider.id)), try await transaction.first(MailSeen(provider: provider.id))
      )
    }
    return RuleBook(
      rules: rules, webhooks: Dictionary(webhooks.map { ($0.id, $0.account) }) { first, _ in first },
      templates: Dictionary(templates.map { (TemplateKey(event: $0.event, language: $0.language, audience: $0.audience), $0.text) }) { first, _ in first },
      mailSeenAt: mailSeenAt)
  }

  /// The provider's own words for this side, or else for both, or else the stock ones.
  func text(_ event: NotificationEvent, _ language: Language, for side: Side) -> NotificationText {
    templates[TemplateKey(event: event, language: language, audience: side)]
      ?? templates[TemplateKey(event: event, language: language, audience: nil)] ?? NotificationText.stock(event, language, for: side)
  }
}

/// One transaction's telling: of some events of one tenant.
struct Telling: Sendable {
  let tenancy: Tenancy
  let provider: TenantEntry
  let tenant: TenantId
  let book: RuleBook
  let hasMail: Bool
  let now: Instant

  /// So many mails to one address in an hour, whoever's it is.
  static let mostToAnAddress: Int64 = 60
  /// So many mails to one receiver in an hour, and so many messages to a webhook about one ticket; what comes on top is one summary.
  static let mostInAnHour: Int64 = 30
  /// What is older is history, as after a long time without a worker: nobody is told.
  static let oldestSeconds: Int64 = 7 * 86_400
  /// Whose work in the outbox is told.
  static let consumer = "notifications"
  /// The kinds of subjects that lead to a ticket.
  static let ticketKinds: Set = ["ticket", "clock", "clock_warning"]
  /// Those of clocks, which may lead to a request instead.
  static let clockKinds: Set = ["clock", "clock_warning"]
  /// What the cause of a summary begins with; its hour follows.
  static let summaryCause = "summary:"

  func make(_ found: [OutboxEntry], in transaction: Transaction) async throws {
    let taken = Set(try await transaction.query(TakeOutbox(tenant: tenant, consumer: Self.consumer, ids: found.map(\.id))))
    let waiting = found.filter { taken.contains($0.id) }
    guard !waiting.isEmpty, let entry = try await transaction.first(TenantById(tenant: tenant)) else { return }
    let causes = try await self.causes(waiting, in: transaction).filter { cause in
      cause.toldAt > now.adding(seconds: -Self.oldestSeconds)
        && book.rules.contains { $0.rule.concerns(cause, of: tenant) }
    }
    guard !causes.isEmpty else { return }
    let known = try await Known(causes, self, in: transaction)
    var drafts: [NotificationDraft] = []
    for cause in causes { drafts += self.drafts(of: cause, entry, known) }
    try await fold(&drafts, in: transaction)
    if !drafts.isEmpty { transaction.enqueue(InsertNotifications(drafts: drafts, now: now)) }
  }

  /// Whether a rule tells these of it.
  func isFor(_ audience: Audience, _ cause: Cause) -> Bool {
    book.rules.contains { $0.rule.audience.contains(audience) && $0.rule.concerns(cause, of: tenant) }
  }

  private func drafts(of cause: Cause, _ entry: TenantEntry, _ known: Known) -> [NotificationDraft] {
    let fields = TellingFields(
      cause: cause, tenant: entry, actorName: known.actors[cause.actor]?.name ?? provider.name,
      comment: cause.comment.flatMap { known.comments[$0] } ?? "", isByCustomer: known.isOfCustomer(cause))
    var drafts: [String: NotificationDraft] = [:]
    for (id, rule) in book.rules where rule.concerns(cause, of: tenant) {
      let expiresAt = cause.toldAt.adding(seconds: rule.expiresMinutes * 60)
      if !cause.isForNewRequester, let webhook = rule.webhook, let account = book.webhooks[webhook] {
        // What it does itself is no news to it.
        if account == nil || account != cause.actor {
          let draft = self.draft(toWebhook: webhook, cause, fields, rule: id, expiresAt: expiresAt)
          drafts["\(draft.receiver) webhook"] = drafts["\(draft.receiver) webhook"] ?? draft
        }
      }
      for receiver in known.receivers(of: cause, rule) {
        for channel in rule.channels where channel != .webhook {
          let told = known.goneTicket(of: receiver, cause).map { fields.on($0) } ?? fields
          let concerned = known.concerned(by: cause, receiver)
          guard let draft = draft(to: receiver, by: channel, told.cause, told, rule: (id, rule), concerned, expiresAt) else { continue }
          let key = "\(draft.receiver) \(channel.rawValue)"
          drafts[key] = drafts[key] ?? draft
        }
      }
    }
    return drafts.sorted { $0.key < $1.key }.map(\.value)
  }

  private func draft(
    to receiver: Receiver, by channel: Channel, _ cause: Cause, _ fields: TellingFields, rule: (id: Int64, rule: NotificationRule),
    _ concerned: Set<TenantId>?, _ expiresAt: Instant
  ) -> NotificationDraft? {
    if channel == .email, !hasMail || receiver.address == nil { return nil }
    let home: TenantId
    switch receiver.who {
    case .staff: home = provider.id
    case .person: home = tenant
    }
    let zoneName = receiver.zone ?? (home == provider.id ? provider.zone : fields.tenant.zone)
    guard let zone = Zone.named(zoneName) ?? Zone.named("UTC") else { return nil }
    let isUrgent = cause.priority.map { $0 <= rule.rule.urgentTo } ?? false
    let dueAt = channel == .email && !isUrgent ? rule.rule.quiet?.end(after: now, in: zone) ?? now : now
    return NotificationDraft(
      tenant: home, publicId: tenancy.random.publicIdBits(), cause: cause.name, receiver: receiver.who.name, channel: channel, rule: rule.id,
      event: cause.event, address: channel == .email ? receiver.address : nil, customer: tenant, concerned: concerned,
      ticket: cause.ticket?.publicId,
      aboutKind: cause.matter?.id.kind.prefix, about: cause.matter?.id.bits, language: receiver.language,
      text: book.text(cause.event, receiver.language, for: receiver.side).filled(fields.values(zone: zone, for: receiver)),
      state: channel == .inbox ? "inbox" : expiresAt > now ? "waiting" : "expired", dueAt: dueAt, expiresAt: max(expiresAt, dueAt.adding(seconds: 300)),
      occurredAt: cause.occurredAt, isUrgent: isUrgent)
  }

  private func draft(toWebhook webhook: Int64, _ cause: Cause, _ fields: TellingFields, rule: Int64, expiresAt: Instant) -> NotificationDraft {
    let bits = tenancy.random.publicIdBits()
    let document = fields.document(cause.event, provider.id(IdKind.notification.prefix, bits))
    return NotificationDraft(
      tenant: provider.id, publicId: bits, cause: cause.name, receiver: "w\(webhook)", channel: .webhook, rule: rule, event: cause.event,
      webhook: webhook, customer: tenant, ticket: cause.ticket?.publicId, aboutKind: cause.matter?.id.kind.prefix, about: cause.matter?.id.bits,
      language: provider.language,
      text: NotificationText(subject: cause.event.rawValue, body: JSON.text(document)), state: expiresAt > now ? "waiting" : "expired", dueAt: now,
      expiresAt: expiresAt,
      occurredAt: cause.occurredAt)
  }

  /// What comes on top of an hour's limit goes into one summary at the end of the hour, but for what is urgent; a webhook is told no more of
  /// that ticket, for that is how a circle of two machines looks.
  private func fold(_ drafts: inout [NotificationDraft], in transaction: Transaction) async throws {
    func place(_ draft: NotificationDraft) -> ToldLately.Place {
      ToldLately.Place(
        tenant: draft.tenant, receiver: draft.receiver, channel: draft.channel, ticket: draft.channel == .webhook ? draft.ticket ?? draft.about : nil)
    }
    let places = Array(Set(drafts.filter { $0.state == "waiting" }.map(place)))
    guard !places.isEmpty else { return }
    let lately = ToldLately(places: places, since: now.adding(seconds: -3600), most: Self.mostInAnHour)
    var counts: [ToldLately.Place: Int64] = [:]
    for found in try await transaction.query(lately) {
      let index = Int(found.place) - 1
      if places.indices.contains(index) { counts[places[index]] = found.count }
    }
    let addresses = Array(Set(drafts.filter { $0.state == "waiting" }.compactMap { $0.address.map(MailAddress.key) }))
    var toAddress: [String: Int64] = [:]
    if !addresses.isEmpty {
      let lately = MailLately(addresses: addresses, since: now.adding(seconds: -3600), most: Self.mostToAnAddress)
      for (address, count) in try await transaction.query(lately) { toAddress[address] = count }
    }
    var summaries: [NotificationDraft] = []
    for index in drafts.indices where drafts[index].state == "waiting" {
      if let address = drafts[index].address.map(MailAddress.key) {
        // Persons with one address among them are many receivers; whoever reads it is one.
        guard toAddress[address, default: 0] < Self.mostToAnAddress else {
          (drafts[index].state, drafts[index].fault) = ("dead", "too many mails to this address within an hour")
          continue
        }
      }
      let place = place(drafts[index])
      let count = counts[place, default: 0]
      counts[place] = count + 1
      guard count >= Self.mostInAnHour, !drafts[index].isUrgent else {
        if let address = drafts[index].address.map(MailAddress.key) { toAddress[address, default: 0] += 1 }
        continue
      }
      drafts[index].state = "folded"
      if drafts[index].channel == .email { summaries.append(summary(for: drafts[index])) }
    }
    drafts += summaries
  }

  private func summary(for draft: NotificationDraft) -> NotificationDraft {
    let hour = now.seconds.flooredQuotient(by: 3600)
    // A minute more than the hour, for what is being made when it ends.
    // Where its receiver is not to be woken by what it holds, neither is he by the summary.
    let dueAt = max(Instant(seconds: (hour + 1) * 3600 + 60), draft.dueAt)
    return NotificationDraft(
      tenant: draft.tenant, publicId: tenancy.random.publicIdBits(), cause: Self.summaryCause + String(hour), receiver: draft.receiver, channel: .email,
      rule: nil,
      event: .summary, address: draft.address, customer: draft.tenant, ticket: nil, language: draft.language,
      text: NotificationText(subject: "", body: ""), state: "waiting", dueAt: dueAt, expiresAt: dueAt.adding(seconds: 24 * 3600), occurredAt: now)
  }
}
