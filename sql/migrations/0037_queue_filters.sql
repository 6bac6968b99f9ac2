-- Queues that somebody looks at again and again: criteria of incident.queue under a name. Rows of the provider's tenant.
create table desk.queue_filter (
  tenant_id bigint not null,
  public_id bytea not null,
  account_id bigint not null,
  name text not null,
  criteria jsonb not null,
  recorded_at timestamptz not null,
  constraint queue_filter_pk primary key (tenant_id, account_id, name),
  constraint queue_filter_public_id_unique unique (tenant_id, public_id),
  constraint queue_filter_account_fk foreign key (tenant_id, account_id) references tenancy.account (tenant_id, id),
  constraint queue_filter_public_id_check check (octet_length(public_id) = 12)
);
select steward.protect_tenant_table('desk.queue_filter', 'personal');
select steward.keep_to_staff('desk.queue_filter', 'personal');
grant select, insert, delete on desk.queue_filter to steward_app;
grant update (criteria, recorded_at) on desk.queue_filter to steward_app;
