import Kernel
import Postgres

/// Brings a database to the schema of this build: roles, migrations (forward only, one transaction each, as the owner
/// role), views and functions re-created whole, partitions made, stock permissions filled in.
package struct Migrator: Sendable {
  private let database: PostgresClient
  private let files: SchemaFiles

  package init(database: PostgresClient, files: SchemaFiles) {
    self.database = database
    self.files = files
  }

  /// What was done.
  package struct Report: Sendable {
    package let from: Int64
    package let to: Int64
    package let applied: [String]
  }

  /// `permissions`: the registry's permissions with the stock roles that hold them in a new installation. A permission
  /// that the database knows already keeps the roles that its administrator gave it.
  package func migrate(permissions: [String: Set<String>], at now: Instant) async throws -> Report {
    try await database.withConnection { connection in
      try await self.requireSuperuser(connection)
      // Alone: a second migrator waits here. The lock goes with the session.
      try await connection.runScript("set search_path = ''; set client_min_messages = warning; select pg_catalog.pg_advisory_lock(7837361)")
      do {
        let report = try await self.run(on: connection, permissions, now)
        try await connection.runScript("select pg_catalog.pg_advisory_unlock(7837361); reset all")
        return report
      } catch {
        _ = try? await connection.runScript("rollback; reset role; reset all; select pg_catalog.pg_advisory_unlock_all()")
        throw error
      }
    }
  }

  private func run(on connection: Connection, _ permissions: [String: Set<String>], _ now: Instant) async throws -> Report {
    try await script(files.roles.name, files.roles.text, on: connection)
    try await script("bookkeeping", Self.bookkeeping, on: connection)
    let applied = try await appliedMigrations(on: connection)
    let from = applied.keys.max() ?? 0
    guard from <= files.version else {
      throw Failure(.conflict, SchemaMessages.tooNew, ["found": String(from), "needed": String(files.version)])
    }
    var names: [String] = []
    for migration in files.migrations {
      if let checksum = applied[migration.version] {
        guard checksum == migration.checksum else { throw Failure(.conflict, SchemaMessages.edited, ["name": migration.name]) }
        continue
      }
      try await script(migration.name, inTransaction(migration), on: connection, timeout: Self.longest)
      names.append(migration.name)
    }
    try await script("views", asOwner(files.views.reduce(Self.dropViews) { "\($0)\n\($1.text)" }), on: connection)
    for function in files.functions { try await script(function.name, "begin;\n\(function.text)\n;commit", on: connection) }
    try await script("partitions", asOwner("select operations.ensure_partitions('\(now.adding(seconds: -32 * 86_400))', 14)"), on: connection)
    try await script("permissions", asOwner(stockPermissions(permissions)), on: connection)
    return Report(from: from, to: files.version, applied: names)
  }

  /// All go before any is made again: which one rests on which, their order of creation says. Who reads meanwhile waits.
  private static let dropViews = """
    do $$
    declare found record;
    begin
      for found in select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
        where c.relkind = 'v' and c.relowner = 'steward_owner'::pg_catalog.regrole
      loop execute pg_catalog.format('drop view if exists %I.%I cascade', found.nspname, found.relname); end loop;
    end $$;
    """

  private static let bookkeeping = """
    do $$ begin execute pg_catalog.format('grant create on database %I to steward_owner', pg_catalog.current_database()); end $$;
    do $$ begin execute pg_catalog.format('alter database %I set citus.propagate_set_commands = ''local''', pg_catalog.current_database()); end $$;
    create schema if not exists steward authorization steward_owner;
    create table if not exists steward.schema_migration (
      version bigint not null,
      name text not null,
      checksum text not null,
      applied_at timestamptz not null default pg_catalog.now(),
      constraint schema_migration_pk primary key (version)
    );
    alter table steward.schema_migration owner to steward_owner;
    comment on table steward.schema_migration is 'class=stock retention=permanent';
    grant usage on schema steward to steward_app;
    grant select on steward.schema_migration to steward_app;
    """

  private func inTransaction(_ migration: SchemaFiles.Migration) -> String {
    asOwner(
      """
      \(migration.text)
      ;insert into steward.schema_migration (version, name, checksum) values (\(migration.version), '\(migration.name)', '\(migration.checksum)')
      """)
  }

  private func asOwner(_ text: String) -> String {
    "begin; set local role steward_owner; set local search_path = ''; set local lock_timeout = '2s';\n\(text)\n;commit"
  }

  /// Names come from the registry, which allows a-z, _ and . only.
  private func stockPermissions(_ permissions: [String: Set<String>]) -> String {
    permissions.sorted { $0.key < $1.key }.map { permission, roles in
      let pairs = roles.sorted().map { "('\($0)')" }.joined(separator: ", ")
      guard !pairs.isEmpty else { return "insert into tenancy.permission (code) values ('\(permission)') on conflict do nothing;" }
      return """
        with added as (insert into tenancy.permission (code) values ('\(permission)') on conflict do nothing returning code)
        insert into tenancy.role_permission (role, permission) select r.role, a.code from added a, (values \(pairs)) as r (role);
        """
    }.joined(separator: "\n")
  }

  /// Of one migration: one that fills a column of a table with millions of rows takes longer than any statement of the server's.
  private static let longest = Duration.seconds(6 * 3600)

  private func script(_ name: String, _ text: String, on connection: Connection, timeout: Duration? = nil) async throws {
    do {
      try await connection.runScript(text, timeout: timeout)
    } catch let error as PostgresError {
      throw Failure(.conflict, SchemaMessages.migrationFailed, ["name": name, "reason": error.debugText])
    }
  }

  private func requireSuperuser(_ connection: Connection) async throws {
    guard try await connection.query(IsSuperuser()).first == true else { throw Failure(.denied, SchemaMessages.needsSuperuser) }
  }

  private func appliedMigrations(on connection: Connection) async throws -> [Int64: String] {
    let rows = try await connection.query(AppliedMigrations())
    return Dictionary(rows.map { ($0.version, $0.checksum) }) { first, _ in first }
  }
}

struct IsSuperuser: Statement {
  static let sql = "select rolsuper from pg_catalog.pg_roles where rolname = current_user"
  static func decode(_ row: inout RowReader) throws -> Bool { try row.next() }
}

struct AppliedMigrations: Statement {
  struct Found: Sendable {
    let version: Int64
    let checksum: String
  }

  static let sql = "select version, checksum from steward.schema_migration order by version"
  static func decode(_ row: inout RowReader) throws -> Found { Found(version: try row.next(), checksum: try row.next()) }
}
