import Kernel
import Postgres
import Testing
import TestSupport

/// What the policy of tenant tables lets through, against sets of numbers: `SchemaCheckTests` see that each table has it.
@Suite struct BoundTenantsTests {
  /// The tenants of `asked` that pass while the setting is `setting`; nil: never set.
  private func passing(_ asked: [Int64], _ setting: String?, _ connection: Connection) async throws -> [Int64] {
    _ = try await connection.runScript(
      """
      begin; \(setting.map { "set local app.tenants = '\($0)';" } ?? "")
      create temporary table passing (tenant_id bigint);
      do $$ begin
        execute 'insert into passing select tenant_id from unnest(array[\(asked.map(String.init).joined(separator: ","))]::bigint[]) t (tenant_id) where '
          || steward.bound_tenants_condition();
      end $$
      """)
    let seen = try await connection.query(Passing())
    _ = try await connection.runScript("rollback")
    return seen
  }

  /// Numbers that are parts of one another, in both forms of the list: by the server, and by hand or by an older server.
  @Test func exactlyTheBoundTenantsPass() async throws {
    let database = try await TestDatabase.make()
    var random = SplitMix64(seed: 20_261_122)
    let numbers: [Int64] = [0, 1, 7, 10, 11, 70, 77, 100, 101, 107, 110, 170, 701, 710, 1_010, 7_010, 7_107, 140_000_000, 1_400_000_000, .max]
    try await database.superuser.withConnection { connection in
      for _ in 0..<60 {
        let bound = numbers.filter { _ in Int.random(in: 0..<3, using: &random) == 0 }.shuffled(using: &random)
        for list in [bound.map { " \($0) " }, bound.map(String.init)].map({ "{\($0.joined(separator: ","))}" }) {
          let seen = try await passing(numbers, list, connection)
          #expect(seen == numbers.filter { bound.contains($0) }, "\(list)")
        }
      }
    }
  }

  @Test(arguments: [nil, "", "{}", "{ }"])
  func withoutATenantNothingPasses(setting: String?) async throws {
    let database = try await TestDatabase.make()
    let seen = try await database.superuser.withConnection { try await passing([0, 1, 7, .max], setting, $0) }
    #expect(seen == [])
  }

  /// The server writes the list in the form that is found without making an array of it.
  @Test func theServerSetsTheListWithSpaces() async throws {
    let database = try await TestDatabase.make()
    let options = TransactionOptions(settings: [.integers("app.tenants", [7, 9])])
    let list = try await database.application.transaction(options) { try await $0.query(Tenants()) }
    #expect(list == ["{ 7 , 9 }"])
  }
}

private struct Passing: Statement {
  static let sql = "select tenant_id from passing order by tenant_id"

  static func decode(_ row: inout RowReader) throws -> Int64 { try row.next() }
}

private struct Tenants: Statement {
  static let sql = "select current_setting('app.tenants')"

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
