import Contracts
import Kernel
import Operations

/// CIs beside what else a ticket is classified by.
extension TicketWork {
  /// The CIs of the ticket, with what the CMDB says of them now. The transaction is bound to the provider too.
  func cis() async throws -> TicketCis {
    let (transaction, tenant) = (context.transaction, context.tenant.id)
    let rows = try await transaction.query(CisOfTicket(tenant: tenant, ticket: ticket.id))
    let known = try await context.facts(of: rows, on: ticket.openedAt.utcDay) { try await transaction.query($0) }
    let named = rows.compactMap { row -> NamedCi? in
      guard let facts = known[row.key] else { return nil }
      var named = NamedCi(facts, isShared: row.isShared, row: row.id)
      (named.isPrimary, named.gaveTier, named.gaveService) = (row.isPrimary, row.gaveTier, row.gaveService)
      return named
    }
    return TicketCis(
      named, tierIsNamed: ticket.ciTier != nil && !named.contains(where: \.gaveTier),
      serviceIsNamed: ticket.service != nil && ticket.serviceCategory == nil && !named.contains(where: \.gaveService))
  }

  /// The tier and the service are chosen by the CIs, and by the category what these do not say, where nobody named them.
  mutating func choose(by cis: inout TicketCis) async throws {
    try await context.lookUpServices(of: &cis, at: ticket.openedAt)
    if !cis.serviceIsNamed, !cis.giveService { cis.ofCategory = try await context.service(ofCategory: ticket.category, at: ticket.openedAt) }
    cis.choose(&ticket.ciTier, &ticket.service, &ticket.serviceCategory)
  }

  /// Notes what changed of them, and writes it after the ticket's own row.
  mutating func note(_ cis: TicketCis) {
    guard cis.isChanged else { return }
    note(
      TicketEventType.cisChanged,
      .object([
        "added": .array(cis.added.map { .id(context.id(of: $0.key)) }), "removed": .array(cis.removed.map { .id(context.id(of: $0.key)) }),
        "primary": .id(cis.primary.map { context.id(of: $0.key) }),
      ]))
  }

  /// After the ticket's own row, which these name.
  func save(_ cis: TicketCis, because reason: String? = nil) {
    let (transaction, tenant) = (context.transaction, context.tenant.id)
    if cis.changesPrimary { transaction.enqueue(ClearPrimaryCi(tenant: tenant, ticket: ticket.id)) }
    if !cis.removed.isEmpty {
      transaction.enqueue(
        RemoveTicketCis(tenant: tenant, rows: cis.removed.compactMap(\.row), reason: reason, principal: context.principal, now: context.now))
    }
    let remarked = cis.remarked
    if !remarked.isEmpty { transaction.enqueue(UpdateTicketCis(tenant: tenant, cis: remarked)) }
    if !cis.added.isEmpty {
      transaction.enqueue(
        InsertTicketCis(
          tenant: tenant, ticket: ticket.id, openedAt: ticket.openedAt, cis: cis.added, reason: reason, principal: context.principal, now: context.now))
    }
  }

  /// A change of CIs by itself.
  mutating func follow(_ cis: inout TicketCis, because reason: String?) async throws {
    let before = ticket
    try await carry(&cis)
    try await dispatchAnew(since: before, cis)
    save()
    save(cis, because: reason)
  }

  /// Targets follow a change of CIs as they follow a new priority. Nothing is written yet.
  mutating func carry(_ cis: inout TicketCis) async throws {
    let before = ticket
    try await choose(by: &cis)
    note(cis)
    try await follow(before, cis)
  }

  /// Targets follow what the ticket is about, as it was changed since `before`, and the line its CIs and whom it concerns.
  mutating func follow(_ before: Ticket, _ cis: TicketCis? = nil) async throws {
    let covering = cis.flatMap(linesThatCount)
    let followsRequester = lineFollowsRequester(since: before)
    guard ticket.facts != before.facts || covering != nil || followsRequester else { return }
    let terms = try await chooseLine(
      .keep, coveredBy: covering, followsService: lineFollowsService(since: before), followsRequester: followsRequester)
    guard ticket.facts != before.facts || ticket.hasOtherLine(than: before) else { return }
    try await retargetAll(under: terms)
    note(TicketEventType.classified, ClassifyIncident.change(from: before, to: self, cis))
  }

