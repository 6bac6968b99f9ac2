-- What change management publishes to other modules: whom a change concerns, for whose gates it passes. Rows of the provider's tenant.
create view changes.pub_concerned with (security_invoker = true) as
  select c.tenant_id, c.id as change_id, c.public_id, n.customer_id
  from changes.change c join changes.concerned n on n.tenant_id = c.tenant_id and n.change_id = c.id;
grant select on changes.pub_concerned to steward_app;

-- Changes by what escalation asks of them, and what is to be done of one that is being implemented.
create view changes.pub_change with (security_invoker = true) as
  select tenant_id, id as change_id, public_id, state, opened_at, ended_at, version from changes.change;
grant select on changes.pub_change to steward_app;
create view changes.pub_open_task with (security_invoker = true) as
  select t.tenant_id, t.id as task_id, t.public_id, t.change_id, t.team_id
  from changes.task t join changes.change c on c.tenant_id = t.tenant_id and c.id = t.change_id
  where t.state in ('ready', 'active', 'failed') and c.state = 'implementing';
grant select on changes.pub_open_task to steward_app;
