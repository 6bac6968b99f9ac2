-- Which incidents of a customer affect a service is asked the newest first: what an incident affects says when it was opened, as the CIs do that it names.
-- The strongest lock on tickets comes first and once. Forced row security would keep the owner of the tables from reading and writing.
alter table desk.ticket no force row level security;
alter table desk.affected_service no force row level security;
alter table desk.affected_service
  -- of the ticket, which never changes it: the tickets of a service are read in this order
  add column opened_at timestamptz;
update desk.affected_service a set opened_at = t.opened_at from desk.ticket t where t.tenant_id = a.tenant_id and t.id = a.ticket_id;
alter table desk.affected_service alter column opened_at set not null;
alter table desk.affected_service force row level security;
alter table desk.ticket force row level security;

create index affected_service_listed on desk.affected_service (tenant_id, service_id, opened_at, ticket_id);
