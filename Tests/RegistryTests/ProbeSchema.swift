import Postgres

/// What the probes add to their own databases, to ask for tables whose names are known only at run time.
enum ProbeSchema {
  static let script = """
    create schema probe;
    create function probe.texts(wanted text) returns setof text language plpgsql set search_path = '' as $$
    begin
      return query execute wanted;
    end
    $$;
    -- How many rows some tenants have in each of their tables, without the tables where they have none. One constant statement for each
    -- table, so that a session plans it once: it is asked before and after thousands of calls.
    do $do$
    declare
      counts text;
    begin
      select string_agg(format(
          'return query select %L || t.tenant_id || ''='' || count(*) from %s t where t.tenant_id = any (wanted) group by t.tenant_id order by 1;',
          c.oid::regclass || ':', c.oid::regclass), ' ' order by c.oid::regclass::text)
      into counts
      from pg_catalog.pg_class c
      where c.relkind in ('r', 'p') and not c.relispartition and pg_catalog.obj_description(c.oid, 'pg_class') like 'class=tenant%';
      execute format(
        'create function probe.row_counts(wanted bigint[]) returns setof text language plpgsql
         set search_path = %L set plan_cache_mode = force_generic_plan as %L', '', 'begin ' || counts || ' end');
    end
    $do$;
    -- How often a text stands anywhere in any row of any table: `schema.table=count`, only where it does.
    create function probe.tables_holding(wanted text) returns setof text language plpgsql set search_path = '' as $$
    declare
      target regclass;
      counted bigint;
    begin
      for target in
        select c.oid::regclass from pg_catalog.pg_class c
        where c.relkind = 'r' and c.relnamespace::regnamespace::text not in ('pg_catalog', 'information_schema', 'pg_toast') order by 1
      loop
        execute pg_catalog.format('select count(*) from %s t where pg_catalog.strpos(pg_catalog.to_jsonb(t)::text, $1) > 0', target) into counted using wanted;
        if counted > 0 then return next target || '=' || counted; end if;
      end loop;
    end
    $$;
    """
}

struct ProbeTexts: Statement {
  let query: String
  static let sql = "select probe.texts($1)"
  func bind(to parameters: inout Parameters) { parameters.append(query) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct ProbeRowCounts: Statement {
  let tenants: [Int64]
  static let sql = "select probe.row_counts($1)"
  func bind(to parameters: inout Parameters) { parameters.append(tenants) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}

struct ProbeTablesHolding: Statement {
  let text: String
  static let sql = "select probe.tables_holding($1)"
  func bind(to parameters: inout Parameters) { parameters.append(text) }
  static func decode(_ row: inout RowReader) throws -> String { try row.next() }
}
