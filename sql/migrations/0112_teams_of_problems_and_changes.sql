-- A problem and a change may be a team's, as an incident and a task are: its queue shows them in the order of all others, and lists narrow by it.
alter table problems.problem
  add column team_id bigint,
  add constraint problem_team_fk foreign key (team_id) references desk.team (id) not valid;
create index problem_team on problems.problem (tenant_id, team_id, opened_at, id) where team_id is not null;
create index problem_queue_team on problems.problem (team_id, opened_at, tenant_id, id)
  where state in ('new', 'investigating', 'known_error') and team_id is not null;

alter table changes.change
  add column team_id bigint,
  add constraint change_team_fk foreign key (team_id) references desk.team (id) not valid;
create index change_team on changes.change (tenant_id, team_id, opened_at, id) where team_id is not null;
create index change_queue_team on changes.change
  (team_id, coalesce(case when outcome is null then ends_at end, 'infinity'::timestamptz), opened_at, tenant_id, id)
  where state in ('draft', 'assessed', 'awaiting_approval', 'approved', 'implementing', 'implemented', 'backed_out') and team_id is not null;
