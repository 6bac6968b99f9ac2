-- What histories tell of a ticket's fields, names of impact, urgency and priority, incidents of which somebody thinks that a problem is
-- behind them, and what incidents are told of the changes that are to resolve them.

-- What a text of a ticket was before and became, by the place of the event in the ticket's history. Who did it says the event. What is for
-- the customer to read, and what is not, lie in two tables.
create table operations.text_change (
  tenant_id bigint not null,
  subject_kind text not null,
  subject_id bigint not null,
  seq bigint not null,
  field text not null,
  was text,
  became text,
  recorded_at timestamptz not null,
  constraint text_change_pk primary key (tenant_id, subject_kind, subject_id, seq, field),
  constraint text_change_tenant_fk foreign key (tenant_id) references tenancy.tenant (id)
);
select steward.protect_tenant_table('operations.text_change', 'personal');
grant select, insert on operations.text_change to steward_app;

create table operations.internal_text_change (
  tenant_id bigint not null,
  subject_kind text not null,
  subject_id bigint not null,
  seq bigint not null,
  field text not null,
  was text,
  became text,
  recorded_at timestamptz not null,
  constraint internal_text_change_pk primary key (tenant_id, subject_kind, subject_id, seq, field),
  constraint internal_text_change_tenant_fk foreign key (tenant_id) references tenancy.tenant (id)
);
select steward.protect_tenant_table('operations.internal_text_change', 'personal');
select steward.keep_to_staff('operations.internal_text_change', 'personal');
grant select, insert on operations.internal_text_change to steward_app;
