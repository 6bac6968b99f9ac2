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
  /// So long before the end it is told.
  package static let daysAhead: Int64 = 30

  private let batch: Int64
  private let tenantsAtOnce: Int32

  /// - Parameters:
  ///   - batch: how many CIs of a customer are told of in one transaction.
  ///   - tenantsAtOnce: how many customers are looked up at once.
  package init(batch: Int64 = 200, tenantsAtOnce: Int32 = 500) {
    self.batch = batch
    self.tenantsAtOnce = tenantsAtOnce
  }

  /// A batch of each customer in turn, so that none waits for all of another's. What cannot be told of one holds up no other.
  package func run(at now: Instant, _ tenancy: Tenancy) async throws {
    let today = now.utcDay
    let days = today...today.adding(days: Self.daysAhead)
    var rest = LeftUndone()
    var after: Int64 = 0
    while true {
      let look = TenantsWithWarranties(days: days, after: after, limit: tenantsAtOnce)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      var waiting = found
      while !waiting.isEmpty {
        var more: [TenantId] = []
        for tenant in waiting {
          try Task.checkCancellation()
          do {
            if try await tell(of: tenant, days, at: now, tenancy) >= batch { more.append(tenant) }
            FaultPoint.sweepStep.reach()
          } catch  where !Task.isCancelled {
            rest.add("warranties of tenant \(tenant)", error)
          }
        }
        waiting = more
      }
      guard found.count >= Int(tenantsAtOnce), let last = found.last else { break }
      after = last.rawValue
    }
    if !rest.isEmpty { throw rest }
  }

  /// - Returns: of how many was told.
  private func tell(of tenant: TenantId, _ days: ClosedRange<CalendarDate>, at now: Instant, _ tenancy: Tenancy) async throws -> Int64 {
    try await tenancy.transaction(binding: [tenant], side: .staff) { transaction in
      let ending = try await transaction.query(TakeWarranties(tenant: tenant, days: days, limit: batch))
      for one in ending {
        transaction.remind(WarrantyNews.ending, of: WarrantyNews.subjectKind, one.ci, dueOn: one.day, tenant: tenant, at: now)
      }
      return Int64(ending.count)
    }
  }
}

/// That a warranty ends is told to who answers for the CI.
package enum WarrantyNews {
  package static let ending = "ci.warranty_ending"
  /// The kind of its subject: a CI, by its row.
  package static let subjectKind = "ci_warranty"
}
