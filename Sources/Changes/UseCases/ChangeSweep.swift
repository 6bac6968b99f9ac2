import Assets
import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Decides approvals whose time is over, ends delegations to who cannot decide any more, and tells customers what becomes of the changes that concern
/// them: in transactions of one change, and of one customer, so that one that cannot be moved holds up no other. A piece of work is taken away in the
/// transaction that does it.
package struct ChangeSweep: Sweep {
  package static let kind = "changes.move"
  package static let everySeconds: Int64 = 10

  private let batch: Int64

  /// - Parameter batch: how many are looked for at once.
  package init(batch: Int64 = 200) { self.batch = batch }

  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    guard let provider = try await tenancy.provider() else { return }
    var rest = LeftUndone()
    do { try await expire(provider, at: now, tenancy) } catch let undone as LeftUndone { rest.add(undone) }
    do { try await endDelegations(provider, at: now, tenancy) } catch let undone as LeftUndone { rest.add(undone) }
    try await announce(provider, tenancy, &rest)
    if !rest.isEmpty { throw rest }
  }

  private func expire(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws {
    try await OneByOne.run(of: provider.id, tenancy, limit: batch) { behind in
      ChangesOverdue(provider: provider.id, now: now, after: behind, limit: batch)
    } number: {
      $0.id
    } name: {
      "approvals of change \($0.id)"
    } work: { change, transaction in
      let id = provider.id(IdKind.change.prefix, change.publicId)
      guard var work = try await ChangeWork.load(id, of: provider, for: nil, at: now, in: transaction) else { return }
      // Somebody decided meanwhile: nothing is left to do, and who read it need not read it again.
      guard !work.row.process.events.isEmpty else { return }
      try await work.save()
    }
  }

  /// To whom an approval was given may have left since, or lost the right: it waits for who is asked alone, who hears so.
  private func endDelegations(_ provider: TenantEntry, at now: Instant, _ tenancy: Tenancy) async throws {
    try await OneByOne.run(of: provider.id, tenancy, limit: batch) { behind in
      DelegatedInVain(provider: provider.id, now: now, after: behind, limit: batch)
    } number: {
      $0.id
    } name: {
      "the delegation of approval \($0.id) of a change"
    } work: { one, transaction in
      try await end(one, provider, at: now, in: transaction)
    }
  }

  private func end(_ one: DelegatedInVain.Found, _ provider: TenantEntry, at now: Instant, in transaction: Transaction) async throws {
    let id = provider.id(IdKind.change.prefix, one.change)
    guard var work = try await ChangeWork.load(id, of: provider, for: nil, at: now, in: transaction) else { return }
    // It may have gone to somebody else since the look, or he has his right back.
    let again = DelegatedInVain(provider: provider.id, now: now, after: one.id - 1, limit: 1)
    guard try await transaction.first(again)?.id == one.id else { return }
    try work.row.process.endDelegation(of: one.approval, at: now)
    try await work.save()
  }

  private func announce(_ provider: TenantEntry, _ tenancy: Tenancy, _ rest: inout LeftUndone) async throws {
    var after: (change: Int64, customer: TenantId)?
    while true {
      let work = AnnouncementsToMake(provider: provider.id, after: after, limit: batch)
      let found = try await tenancy.transaction(binding: [provider.id], side: .staff, readOnly: true) { try await $0.query(work) }
      for one in found {
        try Task.checkCancellation()
        do {
          let (bits, now) = (tenancy.random.publicIdBits(), tenancy.clock.now())
          try await tenancy.transaction(binding: Set([provider.id, one.customer]).sorted(), side: .staff) {
            try await tell(one, provider, bits, at: now, in: $0)
          }
          FaultPoint.sweepStep.reach()
        } catch  where !Task.isCancelled {
          rest.add("change \(one.change) to customer \(one.customer)", error)
        }
      }
      guard found.count == Int(batch), let last = found.last else { return }
      after = (last.change, last.customer)
    }
  }

  private func tell(
    _ found: AnnouncementsToMake.Found, _ provider: TenantEntry, _ bits: [UInt8], at now: Instant, in transaction: Transaction
  ) async throws {
    // Acts on the change wait until it is told, or are told next: what is taken away stands for all that happened until now.
    let id = provider.id(IdKind.change.prefix, found.publicId)
    let (_, taken, rows, links) = try await transaction.query(
      HoldChange(provider: provider.id, customers: nil, publicId: id), TakeAnnouncement(provider: provider.id, found: found),
      ChangeByPublicId(provider: provider.id, customers: nil, publicId: id),
      CiLinks(provider: provider.id, change: found.change, customers: [found.customer.rawValue]))
    guard !taken.isEmpty, let row = rows.first else { return }
    let own = links.filter { $0.tenant == found.customer }
    let cis = own.isEmpty ? [] : try await transaction.query(NamedCis(tenants: own.map(\.tenant), cis: own.map(\.ci)))
    let process = row.process
    let notice = NoticeRow(
      change: row.id, publicId: bits, number: ChangeNumber.text(provider.code, row.number), kind: process.kind.rawValue, state: process.state.toldAgain,
      body: row.publicText ?? "", startsAt: process.startsAt, endsAt: process.endsAt, startedAt: process.startedAt, finishedAt: process.finishedAt,
      outcome: process.outcome?.rawValue,
      cis: .array(cis.sorted { $0.id < $1.id }.map { .object(["id": .id($0.own), "name": .text($0.name)]) }), announcedAt: now, updatedAt: now)
    transaction.enqueue(KeepNotice(tenant: found.customer, row: notice, isAgreed: process.state.told != nil && row.publicText != nil))
  }
}
