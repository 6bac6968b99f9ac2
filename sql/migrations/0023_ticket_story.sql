-- A ticket's history as far as it bears on promises, in one compact value beside the ticket: what an SLA is tried out on.

alter table desk.ticket
  -- Records of ten bytes in the order in which they were acted out: code, argument, microseconds since 1970 as int8. The codes
  -- are those of TicketStory.Code. It only grows; the events stay the record, this is their short form.
  add column story bytea not null default '\x',
  add constraint ticket_story_check check (octet_length(story) % 10 = 0);

-- The tickets that are there get theirs from their events; row security is for the server, not for this.
alter table desk.ticket no force row level security;
alter table operations.event no force row level security;
alter table service_levels.clock no force row level security;
alter table service_levels.interval no force row level security;
alter table contracts.sla_target no force row level security;

with reason (name, code) as (
  values ('awaiting_requester', 1), ('scheduled', 2), ('awaiting_supplier', 3), ('awaiting_change', 4), ('awaiting_parts', 5)
),
own as (
  select e.*, t.priority as last_priority, t.opened_at,
    lag(e.payload ->> 'reason') over (partition by e.tenant_id, e.subject_id order by e.seq) as reason_before,
    t.external_source is not null as is_imported
  from desk.ticket t join operations.event e on e.tenant_id = t.tenant_id and e.subject_kind = 'ticket' and e.subject_id = t.id
),
counted as (
  -- under which priority an imported ticket's clock was counted, stretch by stretch
  select i.tenant_id, c.subject_id, i.from_at, g.priority, lag(g.priority) over (partition by i.tenant_id, i.clock_id order by i.seq) as priority_before
  from service_levels.interval i
  join service_levels.clock c on c.tenant_id = i.tenant_id and c.id = i.clock_id and c.subject_kind = 'ticket' and c.metric = 'resolution'
  join contracts.sla_target g on g.id = i.sla_target_id
),
act (tenant_id, ticket_id, seq, at, place, code, argument) as (
  -- opened: with the priority of that time
  select t.tenant_id, t.id, 0::bigint, t.opened_at, 0, 1, coalesce(
    (select c.priority from counted c where c.tenant_id = t.tenant_id and c.subject_id = t.id and c.priority_before is null and t.external_source is not null),
    (select (o.payload ->> 'priority')::int from own o where o.tenant_id = t.tenant_id and o.subject_id = t.id and o.type = 'incident.opened'
      and jsonb_typeof(o.payload -> 'priority') = 'number' limit 1), t.priority)
  from desk.ticket t
  union all
  select tenant_id, subject_id, seq, occurred_at, 1, 2, 0 from own where payload -> 'firstResponse' = 'true'
  union all
  select o.tenant_id, o.subject_id, o.seq, o.occurred_at, 2,
    case o.type when 'incident.held' then 3 when 'incident.resumed' then 4 when 'incident.resolved' then 5 when 'incident.closed' then 6
      when 'incident.reopened' then 7 when 'incident.classified' then 8 when 'incident.merged' then 9 else 11 end,
    case o.type when 'incident.held' then (select r.code from reason r where r.name = o.payload ->> 'reason')
      when 'incident.classified' then (o.payload -> 'to' ->> 'priority')::int else 0 end
  from own o
  where not o.is_imported and (
    o.type in ('incident.resumed', 'incident.resolved', 'incident.closed', 'incident.reopened', 'incident.merged')
    or (o.type = 'incident.held' and o.payload ->> 'reason' in (select r.name from reason r))
    or (o.type = 'incident.classified' and o.payload -> 'to' ->> 'priority' is distinct from o.payload -> 'from' ->> 'priority')
    or (o.type = 'incident.commented' and o.payload -> 'firstResponse' is distinct from 'true'
      and case when o.payload ? 'word' then o.payload -> 'word' = 'true' else o.payload ->> 'visibility' = 'public' and o.actor_kind = 'staff' end))
  union all
  -- What a log tells row by row: waits begin and end with the state, resolution and closure are those that it names last.
  select o.tenant_id, o.subject_id, o.seq, o.occurred_at, 2, 4, 0 from own o
  where o.is_imported and o.reason_before is not null and o.payload ->> 'reason' is distinct from o.reason_before
  union all
  select o.tenant_id, o.subject_id, o.seq, o.occurred_at, 3, 3, r.code from own o join reason r on r.name = o.payload ->> 'reason'
  where o.is_imported and o.payload ->> 'reason' is distinct from o.reason_before
  union all
  select c.tenant_id, c.subject_id, 0, c.from_at, 1, 8, c.priority
  from counted c join desk.ticket t on t.tenant_id = c.tenant_id and t.id = c.subject_id and t.external_source is not null
  where c.priority_before <> c.priority
  union all
  select t.tenant_id, t.id, t.last_seq + 1, t.resolved_at, 4, 5, 0 from desk.ticket t
  where t.external_source is not null and t.resolved_at is not null
  union all
  select t.tenant_id, t.id, t.last_seq + 2, t.closed_at, 5, case when t.resolved_at is null then 10 else 6 end, 0 from desk.ticket t
  where t.external_source is not null and t.closed_at is not null
),
story as (
  select a.tenant_id, a.ticket_id, string_agg(
    set_byte(set_byte('\x0000', 0, a.code), 1, a.argument) || int8send((extract(epoch from a.at) * 1000000)::bigint), ''
    order by a.place > 0, case when t.external_source is null then a.seq end, a.at, a.seq, a.place) as acts
  from act a join desk.ticket t on t.tenant_id = a.tenant_id and t.id = a.ticket_id
  group by a.tenant_id, a.ticket_id
)
update desk.ticket t set story = s.acts from story s where t.tenant_id = s.tenant_id and t.id = s.ticket_id;

alter table contracts.sla_target force row level security;
alter table service_levels.interval force row level security;
alter table service_levels.clock force row level security;
alter table operations.event force row level security;
alter table desk.ticket force row level security;
