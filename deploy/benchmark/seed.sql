-- Fills a migrated database with customers, as psql runs it, as a superuser. Variables:
--   first, tenants   the customers' numbers: first ... first + tenants - 1
--   tickets          of each customer; the newest `open_share` of them are open
--   open_share       0 to 1
--   ledger           1: intervals, milestones and verdicts of the clocks too, as the operations write them
-- Row n of customer k has the id (k + 1) * 10,000,000 + n, and public ids are made of ids: a load generator can name
-- any row without asking. What is open is due from tomorrow on, so that no job has anything to do.
\set ON_ERROR_STOP 1
-- Foreign keys hold by construction; checking them row by row takes twice the time.
set session_replication_role = replica;
set timezone = 'UTC';
set synchronous_commit = off;
set work_mem = '256MB';

create function pg_temp.bits(id bigint) returns bytea language sql immutable as $$ select convert_to((100000000000 + id)::text, 'UTF8') $$;
create function pg_temp.base(k bigint) returns bigint language sql immutable as $$ select (k + 1) * 10000000 $$;
create function pg_temp.told(code int, argument bigint, at timestamptz) returns bytea language sql immutable as $$
  select coalesce(set_byte(set_byte('\x0000'::bytea, 0, code), 1, argument::int) || int8send((extract(epoch from at) * 1000000)::bigint), '') $$;
-- The pairs of characters that a Chinese text is found by, and the characters themselves, as the operations make them of it.
create function pg_temp.grams(words text) returns text language sql immutable as $$
  select string_agg(distinct format('%L:1', substr(words, i, n)), ' ')
  from generate_series(1, length(words)) i, generate_series(1, 2) n where i + n <= length(words) + 1 $$;
select pg_temp.grams('打印机没有反应') as frequent_grams, pg_temp.grams('蜂鸣') as rare_grams \gset
create temporary table moment as select date_trunc('hour', now()) as now;
create temporary table customer as
  select k, pg_temp.base(k) as id from generate_series(:first::bigint, :first::bigint + :tenants - 1) k;
analyze customer;
select operations.ensure_partitions(now - interval '13 months', 16) from moment;

-- The provider's definitions, once.
insert into contracts.calendar (id, public_id, name, published, recorded_at)
  select 1000, pg_temp.bits(1000), 'Working hours', true, now from moment on conflict do nothing;
insert into contracts.calendar_version (id, calendar_id, valid_from, definition, definition_hash, published, recorded_at)
  select 1000, 1000, '2000-01-01', d.definition, sha256(convert_to(d.definition::text, 'UTF8')), true, now
  from moment, (values (
    '{"zone": "Europe/Berlin", "week": {"mon": [["08:00", "18:00"]], "tue": [["08:00", "18:00"]], "wed": [["08:00", "18:00"]], "thu": [["08:00", "18:00"]], "fri": [["08:00", "18:00"]]}, "exceptions": []}'::jsonb
  )) d (definition) on conflict do nothing;
insert into contracts.sla (id, public_id, name, recorded_at)
  select 1000, pg_temp.bits(1000), 'Standard', now from moment on conflict do nothing;
insert into contracts.sla_version (id, sla_id, valid_from, resolution_stops_at, recorded_at)
  select 1000, 1000, '2000-01-01', 'resolved', now from moment on conflict do nothing;
insert into contracts.sla_target (id, sla_version_id, metric, priority, calendar_id, budget_seconds, objective_millionths, pauses)
  select 1000 + p * 2 + m.at, 1000, m.metric, p, 1000, p * m.seconds, 950000, m.metric = 'resolution'
  from generate_series(1, 5) p, (values (0, 'response', 3600), (1, 'resolution', 14400)) m (at, metric, seconds) on conflict do nothing;

-- Customers, each with one contract, one line, a site and ten people.
insert into tenancy.tenant (id, handle, public_id, kind, code, name, zone, language, recorded_at)
  select id, 10000000 + k, pg_temp.bits(id), 'customer', 'C' || k, 'Customer ' || k, 'Europe/Berlin', 'en', now - interval '400 days' from customer, moment;
