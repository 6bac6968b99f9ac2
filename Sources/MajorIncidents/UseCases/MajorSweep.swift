import Desk
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Tells the customers of a major incident's incidents what is written for them, each on his own incident as a public comment, and leaves their
/// incidents to be resolved with it. Each in a transaction bound to that customer and the provider, which also moves the place up to which it was
/// told: each once, however often a worker dies. What is told of one major incident is told in its order.
package struct MajorSweep: Sweep {
  package static let kind = "major_incidents.tell"
  package static let everySeconds: Int64 = 5

  /// After so many it is passed over: something is at fault with it.
  static let mostAttempts: Int64 = 5
  private let dispatcher: Dispatcher
  private let piece: Int64

  /// - Parameter piece: how many incidents of one major incident are told before the next one's turn.
  package init(_ dispatcher: Dispatcher, piece: Int64 = 100) {
    self.dispatcher = dispatcher
    self.piece = piece
  }

  /// A piece of each major incident's oldest, in turns.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await Rounds.run { behind, limit in
      let oldest = OldestMajorTellings(provider: provider.id, after: behind, limit: limit)
      return try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(oldest) }
    } queue: {
      $0.major
    } name: {
      "event \($0.seq) of major incident \($0.major)"
    } work: {
      try await tell($0, of: provider, tenancy)
    }
  }

  /// The next piece; of what has been told to all, nothing is left.
  private func tell(_ telling: OldestMajorTellings.Found, of provider: TenantEntry, _ tenancy: Tenancy) async throws {
    let next = ChildrenToTell(provider: provider.id, telling: telling, limit: piece)
    let places = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(next) }
    guard !places.isEmpty else {
      let end = DropMajorTelling(provider: provider.id, telling: telling)
      return try await tenancy.transaction(binding: [provider.id], side: .staff) { $0.enqueue(end) }
    }
    var telling = telling
    for place in places {
      try Task.checkCancellation()
      let (from, bound) = (telling, Set([provider.id, place.tenant]).sorted())
      do {
        let isOurs = try await tenancy.transaction(binding: bound, side: .staff) { try await tell(place, from, provider, in: $0) }
        // Else another worker is at it.
        guard isOurs else { return }
        FaultPoint.sweepStep.reach()
      } catch  where !Task.isCancelled {
        guard !Failure.isPassing(error), try await isPassedOver(place, from, provider, error, tenancy) else { throw error }
      }
      telling.after = place
    }
  }

  /// - Returns: whether it was still to be told.
  private func tell(
    _ place: OldestMajorTellings.Place, _ telling: OldestMajorTellings.Found, _ provider: TenantEntry, in transaction: Transaction
  ) async throws -> Bool {
    guard try await transaction.first(AdvanceMajorTelling(provider: provider.id, telling: telling, to: place)) != nil else { return false }
    try await TicketNews.hold([place.ticket], of: place.tenant, in: transaction)
    let (tickets, tenants) = try await transaction.query(
      TicketToTell(tenant: place.tenant, ticket: place.ticket), TenantById(tenant: place.tenant))
    guard let ticket = tickets.first, let customer = tenants.first else { return true }
    if let resolution = telling.resolution {
      transaction.enqueue(
        PlanCascade(
          tenant: place.tenant, tickets: [place.ticket], act: .resolve,
          with: .major(
            provider.id(IdKind.majorIncident.prefix, telling.publicId), number: MajorNumber.text(provider.code, telling.number), resolution: resolution,
            closureCode: telling.closureCode),
          seq: telling.seq, actor: telling.actor, name: telling.actorName, now: dispatcher.tenancy.clock.now()))
    } else if let body = telling.body, try await isToHear(ticket, at: place, telling, provider, in: transaction) {
      try await say(body, on: ticket, telling, to: customer, provider, in: transaction)
      if telling.onlyChild != 0, let seq = telling.entrySeq {
        transaction.enqueue(NoteHeard(provider: provider.id, child: telling.onlyChild, entrySeq: seq))
      }
    }
    return true
  }

  /// Whoever has closed his incident hears no more of it. One that was merged hears it on the one that it went into, unless that one hears it itself,
  /// or on account of another one that went into it.
  private func isToHear(
    _ ticket: TicketToTell.Found, at place: OldestMajorTellings.Place, _ telling: OldestMajorTellings.Found, _ provider: TenantEntry,
    in transaction: Transaction
  ) async throws -> Bool {
    guard ticket.isMerged else { return ticket.state != TicketState.closed.rawValue }
    guard let survivor = try await transaction.first(SurvivorOf(tenant: place.tenant, ticket: place.ticket)) else { return false }
    let there = OldestMajorTellings.Place(tenant: place.tenant, ticket: survivor.id)
    let (found, children, others) = try await transaction.query(
      TicketToTell(tenant: place.tenant, ticket: survivor.id), IsChild(provider: provider.id, major: telling.major, place: there),
      MergedBefore(provider: provider.id, telling: telling, place: place, survivor: survivor.id))
    return children.isEmpty && others.isEmpty && found.first?.state != TicketState.closed.rawValue
  }

  /// As whoever wrote it.
  private func say(
    _ body: String, on ticket: TicketToTell.Found, _ telling: OldestMajorTellings.Found, to customer: TenantEntry, _ provider: TenantEntry,
    in transaction: Transaction
  ) async throws {
    let principal = Principal(
      actor: telling.actor, tenant: provider.id, side: .staff, name: telling.actorName,
      grants: [Grant(role: "major_incident", permissions: ["incident.comment"], scope: .listed([customer.id]))])
    let input: Value = .object([
      "id": .id(customer.id(IdKind.incident.prefix, ticket.publicId)), "body": .text(body), "visibility": .text(CommentVisibility.everybody.rawValue),
    ])
    _ = try await dispatcher.act(
      "incident.comment", input, as: principal, for: customer, provider: provider, requestId: "major-\(telling.major)-\(telling.seq)", in: transaction)
  }

  /// It cannot be told: the others are, and the history says so. What is refused for good is passed over at once; where something is at fault, after
  /// some tries.
  private func isPassedOver(
    _ place: OldestMajorTellings.Place, _ telling: OldestMajorTellings.Found, _ provider: TenantEntry, _ error: any Error, _ tenancy: Tenancy
  ) async throws -> Bool {
    let refusal = (error as? Failure).flatMap { $0.kind == .internal ? nil : $0 }
    let now = tenancy.clock.now()
    return try await tenancy.transaction(binding: [provider.id], side: .staff) { transaction in
      if refusal == nil {
        let attempts = try await transaction.first(CountTellingAttempt(provider: provider.id, telling: telling)) ?? 0
        guard attempts >= Self.mostAttempts else { return false }
      }
      let failure = refusal ?? Failure(.internal, OperationMessages.internalFault)
      try await passOver(place, telling, provider, failure, at: now, in: transaction)
      return true
    }
  }

  private func passOver(
    _ place: OldestMajorTellings.Place, _ telling: OldestMajorTellings.Found, _ provider: TenantEntry, _ failure: Failure, at now: Instant,
    in transaction: Transaction
  ) async throws {
    guard try await transaction.first(AdvanceMajorTelling(provider: provider.id, telling: telling, to: place)) != nil else { return }
    let payload: Value = .object([
      "event": .integer(telling.seq), "fault": .text(failure.code), ProcessEventPayload.customerKey: .integer(place.tenant.rawValue),
    ])
    let nobody = Actor(kind: .system, id: 0, via: .job)
    transaction.enqueue(MajorNote("major_incident.not_told", payload, on: telling.major, of: provider.id, by: nobody, at: now))
  }
}

/// What holds of the resolutions that incidents were left to end with: asked by the sweep that ends them (``CascadeSweep``).
package enum MajorResolution {
  package static func standing(_ one: CascadeOfMajor, in transaction: Transaction) async throws -> CascadeStanding {
    guard let found = try await transaction.first(ResolutionStanding(one: one)), found.holds else { return .goesOn }
    return found.isPart ? .ended : .apart
  }
}
