-- Services of the catalogue that an incident affects, as somebody took them over from the walk along the relations of the CMDB: what the walk finds today
-- says nothing about what was affected then.
create table desk.affected_service (
  tenant_id bigint not null,
  ticket_id bigint not null,
  service_id bigint not null,
  -- found by what rests on a CI that the provider shares, and not by the customer's own: it is taken off by who may see that
  is_shared boolean not null,
  recorded_at timestamptz not null,
  constraint affected_service_pk primary key (tenant_id, ticket_id, service_id),
  constraint affected_service_ticket_fk foreign key (tenant_id, ticket_id) references desk.ticket (tenant_id, id),
  constraint affected_service_service_fk foreign key (service_id) references catalog.service (id)
);
create index affected_service_service on desk.affected_service (service_id, tenant_id, ticket_id);
-- What rests on the provider's own things is not the customer's affair.
select steward.protect_tenant_table('desk.affected_service', 'operational');
select steward.keep_to_staff('desk.affected_service', 'operational');
grant select, insert, delete on desk.affected_service to steward_app;