insert into tenancy.counter (tenant_id, kind, last) select id, 'incident', :tickets from customer;
insert into tenancy.org_unit (tenant_id, id, public_id, kind, name, recorded_at)
  select id, id, pg_temp.bits(id), 'site', 'Head office', now from customer, moment;
insert into tenancy.person (tenant_id, id, public_id, unit_id, name, email, language, recorded_at)
  select id, id + p, pg_temp.bits(id + p), id, 'Person ' || p, 'person' || p || '@c' || k || '.example', 'en', now
  from customer, moment, generate_series(1, 10) p;
insert into contracts.contract (tenant_id, id, public_id, number, currency, zone, recorded_at)
  select id, id, pg_temp.bits(id), 1, 'EUR', 'Europe/Berlin', now from customer, moment;
insert into contracts.contract_version (tenant_id, id, contract_id, valid_from, name, state, starts_at, recorded_at)
  select id, id, id, now - interval '400 days', 'Service desk', 'active', now - interval '400 days', now from customer, moment;
insert into contracts.contract_line (tenant_id, id, public_id, contract_id, recorded_at)
  select id, id, pg_temp.bits(id), id, now from customer, moment;
insert into contracts.contract_line_version (tenant_id, id, contract_line_id, valid_from, name, state, sla_id, recorded_at)
  select id, id, id, now - interval '400 days', 'Service desk', 'active', 1000, now from customer, moment;

-- Tickets in the order in which they came in, all customers mixed. Of those that are done one in ten was late, one in five waited for the
-- customer for an hour, one in twenty was reopened, and one in twenty had another priority at first: their stories tell that beside the
-- four acts that each has (opened, answered, resolved, closed). It is as frequent in every priority.
create temporary table incoming as
  select c.id as tenant, c.id + n as id, n, 1 + (n + c.k) % 5 as priority, n > :tickets * (1 - :open_share::numeric) as is_open,
    n <= :tickets * (1 - :open_share::numeric) and (n / 5) % 5 = 0 as has_waited,
    n <= :tickets * (1 - :open_share::numeric) and (n / 25) % 20 = 0 as is_reopened,
    n <= :tickets * (1 - :open_share::numeric) and (n / 25) % 20 = 1 as is_classified,
    m.now - interval '360 days' * ((:tickets::numeric - n) / :tickets) - interval '1 second' * (c.k % 3600) as opened_at, n % 10 = 0 as is_late
  from moment m, generate_series(1, :tickets) n, customer c order by n, c.k;
insert into desk.ticket (tenant_id, id, public_id, type, number, title, description, requester_id, unit_id, contract_id, contract_line_id, line_reason,
    impact, urgency, priority, category, state, opened_at, responded_at, resolved_at, closed_at, reopen_count, resolution, closure_code, due_at, last_seq,
    recorded_at, updated_at, version, story, unit_public_id, contract_public_id, contract_line_public_id, due_metric)
  select tenant, id, pg_temp.bits(id), 'incident', n, 'The printer on floor ' || n % 40 || ' answers no longer',
    'Since this morning nothing is printed. Restarting it did not help; three colleagues see the same.'
      || case when opened_at < m.now - interval '300 days' then ' Nor does the fax.' else '' end || case when id % 9973 = 0 then ' It hums. 蜂鸣' else '' end
      || case when id % 3 = 0 then ' 打印机没有反应' else '' end,
    tenant + 1 + n % 10, tenant, tenant, tenant, 'customer', 2, 2, priority, 'Hardware',
    case when not is_open then 'closed' when n % 2 = 0 then 'new' else 'active' end, opened_at,
    case when not is_open or n % 2 = 1 then opened_at + interval '20 minutes' end, case when not is_open then opened_at + interval '5 hours' end,
    case when not is_open then opened_at + interval '3 days' end, is_reopened::int, case when not is_open then 'A new driver was installed' end,
    case when not is_open then 'solved' end, case when is_open then m.now + interval '1 day' + interval '1 minute' * (id * 7919 % 80000) end,
    case when is_open then 1 + n % 2 else 4 end, opened_at, opened_at, case when is_open then 1 + n % 2 else 4 end,
    pg_temp.told(1, case when is_classified then priority % 5 + 1 else priority end, opened_at)
      || case when not is_open or n % 2 = 1 then pg_temp.told(2, 0, opened_at + interval '20 minutes') else '' end
      || case when is_classified then pg_temp.told(8, priority, opened_at + interval '30 minutes') else '' end
      || case when has_waited then pg_temp.told(3, 1, opened_at + interval '1 hour') || pg_temp.told(4, 0, opened_at + interval '2 hours') else '' end
      || case when is_reopened then pg_temp.told(5, 0, opened_at + interval '3 hours') || pg_temp.told(7, 0, opened_at + interval '4 hours') else '' end
      || case when is_open then '' else pg_temp.told(5, 0, opened_at + interval '5 hours') || pg_temp.told(6, 0, opened_at + interval '3 days') end,
    pg_temp.bits(tenant), pg_temp.bits(tenant), pg_temp.bits(tenant), case when is_open then case when n % 2 = 0 then 'response' else 'resolution' end end
  from incoming, moment m;

