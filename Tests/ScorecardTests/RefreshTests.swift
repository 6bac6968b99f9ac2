import Contracts
import Jobs
import Kernel
import Postgres
import Scorecard
import Tenancy
import TestSupport
import Testing

/// Facts and daily sums, kept incrementally, against a full recompute and against what the test wrote.
@Suite struct RefreshTests {
  @Test(arguments: [1, 2] as [UInt64])
  func refreshRebuildAndNaiveCountAgree(seed: UInt64) async throws {
    var world = try await ScorecardWorld()
    try await world.live(tickets: 60, steps: 500, seed: seed)
    try await world.refresh()
    let refreshed = try await world.dump()
    #expect(try await Self.daily(world) == Self.naive(world))
    #expect(refreshed.count > 150)

    try await world.inside { try await RebuildFigures.run(tenant: world.customer.id, at: world.database.clock.now(), in: $0) }
    #expect(try await world.dump() == refreshed)
    for contract in world.contracts {
      try await world.inside { try await RebuildFigures.run(tenant: world.customer.id, contract: contract.row, at: world.database.clock.now(), in: $0) }
    }
    #expect(try await world.dump() == refreshed)
  }

  @Test func oneTenantAtFaultHoldsUpNoOther() async throws {
    let world = try await ScorecardWorld()
    let later = try await world.database.customer("LATER")
    try await world.database.runAsSuperuser(
      """
      delete from operations.outbox;
      insert into operations.outbox (tenant_id, consumer, subject_kind, subject_id, seq, recorded_at)
      select t, 'scorecard', 'ticket', 1, 1, '2026-03-02T08:00:00Z' from unnest(array[\(world.customer.id), \(later.id)]::bigint[]) t;
      create function scorecard.fault() returns trigger language plpgsql as $$
      begin
        if new.tenant_id = \(world.customer.id) then raise exception 'at fault'; end if;
        return new;
      end
      $$;
      create trigger fault before insert or update on scorecard.progress for each row execute function scorecard.fault()
      """)
    await #expect(throws: LeftUndone.self) { try await world.refresh() }
    let waiting = try await world.database.superuser.transaction { try await $0.query(TenantsWaiting()) }
    #expect(waiting == [world.customer.id])
  }

  /// Several refreshers and a rebuild at once, while tickets change: nothing is lost or counted twice.
  @Test func concurrentRefreshersCountEachChangeOnce() async throws {
    var world = try await ScorecardWorld()
    try await world.live(tickets: 20, steps: 0, seed: 3)
    let start = world
    let changed = try await withThrowingTaskGroup(of: [ModelTicket].self) { group in
      for part in 0..<4 {
        group.addTask {
          var random = SplitMix64(seed: UInt64(part))
          var mine = start.tickets.filter { Int($0.number) % 4 == part }
          for _ in 0..<40 {
            let index = Int.random(in: 0..<mine.count, using: &random)
            mine[index].live(contracts: start.contracts.count, &random)
            mine[index] = try await ScorecardWorld.write(mine[index], in: start)
          }
          return mine
        }
        group.addTask {
          for _ in 0..<8 { try await start.refresh() }
          return []
        }
      }
      group.addTask {
        for _ in 0..<3 {
          try await start.inside { try await RebuildFigures.run(tenant: start.customer.id, at: start.database.clock.now(), in: $0) }
        }
        return []
      }
      return try await group.reduce(into: []) { $0 += $1 }
    }
    try await world.refresh()
    #expect(try await Self.daily(world) == Self.naive(world, changed))
    let refreshed = try await world.dump()
    try await world.inside { try await RebuildFigures.run(tenant: world.customer.id, at: world.database.clock.now(), in: $0) }
    #expect(try await world.dump() == refreshed)
  }

  /// A ticket that moved to another contract and was not refreshed yet is counted once, whichever contract is rebuilt.
  @Test func aMovedTicketIsCountedOnce() async throws {
    var world = try await ScorecardWorld()
    try await world.live(tickets: 1, steps: 0, seed: 4)
    var ticket = world.tickets[0]
    ticket.contract = 0
    ticket = try await ScorecardWorld.write(ticket, in: world)
    try await world.refresh()
    ticket.contract = 1
    ticket = try await ScorecardWorld.write(ticket, in: world)
    try await world.inside {
      try await RebuildFigures.run(tenant: world.customer.id, contract: world.contracts[1].row, at: world.database.clock.now(), in: $0)
    }
    #expect(try await Self.daily(world).count == 1)
    try await world.refresh()
    #expect(try await Self.daily(world) == Self.naive(world, [ticket]))
  }

  /// What is taken back with the transaction stays in the outbox.
  @Test func aRefreshThatFailsTakesNothing() async throws {
    var world = try await ScorecardWorld()
    try await world.live(tickets: 3, steps: 10, seed: 5)
    struct Stop: Error {}
    await #expect(throws: Stop.self) {
      try await world.inside { transaction in
        _ = try await RefreshFigures.refresh(world.customer.id, at: world.database.clock.now(), in: transaction)
        throw Stop()
      }
    }
    #expect(try await world.dump().isEmpty)
    try await world.refresh()
    #expect(try await Self.daily(world) == Self.naive(world))
  }

  /// `contract day basis priority` to the ten sums.
  static func daily(_ world: ScorecardWorld) async throws -> [String: [Int64]] {
    let rows = try await world.inside { try await $0.query(DailyRows(tenant: world.customer.id)) }
    return Dictionary(rows) { first, _ in first }
  }

  static func naive(_ world: ScorecardWorld, _ tickets: [ModelTicket]? = nil) -> [String: [Int64]] {
    var sums: [String: [Int64]] = [:]
    for ticket in tickets ?? world.tickets {
      let contract = ticket.contract.map { world.contracts[$0].row } ?? 0
      for basis in Basis.allCases {
        guard let day = ticket.day(basis, world.zone(ticket)) else { continue }
        var row: [Int64] = [1, ticket.reopenCount > 0 ? 1 : 0]
        for metric in Metric.scored {
          let promise = ticket.promise(metric)
          let verdict = promise?.verdict
          let isTimed = promise?.state == "stopped"
          row += [
            verdict == "met" || verdict == "missed" ? 1 : 0, verdict == "met" ? 1 : 0, isTimed ? 1 : 0, isTimed ? promise?.consumed ?? 0 : 0,
          ]
        }
        sums["\(contract) \(day) \(basis.rawValue) \(ticket.priority)", default: Array(repeating: 0, count: 10)] =
          zip(sums["\(contract) \(day) \(basis.rawValue) \(ticket.priority)"] ?? Array(repeating: 0, count: 10), row).map(+)
      }
    }
    return sums
  }
}

private struct DailyRows: Statement {
  let tenant: TenantId

  static let sql = """
    select contract_id, day, basis, priority, array[tickets, reopened, response_judged, response_met, response_timed, response_seconds,
      resolution_judged, resolution_met, resolution_timed, resolution_seconds]
    from scorecard.daily where tenant_id = $1
    """

  func bind(to parameters: inout Parameters) { parameters.append(tenant) }

  static func decode(_ row: inout RowReader) throws -> (String, [Int64]) {
    let contract: Int64 = try row.next()
    let day: CalendarDate = try row.next()
    let basis: String = try row.next()
    let priority: Int64 = try row.next()
    return ("\(contract) \(day) \(basis) \(priority)", try row.next())
  }
}

private struct TenantsWaiting: Statement {
  static let sql = "select distinct tenant_id from operations.outbox where consumer = 'scorecard'"
  static func decode(_ row: inout RowReader) throws -> TenantId { try row.next() }
}
