import Kernel
import Operations
import Postgres
import Tenancy

/// What is asked at gates about something that is over. A customer's people close and withdraw, and can end no stay, for they see none: what was
/// asked about it nobody can decide any more, and here it ends.
package enum EndedGateApprovals {
  /// Ends all that there are.
  /// - Parameter batch: how many are ended at once.
  package static func lapse(of provider: TenantId, _ tenancy: Tenancy, batch: Int64 = 500) async throws {
    var after: Int64 = 0
    while true {
      try Task.checkCancellation()
      let look = DeadGateApprovals(after: after, limit: batch)
      let found = try await tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
      guard let last = found.last else { return }
      let lapsing = LapseDeadApprovals(provider: provider, ids: found)
      try await tenancy.transaction(binding: [provider], side: .staff) { $0.enqueue(lapsing) }
      guard found.count == Int(batch) else { return }
      after = last
    }
  }
}
