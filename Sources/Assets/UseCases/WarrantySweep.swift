import Jobs
import Kernel
import Operations
import Postgres
import Tenancy

/// Leaves the news that the warranty of a CI is about to end: of each end once, thirty days before it, or as soon after as it is known; not of what has
/// ended already, for a list that comes in bulk is full of that. Days are in UTC, as for the list.
package struct WarrantySweep: Sweep {
  package static let kind = "assets.warranties"
  package static let everySeconds: Int64 = 300
  package static let mayBeScheduled = true
  /// So long before the end it is told.
  package static let daysAhead: Int64 = 30

  private let batch: Int64
  private let tenantsAtOnce: Int32

  /// - Parameters:
  ///   - batch: how many CIs of a customer are looked up at once.
  ///   - tenantsAtOnce: how many customers are.
  package init(batch: Int64 = 200, tenantsAtOnce: Int32 = 500) {
    self.batch = batch
    self.tenantsAtOnce = tenantsAtOnce
  }

  /// A batch of each customer in turn, so that none waits for all of another's. What cannot be told holds up no other, of the same customer neither, and
  /// is found again by the next run.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    let today = now.utcDay
    let days = today...today.adding(days: Self.daysAhead)
    var rest = LeftUndone()
    var after: Int64 = 0
    while true {
      let look = TenantsWithWarranties(days: days, after: after, limit: tenantsAtOnce)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      var waiting = found.map { WarrantiesToTell(tenant: $0, days: days, after: nil, limit: batch) }
      while !waiting.isEmpty {
        var more: [WarrantiesToTell] = []
        for look in waiting {
          do {
            if let next = try await tell(look, at: now, tenancy, &rest) { more.append(next) }
          } catch  where !Task.isCancelled {
            rest.add("warranties of tenant \(look.tenant)", error)
          }
        }
        waiting = more
      }
      guard found.count >= Int(tenantsAtOnce), let last = found.last else { break }
      after = last.rawValue
    }
    if !rest.isEmpty { throw rest }
  }

  /// Each in a transaction of its own.
  /// - Returns: where to look next; nil: there is no more.
  private func tell(
    _ look: WarrantiesToTell, at now: Instant, _ tenancy: Tenancy, _ rest: inout LeftUndone
  ) async throws -> WarrantiesToTell? {
    let ending = try await tenancy.transaction(binding: [look.tenant], side: .staff, readOnly: true) { try await $0.query(look) }
    for one in ending {
      try Task.checkCancellation()
      do {
        try await tenancy.transaction(binding: [look.tenant], side: .staff) { transaction in
          guard try await transaction.first(TakeWarranty(tenant: look.tenant, due: one)) != nil else { return }
          transaction.remind(WarrantyNews.ending, of: WarrantyNews.subjectKind, one.ci, dueOn: one.day, tenant: look.tenant, at: now)
        }
        FaultPoint.sweepStep.reach()
      } catch  where !Task.isCancelled {
        rest.add("the warranty of CI \(one.ci) of tenant \(look.tenant)", error)
      }
    }
    guard ending.count >= Int(batch), let last = ending.last else { return nil }
    return WarrantiesToTell(tenant: look.tenant, days: look.days, after: last, limit: batch)
  }
}

/// That a warranty ends is told to who answers for the CI.
package enum WarrantyNews {
  package static let ending = "ci.warranty_ending"
  /// The kind of its subject: a CI, by its row.
  package static let subjectKind = "ci_warranty"
}
