-- What the request process publishes to other modules: how long requests waited for approval, and what came of them.

create view requests.pub_request with (security_invoker = true) as
  select tenant_id, id as request_id, public_id, number, offering_id, contract_line_id, requester_id, state, submitted_at, asked_at, decided_at, started_at,
    ended_at, closed_at, tasks_total, tasks_done, tasks_skipped
  from requests.request;
grant select on requests.pub_request to steward_app;

-- Who has access to what: of one person a thing at one level at a time.
create view requests.pub_entitlement with (security_invoker = true) as
  select tenant_id, id as entitlement_id, public_id, person_id, resource, level, since, until_on, ended_at from requests.entitlement;
grant select on requests.pub_entitlement to steward_app;

-- What is told to whoever has a request open: its number and version, and what says who may see it.
create view requests.pub_live_request with (security_invoker = true) as
  select r.tenant_id, r.id as request_id, r.public_id, r.number, r.version, p.unit_id, r.requester_id
  from requests.request r left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id;
grant select on requests.pub_live_request to steward_app;

-- What is to be done for a request and is not over, for whoever gives it to another team.
create view requests.pub_open_task with (security_invoker = true) as
  select tenant_id, id as task_id, public_id, request_id, team_id from requests.task where state in ('ready', 'active', 'failed');
grant select on requests.pub_open_task to steward_app;
