import Gates
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Closes resolved tickets of which nobody has said that they are not solved, when their time is over (`closes_at`). Each as anybody would, but that
/// no gate is asked, as of nothing that Steward does by itself; in a transaction of its own. Its requester is told by the closure. One that is
/// refused is tried again a day later. What was asked at gates about what customers have closed or withdrawn ends with that.
package struct CloseSweep: Sweep {
  package static let kind = "desk.close"
  package static let everySeconds: Int64 = 60

  private let dispatcher: Dispatcher
  private let batch: Int64
  private let tenantsAtOnce: Int64
  private static let actor = Actor(kind: .system, id: 0, via: .job)
  static let secondsToNextTry: Int64 = 86_400
  static let secondsAfterFault: Int64 = 300

  /// - Parameters:
  ///   - batch: how many of a customer have their turn at once.
  ///   - tenantsAtOnce: how many customers are looked up at once.
  package init(_ dispatcher: Dispatcher, batch: Int64 = 100, tenantsAtOnce: Int64 = 500) {
    self.dispatcher = dispatcher
    self.batch = batch
    self.tenantsAtOnce = tenantsAtOnce
  }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    var rest = LeftUndone()
    do {
      try await closeAll(provider, at: now, tenancy)
    } catch let undone as LeftUndone {
      rest.add(undone)
    }
    do {
      try await EndedGateApprovals.lapse(of: provider.id, tenancy)
    } catch  where !Task.isCancelled {
      rest.add("approvals at gates of what is over", error)
    }
    if !rest.isEmpty { throw rest }
  }

  /// Customers have their turns.
  private func closeAll(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws {
    try await ByTurns.run(share: batch, tenantsAtOnce: tenantsAtOnce) { behind in
      let look = TenantsToClose(now: now, behind: behind, limit: tenantsAtOnce)
      return try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    } find: { tenant, behind -> [TicketsToClose.Found] in
      let look = TicketsToClose(tenant: tenant, now: now, behind: behind, limit: batch)
      return try await tenancy.transaction(binding: [tenant], side: .staff, readOnly: true) { try await $0.query(look) }
    } name: {
      "closing of ticket \($0.id)"
    } work: { tenant, one in
      try await close(one.id, of: tenant, provider, at: now, tenancy)
    }
  }

  private func close(_ id: Int64, of tenant: TenantId, _ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws {
    let bound = Set([tenant, provider.id]).sorted()
    do {
      try await tenancy.transaction(binding: bound, side: .staff) { try await close(id, of: tenant, provider, at: now, in: $0) }
    } catch  where !Task.isCancelled {
      // Something refuses it: a person knows, and nothing is at fault.
      let isRefused = (error as? Failure).map { $0.kind != .internal } ?? false
      let later = tenancy.clock.now().adding(seconds: isRefused ? Self.secondsToNextTry : Self.secondsAfterFault)
      try await tenancy.transaction(binding: bound, side: .staff) { transaction in
        try await TicketNews.hold([id], of: tenant, in: transaction)
        guard let ticket = try await transaction.first(TicketToEnd(tenant: tenant, id: id)), ticket.closesAt.map({ $0 <= now }) ?? false else { return }
        transaction.enqueue(PutOffClosing(tenant: tenant, id: id, until: later))
      }
      if !isRefused { throw error }
    }
  }

  private func close(_ id: Int64, of tenant: TenantId, _ provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    try await TicketNews.hold([id], of: tenant, in: transaction)
    let (tickets, tenants) = try await transaction.query(TicketToEnd(tenant: tenant, id: id), TenantById(tenant: tenant))
    // Somebody was first, or something was said of it meanwhile.
    guard let ticket = tickets.first, let customer = tenants.first, let closesAt = ticket.closesAt, closesAt <= now else { return }
    guard ticket.state == .resolved else {
      transaction.enqueue(PutOffClosing(tenant: tenant, id: id, until: nil))
      return
    }
    let principal = Principal(
      actor: Self.actor, tenant: provider.id, side: .staff, name: "Steward",
      grants: [Grant(role: "closing", permissions: ["incident.close"], scope: .listed([customer.id]))])
    _ = try await dispatcher.act(
      "incident.close", .object(["id": .id(customer.id(IdKind.incident.prefix, ticket.publicId))]), as: principal, for: customer, provider: provider,
      version: ticket.version, requestId: "closing-\(id)", in: transaction)
  }
}

/// How an incident had been resolved before it was reopened.
package struct PastResolutionRecord: OperationOutput {
  let row: PastResolutions.Found

  package static let fields: [OutputField<PastResolutionRecord>] = [
    OutputField("resolution", .text, "How it had been resolved.", "当时的解决方法。") { .text($0.row.resolution) },
    OutputField("closureCode", .text, "How it had ended, as a code.", "当时的结束代码。") { .text($0.row.closureCode) },
    OutputField("resolvedAt", .instant, "When it had been resolved.", "当时的解决时间。") { .instant($0.row.resolvedAt) },
    OutputField("closedAt", .instant, "When it had been closed; null: it was not.", "当时的关闭时间；未关闭时为 null。") { .instant($0.row.closedAt) },
    OutputField("reopenedAt", .instant, "When it was reopened.", "重新打开的时间。") { .instant($0.row.reopenedAt) },
  ]
}

package enum ListPastResolutions: Operation {
  package typealias Input = PageOfIncident

  package static let declaration = Declaration(
    "incident.past_resolutions", "List how an incident had been resolved each time before it was reopened.", zh: "列出事件每次重新打开前的解决方法。",
    permission: "incident.read", roles: IncidentFields.readers, scopes: IncidentFields.everyScope, reach: .one(by: "id"), effect: .read)

  package static func run(_ input: Input, in context: OperationContext) async throws -> Listing<PastResolutionRecord> {
    let filter = input.id.description
    let (limit, after) = try context.page(input.limit, input.cursor, filter: filter)
    let ticket = try await context.ticket(input.id)
    let rows = try await context.transaction.query(
      PastResolutions(tenant: context.tenant.id, ticket: ticket.id, after: try after?.integer(0) ?? 0, limit: limit + 1))
    return context.listing(rows, limit: limit, filter: filter, key: { PageCursor([.integer($0.id)]) }) { PastResolutionRecord(row: $0) }
  }
}
