import Jobs
import Kernel
import Tenancy
import Testing

/// Sweeps of which each customer has his turns.
@Suite struct ByTurnsTests {
  /// What waits, by customer.
  private final class Yard {
    var waiting: [TenantId: [Int64]]
    var done: [String] = []
    var tried = 0

    init(_ waiting: [TenantId: [Int64]]) { self.waiting = waiting }

    func run(share: Int64, tenantsAtOnce: Int64 = 10, _ work: (TenantId, Int64) async throws -> Void = { _, _ in }) async throws {
      try await ByTurns.run(share: share, tenantsAtOnce: tenantsAtOnce) { behind -> [TenantId] in
        let all = waiting.filter { $0.key.rawValue > behind && !$0.value.isEmpty }.keys.sorted()
        return Array(all.prefix(Int(tenantsAtOnce)))
      } find: { tenant, behind -> [Int64] in
        Array((waiting[tenant] ?? []).filter { $0 > behind ?? 0 }.prefix(Int(share)))
      } name: {
        "number \($0)"
      } work: { tenant, one in
        tried += 1
        try await work(tenant, one)
        waiting[tenant]?.removeAll { $0 == one }
        done.append("\(tenant.rawValue)/\(one)")
      }
    }
  }

  /// However few customers fit into a look.
  @Test(arguments: [1, 2, 3, 10] as [Int64])
  func ofEachAShareThenOfEachTheNext(tenantsAtOnce: Int64) async throws {
    let yard = Yard([TenantId(1): [1, 2, 3, 4, 5], TenantId(2): [6, 7], TenantId(3): [8]])
    try await yard.run(share: 2, tenantsAtOnce: tenantsAtOnce)
    #expect(yard.done == ["1/1", "1/2", "2/6", "2/7", "3/8", "1/3", "1/4", "1/5"])
  }

  /// Who comes while another one's many are done waits for a share of it.
  @Test func whoComesMeanwhileHasTheNextTurn() async throws {
    let yard = Yard([TenantId(2): [1, 2, 3, 4, 5, 6]])
    try await yard.run(share: 2) { _, one in if one == 1 { yard.waiting[TenantId(1)] = [7] } }
    #expect(yard.done == ["2/1", "2/2", "1/7", "2/3", "2/4", "2/5", "2/6"])
  }

  /// Each is tried once in a run, and tells of itself.
  @Test(arguments: [1, 2, 5] as [Int64])
  func whatFailsHoldsUpNothing(share: Int64) async throws {
    let yard = Yard([TenantId(1): [1, 2, 3], TenantId(2): [4, 5]])
    let fault = try await undone {
      try await yard.run(share: share) { _, one in if one == 1 || one == 4 { throw Trouble() } }
    }
    #expect(yard.done.sorted() == ["1/2", "1/3", "2/5"] && yard.tried == 5)
    #expect(fault?.faults.map { $0.what }.sorted() == ["number 1 of tenant 1", "number 4 of tenant 2"])
  }

  /// Nor does a customer of whom nothing can be read.
  @Test func aCustomerWhoCannotBeReadHoldsUpNoOther() async throws {
    var done: [Int64] = []
    let fault = try await undone {
      try await ByTurns.run(share: 2, tenantsAtOnce: 10) { behind in
        [TenantId(1), TenantId(2)].filter { $0.rawValue > behind }
      } find: { tenant, behind -> [Int64] in
        guard tenant != TenantId(1) else { throw Trouble() }
        return behind == nil ? [9] : []
      } name: {
        "\($0)"
      } work: { _, one in
        done.append(one)
      }
    }
    #expect(done == [9] && fault?.count == 1)
  }
}

/// What a run left undone.
private func undone(_ body: () async throws -> Void) async throws -> LeftUndone? {
  do {
    try await body()
    return nil
  } catch let undone as LeftUndone {
    return undone
  }
}
