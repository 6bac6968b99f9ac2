-- A job whose worker died is tried alone: one that kills its worker takes nothing else with it then. It is suspect from when it is taken over, or given
-- up, until it has ended otherwise than with its worker.
alter table jobs.job add column suspect boolean not null default false;

-- What may be begun beside others, and what may not. Both looks read their own alone.
drop index jobs.job_due;
drop index jobs.job_turn;
create index job_due on jobs.job (kind, run_at) where state = 'ready' and not suspect;
create index job_turn on jobs.job (kind, tenant_id, run_at) where state = 'ready' and not suspect;
create index job_suspect on jobs.job (run_at) where state = 'ready' and suspect;
