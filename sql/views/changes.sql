-- What change management publishes to other modules. Rows of the provider's tenant.

-- What is told to whoever has a change open: its number and version, and the customers whom it concerns, of whom one must serve one to see it.
create view changes.pub_live_change with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, c.number, c.version,
    array(select n.customer_id from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id) as serving
  from changes.change c;
grant select on changes.pub_live_change to steward_app;

-- The same of a release: whom its changes concern, or ever did. As long as it has and had none, who opened it sees it as well.
create view changes.pub_live_release with (security_invoker = true) as
  select r.tenant_id, r.id as release_id, r.public_id, r.number, r.version, s.serving,
    case when s.is_untouched then r.author_kind end as opener_kind, case when s.is_untouched then r.author_id end as opener_id
  from changes.release r
  cross join lateral (
    select
      array(
        select n.customer_id from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id
        union
        select n.customer_id from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
        where c.tenant_id = r.tenant_id and c.release_id = r.id) as serving,
      not exists (select from changes.change c where c.tenant_id = r.tenant_id and c.release_id = r.id)
        and not exists (select from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id) as is_untouched) s;
grant select on changes.pub_live_release to steward_app;

-- Whom a change concerns, for whose gates it passes.
create view changes.pub_concerned with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, n.customer_id
  from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id;
grant select on changes.pub_concerned to steward_app;

-- The same of a release: whom its changes concern, or ever did; null: a change of it concerns nobody yet, and is for who serves all.
create view changes.pub_release_concerned with (security_invoker = true) as
  select r.tenant_id, r.id as release_id, r.public_id, n.customer_id
  from changes.release r join changes.release_concerned n on n.tenant_id = r.tenant_id and n.release_id = r.id
  union
  select r.tenant_id, r.id, r.public_id, n.customer_id
  from changes.release r join changes.change c on c.tenant_id = r.tenant_id and c.release_id = r.id
    left join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id;
grant select on changes.pub_release_concerned to steward_app;

-- Changes by what escalation asks of them, and what is to be done of one that is being implemented.
create view changes.pub_change with (security_invoker = true) as
  select tenant_id, id as change_id, public_id, state, opened_at, ended_at, version, team_id from changes.change;
grant select on changes.pub_change to steward_app;
create view changes.pub_open_task with (security_invoker = true) as
  select t.tenant_id, t.id as task_id, t.public_id, t.change_id, t.team_id, t.version
  from changes.task t join changes.change c on c.tenant_id = t.tenant_id and c.id = t.change_id
  where t.state in ('ready', 'active', 'failed') and c.state = 'implementing';
grant select on changes.pub_open_task to steward_app;

-- Releases by what escalation asks of them.
create view changes.pub_release with (security_invoker = true) as
  select tenant_id, id as release_id, public_id, opened_at, ended_at, version from changes.release;
grant select on changes.pub_release to steward_app;

-- Which changes are to resolve an incident, and when each was closed or given up: for the gates before it ends.
create view changes.pub_incident_change with (security_invoker = true) as
  select l.tenant_id, l.other_tenant_id as customer_id, l.other_id as ticket_id, c.id as change_id, c.ended_at
  from changes.link l join changes.change c on c.tenant_id = l.tenant_id and c.id = l.change_id where l.kind = 'incident';
grant select on changes.pub_incident_change to steward_app;

-- What the staff are told of a change, who they may be, and who had a part in it and decides on nothing of it.
create view changes.pub_told_change with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, c.number, c.title, c.state, c.approval, c.reason, c.outcome_note, c.owner_id, c.author_kind,
    c.author_id, c.author_person, c.own_approval, c.parties, c.team_id,
    exists (select from changes.approval a where a.tenant_id = c.tenant_id and a.change_id = c.id and a.round = c.round) as was_asked,
    array(select distinct t.assignee_id from changes.task t where t.tenant_id = c.tenant_id and t.change_id = c.id and t.assignee_id is not null)
      as assignee_ids,
    array(select n.customer_id from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id) as concerned_ids
  from changes.change c;
