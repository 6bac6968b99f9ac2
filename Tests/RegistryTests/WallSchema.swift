/// What the probes of the tenant wall add to their databases: ways to put a row into any table, with its other rules
/// taken away, so that only the rule under test can refuse it. All of it is rolled back.
enum WallSchema {
  static let script = """
    create schema wall;
    grant usage on schema wall to steward_app;
    -- A value of a type; another for another number.
    create function wall.sample(kind text, number integer) returns text language sql as $$
      select case kind
        when 'text' then 'probe' || number when 'boolean' then 'false' when 'bytea' then '\\x' || lpad(to_hex(number), 24, '0')
        when 'jsonb' then '{}' when 'date' then '2026-03-02' when 'timestamp with time zone' then '2026-03-02T08:00:00Z'
        else (700 + number)::text end
    $$;
    -- Takes away what else could refuse a row: checks, other references, columns that must be filled.
    create function wall.loosen(target regclass) returns void language plpgsql as $$
    declare
      changes text;
    begin
      select string_agg(change, ', ') into changes
      from (
        select format('drop constraint %I', c.conname) as change from pg_constraint c
        where c.conrelid = target and c.contype in ('c', 'f') and c.coninhcount = 0
        union all
        select format('alter column %I drop not null', a.attname) from pg_attribute a
        where a.attrelid = target and a.attnum > 0 and a.attnotnull and a.attidentity = '' and not a.attisdropped
          and not exists (select from pg_index i where i.indrelid = target and i.indisprimary and a.attnum = any (i.indkey))
      ) c;
      if changes is not null then execute format('alter table %s %s', target, changes); end if;
    end
    $$;
    -- Puts the least row that the key asks for, with `given` columns, as whoever calls.
    create function wall.put(target regclass, tenant bigint, given jsonb) returns void language plpgsql as $$
    declare
      one record;
      names text := 'tenant_id';
      texts text := quote_literal(tenant);
    begin
      for one in
        select a.attname, format_type(a.atttypid, a.atttypmod) as kind from pg_attribute a
        where a.attrelid = target and a.attnum > 0 and not a.attisdropped and a.attname <> 'tenant_id'
          and (given ? a.attname or (a.attidentity = '' and exists (
            select from pg_index i where i.indrelid = target and i.indisprimary and a.attnum = any (i.indkey))))
      loop
        names := names || format(', %I', one.attname);
        texts := texts || format(', %L::%s', coalesce(given ->> one.attname, wall.sample(one.kind, 1)), one.kind);
      end loop;
      execute format('insert into %s (%s) values (%s)', target, names, texts);
    end
    $$;
    """
}