-- What they are found by, as the operations write it; the index at the end, which takes a fifth of the time.
select pg_get_indexdef('desk.ticket_text_search'::regclass) as search_index \gset
drop index desk.ticket_text_search;
insert into desk.ticket_text (tenant_id, ticket_id, sheet, type, opened_at, search, size)
  select t.tenant_id, t.id, 0, t.type, t.opened_at,
    array_to_tsvector(array['#' || t.tenant_id, '@' || floor(extract(epoch from t.opened_at) / (28 * 86400))])
      || knowledge.search_vector(array[t.title, translate(concat_ws(' ', t.description, t.resolution), '打印机没有反应蜂鸣', '')],
        array['', concat_ws(' ', case when t.id % 3 = 0 then :'frequent_grams' end, case when t.id % 9973 = 0 then :'rare_grams' end)]),
    length(t.title) + length(t.description)
  from incoming i join desk.ticket t on t.tenant_id = i.tenant and t.id = i.id order by t.opened_at;
:search_index;

-- Two clocks each.
create temporary table seeded_clock as
  select i.tenant, i.id * 2 + t.at as id, i.id as ticket, t.metric, i.priority, i.opened_at, i.is_late, i.is_reopened,
    1000 + i.priority * 2 + t.at as target, i.priority * t.seconds as budget,
    case when not i.is_open or (t.at = 0 and i.n % 2 = 1) then i.opened_at + t.takes end as observed_at,
    m.now + interval '1 day' + interval '1 minute' * (i.id * 7919 % 80000) as due_at
  from incoming i, moment m,
    (values (0, 'response', 3600, interval '20 minutes'), (1, 'resolution', 14400, interval '5 hours')) t (at, metric, seconds, takes);
insert into service_levels.clock (tenant_id, id, subject_kind, subject_id, metric, contract_line_version_id, line_reason, sla_version_id, sla_target_id,
    calendar_version_id, priority, budget_seconds, budget_open_seconds, pauses, stops_at, state, state_since, cause, started_at, last_event_at,
    consumed_seconds, run_started_at, run_started_with_seconds, run_ended_at, due_at, breach_at, breached_at, observed_at, verdict, last_interval_seq,
    last_milestone_seq, last_verdict_seq, recorded_at)
  select tenant, id, 'ticket', ticket, metric, tenant, 'customer', 1000, target, 1000, priority, budget, budget, metric = 'resolution', 'resolved',
    case when observed_at is null then 'running' else 'stopped' end, coalesce(observed_at, opened_at), case when observed_at is null then 'opened' else 'responded' end,
    opened_at, coalesce(observed_at, opened_at), case when observed_at is null then 0 else 1200 end, opened_at, 0, observed_at,
    case when observed_at is null then due_at end, case when observed_at is null then due_at end,
    case when observed_at is not null and is_late then opened_at end, observed_at,
    case when observed_at is null then null when is_late then 'missed' else 'met' end, (observed_at is not null)::int, (observed_at is not null)::int,
    (observed_at is not null)::int, opened_at
  from seeded_clock;
