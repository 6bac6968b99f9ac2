import Desk
import Kernel
import Operations
import Postgres
import TLS
import Tenancy

/// Puts alerts into groups, and does what their incidents need.
struct GroupTurns {
  let settlement: Settlement
  let tenant: TenantEntry
  let cis: CiNames
  let now: Instant
  private(set) var counts: [Settlement.Outcome: Int64] = [:]
  private var groups: [Int64: GroupRow] = [:]
  private var tickets: [[UInt8]: WatchedTicket] = [:]
  private var stormGroup: Int64?

  private var source: SourceRow { settlement.source }
  private var settings: SourceSettings { settlement.source.settings }

  init(settlement: Settlement, tenant: TenantEntry, cis: CiNames, now: Instant) {
    self.settlement = settlement
    self.tenant = tenant
    self.cis = cis
    self.now = now
  }

  // MARK: Groups

  /// Gives each alert that begins a group: its own, or, where that would open one incident too many, that of the storm.
  mutating func assign(_ book: inout AlertBook, in transaction: Transaction) async throws {
    let (begun, ended) = (book.begun, book.ended)
    let fresh = begun + book.stale.filter { $0.state == .suppressed }
    guard !fresh.isEmpty || !ended.isEmpty else { return }
    var keys: [String: String] = [:]
    // What wakes was put into its group when it was suppressed; how its sender grouped it is known no more.
    for alert in fresh where alert.group == nil || book.groupKeys[alert.fingerprint] != nil {
      keys[alert.fingerprint] = settings.groupKey(of: alert.labels, sent: book.groupKeys[alert.fingerprint] ?? "", fingerprint: alert.fingerprint)
    }
    try await find(Set(keys.values), ids: Set((begun + ended).compactMap(\.group)), in: transaction)
    let byHash = Dictionary(groups.values.map { ($0.keyHash, $0.id) }) { first, _ in first }
    let since = now.adding(seconds: -Settlement.stormSeconds)
    var opened =
      begun.isEmpty
      ? 0 : try await transaction.first(CountOpened(tenant: tenant.id, source: source.publicId, since: since)) ?? 0
    var opening: Set<Int64> = []
    let begins = Set(begun.map(\.fingerprint))
    for alert in fresh {
      guard var group = keys[alert.fingerprint].flatMap({ byHash[Self.hash($0)] }) ?? alert.group else { continue }
      if begins.contains(alert.fingerprint), !isLive(group), !opening.contains(group) {
        if opened >= settings.stormLimit {
          group = try await storm(in: transaction)
          count(.stormed)
        } else {
          opened += 1
          opening.insert(group)
        }
      }
      book.put(alert.fingerprint, into: group)
    }
  }

  private func isLive(_ group: Int64) -> Bool {
    groups[group]?.ticket.flatMap { tickets[$0] }.map { GroupTurn.isNear($0, at: now, settings.flapMinutes) } ?? false
  }

  private mutating func find(_ keys: Set<String>, ids: Set<Int64>, in transaction: Transaction) async throws {
    let hashes = Dictionary(keys.map { (Self.hash($0), $0) }) { first, _ in first }
    let wanted = hashes.keys.sorted { $0.lexicographicallyPrecedes($1) }
    var found = try await transaction.query(
      FindGroups(tenant: tenant.id, source: source.publicId, keyHashes: wanted, ids: ids.sorted()))
    let known = Set(found.map(\.keyHash))
    let missing = wanted.filter { !known.contains($0) }
    if !missing.isEmpty {
      found += try await transaction.query(
        InsertGroups(
          tenant: tenant.id, source: source.publicId, keyHashes: missing, keys: missing.map { String((hashes[$0] ?? "").prefix(500)) }, isStorm: false,
          now: now))
    }
    try await add(found, in: transaction)
  }

  private mutating func storm(in transaction: Transaction) async throws -> Int64 {
    if let stormGroup { return stormGroup }
    let hash = Self.hash(Settlement.stormKey)
    var found = try await transaction.query(FindGroups(tenant: tenant.id, source: source.publicId, keyHashes: [hash], ids: []))
    if found.isEmpty {
      found = try await transaction.query(
        InsertGroups(
          tenant: tenant.id, source: source.publicId, keyHashes: [hash], keys: [Settlement.stormKey], isStorm: true, now: now))
    }
    try await add(found, in: transaction)
    guard let group = found.first?.id else { throw Failure(.internal, OperationMessages.internalFault, debug: "no group for the storm") }
    stormGroup = group
    return group
  }

