-- Turns of teams and suppliers: what a supplier was told, who may read it, in which order turns are due; and measurements that
-- count once.

-- A tenant table that only the staff read and write: a second policy, which a row must pass as well.
create function steward.keep_to_staff(target regclass, retention text) returns void
language plpgsql set search_path = '' as $$
begin
  execute pg_catalog.format(
    'create policy staff_only on %s as restrictive for all using (current_setting(''app.side'', true) = ''staff'')', target);
  execute pg_catalog.format('comment on table %s is %L', target, 'class=tenant readers=staff retention=' || retention);
end
$$;

-- Every customer's rows are filled below: forced row security would hide them from the owner as well.
alter table desk.ticket no force row level security;
alter table desk.assignment no force row level security;
alter table desk.dispatch no force row level security;
alter table operations.event no force row level security;
alter table service_levels.clock no force row level security;
alter table suppliers.contract no force row level security;
alter table measurements.measurement no force row level security;

-- Which priority of the ticket the supplier was told: its promises are those for that one, until it is told another. And whose
-- contract it is, for the list of what is with a supplier over all customers.
alter table desk.dispatch
  add column priority smallint,
  add column supplier_id bigint,
  -- the last word of the supplier; null of old also where there was one
  add column last_word_at timestamptz,
  add constraint dispatch_supplier_fk foreign key (supplier_id) references suppliers.supplier (id),
  add constraint dispatch_priority_check check (priority between 1 and 5);
update desk.dispatch d set
  supplier_id = (select c.supplier_id from suppliers.contract c where c.id = d.supplier_contract_id),
  priority = coalesce(
    (select c.priority from service_levels.clock c
     where c.tenant_id = d.tenant_id and c.subject_kind = 'dispatch' and c.subject_id = d.id order by c.id desc limit 1),
    (select t.priority from desk.ticket t where t.tenant_id = d.tenant_id and t.id = d.ticket_id));
alter table desk.dispatch alter column priority set not null, alter column supplier_id set not null;
-- What a supplier is told names people and machines, and is none of the customer's affair.
select steward.keep_to_staff('desk.dispatch', 'personal');
create index dispatch_queue on desk.dispatch (coalesce(due_at, 'infinity'::timestamptz), dispatched_at, tenant_id, id) where returned_at is null;
create index dispatch_queue_supplier on desk.dispatch (supplier_id, coalesce(due_at, 'infinity'::timestamptz), dispatched_at, tenant_id, id)
  where returned_at is null;

-- Open tickets that had a team before there were turns have one from when they were given to it, or reopened with it. It has no
-- clocks: what the team promised then, nobody counted.
alter table desk.assignment add column backfilled boolean not null default false;
insert into desk.assignment (tenant_id, ticket_id, seq, team_id, started_at, recorded_at, backfilled)
with bare as (
  select t.tenant_id, t.id, t.team_id, t.opened_at from desk.ticket t
  where t.state in ('new', 'active', 'pending') and t.team_id is not null
    and not exists (select from desk.assignment a where a.tenant_id = t.tenant_id and a.ticket_id = t.id and a.ended_at is null)
),
given as (
  select e.tenant_id, e.subject_id, e.type, e.occurred_at, e.payload ->> 'team' as team,
    lag(e.payload ->> 'team') over (partition by e.tenant_id, e.subject_id, e.type order by e.seq) as team_before
  from operations.event e join bare b on b.tenant_id = e.tenant_id and b.id = e.subject_id
  where e.subject_kind = 'ticket' and e.type in ('incident.assigned', 'incident.reopened')
),
begun as (
  -- Another person of the same team is no other turn.
  select g.tenant_id, g.subject_id, max(g.occurred_at) as at from given g
  where g.type = 'incident.reopened' or g.team is distinct from g.team_before group by g.tenant_id, g.subject_id
)
select b.tenant_id, b.id,
  (select coalesce(max(a.seq), 0) + 1 from desk.assignment a where a.tenant_id = b.tenant_id and a.ticket_id = b.id),
  b.team_id, coalesce(g.at, b.opened_at), pg_catalog.now(), true
from bare b left join begun g on g.tenant_id = b.tenant_id and g.subject_id = b.id;
-- A team's queue by its own promises, the next due first.
create index assignment_queue on desk.assignment (team_id, coalesce(due_at, 'infinity'::timestamptz), started_at, tenant_id, ticket_id)
  where ended_at is null;

-- The stretches of time that measurements cover which stand: of one line, measure and service no two overlap that are of the same
-- configuration item, or one of which is of all of them: so nothing is counted twice. A correction takes the place of what it corrects;
-- what is taken back covers nothing.
create extension if not exists btree_gist with schema steward;
-- One configuration item, or without bounds all of them: these overlap every one.
create type measurements.ci_range as range (subtype = text, collation = pg_catalog."C");
create table measurements.covered (
  tenant_id bigint not null,
  measurement_id bigint not null,
  contract_line_id bigint not null,
  metric text not null,
  -- empty: none
  service text not null,
  cis measurements.ci_range not null,
  -- an instant is a stretch as well: both of its ends are inside
  during tstzrange not null,
  constraint covered_pk primary key (tenant_id, measurement_id),
  constraint covered_measurement_fk foreign key (tenant_id, measurement_id) references measurements.measurement (tenant_id, id),
  constraint covered_during_check check (not isempty(during)),
  constraint covered_overlap_exclude exclude using gist
    (tenant_id with =, contract_line_id with =, metric with =, service with =, cis with &&, during with &&)
);
-- What overlapped before goes on to count as it did; the first of them keeps others out.
insert into measurements.covered (tenant_id, measurement_id, contract_line_id, metric, service, cis, during)
select m.tenant_id, m.id, m.contract_line_id, m.metric, coalesce(m.service, ''), measurements.ci_range(m.ci, m.ci, '[]'),
  tstzrange(m.from_at, m.to_at, case when m.from_at = m.to_at then '[]' else '[)' end)
from measurements.measurement m
where not m.withdraws and not exists (select from measurements.measurement a where a.tenant_id = m.tenant_id and a.supersedes = m.id)
order by m.tenant_id, m.id
on conflict do nothing;
select steward.protect_tenant_table('measurements.covered', 'operational');
grant select, insert, update, delete on measurements.covered to steward_app;

alter table measurements.measurement force row level security;
alter table suppliers.contract force row level security;
alter table service_levels.clock force row level security;
alter table operations.event force row level security;
alter table desk.dispatch force row level security;
alter table desk.assignment force row level security;
alter table desk.ticket force row level security;
