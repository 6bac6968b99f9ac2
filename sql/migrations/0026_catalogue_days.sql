-- The catalogue with days ahead, and services designed for one customer.

-- A stage may be announced: its day lies ahead. Where a service stands is asked for a day, by the statement; the column says where it
-- stood when the service was last written or swept, in the provider's zone: what the customers' side may read goes by it, since a
-- policy has no clock.
alter table catalog.service alter column state drop expression;
alter table catalog.service add constraint service_state_check check (state in ('pipeline', 'catalogue', 'retired'));

-- The one customer for whom a service was designed; null: it is for all. Fixed when the service is recorded, and the same for its
-- offerings and their versions: nobody may change it.
alter table catalog.service add column only_tenant_id bigint,
  add constraint service_only_tenant_fk foreign key (only_tenant_id) references tenancy.tenant (id);
alter table catalog.offering add column only_tenant_id bigint,
  add constraint offering_only_tenant_fk foreign key (only_tenant_id) references tenancy.tenant (id);
alter table catalog.offering_version add column only_tenant_id bigint,
  add constraint offering_version_only_tenant_fk foreign key (only_tenant_id) references tenancy.tenant (id);

revoke update on catalog.service from steward_app;
grant update (family_id, names, summary, mode, owner, requirements_on, design_on, transition_on, operation_on, retirement_on, state, version)
  on catalog.service to steward_app;
revoke update on catalog.offering from steward_app;
grant update (names, state, published_seq, version) on catalog.offering to steward_app;

do $$
declare
  readable record;
begin
  for readable in
    select * from (values
      ('catalog.service', 'operation_on is not null and state <> ''pipeline'''),
      ('catalog.offering', 'published_seq is not null'),
      ('catalog.offering_version', 'current_setting(''app.side'', true) = ''customer''')
    ) as readers (target, published)
  loop
    execute pg_catalog.format(
      'alter policy readers on %s using (current_setting(''app.side'', true) = ''staff'' or (%s and (only_tenant_id is null '
      'or only_tenant_id = any (coalesce(nullif(current_setting(''app.tenants'', true), ''''), ''{}'')::bigint[]))))',
      readable.target, readable.published);
  end loop;
end
$$;

-- What the sweep of days looks for: a service whose day has come.
create index service_entering on catalog.service (operation_on) where state = 'pipeline';
create index service_leaving on catalog.service (retirement_on) where state <> 'retired';

-- What catalogue.read allowed is asked for by three permissions now. Who held it keeps what it was for, and who did not gains nothing;
-- customers' people read what is sold to them. A new installation has no permissions yet: it begins with those of the stock roles.
with added as (
  insert into tenancy.permission (code)
  select a.code from tenancy.permission p cross join (values ('catalogue.manual'), ('service.read')) as a (code) where p.code = 'catalogue.read'
  on conflict do nothing returning code)
insert into tenancy.role_permission (role, permission)
select h.role, a.code
from added a cross join (
  select r.role from tenancy.role_permission r where r.permission = 'catalogue.read' union values ('customer_manager'), ('requester')) as h (role);

alter table tenancy.api_token no force row level security;
update tenancy.api_token t set permissions = t.permissions || array['catalogue.manual', 'service.read'] where 'catalogue.read' = any (t.permissions);
alter table tenancy.api_token force row level security;