  /// With their incidents, locked. Of one that was merged, the incident that it went into.
  private mutating func add(_ found: [GroupRow], in transaction: Transaction) async throws {
    for group in found { groups[group.id] = group }
    var wanted = Set(found.compactMap(\.ticket)).subtracting(tickets.keys)
    // Whoever merges what was merged makes no endless chain.
    for _ in 0..<8 where !wanted.isEmpty {
      let ids = wanted.sorted { $0.lexicographicallyPrecedes($1) }
      let read = try await watched(ids, in: transaction)
      for ticket in read { tickets[ticket.publicId] = ticket }
      wanted = Set(read.compactMap(\.mergedInto)).subtracting(tickets.keys)
    }
    for group in found {
      guard let ticket = group.ticket else { continue }
      var last = ticket
      for _ in 0..<8 { if let next = tickets[last]?.mergedInto { last = next } }
      guard last != ticket else { continue }
      groups[group.id]?.ticket = last
      transaction.enqueue(FollowGroup(tenant: tenant.id, group: group.id, ticket: last))
      transaction.enqueue(FollowTicket(tenant: tenant.id, from: ticket, to: last))
    }
  }

  /// Incidents, locked. Whoever records time on one, or has a timer running, works on it, and its history does not say so.
  private func watched(_ ids: [[UInt8]], in transaction: Transaction) async throws -> [WatchedTicket] {
    let (_, found, worked, timed) = try await transaction.query(
      HoldWatchedTickets(tenant: tenant.id, publicIds: ids), FindWatchedTickets(tenant: tenant.id, publicIds: ids, account: source.account),
      TicketsWorkedOn(tenant: tenant.id, publicIds: ids), TicketsTimed(provider: settlement.provider.id, customer: tenant.id, publicIds: ids))
    let inHand = Set(worked + timed)
    return found.map { ticket in
      var ticket = ticket
      if inHand.contains(ticket.publicId) { ticket.isTouched = true }
      return ticket
    }
  }

  private static func hash(_ key: String) -> [UInt8] { SHA256.hash(key) }

  private mutating func count(_ outcome: Settlement.Outcome) { counts[outcome, default: 0] += 1 }

  // MARK: Incidents

  /// Once the alerts are written.
  mutating func act(_ book: AlertBook, in transaction: Transaction) async throws {
    let begun = Dictionary(grouping: book.begun.filter { $0.group != nil }) { $0.group ?? 0 }
    let ended = Dictionary(grouping: book.ended.filter { $0.group != nil }) { $0.group ?? 0 }
    let ids = Set(begun.keys).union(ended.keys).sorted()
    guard !ids.isEmpty else { return }
    let firing = Dictionary(try await transaction.query(CountFiring(tenant: tenant.id, groups: ids)).map { ($0.group, $0.count) }) { first, _ in first }
    for id in ids {
      guard let group = groups[id] else { continue }
      let alerts = begun[id] ?? []
      let turn = GroupTurn(
        begun: alerts.count, ended: ended[id]?.count ?? 0, firing: firing[id] ?? 0, ticket: group.ticket.flatMap { tickets[$0] })
      guard let act = turn.act(at: now, flapMinutes: settings.flapMinutes, resolves: settings.resolves) else { continue }
      guard let ticket = try await perform(act, group, alerts, turn, in: transaction), !alerts.isEmpty else { continue }
      let put = PutIntoTicket(tenant: tenant.id, source: source.publicId, fingerprints: alerts.map(\.fingerprint), ticket: ticket)
      transaction.enqueue(put)
    }
  }

  /// - Returns: the incident that it was.
  private mutating func perform(
    _ act: GroupAct, _ group: GroupRow, _ alerts: [Alert], _ turn: GroupTurn, in transaction: Transaction
  ) async throws -> [UInt8]? {
    let words = AlertWords(language: tenant.language, source: source.name)
    switch act {
    case .open:
      count(.opened)
      return try await open(group, alerts, words, in: transaction)
    case .tell:
      guard let ticket = turn.ticket else { break }
      // Not each alert of a storm is a comment.
      let tellAt = group.toldAt.map { max(now, $0.adding(seconds: GroupTurn.secondsBetweenWords(ticket))) } ?? now
      transaction.enqueue(OweWord(tenant: tenant.id, group: group.id, tellAt: tellAt))
      transaction.enqueue(MarkUntold(tenant: tenant.id, source: source.publicId, fingerprints: alerts.map(\.fingerprint)))
    case .reopen:
      guard let ticket = turn.ticket else { break }
      let why = words.cameBack(alerts, staysOpen: GroupTurn.flaps(ticket.reopenCount + 1))
      do {
        _ = try await call("incident.reopen", ["reason": .text(why), "visibility": "internal"], on: ticket, in: transaction)
      } catch let failure as Failure where failure.message == EndingMessages.reopenedTooLate {
        // It has been closed for too long by the provider's policy: what comes back is another one.
        count(.opened)
        return try await open(group, alerts, words, in: transaction)
      }
      try await readAgain(ticket, in: transaction)
      transaction.enqueue(MarkTold(tenant: tenant.id, group: group.id, now: now))
      count(.reopened)
    case .resolve:
      guard let ticket = turn.ticket else { break }
      do {
        _ = try await call("incident.resolve", ["resolution": .text(words.allOver(true))], on: ticket, in: transaction)
        try await readAgain(ticket, in: transaction)
        count(.resolved)
      } catch let failure as Failure where failure.kind == .invalid {
        // The provider has retired the code by which it would be closed: a person says how it ended.
        try await comment(words.allOver(false), on: ticket, in: transaction)
      }
    case .tellThatAllIsOver:
      guard let ticket = turn.ticket else { break }
      try await comment(words.allOver(false), on: ticket, in: transaction)
      count(.told)
    }
    return turn.ticket?.publicId
  }

