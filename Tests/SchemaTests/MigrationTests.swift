import Foundation
import Kernel
import Postgres
import Schema
import TestSupport
import Testing

/// Migrations over databases that hold something.
@Suite struct MigrationTests {
  /// Migrations run as the owner of the tables, whom forced row security hides every customer's rows from.
  @Test func aProposalOfAnEarlierVersionIsMigrated() async throws {
    let database = try await TestDatabase.empty()
    let sql = RealData.packageRoot.appending(path: "sql")
    let earlier = FileManager.default.temporaryDirectory.appending(path: "steward-earlier-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: earlier) }
    for folder in ["migrations", "views", "functions"] {
      try FileManager.default.createDirectory(at: earlier.appending(path: folder), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(at: sql.appending(path: "roles.sql"), to: earlier.appending(path: "roles.sql"))
    for name in try FileManager.default.contentsOfDirectory(atPath: sql.appending(path: "migrations").path) where name < "0018" {
      try FileManager.default.copyItem(at: sql.appending(path: "migrations/\(name)"), to: earlier.appending(path: "migrations/\(name)"))
    }
    let before = try await Migrator(database: database, files: try SchemaFiles(directory: earlier.path)).migrate(permissions: [:], at: TestDatabase.start)
    #expect(before.to == 17)
    try await database.withConnection { try await $0.runScript(Self.proposal) }
    let after = try await Migrator(database: database, files: try SchemaFiles(directory: sql.path)).migrate(permissions: [:], at: TestDatabase.start)
    #expect(after.from == 17 && after.to > 17)
    #expect(try await database.withConnection { try await $0.query(ProposalTerms()) } == ["{\"period\": \"month\"} 2026-01-01"])
    let findings = try await database.withConnection { try await $0.query(CatalogueFindings()) }
    #expect(findings.filter { $0.rule == "row security" } == [], "forced again")
    await database.shutdown()
  }

  /// A proposal with the version of a schedule that it was computed by; what else it names is not looked at here.
  private static let proposal = """
    begin; set local session_replication_role = replica;
    insert into credits.schedule_version (id, schedule_id, valid_from, terms, recorded_at)
    values (1, 1, '2026-01-01T00:00:00Z', '{"period": "month"}', '2026-01-01T00:00:00Z');
    insert into credits.proposal (tenant_id, public_id, number, contract_id, contract_line_id, schedule_id, schedule_name, schedule_version_id, period_kind,
      period_name, period_from, period_to, calculation, amount_minor, currency, granted_minor, claimed_on, actor_kind, actor_id, recorded_at, state)
    values (1, decode('000102030405060708090a0b', 'hex'), 1, 1, 1, 1, 'S', 1, 'month', '2026-01', '2026-01-01', '2026-02-01', '{}', 100, 'EUR', 0,
      '2026-02-01', 'staff', 1, '2026-02-01T00:00:00Z', 'proposed');
    commit
    """
}

private struct ProposalTerms: Statement {
  static let sql = "select p.terms::text || ' ' || to_char(p.terms_valid_from at time zone 'UTC', 'YYYY-MM-DD') from credits.proposal p"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
