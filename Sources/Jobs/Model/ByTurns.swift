import Kernel
import Tenancy

/// Work of many customers, by turns: of each a share, then of each the next one, so that nobody waits for all of another's. Who comes while others have more
/// than a share has his turn in the next round. What fails holds up nothing else, of the same customer neither, and is left to the next run.
package enum ByTurns {
  /// - Parameters:
  ///   - share: how much of a customer is looked up and done at once.
  ///   - tenantsAtOnce: how many customers are looked up at once.
  ///   - tenants: the first customers behind a number of whom something is to be done, by their numbers, as many as are looked up at once at the most.
  ///   - find: what is to be done of one, behind what was done last (nil: from the first), in an order, a share at the most.
  ///   - name: what is said of one when it fails.
  ///   - work: does one; what somebody else has done meanwhile it leaves as it is.
  /// - Throws: ``LeftUndone`` when something failed.
  package static func run<Found: Sendable>(
    share: Int64, tenantsAtOnce: Int64, tenants: (_ behind: Int64) async throws -> [TenantId],
    find: (_ tenant: TenantId, _ behind: Found?) async throws -> [Found], name: (Found) -> String, work: (TenantId, Found) async throws -> Void
  ) async throws {
    var rest = LeftUndone()
    var reached: [TenantId: Found] = [:]
    var isMore: Bool
    repeat {
      isMore = false
      var behind: Int64 = 0
      while true {
        try Task.checkCancellation()
        let page = try await tenants(behind)
        for tenant in page {
          do {
            let found = try await find(tenant, reached[tenant])
            for one in found {
              try Task.checkCancellation()
              do {
                try await work(tenant, one)
                FaultPoint.sweepStep.reach()
              } catch  where !Task.isCancelled {
                rest.add("\(name(one)) of tenant \(tenant)", error)
              }
            }
            if let last = found.last { reached[tenant] = last }
            if found.count >= Int(share) { isMore = true }
          } catch  where !Task.isCancelled {
            rest.add("work of tenant \(tenant)", error)
          }
        }
        guard page.count >= Int(tenantsAtOnce), let last = page.last else { break }
        behind = last.rawValue
      }
    } while isMore
    if !rest.isEmpty { throw rest }
  }
}
