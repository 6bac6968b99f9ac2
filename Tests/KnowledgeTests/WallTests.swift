import Kernel
import Operations
import Postgres
import TestSupport
import Tenancy
import Testing

/// What the database itself shows a customer, whatever the operations ask it.
@Suite struct WallTests {
  private static func titles(_ world: KnowledgeWorld, _ customer: TenantEntry) async throws -> Set<String> {
    let rows = try await world.database.tenancy.transaction(binding: [customer.id], side: .customer, readOnly: true) { try await $0.query(EveryTitle()) }
    return Set(rows)
  }

  private static func world() async throws -> KnowledgeWorld {
    let world = try await KnowledgeWorld()
    _ = try await world.published("internal")
    _ = try await world.published("internal of ACME", onlyFor: world.acme)
    _ = try await world.published("for all", audience: "customers")
    _ = try await world.published("for ACME", audience: "customers", onlyFor: world.acme)
    let retired = try await world.published("retired", audience: "customers")
    try await world.act("retire", on: retired)
    // What is published for all is drafted anew.
    let drafted = try await world.published("published", audience: "customers")
    try await world.act("change", on: try await world.act("revise", on: drafted), ["title": .object(["en": "drafted"])])
    return world
  }

  @Test func aCustomerSeesWhatIsForHim() async throws {
    let world = try await Self.world()
    #expect(try await Self.titles(world, world.acme) == ["for all", "for ACME", "published"])
    #expect(try await Self.titles(world, world.other) == ["for all", "published"])
    let hidden = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer, readOnly: true) {
      try await $0.query(EverythingElse())
    }
    #expect(hidden == [0])
    await #expect(throws: PostgresError.self) {
      try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer) { _ = try await $0.execute(Publish()) }
    }
    let changed = try await world.database.tenancy.transaction(binding: [world.acme.id], side: .customer) { try await $0.execute(Rewrite()) }
    #expect(changed == 0)
  }

  /// The policy is what keeps them out: without it the test above would see everything.
  @Test(
    arguments: [
      ("alter policy readers on knowledge.published using (true)", Set(["internal", "internal of ACME", "for all", "for ACME", "published"])),
      (
        "alter policy readers on knowledge.published using (current_setting('app.side', true) = 'staff' or audience = 'customers')",
        ["for all", "for ACME", "published"]
      ),
    ] as [(String, Set<String>)])
  func withoutThePolicyItWouldBeSeen(script: String, seen: Set<String>) async throws {
    let world = try await Self.world()
    try await world.database.runAsSuperuser(script)
    #expect(try await Self.titles(world, world.other) == seen)
  }

  /// The finder sees past row security: it filters itself, and what it returns is read under row security once more.
  @Test func theFinderKeepsToTheReadership() async throws {
    let world = try await Self.world()
    let find = { (isStaff: Bool, tenants: [Int64]) async throws -> Int in
      try await world.database.tenancy.transaction(binding: [world.other.id], side: .customer, readOnly: true) {
        try await $0.query(Find(isStaff: isStaff, tenants: tenants)).count
      }
    }
    #expect(try await find(false, [world.other.id.rawValue]) == 2)
    #expect(try await find(false, [world.acme.id.rawValue]) == 3)
    #expect(try await find(true, [world.acme.id.rawValue]) == 3, "what staff find is asked of the transaction's side too")
    #expect(try await world.found("internal", as: world.reader) == [])
    #expect(try await world.found("ACME", as: world.stranger) == [])
  }
}

private struct EveryTitle: Statement {
  static let sql = "select content -> 'title' ->> 'en' from knowledge.published"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

private struct EverythingElse: Statement {
  static let sql = """
    select (select count(*) from knowledge.article) + (select count(*) from knowledge.article_draft) + (select count(*) from knowledge.article_version)
      + (select count(*) from knowledge.contributor)
    """
  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct Publish: Statement {
  static let sql = """
    insert into knowledge.published (article_id, public_id, number, seq, kind, audience, content, search, published_at)
    values (1, '\\x000102030405060708090a0b', 99, 1, 'how_to', 'customers', '{}', '', '2026-01-01T00:00:00Z')
    """
}

private struct Rewrite: Statement {
  static let sql = "update knowledge.published set content = '{}'"
}

private struct Find: Statement {
  let isStaff: Bool
  let tenants: [Int64]

  static let sql = "select article_id from finder.search_articles('text', '', false, $1, $2, null, null, null, 50) where article_id > 0"

  func bind(to parameters: inout Parameters) {
    parameters.append(isStaff)
    parameters.append(tenants)
  }

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}