  /// Whether the ticket is about another service now, and its line may follow.
  func lineFollowsService(since before: Ticket) -> Bool { ticket.service?.id != before.service?.id && !ticket.targetsLocked }

  /// The lines that cover the CIs, where an act changed these and the line may follow; nil: it stays.
  func linesThatCount(_ cis: TicketCis) -> [Int64]? {
    guard cis.isChanged, !ticket.targetsLocked else { return nil }
    let lines = cis.linesInOrder
    return lines.isEmpty && ticket.lineReason != LineReason.ci.rawValue ? nil : lines
  }

  /// Brings the customer's clocks and those of the team's turn under the targets that count for the ticket as it is now.
  mutating func retargetAll(under terms: LineTerms?) async throws {
    let history = try await history()
    try await retarget(under: terms, history)
    try await retargetTurn(history)
  }
}

extension OperationContext {
  /// What the CMDB says of CIs that a ticket names.
  /// - Parameter shared: reads those that the provider shares, bound to its tenant.
  func facts(
    of rows: [TicketCiRow], on day: CalendarDate, shared: (CisOfRows) async throws -> [NamedCi.Facts]
  ) async throws -> [NamedCi.Key: NamedCi.Facts] {
    var known: [NamedCi.Key: NamedCi.Facts] = [:]
    let (own, others) = (rows.compactMap(\.ci), rows.compactMap(\.sharedCi))
    if !own.isEmpty {
      for facts in try await transaction.query(CisOfRows(tenant: tenant.id, day: day, rows: own)) {
        known[NamedCi.Key(isShared: false, publicId: facts.publicId)] = facts
      }
    }
    if !others.isEmpty {
      for facts in try await shared(CisOfRows(tenant: provider.id, day: day, rows: others)) {
        known[NamedCi.Key(isShared: true, publicId: facts.publicId)] = facts
      }
    }
    return known
  }

  func id(of key: NamedCi.Key) -> PublicId { (key.isShared ? provider : tenant).id(IdKind.ticketCi.prefix, key.publicId) }

  /// What the lines that cover the CIs sell at an instant; nothing is looked up where somebody named the service.
  func lookUpServices(of cis: inout TicketCis, at instant: Instant) async throws {
    guard !cis.serviceIsNamed, !cis.coveringLines.isEmpty else { return }
    let found = try await transaction.query(ServicesOfLines(tenant: tenant.id, lines: cis.coveringLines, at: instant))
    cis.take(services: Dictionary(found.map { ($0.line, Ticket.Service(id: $0.service, code: $0.code)) }) { first, _ in first })
  }

  /// The CIs of the customer that a body names, in its order. The caller names what he may see (`ci.read`), and what is in its life.
  func cisToName(_ ids: [PublicId], openedAt: Instant, path: (Int) -> String) async throws -> [NamedCi] {
    guard !ids.isEmpty else { return [] }
    guard let access = principal.access("ci.read", honouring: IncidentFields.everyScope, at: now), access.reaches(tenant.id) else {
      throw unknownReference(path(0))
    }
    let found = try await transaction.query(CisToName(tenant: tenant.id, day: openedAt.utcDay, publicIds: ids, scope: access.rows))
    return try named(ids, found, isShared: false, path)
  }

  /// CIs that the provider shares and that affect the customer. Staff only.
  func sharedCisToName(_ ids: [PublicId], path: (Int) -> String) async throws -> [NamedCi] {
    guard !ids.isEmpty else { return [] }
    guard principal.side == .staff else { throw Failure.invalid(path(0), DeskMessages.staffOnly) }
    let found = try await transaction.query(SharedCisToName(provider: provider.id, customer: tenant.id, publicIds: ids))
    return try named(ids, found, isShared: true, path)
  }

  private func named(_ ids: [PublicId], _ found: [NamedCi.Facts], isShared: Bool, _ path: (Int) -> String) throws(Failure) -> [NamedCi] {
    var named: [NamedCi] = []
    for (place, id) in ids.enumerated() {
      guard let facts = found.first(where: { $0.publicId == id.random }) else { throw unknownReference(path(place)) }
      guard facts.isLive else { throw Failure.invalid(path(place), TicketCiMessages.retired, ["name": facts.name, "state": facts.state]) }
      if !named.contains(where: { $0.facts.id == facts.id }) { named.append(NamedCi(facts, isShared: isShared)) }
    }
    return named
  }
}
