-- What problem management publishes to other modules: changes that are to remove what lies behind incidents. Rows of the provider's tenant; a
-- problem with a customer is there for who serves him.
create view problems.pub_problem with (security_invoker = true) as
  select tenant_id, id as problem_id, public_id, number, customer_id, title, state, priority, opened_at, version, owner_id, team_id
  from problems.problem;
grant select on problems.pub_problem to steward_app;

-- What is told to whoever has a problem open: its number and version, and the customers of whom one must serve one to see it (null: it is there
-- for all of the staff).
create view problems.pub_live_problem with (security_invoker = true) as
  select tenant_id, id as problem_id, public_id, number, version, case when customer_id is not null then array[customer_id] end as serving
  from problems.problem;
grant select on problems.pub_live_problem to steward_app;

-- What the staff are told of a problem, and who answers for it; what was said of it.
create view problems.pub_told_problem with (security_invoker = true) as
  select p.tenant_id, p.id as problem_id, p.public_id, p.number, p.customer_id, p.title, p.state, p.owner_id, p.cause, p.workaround, p.solution, p.reason
  from problems.problem p;
grant select on problems.pub_told_problem to steward_app;

create view problems.pub_comment with (security_invoker = true) as select tenant_id, problem_id, public_id, body from problems.comment;
grant select on problems.pub_comment to steward_app;
