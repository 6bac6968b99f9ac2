import Kernel
import Postgres
import Schema
import Testing
import TestSupport

@Suite struct SchemaCheckTests {
  @Test func aMigratedDatabaseHasNoFindings() async throws {
    let database = try await TestDatabase.make()
    let findings = try await database.application.withConnection { try await $0.query(CatalogueFindings()) }
    #expect(findings.filter { $0.rule != "durability" } == [])
  }

  /// Every start of a trial migrates, and so does every new version: views that rest on one another go and come again.
  @Test func migratingAgainChangesNothing() async throws {
    let database = try await TestDatabase.make()
    let files = try SchemaFiles(directory: RealData.packageRoot.appendingPathComponent("sql").path)
    let before = try await database.superuser.transaction { try await $0.query(Views()) }
    let report = try await Migrator(database: database.superuser, files: files).migrate(permissions: [:], at: TestDatabase.start)
    #expect(report.applied == [] && report.from == report.to)
    #expect(!before.isEmpty)
    #expect(try await database.superuser.transaction { try await $0.query(Views()) } == before)
    let findings = try await database.application.withConnection { try await $0.query(CatalogueFindings()) }
    #expect(findings.filter { $0.rule != "durability" } == [])
  }

  /// Each protection that is taken away is found (guard removal).
  @Test(arguments: [
    ("alter table tenancy.person disable row level security", "row security"),
    ("alter table tenancy.person no force row level security", "row security"),
    ("drop policy bound_tenants on tenancy.person", "policy"),
    ("create policy extra on tenancy.person for select using (true)", "policy"),
    ("alter policy bound_tenants on tenancy.person using (true)", "policy"),
    ("alter policy staff_writes on contracts.sla with check (true)", "policy"),
    ("drop policy staff_only on desk.dispatch", "policy"),
    ("alter policy staff_only on desk.dispatch using (true)", "policy"),
    ("drop policy internal_for_staff on desk.comment", "policy"),
    ("alter policy internal_for_staff on desk.comment using (true)", "policy"),
    (
      "drop policy internal_for_staff on requests.comment; comment on table requests.comment is 'class=tenant retention=personal'",
      "policy"
    ),
    ("drop policy read_by_staff on operations.audit_content", "policy"),
    ("alter policy read_by_staff on operations.audit using (true)", "policy"),
    ("create table tenancy.stray (x int)", "class"),
    ("alter table suppliers.supplier no force row level security", "row security"),
    ("alter table assets.ci no force row level security", "row security"),
    ("create view suppliers.leak as select 1 as x", "view"),
    ("alter table tenancy.person owner to steward_app", "role"),
    ("alter role steward_app bypassrls", "role"),
    ("create view desk.leak as select 1 as x", "view"),
    ("create function tenancy.leak() returns int language sql security definer as 'select 1'", "definer"),
    ("alter function finder.due_clocks(timestamptz, timestamptz, bigint, bigint, integer) owner to steward_owner", "finder"),
    ("grant execute on function finder.due_clocks(timestamptz, timestamptz, bigint, bigint, integer) to public", "finder"),
    ("grant execute on function finder.due_clocks(timestamptz, timestamptz, bigint, bigint, integer) to steward_readonly", "finder"),
    ("create function finder.stray() returns int language sql as 'select 1'", "finder"),
  ])
  func aMissingProtectionIsFound(damage: String, rule: String) async throws {
    let database = try await TestDatabase.make()
    // In a transaction that is rolled back, because roles belong to the whole cluster.
    let rules = try await database.superuser.withConnection { connection in
      try await connection.runScript("begin; \(damage); set local role steward_app")
      return try await connection.query(CatalogueFindings()).map(\.rule)
    }
    #expect(rules.contains(rule))
  }
}

private struct Views: Statement {
  static let sql = """
    select n.nspname || '.' || c.relname || ' ' || coalesce(c.relacl::text, '') from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'v' and c.relowner = 'steward_owner'::regrole order by 1
    """

  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
