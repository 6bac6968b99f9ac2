-- What problem management publishes to other modules: changes that are to remove what lies behind incidents. Rows of the provider's tenant; a
-- problem with a customer is there for who serves him.
create view problems.pub_problem with (security_invoker = true) as
  select tenant_id, id as problem_id, public_id, number, customer_id, title, state, priority, opened_at, version, owner_id, team_id
  from problems.problem;
grant select on problems.pub_problem to steward_app;

-- Those for all of whom a team must be allowed to work that is to have a problem: its customer; of one that may concern several, those whose incidents
-- it is behind.
create view problems.pub_concerned with (security_invoker = true) as
  select tenant_id, id as problem_id, customer_id from problems.problem where customer_id is not null
  union
  select p.tenant_id, p.id, l.other_tenant_id
  from problems.problem p join problems.incident_link l on l.tenant_id = p.tenant_id and l.problem_id = p.id
  where p.customer_id is null and l.ended_seq is null;
grant select on problems.pub_concerned to steward_app;

-- What is told to whoever has a problem open: its number and version, and the customers of whom one must serve one to see it (null: it is there
-- for all of the staff).
create view problems.pub_live_problem with (security_invoker = true) as
  select tenant_id, id as problem_id, public_id, number, version, case when customer_id is not null then array[customer_id] end as serving
  from problems.problem;
grant select on problems.pub_live_problem to steward_app;

-- What the staff are told of a problem, and who answers for it; what was said of it.
create view problems.pub_told_problem with (security_invoker = true) as
  select p.tenant_id, p.id as problem_id, p.public_id, p.number, p.customer_id, p.title, p.state, p.owner_id, p.cause, p.workaround, p.solution, p.reason,
    p.priority, p.team_id
  from problems.problem p;
grant select on problems.pub_told_problem to steward_app;

create view problems.pub_comment with (security_invoker = true) as select tenant_id, problem_id, public_id, body from problems.comment;
grant select on problems.pub_comment to steward_app;
