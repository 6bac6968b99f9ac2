-- All tickets were written under it, or have none of what it asks about. First, while nothing here is locked: it reads every ticket.
alter table desk.ticket validate constraint ticket_owner_check;

-- Who took a gap upon himself, where it was another than who recorded it.
alter table assurance.accepted_risk add column accepted_by text;

-- Which service of the catalogue a ticket of a category is about, where neither a person nor its CIs say so. A table of its own: nobody who
-- reads the codes waits for it.
create table desk.category_service (
  list text not null default 'category',
  key text not null,
  service_id bigint not null,
  constraint category_service_pk primary key (list, key),
  constraint category_service_code_fk foreign key (list, key) references desk.code (list, key),
  constraint category_service_service_fk foreign key (service_id) references catalog.service (id),
  constraint category_service_list_check check (list = 'category')
);
create index category_service_service on desk.category_service (service_id);
select steward.protect_provider_table('desk.category_service', 'true', 'contract');
grant select, insert, delete on desk.category_service to steward_app;
grant update (service_id) on desk.category_service to steward_app;

-- The category that a ticket has its service from; null: a person named it, or a CI gave it.
alter table desk.ticket add column service_category text;

-- Who offered and who answered is known by kind as well: a programme's number is no member of the staff's. Null of those before: staff.
-- After the ticket, as acts lock it.
alter table desk.handover add column actor_kind text, add column answerer_kind text;
grant update (answerer_kind) on desk.handover to steward_app;
