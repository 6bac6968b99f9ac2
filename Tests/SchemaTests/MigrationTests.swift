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
    let (database, before) = try await Self.migrated(before: "0018")
    #expect(before.to == 17)
    try await database.withConnection { try await $0.runScript(Self.proposal) }
    let after = try await Self.migrateOn(database)
    #expect(after.from == 17 && after.to > 17)
    #expect(try await database.withConnection { try await $0.query(ProposalTerms()) } == ["{\"period\": \"month\"} 2026-01-01"])
    let findings = try await database.withConnection { try await $0.query(CatalogueFindings()) }
    #expect(findings.filter { $0.rule == "row security" } == [], "forced again")
    await database.shutdown()
  }

  /// Where a service stands was computed from its days; now it is written, and what was there stays.
  @Test func theStateOfAServiceOutlivesItsComputation() async throws {
    let (database, before) = try await Self.migrated(before: "0024")
    #expect(before.to == 23)
    try await database.withConnection { try await $0.runScript(Self.services) }
    _ = try await Self.migrateOn(database)
    #expect(try await database.withConnection { try await $0.query(ServiceStates()) } == ["S1 pipeline", "S2 catalogue", "S3 retired"])
    await database.shutdown()
  }

  /// A database as it was before the migrations from `name` on.
  private static func migrated(before name: String) async throws -> (database: PostgresClient, report: Migrator.Report) {
    let database = try await TestDatabase.empty()
    let sql = RealData.packageRoot.appending(path: "sql")
    let earlier = FileManager.default.temporaryDirectory.appending(path: "steward-earlier-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: earlier) }
    for folder in ["migrations", "views", "functions"] {
      try FileManager.default.createDirectory(at: earlier.appending(path: folder), withIntermediateDirectories: true)
    }
    try FileManager.default.copyItem(at: sql.appending(path: "roles.sql"), to: earlier.appending(path: "roles.sql"))
    for file in try FileManager.default.contentsOfDirectory(atPath: sql.appending(path: "migrations").path) where file < name {
      try FileManager.default.copyItem(at: sql.appending(path: "migrations/\(file)"), to: earlier.appending(path: "migrations/\(file)"))
    }
    let files = try SchemaFiles(directory: earlier.path)
    return (database, try await Migrator(database: database, files: files).migrate(permissions: [:], at: TestDatabase.start))
  }

  /// All the rest.
  private static func migrateOn(_ database: PostgresClient) async throws -> Migrator.Report {
    let files = try SchemaFiles(directory: RealData.packageRoot.appending(path: "sql").path)
    return try await Migrator(database: database, files: files).migrate(permissions: [:], at: TestDatabase.start)
  }

  private static let services = """
    insert into catalog.family (id, public_id, code, names, recorded_at)
    values (1, decode('000102030405060708090a0b', 'hex'), 'F1', '{"en": "F"}', '2026-01-01T00:00:00Z');
    insert into catalog.service (public_id, family_id, code, names, mode, owner, design_on, operation_on, retirement_on, recorded_at)
    select decode(v.id, 'hex'), 1, v.code, '{"en": "S"}', 'managed', '{"en": "O"}', '2026-01-01', v.operation_on, v.retirement_on, '2026-01-01T00:00:00Z'
    from (values ('000102030405060708090a01', 'S1', null, null), ('000102030405060708090a02', 'S2', date '2026-01-02', null),
      ('000102030405060708090a03', 'S3', date '2026-01-02', date '2026-01-03')) as v (id, code, operation_on, retirement_on)
    """

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

private struct ServiceStates: Statement {
  static let sql = "select code || ' ' || state from catalog.service order by code"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
