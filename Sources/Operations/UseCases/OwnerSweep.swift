import Jobs
import Kernel
import Postgres
import Tenancy

/// Of one process, how a record is taken from who may not work on it any more. Each process is one entry of the sweep's list (where work on it needs
/// several permissions, one for each), and one branch of the finder's functions.
package protocol OwnerKeeper: Sendable {
  /// By which the history of a record is told.
  associatedtype Note: NoteStatement
  /// As the finder knows it, and what its events begin with.
  var process: String { get }
  /// What work on it needs, for whom the record is.
  var permission: String { get }
  /// Whose the events of a record are.
  var subjectKind: String { get }

  /// Locks the record, as its own acts do before they touch its offers.
  func hold(_ record: Int64, of tenant: TenantId, in transaction: Transaction) async throws
  /// Nobody has it any more: who answers by the rule does.
  /// - Returns: false: another one has it by now, or it is over.
  func release(_ record: Int64, of tenant: TenantId, from owner: Int64, at now: Instant, in transaction: Transaction) async throws -> Bool
  /// Ends the offer of it that nobody has answered.
  /// - Returns: false: there is none.
  func endOffer(of record: Int64, of tenant: TenantId, at now: Instant, in transaction: Transaction) async throws -> Bool
  /// Notes that who leads a team is told of an offer to it that nobody has answered.
  /// - Returns: who leads it, by the random bits of their public ids; none: it was answered or told of meanwhile, or
  ///   nobody leads it any more, and it waits on.
  func leadsToRemind(
    of offer: Int64, of tenant: TenantId, provider: TenantId, at now: Instant, in transaction: Transaction
  ) async throws -> [[UInt8]]
}

extension OwnerKeeper {
  /// Puts an event into its history.
  /// - Returns: its place there.
  fileprivate func note(
    _ type: String, _ payload: Value, on record: Int64, of tenant: TenantId, by actor: Actor, at now: Instant, in transaction: Transaction
  ) async throws -> Int64? {
    try await transaction.first(Note(type, payload, on: record, of: tenant, by: actor, at: now))
  }
}

