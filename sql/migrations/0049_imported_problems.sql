-- 1. Problems from the logs of other systems. The source and its own number name one once and for all, whatever becomes of it here: a problem that
-- was widened to several customers is not made a second time. A log tells that a problem was resolved, closed or cancelled and seldom how or why:
-- what nobody wrote down stays empty.
alter table problems.problem add column external_source text, add column external_key text;
alter table problems.problem
  add constraint problem_external_check check ((external_source is null) = (external_key is null)),
  add constraint problem_external_unique unique (tenant_id, external_source, external_key),
  drop constraint problem_resolved_check,
  drop constraint problem_closed_check,
  drop constraint problem_cancelled_check;
alter table problems.problem
  add constraint problem_resolved_check check (
    (state in ('resolved', 'closed')) = (resolved_at is not null) and (resolved_at is null or solution is not null or external_key is not null)),
  add constraint problem_closed_check check (
    (state in ('closed', 'cancelled')) = (closed_at is not null) and (state <> 'closed' or outcome is not null or external_key is not null)),
  add constraint problem_cancelled_check check (state <> 'cancelled' or reason is not null or external_key is not null);
-- An import takes its numbers beforehand, for the events of what it writes.
grant usage on sequence problems.problem_id_seq to steward_app;

-- 2. A customer whom a change was said to concern by mistake is taken off it again, as long as nothing of it is his affair and he was told nothing.
grant delete on changes.concerned to steward_app;
