-- What histories tell of a ticket's fields, names of impact, urgency and priority, incidents of which somebody thinks that a problem is
-- behind them, and what incidents are told of the changes that are to resolve them.

-- What a text of a ticket was before and became, by the place of the event in the ticket's history. Who did it says the event. What is for
-- the customer to read, and what is not, lie in two tables.
create table operations.text_change (
  tenant_id bigint not null,
  subject_kind text not null,
  subject_id bigint not null,
  seq bigint not null,
  field text not null,
  was text,
  became text,
  recorded_at timestamptz not null,
  constraint text_change_pk primary key (tenant_id, subject_kind, subject_id, seq, field),
  constraint text_change_tenant_fk foreign key (tenant_id) references tenancy.tenant (id)
);
select steward.protect_tenant_table('operations.text_change', 'personal');
grant select, insert on operations.text_change to steward_app;

create table operations.internal_text_change (
  tenant_id bigint not null,
  subject_kind text not null,
  subject_id bigint not null,
  seq bigint not null,
  field text not null,
  was text,
  became text,
  recorded_at timestamptz not null,
  constraint internal_text_change_pk primary key (tenant_id, subject_kind, subject_id, seq, field),
  constraint internal_text_change_tenant_fk foreign key (tenant_id) references tenancy.tenant (id)
);
select steward.protect_tenant_table('operations.internal_text_change', 'personal');
select steward.keep_to_staff('operations.internal_text_change', 'personal');
grant select, insert on operations.internal_text_change to steward_app;

-- Impact, urgency and priority have names as well, in both languages, and can be retired; their keys are the numbers of tickets and of the
-- matrix, of which there are no others.
alter table desk.code drop constraint code_list_check;
alter table desk.code add constraint code_list_check check (
  list in (
    'source', 'nature', 'category', 'pending_reason', 'closure_code', 'problem_cause', 'problem_outcome', 'impact', 'urgency', 'priority'));
alter table desk.code add constraint code_number_check check (
  case list when 'impact' then key in ('1', '2', '3') when 'urgency' then key in ('1', '2', '3')
    when 'priority' then key in ('1', '2', '3', '4', '5') else true end);
-- Forced row security would keep the owner from writing as well.
alter table desk.code no force row level security;
insert into desk.code (public_id, list, key, names, position, recorded_at)
select substring(uuid_send(gen_random_uuid()) from 1 for 12), c.list, c.key, jsonb_build_object('en', c.en, 'zh-Hans', c.zh), c.position,
  '2026-01-01T00:00:00Z'
from (values
  ('impact', '1', 'High', '高', 10), ('impact', '2', 'Medium', '中', 20), ('impact', '3', 'Low', '低', 30),
  ('urgency', '1', 'High', '高', 10), ('urgency', '2', 'Medium', '中', 20), ('urgency', '3', 'Low', '低', 30),
  ('priority', '1', 'Critical', '紧急', 10), ('priority', '2', 'High', '高', 20), ('priority', '3', 'Medium', '中', 30),
  ('priority', '4', 'Low', '低', 40), ('priority', '5', 'Planned', '计划', 50)
) as c (list, key, en, zh, position);
alter table desk.code force row level security;

-- Incidents of which whoever ended them says that the problem behind them should be looked at. The problem is the provider's, and so without
-- a foreign key.
create table problems.candidate (
  tenant_id bigint not null,
  ticket_id bigint not null,
  state text not null,
  reason text not null,
  -- why no problem was opened
  decision text,
  -- the one that was linked
  problem_id bigint,
  problem_public_id bytea,
  -- who marked it last, and when
  actor_kind text not null,
  actor_id bigint not null,
  actor_name text not null,
  recorded_at timestamptz not null,
  -- who settled that, and when
  settled_kind text,
  settled_id bigint,
  settled_name text,
  settled_at timestamptz,
  constraint candidate_pk primary key (tenant_id, ticket_id),
  constraint candidate_ticket_fk foreign key (tenant_id, ticket_id) references desk.ticket (tenant_id, id),
  constraint candidate_state_check check (state in ('open', 'opened', 'declined')),
  constraint candidate_settled_check check (num_nonnulls(settled_kind, settled_id, settled_name, settled_at) = case state when 'open' then 0 else 4 end),
  constraint candidate_decision_check check ((state = 'declined') = (decision is not null)),
  constraint candidate_problem_check check ((state = 'opened') = (problem_id is not null) and num_nonnulls(problem_id, problem_public_id) <> 1)
);
create index candidate_newest on problems.candidate (recorded_at, tenant_id, ticket_id) where state = 'open';
create index candidate_of_tenant on problems.candidate (tenant_id, recorded_at, ticket_id) where state = 'open';
select steward.protect_tenant_table('problems.candidate', 'personal');
select steward.keep_to_staff('problems.candidate', 'personal');
grant select, insert on problems.candidate to steward_app;
grant update (
  state, reason, decision, problem_id, problem_public_id, actor_kind, actor_id, actor_name, recorded_at, settled_kind, settled_id, settled_name, settled_at)
  on problems.candidate to steward_app;

-- What became of a change, to be told to the incidents that it is to resolve: one row for each, taken away when it is told. That it is not to resolve
-- one after all was told at once: of that the row asks only whether the incident waits for nothing any more.
create table changes.incident_news (
  tenant_id bigint not null,
  change_id bigint not null,
  -- of the event in the change's history
  seq bigint not null,
  other_tenant_id bigint not null,
  ticket_id bigint not null,
  kind text not null,
  outcome text,
  actor_kind text not null,
  actor_id bigint not null,
  occurred_at timestamptz not null,
  constraint incident_news_pk primary key (tenant_id, change_id, seq, other_tenant_id, ticket_id),
  constraint incident_news_change_fk foreign key (tenant_id, change_id) references changes.change (tenant_id, id),
  constraint incident_news_kind_check check (
    kind in ('incident.change_implemented', 'incident.change_backed_out', 'incident.change_cancelled', 'incident.change_unlinked'))
);
select steward.protect_tenant_table('changes.incident_news', 'transient');
select steward.keep_to_staff('changes.incident_news', 'transient');
grant select, insert, delete on changes.incident_news to steward_app;
