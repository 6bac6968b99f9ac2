import Contracts
import Desk
import Jobs
import Kernel
import Operations
import Postgres
import ServiceTime
import Tenancy

/// Escalates: finds tickets of which a rule holds, by what the clocks tell and by age, and carries it out once its calendar is open. What is found
/// and what is done of it are transactions of one customer each; a ticket is escalated by a rule once, however often a worker dies.
package struct EscalationSweep: Sweep {
  package static let kind = "escalations.raise"
  package static let everySeconds: Int64 = 15
  /// Whose work in the outbox it takes.
  static let consumer = "escalations"

  private let dispatcher: Dispatcher
  private let batch: Int64
  /// After so long what could not be carried out is tried again.
  private static let secondsToNextTry: Int64 = 300
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  /// - Parameters:
  ///   - dispatcher: gives a ticket to another team as anybody would.
  ///   - batch: how many are looked at in one transaction.
  package init(_ dispatcher: Dispatcher, batch: Int64 = 200) {
    self.dispatcher = dispatcher
    self.batch = batch
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let book = try await RuleBook.load(provider, at: now, tenancy)
    var rest = LeftUndone()
    try await findByClocks(book, at: now, tenancy, &rest)
    for entry in book.rules where entry.row.rule.ageMinutes != nil {
      do {
        try await findByAge(entry, from: book.progress[entry.row.id], provider, at: now, tenancy)
      } catch  where !Task.isCancelled {
        rest.add("ages by escalation rule \(entry.row.id)", error)
      }
    }
    try await carryOut(provider, at: now, tenancy, &rest)
    if !rest.isEmpty { throw rest }
  }

  // MARK: Finding

  /// By what the clocks tell; what no rule asks for is taken away too.
  private func findByClocks(_ book: RuleBook, at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    let tenants = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(OutboxTenants(of: Self.consumer)) }
    for tenant in tenants {
      var after: Int64 = 0
      while true {
        try Task.checkCancellation()
        let waiting = WaitingOutbox(tenant: tenant, consumer: Self.consumer, after: after, limit: batch)
        let work = try await tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) { try await $0.query(waiting) }
        guard let last = work.last else { break }
        after = last.id
        do {
          try await find(work, of: tenant, book, at: now, tenancy)
        } catch  where !Task.isCancelled {
          // One of them is at fault: each by itself, so that the others are seen.
          for one in work {
            do {
              try await find([one], of: tenant, book, at: now, tenancy)
            } catch  where !Task.isCancelled {
              rest.add("\(one.kind) \(one.subject) of tenant \(tenant)", error)
            }
          }
        }
        if work.count < Int(batch) { break }
      }
    }
  }

  private func find(_ work: [OutboxEntry], of tenant: TenantId, _ book: RuleBook, at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      let taken = Set(try await transaction.query(TakeOutbox(tenant: tenant, consumer: Self.consumer, ids: work.map(\.id))))
      guard book.hasThresholds, !taken.isEmpty else { return }
      let passed = PassedThresholds(tenant: tenant, work: work.filter { taken.contains($0.id) })
      for (threshold, ticket) in try await transaction.query(passed) {
        for entry in book.rules where entry.row.rule.isSetOff(by: threshold) && entry.row.rule.means(ticket, of: tenant) {
          // What happened before there was the rule is not its affair.
          guard threshold.occurredAt >= entry.row.recordedAt else { continue }
          transaction.enqueue(
            InsertEscalation(
              tenant: tenant, publicId: tenancy.random.publicIdBits(), ticket: ticket, row: entry.row, threshold: threshold,
              occurredAt: threshold.occurredAt, dueAt: entry.calendar?.nextOpening(at: now) ?? now, now: now))
        }
      }
    }
  }

  /// By age: goes on through the tickets, in the order in which they were recorded, from where it was.
  private func findByAge(
    _ entry: RuleBook.Entry, from progress: RecordedTickets.Place?, _ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy
  ) async throws {
    guard let age = entry.row.rule.ageMinutes else { return }
    // Of a new rule: tickets that came to the age before there was the rule are not its affair.
    var place = progress ?? RecordedTickets.Place(tenant: TenantId(0), id: 0, recordedAt: entry.row.recordedAt.adding(seconds: -age * 60))
    while true {
      try Task.checkCancellation()
      let look = RecordedTickets(after: place, until: now.adding(seconds: -age * 60), customer: entry.row.rule.customer, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      // Who was recorded later comes to the age later, by whatever calendar.
      let reached = found.prefix { entry.row.rule.isReached(recordedAt: $0.recordedAt, now: now, by: entry.calendar) }
      guard let last = reached.last else { return }
      for (tenant, places) in Dictionary(grouping: reached, by: \.tenant).sorted(by: { $0.key < $1.key }) {
        let recorded = Dictionary(places.map { ($0.id, $0.recordedAt) }) { first, _ in first }
        try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
          let tickets = try await transaction.query(TicketsToEscalate(tenant: tenant, ids: places.map(\.id)))
          for ticket in tickets where entry.row.rule.means(ticket, of: tenant) {
            guard let recordedAt = recorded[ticket.id] else { continue }
            transaction.enqueue(
              InsertEscalation(
                tenant: tenant, publicId: tenancy.random.publicIdBits(), ticket: ticket, row: entry.row, threshold: nil,
                occurredAt: entry.reached(by: recordedAt) ?? now, dueAt: entry.calendar?.nextOpening(at: now) ?? now, now: now))
          }
        }
      }
      let reachedPlace = last
      try await tenancy.transaction(binding: [provider.id], side: .staff) {
        $0.enqueue(KeepProgress(provider: provider.id, rule: entry.row.id, place: reachedPlace))
      }
      place = last
      guard reached.count == found.count, found.count == Int(batch) else { return }
    }
  }

  // MARK: Carrying out

  private func carryOut(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    while true {
      let due = DueEscalations(now: now, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(due) }
      for one in found {
        try Task.checkCancellation()
        do {
          try await tenancy.transaction(binding: Set([one.tenant, provider.id]).sorted(), side: .staff) {
            try await carryOut(one.id, of: one.tenant, provider, in: $0)
          }
        } catch  where !Task.isCancelled {
          rest.add("escalation \(one.id) of tenant \(one.tenant)", error)
          let later = PostponeEscalation(tenant: one.tenant, id: one.id, until: now.adding(seconds: Self.secondsToNextTry))
          try await tenancy.transaction(binding: [one.tenant], side: .staff) { $0.enqueue(later) }
        }
      }
      // What was carried out or postponed is not found again.
      guard found.count == Int(batch) else { return }
    }
  }

  private func carryOut(_ id: Int64, of tenant: TenantId, _ provider: TenantEntry, in transaction: Transaction) async throws {
    let now = dispatcher.tenancy.clock.now()
    guard let held = try await transaction.first(TicketOfEscalation(tenant: tenant, id: id)) else { return }
    // The ticket first, as everybody does.
    try await TicketNews.hold([held], of: tenant, in: transaction)
    let (rows, tickets, tenants) = try await transaction.query(
      HoldEscalation(tenant: tenant, id: id), TicketsToEscalate(tenant: tenant, ids: [held]), TenantById(tenant: tenant))
    guard let row = rows.first, let ticket = tickets.first, let customer = tenants.first else { return }
    guard let rule = try await transaction.first(RuleOfEscalation(provider: provider.id, id: row.rule)) else { return }
    // It may be over since it was found, while its calendar was shut.
    guard rule.isActive, rule.rule.means(ticket, of: tenant) else {
      transaction.enqueue(SettleEscalation(tenant: tenant, id: id, state: .dropped, now: now))
      return
    }
    var settle = SettleEscalation(tenant: tenant, id: id, state: .done, now: now)
    if let team = ticket.team { settle.fromTeam = try await transaction.first(TeamPublicId(id: team)) }
    if let toTeam = rule.rule.toTeam, toTeam.id != ticket.team {
      try await give(ticket, to: toTeam, row, of: customer, provider, in: transaction)
      settle.toTeam = toTeam.publicId
    }
    let news = TicketNews(
      TicketEventType.escalatedByRule,
      .object([
        "escalation": .id(customer.id(IdKind.escalation.prefix, row.publicId)), "rule": .id(provider.id(IdKind.escalationRule.prefix, row.rulePublicId)),
        "metric": .text(row.metric), "percent": .integer(row.percent), "ageMinutes": .integer(row.ageMinutes),
        "toTeam": .id(settle.toTeam.map { provider.id(IdKind.team.prefix, $0) }),
        "staff": .array(rule.rule.staff.map { .id(provider.id(IdKind.staff.prefix, $0.publicId)) })
      ]), by: Self.actor, at: now)
    try await news.tell([ticket.id], of: tenant, at: now, in: transaction)
    transaction.enqueue(settle)
  }

  /// As anybody would who may work on the customer's tickets: who had it in the team before has it no more.
  private func give(
    _ ticket: EscalatedTicket, to team: EscalationRule.Named, _ row: EscalationRow, of customer: TenantEntry, _ provider: TenantEntry,
    in transaction: Transaction
  ) async throws {
    let principal = Principal(
      actor: Self.actor, tenant: provider.id, side: .staff, name: row.ruleName,
      grants: [Grant(role: "escalation", permissions: ["incident.work"], scope: .listed([customer.id]))])
    let input: Value = .object([
      "id": .id(customer.id(IdKind.incident.prefix, ticket.publicId)), "team": .id(provider.id(IdKind.team.prefix, team.publicId)),
      "assignee": .null,
    ])
    _ = try await dispatcher.act(
      "incident.assign", input, as: principal, for: customer, provider: provider, version: ticket.version,
      requestId: customer.id(IdKind.escalation.prefix, row.publicId).description, in: transaction)
  }
}