grant select on changes.pub_told_change to steward_app;

-- What the staff are told of a release, and who they may be: who took it and who of the staff opened it, of those who serve one of those whom it
-- concerns, or ever did.
create view changes.pub_told_release with (security_invoker = true) as
  select r.tenant_id, r.id as release_id, r.public_id, r.number, r.title, r.owner_id, r.state, r.reason,
    case when r.author_kind = 'staff' then r.author_id end as opener_id,
    array(
      select n.customer_id from changes.release_concerned n where n.tenant_id = r.tenant_id and n.release_id = r.id
      union
      select n.customer_id from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id
      where c.tenant_id = r.tenant_id and c.release_id = r.id) as concerned_ids
  from changes.release r;
grant select on changes.pub_told_release to steward_app;

-- Who was asked when a change was submitted last.
create view changes.pub_approval with (security_invoker = true) as
  select a.tenant_id, a.id as approval_id, a.change_id, a.public_id, a.seq, a.step, a.suffices, a.names, a.role, a.person_id, a.hours, a.escalates_to,
    a.state, a.asked_at, a.due_at, a.escalated_at, a.stand_in, a.delegate_kind, a.delegate_id, a.decided_at, a.decided_kind, a.decided_id,
    a.decided_person, a.reason, a.version
  from changes.approval a join changes.change c on c.tenant_id = a.tenant_id and c.id = a.change_id and c.round = a.round;
grant select on changes.pub_approval to steward_app;

-- CIs of whose alerts a change says that they are expected while it is done: agreed to or begun, and not done, undone or given up yet.
create view changes.pub_suppressed_ci with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, c.version, c.starts_at, c.ends_at, l.other_tenant_id as ci_tenant_id, l.ci_id
  from changes.change c join changes.ci_link l on l.tenant_id = c.tenant_id and l.change_id = c.id
  where c.suppresses_alerts and c.state in ('approved', 'implementing');
grant select on changes.pub_suppressed_ci to steward_app;

-- What a search over tickets of all kinds shows of a change, and of a release.
create view changes.pub_found_change with (security_invoker = true) as
  select tenant_id, id as change_id, public_id, number, title, state, opened_at from changes.change;
grant select on changes.pub_found_change to steward_app;
create view changes.pub_found_release with (security_invoker = true) as
  select tenant_id, id as release_id, public_id, number, title, state, opened_at from changes.release;
grant select on changes.pub_found_release to steward_app;

-- What was said of a change, and of a release; and a change's tasks, for who is told of them.
create view changes.pub_comment with (security_invoker = true) as select tenant_id, change_id, public_id, body from changes.comment;
grant select on changes.pub_comment to steward_app;
create view changes.pub_release_comment with (security_invoker = true) as select tenant_id, release_id, public_id, body from changes.release_comment;
grant select on changes.pub_release_comment to steward_app;
create view changes.pub_told_task with (security_invoker = true) as
  select tenant_id, id as task_id, public_id, change_id, names, state, result, case when state = 'active' then assignee_public_id end as holder, team_id
  from changes.task;
grant select on changes.pub_told_task to steward_app;

-- What the queue over all processes shows of a change, and of a task of one; `serving`: whom it concerns, of whom one must serve one to see it.
create view changes.pub_work with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, c.number, c.title, c.state, c.owner_id, c.team_id,
    case when c.outcome is null then c.ends_at end as due_at, c.opened_at, array(select n.customer_id from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id) as serving
  from changes.change c;
grant select on changes.pub_work to steward_app;
create view changes.pub_task_work with (security_invoker = true) as
  select t.tenant_id, t.id as task_id, t.public_id, t.names, t.state, t.team_id, t.assignee_id, t.ready_at, c.public_id as change_public_id, c.number,
    array(select n.customer_id from changes.concerned n where n.tenant_id = c.tenant_id and n.change_id = c.id) as serving
  from changes.task t join changes.change c on c.tenant_id = t.tenant_id and c.id = t.change_id;
grant select on changes.pub_task_work to steward_app;
