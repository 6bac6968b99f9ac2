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
  package static let isPrompt = true
  /// Whose work in the outbox it takes.
  static let consumer = "escalations"

  private let dispatcher: Dispatcher
  private let batch: Int64
  private let tenantsAtOnce: Int
  /// After so long what could not be carried out is tried again; after so many times people are told without the team.
  private static let secondsToNextTry: Int64 = 300
  private static let mostAttempts: Int64 = 3
  /// So long a run goes on.
  private static let runTime = Duration.seconds(30)
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  /// - Parameters:
  ///   - dispatcher: gives a ticket to another team as anybody would.
  ///   - batch: how many are looked at in one transaction.
  ///   - tenantsAtOnce: how many tenants one look finds.
  package init(_ dispatcher: Dispatcher, batch: Int64 = 200, tenantsAtOnce: Int = OutboxTenants.most) {
    self.dispatcher = dispatcher
    self.batch = batch
    self.tenantsAtOnce = tenantsAtOnce
  }

  /// In rounds, so that what is found goes out while there is more to find. What is not done by the end of its time is the next run's.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    let started = ContinuousClock.now
    var rest = LeftUndone()
    // What is at fault is found again by the next run, and not by the next round: it hides nothing behind it.
    var places: [TenantId: Int64] = [:]
    var atFault: Set<Int64> = []
    var goesOn = true
    while goesOn, started.duration(to: .now) < Self.runTime {
      let now = max(now, tenancy.clock.now())
      let book = try await RuleBook.load(provider, at: now, tenancy)
      goesOn = try await findByClocks(book, behind: &places, at: now, tenancy, &rest)
      for entry in book.rules where entry.row.rule.ageMinutes != nil && !atFault.contains(entry.row.id) {
        do {
          if try await findByAge(entry, from: book.progress[entry.row.id], provider, at: now, tenancy) { goesOn = true }
        } catch  where !Task.isCancelled {
          atFault.insert(entry.row.id)
          rest.add("ages by escalation rule \(entry.row.id)", error)
        }
      }
      if try await carryOut(book, provider, at: now, tenancy, &rest) { goesOn = true }
    }
    if !rest.isEmpty { throw rest }
  }

  package func cameDue(in stretch: Range<Instant>, _ tenancy: Tenancy) async throws -> Bool {
    try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.last(HasDueEscalations(stretch: stretch)).first ?? false }
  }

  // MARK: Finding

  /// By what the clocks tell, and by reopenings: a batch of each tenant. What no rule asks for is taken away too.
  /// - Returns: whether there may be more.
  private func findByClocks(
    _ book: RuleBook, behind places: inout [TenantId: Int64], at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws -> Bool {
    var (isMore, last) = (false, Int64(0))
    while true {
      let look = OutboxTenants(of: Self.consumer, after: last, limit: tenantsAtOnce)
      let tenants = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      for tenant in tenants {
        if try await findByClocks(of: tenant, book, behind: &places[tenant, default: 0], at: now, tenancy, &rest) { isMore = true }
      }
      guard tenants.count >= tenantsAtOnce, let behind = tenants.last else { return isMore }
      last = behind.rawValue
    }
  }

  /// A batch of one tenant, behind the place to which the run has looked.
  private func findByClocks(
    of tenant: TenantId, _ book: RuleBook, behind place: inout Int64, at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws -> Bool {
    try Task.checkCancellation()
    let waiting = WaitingOutbox(tenant: tenant, consumer: Self.consumer, after: place, limit: batch)
    let work = try await tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) { try await $0.query(waiting) }
    guard let last = work.last else { return false }
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
    place = last.id
    return work.count >= Int(batch)
  }

  private func find(_ work: [OutboxEntry], of tenant: TenantId, _ book: RuleBook, at now: Instant, _ tenancy: Tenancy) async throws {
    try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      let taken = Set(try await transaction.query(TakeOutbox(tenant: tenant, consumer: Self.consumer, ids: work.map(\.id))))
      guard !book.rules.isEmpty, !taken.isEmpty else { return }
      let work = work.filter { taken.contains($0.id) }
      func reopened(_ kind: String) -> [Int64] { Set(work.filter { $0.kind == kind }.map(\.subject)).sorted() }
      let (ofTickets, ofRequests, incidents) = try await transaction.query(
        PassedThresholds(tenant: tenant, work: work), PassedRequestThresholds(tenant: tenant, work: work),
        TicketsToEscalate(tenant: tenant, ids: reopened("ticket")))
      // The subjects of their events are called as the processes are.
      var tickets = incidents
      for process in [EscalationProcess.request, .problem, .majorIncident] {
        let ids = reopened(process.rawValue)
        if !ids.isEmpty { tickets += try await Self.subjects(of: process, ids, of: tenant, in: transaction) }
      }
      let requests = try await Self.withRequests(ofRequests, of: tenant, in: transaction)
      for (threshold, ticket) in ofTickets + requests {
        for entry in book.rules where entry.row.rule.isSetOff(by: threshold) && threshold.occurredAt >= entry.row.beginsAt {
          insert(ticket, of: tenant, by: entry, threshold, occurredAt: threshold.occurredAt, at: now, in: transaction)
        }
      }
      // Who came to the age while it was resolved was passed over then.
      for ticket in tickets where !ticket.isImported {
        for entry in book.rules {
          guard let reached = entry.row.rule.comesOfAge(ticket.recordedAt, by: entry.calendar), reached <= now, reached >= entry.row.beginsAt else { continue }
          insert(ticket, of: tenant, by: entry, nil, occurredAt: reached, at: now, in: transaction)
        }
      }
    }
  }

  /// What passed of requests, each with its request as it is now.
  private static func withRequests(
    _ passed: [(threshold: Threshold, request: Int64)], of tenant: TenantId, in transaction: Transaction
  ) async throws -> [(threshold: Threshold, ticket: EscalatedTicket)] {
    guard !passed.isEmpty else { return [] }
    let requests = try await subjects(of: .request, Set(passed.map { $0.request }).sorted(), of: tenant, in: transaction)
    let byId = Dictionary(requests.map { ($0.id, $0) }) { first, _ in first }
    return passed.compactMap { one in byId[one.request].map { (threshold: one.threshold, ticket: $0) } }
  }

  /// By age: goes on through the tickets, in the order in which they were recorded, from where it was.
  /// - Returns: whether there may be more.
  private func findByAge(
    _ entry: RuleBook.Entry, from progress: (beginsAt: Instant, place: RecordedTickets.Place)?, _ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy
  ) async throws -> Bool {
    guard let age = entry.row.rule.ageMinutes else { return false }
    try Task.checkCancellation()
    var place = RecordedTickets.Place(
      tenant: TenantId(0), id: 0, recordedAt: entry.row.rule.earliestRecording(comingOfAgeAt: entry.row.beginsAt, by: entry.calendar))
    // How far it looked as the rule was before says nothing of what it means now.
    if let progress, progress.beginsAt == entry.row.beginsAt { place = progress.place }
    let process = entry.row.rule.process
    let look = RecordedTickets(process: process, after: place, until: now.adding(seconds: -age * 60), customer: entry.row.rule.customer, limit: batch)
    let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    // Who was recorded later comes to the age later, by whatever calendar.
    let reached = found.prefix { entry.row.rule.comesOfAge($0.recordedAt, by: entry.calendar).map { $0 <= now } ?? false }
    guard let last = reached.last else { return false }
    for (tenant, places) in Dictionary(grouping: reached, by: \.tenant).sorted(by: { $0.key < $1.key }) {
      try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
        for ticket in try await Self.subjects(of: process, places.map(\.id), of: tenant, in: transaction) {
          guard let occurredAt = entry.row.rule.comesOfAge(ticket.recordedAt, by: entry.calendar), occurredAt >= entry.row.beginsAt else { continue }
          insert(ticket, of: tenant, by: entry, nil, occurredAt: occurredAt, at: now, in: transaction)
        }
      }
      FaultPoint.sweepStep.reach()
    }
    try await tenancy.transaction(binding: [provider.id], side: .staff) {
      $0.enqueue(KeepProgress(provider: provider.id, rule: entry.row, place: last))
    }
    return reached.count == Int(batch)
  }

  /// Tickets, or what goes through another process, as they are now.
  private static func subjects(
    of process: EscalationProcess, _ ids: [Int64], of tenant: TenantId, in transaction: Transaction
  ) async throws -> [EscalatedTicket] {
    process == .incident
      ? try await transaction.query(TicketsToEscalate(tenant: tenant, ids: ids))
      : try await transaction.query(ProcessToEscalate(tenant: tenant, process: process, ids: ids))
  }

  private func insert(
    _ ticket: EscalatedTicket, of tenant: TenantId, by entry: RuleBook.Entry, _ threshold: Threshold?, occurredAt: Instant, at now: Instant,
    in transaction: Transaction
  ) {
    guard entry.row.rule.means(ticket, of: tenant) else { return }
    transaction.enqueue(
      InsertEscalation(
        tenant: tenant, publicId: dispatcher.tenancy.random.publicIdBits(), ticket: ticket, row: entry.row, threshold: threshold, occurredAt: occurredAt,
        dueAt: entry.opening(at: now) ?? now, now: now))
  }

  // MARK: Carrying out

  /// A batch of what is due, of each tenant in turn.
  /// - Returns: whether there may be more.
  private func carryOut(
    _ book: RuleBook, _ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws -> Bool {
    let due = DueEscalations(now: now, limit: batch)
    let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(due) }
    for one in found {
      try Task.checkCancellation()
      do {
        try await tenancy.transaction(binding: Set([one.tenant, provider.id]).sorted(), side: .staff) {
          try await carryOut(one.id, of: one.tenant, book, provider, in: $0)
        }
        FaultPoint.sweepStep.reach()
      } catch  where !Task.isCancelled {
        rest.add("escalation \(one.id) of tenant \(one.tenant)", error)
        let later = PostponeEscalation(
          tenant: one.tenant, id: one.id, until: now.adding(seconds: Self.secondsToNextTry), fault: Failure(error, constraints: [:]).code)
        try await tenancy.transaction(binding: [one.tenant], side: .staff) { $0.enqueue(later) }
      }
    }
    // What was carried out or postponed is not found again.
    return found.count == Int(batch)
  }

  private func carryOut(_ id: Int64, of tenant: TenantId, _ book: RuleBook, _ provider: TenantEntry, in transaction: Transaction) async throws {
    let now = dispatcher.tenancy.clock.now()
    guard let held = try await transaction.first(TicketOfEscalation(tenant: tenant, id: id)) else { return }
    // The ticket first, as everybody does.
    if held.process == .incident { try await TicketNews.hold([held.id], of: tenant, in: transaction) }
    let (rows, tenants) = try await transaction.query(HoldEscalation(tenant: tenant, id: id), TenantById(tenant: tenant))
    let tickets = try await Self.subjects(of: held.process, [held.id], of: tenant, in: transaction)
    guard let row = rows.first, let ticket = tickets.first, let customer = tenants.first else { return }
    let dropped = SettleEscalation(tenant: tenant, id: id, state: .dropped, now: now)
    // It may be over since it was found.
    guard let rule = try await standing(row, ticket, of: tenant, provider, in: transaction) else {
      transaction.enqueue(dropped)
      return
    }
    // Of a rule that was made since the book was read the next round knows the calendar.
    guard let entry = book.rules.first(where: { $0.row.id == row.rule }) else { return }
    guard let opening = entry.opening(at: now) else {
      transaction.enqueue(dropped)
      return
    }
    guard opening <= now else {
      transaction.enqueue(PostponeEscalation(tenant: tenant, id: id, until: opening, fault: nil))
      return
    }
    var settle = SettleEscalation(tenant: tenant, id: id, state: .done, now: now)
    settle.fromTeam = ticket.team?.publicId
    var staysWhereItIs = false
    let (whole, tasks) = rule.gives(ticket, foundWith: row.foundTeam)
    if let toTeam = rule.toTeam, whole || !tasks.isEmpty {
      // A team that may not work for whom it concerns may not tomorrow either: people are told at once.
      let concerned = ticket.workedFor.isEmpty ? [tenant] : ticket.workedFor.sorted()
      let mayGo = try await DeliveryModel.outside([toTeam.id], for: concerned, in: transaction).isEmpty
      if mayGo, row.attempts < Self.mostAttempts {
        if whole, let giving = held.process.assigning {
          try await give(ticket.publicId, by: giving, version: ticket.version, to: toTeam, row, of: customer, provider, in: transaction)
        }
        if let giving = held.process.giving {
          for task in tasks {
            try await give(task.publicId, by: giving, version: task.version, to: toTeam, row, of: customer, provider, in: transaction)
          }
        }
        settle.toTeam = toTeam.publicId
        if !whole { settle.fromTeam = rule.team?.publicId }
        if !tasks.isEmpty { settle.tasksGiven = Int64(tasks.count) }
      } else {
        staysWhereItIs = true
        if !mayGo { settle.fault = DispatchRuleMessages.teamNotAllowed.key }
      }
    }
    let leads = try await leads(of: ticket, rule, provider, in: transaction)
    // Where nothing is done there is nothing to tell; that a team could not have what was meant for it somebody hears, whomever the rule names: who
    // answers for it. Of an incident the owner hears in any case.
    if settle.toTeam != nil || staysWhereItIs || !rule.staff.isEmpty || rule.tellsLeads {
      let losing = settle.toTeam == nil ? nil : ticket.assignee
      let named = rule.staff.map(\.publicId) + leads.filter { lead in !rule.staff.contains { $0.publicId == lead } }
      let isNobodys = row.process != .incident && named.isEmpty && settle.toTeam == nil
      let answering = try await isNobodys ? transaction.first(WhoAnswers(provider: provider.id, tenant: tenant, process: row.process, id: ticket.id)) : nil
      let told = (named + [losing, answering].compactMap { $0 }).map { Value.id(provider.id(IdKind.staff.prefix, $0)) }
      func team(_ bits: [UInt8]?) -> Value { .id(bits.map { provider.id(IdKind.team.prefix, $0) }) }
      let payload: Value = .object(
        [
          "escalation": .id(customer.id(IdKind.escalation.prefix, row.publicId)),
          "rule": .id(provider.id(IdKind.escalationRule.prefix, row.rulePublicId)), "ruleName": .text(rule.name), "metric": .text(row.metric),
          "percent": .integer(row.percent), "agreement": .text(row.percent == nil ? nil : row.agreement.rawValue), "ageMinutes": .integer(row.ageMinutes),
          "priority": .integer(row.process.hasPriority ? ticket.priority : nil), "fromTeam": team(settle.fromTeam), "toTeam": team(settle.toTeam),
          "staff": .array(told), "process": .text(row.process.rawValue),
          "subject": .id((row.process.idKind.owner == .provider ? provider : customer).id(row.process.idKind.prefix, row.ticketPublicId)),
        ])
      if row.process == .incident {
        try await TicketNews(TicketEventType.escalatedByRule, payload, by: Self.actor, at: now).tell([ticket.id], of: tenant, at: now, in: transaction)
      } else {
        // One that was dropped and came again is told anew.
        transaction.record(
          Event(
            subjectKind: EscalationNews.subjectKind, subject: row.id, seq: now.microseconds, type: EscalationNews.escalated, payload: payload, occurredAt: now),
          for: ["notifications"], tenant: tenant, actor: Self.actor, at: now)
      }
    }
    transaction.enqueue(settle)
  }

  /// Who leads the team that has it, or the teams that are to do something of it; of a rule for one team, that one's. As it was before it went away.
  private func leads(
    of ticket: EscalatedTicket, _ rule: EscalationRule, _ provider: TenantEntry, in transaction: Transaction
  ) async throws -> [[UInt8]] {
    guard rule.tellsLeads else { return [] }
    let teams = Set([ticket.team?.id].compactMap { $0 } + ticket.tasks.compactMap(\.team)).filter { rule.team == nil || rule.team?.id == $0 }
    return try await transaction.query(LeadsOfTeams(provider: provider.id, teams: teams.sorted()))
  }

  /// The rule, if it still means the ticket, and what set it off still stands.
  private func standing(
    _ row: EscalationRow, _ ticket: EscalatedTicket, of tenant: TenantId, _ provider: TenantEntry, in transaction: Transaction
  ) async throws -> EscalationRule? {
    guard let rule = try await transaction.first(RuleOfEscalation(provider: provider.id, id: row.rule)), rule.isActive, rule.rule.means(ticket, of: tenant)
    else { return nil }
    guard let clock = row.clock, let percent = row.percent else { return rule.rule }
    return try await transaction.first(StandingThreshold(tenant: tenant, clock: clock, percent: percent, id: ticket.id)) == nil
      ? nil : rule.rule
  }

  /// As anybody would who may work on it: who had it in the team before has it no more.
  private func give(
    _ publicId: [UInt8], by giving: EscalationProcess.Giving, version: Int64, to team: EscalationRule.Named, _ row: EscalationRow,
    of tenant: TenantEntry, _ provider: TenantEntry, in transaction: Transaction
  ) async throws {
    let principal = Principal(
      actor: Self.actor, tenant: provider.id, side: .staff, name: row.ruleName,
      grants: [Grant(role: "escalation", permissions: [giving.permission], scope: tenant.id == provider.id ? .all : .listed([tenant.id]))])
    var input = [
      Value.Member("id", .id(tenant.id(giving.prefix, publicId))), Value.Member("team", .id(provider.id(IdKind.team.prefix, team.publicId))),
    ]
    if giving.hasAssignee { input.append(Value.Member("assignee", .null)) }
    _ = try await dispatcher.act(
      giving.operation, .object(input), as: principal, for: tenant, provider: provider, version: version,
      requestId: tenant.id(IdKind.escalation.prefix, row.publicId).description, in: transaction)
  }
}

/// The provider's rules, with their calendars as they are now.
private struct RuleBook: Sendable {
  struct Entry: Sendable {
    let row: RuleRow
    let calendar: CompiledCalendar?

    /// When it may go out, at an instant or after it; nil: its calendar opens no more.
    func opening(at instant: Instant) -> Instant? { calendar.map { $0.nextOpening(at: instant) } ?? instant }
  }

  let rules: [Entry]
  let progress: [Int64: (beginsAt: Instant, place: RecordedTickets.Place)]

  static func load(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws -> RuleBook {
    try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { transaction in
      let (rules, progress) = try await transaction.query(ActiveRules(provider: provider.id), ProgressOfRules(provider: provider.id))
      let histories = try await ContractTerms.histories(
        ofCalendars: Set(rules.compactMap(\.rule.calendar?.id)).sorted(), from: now, in: transaction)
      return RuleBook(
        rules: rules.map { row in Entry(row: row, calendar: row.rule.calendar.flatMap { histories[$0.id]?.first?.compiled }) },
        progress: Dictionary(progress.map { ($0.rule, ($0.beginsAt, $0.place)) }) { first, _ in first })
    }
  }
}
