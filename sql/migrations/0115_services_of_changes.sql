-- Services of the catalogue that a change affects, as somebody took them over from the walk along the relations of the CMDB: what the walk finds today
-- says nothing about what the change was known to affect. Rows of the provider's tenant.
create table changes.affected_service (
  tenant_id bigint not null,
  change_id bigint not null,
  service_id bigint not null,
  -- by whose CIs it was found: a customer's, or those that the provider shares; of it hears who serves him, or who serves all
  other_tenant_id bigint not null,
  recorded_at timestamptz not null,
  constraint affected_service_pk primary key (tenant_id, change_id, service_id, other_tenant_id),
  constraint affected_service_change_fk foreign key (tenant_id, change_id) references changes.change (tenant_id, id),
  constraint affected_service_service_fk foreign key (service_id) references catalog.service (id),
  constraint affected_service_owner_fk foreign key (other_tenant_id) references tenancy.tenant (id)
);
create index affected_service_service on changes.affected_service (service_id, tenant_id, change_id);
select steward.protect_tenant_table('changes.affected_service', 'operational');
select steward.keep_to_staff('changes.affected_service', 'operational');
grant select, insert, delete on changes.affected_service to steward_app;
