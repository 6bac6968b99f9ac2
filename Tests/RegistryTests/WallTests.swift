import Foundation
import Kernel
import Postgres
import TestSupport
import Testing

/// The wall stands; and each stone taken out of it is found.
// One after the other: each locks tables, and the sound database is shared.
@Suite(.serialized) struct WallTests {
  private static let sound = Task { try await Wall(try await World.make()) }

  @Test func noRowIsSeenOrWrittenAcrossTenants() async throws {
    let wall = try await Self.sound.value
    let tables = try await wall.tenantTables()
    #expect(tables.count > 10)
    #expect(try await wall.rowFindings(of: tables) == [])
    print("tenant tables: \(tables.count)")
  }

  @Test func whatIsTheStaffsNoCustomerReads() async throws { #expect(try await Self.sound.value.staffFindings() == []) }

  @Test func aMissingStaffPolicyIsFound() async throws {
    let world = try await World.make()
    let wall = try await Wall(world)
    try await world.database.superuser.withConnection { _ = try await $0.runScript("drop policy staff_only on desk.dispatch") }
    #expect(try await wall.staffFindings() == ["desk.dispatch: customers see rows", "desk.dispatch: customers write rows"])
  }

  @Test func whatIsInternalNoCustomerReads() async throws { #expect(try await Self.sound.value.internalFindings() == []) }

  @Test func aMissingPolicyForInternalRowsIsFound() async throws {
    let world = try await World.make()
    let wall = try await Wall(world)
    try await world.database.superuser.withConnection { _ = try await $0.runScript("drop policy internal_for_staff on desk.comment") }
    #expect(try await wall.internalFindings() == ["desk.comment: customers see internal rows", "desk.comment: customers write internal rows"])
  }

  @Test func whatIsForTheStaffToReadCustomersOnlyAddTo() async throws { #expect(try await Self.sound.value.readingFindings() == []) }

  @Test func aMissingPolicyForReadingIsFound() async throws {
    let world = try await World.make()
    let wall = try await Wall(world)
    try await world.database.superuser.withConnection { _ = try await $0.runScript("drop policy read_by_staff on operations.audit_content") }
    #expect(try await wall.readingFindings() == ["operations.audit_content: customers see rows"])
  }

  @Test func noReferenceCrossesTenants() async throws {
    let wall = try await Self.sound.value
    let references = try await wall.references()
    #expect(references.count > 10)
    #expect(try await wall.referenceFindings(of: references) == [])
    print("references between tenant tables: \(references.count)")
  }

  @Test func keysBeginWithTheTenant() async throws {
    let wall = try await Self.sound.value
    #expect(try await wall.shapeFindings() == [])
  }

  @Test func everyConstraintIsNamedInTheMigrations() async throws {
    let wall = try await Self.sound.value
    let folder = RealData.packageRoot.appendingPathComponent("sql/migrations")
    let text = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted().map {
      try String(contentsOf: folder.appendingPathComponent($0), encoding: .utf8)
    }.joined(separator: "\n")
    // The table of the migrations themselves is made by the migrator.
    let migrator = try String(contentsOf: RealData.packageRoot.appendingPathComponent("Sources/Schema/Migrator.swift"), encoding: .utf8)
    let words = Set((text + migrator).split { !($0.isLetter || $0.isNumber || $0 == "_") }.map(String.init))
    let names = try await wall.constraintNames()
    #expect(names.count > 50)
    #expect(names.filter { !words.contains($0) } == [], "named by PostgreSQL, not by a migration")
  }

  /// A policy that lets all rows through: what is B's is seen by whoever is bound to A.
  @Test(arguments: [
    "alter policy bound_tenants on tenancy.person using (true)",
    "alter table tenancy.person disable row level security",
    "create policy more on tenancy.person for select using (current_setting('app.side', true) = 'staff')",
  ])
  func anOpenPolicyIsFound(damage: String) async throws {
    let world = try await World.make()
    _ = try await world.seeded("per", in: world.b)
    let wall = try await Wall(world)
    try await world.database.superuser.withConnection { _ = try await $0.runScript(damage) }
    #expect(try await wall.rowFindings(of: ["tenancy.person"]).contains { $0.hasPrefix("tenancy.person: bound to A, B's rows are seen") })
    // And with the real rows: the canary of B is read by the server's own role.
    let seen = try await world.database.tenancy.transaction(binding: [world.a.entry.id], side: .staff, readOnly: true) { transaction in
      try await transaction.query(PersonNames())
    }
    #expect(seen.contains { $0.contains(world.b.canary) })
  }

  @Test func aPolicyThatLetsRowsInIsFound() async throws {
    let world = try await World.make()
    let wall = try await Wall(world)
    try await world.database.superuser.withConnection { _ = try await $0.runScript("alter policy bound_tenants on tenancy.person with check (true)") }
    let findings = try await wall.rowFindings(of: ["tenancy.person"])
    #expect(findings.contains { $0.hasPrefix("tenancy.person: bound to A, a row is written for B") })
    #expect(findings.contains { $0.hasPrefix("tenancy.person: without a tenant, a row is written") })
  }

  /// A plain reference accepts another tenant's row, though row security hides it.
  @Test func aPlainReferenceIsFound() async throws {
    let world = try await World.make()
    let wall = try await Wall(world)
    try await world.database.superuser.withConnection {
      _ = try await $0.runScript(
        """
        create unique index stray on tenancy.org_unit (id);
        alter table tenancy.person drop constraint person_unit_fk,
          add constraint person_unit_fk foreign key (unit_id) references tenancy.org_unit (id) on delete set null
        """)
    }
    let references = try await wall.referenceFindings(of: wall.references().filter { $0.name == "person_unit_fk" })
    #expect(references.contains { $0.hasPrefix("person_unit_fk of tenancy.person: a row of A points to B's") })
    #expect(references.contains { $0.hasPrefix("person_unit_fk of tenancy.person: a row of A is turned to B's") })
    let shape = try await wall.shapeFindings()
    #expect(shape.contains { $0.hasPrefix("person_unit_fk: a reference from tenancy.person to tenancy.org_unit that does not begin") })
    #expect(shape.contains { $0.hasPrefix("person_unit_fk: ON DELETE SET") })
    #expect(shape.contains { $0.hasPrefix("tenancy.stray: a unique index of tenancy.org_unit") })
  }

  @Test(arguments: [
    ("alter table tenancy.person drop constraint person_pk cascade", "tenancy.person: no primary key"),
    ("alter table jobs.schedule drop constraint schedule_pk, alter column tenant_id drop not null", "jobs.schedule: tenant_id may be null"),
    (
      "alter table tenancy.role add column unit bigint, add column tenant bigint, add constraint role_unit_fk foreign key (tenant, unit) references tenancy.org_unit (tenant_id, id)",
      "role_unit_fk: a reference from tenancy.role to the rows of tenants"
    ),
    (
      "create function tenancy.t() returns trigger language plpgsql as 'begin return new; end'; create trigger t before insert on tenancy.person for each row execute function tenancy.t()",
      "tenancy.person: a trigger"
    ),
  ])
  func aShapeAgainstTheRulesIsFound(damage: String, finding: String) async throws {
    let world = try await World.make()
    let wall = try await Wall(world)
    try await world.database.superuser.withConnection { _ = try await $0.runScript(damage) }
    #expect(try await wall.shapeFindings().contains { $0.hasPrefix(finding) })
  }
}

/// All names that can be seen, without naming a tenant: only the policy stands between.
private struct PersonNames: Statement {
  static let sql = "select name from tenancy.person"
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
