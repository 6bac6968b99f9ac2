-- A request has an impact, an urgency and the priority that the matrix makes of them, as an incident has. What was ordered before keeps the priority by
-- which it was promised what it was: that of a medium impact and urgency.
alter table requests.request
  add column impact bigint not null default 2,
  add column urgency bigint not null default 2,
  add column priority bigint not null default 3,
  add constraint request_impact_check check (impact between 1 and 9),
  add constraint request_urgency_check check (urgency between 1 and 9),
  add constraint request_priority_check check (priority between 1 and 9);
grant update (impact, urgency, priority) on requests.request to steward_app;

-- Where it is to be done, where that is not the requester's own site or department (unit_id), by which who agrees and which line covers it are found.
alter table requests.request
  add column place_id bigint,
  add constraint request_place_fk foreign key (tenant_id, place_id) references tenancy.org_unit (tenant_id, id);
grant update (place_id) on requests.request to steward_app;

-- How it reached us, a key of desk.code; null: nobody said.
alter table requests.request add column source text;
grant update (source) on requests.request to steward_app;

-- So gates and rules of escalation may be for some of them.
alter table gates.gate
  drop constraint gate_priority_of_process_check,
  add constraint gate_priority_of_process_check check (
    priority is null or step like 'incident.%' or step like 'problem.%' or step like 'task.%');
alter table escalations.rule
  drop constraint rule_priority_of_process_check,
  add constraint rule_priority_of_process_check check (priority_to is null or process in ('incident', 'request', 'problem'));
