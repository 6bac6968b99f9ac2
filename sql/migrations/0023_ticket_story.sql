-- A ticket's history as far as it bears on promises, in one compact value beside the ticket: what an SLA is tried out on.

alter table desk.ticket
  -- Records of ten bytes in the order in which they were acted out: code, argument, microseconds since 1970 as int8. The codes
  -- are those of TicketStory.Code. It only grows; the events stay the record, this is their short form. It stays empty where a
  -- server of the version before writes a ticket while another one migrates: such a ticket has no history to try an SLA on.
  add column story bytea not null default '\x',
  add constraint ticket_story_check check (octet_length(story) % 10 = 0);

-- The tickets that are there get theirs from their events; row security is for the server, not for this.
alter table desk.ticket no force row level security;
alter table operations.event no force row level security;
alter table service_levels.clock no force row level security;
alter table service_levels.interval no force row level security;
alter table service_levels.milestone no force row level security;
alter table contracts.sla_target no force row level security;

-- One pass over the events and one over the clocks, joined by hashing: what was never analyzed would be looked up row by row.
select pg_catalog.set_config('enable_nestloop', 'off', true);

with reason (name, code) as (
  values ('awaiting_requester', 1), ('scheduled', 2), ('awaiting_supplier', 3), ('awaiting_change', 4), ('awaiting_parts', 5)
),
told as (
  -- What a log told, row by row, is read by the log's rule; what was done here since, by that of our own tickets.
  select e.tenant_id, e.subject_id, e.seq, e.type, e.occurred_at, e.actor_kind, e.payload, r.code as reason, e.via = 'import' as is_log,
    lag(r.code) over (partition by e.tenant_id, e.subject_id, e.via = 'import' order by e.seq) as reason_before
  from operations.event e left join reason r on r.name = e.payload ->> 'reason'
  where e.subject_kind = 'ticket'
),
fact as (
  -- one row per ticket: what is told once
  select tenant_id, subject_id,
    min(occurred_at) filter (where not is_log) as own_at,
    (array_agg(type order by seq) filter (where not is_log and type in (
      'incident.resolved', 'incident.closed', 'incident.reopened', 'incident.merged')))[1] as own_end,
    bool_or(not is_log and type = 'incident.reopened') as is_reopened,
    max(occurred_at) filter (where is_log and type = 'incident.resolved') as log_resolved_at,
    max(occurred_at) filter (where is_log and type = 'incident.closed') as log_closed_at,
    max(occurred_at) filter (where is_log) as log_last_at,
    (array_agg((payload ->> 'priority')::int order by seq)
      filter (where type = 'incident.opened' and jsonb_typeof(payload -> 'priority') = 'number'))[1] as priority
  from told group by tenant_id, subject_id
),
clock as (
  -- a log's tickets have one clock, of resolution; one that took its place later began with what was known then
  select distinct on (c.tenant_id, c.subject_id) c.tenant_id, c.subject_id, c.id, c.priority, c.state, c.started_at
  from service_levels.clock c join desk.ticket t on t.tenant_id = c.tenant_id and t.id = c.subject_id and t.external_source is not null
  where c.subject_kind = 'ticket' and c.metric = 'resolution'
  order by c.tenant_id, c.subject_id, c.id
),
observed as (
  -- when a log said that a ticket was resolved, which the ticket itself forgets when it is reopened
  select distinct on (c.tenant_id, c.subject_id) c.tenant_id, c.subject_id, m.observed_at
  from clock c join service_levels.milestone m on m.tenant_id = c.tenant_id and m.clock_id = c.id and m.source = 'resolved'
  order by c.tenant_id, c.subject_id, m.seq
),
stretch as (
  -- under which priority a log's ticket was counted, stretch by stretch; what still goes on began where the last one ended
  select c.tenant_id, c.subject_id, i.seq, i.from_at, i.to_at, g.priority
  from clock c join service_levels.interval i on i.tenant_id = c.tenant_id and i.clock_id = c.id
  join contracts.sla_target g on g.id = i.sla_target_id
),
counted as (
  select s.tenant_id, s.subject_id, s.from_at, s.priority,
    lag(s.priority) over (partition by s.tenant_id, s.subject_id order by s.seq) as priority_before
  from (
    select tenant_id, subject_id, seq, from_at, priority from stretch
    union all
    select c.tenant_id, c.subject_id, 1 + coalesce(max(s.seq), 0), coalesce(max(s.to_at), c.started_at), c.priority
    from clock c left join stretch s on s.tenant_id = c.tenant_id and s.subject_id = c.subject_id
    where c.state in ('running', 'paused') group by c.tenant_id, c.subject_id, c.started_at, c.priority
  ) s
),
ended as (
  -- The resolution and closure that a log named last: those of the ticket, unless something was done about them here since.
  select t.tenant_id, t.id, t.last_seq,
    case when f.own_end is null or f.own_end = 'incident.closed' and not f.is_reopened then t.resolved_at
      when f.own_end in ('incident.closed', 'incident.reopened') then coalesce(o.observed_at, f.log_resolved_at, f.log_closed_at, f.log_last_at) end
      as resolved_at,
    case when f.own_end is null then t.closed_at when f.own_end = 'incident.reopened' then f.log_closed_at end as closed_at
  from desk.ticket t join fact f on f.tenant_id = t.tenant_id and f.subject_id = t.id
  left join observed o on o.tenant_id = t.tenant_id and o.subject_id = t.id
  where t.external_source is not null
),
act (tenant_id, ticket_id, part, at, seq, place, code, argument) as (
  -- opened: with the priority of that time
  select t.tenant_id, t.id, 0, t.opened_at, 0::bigint, 0, 1, coalesce(c.priority, f.priority, t.priority)
  from desk.ticket t left join fact f on f.tenant_id = t.tenant_id and f.subject_id = t.id
  left join counted c on c.tenant_id = t.tenant_id and c.subject_id = t.id and c.priority_before is null
  union all
  select e.tenant_id, e.subject_id, 2, e.occurred_at, e.seq, 1, 2, 0 from told e where not e.is_log and e.payload -> 'firstResponse' = 'true'
  union all
  select e.tenant_id, e.subject_id, 2, e.occurred_at, e.seq, 2,
    case e.type when 'incident.held' then 3 when 'incident.resumed' then 4 when 'incident.resolved' then 5 when 'incident.closed' then 6
      when 'incident.reopened' then 7 when 'incident.classified' then 8 when 'incident.merged' then 9 else 11 end,
    case e.type when 'incident.held' then e.reason when 'incident.classified' then (e.payload -> 'to' ->> 'priority')::int else 0 end
  from told e
  where not e.is_log and (
    e.type in ('incident.resumed', 'incident.resolved', 'incident.closed', 'incident.reopened', 'incident.merged')
    or (e.type = 'incident.held' and e.reason is not null)
    or (e.type = 'incident.classified' and e.payload -> 'to' ->> 'priority' is distinct from e.payload -> 'from' ->> 'priority')
    or (e.type = 'incident.commented' and e.payload -> 'firstResponse' is distinct from 'true'
      and case when e.payload ? 'word' then e.payload -> 'word' = 'true' else e.payload ->> 'visibility' = 'public' and e.actor_kind = 'staff' end))
  union all
  -- A log's rows: waits begin and end with the state; who resolved has answered by then.
  select e.tenant_id, e.subject_id, 1, least(e.occurred_at, d.resolved_at), e.seq, 1, 2, 0
  from told e left join ended d on d.tenant_id = e.tenant_id and d.id = e.subject_id
  where e.is_log and e.payload -> 'firstResponse' = 'true'
  union all
  select c.tenant_id, c.subject_id, 1, c.from_at, coalesce(min(e.seq), 0), 2, 8, c.priority
  from counted c join fact f on f.tenant_id = c.tenant_id and f.subject_id = c.subject_id
  left join told e on e.tenant_id = c.tenant_id and e.subject_id = c.subject_id and e.is_log and e.occurred_at = c.from_at
  where c.priority_before <> c.priority and (f.own_at is null or c.from_at < f.own_at)
  group by c.tenant_id, c.subject_id, c.from_at, c.priority
  union all
  select e.tenant_id, e.subject_id, 1, e.occurred_at, e.seq, 3, 4, 0 from told e
  where e.is_log and e.reason_before is not null and e.reason is distinct from e.reason_before
  union all
  select e.tenant_id, e.subject_id, 1, e.occurred_at, e.seq, 4, 3, e.reason from told e
  where e.is_log and e.reason is not null and e.reason is distinct from e.reason_before
  union all
  select d.tenant_id, d.id, 1, d.resolved_at, d.last_seq + 1, 5, 5, 0 from ended d where d.resolved_at is not null
  union all
  select d.tenant_id, d.id, 1, d.closed_at, d.last_seq + 2, 6, case when d.resolved_at is null then 10 else 6 end, 0
  from ended d where d.closed_at is not null
),
story as (
  select a.tenant_id, a.ticket_id, string_agg(
    set_byte(set_byte('\x0000', 0, a.code), 1, a.argument) || int8send((extract(epoch from a.at) * 1000000)::bigint), ''
    order by a.part, case when a.part = 2 then a.seq end, a.at, a.seq, a.place) as acts
  from act a group by a.tenant_id, a.ticket_id
)
update desk.ticket t set story = s.acts from story s where t.tenant_id = s.tenant_id and t.id = s.ticket_id;

alter table contracts.sla_target force row level security;
alter table service_levels.milestone force row level security;
alter table service_levels.interval force row level security;
alter table service_levels.clock force row level security;
alter table operations.event force row level security;
alter table desk.ticket force row level security;