/// What somebody answered for who may not work on it any more (his login is disabled, a grant of his was revoked or ran out) is answered for by the
/// provider's rule from then on, until somebody takes it: each record that goes on in a transaction of its own, with an event. So do offers end that
/// nobody can accept. What is over keeps its owner; one that is reopened is found then. Who leads a team is told, once, of what it has not answered for a
/// day.
package struct OwnerSweep: Sweep {
  package static let kind = "operations.owners"
  package static let everySeconds: Int64 = 15
  /// So long a team has for an answer before who leads it is told.
  private static let secondsToAnswer: Int64 = 86_400

  private let keepers: [any OwnerKeeper]
  private let batch: Int64
  private static let actor = Actor(kind: .system, id: 0, via: .job)

  /// - Parameter batch: how many are looked for at once.
  package init(_ keepers: [any OwnerKeeper], batch: Int64 = 200) {
    self.keepers = keepers
    self.batch = batch
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    var rest = LeftUndone()
    for keeper in keepers {
      try await note(&rest, "owners of process \(keeper.process)") { try await releaseAll(keeper, provider, tenancy) }
      try await note(&rest, "offers of process \(keeper.process)") { try await endOffers(keeper, provider, tenancy) }
      try await note(&rest, "unanswered offers of process \(keeper.process)") { try await remindAll(keeper, provider, tenancy) }
    }
    if !rest.isEmpty { throw rest }
  }

  /// What fails of one process holds up no other.
  private func note(_ rest: inout LeftUndone, _ what: String, _ work: () async throws -> Void) async throws {
    do {
      try await work()
    } catch let undone as LeftUndone {
      rest.add(undone)
    } catch  where !Task.isCancelled {
      rest.add(what, error)
    }
  }

  private func releaseAll(_ keeper: any OwnerKeeper, _ provider: TenantEntry, _ tenancy: Tenancy) async throws {
    try await OneByOne.run(limit: batch) { behind in
      let look = OwnersWithoutRight(process: keeper.process, permission: keeper.permission, now: tenancy.clock.now(), after: behind, limit: batch)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } number: {
      $0.record
    } name: {
      "the owner of \(keeper.process) \($0.record) of tenant \($0.tenant)"
    } work: { one in
      let bound = Set([one.tenant, provider.id]).sorted()
      try await tenancy.transaction(binding: bound, side: .staff) { try await release(one, keeper, provider, at: tenancy.clock.now(), in: $0) }
    }
  }

  private func release(
    _ one: OwnersWithoutRight.Found, _ keeper: any OwnerKeeper, _ provider: TenantEntry, at now: Instant, in transaction: Transaction
  ) async throws {
    try await keeper.hold(one.record, of: one.tenant, in: transaction)
    // He may have been given his right back since the look.
    let again = OwnersWithoutRight(process: keeper.process, permission: keeper.permission, now: now, after: 0, limit: 1, found: one)
    guard let lost = try await transaction.first(again),
      try await keeper.release(one.record, of: one.tenant, from: one.owner, at: now, in: transaction)
    else { return }
    // What he offered nobody accepts from whoever takes it next.
    _ = try await keeper.endOffer(of: one.record, of: one.tenant, at: now, in: transaction)
    let why = Value.Member(lost.hasLeft ? "left" : "mayNotWork", .bool(true))
    let told = [Value.Member("owner", .null), Value.Member("from", .id(provider.id(IdKind.staff.prefix, lost.ownerBits))), why]
    try await tell("owner_changed", told, on: one.record, of: one.tenant, keeper, for: ["notifications"], at: now, in: transaction)
  }

  private func endOffers(_ keeper: any OwnerKeeper, _ provider: TenantEntry, _ tenancy: Tenancy) async throws {
    try await OneByOne.run(limit: batch) { behind in
      let look = OffersToNobody(process: keeper.process, permission: keeper.permission, now: tenancy.clock.now(), after: behind, limit: batch)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } number: {
      $0.id
    } name: {
      "the offer of \(keeper.process) \($0.record) of tenant \($0.tenant)"
    } work: { one in
      let bound = Set([one.tenant, provider.id]).sorted()
      try await tenancy.transaction(binding: bound, side: .staff) { try await end(one, keeper, at: tenancy.clock.now(), in: $0) }
    }
  }

  private func end(_ one: OffersToNobody.Found, _ keeper: any OwnerKeeper, at now: Instant, in transaction: Transaction) async throws {
    try await keeper.hold(one.record, of: one.tenant, in: transaction)
    let again = OffersToNobody(process: keeper.process, permission: keeper.permission, now: now, after: 0, limit: 1, found: one)
    // Somebody may have answered it since the look, or may work on it again.
    guard try await transaction.first(again)?.id == one.id, try await keeper.endOffer(of: one.record, of: one.tenant, at: now, in: transaction),
      !one.isOver
    else { return }
    let type = "ownership_returned"
    let told = [Value.Member("outcome", .text(HandoverRow.Outcome.withdrawn.rawValue)), Value.Member("mayNotWork", .bool(true))]
    let consumers = OfferNews.consumers(of: "\(keeper.process).\(type)")
    try await tell(type, told, on: one.record, of: one.tenant, keeper, for: consumers, at: now, in: transaction)
  }

  private func remindAll(_ keeper: any OwnerKeeper, _ provider: TenantEntry, _ tenancy: Tenancy) async throws {
    try await OneByOne.run(limit: batch) { behind in
      let until = tenancy.clock.now().adding(seconds: -Self.secondsToAnswer)
      let look = UnansweredOffers(process: keeper.process, until: until, after: behind, limit: batch)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } number: {
      $0.id
    } name: {
      "the unanswered offer of \(keeper.process) \($0.record) of tenant \($0.tenant)"
    } work: { one in
      let bound = Set([one.tenant, provider.id]).sorted()
      try await tenancy.transaction(binding: bound, side: .staff) { try await remind(one, keeper, provider, at: tenancy.clock.now(), in: $0) }
    }
  }

  private func remind(
    _ one: UnansweredOffers.Found, _ keeper: any OwnerKeeper, _ provider: TenantEntry, at now: Instant, in transaction: Transaction
  ) async throws {
    try await keeper.hold(one.record, of: one.tenant, in: transaction)
    let leads = try await keeper.leadsToRemind(of: one.id, of: one.tenant, provider: provider.id, at: now, in: transaction)
    guard !leads.isEmpty else { return }
    let told = [Value.Member("leads", .array(leads.map { .id(provider.id(IdKind.staff.prefix, $0)) }))]
    try await tell("ownership_waiting", told, on: one.record, of: one.tenant, keeper, for: ["notifications"], at: now, in: transaction)
  }

  /// Tells an event in the record's history, and leaves it to who tells people.
  private func tell(
    _ what: String, _ payload: [Value.Member], on record: Int64, of tenant: TenantId, _ keeper: any OwnerKeeper, for consumers: [String],
    at now: Instant, in transaction: Transaction
  ) async throws {
    let seq = try await keeper.note(
      "\(keeper.process).\(what)", .object(payload), on: record, of: tenant, by: Self.actor, at: now, in: transaction)
    guard let seq else { return }
    for consumer in consumers {
      transaction.enqueue(
        InsertOutbox(subjectKind: keeper.subjectKind, subject: record, seq: seq, consumer: consumer, tenant: tenant, recordedAt: now))
    }
  }
}
