import Kernel
import Postgres

/// The look that the server takes before it listens: is this the schema of this build, and is row security whole? It
/// refuses to serve as a superuser, as an owner, as a role that may bypass row security, and over a table whose
/// protection is not what its class asks for.
package struct SchemaCheck: Sendable {
  private let database: PostgresClient
  private let neededVersion: Int64
  private let checksums: [Int64: String]

  package init(database: PostgresClient, files: SchemaFiles) {
    self.database = database
    neededVersion = files.version
    checksums = Dictionary(files.migrations.map { ($0.version, $0.checksum) }) { first, _ in first }
  }

  /// `allowsUnsafeSettings`: only for a private cluster of tests, which gives durability away on purpose.
  package func run(allowsUnsafeSettings: Bool = false) async throws {
    let (applied, findings) = try await database.withConnection { connection in
      let applied: [AppliedMigrations.Found]
      do {
        applied = try await connection.query(AppliedMigrations())
      } catch let error as PostgresError where error.sqlState == "42P01" || error.sqlState == "3F000" || error.sqlState == "42501" {
        applied = []
      }
      guard !applied.isEmpty else { return (applied, [CatalogueFinding]()) }
      return (applied, try await connection.query(CatalogueFindings()))
    }
    let found = applied.map(\.version).max() ?? 0
    if found > neededVersion {
      throw Failure(.conflict, SchemaMessages.tooNew, ["found": String(found), "needed": String(neededVersion)])
    }
    if found < neededVersion {
      throw Failure(.conflict, SchemaMessages.notMigrated, ["found": String(found), "needed": String(neededVersion)])
    }
    if let edited = applied.first(where: { checksums[$0.version] != $0.checksum }) {
      throw Failure(.conflict, SchemaMessages.edited, ["name": String(edited.version)])
    }
    let counted = findings.filter { !(allowsUnsafeSettings && $0.rule == "durability") }
    guard counted.isEmpty else {
      let lines = counted.prefix(20).map { "- \($0.rule): \($0.detail)" }.joined(separator: "\n")
      throw Failure(.conflict, SchemaMessages.checkFailed, ["findings": lines])
    }
  }
}

package struct CatalogueFinding: Sendable, Equatable {
  package let rule: String
  package let detail: String
}

