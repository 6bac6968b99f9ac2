-- The policy of tenant tables, in a form that leaves the planner its estimates. Every statement names its tenant already
-- (schema-rules 15); the bare condition said it once more, and the planner multiplied both: it took every tenant for
-- empty, and any index that begins with the tenant for as good as the key, so that a page of the queue read all tickets
-- of its customers. Inside coalesce() the condition is a filter, half of the rows pass by estimate, and no index is
-- chosen for its sake. What it lets through is the same.
create or replace function steward.protect_tenant_table(target regclass, retention text) returns void
language plpgsql set search_path = '' as $$
begin
  execute pg_catalog.format('alter table %s enable row level security', target);
  execute pg_catalog.format('alter table %s force row level security', target);
  execute pg_catalog.format(
    'create policy bound_tenants on %s for all using (coalesce(tenant_id = any (coalesce(nullif(current_setting(''app.tenants'', true), ''''), ''{}'')::bigint[]), false))', target);
  execute pg_catalog.format('comment on table %s is %L', target, 'class=tenant retention=' || retention);
end
$$;

do $$
declare
  target regclass;
begin
  for target in select p.polrelid::regclass from pg_catalog.pg_policy p where p.polname = 'bound_tenants' order by 1 loop
    execute pg_catalog.format(
      'alter policy bound_tenants on %s using (coalesce(tenant_id = any (coalesce(nullif(current_setting(''app.tenants'', true), ''''), ''{}'')::bigint[]), false))', target);
  end loop;
end
$$;