  private func open(_ group: GroupRow, _ alerts: [Alert], _ words: AlertWords, in transaction: Transaction) async throws -> [UInt8] {
    let isStorm = group.id == stormGroup
    let severities = alerts.map { settings.severity(of: $0.labels) }
    let named = alerts.flatMap { cis.named(by: $0.labels).sorted { $0.lexicographicallyPrecedes($1) } }
    var seen: Set<[UInt8]> = []
    let distinct = named.filter { seen.insert($0).inserted }.prefix(Settlement.mostCis).map { Value.id(tenant.id(IdKind.ciOfWindow.prefix, $0)) }
    var input: [Value.Member] = [
      Value.Member("customer", .id(tenant.publicId)), Value.Member("title", .text(words.title(alerts, isStorm: isStorm))),
      Value.Member("description", .text(words.description(alerts, isStorm: isStorm))),
      Value.Member("impact", .integer(severities.map(\.impact).min() ?? SourceSettings.middle.impact)),
      Value.Member("urgency", .integer(severities.map(\.urgency).min() ?? SourceSettings.middle.urgency)),
      Value.Member("source", "monitoring"), Value.Member("nature", "event"),
    ]
    if let first = distinct.first { input += [Value.Member("cis", .array(distinct)), Value.Member("primaryCi", first)] }
    let opened = try await settlement.dispatcher.act(
      "incident.open", .object(input), as: settlement.principal, for: tenant, provider: settlement.provider, requestId: requestId, in: transaction)
    guard let id = opened["id"]?.text.flatMap({ PublicId($0) }) else {
      throw Failure(.internal, OperationMessages.internalFault, debug: "incident.open gave no id")
    }
    transaction.enqueue(OpenGroup(tenant: tenant.id, group: group.id, ticket: id.random, now: now))
    return id.random
  }

  /// Tells incidents of the alerts that joined their groups since the last word, as far as they still fire.
  mutating func tell(_ ids: [Int64], in transaction: Transaction) async throws {
    guard !ids.isEmpty else { return }
    try await add(try await transaction.query(FindGroups(tenant: tenant.id, source: source.publicId, keyHashes: [], ids: ids)), in: transaction)
    for id in ids {
      let (firing, untold, alerts) = try await transaction.query(
        CountFiring(tenant: tenant.id, groups: [id]), CountUntold(tenant: tenant.id, group: id),
        UntoldAlerts(tenant: tenant.id, group: id, limit: Int64(AlertWords.mostListed)))
      if let ticket = groups[id]?.ticket.flatMap({ tickets[$0] }), ticket.state.isOpen, let count = untold.first, count > 0 {
        let words = AlertWords(language: tenant.language, source: source.name)
        try await comment(words.more(alerts, count: count, firing: firing.first?.count ?? 0), on: ticket, in: transaction)
        self.count(.told)
      }
      transaction.enqueue(MarkTold(tenant: tenant.id, group: id, now: now))
      transaction.enqueue(ForgetUntold(tenant: tenant.id, group: id))
    }
  }

  private func comment(_ text: String, on ticket: WatchedTicket, in transaction: Transaction) async throws {
    _ = try await call("incident.comment", ["body": .text(text), "visibility": "internal"], on: ticket, in: transaction)
  }

  /// Another group may have the same incident, and finds it as this one left it.
  private mutating func readAgain(_ ticket: WatchedTicket, in transaction: Transaction) async throws {
    if let read = try await watched([ticket.publicId], in: transaction).first { tickets[ticket.publicId] = read }
  }

  private func call(
    _ operation: String, _ input: KeyValuePairs<String, Value>, on ticket: WatchedTicket, in transaction: Transaction
  ) async throws -> Value {
    let id = Value.Member("id", .id(tenant.id(IdKind.ticketOfAlert.prefix, ticket.publicId)))
    return try await settlement.dispatcher.act(
      operation, .object([id] + input.map { Value.Member($0.key, $0.value) }), as: settlement.principal, for: tenant, provider: settlement.provider,
      version: ticket.version, requestId: requestId, in: transaction)
  }

  private var requestId: String { "event-\(source.id)" }
}