/// The provider's rules, with their calendars as they are now.
private struct RuleBook: Sendable {
  struct Entry: Sendable {
    let row: RuleRow
    let calendar: CompiledCalendar?

    /// When a ticket that was recorded then came to the rule's age.
    func reached(by recordedAt: Instant) -> Instant? {
      let seconds = (row.rule.ageMinutes ?? 0) * 60
      return calendar.map { $0.deadline(from: recordedAt, seconds: seconds) } ?? recordedAt.adding(seconds: seconds)
    }
  }

  let rules: [Entry]
  let progress: [Int64: RecordedTickets.Place]

  var hasThresholds: Bool { rules.contains { $0.row.rule.percent != nil } }

  static func load(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws -> RuleBook {
    try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { transaction in
      let (rules, progress) = try await transaction.query(ActiveRules(provider: provider.id), ProgressOfRules(provider: provider.id))
      let histories = try await ContractTerms.histories(
        ofCalendars: Set(rules.compactMap(\.rule.calendar?.id)).sorted(), from: now, in: transaction)
      return RuleBook(
        rules: rules.map { row in Entry(row: row, calendar: row.rule.calendar.flatMap { histories[$0.id]?.first?.compiled }) },
        progress: Dictionary(progress.map { ($0.rule, $0.place) }) { first, _ in first })
    }
  }
}
