-- Of two who set the same thing, the second saw what the first had set, also where there is no row yet, or none any more, to count in: no row here
-- is version 1.
create table operations.setting_version (
  tenant_id bigint not null,
  -- what it is of: `priority_matrix`, `ticket_policy/con_...`, `sweep/...`
  setting text not null,
  version bigint not null,
  constraint setting_version_pk primary key (tenant_id, setting),
  constraint setting_version_tenant_fk foreign key (tenant_id) references tenancy.tenant (id),
  constraint setting_version_setting_check check (octet_length(setting) between 1 and 500),
  constraint setting_version_version_check check (version > 1)
);
select steward.protect_tenant_table('operations.setting_version', 'contract');
grant select, insert, update (version) on operations.setting_version to steward_app;
