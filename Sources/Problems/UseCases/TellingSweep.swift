import Desk
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Tells incidents what becomes of the problem behind them: in pieces, each bound to one customer and the provider. A piece moves the place
/// up to which an event was told in the transaction that tells it, so each incident is told exactly once, however often a worker dies; the
/// events of a problem are told one after the other, so each history has them in their order.
package struct TellingSweep: Sweep {
  package static let kind = "problems.tell"
  package static let everySeconds: Int64 = 5

  private let piece: Int64

  /// - Parameter piece: how many incidents are told in one transaction.
  package init(piece: Int64 = 200) { self.piece = piece }

  /// A piece of each problem's oldest, in turns.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    try await Rounds.run { behind, limit in
      let oldest = OldestTellings(provider: provider.id, after: behind, limit: limit)
      return try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(oldest) }
    } queue: {
      $0.problem
    } name: {
      "event \($0.seq) of problem \($0.problem)"
    } work: {
      try await tell($0, of: provider, tenancy)
    }
  }

  /// The next piece; of what has been told to all, nothing is left.
  private func tell(_ telling: OldestTellings.Found, of provider: TenantEntry, _ tenancy: Tenancy) async throws {
    let next = IncidentsToTell(provider: provider.id, telling: telling, limit: piece)
    let places = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(next) }
    guard let first = places.first else {
      let end = DropTelling(provider: provider.id, telling: telling)
      return try await tenancy.transaction(binding: [provider.id], side: .staff) { $0.enqueue(end) }
    }
    // Of one customer at a time.
    let own = places.prefix { $0.tenant == first.tenant }
    guard let last = own.last else { return }
    try await tenancy.transaction(binding: Set([provider.id, first.tenant]).sorted(), side: .staff) {
      // A run may take long: what is told of an incident is not recorded before the incident was.
      try await tell(own.map(\.ticket), of: first.tenant, upTo: last, telling, provider, at: tenancy.clock.now(), in: $0)
    }
    FaultPoint.sweepStep.reach()
  }

  private func tell(
    _ tickets: [Int64], of tenant: TenantId, upTo last: OldestTellings.Place, _ telling: OldestTellings.Found, _ provider: TenantEntry, at now: Instant,
    in transaction: Transaction
  ) async throws {
    // Else another worker is at it.
    guard try await transaction.first(AdvanceTelling(provider: provider.id, telling: telling, to: last)) != nil, let kind = telling.kind else { return }
    try await TicketNews.hold(tickets, of: tenant, in: transaction)
    let news = ProblemNews(
      kind, of: provider.id(IdKind.problem.prefix, telling.publicId), number: ProblemNumber.text(provider.code, telling.number), by: telling.actor,
      at: telling.occurredAt)
    try await news.tell(tickets, of: tenant, at: now, in: transaction)
    // What was given up is no known error; what is taken up again may be the one that it was.
    if kind == .cancelled { transaction.enqueue(DropKnownErrors(tenant: tenant, tickets: tickets, problem: telling.problem)) }
    guard kind == .knownError || kind == .reopened else { return }
    // What was unlinked since has none any more; whoever unlinks holds the incident first.
    let linked = try await transaction.query(StillLinked(provider: provider.id, problem: telling.problem, tenant: tenant, tickets: tickets))
    guard let article = linked.first?.article else { return }
    transaction.enqueue(KeepKnownErrors(tenant: tenant, tickets: linked.map(\.ticket), problem: telling.problem, article: article, now: now))
  }
}
