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
  private static let ticketKinds: Set = ["ticket", "clock", "clock_warning"]
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

  /// Whether a rule tells those who answer for the customer of it.
  func isForAccountManagers(_ cause: Cause) -> Bool {
    book.rules.contains { $0.rule.audience.contains(.accountManagers) && $0.rule.concerns(cause, of: tenant) }
  }

  /// What happened, in the order in which it was left.
  private func causes(_ waiting: [OutboxEntry], in transaction: Transaction) async throws -> [Cause] {
    let byId = Dictionary(waiting.map { ($0.id, $0) }) { first, _ in first }
    let ofTickets = waiting.filter { Self.ticketKinds.contains($0.kind) }
    let ofAccounts = waiting.filter { !Self.ticketKinds.contains($0.kind) }
    var causes: [(id: Int64, cause: Cause)] = []
    if !ofTickets.isEmpty {
      causes += try await transaction.query(EventsOfCauses(tenant: tenant, causes: ofTickets)).compactMap { found in
        byId[found.cause].flatMap { Cause($0, found.event, .ticket(found.ticket)) }.map { (found.cause, $0) }
      }
    }
    if !ofAccounts.isEmpty {
      let events = try await transaction.query(AccountEvents(tenant: tenant, causes: ofAccounts))
      let matters = try await AccountMatters(events, byId, tenant: tenant, in: transaction)
      causes += events.compactMap { found in
        guard let entry = byId[found.cause], let matter = matters[entry.kind, found.subject, found.event] else { return nil }
        return Cause(entry, found.event, .account(matter)).map { (found.cause, $0) }
      }
    }
    return causes.sorted { $0.id < $1.id }.map(\.cause)
  }

  private func drafts(of cause: Cause, _ entry: TenantEntry, _ known: Known) -> [NotificationDraft] {
    let fields = TellingFields(
      cause: cause, tenant: entry, actorName: known.actors[cause.actor]?.name ?? provider.name,
      comment: cause.comment.flatMap { known.comments[$0] } ?? "", isByCustomer: known.isOfCustomer(cause))
    var drafts: [String: NotificationDraft] = [:]
    for (id, rule) in book.rules where rule.concerns(cause, of: tenant) {
      let expiresAt = cause.toldAt.adding(seconds: rule.expiresMinutes * 60)
      if let webhook = rule.webhook, let account = book.webhooks[webhook] {
        // What it does itself is no news to it.
        if account == nil || account != cause.actor {
          let draft = self.draft(toWebhook: webhook, cause, fields, rule: id, expiresAt: expiresAt)
          drafts["\(draft.receiver) webhook"] = drafts["\(draft.receiver) webhook"] ?? draft
        }
      }
      for receiver in known.receivers(of: cause, rule) {
        for channel in rule.channels where channel != .webhook {
          let told = known.goneTicket(of: receiver, cause).map { fields.on($0) } ?? fields
          guard let draft = draft(to: receiver, by: channel, told.cause, told, rule: (id, rule), expiresAt) else { continue }
          let key = "\(draft.receiver) \(channel.rawValue)"
          drafts[key] = drafts[key] ?? draft
        }
      }
    }
    return drafts.sorted { $0.key < $1.key }.map(\.value)
  }

  private func draft(
    to receiver: Receiver, by channel: Channel, _ cause: Cause, _ fields: TellingFields, rule: (id: Int64, rule: NotificationRule), _ expiresAt: Instant
  ) -> NotificationDraft? {
    if channel == .email, !hasMail || receiver.address == nil { return nil }
    let home: TenantId
    switch receiver.who {
    case .staff: home = provider.id
    case .person: home = tenant
    }
    let zoneName = receiver.zone ?? (home == provider.id ? provider.zone : fields.tenant.zone)
    guard let zone = Zone.named(zoneName) ?? Zone.named("UTC") else { return nil }
    let isUrgent = cause.ticket.map { $0.priority <= rule.rule.urgentTo } ?? false
    let dueAt = channel == .email && !isUrgent ? rule.rule.quiet?.end(after: now, in: zone) ?? now : now
    return NotificationDraft(
      tenant: home, publicId: tenancy.random.publicIdBits(), cause: cause.name, receiver: receiver.who.name, channel: channel, rule: rule.id,
      event: cause.event, address: channel == .email ? receiver.address : nil, customer: tenant, ticket: cause.ticket?.publicId,
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

/// What is looked up once for all events of a transaction.
private struct Known: Sendable {
  var comments: [[UInt8]: String] = [:]
  var actors: [Int64: (name: String, tenant: TenantId, person: Int64?)] = [:]
  private var watchers: [Int64: [(person: Int64?, account: Int64?)]] = [:]
  /// Of each ticket, those that went into it.
  private var wentInto: [Int64: [TicketsGoneInto.Found]] = [:]
  /// Of each subject, and customer, those who may be told of it.
  private var staff: [Place: [Int64: Receiver]] = [:]
  private let tenant: TenantId
  private let provider: TenantId
  private var people: [Int64: Receiver] = [:]
  private var inCharge: [Int64] = []
  /// Who answers for incidents that nobody has taken.
  private let standIn: Int64?
  private let approvers: Approvers

  private struct Place: Hashable {
    let subject: NotificationEvent.Subject
    /// Of whom he must serve one; nil: any.
    let customers: Set<TenantId>?
  }

  init(_ causes: [Cause], _ telling: Telling, in transaction: Transaction) async throws {
    tenant = telling.tenant
    provider = telling.provider.id
    let tickets = Array(Set(causes.compactMap(\.ticket?.id)))
    let comments = causes.compactMap(\.comment)
    let (foundWatchers, foundComments, foundActors) = try await transaction.query(
      WatchersOfTickets(tenant: telling.tenant, tickets: tickets), ToldComments(tenant: telling.tenant, publicIds: comments),
      ToldActors(tenants: Set([telling.tenant, telling.provider.id]).sorted(), ids: Array(Set(causes.map(\.actor)))))
    self.comments = Dictionary(foundComments.map { ($0.publicId, $0.body) }) { first, _ in first }
    actors = Dictionary(foundActors.map { ($0.id, (name: $0.name, tenant: $0.tenant, person: $0.person)) }) { first, _ in first }
    let reaching = Set(causes.filter(\.reachesMerged).compactMap(\.ticket?.id)).sorted()
    let foundGone = try await reaching.isEmpty ? [] : transaction.query(TicketsGoneInto(tenant: telling.tenant, tickets: reaching))
    for one in foundGone { wentInto[one.survivor, default: []].append(one) }
    var watching = foundWatchers
    if !foundGone.isEmpty {
      let gone = Set(foundGone.map(\.ticket.id)).subtracting(tickets).sorted()
      let more = try await transaction.query(WatchersOfTickets(tenant: telling.tenant, tickets: gone))
      watching += more
    }
    for watcher in watching { watchers[watcher.ticket, default: []].append((watcher.person, watcher.account)) }
    let named = telling.book.rules.flatMap { $0.rule.staff.map(\.id) }
    approvers = try await Approvers(causes, telling, in: transaction)
    standIn = try await causes.contains(where: \.isUntaken) ? transaction.first(IncidentStandIn()) : nil
    let ofMatters: [Int64] = causes.flatMap { $0.matter?.people ?? [] }
    let ofTickets: [Int64] = causes.compactMap(\.ticket?.requester) + watching.compactMap(\.person) + foundGone.compactMap(\.ticket.requester)
    let personIds = Set(ofTickets + ofMatters + approvers.people)
    let publicIds = causes.compactMap(\.offeredTo) + causes.flatMap(\.escalatedTo)
    let submitters: [Int64] = causes.compactMap { $0.matter?.submittingStaff }
    let offered: [Int64] = causes.flatMap { cause in [cause.matter?.offeredTo, cause.matter?.offerer].compactMap { $0 } }
    let concerned: [Int64] = named + causes.flatMap(\.inCharge) + foundWatchers.compactMap(\.account)
    let byRule: [Int64] = standIn.map { [$0] } ?? []
    try await addStaff(Set(concerned + submitters + offered + approvers.staff + byRule), publicIds, of: causes, telling, in: transaction)
    // Nobody who may be told answers for it, or nobody whom an escalation names: then it concerns whoever answers for the customer, as does what
    // rules say concerns them.
    let concerning = causes.filter { isNobodys($0) || !$0.escalatedTo.isEmpty || telling.isForAccountManagers($0) }
    if !concerning.isEmpty {
      inCharge = try await transaction.query(StaffInCharge(provider: telling.provider.id, customer: telling.tenant, now: telling.now))
      try await addStaff(Set(inCharge), [], of: concerning, telling, in: transaction)
    }
    guard !personIds.isEmpty else { return }
    let foundPeople = try await transaction.query(PeopleToTell(tenant: telling.tenant, ids: personIds.sorted()))
    for receiver in foundPeople { if case .person(let id) = receiver.who { people[id] = receiver } }
  }

  /// A new one is not, where somebody answers for it by the rule.
  private func isNobodys(_ cause: Cause) -> Bool {
    let known = staff[place(of: cause)] ?? [:]
    if cause.event == .opened, cause.isUntaken, let standIn, known[standIn] != nil { return false }
    return cause.isNobodys(among: known)
  }

  /// Of these those who may be told, for each subject of the causes.
  private mutating func addStaff(
    _ ids: Set<Int64>, _ publicIds: [[UInt8]], of causes: [Cause], _ telling: Telling, in transaction: Transaction
  ) async throws {
    let places = Set(causes.map { place(of: $0) })
    for place in places {
      let found = try await transaction.query(
        StaffToTell(
          provider: telling.provider.id, ids: ids.sorted(), publicIds: publicIds, permissions: [place.subject.permission],
          customers: place.customers.map { $0.map(\.rawValue).sorted() }, now: telling.now))
      for receiver in found { if case .staff(let id) = receiver.who { staff[place, default: [:]][id] = receiver } }
    }
  }

  /// Who is asked at a gate is named, and may serve a few customers: the row is the provider's, what waits there a customer's. So is a problem that is
  /// about one. A change is for who serves one of those whom it concerns; what concerns nobody yet is for who serves all.
  private func place(of cause: Cause) -> Place {
    let subject = cause.event.subject
    if let concerned = cause.matter?.concerned(provider) { return Place(subject: subject, customers: concerned) }
    var customer = tenant
    if case .gateApproval(let approval)? = cause.matter { customer = approval.stayTenant }
    return Place(subject: subject, customers: customer == provider && subject.mayBeOfProvider ? nil : [customer])
  }

  /// Whether the customer's people did it, or a programme of theirs.
  func isOfCustomer(_ cause: Cause) -> Bool {
    cause.actorKind == Actor.Kind.customer.rawValue || tenant != provider && actors[cause.actor]?.tenant == tenant
  }

  /// The tickets for which this one spoke when it happened.
  private func gone(into cause: Cause) -> [ToldTicket] {
    guard cause.reachesMerged, !(cause.event == .answered && isOfCustomer(cause)), let ticket = cause.ticket else { return [] }
    return wentInto[ticket.id, default: []].filter { found in found.since.map { $0 <= cause.toldAt } ?? true }.map(\.ticket)
  }

  /// The ticket, his own or one that he watches, about which somebody is told who has nothing to do with the one that it went into and that it happened
  /// to. Of several the first, so that he is told once.
  func goneTicket(of receiver: Receiver, _ cause: Cause) -> ToldTicket? {
    guard case .person(let person) = receiver.who, let ticket = cause.ticket, person != ticket.requester else { return nil }
    let merged = gone(into: cause)
    if let own = merged.first(where: { $0.requester == person }) { return own }
    return watches(person, ticket) ? nil : merged.first { watches(person, $0) }
  }

  private func watches(_ person: Int64, _ ticket: ToldTicket) -> Bool { watchers[ticket.id, default: []].contains { $0.person == person } }

  /// Whom a rule means. Nobody is told what he did himself, and of the provider's own affairs no customer's people.
  func receivers(of cause: Cause, _ rule: NotificationRule) -> [Receiver] {
    var found: [Receiver.Who: Receiver] = [:]
    let staff = staff[place(of: cause)] ?? [:]
    func addStaff(_ id: Int64?) {
      guard let id, let receiver = staff[id], !(cause.actorKind == Actor.Kind.staff.rawValue && cause.actor == id) else { return }
      found[receiver.who] = receiver
    }
    func addPerson(_ id: Int64?) {
      guard cause.event.isForCustomers, let id, let receiver = people[id],
        !(cause.actorKind == Actor.Kind.customer.rawValue && actors[cause.actor]?.person == id)
      else { return }
      found[receiver.who] = receiver
    }
    for audience in rule.audience {
      switch audience {
      case .owner:
        if cause.tellsOwner { addStaff(cause.owner) }
        if cause.isUntaken { addStaff(standIn) }
        addStaff(cause.matter?.offerer)
      case .assignee:
        addStaff(cause.ticket?.assignee)
        for id in cause.matter?.assignees ?? [] { addStaff(id) }
      case .offered:
        addStaff(staff.first { $0.value.publicId == cause.offeredTo }?.key)
        addStaff(cause.matter?.offeredTo)
      case .escalation:
        let named = cause.escalatedTo.compactMap { bits in staff.first { $0.value.publicId == bits }?.key }
        for id in named.isEmpty && !cause.escalatedTo.isEmpty ? inCharge : named { addStaff(id) }
      case .accountManagers: for id in inCharge { addStaff(id) }
      case .requester:
        addPerson(cause.ticket?.requester)
        for ticket in gone(into: cause) { addPerson(ticket.requester) }
        for person in cause.matter?.people ?? [] { addPerson(person) }
        addStaff(cause.matter?.submittingStaff)
      case .approvers:
        for id in approvers.staff(of: cause) { addStaff(id) }
        for person in approvers.people(of: cause) { addPerson(person) }
      case .watchers:
        for watcher in cause.ticket.flatMap({ watchers[$0.id] }) ?? [] {
          addStaff(watcher.account)
          addPerson(watcher.person)
        }
        for ticket in gone(into: cause) { for watcher in watchers[ticket.id] ?? [] { addPerson(watcher.person) } }
      }
    }
    if isNobodys(cause), let audience = cause.event.subject.inCharge, rule.audience.contains(audience) { for id in inCharge { addStaff(id) } }
    for member in rule.staff { addStaff(member.id) }
    return found.values.sorted { $0.who.name < $1.who.name }
  }
}
