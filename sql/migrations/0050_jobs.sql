-- The queue by turns: a look steps from tenant to tenant, so that one with a hundred thousand jobs costs what one with a single one does. By time it
-- knows whether there are many at all. Either begins with the kind: what this build does not know is not read.
drop index jobs.job_due;
create index job_due on jobs.job (kind, run_at) where state = 'ready';
create index job_turn on jobs.job (kind, tenant_id, run_at) where state = 'ready';

-- How the last run of a sweep ended.
alter table jobs.schedule
  add column began_at timestamptz,
  add column ended_at timestamptz,
  add column outcome text,
  -- how many were left undone, and of the first of them, or of the run, the code of what went wrong
  add column undone bigint not null default 0,
  add column fault text,
  add constraint schedule_outcome_check check (outcome in ('done', 'undone', 'put_down', 'failed')),
  add constraint schedule_run_check check ((outcome is null) = (began_at is null) and (outcome is null) = (ended_at is null));

-- Clocks behind a calendar are gone through in order, however many of them are at fault.
drop index service_levels.clock_timed_by_calendar;
create index clock_timed_by_calendar on service_levels.clock (calendar_version_id, tenant_id, id)
  where state = 'running' or (state = 'paused' and wait_left_seconds is not null);
