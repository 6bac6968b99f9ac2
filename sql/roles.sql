-- The database roles of Steward (docs/architecture.md, "Roles"). Run by `steward migrate` as a superuser, before the
-- migrations; safe to repeat. None has a password: the administrator gives steward_app one, or lets it in by peer.
do $$
declare
  wanted record;
begin
  for wanted in
    select * from (values
      ('steward_owner', 'nologin nobypassrls'),    -- owns every table; the migrations run as it
      ('steward_app', 'login nobypassrls'),        -- the server; owns nothing, sees only the tenants it is bound to
      ('steward_finder', 'nologin bypassrls'),     -- owns the allow-listed search functions; may only select
      ('steward_eraser', 'nologin nobypassrls'),   -- empties personal content; not the server's
      ('steward_readonly', 'nologin nobypassrls'), -- reports by SQL, under row security
      ('steward_backup', 'nologin bypassrls')      -- pg_dump
    ) as roles (name, attributes)
  loop
    if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
      begin
        execute pg_catalog.format('create role %I %s', wanted.name, wanted.attributes);
      exception when duplicate_object or unique_violation then null; -- a second database of this cluster got there first
      end;
    end if;
  end loop;
end
$$;
