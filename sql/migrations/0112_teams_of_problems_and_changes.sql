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

-- Whom each is for: a person of a customer whom it concerns, or of the provider. The row is the provider's, so a customer's person is named without a key.
alter table problems.problem
  add column requester_tenant_id bigint,
  add column requester_id bigint,
  add column requester_public_id bytea,
  add constraint problem_requester_check check (
    num_nonnulls(requester_tenant_id, requester_id, requester_public_id) in (0, 3) and octet_length(requester_public_id) = 12) not valid;
alter table changes.change
  add column requester_tenant_id bigint,
  add column requester_id bigint,
  add column requester_public_id bytea,
  add constraint change_requester_check check (
    num_nonnulls(requester_tenant_id, requester_id, requester_public_id) in (0, 3) and octet_length(requester_public_id) = 12) not valid;
