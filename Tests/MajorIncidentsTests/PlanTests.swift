import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

@testable import MajorIncidents

@Suite struct MajorPlanTests {
  /// Guard: among thousands of others' major incidents, those of a few customers are found by their incidents, and one's own by its lead.
  @Test func majorsOfFewAreReadByTheirIndex() async throws {
    let world = try await MajorWorld()
    for (title, customer) in [("Theirs", world.other), ("Mine", world.acme)] {
      let major = try await world.call("major_incident.declare", ["title": .text(title)])
      try await world.link(try await world.incident("Slow", of: customer), to: major)
    }
    _ = try await world.call("major_incident.declare", ["title": "Led"], as: world.servesAcme)
    try await world.database.superuser.withConnection { connection in
      _ = try await connection.query(MultiplyMajors())
      _ = try await connection.query(MultiplyChildren())
      _ = try await connection.query(AnalyzeMajors())
      _ = try await connection.query(AnalyzeChildren())
    }
    let provider = world.database.provider.id
    let served = [world.acme.id.rawValue]
    let reader = MajorReader(provider: provider, customers: served, account: world.servesAcme.actor.id)
    let page = MajorsOfProvider(reader: reader, states: nil, before: nil, limit: 51)
    let statement = MajorsOfCustomers(majors: page, customers: served, includesOwn: true)
    let (found, plan) = try await world.database.tenancy.transaction(binding: [provider], side: .staff, readOnly: true) { transaction in
      (try await transaction.query(statement), try await transaction.query(MajorsPlan(majors: statement)))
    }
    let text = plan.joined(separator: "\n")
    #expect(Set(found.map(\.title)) == ["Mine", "Led"])
    #expect(!text.contains("major_incident_newest") && !text.contains("Seq Scan on major_incident ") && !text.contains("Seq Scan on child "), "\(text)")
  }

  /// Guard: whoever serves one customer of many gets his own page, whole and in order, as who serves all asks for it by customer.
  @Test func aPageOfFewCustomersIsTheirs() async throws {
    let world = try await MajorWorld()
    for number in 0..<3 {
      for (title, customer) in [("Mine", world.acme), ("Theirs", world.other)] {
        let major = try await world.call("major_incident.declare", ["title": .text("\(title) \(number)")])
        try await world.link(try await world.incident("Slow", of: customer), to: major)
      }
      world.database.clock.advance(seconds: 60)
    }
    _ = try await world.call("major_incident.declare", ["title": "Led"], as: world.servesAcme)
    var (titles, cursor): ([String], Value) = ([], .null)
    repeat {
      let page = try await world.call("major_incident.list", ["limit": 3, "cursor": cursor], as: world.servesAcme)
      titles += (page["items"]?.array ?? []).compactMap { $0["title"]?.text }
      cursor = page["next"] ?? .null
    } while cursor != .null
    #expect(titles == ["Led", "Mine 2", "Mine 1", "Mine 0"])
    for reader in [world.engineer, world.servesAcme] {
      let named = try await world.call("major_incident.list", ["customer": .id(world.acme.publicId)], as: reader)
      #expect((named["items"]?.array ?? []).compactMap { $0["title"]?.text } == ["Mine 2", "Mine 1", "Mine 0"])
    }
  }
}

/// More major incidents of which the same customer's incidents are part.
private struct MultiplyMajors: Statement {
  static let sql = """
    insert into major_incidents.major_incident
      (tenant_id, public_id, number, title, description, lead_id, lead_public_id, declarer_id, declared_at, last_seq, updated_at)
    select m.tenant_id, substr(sha256(n::text::bytea), 1, 12), 100 + n, 'More', '', m.lead_id, m.lead_public_id, m.declarer_id,
      m.declared_at + n * interval '1 second', m.last_seq, m.updated_at
    from major_incidents.major_incident m cross join generate_series(1, 20000) n where m.title = 'Theirs'
    """
}

private struct MultiplyChildren: Statement {
  static let sql = """
    insert into major_incidents.child (tenant_id, major_id, other_tenant_id, ticket_id, seq, actor_name, recorded_at)
    select c.tenant_id, n.id, c.other_tenant_id, 1000000 + n.id, c.seq, c.actor_name, c.recorded_at
    from major_incidents.major_incident m join major_incidents.child c on c.tenant_id = m.tenant_id and c.major_id = m.id
    join major_incidents.major_incident n on n.tenant_id = m.tenant_id and n.title = 'More'
    where m.title = 'Theirs'
    """
}

private struct AnalyzeMajors: Statement {
  static let sql = "analyze major_incidents.major_incident"
}

private struct AnalyzeChildren: Statement {
  static let sql = "analyze major_incidents.child"
}

private struct MajorsPlan: Statement {
  let majors: MajorsOfCustomers

  static let sql = "explain \(MajorsOfCustomers.sql)"

  func bind(to parameters: inout Parameters) { majors.bind(to: &parameters) }

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
