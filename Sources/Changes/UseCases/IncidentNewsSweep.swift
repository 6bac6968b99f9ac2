import Desk
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Tells incidents what became of the change that is to resolve them, and goes on with those that waited for it: an incident a transaction,
/// which takes the piece of work away, so each is told exactly once, however often a worker dies, and one that cannot be told holds up no other.
package struct IncidentNewsSweep: Sweep {
  package static let kind = "changes.tell"
  package static let everySeconds: Int64 = 5

  private static let actor = Actor(kind: .system, id: 0, via: .job)
  private let dispatcher: Dispatcher
  private let batch: Int64

  /// - Parameters:
  ///   - dispatcher: resumes an incident as anybody would.
  ///   - batch: how many are looked for at once.
  package init(_ dispatcher: Dispatcher, batch: Int64 = 200) {
    self.dispatcher = dispatcher
    self.batch = batch
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    var rest = LeftUndone()
    // What comes later is not told before it.
    var stuck: Set<Int64> = []
    var after: IncidentNewsToTell.Found?
    while true {
      let look = IncidentNewsToTell(provider: provider.id, after: after, limit: batch)
      let found = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(look) }
      for one in found where !stuck.contains(one.ticket) {
        try Task.checkCancellation()
        do {
          let now = tenancy.clock.now()
          try await tenancy.transaction(binding: Set([provider.id, one.tenant]).sorted(), side: .staff) {
            try await tell(one, provider, at: now, in: $0)
          }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          stuck.insert(one.ticket)
          rest.add("change \(one.change) to incident \(one.ticket) of tenant \(one.tenant)", error)
        }
      }
      guard found.count == Int(batch), let last = found.last else { break }
      after = last
    }
    if !rest.isEmpty { throw rest }
  }

  private func tell(_ one: IncidentNewsToTell.Found, _ provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    let (taken, customers) = try await transaction.query(TakeIncidentNews(provider: provider.id, found: one), TenantById(tenant: one.tenant))
    guard !taken.isEmpty, let customer = customers.first, let kind = one.kind else { return }
    try await TicketNews.hold([one.ticket], of: one.tenant, in: transaction)
    // That it was unlinked it has been told.
    if kind != .unlinked {
      let news = ChangeNews(
        kind, of: provider.id(IdKind.change.prefix, one.publicId), number: ChangeNumber.text(provider.code, one.number), outcome: one.outcome,
        by: one.actor, at: one.occurredAt)
      try await news.tell([one.ticket], of: one.tenant, at: now, in: transaction)
    }
    try await goOn(one, customer, provider, in: transaction)
  }

  /// An incident that waited for the change waits no more, unless another one is still to resolve it.
  private func goOn(_ one: IncidentNewsToTell.Found, _ customer: TenantEntry, _ provider: TenantEntry, in transaction: Transaction) async throws {
    guard let waiting = try await ChangeNews.waiting(one.ticket, of: one.tenant, since: one.occurredAt, in: transaction),
      try await transaction.first(ChangeAhead(provider: provider.id, found: one)) == nil
    else { return }
    let principal = Principal(
      actor: Self.actor, tenant: provider.id, side: .staff, name: "changes",
      grants: [Grant(role: "changes", permissions: ["incident.work"], scope: .listed([one.tenant]))])
    func resume(_ since: [Value.Member]) async throws {
      let id = Value.Member("id", .id(customer.id(IdKind.incident.prefix, waiting.ticket)))
      _ = try await dispatcher.act(
        "incident.resume", .object([id] + since), as: principal, for: customer, provider: provider, version: waiting.version,
        requestId: "change-\(one.change)-\(one.seq)", in: transaction)
    }
    do {
      try await resume([Value.Member("at", .instant(one.occurredAt))])
    } catch let failure as Failure where failure.kind == .invalid {
      // Something was recorded of it since: then from now on.
      try await resume([])
    }
  }
}