/// What is wrong with the database as the current role sees it; no row when all is well.
package struct CatalogueFindings: Statement {
  package init() {}

  /// The tables of Steward's schemas, which are those of the owner of `tenancy`, with the class that their comment declares.
  package static let sql = """
    with me as (
      select oid, rolname, rolsuper, rolbypassrls from pg_catalog.pg_roles where rolname = current_user
    ), schemas as (
      select n.oid, n.nspname from pg_catalog.pg_namespace n
      where n.nspname = 'steward' or n.nspowner = (select t.nspowner from pg_catalog.pg_namespace t where t.nspname = 'tenancy')
    ), tables as (
      select c.oid, n.nspname || '.' || c.relname as name, c.relowner, c.relrowsecurity, c.relforcerowsecurity,
        substring(pg_catalog.obj_description(c.oid, 'pg_class') from 'class=([a-z]+)(?: (?:readers|internal|reading)=staff)? retention=[a-z]+$') as class,
        pg_catalog.obj_description(c.oid, 'pg_class') like '% readers=staff %' as is_for_staff,
        pg_catalog.obj_description(c.oid, 'pg_class') like '% internal=staff %' as is_partly_for_staff,
        pg_catalog.obj_description(c.oid, 'pg_class') like '% reading=staff %' as is_read_by_staff
      from pg_catalog.pg_class c join schemas n on n.oid = c.relnamespace
      where c.relkind in ('r', 'p') and not c.relispartition
    )
    select 'role', 'the server may not run as the superuser ' || rolname from me where rolsuper
    union all
    select 'role', 'the role ' || rolname || ' may bypass row security' from me where rolbypassrls
    union all
    select 'role', 'the role owns the table ' || t.name from tables t, me where t.relowner = me.oid
    union all
    select 'class', t.name || ' does not declare its class and retention' from tables t where t.class is null
    union all
    select 'row security', t.name || ' is a ' || t.class || ' table without enabled and forced row security'
    from tables t where t.class in ('tenant', 'provider') and not (t.relrowsecurity and t.relforcerowsecurity)
    union all
    select 'policy', t.name || ' lacks the policy of a tenant table, or has another besides'
    from tables t
    where t.class = 'tenant' and (
      (select count(*) from pg_catalog.pg_policy p where p.polrelid = t.oid)
        <> case when t.is_for_staff or t.is_partly_for_staff or t.is_read_by_staff then 2 else 1 end
      or not exists (
        select from pg_catalog.pg_policy p
        where p.polrelid = t.oid and p.polcmd = '*' and p.polpermissive and p.polroles = '{0}' and p.polwithcheck is null
          and pg_catalog.pg_get_expr(p.polqual, p.polrelid)
            = 'COALESCE(((strpos(current_setting(''app.tenants''::text, true), (('' ''::text || tenant_id) || '' ''::text)) > 0) OR '
              || '(tenant_id = ANY ((COALESCE(NULLIF(current_setting(''app.tenants''::text, true), ''''::text), ''{}''::text))::bigint[]))), false)'))
    union all
    select 'policy', t.name || ' lacks the policy that keeps it to the staff'
    from tables t
    where t.is_for_staff and not exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = t.oid and p.polcmd = '*' and not p.polpermissive and p.polroles = '{0}' and p.polwithcheck is null
        and pg_catalog.pg_get_expr(p.polqual, p.polrelid) = '(current_setting(''app.side''::text, true) = ''staff''::text)')
    union all
    select 'policy', t.name || ' lacks the policy that keeps its internal rows to the staff'
    from tables t
    where t.is_partly_for_staff and not exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = t.oid and p.polcmd = '*' and not p.polpermissive and p.polroles = '{0}' and p.polwithcheck is null
        and pg_catalog.pg_get_expr(p.polqual, p.polrelid)
          = '((visibility = ''public''::text) OR (current_setting(''app.side''::text, true) = ''staff''::text))')
    union all
    select 'policy', t.name || ' says of its rows who sees them, and keeps none to the staff'
    from tables t
    where t.class = 'tenant' and not t.is_for_staff and not t.is_partly_for_staff and exists (
      select from pg_catalog.pg_attribute a where a.attrelid = t.oid and a.attname = 'visibility' and not a.attisdropped)
    union all
    select 'policy', t.name || ' lacks the policy by which only the staff read it'
    from tables t
    where t.is_read_by_staff and not exists (
      select from pg_catalog.pg_policy p
      where p.polrelid = t.oid and p.polcmd = 'r' and not p.polpermissive and p.polroles = '{0}'
        and pg_catalog.pg_get_expr(p.polqual, p.polrelid) = '(current_setting(''app.side''::text, true) = ''staff''::text)')
    union all
    select 'policy', t.name || ' lacks the policies of a provider table, or has another besides'
    from tables t
    where t.class = 'provider' and (
      (select count(*) from pg_catalog.pg_policy p where p.polrelid = t.oid) <> 2
      or not exists (
        select from pg_catalog.pg_policy p
        where p.polrelid = t.oid and p.polcmd = '*' and pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid)
          = '(current_setting(''app.side''::text, true) = ''staff''::text)'))
    union all
    select 'encoding', 'the database is not UTF8 with collation C and ctype C.UTF-8'
    from pg_catalog.pg_database d
    where d.datname = current_database()
      and not (pg_catalog.pg_encoding_to_char(d.encoding) = 'UTF8' and d.datcollate = 'C' and lower(d.datctype) in ('c.utf-8', 'c.utf8'))
    union all
    select 'definer', p.oid::regprocedure::text || ' is security definer but not on the allow-list, or without a fixed search_path'
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where p.prosecdef and n.nspname not in ('pg_catalog', 'information_schema')
      and (coalesce(array_to_string(p.proconfig, ','), '') not like '%search_path=%'
        or not (n.nspname = 'finder' or p.proname in ('ensure_partitions', 'partition_months_ahead')))
    union all
    select 'finder', p.oid::regprocedure::text || ' is not steward_finder''s, or others than steward_app may call it'
    from pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'finder' and (pg_catalog.pg_get_userbyid(p.proowner) <> 'steward_finder' or p.proacl is null or exists (
      select from pg_catalog.aclexplode(p.proacl) a
      where a.grantee = 0 or pg_catalog.pg_get_userbyid(a.grantee) not in ('steward_finder', 'steward_app')))
    union all
    select 'view', n.nspname || '.' || c.relname || ' does not run with the rights of its reader'
    from pg_catalog.pg_class c join schemas n on n.oid = c.relnamespace
    where c.relkind = 'v' and not coalesce(c.reloptions @> array['security_invoker=true'], false)
    union all
    select 'durability', name || ' is ' || setting || ': an acknowledged change could be lost'
    from pg_catalog.pg_settings where name in ('fsync', 'full_page_writes', 'synchronous_commit') and setting = 'off'
    union all
    select 'version', 'PostgreSQL ' || current_setting('server_version') || ' is older than 15.14, whose row security has known holes'
    where current_setting('server_version_num')::int < 150014
    """

  package static func decode(_ row: inout RowReader) throws -> CatalogueFinding {
    CatalogueFinding(rule: try row.next(), detail: try row.next())
  }
}