insert into service_levels.verdict (tenant_id, clock_id, seq, verdict, cause, detail, judged_at, breached_at, elapsed_seconds, budget_seconds, sla_target_id,
    calculation_version, recorded_at)
  select tenant, id, 1, case when is_late then 'missed' else 'met' end, case when is_late then 'exceeded' else 'observed' end,
    case when is_late then '' else 'responded' end, observed_at, case when is_late then opened_at end, 1200, budget, target, 1, observed_at
  from seeded_clock where :ledger = 1 and observed_at is not null;
insert into service_levels.milestone (tenant_id, clock_id, seq, observed_at, source, recorded_at)
  select tenant, id, 1, observed_at, 'responded', observed_at from seeded_clock where :ledger = 1 and observed_at is not null;
insert into service_levels.interval (tenant_id, clock_id, seq, from_at, to_at, state, cause, sla_target_id, calendar_version_id, working_seconds, recorded_at)
  select tenant, id, 1, opened_at, observed_at, 'running', 'opened', target, 1000, 1200, observed_at
  from seeded_clock where :ledger = 1 and observed_at is not null;
insert into operations.event (tenant_id, recorded_at, subject_kind, subject_id, seq, type, payload, actor_kind, actor_id, via, occurred_at)
  select tenant, opened_at, 'ticket', id, 1, 'incident.opened', jsonb_build_object('priority', priority, 'lineReason', 'customer'), 'service', 1, 'http', opened_at
  from incoming where :ledger = 1;

-- Figures.
insert into scorecard.progress (tenant_id, refreshed_at) select id, now from customer, moment;
insert into scorecard.ticket_fact (tenant_id, ticket_id, contract_id, priority, opened_on, resolved_on, closed_on, reopen_count, response_promised,
    response_verdict, response_seconds, resolution_promised, resolution_verdict, resolution_seconds)
  select r.tenant, r.ticket, r.tenant, r.priority, (r.opened_at at time zone 'Europe/Berlin')::date, (s.observed_at at time zone 'Europe/Berlin')::date,
    (case when s.observed_at is not null then r.opened_at + interval '3 days' end at time zone 'Europe/Berlin')::date, r.is_reopened::int,
    true, case when r.observed_at is null then null when r.is_late then 'missed' else 'met' end, case when r.observed_at is not null then 1200 end,
    true, case when s.observed_at is null then null when s.is_late then 'missed' else 'met' end, case when s.observed_at is not null then 1200 end
  from seeded_clock r join seeded_clock s on s.tenant = r.tenant and s.ticket = r.ticket and s.metric = 'resolution' where r.metric = 'response';
insert into scorecard.daily (tenant_id, contract_id, basis, day, priority, tickets, reopened, response_judged, response_met, response_timed, response_seconds,
    resolution_judged, resolution_met, resolution_timed, resolution_seconds)
  select f.tenant_id, f.contract_id, b.basis, b.day, f.priority, count(*), count(*) filter (where f.reopen_count > 0),
    count(f.response_verdict), count(*) filter (where f.response_verdict = 'met'),
    count(f.response_seconds), coalesce(sum(f.response_seconds), 0), count(f.resolution_verdict), count(*) filter (where f.resolution_verdict = 'met'),
    count(f.resolution_seconds), coalesce(sum(f.resolution_seconds), 0)
  from customer c join scorecard.ticket_fact f on f.tenant_id = c.id
    cross join lateral (values ('opened', f.opened_on), ('resolved', f.resolved_on), ('closed', f.closed_on)) b (basis, day)
  where b.day is not null group by f.tenant_id, f.contract_id, b.basis, b.day, f.priority;

drop table incoming, seeded_clock;
set session_replication_role = origin;
