-- Who gives a task or an approval to somebody else says which version of it he saw: of two who do, the second does not take back unseen what the first
-- has done.
alter table requests.approval add column version bigint not null default 1, add constraint approval_version_check check (version > 0);
alter table requests.task add column version bigint not null default 1, add constraint task_version_check check (version > 0);
alter table changes.approval add column version bigint not null default 1, add constraint approval_version_check check (version > 0);
alter table changes.task add column version bigint not null default 1, add constraint task_version_check check (version > 0);
grant update (version) on requests.approval, requests.task, changes.approval, changes.task to steward_app;

-- A rule of escalation acts when its own share of a promise has passed, also where the agreement does not warn of it. So a clock counts, besides the
-- shares of which it warns, those at which rules act.
alter table service_levels.clock
  -- the highest share at which a rule acts whose passing was recorded, and when the next one is due; null: none is left, or the clock does not run
  add column passed_percent bigint,
  add column next_share_at timestamptz,
  -- of the rules by which that was worked out; 0: it never was
  add column share_revision bigint not null default 0,
  add constraint clock_passed_check check (passed_percent between 1 and 99),
  add constraint clock_next_share_check check (next_share_at is null or state = 'running'),
  add constraint clock_share_revision_check check (share_revision >= 0);
create index clock_next_share on service_levels.clock (next_share_at) where next_share_at is not null;
-- Those that are to be worked out anew when rules have changed. Rules of promises are of incidents and of the turns on them.
create index clock_unwatched on service_levels.clock (share_revision, tenant_id, id) where state = 'running' and subject_kind <> 'request';
