import Kernel
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import Desk

/// What tickets end by goes by turns: one customer's thousands stand before nobody else.
@Suite struct FairTurnTests {
  /// Also where the others' time was over later.
  @Test func closing() async throws {
    let world = try await DeskWorld()
    for number in 1...5 { _ = try await world.act("resolve", on: try await world.open("A\(number)"), ["resolution": "Done"]) }
    world.database.clock.advance(seconds: 60)
    for number in 1...3 { _ = try await world.act("resolve", on: try await world.open("O\(number)", for: world.other), ["resolution": "Done"]) }
    try world.at("2026-03-20T08:00:00Z")
    try await world.close(batch: 2)
    #expect(try await world.ended("incident.closed") == ["A1", "A2", "O1", "O2", "A3", "A4", "O3", "A5"])
  }

  @Test func endingWithAnother() async throws {
    let world = try await DeskWorld()
    for (name, customer, children) in [("A", world.acme, 5), ("O", world.other, 2)] {
      let parent = try await world.open(name, for: customer)
      for number in 1...children { try await world.link(try await world.open("\(name)\(number)", for: customer), below: parent) }
      _ = try await world.act("resolve", on: try await world.read(parent), ["resolution": "Done", "cascade": .bool(true)])
    }
    try await world.cascade(batch: 2)
    #expect(try await world.ended("incident.resolved") == ["A", "O", "A1", "A2", "O1", "O2", "A3", "A4", "A5"])
  }

  /// Of those of whom something is due, and of nobody else.
  @Test func whoseTurnItIs() async throws {
    let world = try await DeskWorld()
    _ = try await world.act("resolve", on: try await world.open(), ["resolution": "Done"])
    world.database.clock.advance(seconds: 60)
    _ = try await world.act("resolve", on: try await world.open(for: world.other), ["resolution": "Done"])
    func found(_ now: String, behind: Int64 = 0, limit: Int64 = 10) async throws -> [TenantId] {
      let look = TenantsToClose(now: try #require(Instant(now)), behind: behind, limit: limit)
      return try await world.database.tenancy.transaction(binding: [], side: .staff, readOnly: true) { try await $0.query(look) }
    }
    #expect(try await found("2026-03-09T07:59:59Z") == [])
    #expect(try await found("2026-03-09T08:00:00Z") == [world.acme.id])
    #expect(try await found("2026-03-09T08:01:00Z") == [world.acme.id, world.other.id])
    #expect(try await found("2026-03-09T08:01:00Z", limit: 1) == [world.acme.id])
    #expect(try await found("2026-03-09T08:01:00Z", behind: world.acme.id.rawValue) == [world.other.id])
    #expect(try await found("2026-03-09T08:01:00Z", behind: world.other.id.rawValue) == [])
  }
}

extension DeskWorld {
  /// Tickets by their titles, in the order in which they had such an event.
  fileprivate func ended(_ type: String) async throws -> [String] {
    try await database.superuser.transaction { try await $0.query(EndedInOrder(type: type)) }
  }
}

private struct EndedInOrder: Statement {
  let type: String

  static let sql = """
    select t.title from operations.outbox o
    join operations.event e on e.tenant_id = o.tenant_id and e.subject_kind = o.subject_kind and e.subject_id = o.subject_id and e.seq = o.seq
    join desk.ticket t on t.tenant_id = o.tenant_id and t.id = o.subject_id
    where o.consumer = 'notifications' and o.subject_kind = 'ticket' and e.type = $1 order by o.id
    """

  func bind(to parameters: inout Parameters) { parameters.append(type) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
