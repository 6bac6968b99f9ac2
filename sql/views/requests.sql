-- What the request process publishes to other modules: how long requests waited for approval, and what came of them.

create view requests.pub_request with (security_invoker = true) as
  select tenant_id, id as request_id, public_id, number, offering_id, contract_line_id, requester_id, state, submitted_at, asked_at, decided_at, started_at,
    ended_at, closed_at, tasks_total, tasks_done, tasks_skipped, priority, offering_version_id
  from requests.request;
grant select on requests.pub_request to steward_app;

-- What is told to whoever has a request open: its number and version, and what says who may see it.
create view requests.pub_live_request with (security_invoker = true) as
  select r.tenant_id, r.id as request_id, r.public_id, r.number, r.version, p.unit_id, r.requester_id
  from requests.request r left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id;
grant select on requests.pub_live_request to steward_app;

-- What people are told of a request, and who they may be: whom it is for, who ordered it, who took it, who is at it, or was where nobody is, and who
-- watches it.
create view requests.pub_told_request with (security_invoker = true) as
  select r.tenant_id, r.id as request_id, r.public_id, r.number, r.offering_id, r.offering_version_id, r.state, r.reason, r.requester_id, r.unit_id,
    r.actor_kind, r.actor_id, r.actor_person, r.own_approval, r.asked_at, r.owner_id, r.priority,
    coalesce(
      nullif(array(
        select distinct t.assignee_id from requests.task t
        where t.tenant_id = r.tenant_id and t.request_id = r.id and t.assignee_id is not null and t.state = 'active'), '{}'),
      array(
        select distinct t.assignee_id from requests.task t
        where t.tenant_id = r.tenant_id and t.request_id = r.id and t.assignee_id is not null)) as assignee_ids,
    array(select w.person_id from requests.watcher w where w.tenant_id = r.tenant_id and w.request_id = r.id and w.person_id is not null)
      as watching_person_ids,
    array(select w.account_id from requests.watcher w where w.tenant_id = r.tenant_id and w.request_id = r.id and w.account_id is not null)
      as watching_account_ids
  from requests.request r;
grant select on requests.pub_told_request to steward_app;

-- Offers to hand a request over, for who is told of them; for the staff alone.
create view requests.pub_told_handover with (security_invoker = true) as
  select h.tenant_id, h.id as handover_id, h.request_id, r.public_id, r.number, r.offering_id, r.offering_version_id, h.from_id, h.to_id, h.to_team_id,
    h.actor_kind, h.actor_id, h.reason, h.recorded_at, h.outcome, h.answer_reason, h.answered_at, r.priority
  from requests.handover h join requests.request r on r.tenant_id = h.tenant_id and r.id = h.request_id;
grant select on requests.pub_told_handover to steward_app;

create view requests.pub_approval with (security_invoker = true) as
  select tenant_id, id as approval_id, request_id, public_id, seq, step, suffices, names, role, person_id, hours, escalates_to, state, asked_at, due_at,
    escalated_at, stand_in, delegate_kind, delegate_id, decided_at, decided_kind, decided_id, decided_person, reason, version
  from requests.approval;
grant select on requests.pub_approval to steward_app;

create view requests.pub_comment with (security_invoker = true) as
  select tenant_id, request_id, public_id, visibility, author_name, body from requests.comment;
grant select on requests.pub_comment to steward_app;

-- What is to be done for a request and is not over, for whoever gives it to another team.
create view requests.pub_open_task with (security_invoker = true) as
  select tenant_id, id as task_id, public_id, request_id, team_id, version from requests.task where state in ('ready', 'active', 'failed');
grant select on requests.pub_open_task to steward_app;

-- What a search over tickets of all kinds shows of a request, and what says who may see it: whom it is for.
create view requests.pub_found_request with (security_invoker = true) as
  select r.tenant_id, r.id as request_id, r.public_id, r.number, r.offering_version_id, r.state, r.submitted_at, p.unit_id, r.requester_id
  from requests.request r left join tenancy.person p on p.tenant_id = r.tenant_id and p.id = r.requester_id;
grant select on requests.pub_found_request to steward_app;

-- The tasks of a request, for who of the staff is told of them.
create view requests.pub_told_task with (security_invoker = true) as
  select tenant_id, id as task_id, public_id, request_id, names, state, result, case when state = 'active' then assignee_public_id end as holder, team_id
  from requests.task;
grant select on requests.pub_told_task to steward_app;

-- What the queue over all processes shows of a request, and of a task of one.
create view requests.pub_work with (security_invoker = true) as
  select tenant_id, id as request_id, public_id, number, offering_version_id, state, owner_id, due_at, due_metric, warned_percent, submitted_at,
    priority
  from requests.request;
grant select on requests.pub_work to steward_app;
create view requests.pub_task_work with (security_invoker = true) as
  select t.tenant_id, t.id as task_id, t.public_id, t.names, t.state, t.team_id, t.assignee_id, t.ready_at, r.public_id as request_public_id, r.number
  from requests.task t join requests.request r on r.tenant_id = t.tenant_id and r.id = t.request_id;
grant select on requests.pub_task_work to steward_app;

-- Access reviews that go on, for who is told of them. Where all that is left is the reviewer's own, another one decides, and he is nobody.
create view requests.pub_access_review with (security_invoker = true) as
  select w.tenant_id, w.id as review_id, w.public_id, w.resource,
    case when exists (
      select from requests.access_review_item i join requests.entitlement e on e.tenant_id = i.tenant_id and e.id = i.entitlement_id
      where i.tenant_id = w.tenant_id and i.review_id = w.id and i.result is null and e.person_id <> w.reviewer_id)
    then w.reviewer_id end as reviewer_id, w.due_on
  from requests.access_review w where w.closed_at is null;
grant select on requests.pub_access_review to steward_app;
