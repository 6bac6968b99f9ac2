-- SLA versions that are withdrawn before they begin, as those of calendars, contracts and lines are; where a credit schedule comes from;
-- what a credit was proposed on.

-- 1. Another version may begin when a withdrawn one would have. That a version does not stand is written on it: who chooses a ticket's
-- targets reads the row anyway. Everything else of it stays as it was written: nothing but this column may be updated.
alter table contracts.sla_version
  add column seq bigint not null default 1,
  add column withdrawn boolean not null default false,
  drop constraint sla_version_from_unique,
  add constraint sla_version_from_unique unique (sla_id, valid_from, seq);
grant update (withdrawn) on contracts.sla_version to steward_app;

-- 2. When a version was withdrawn, and why. Read by whoever reads the version.
create table contracts.sla_version_withdrawal (
  sla_version_id bigint not null,
  reason text not null,
  -- as of the version
  only_tenant_id bigint,
  recorded_at timestamptz not null,
  constraint sla_version_withdrawal_pk primary key (sla_version_id),
  constraint sla_version_withdrawal_version_fk foreign key (sla_version_id) references contracts.sla_version (id),
  constraint sla_version_withdrawal_only_tenant_fk foreign key (only_tenant_id) references tenancy.tenant (id)
);
select steward.protect_provider_table('contracts.sla_version_withdrawal',
  'only_tenant_id is null or only_tenant_id = any (coalesce(nullif(current_setting(''app.tenants'', true), ''''), ''{}'')::bigint[])', 'contract');
grant select, insert on contracts.sla_version_withdrawal to steward_app;

-- 3. The agreement that a schedule was written after, and what is to be known of it.
alter table credits.schedule add column source text, add column note text;

-- 4. What the clock of a verdict had counted when the credit was proposed; null of credits that are older than these columns.
alter table credits.evidence add column used_seconds bigint, add column budget_seconds bigint, add column due_at timestamptz;
