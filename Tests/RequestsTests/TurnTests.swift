import Kernel
import Operations
import Postgres
import Tenancy
import TestSupport
import Testing

@testable import Requests

/// Whose requests are moved on goes by turns, and is found without going through what waits of others.
@Suite struct TurnTests {
  private func turns(_ world: RequestsWorld, behind: Int64 = 0, limit: Int64 = 10) async throws -> [TenantId] {
    let look = TenantsToMove(now: world.database.clock.now(), behind: behind, limit: limit)
    return try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
  }

  /// Of what was agreed to, and of what closes; not of what closes later.
  @Test func whoseTurnItIs() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("PLAIN", [:], soldTo: [world.acme, world.other])
    _ = try await world.submit(offering, as: try await world.database.user(.customerManager, of: world.acme))
    let last = try await world.submit(offering, of: world.other, as: try await world.database.user(.customerManager, of: world.other))
    #expect(try await turns(world) == [world.acme.id, world.other.id])
    #expect(try await turns(world, limit: 1) == [world.acme.id])
    #expect(try await turns(world, behind: world.acme.id.rawValue) == [world.other.id])
    try await world.sweep()
    #expect(try await turns(world) == [])
    let task = try await world.request(last, as: world.engineer).at("tasks.0.id")
    try await world.call("task.complete", ["id": task, "result": "Delivered"], as: world.engineer)
    #expect(try await world.request(last).at("state") == "fulfilled")
    world.database.clock.advance(seconds: 7 * 86_400 - 1)
    #expect(try await turns(world) == [])
    world.database.clock.advance(seconds: 1)
    #expect(try await turns(world) == [world.other.id])
    try await world.sweep()
    #expect(try await world.request(last).at("state") == "closed")
    #expect(try await turns(world) == [])
  }

  /// Twenty thousand of one customer are stepped over, and are not read for another's.
  @Test func manyOfOneAreSteppedOver() async throws {
    let world = try await RequestsWorld()
    let offering = try await world.offering("PLAIN", [:], soldTo: [world.acme, world.other])
    for customer in [world.acme, world.other] {
      _ = try await world.submit(offering, of: customer, as: try await world.database.user(.customerManager, of: customer))
    }
    try await world.database.runAsSuperuser(
      """
      insert into requests.request
      select (jsonb_populate_record(r, jsonb_build_object('id', 1000000 + n, 'number', 1000 + n, 'public_id', '\\x' || lpad(to_hex(n), 24, '0')))).*
      from (select q.* from requests.request q join tenancy.tenant t on t.id = q.tenant_id where t.code = 'ACME' order by q.id limit 1) o
      join requests.request r on r.tenant_id = o.tenant_id and r.id = o.id, generate_series(1, 20000) n
      """)
    try await world.database.runAsSuperuser("analyze requests.request")
    let now = world.database.clock.now()
    let scans = try await world.database.scans(of: "requests.request") { transaction in
      #expect(try await transaction.query(TenantsToMove(now: now, behind: 0, limit: 10)) == [world.acme.id, world.other.id])
      #expect(try await transaction.query(RequestsToMove(tenant: world.other.id, now: now, behind: nil, limit: 100)).count == 1)
      let first = try await transaction.query(RequestsToMove(tenant: world.acme.id, now: now, behind: nil, limit: 100))
      #expect(first.count == 100)
      let next = try await transaction.query(RequestsToMove(tenant: world.acme.id, now: now, behind: first.last, limit: 100))
      #expect(next.count == 100 && Set(next.map(\.request)).isDisjoint(with: first.map(\.request)))
    }
    #expect(scans.sequential == 0 && scans.ofIndexes["request_to_open", default: 0] > 0, "\(scans)")
  }
}
